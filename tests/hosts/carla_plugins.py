#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""carla_plugins.py BACKEND LIBRARY: every plugin of the bundle in Carla's engine, without its own window. Prints TAP.

BACKEND is the folder of carla_backend.py, LIBRARY is libcarla_standalone2.so. Multi-client mode, which is the default of
Carla's window on Linux: each plugin is a JACK client of its own. See test_carla.sh.
"""

import glob
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "tools"))
from triples import LV2, PSET, RDFS, load, of_type  # noqa: E402

DOAP_NAME = "http://usefulinc.com/ns/doap#name"
MULTI_CLIENT = 1
SERVER = f"tonus-carla-{os.getpid()}"
MOST_WAIT_S = 25.0  # for a value to come: beats need some eight seconds
COLOURS = 100  # a window has more, an empty one a few
children = []
count = 0


def tell(good, words):
    global count
    count += 1
    print(f"{'ok' if good else 'not ok'} {count} - Carla: {words}", flush=True)
    return good


def start(words, **more):
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, **more)
    children.append(process)
    return process


def stop_all():
    for process in reversed(children):
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    for left in glob.glob(f"/dev/shm/jack_sem.*_{SERVER}_*"):
        os.unlink(left)


class Plugin:
    """What the Turtle says of one plugin."""

    def __init__(self, uri, graph, presets):
        about = graph[uri]
        self.uri = uri
        self.name = about[DOAP_NAME][0]
        self.presets = sorted(presets)
        self.port_name = {}
        for port in (graph[p] for p in about[LV2 + "port"]):
            self.port_name[port[LV2 + "symbol"][0]] = port[LV2 + "name"][0]


def bundle():
    folder = os.path.join(ROOT, "build/lv2/tonus.lv2")
    manifest = load(os.path.join(folder, "manifest.ttl"))
    labels = {}
    for subject, about in manifest.items():
        for plugin in about.get(LV2 + "appliesTo", []):
            labels.setdefault(plugin, []).append(about[RDFS + "label"][0])
    found = {}
    for path in sorted(glob.glob(os.path.join(folder, "*.ttl"))):
        graph = load(path)
        for uri in of_type(graph, LV2 + "Plugin") if "manifest" not in path else []:
            if DOAP_NAME in graph[uri]:
                found[uri.rsplit(":", 1)[1]] = Plugin(uri, graph, labels.get(uri, []))
    return found


class Engine:
    def __init__(self, backend, library):
        sys.path.insert(0, backend)
        import carla_backend as cb
        self.cb = cb
        self.host = host = cb.CarlaHostDLL(library, False)
        folder = os.path.dirname(os.path.abspath(library))
        resources = [p for p in (os.path.join(folder, "resources"), os.path.join(backend, "resources")) if os.path.isdir(p)]
        host.set_engine_option(cb.ENGINE_OPTION_PATH_BINARIES, 0, folder)
        host.set_engine_option(cb.ENGINE_OPTION_PATH_RESOURCES, 0, resources[0] if resources else folder)
        host.set_engine_option(cb.ENGINE_OPTION_PLUGIN_PATH, cb.PLUGIN_LV2, os.environ["LV2_PATH"])
        host.set_engine_option(cb.ENGINE_OPTION_PROCESS_MODE, MULTI_CLIENT, "")
        if not host.engine_init("JACK", "Carla"):
            sys.exit("Carla's engine: " + host.get_last_error())

    def idle(self, seconds):
        end = time.time() + seconds
        while time.time() < end:
            self.host.engine_idle()
            time.sleep(0.01)

    def add(self, uri):
        """The number of the new plugin, or None."""
        if not self.host.add_plugin(self.cb.BINARY_NATIVE, self.cb.PLUGIN_LV2, None, None, uri, 0, None, 0):
            return None
        return self.host.get_current_plugin_count() - 1

    def parameters(self, k, kind):
        """Number of each parameter by its name; kind 1: inputs, 2: outputs."""
        found = {}
        for p in range(self.host.get_parameter_count(k)):
            if self.host.get_parameter_data(k, p)["type"] == kind:
                found[self.host.get_parameter_info(k, p)["name"]] = p
        return found

    def values(self, k):
        return {n: self.host.get_current_parameter_value(k, p) for n, p in self.parameters(k, 1).items()}

    def output(self, k, name):
        return self.host.get_current_parameter_value(k, self.parameters(k, 2)[name])

    def wait(self, k, name, good):
        """The output's value as soon as it is good, else the last one."""
        value, end = None, time.time() + MOST_WAIT_S
        while time.time() < end:
            self.idle(0.2)
            value = self.output(k, name)
            if good(value):
                break
        return value

    def programs(self, k):
        names = (self.host.get_program_name(k, i) for i in range(self.host.get_program_count(k)))
        return [n.decode() if isinstance(n, bytes) else n for n in names]

    def clear(self):
        self.host.remove_all_plugins()
        self.idle(0.3)


def connect(source, target):
    done = subprocess.run(["jack_connect", source, target], capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"# {source} > {target}: {done.stderr.strip()}")
    return done.returncode == 0


def ports_of(client):
    words = subprocess.run(["jack_lsp"], capture_output=True, text=True, check=False).stdout.splitlines()
    return [w.partition(":")[2] for w in words if w.startswith(client + ":")]


def near(value, wanted, off):
    return value is not None and abs(value - wanted) <= off


def each_plugin(engine, plugins):
    """Each loads, has its ports, its presets, and gives back what was set after a project was saved and loaded."""
    for plugin in plugins.values():
        k = engine.add(plugin.uri)
        if not tell(k is not None, f"{plugin.name} loads"):
            print("# " + engine.host.get_last_error())
            continue
        engine.idle(0.2)
        ports = ports_of(plugin.name)
        tell({"events-in", "events-out"} <= set(ports), f"{plugin.name} has its event ports, one each way")
        programs = engine.programs(k)
        tell(all(label in programs for label in plugin.presets), f"{plugin.name} shows its {len(plugin.presets)} presets")
        moved = 0
        before = engine.values(k)
        for i, _ in enumerate(programs):
            engine.host.set_program(k, i)
            engine.idle(0.02)
            moved += engine.values(k) != before
        tell(not programs or moved > 0, f"{plugin.name}: presets set its controls")
        for name, p in engine.parameters(k, 1).items():
            ranges = engine.host.get_parameter_ranges(k, p)
            engine.host.set_parameter_value(k, p, ranges["max"] if name == plugin.port_name.get("channel") else ranges["def"])
        engine.idle(0.1)
        kept = engine.values(k)
        with tempfile.NamedTemporaryFile(suffix=".carxp") as file:
            saved = engine.host.save_project(file.name)
            engine.clear()
            loaded = saved and engine.host.load_project(file.name)
            engine.idle(0.3)
            back = engine.values(0) if loaded and engine.host.get_current_plugin_count() == 1 else {}
        same = kept.keys() == back.keys() and all(near(back[n], v, 1e-4 * max(1.0, abs(v))) for n, v in kept.items())
        tell(same, f"{plugin.name} comes back from a project as it was")
        if not same:
            print(f"# kept {kept}, came back {back}")
        engine.clear()
    tell(engine.add("urn:tonus:nothing") is None, "refuses a plugin that is not there")


def chain(engine, plugins):
    """The simulated person's ECG through beat; its MIDI through hrv."""
    heart, beat, deaf, hrv = (plugins[n] for n in ("heart", "beat", "beat", "hrv"))
    numbers = [engine.add(p.uri) for p in (heart, beat, deaf, hrv)]
    engine.idle(0.3)
    names = [engine.host.get_plugin_info(k)["name"] for k in numbers]
    k = engine.parameters(numbers[0], 1)[heart.port_name["heart_rate"]]
    engine.host.set_parameter_value(numbers[0], k, 80.0)
    connected = connect(f"{names[0]}:{heart.port_name['out']}", f"{names[1]}:{beat.port_name['in']}")
    connected &= connect(f"{names[1]}:events-out", f"{names[3]}:events-in")
    tell(connected, "heart, beat and hrv are connected")
    rate = engine.wait(numbers[1], beat.port_name["heart_rate"], lambda x: near(x, 80.0, 8.0))
    tell(near(rate, 80.0, 8.0), f"signal: beat finds {rate:.1f} bpm of 80")
    rate = engine.wait(numbers[3], hrv.port_name["heart_rate"], lambda x: near(x, 80.0, 8.0))
    tell(near(rate, 80.0, 8.0), f"events: hrv hears {rate:.1f} bpm of 80")
    rate = engine.output(numbers[2], beat.port_name["heart_rate"])
    tell(not near(rate, 80.0, 8.0), "a beat without a signal finds none")
    engine.clear()


def sessions(engine):
    """The projects that come with Tonus."""
    for path in sorted(glob.glob(os.path.join(ROOT, "docs/sessions/*.carxp"))):
        with open(path, encoding="utf-8") as file:
            wanted = file.read().count("<Plugin>")
        loaded = engine.host.load_project(path)
        engine.idle(0.5)
        found = engine.host.get_current_plugin_count()
        tell(loaded and found == wanted, f"{os.path.basename(path)} opens with {found} of {wanted} plugins")
        engine.clear()


def window(engine, plugins, folder):
    """Tonus's own window, drawn on a screen that nobody sees."""
    tools = ("Xvfb", "xprop", "import", "identify")
    if not all(map(shutil.which, tools)):
        print("ok - Carla: a window # SKIP needs " + ", ".join(tools))
        return
    picture = os.path.join(folder, "window.png")
    k = engine.add(plugins["relax"].uri)
    engine.idle(0.3)
    if not tell(engine.host.get_plugin_info(k)["hints"] & engine.cb.PLUGIN_HAS_CUSTOM_UI, "Tonus has a window for Carla"):
        return
    engine.host.show_custom_ui(k, True)
    engine.idle(4.0)
    drawing = start(["import", "-window", "root", picture])
    while drawing.poll() is None:
        engine.idle(0.05)
    words = subprocess.run(["identify", "-format", "%k", picture], capture_output=True, text=True, check=False).stdout
    tell(words.isdigit() and int(words) > COLOURS, f"Tonus's window has {words or 'no'} colours")
    engine.clear()


def screen():
    """A screen of our own, before Carla's library looks for one."""
    if not shutil.which("Xvfb") or not shutil.which("xprop"):
        return
    read, write = os.pipe()
    start(["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"], pass_fds=[write],
          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as file:
        os.environ.update(DISPLAY=":" + file.readline().strip(), NO_AT_BRIDGE="1")
    # Carla's bridge looks these up "only if they exist"; without a window manager nobody has made them
    for atom in "UTF8_STRING", "WM_DELETE_WINDOW":
        subprocess.run(["xprop", "-root", "-f", atom, "8u", "-set", atom, "1"], check=False, stdout=subprocess.DEVNULL)


def main(backend, library, folder):
    os.environ.update(HOME=folder, XDG_CONFIG_HOME=folder + "/.config", XDG_CACHE_HOME=folder + "/.cache",
                      JACK_DEFAULT_SERVER=SERVER, JACK_NO_START_SERVER="1", JACK_NO_AUDIO_RESERVATION="1")
    with open(folder + "/jackd.log", "wb") as log:
        start(["jackd", "-n", SERVER, "--no-realtime", "-d", "dummy", "-r", "48000", "-p", "256"], stdout=log, stderr=log)
    if subprocess.run(["jack_wait", "-w", "-t", "10"], stdout=subprocess.DEVNULL, check=False).returncode:
        sys.exit("no JACK server")
    screen()
    plugins = bundle()
    engine = Engine(backend, library)
    chain(engine, plugins)
    each_plugin(engine, plugins)
    sessions(engine)
    window(engine, plugins, folder)
    engine.host.engine_close()
    print(f"1..{count}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    for number in signal.SIGTERM, signal.SIGHUP:
        signal.signal(number, lambda n, _: sys.exit(128 + n))
    scratch = tempfile.mkdtemp()
    code = 0
    try:
        main(sys.argv[1], sys.argv[2], scratch)
    except SystemExit as end:
        print(end)
        code = 1
    finally:
        stop_all()
        shutil.rmtree(scratch, ignore_errors=True)
    sys.stdout.flush()
    os._exit(code)  # the engine's threads may still run

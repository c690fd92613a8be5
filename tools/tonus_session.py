# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sound server, and all that a session of the command tonus starts and ends again."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from tonus_words import _

START_S = 15.0  # a sound server, or a program's first port, is there by then or never
LEAVE_S = 3.0  # to leave in when asked to; then it is made to


class Trouble(Exception):
    """What keeps the session from going on, in words for the person in front of it."""


def say(words):
    print("tonus: " + words, file=sys.stderr, flush=True)


def jack_module():
    try:
        import jack
    except ImportError:
        raise Trouble(_("the Python module jack is missing; install the package python3-jack-client")) from None
    except OSError:
        raise Trouble(_("there is no JACK library; install the package jackd2 or pipewire-jack")) from None
    return jack


def client():
    """A JACK client of our own where a server answers, else None."""
    jack = jack_module()
    jack.set_error_function(lambda text: None)
    jack.set_info_function(lambda text: None)
    try:
        return jack.Client("tonus", no_start_server=True)
    except jack.JackOpenError:
        return None


def pipewire_runs():
    folder = os.environ.get("PIPEWIRE_RUNTIME_DIR") or os.environ.get("XDG_RUNTIME_DIR", "")
    return bool(folder) and os.path.exists(os.path.join(folder, "pipewire-0"))


def playback_card(listing="/proc/asound/pcm"):
    """ALSA name of the first card that plays, or None."""
    try:
        with open(listing, encoding="utf-8") as source:
            for line in source:
                number = re.match(r"(\d+)-(\d+):", line)
                if number and "playback" in line and "HDMI" not in line:
                    return f"hw:{int(number[1])},{int(number[2])}"
    except OSError:
        pass
    return None


class Session:
    """Everything that was started; stop() ends it in the order that gives no noise."""

    def __init__(self, script):
        self.script = script  # this program, to be started anew under PipeWire
        self.client = None
        self.server_gone = False
        self.hurried = False  # somebody does not want to wait for the sound to fade
        self.children = []  # (name, process), the first started first
        self.logs = tempfile.TemporaryDirectory(prefix="tonus-")

    def start(self, name, command, **more):
        more.setdefault("stdin", subprocess.DEVNULL)
        with open(os.path.join(self.logs.name, name), "wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **more)
        self.children.append((name, process))
        return process

    def output(self, name):
        """All that one of the children has said so far."""
        try:
            with open(os.path.join(self.logs.name, name), encoding="utf-8", errors="replace") as log:
                return log.read()
        except OSError:
            return ""

    def last_words(self, name):
        lines = [line.strip() for line in re.split(r"[\r\n]+", self.output(name)) if line.strip()]
        return lines[-1] if lines else _("it said nothing")

    def ended(self):
        """The first of the children that has ended, or None."""
        return next(((n, p.returncode) for n, p in self.children if p.poll() is not None), None)

    def wait_for(self, condition, trouble):
        """What the condition gives as soon as it gives something; `trouble` are the words when it never does."""
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            got = condition()
            if got:
                return got
            gone = self.ended()
            if gone:
                raise Trouble(_("{program} did not start: {why}").format(program=gone[0], why=self.last_words(gone[0])))
            time.sleep(0.1)
        raise Trouble(trouble)

    def fade(self, name, seconds):
        """Asks the host to let the sound fade, and waits until it has: the window does so when it is closed
        (TONUS_FADE), without one it is told to by the host's command line."""
        process = next((p for n, p in self.children if n == name), None)
        if not process or process.poll() is not None or self.server_gone:
            return
        if seconds >= 1.0:
            say(_("the sound fades; Ctrl-C ends it at once"))
        if not process.stdin:
            process.terminate()
            self._rest(process, seconds + LEAVE_S)
            return
        try:
            process.stdin.write(b"set enabled 0\n")
            process.stdin.flush()
            self._rest(process, seconds)
            process.stdin.write(b"monitors\n")  # the outputs' values, and then it ends by itself
            process.stdin.close()
        except OSError:
            return
        self._rest(process, LEAVE_S)

    def _rest(self, process, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until and process.poll() is None and not self.hurried and not self.server_gone:
            time.sleep(0.05)

    def stop(self):
        for name, process in reversed(self.children):  # the sound first, the server last
            if name == "jackd":
                self.close_client()
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(0.1 if self.hurried else LEAVE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.close_client()
        self.logs.cleanup()

    def close_client(self):
        if self.client:
            self.client.close()
            self.client = None

    def open_sound(self):
        """Joins the running sound server, or starts one."""
        self.client = client()
        if self.client:
            self.watch_server()
            return
        if pipewire_runs() and shutil.which("pw-jack") and not os.environ.get("TONUS_PIPEWIRE"):
            # PipeWire's own JACK library, for this program and all it starts
            os.environ["TONUS_PIPEWIRE"] = "1"
            self.logs.cleanup()
            os.execvp("pw-jack", ["pw-jack", sys.executable, self.script, *sys.argv[1:]])
        jackd = shutil.which("jackd")
        if not jackd:
            raise Trouble(_("no sound server is running; install the package jackd2 or pipewire-jack"))
        card = playback_card()
        if card:
            driver = ["-d", "alsa", "-d", card, "-r", "48000", "-p", "256", "-n", "3"]
        else:
            say(_("there is no sound card: nothing will be heard"))
            driver = ["-d", "dummy", "-r", "48000", "-p", "256"]
        self.start("jackd", [jackd, *driver])
        self.client = self.wait_for(client, _("the sound server did not start within 15 s"))
        self.watch_server()

    def watch_server(self):
        def gone(status, reason):
            self.server_gone = True

        self.client.set_shutdown_callback(gone)
        self.client.activate()

    # --- ports

    def ports(self, pattern="", **kind):
        return [port.name for port in self.client.get_ports(pattern, **kind)]

    def free_name(self, name):
        """A client name that nobody on the server has."""
        taken = {port.split(":")[0] for port in self.ports()}
        number = 2
        candidate = name
        while candidate in taken:
            candidate = f"{name}-{number}"
            number += 1
        return candidate

    def connect(self, source, target):
        """Connects two ports where both are there; True when the connection stands."""
        there = self.ports()
        if source not in there or target not in there:
            return False
        try:
            if target not in [port.name for port in self.client.get_all_connections(source)]:
                self.client.connect(source, target)
            return True
        except jack_module().JackError:
            return False  # a port just born or just gone: next time

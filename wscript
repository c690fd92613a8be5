# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tonus: what is built, from what. The commands are in tools/commands.py."""

import os
import sys

from waflib import Configure, Context, Logs

VERSION = "0.1.0"
APPNAME = "tonus"
top = "."
out = "build"

# The one list of plugins: plugins/NAME.c, ttl/NAME.ttl, presets/NAME.ttl
PLUGINS = [
    "beat", "breath", "drone", "guide", "heart", "hrv", "hum", "pacer", "recorder", "relax", "swell",
]

# What a plugin uses beside dsp
PLUGIN_USES = {"recorder": "tonus-formats PTHREAD"}

# Programs: NAME, sources, packages it uses beside those of its libraries
PROGRAMS = [
    ("tonus-analyze", "tools/analyze*.c", "tonus-bridge-core tonus-formats tonus-ui tonus-dsp "
     "CAIRO SNDFILE ZLIB M"),
    ("tonus-bridge", "bridge/main.c", "tonus-bridge-core tonus-formats tonus-dsp "
     "JACK SNDFILE ZLIB SYSTEMD PTHREAD DL M"),
    ("tools/tonus-demo", "tools/demo*.c tools/strip.c",
     "tonus-bridge-core tonus-formats tonus-ui LILV LV2 CAIRO SNDFILE ZLIB M"),
    ("tools/tonus-pictures", "tools/pictures*.c", "tonus-ui tonus-dsp CAIRO M"),
]

# pkg-config packages: (name, variable, needed)
PKGS = [
    ("lv2 >= 1.18.0", "LV2", True),
        ("sndfile", "SNDFILE", True),
    ("cairo", "CAIRO", True),
    ("jack", "JACK", True),
    ("zlib", "ZLIB", True),
    ("lilv-0", "LILV", True),
    ("cmocka", "CMOCKA", False),
    ("fftw3f", "FFTW", False),  # what tests look at sound with
    ("libebur128", "EBUR128", False),
    ("libsystemd", "SYSTEMD", False),
    ("x11", "X11", True),
]

# What of ui/ is for plugin windows only
X11_PART = "ui/x11.c ui/controls.c ui/controls_draw.c ui/feed.c ui/window.c ui/typing.c ui/object.c ui/board.c ui/exercise.c"

# Static libraries: name, sources, packages
LIBRARIES = [
    ("tonus-dsp", "dsp/*.c", "M"),
    ("tonus-formats", "formats/*.c", "SNDFILE ZLIB M"),
    ("tonus-ui", "ui/*.c", "CAIRO M"),  # draws into any cairo context, knows no window
    ("tonus-x11", X11_PART, "tonus-ui LV2 X11 CAIRO M"),
    ("tonus-bridge-core", "bridge/*.c", "tonus-formats tonus-dsp JACK SYSTEMD PTHREAD DL M"),
    ("tonus-shell", "plugins/shell*.c", "tonus-ui LV2 CAIRO M"),
]

WARNINGS = "-Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla".split()
# No -ffast-math: NaN must stay visible. No contraction: the same results on every machine.
SPEED = "-O3 -fno-math-errno -fno-trapping-math -ffp-contract=off".split()

Configure.autoconfig = True  # a changed wscript configures anew by itself
sys.path.insert(0, os.path.join(Context.run_dir, "tools"))
import packages  # noqa: E402
from commands import *  # noqa: E402,F401,F403  (demo, test, lint, bench, soak)


def options(opt):
    opt.load("compiler_c")
    opt.load("gnu_dirs")
    group = opt.get_option_group("Configuration options") or opt
    group.add_option("--lv2dir", help="where LV2 bundles go [LIBDIR/lv2]")
    group.add_option("--werror", action="store_true", help="warnings are errors")
    group.add_option("--debug", action="store_true", help="-O1 -g instead of the optimised build")
    group.add_option("--plugins-only", action="store_true", help="the plugins and what checks their memory")
    group.add_option("--no-tests", action="store_true", help="build no tests")
    group.add_option("--sanitize", default="", help="build with these sanitizers, e.g. address,undefined")
    group.add_option("--harnesses", action="store_true", help="the fuzz harnesses of tests/fuzz (clang)")
    command_options(opt)  # noqa: F405


def configure(conf):
    conf.load("compiler_c")
    conf.load("gnu_dirs")
    speed = ["-O1"] if conf.options.debug else SPEED
    conf.env.CFLAGS = [*speed, *conf.env.CFLAGS]
    conf.env.append_value("CFLAGS", ["-std=c11", "-g", "-fPIC", "-fvisibility=hidden", *WARNINGS])
    # 32-bit x86 calculates in 80 bits: scalars are to meet vectors there, too (no effect elsewhere)
    conf.check_cc(cflags="-fexcess-precision=fast", uselib_store="PRECISION", mandatory=False,
                  msg="Checking for -fexcess-precision=fast")
    conf.env.append_value("CFLAGS", conf.env.CFLAGS_PRECISION)
    # the same bytes wherever it is built
    conf.env.append_value("CFLAGS", [f"-ffile-prefix-map={conf.path.abspath()}=."])
    conf.env.append_value("DEFINES", ["_POSIX_C_SOURCE=200809L", f'TONUS_VERSION="{VERSION}"'])
    conf.env.append_value("LINKFLAGS", ["-Wl,-z,relro,-z,now", "-Wl,--as-needed"])
    if conf.options.werror:
        conf.env.append_value("CFLAGS", ["-Werror"])
    if conf.options.sanitize:
        flag = "-fsanitize=" + conf.options.sanitize
        # -g1: lines for what is found, and a fifth less to compile
        conf.env.append_value("CFLAGS", [flag, "-fno-sanitize-recover=all", "-g1"])
        conf.env.append_value("LINKFLAGS", [flag])
    if conf.options.harnesses:
        conf.env.FUZZ = True
        conf.env.append_value("CFLAGS", ["-gline-tables-only", "-fsanitize=fuzzer-no-link,address,undefined,float-cast-overflow",
                                         "-fno-sanitize-recover=all"])
        conf.env.append_value("LINKFLAGS", ["-fsanitize=address,undefined,float-cast-overflow"])
    missing = [] if conf.find_program("sordi", mandatory=False) else ["sordi"]
    for package, variable, needed in PKGS:
        found = conf.check_cfg(package=package.split()[0], args=[package, "--cflags", "--libs"],
                               uselib_store=variable, mandatory=False)
        if needed and found is None:
            missing.append(package)
    if missing:
        conf.fatal("not found: " + ", ".join(missing) + "\n" + packages.explain())
    for library, header in (("edf", "edflib.h"), ("biosig", "biosig.h")):  # they test our files
        conf.check_cc(lib=library, header_name=["stdio.h", header], uselib_store=library.upper(),
                      mandatory=False)
    if not conf.find_program("msgfmt", mandatory=False):
        Logs.warn("msgfmt (gettext) is missing: the windows speak English only")
    conf.env.LIB_M = ["m"]
    conf.env.LIB_DL = ["dl"]
    conf.env.LIB_PTHREAD = ["pthread"]
    conf.env.LV2DIR = conf.options.lv2dir or os.path.join(conf.env.LIBDIR, "lv2")
    conf.env.VERSION = VERSION
    conf.env.NO_TESTS = conf.options.no_tests
    conf.env.PLUGINS_ONLY = conf.options.plugins_only


def _install_dirs(bld):
    """--prefix and --lv2dir count at installation, too, not only when configuring."""
    given = [word.split("=")[0] for word in sys.argv]
    if "--prefix" in given:
        old, new = bld.env.PREFIX, os.path.abspath(os.path.expanduser(bld.options.prefix))
        for key in list(bld.env.table):
            value = bld.env[key]
            if key.endswith("DIR") and isinstance(value, str) and value.startswith(old + os.sep):
                bld.env[key] = new + value[len(old):]
        bld.env.PREFIX = new
    if "--lv2dir" in given:
        bld.env.LV2DIR = os.path.abspath(os.path.expanduser(bld.options.lv2dir))


def build(bld):
    if bld.is_install:
        _install_dirs(bld)
    bundle = "lv2/tonus.lv2"
    install_to = os.path.join(bld.env.LV2DIR, "tonus.lv2")
    tools = bld.path.ant_glob("tools/*.py")
    part_only = bld.env.PLUGINS_ONLY or bld.env.FUZZ
    for name, sources, uses in LIBRARIES:
        if (bld.env.PLUGINS_ONLY and "bridge" in name) or (bld.env.FUZZ and name == "tonus-x11"):
            continue
        excl = "**/main.c" + (" ui/window*.c " + X11_PART if name == "tonus-ui" else "")
        found = bld.path.ant_glob(sources, excl=excl)
        if found:
            bld.stlib(target=name, source=found, includes=". build", use=uses, name=name)

    turtle = []
    for file in bld.path.ant_glob("ttl/*.ttl"):
        # the manifest lists only what is built
        if file.name[:-4].replace("-cv", "") not in [*PLUGINS, "tonus", "ui"]:
            continue
        header = bld.path.find_or_declare("ttl/" + file.name[:-4] + ".h")
        if file.name.endswith("-cv.ttl"):  # the plugin's ports and some more
            base = bld.path.find_node("ttl/" + file.name.replace("-cv", ""))
            whole = bld.path.find_or_declare(f"{bundle}/{file.name}")
            bld(rule=f"{sys.executable} ${{SRC[2].abspath()}} ${{SRC[0].abspath()}} ${{SRC[1].abspath()}} ${{TGT}}",
                source=[base, file, bld.path.find_node("tools/variant.py")], target=whole, color="BLUE",
                before=["c"], shell=False, install_path=install_to)
            file = whole
        else:
            bld(features="subst", source=file, target=f"{bundle}/{file.name}", is_copy=True,
                install_path=install_to)
        if file.name != "tonus.ttl":
            bld(rule=f"{sys.executable} ${{SRC[1].abspath()}} ${{SRC[0].abspath()}} ${{TGT}}",
                source=[file, bld.path.find_node("tools/ttl2h.py")], target=header, name=header.name,
                color="BLUE", before=["c"], shell=False)
        turtle.append(file)
    for file in bld.path.ant_glob("presets/*.ttl"):
        if file.name[:-4] in PLUGINS:
            bld(features="subst", source=file, target=f"{bundle}/presets/{file.name}", is_copy=True,
                install_path=install_to + "/presets")
            turtle.append(file)
    bld(rule=f"{sys.executable} ${{SRC[0].abspath()}} {VERSION} ${{SRC[1].abspath()}} ${{TGT}} "
             + " ".join(f"${{SRC[{i}].abspath()}}" for i in range(2, 2 + len(turtle))),
        source=[bld.path.find_node("tools/manifest.py"), bld.path.find_node("ttl/manifest.ttl.in"),
                *turtle, *tools], shell=False,
        target=f"{bundle}/manifest.ttl", color="BLUE", install_path=install_to)

    for file in bld.path.ant_glob("po/*.po") if bld.env.MSGFMT else []:
        folder = f"locale/{file.name[:-3]}/LC_MESSAGES"
        bld(rule="${MSGFMT} --check -o ${TGT} ${SRC}", source=file, target=f"{bundle}/{folder}/tonus.mo",
            color="BLUE", shell=False, install_path=f"{install_to}/{folder}")

    # nodelete: pixman, which cairo needs for the inline displays, takes memory each time it is loaded anew
    for name in PLUGINS:
        plugin = bld(features="c cshlib", source=bld.path.ant_glob([f"plugins/{name}.c", f"plugins/{name}_*.c"]), includes=". build",
                     target=f"{bundle}/{name}", name="plugin-" + name,
                     use=PLUGIN_USES.get(name, "") + " tonus-shell tonus-dsp M LV2", install_path=install_to,
                     linkflags=["-Wl,--exclude-libs,ALL", "-Wl,-z,nodelete"] if bld.env.FUZZ
                     else ["-Wl,-z,defs", "-Wl,-z,nodelete", "-Wl,--exclude-libs,ALL"])  # the run-time is in the program, and reads counters
        plugin.env.cshlib_PATTERN = "%s.so"

    for file in [] if bld.env.FUZZ else bld.path.ant_glob("ui/window_*.c"):
        window = bld(features="c cshlib", source=[file], includes=". build",
                     target=f"{bundle}/{file.name[7:-2]}_ui", name=file.name[:-2],
                     use="tonus-x11 tonus-ui LV2 X11 CAIRO M", install_path=install_to,
                     linkflags=["-Wl,-z,defs", "-Wl,--exclude-libs,ALL"])
        window.env.cshlib_PATTERN = "%s.so"

    bld.install_files("${MANDIR}/man1", bld.path.ant_glob("bridge/*.1 tools/*.1"))
    if not part_only:
        _build_desktop(bld)
    for name, sources, uses in [] if part_only else PROGRAMS:
        bld.program(target=name, source=bld.path.ant_glob(sources), includes=". build",
                    use=uses, install_path=None if name.startswith("tools/") else "${BINDIR}")

    if bld.env.NO_TESTS:
        return
    if bld.env.LIB_CMOCKA and bld.env.LIB_FFTW:
        _build_tests(bld)
    else:
        Logs.warn("cmocka or fftw3f is missing: no tests are built")


def _build_desktop(bld):
    """The command for those without a DAW, and its place among the desktop's programs."""
    bld(features="subst", source="tools/tonus.in", target="tonus", VERSION=VERSION, LV2DIR=bld.env.LV2DIR, chmod=0o755,
        install_path="${BINDIR}")
    for file in bld.path.ant_glob("tools/tonus_*.py"):
        bld(features="subst", source=file, target=f"tools/{file.name}", is_copy=True, install_path="${DATADIR}/tonus")
    bld.install_files("${DATADIR}/tonus/sessions", bld.path.ant_glob("docs/sessions/*"))
    for file, place in (("tonus.desktop", "applications"), ("tonus.svg", "icons/hicolor/scalable/apps"),
                        ("tonus.metainfo.xml", "metainfo")):
        bld.install_files("${DATAROOTDIR}/" + place, "tools/desktop/" + file)


def _build_tests(bld):
    """Each tests/**/test_NAME.c and tests/bench/NAME.c is a program of its own; the other C files of
    tests/ are their common library."""
    programs = bld.path.ant_glob("tests/**/test_*.c tests/bench/*.c tests/soak/*.c tests/sanitize/*.c",
                                 excl="tests/bad/** tests/fuzz/**")
    if bld.env.PLUGINS_ONLY:
        names = "blocks signals events state".split()
        programs = bld.path.ant_glob(["tests/sanitize/*.c", *(f"tests/plugins/test_{n}.c" for n in names)])
    common = bld.path.ant_glob("tests/*.c", excl="tests/test_*.c")
    if bld.env.PLUGINS_ONLY or bld.env.FUZZ:  # the test host, and what its checks share
        common = bld.path.ant_glob("tests/host*.c tests/check.c tests/feed.c tests/watch.c tests/xworld.c")
    uses = "tonus-shell tonus-bridge-core tonus-formats tonus-dsp tonus-x11 tonus-ui".split()
    uses = [u for u in uses if any(t.name == u for g in bld.groups for t in g if hasattr(t, "name"))]
    uses += "LV2 LILV FFTW SNDFILE X11 CAIRO ZLIB JACK CMOCKA EBUR128 EDF BIOSIG DL PTHREAD M".split()
    if common:
        bld.stlib(target="tonus-testing", source=common, includes=". build", use=list(uses),
                  cflags=["-fno-sanitize=fuzzer-no-link"] if bld.env.FUZZ else [])  # the host is not what is sought
        uses.insert(0, "tonus-testing")
    for file in bld.path.ant_glob("tests/bad/*.ttl"):  # plugins that the tests must refuse
        bld(features="subst", source=file, target=f"tests/bad/bad.lv2/{file.name}", is_copy=True)
    bad = bld(features="c cshlib", source=bld.path.ant_glob("tests/bad/*.c", excl="tests/bad/*_ui.c"), use="LV2 PTHREAD M",
              target="tests/bad/bad.lv2/bad", install_path=None,
              linkflags=["-Wl,-z,nodelete"])  # as the plugins themselves: a fuzzer reads counters
    bad.env.cshlib_PATTERN = "%s.so"
    for file in bld.path.ant_glob("tests/bad/*_ui.c"):
        window = bld(features="c cshlib", source=[file], use="LV2", target=f"tests/bad/bad.lv2/{file.name[:-2]}",
                     install_path=None)
        window.env.cshlib_PATTERN = "%s.so"
    if bld.env.FUZZ:
        return _build_harnesses(bld, uses)
    trap = bld(features="c cshlib", source=["tests/traps/rtguard.c"], use="PTHREAD DL",
               target="tests/traps/rtguard", install_path=None)
    trap.env.cshlib_PATTERN = "%s.so"
    for file in bld.path.ant_glob("tests/fakes/*.c"):  # libraries that take the place of real ones
        fake = bld(features="c cshlib", source=[file], target=f"tests/fakes/{file.name[:-2]}",
                   install_path=None)
        fake.env.cshlib_PATTERN = "%s.so"
    for file in programs:
        target = file.path_from(bld.path)[:-2]
        bld.program(target=target, source=[file], includes=". build tests", use=uses,
                    install_path=None)


def _build_harnesses(bld, uses):
    """Each tests/fuzz/fuzz_NAME.c is a program of its own; -rdynamic: the plugins use its run-time library."""
    bld.stlib(target="tonus-fuzzing", source="tests/fuzz/fuzz.c", includes=". build tests", use=list(uses))
    fake = bld(features="c cshlib", source="tests/fuzz/lsl.c", target="tests/fuzz/lsl", install_path=None)
    fake.env.cshlib_PATTERN = "%s.so"
    more = {"fuzz_source.c": ["tools/analyze_source.c", "tools/analyze_list.c"]}
    for file in bld.path.ant_glob("tests/fuzz/fuzz_*.c"):
        sources = [file, *(bld.path.find_node(name) for name in more.get(file.name, []))]
        bld.program(target=file.path_from(bld.path)[:-2], source=sources, includes=". build tests",
                    use=["tonus-fuzzing", *uses], install_path=None,
                    linkflags=["-fsanitize=fuzzer", "-rdynamic"])

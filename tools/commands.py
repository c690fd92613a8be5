# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""waf's further commands, see the table at the end.

Each configures and builds first, then runs in the project's folder.
"""

import os
import subprocess
import sys

from waflib import Context, Options

import dist as release
import packages

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def command_options(opt):
    group = opt.add_option_group("Options of demo, test, bench, soak, fuzz")
    group.add_option("--fast", action="store_true", help="test: only tests of dsp, formats and bridge")
    group.add_option("--only", default="", help="test, bench, soak: only programs whose path holds this text; bench --speed: one plugin; fuzz: one harness")
    group.add_option("--input", default="", help="demo: a recording instead of the simulated person")
    group.add_option("--live", action="store_true", help="demo: through JACK, in real time")
    group.add_option("--accuracy", action="store_true", help="bench: accuracy on recordings")
    group.add_option("--ablation", action="store_true", help="bench: what each design choice gains")
    group.add_option("--speed", action="store_true", help="bench: cost of each plugin (the default)")
    group.add_option("--seconds", default="", help="demo, soak: how long; fuzz: each harness (60)")


def environment():
    """What programs of the project need to find the bundle and the recordings."""
    env = dict(os.environ)
    env["TONUS_BUNDLE"] = os.path.join(ROOT, "build/lv2/tonus.lv2")
    env["LV2_PATH"] = os.path.join(ROOT, "build/lv2") + ":" + env.get("TONUS_LV2_SYSTEM", "/usr/lib/lv2")
    env.setdefault("TONUS_DATA", os.path.normpath(os.path.join(ROOT, "../shared/data")))
    return env


def from_launch_folder(path):
    """A path as the person who typed it meant it."""
    return os.path.normpath(os.path.join(Context.launch_dir, path))


def run(ctx, *command):
    """Runs a command of the project's folder; its failure is waf's."""
    try:
        code = subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode
    except KeyboardInterrupt:
        code = 130
    if code:
        ctx.fatal(f"{ctx.cmd}: {os.path.basename(command[0])} ended with {code}")


def configured(for_tests):
    """Whether what was configured will do: for tests, only what found the libraries they need. A demo
    before the first test leaves a tree that was configured without."""
    try:
        with open(os.path.join(ROOT, "build", "c4che", "_cache.py"), encoding="utf-8") as cache:
            found = cache.read()
    except OSError:
        return False
    return not for_tests or all(
        word in found for word in ("LIB_CMOCKA", "LIB_FFTW")) and "NO_TESTS = True" not in found


def then(name, work):
    """Adds the command NAME, which configures where that has not been done, builds, and works."""

    class Work(Context.Context):
        __doc__ = work.__doc__
        cmd = "_" + name  # the underscore hides it from --help

        def execute(self):
            work(self)

    class Ahead(Context.Context):
        __doc__ = work.__doc__
        cmd = name

        def execute(self):
            steps = ["build", Work.cmd]
            if not configured(name in ("test", "bench", "soak")):
                steps.insert(0, "configure")
            Options.commands = steps + Options.commands

    return Ahead, Work  # waf finds contexts by the class being made


def demo_work(ctx):
    """renders the simulated person (or --input FILE) relaxing into build/demo"""
    if Options.options.live:
        words = ["tools/demo-live"]
        if Options.options.input:
            words.append("file:" + from_launch_folder(Options.options.input))
        elif Options.options.seconds:
            words.append("sim:")
        return run(ctx, *words, *([Options.options.seconds] if Options.options.seconds else []))
    words = ["build/tools/tonus-demo", "--out", "build/demo"]
    if Options.options.input:
        words += ["--input", from_launch_folder(Options.options.input)]
    if Options.options.seconds:
        words += ["--seconds", Options.options.seconds]
    return run(ctx, *words)


def pictures_work(ctx):
    """draws each view from the simulated person into build/pictures, without a screen"""
    run(ctx, "build/tools/tonus-pictures", "--out", "build/pictures")


def docs_work(ctx):
    """builds the manual into build/docs: HTML, and one PDF"""
    run(ctx, "build/tools/tonus-pictures", "--out", "build/pictures")
    run(ctx, sys.executable, "tools/manual.py", "build/docs", "--pdf")
    print("build/docs/index.html, build/docs/tonus-manual.pdf")


def test_work(ctx):
    """runs the tests and counts them"""
    words = [sys.executable, "tools/runner.py"]
    words += ["--fast"] if Options.options.fast else []
    words += ["--only", Options.options.only] if Options.options.only else []
    run(ctx, *words)


def bench_work(ctx):
    """prints speed (--speed), --accuracy or --ablation"""
    kinds = [k for k in ("accuracy", "ablation", "speed") if getattr(Options.options, k)] or ["speed"]
    for kind in kinds:
        run(ctx, sys.executable, "tools/runner.py", "--bench", kind, "--only", Options.options.only)


def soak_work(ctx):
    """the long tests"""
    words = [sys.executable, "tools/runner.py", "--soak", "--only", Options.options.only]
    words += ["--seconds", Options.options.seconds] if Options.options.seconds else []
    run(ctx, *words)


def fuzz_work(ctx):
    """fuzzes plugins, readers and parsers"""
    words = ["tests/fuzz/fuzz.sh", Options.options.seconds or "60"]
    run(ctx, *words, *([Options.options.only] if Options.options.only else []))


def lint_work(ctx):
    """format, warnings and static checks"""
    run(ctx, "tools/lint")


class Dist(Context.Context):
    """makes the release's tarball, which builds with neither git nor a network"""

    cmd = "dist"

    def execute(self):
        version = Context.g_module.VERSION
        print(release.pack(ROOT, version, packages.find_waflib()))


for _name, _work in (("demo", demo_work), ("pictures", pictures_work), ("docs", docs_work), ("test", test_work),
                     ("bench", bench_work), ("soak", soak_work), ("fuzz", fuzz_work), ("lint", lint_work)):
    then(_name, _work)

__all__ = ["command_options"]

#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much the breath's figures hang on its constants, and on the recordings they were tuned on.

Each constant is taken 20 % lower and higher by itself and accuracy_breath is run again (host rate 1 kHz,
every N-th recording); prints mean absolute errors. Then, for each database: all constants set to what is
best for the *other* database (of the three values tried), together, and the errors on the one left out.
After ./waf configure build: tests/bench/perturb_breath.py [--every 6] [--only TEXT] [--by 0.2]"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = ["breath_bank.c", "breath_bin.c", "breath_change.c", "breath_steady.c", "breath.c", "breath_phase.c",
         "breath_intervals.c", "breath_clock.c"]
CONSTANT = re.compile(r"^(?:static const float (\w+) =|#define (\w+) +)\s*\(?([0-9]+\.[0-9e-]+|BIN_INTERVAL_GAIN)f?", re.M)
LEAVE = ["TICK_S", "COARSE_HZ", "COARSE_TICK_S", "TINY", "TWO_PI", "JUST_BEFORE", "DEEPEST"]  # no tuning
FLAGS = ["-std=gnu11", *"-O3 -fno-math-errno -fno-trapping-math -ffp-contract=off -w".split(),
         "-DBREATHSIGNAL_RATE=1000.0"]
ROWS = [("rest", "ds210", r"belt at rest.*?([\d.]+) /min"), ("tasks", "ds210", r"belt in tasks.*?([\d.]+) /min"),
        ("start s", "", r"start of the in-breath at rest.*?([\d.]+) s"),
        ("ECG", "bidmc", r"care \(BIDMC\), from the ECG.*?([\d.]+) /min"),
        ("pulse", "bidmc", r"care \(BIDMC\), from the pulse.*?([\d.]+) /min")]


class Program:
    """accuracy_breath with constants of one's own; only what changed is compiled"""

    def __init__(self, folder, options):
        self.folder, self.options = folder, options
        shutil.copytree(ROOT / "dsp", folder / "dsp")
        sources = [*sorted((folder / "dsp").glob("breath*.c")), ROOT / "tests/bench/accuracy_breath.c",
                   ROOT / "tests/breathscore.c"]
        self.objects = [self.compile(source) for source in sources]

    def compile(self, source):
        target = self.folder / (source.stem + ".o")
        subprocess.run(["gcc", *FLAGS, f"-I{self.folder}", f"-I{ROOT}", f"-I{ROOT}/tests", f"-I{ROOT}/build", "-c",
                        str(source), "-o", str(target)], check=True)
        return str(target)

    def set(self, name, values):
        """values: {match: factor} of the constants of a file"""
        text, at = "", 0
        source = (ROOT / "dsp" / name).read_text()
        for match, factor in sorted(values.items(), key=lambda item: item[0].start()):
            text += source[at:match.start(3)] + f"{float(match.group(3)) * factor:.6f}"
            at = match.end(3)
        (self.folder / "dsp" / name).write_text(text + source[at:])
        self.compile(self.folder / "dsp" / name)

    def figures(self):
        program = self.folder / "program"
        libraries = [str(ROOT / f"build/libtonus-{x}.a") for x in ("testing", "formats", "bridge-core", "dsp")]
        subprocess.run(["gcc", *self.objects, *libraries, "-o", str(program),
                        *"-lfftw3f -lsndfile -lz -lcmocka -lm".split()], check=True)
        text = subprocess.run([str(program), *self.options.data], capture_output=True, text=True, check=True,
                              cwd=ROOT / "build",
                              env={**os.environ, "TONUS_BENCH_EVERY": str(self.options.every)}).stdout
        found = [re.search(pattern, text) for _, _, pattern in ROWS]
        return [float(f.group(1)) if f else float("nan") for f in found]


def show(label, figures):
    print(f"{label:38s}" + "".join(f"{v:9.2f}" for v in figures), flush=True)


def of(figures, database):
    return sum(v for v, (_, where, _) in zip(figures, ROWS) if where == database)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="constants whose name holds this")
    parser.add_argument("--by", type=float, default=0.2)
    parser.add_argument("--every", type=int, default=1, help="take every N-th recording")
    parser.add_argument("data", nargs="*", help="folder of recordings")
    options = parser.parse_args()
    constants = [(name, match) for name in FILES for match in CONSTANT.finditer((ROOT / "dsp" / name).read_text())
                 if match.group(3)[0].isdigit() and (match.group(1) or match.group(2)) not in LEAVE
                 and options.only in (match.group(1) or match.group(2))]
    print(f"{'':38s}" + "".join(f"{name:>9s}" for name, _, _ in ROWS))
    with tempfile.TemporaryDirectory() as place:
        program = Program(pathlib.Path(place), options)
        usual = program.figures()
        show("as they are", usual)
        worst = [0.0] * len(ROWS)
        tried = []  # file, match, {factor: figures}
        for name, match in constants:
            by_factor = {1.0: usual}
            for factor in (1 - options.by, 1 + options.by):
                program.set(name, {match: factor})
                by_factor[factor] = program.figures()
                worst = [max(w, n - u) for w, n, u in zip(worst, by_factor[factor], usual)]
                show(f"{match.group(1) or match.group(2)} x {factor:.1f}", by_factor[factor])
            program.set(name, {})
            tried.append((name, match, by_factor))
        show("largest growth", worst)
        for left_out, other in (("ds210", "bidmc"), ("bidmc", "ds210")):
            chosen = {name: {} for name in FILES}
            for name, match, by_factor in tried:
                chosen[name][match] = min(by_factor, key=lambda f: of(by_factor[f], other))
            for name in FILES:
                program.set(name, chosen[name])
            show(f"each as is best for {other} (test: {left_out})", program.figures())


if __name__ == "__main__":
    main()

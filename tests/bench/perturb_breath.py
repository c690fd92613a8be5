#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much the breath's figures hang on its constants: each is taken 20 % lower and higher by itself and
accuracy_breath is run again. Prints the mean absolute errors. After ./waf configure build:
tests/bench/perturb_breath.py [--only TEXT] [--by 0.2]"""
import argparse
import pathlib
import re
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = ["breath_bank.c", "breath_bin.c", "breath_change.c", "breath_steady.c"]
CONSTANT = re.compile(r"^static const float (\w+) = ([0-9.]+)f;", re.M)
FLAGS = "-std=gnu11 -O3 -fno-math-errno -fno-trapping-math -ffp-contract=off -w".split()
ROWS = [("rest", r"belt at rest.*?([\d.]+) /min"), ("tasks", r"belt in tasks.*?([\d.]+) /min"),
        ("start s", r"start of the in-breath at rest.*?([\d.]+) s"),
        ("ECG", r"care \(BIDMC\), from the ECG.*?([\d.]+) /min"),
        ("pulse", r"care \(BIDMC\), from the pulse.*?([\d.]+) /min")]


def figures(folder, data):
    """The figures of the program made of the sources in `folder`"""
    program = folder / "program"
    libraries = [str(ROOT / f"build/libtonus-{x}.a")
                 for x in ("testing", "formats", "bridge-core", "dsp")]
    subprocess.run(["gcc", *FLAGS, f"-I{folder}", f"-I{ROOT}", f"-I{ROOT}/tests", f"-I{ROOT}/build",
                    str(ROOT / "tests/bench/accuracy_breath.c"),
                    *map(str, sorted((folder / "dsp").glob("breath*.c"))), *libraries,
                    "-o", str(program), *"-lfftw3f -lsndfile -lz -lcmocka -lm".split()], check=True)
    text = subprocess.run([str(program), *data], capture_output=True, text=True, check=True,
                          cwd=ROOT / "build").stdout
    found = [re.search(pattern, text) for _, pattern in ROWS]
    return [float(f.group(1)) if f else float("nan") for f in found]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="constants whose name holds this")
    parser.add_argument("--by", type=float, default=0.2)
    parser.add_argument("data", nargs="*", help="folder of recordings")
    options = parser.parse_args()
    print(f"{'':34s}" + "".join(f"{name:>9s}" for name, _ in ROWS))
    worst = [0.0] * len(ROWS)
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        shutil.copytree(ROOT / "dsp", folder / "dsp")
        usual = figures(folder, options.data)
        print(f"{'as they are':34s}" + "".join(f"{v:9.2f}" for v in usual), flush=True)
        for name in FILES:
            source = (ROOT / "dsp" / name).read_text()
            for match in CONSTANT.finditer(source):
                if options.only not in match.group(1):
                    continue
                for factor in (1 - options.by, 1 + options.by):
                    value = f"{float(match.group(2)) * factor:.6f}"
                    (folder / "dsp" / name).write_text(
                        source[:match.start(2)] + value + source[match.end(2):])
                    now = figures(folder, options.data)
                    worst = [max(w, n - u) for w, n, u in zip(worst, now, usual)]
                    print(f"{match.group(1) + f' x {factor:.1f}':34s}"
                          + "".join(f"{v:9.2f}" for v in now), flush=True)
            (folder / "dsp" / name).write_text(source)
    print(f"{'largest growth':34s}" + "".join(f"{v:9.2f}" for v in worst))


if __name__ == "__main__":
    main()

#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fits the weights of dsp/beat_weights.c.

fit_beats.py KIND              weights from all recordings, printed as the lines of the table
fit_beats.py KIND --half       weights from each half of the recordings, tried on the other half

KIND is ecg or pulse. Needs numpy, the folder TONUS_DATA and a build (build/tests/bench/fit_beats).
Try new weights for pulses on other sensors before --write: tests/dsp/test_beat_recorded.c.
A logistic regression with a ridge penalty, four rounds: what is learnt depends on what was
accepted. Each round keeps the candidates of those before.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile

import numpy

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.join(ROOT, "build/tests/bench/fit_beats")
SOURCE = os.path.join(ROOT, "dsp/beat_weights.c")
# The recordings in the fit are noisier than people are, which lowers the constant: raised again
CONSTANT = {"ecg": 0.2, "pulse": 0.0}
TABLE = {"ecg": "ecg_weights", "pulse": "pulse_weights"}


def read_table(kind):
    """(weight, comment) of each evidence, as they are in the source"""
    with open(SOURCE, encoding="utf-8") as source:
        text = source.read()
    body = re.search(TABLE[kind] + r"\[PATH_EVIDENCE\] = \{(.*?)\};", text, re.S).group(1)
    return [(float(w), c) for w, c in re.findall(r"(-?[0-9.]+),\s*// (.*)", body)]


def gather(kind, part, weights, folder):
    """(rows, what the program said) of a part of the recordings under these weights"""
    path, out = os.path.join(folder, "weights"), os.path.join(folder, "rows")
    print(f"{kind}, part {part}", file=sys.stderr)
    numpy.savetxt(path, weights)
    said = subprocess.run([PROGRAM, kind, str(part), path, out], check=True, cwd=ROOT,
                          stdout=subprocess.PIPE, text=True).stdout
    return numpy.fromfile(out, "<f4").reshape(-1, len(weights) + 2), said


def regress(rows, ridge):
    count, truth, evidence = rows[:, 0].astype(float), rows[:, 1].astype(float), rows[:, 2:].astype(float)
    weights = numpy.zeros(evidence.shape[1])
    penalty = numpy.full(len(weights), ridge)
    for _ in range(40):  # Newton's method
        chance = 1 / (1 + numpy.exp(-numpy.clip(evidence @ weights, -30, 30)))
        slope = evidence.T @ (count * (truth - chance)) - penalty * weights
        bend = (evidence * (count * chance * (1 - chance) + 1e-9)[:, None]).T @ evidence
        step = numpy.linalg.solve(bend + numpy.diag(penalty), slope)
        weights += step
        if abs(step).max() < 1e-6:
            break
    return weights


def fit(kind, part, options, folder):
    weights = numpy.array([w for w, _ in read_table(kind)])
    kept = []
    for _ in range(options.rounds):
        rows, said = gather(kind, part, weights, folder)
        kept.append(rows)
        weights = regress(numpy.concatenate(kept), options.ridge)
        if options.verbose:
            print(said, file=sys.stderr)
    weights[0] += CONSTANT[kind]
    return weights


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=sorted(TABLE))
    parser.add_argument("--half", action="store_true", help="fit each half, try it on the other")
    parser.add_argument("--ridge", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--write", action="store_true", help="write them into dsp/beat_weights.c")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.half:
            total = {}
            for part in 0, 1:
                weights = fit(options.kind, part, options, folder)
                for line in gather(options.kind, 1 - part, weights, folder)[1].splitlines():
                    what, missed, extra, hit = re.match(
                        r"(.*?)\s+missed\s+(\d+)\s+extra\s+(\d+)\s+hit\s+(\d+)", line).groups()
                    total[what] = numpy.add(total.get(what, 0), [int(missed), int(extra), int(hit)])
            for what, (missed, extra, hit) in total.items():
                print(f"{what:26} missed {missed:5} extra {extra:5} "
                      f"F1 {200 * hit / (2 * hit + missed + extra + 1e-9):7.3f} %")
            return
        weights = fit(options.kind, 2, options, folder)
    table = [(f"{w:.2f}", c) for w, (_, c) in zip(weights, read_table(options.kind))]
    lines = "".join(f"    {w + ',':6} // {c}\n" for w, c in table)
    if options.write:
        with open(SOURCE, encoding="utf-8") as source:
            text = source.read()
        text = re.sub(r"(" + TABLE[options.kind] + r"\[PATH_EVIDENCE\] = \{\n).*?(\};)",
                      lambda m: m.group(1) + lines + m.group(2), text, flags=re.S)
        with open(SOURCE, "w", encoding="utf-8") as source:
            source.write(text)
    print(lines, end="")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the built test programs side by side and counts what they say (TAP).

A test is build/tests/**/test_NAME (cmocka) or tests/**/test_NAME.sh. One that ends badly without
having said so counts as a failure. --soak runs tests/soak/*, --bench KIND runs tests/bench/KIND*.
"""

import argparse
import concurrent.futures
import glob
import os
import re
import signal
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FAST = ("tests/dsp/", "tests/formats/", "tests/bridge/", "tests/tools/", "tests/ui/")
# Real programs in real time: what else the machine does can disturb them. One at a time, at the end, and once more when
# that fails, which is told
ALONE = ("tests/hosts/",)
# but these mostly wait for a host: one at a time beside the others, and once more at the end when that fails
BESIDE = ("hosts/test_ardour", "hosts/test_carla", "hosts/test_chain", "hosts/test_cv", "hosts/test_jalv_windows",
          "hosts/test_sessions", "hosts/test_windows")
APART = "tests/package/"  # they build everything anew: only when asked for, as .ci/run does
# A test hangs when it does nothing for STILL_S, or takes more than BUSY_S of the processor. The clock on the wall tells how
# busy the machine is: WALL_S is for what waits for ever while something beside it turns.
LOOK_S, STILL_S, BUSY_S, WALL_S = 5.0, 300.0, 1800.0, 3600.0
LAST = ("tests/fuzz/test_fuzz",)  # takes a while, needs one processor, and need not be quick: beside those that are alone


def programs(patterns):
    found = []
    for pattern in patterns:
        found += glob.glob(os.path.join(ROOT, pattern), recursive=True)
    return sorted(p for p in set(found) if os.access(p, os.X_OK) and os.path.isfile(p))


def plugins():
    return {os.path.basename(p)[:-3] for p in glob.glob(os.path.join(ROOT, "build/lv2/tonus.lv2/*.so"))}


def name_of(path):
    relative = os.path.relpath(path, ROOT)
    return relative[len("build/"):] if relative.startswith("build/") else relative


def busy_s(session):
    """Seconds of the processor that the processes of a session have had."""
    ticks = 0
    for stat in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(stat, encoding="ascii", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[3]) == session:
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def hangs(session, seconds, seen):
    """Why a test that has run for so long is taken to hang, or None. seen: what was looked at before."""
    busy = busy_s(session)
    if not seen or busy > seen[0] + 0.05 or busy < seen[0]:
        seen[:] = [busy, seconds]
    if seconds - seen[1] > STILL_S:
        return "it did nothing for %.0f s" % STILL_S
    if busy > BUSY_S:
        return "no end after %.0f s of the processor" % BUSY_S
    return "no end after %.0f s" % WALL_S if seconds > WALL_S else None


def run(path, niceness=0):
    """Returns name, exit code, seconds, output."""
    env = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP")
    start = time.monotonic()
    # a session of its own, so that a test that hangs takes its children along
    process = subprocess.Popen(["nice", "-n", str(niceness), path] if niceness else [path], cwd=ROOT, env=env,
                               stdin=subprocess.DEVNULL, text=True, errors="replace", stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True)
    seen, why = [], None
    while True:
        try:
            output, _ = process.communicate(timeout=LOOK_S)
            break
        except subprocess.TimeoutExpired as partly:
            if why:  # what it left behind still holds its output
                output = (partly.output or b"").decode(errors="replace")
                break
            why = hangs(process.pid, time.monotonic() - start, seen)
            if why:
                os.killpg(process.pid, signal.SIGKILL)
    code = why or process.returncode
    return name_of(path), code, time.monotonic() - start, output


def count(code, output):
    """passed, failed, skipped, and the lines worth showing."""
    passed = failed = skipped = 0
    show = []
    for line in output.splitlines():
        if not re.match(r"\s*(not )?ok\b", line):
            continue
        if re.search(r"# skip", line, re.IGNORECASE):  # cmocka says "not ok" here
            skipped += 1
            show.append(line)
        elif line.lstrip().startswith("not"):
            failed += 1
            show.append(line)
        else:
            passed += 1
    if code != 0 and failed == 0:
        failed += 1
        show.append(f"not ok - ended with {code}")
    if code == 0 and passed + failed + skipped == 0:
        failed += 1
        show.append("not ok - said nothing")
    return passed, failed, skipped, show


def test(paths, jobs):
    last = [p for p in paths if any(part in name_of(p) for part in LAST)]
    together = [p for p in paths if not any(part in name_of(p) for part in ALONE) and p not in last]
    beside = [p for p in paths if any(part in name_of(p) for part in BESIDE)]
    alone = [p for p in paths if p not in together + beside + last]
    totals = [0, 0, 0]
    slow = []

    def tell(result):
        name, code, seconds, output = result
        *numbers, show = count(code, output)
        slow.append((seconds, name))
        for i, number in enumerate(numbers):
            totals[i] += number
        print(f"{'ok  ' if not numbers[1] else 'FAIL'} {name}  {numbers[0]} passed"
              + (f", {numbers[1]} failed" if numbers[1] else "")
              + (f", {numbers[2]} skipped" if numbers[2] else "") + f"  {seconds:.1f} s", flush=True)
        if numbers[1]:
            print("\n".join("     " + line for line in output.splitlines()[-40:]))
        else:
            for line in show:
                print("     " + line.strip())

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool, concurrent.futures.ThreadPoolExecutor(1) as lane:
        # scripts build things and take longest: they go first, so that no processor waits at the end
        together.sort(key=lambda p: (not p.endswith(".sh"), p))
        hosts = {lane.submit(run, p): p for p in beside}
        quick = [pool.submit(run, p) for p in together]
        slowly = [pool.submit(run, p, 5) for p in last] if jobs > 1 else []
        for future in concurrent.futures.as_completed(quick + list(hosts)):
            result = future.result()
            if future in hosts and count(result[1], result[3])[1]:
                print(f"     {result[0]} failed beside the others: again at the end, alone", flush=True)
                alone.append(hosts[future])
            else:
                tell(result)
        for path in alone + (last if not slowly else []):
            result = run(path)
            if path not in hosts.values() and count(result[1], result[3])[1]:
                print("\n".join("     " + line for line in result[3].splitlines()[-20:]))
                print(f"     {result[0]} failed: once more", flush=True)
                result = run(path)
            tell(result)
        for future in slowly:
            tell(future.result())
    if len(slow) > 20:
        print("slowest: " + ", ".join(f"{name} {seconds:.0f} s" for seconds, name in sorted(slow)[:-8:-1]))
    print(f"{totals[0]} passed, {totals[1]} failed, {totals[2]} skipped")
    return 1 if totals[1] or not totals[0] else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--bench")
    parser.add_argument("--soak", action="store_true")
    parser.add_argument("--seconds", default="")
    parser.add_argument("-j", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()

    if options.bench or options.soak:
        pattern = f"bench/{options.bench}*" if options.bench else "soak/*"
        paths = [p for p in programs(["build/tests/" + pattern, "tests/" + pattern])
                 if not p.endswith((".c", ".h", ".o", ".txt", ".tsv", ".py"))]
        words = [options.seconds] if options.seconds else []
        if options.only and options.only in plugins() and options.bench == "speed":
            paths = [p for p in paths if os.path.basename(p) in ("speed", "speed_instructions.sh")]
            words = [options.only]
        else:
            paths = [p for p in paths if options.only in name_of(p)]
        codes = [subprocess.run([p, *words], cwd=ROOT, check=False).returncode for p in paths]
        if not paths:
            sys.exit("runner: nothing to run")
        sys.exit(max(abs(c) for c in codes))

    paths = [p for p in programs(["build/tests/**/test_*", "tests/**/test_*.sh"])
             if options.only in name_of(p) and not p.endswith((".o", ".c", ".d"))]
    if "package" not in options.only:
        paths = [p for p in paths if APART not in name_of(p)]
    if options.fast:
        paths = [p for p in paths if any(part in name_of(p) for part in FAST)]
    sys.exit(test(paths, options.j))


if __name__ == "__main__":
    main()

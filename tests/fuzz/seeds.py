#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The seeds of the fuzz harnesses, and the corpora between text and files.

seeds.py make FOLDER          writes the seeds, and what corpus/NAME.hex holds, to FOLDER/NAME/
seeds.py keep NAME FOLDER     writes the files of FOLDER as corpus/NAME.hex, the short ones first
"""

import glob
import gzip
import json
import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
MOST_BYTES = 1024  # of a kept input: longer ones teach little and make the tree heavy
MOST_KEPT = 400
# REUSE-IgnoreStart
HEAD = """# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""
# REUSE-IgnoreEnd


def part(data):
    return struct.pack("<H", len(data)) + data


def table(rows, separator=","):
    return "".join(separator.join(map(str, row)) + "\n" for row in rows).encode()


def wav(frames, channels=1, rate=1000):
    data = struct.pack(f"<{len(frames)}f", *frames)
    form = struct.pack("<HHIIHH", 3, channels, rate, rate * channels * 4, channels * 4, 32)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def edf(bdf=False, annotations=False):
    signals = [("ECG", "mV", -5, 5, 20)] + ([("EDF Annotations" if not bdf else "BDF Annotations", "", -1, 1, 12)]
                                            if annotations else [])
    width = 3 if bdf else 2
    top = 2 ** (8 * width - 1) - 1
    head = (b"\xffBIOSEMI" if bdf else b"0       ") + b"X X X X".ljust(80) + b"Startdate X X X X".ljust(80)
    head += b"01.01.2601.01.01" + str(256 * (len(signals) + 1)).encode().ljust(8)
    kind = ("BDF+C" if bdf else "EDF+C") if annotations else ("24BIT" if bdf else "")
    head += kind.encode().ljust(44) + b"2".ljust(8) + b"1".ljust(8) + str(len(signals)).encode().ljust(4)
    for size, text in ((16, lambda s: s[0]), (80, lambda s: ""), (8, lambda s: s[1]), (8, lambda s: s[2]),
                       (8, lambda s: s[3]), (8, lambda s: -top - 1), (8, lambda s: top), (80, lambda s: ""),
                       (8, lambda s: s[4]), (32, lambda s: "")):
        head += b"".join(str(text(s)).encode().ljust(size) for s in signals)
    records = b""
    for record in range(2):
        for name, _, _, _, n in signals:
            if name == "ECG":
                records += b"".join((i * 1000).to_bytes(width, "little", signed=True) for i in range(n))
            else:
                records += f"+{record}\x14\x14\x00+{record}.5\x14beat\x14\x00".encode().ljust(n * width, b"\0")
    return head + records


def wfdb(form, rate=250):
    header = f"a 2 {rate} 24\na.dat {form} 200(0)/mV 11 0 0 0 0 MLII\na.dat {form} 200 11 0 0 0 0 RESP\n".encode()
    return part(bytes(i * 7 % 256 for i in range(96))), header


def vocabulary():
    return b"".join(bytes([5, frame, which, value]) for frame, which, value in
                    ((0, 0x80, 100), (10, 0x80, 0), (20, 0x82, 100), (30, 0x83, 100), (40, 1, 64), (41, 33, 0),
                     (50, 3, 31), (51, 35, 32), (60, 14, 30), (70, 0xC6, 100)))


def plugin_seeds():
    signal = bytes([3, 1, 0]) + struct.pack("<f", 0.5) + bytes([12])
    controls = bytes([1, 2, 255, 1, 3, 0, 1, 4, 128])
    wild = bytes([2, 2]) + struct.pack("<f", float("nan")) + bytes([2, 3]) + struct.pack("<f", 1e30)
    atoms = bytes([6, 0x80, 0, 0, 0, 1, 2, 4, 1, 2, 3, 4, 5, 6, 0, 0, 6, 5, 3, 4, 1, 2, 3, 4])
    midi = bytes([4, 1, 0x92, 60, 100, 4, 20, 0x82, 60, 0])
    blocks = bytes([0, 64, 0, 0, 0, 255, 0, 1])
    for plugin in range(20):
        yield bytes([plugin, plugin % 6, 0]) + signal + vocabulary() + blocks * 4
        yield bytes([plugin, 0, plugin & 63]) + controls + blocks + wild + blocks + atoms + midi + blocks + \
            bytes([8, 9]) + blocks + bytes([0x89, 1]) + blocks


def seeds():
    yield "devices", [bytes([0, i]) + text for i, text in enumerate(
        (b"512\n-1.5,2e2\n", b"ecg:512 resp:300\nS734\n", b"# a\n\n1;2|3\t4\r\n"))]
    yield "devices", [bytes([1]) + bytes([0x84, 100, 0x05, 0x48, 98] * 3), bytes([1, 0x62, 0x84, 0, 0x10, 0, 0])]
    yield "devices", [bytes([2, n]) + bytes(i * 37 % 256 for i in range(48)) for n in range(1, 7)]
    yield "devices", [bytes([3]) + h for h in (b"\x16\x3c\x00\x04", b"\x10\x48\x00\x04\x80\x03", b"\x19\x2c\x01\x10\x00")]
    stamp = struct.pack("<Q", 10 ** 9)
    yield "devices", [bytes([4, 0]) + stamp + b"\0" + bytes(range(30)),
                      bytes([4, 1]) + stamp + b"\x80" + bytes(range(12)) + b"\x0a\x05" + bytes(range(40)),
                      bytes([4, 1]) + stamp + b"\0" + bytes(range(24))]
    message = b"/ecg\0\0\0\0,ffi\0\0\0\0" + struct.pack(">ffi", 0.5, -0.5, 3)
    yield "devices", [bytes([5]) + message,
                      bytes([5]) + b"#bundle\0" + bytes(8) + struct.pack(">I", len(message)) + message]

    def stream(name, kind, channels, rate):
        return part(name) + part(kind) + bytes([channels]) + struct.pack("<f", rate)

    strap = stream(b"Strap 7", b"ECG", 2, 250)
    belt = stream(b"Belt\x1b[2J", b"Resp", 1, 50)
    pulls = b"".join(bytes([8, 2]) + struct.pack("<16f", *range(16)) + bytes([3]) for _ in range(4))
    yield "lsl", [bytes([0x80, 2]) + strap + belt, bytes([0, 1]) + strap + pulls, bytes([0x42, 2]) + belt + strap + pulls,
                  bytes([3, 1]) + strap + pulls + bytes([255]), bytes([1, 1]) + belt + bytes([8, 2]) + bytes(64) + bytes([1]),
                  bytes([3, 1]) + stream(b"x", b"ECG", 0, float("inf")) + pulls,
                  bytes([3, 1]) + part(b"x") + part(b"PPG") + bytes([255]) + struct.pack("<i", -3) + bytes(4)]
    conf = (b"# room 2\nname = clinic\nlog = a.csv\nlatency_offset = -20.5\nperson Ada = sim:ppg noise=-20\n"
            b"person 'B b' = \"file:my = odd.edf\" ecg=MLII\nsource = ble:Polar H10 1234\n")
    yield "config", [b"\0" + conf, b"\0person Ada\n", b"\0source = \"sim:\n", b"\0source = sim: heart_rate=fast\n",
                     b"\1" + b"\n".join((b"sim:ecg", b"heart_rate=60", b"rsa=50", b"--name=a", b"--log", b"x.csv", b"--json",
                                        b"--jitter", b"ble", b"--latency-offset=5", b"sim:ppg", b"person=B")),
                     b"\1--config\n@\n" + conf, b"\1--help\n--version\nlist", b"\1nonsense"]

    rows = [(i * 0.004, i % 7) for i in range(24)]
    yield "recording", [bytes([0, 0]) + table([("time", "ECG (mV)"), *rows]), bytes([0, 1]) + table(rows, ";"),
                        bytes([1, 0]) + table([("onset", "PPG"), *rows], "\t"),
                        bytes([2, 0]) + b"# {\"sampling rate\": 100, \"column\": [\"ECG\"]}\n1\n2\n3\n",
                        bytes([2, 0]) + table([("0:00:0%g" % (i / 4), "1,5") for i in range(20)], ";")]
    yield "recording", [bytes([3 + b, 0]) + edf(b, a) for b in (0, 1) for a in (0, 1)]
    yield "recording", [bytes([5, 0]) + b"".join(wfdb(form)) for form in (16, 24, 32, 61, 80, 160, 212, 310)]
    yield "recording", [bytes([6, 0]) + gzip.compress(table(rows, "\t"), mtime=0),
                        bytes([7, 0]) + part(json.dumps({"SamplingFrequency": 250, "StartTime": 0,
                                                         "Columns": ["cardiac", "respiratory"]}).encode())
                        + table(rows, "\t"),
                        bytes([8, 0]) + wav([i / 40 for i in range(40)]), bytes([9, 0]) + b"\0\1\2"]

    yield "source", [bytes([0]) + table([(800 + i % 50,) for i in range(12)]),
                     bytes([0]) + table([("onset", "sample", "rr", "type"), (1.0, 48000, "n/a", "normal"),
                                         (1.8, 86400, 800, "ectopic"), (2.6, 124800, 800, "extra")], "\t"),
                     *(bytes([1, i]) + table([("time", "a", "b"), *((k / 250, k % 9, k % 5) for k in range(20))])
                       for i in range(4)), bytes([1, 0]) + table([(800 + i,) for i in range(9)]),
                     bytes([2]) + part(b'{\n  "sensor": "ECG"\n}\n') + wav([i / 90 for i in range(90)], 3, 8000),
                     bytes([3]) + bytes([20, 4, 30, 4, 0, 0xFC, 5, 0xFC, 72, 101, 108, 0, 0, 0xEC, 1, 0, 0, 0, 9, 40, 0, 0]),
                     bytes([4]) + part(b"%Y-%m-%d %P %% x") + b"P 01/a", bytes([4]) + part(b".%q") + b""]
    yield "midi", [bytes([4, 0x9F, 36, 100, 4, 0x8F, 36, 0, 4, 0xBF, 3, 31, 4, 0xBF, 35, 5, 4, 0xEF, 0, 64]),
                   bytes([1]) + struct.pack("<d", 3200.0) + bytes([3, 1]) + struct.pack("<d", float("inf")) + bytes([14])]
    yield "plugin", list(plugin_seeds())
    yield "state", [bytes([p, m, b, 0, 3, 1, 0, 200, 2, 0, 7, 3, 0, 9]) for p in range(6) for m in (0, 3)
                    for b in (0, 1, 8, 16)]
    yield "state", [bytes([p, 3, 4, 0]) + part(b"somewhere\0") for p in range(6)]


def make(folder):
    for name, inputs in seeds():
        os.makedirs(os.path.join(folder, name), exist_ok=True)
        for data in inputs:
            write(folder, name, data)
    for path in glob.glob(os.path.join(HERE, "corpus", "*.hex")):
        name = os.path.basename(path)[:-4]
        os.makedirs(os.path.join(folder, name), exist_ok=True)
        with open(path, encoding="ascii") as lines:
            for line in lines:
                if not line.startswith("#"):
                    write(folder, name, bytes.fromhex(line.strip()))


def write(folder, name, data):
    import hashlib
    path = os.path.join(folder, name, hashlib.sha1(data).hexdigest())
    if not os.path.exists(path):
        with open(path, "wb") as file:
            file.write(data)


def keep(name, folder):
    inputs = []
    for path in glob.glob(os.path.join(folder, "*")):
        with open(path, "rb") as file:
            inputs.append(file.read())
    inputs = sorted({i for i in inputs if len(i) <= MOST_BYTES}, key=lambda i: (len(i), i))[:MOST_KEPT]
    os.makedirs(os.path.join(HERE, "corpus"), exist_ok=True)
    with open(os.path.join(HERE, "corpus", name + ".hex"), "w", encoding="ascii") as out:
        out.write(HEAD)
        out.writelines(i.hex() + "\n" for i in inputs)


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"] and len(sys.argv) == 3:
        make(sys.argv[2])
    elif sys.argv[1:2] == ["keep"] and len(sys.argv) == 4:
        keep(*sys.argv[2:])
    else:
        sys.exit(__doc__)

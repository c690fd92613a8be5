#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""variant BASE.ttl VARIANT.ttl OUT.ttl: a plugin that has all the ports of another one and some more.

VARIANT.ttl declares the plugin with its own ports only, counted from 0. OUT.ttl has BASE's ports first,
then these: so no port is declared twice in the sources.
"""

import re
import sys

FIRST, BETWEEN, LAST = "\tlv2:port [", "\n\t] , [", "\n\t] ."
PREFIX = re.compile(r"^@prefix (\S+)\s+(<[^>]*>) \.\n", re.M)


def divide(path):
    """What stands before the ports, the ports, and what stands after them."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        begin = text.index(FIRST) + len(FIRST)
        end = text.index(LAST, begin)
    except ValueError:
        sys.exit(f"variant: {path}: no ports as {FIRST.strip()}")
    return text[:begin], text[begin:end].split(BETWEEN), text[end:]


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: variant BASE.ttl VARIANT.ttl OUT.ttl")
    base_head, ports, _ = divide(sys.argv[1])
    head, own, tail = divide(sys.argv[2])
    known = dict(PREFIX.findall(head))
    missing = [f"@prefix {name} {iri} .\n" for name, iri in PREFIX.findall(base_head) if name not in known]
    first = PREFIX.search(head).start()
    numbered = [re.sub(r"lv2:index \d+", f"lv2:index {i}", port, count=1) for i, port in enumerate(ports + own)]
    with open(sys.argv[3], "w", encoding="utf-8") as out:
        out.write(head[:first] + "".join(missing) + head[first:] + BETWEEN.join(numbered) + tail)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""words OUT.pot: the words that po/*.po translate.

Those marked in ui/ and in the command tonus (_() and N_()), the exercises' sentences, and of the ports that stand in windows the
names, units, values and comments. `msgmerge -U po/LANGUAGE.po OUT.pot` then brings a catalogue up to date.
"""

import glob
import os
import re
import subprocess
import sys

from triples import LV2, RDFS, load, of_type
from ttl2h import unescape, unit_of, one

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def marked(path):
    """English words in the C files of ui/ and the command tonus."""
    for language, more, files in (("C", [], ["ui/*.c"]), ("Python", ["-j"], ["tools/tonus.in", "tools/tonus_*.py"])):
        found = [f for pattern in files for f in sorted(glob.glob(os.path.join(ROOT, pattern)))]
        subprocess.run(["xgettext", "-L", language, "--from-code=UTF-8", "-k_", "-kN_", "--no-location", *more,
                        "-o", path, *found], check=True)


def shown_ports(name):
    """The ports that a window names: as controls or as numbers."""
    path = os.path.join(ROOT, "ui", f"window_{name}.c")
    if not os.path.exists(path):
        return set()
    with open(path, encoding="utf-8") as source:
        text = source.read()
    return {w.lower() for w in re.findall(name.upper() + r"_PORT_([A-Z0-9_]+)", text)} | {
        "look", "language", "hint_dizzy", "hint_rate", "hint_rest", "hint_signal"}


def port_words():
    for path in sorted(glob.glob(os.path.join(ROOT, "ttl", "*.ttl"))):
        name = os.path.basename(path)[:-4]
        graph = load(path)
        wanted = shown_ports(name)
        for plugin in of_type(graph, LV2 + "Plugin"):
            for node in graph[plugin].get(LV2 + "port", []):
                about = graph[node]
                if one(about, LV2 + "symbol") not in wanted or LV2 + "ControlPort" not in about.get(
                        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", []):
                    continue
                is_input = LV2 + "InputPort" in about["http://www.w3.org/1999/02/22-rdf-syntax-ns#type"]
                yield one(about, LV2 + "name")
                yield unit_of(graph, about)
                if is_input:
                    yield one(about, RDFS + "comment")
                for point in about.get(LV2 + "scalePoint", []):
                    yield one(graph[point], RDFS + "label")


def exercise_words():
    """Sentences for the person; the first strings of each entry of the table."""
    with open(os.path.join(ROOT, "dsp", "exercise.c"), encoding="utf-8") as source:
        text = re.sub(r'"\s*\n\s*"', "", source.read())
    for line in re.findall(r'"((?:[^"\\]|\\.)*)"', text):
        if not line.endswith(".h"):
            yield line.replace('\\"', '"')


def main():
    out = sys.argv[1]
    marked(out)
    with open(out, encoding="utf-8") as source:
        text = source.read().replace("charset=CHARSET", "charset=UTF-8")
    known = set(re.findall(r'^msgid "(.+)"$', text, re.M))
    for word in [*port_words(), *exercise_words()]:
        word = unescape(word or "").replace("\\", "\\\\").replace('"', '\\"')
        if re.search(r"[A-Za-z]", word) and word not in known:
            known.add(word)
            text += f'\nmsgid "{word}"\nmsgstr ""\n'
    with open(out, "w", encoding="utf-8") as target:
        target.write(text)


if __name__ == "__main__":
    main()

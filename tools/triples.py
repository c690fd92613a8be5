# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads Turtle through sordi: a dictionary subject -> predicate -> list of objects."""

import re
import subprocess

LV2 = "http://lv2plug.in/ns/lv2core#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
PSET = "http://lv2plug.in/ns/ext/presets#"

TRIPLE = re.compile(r'^(<[^>]*>|_:\S+) <([^>]*)> (.*) \.$')


def value(text):
    """An object: an IRI without brackets, a blank node as it is, or a literal's text."""
    if text.startswith("<"):
        return text[1:-1]
    if text.startswith("_:"):
        return text
    end = text.rindex('"')
    return text[1:end].replace('\\"', '"').replace("\\\\", "\\")


def load(path):
    run = subprocess.run(["sordi", "-i", "turtle", "-o", "ntriples", path],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
                         errors="replace", check=False)
    if run.returncode or "error" in run.stderr:
        words = run.stderr.strip().splitlines() or [f"sordi ended with {run.returncode}"]
        raise ValueError(f"{path}: {words[0]}")
    graph = {}
    for line in run.stdout.splitlines():
        match = TRIPLE.match(line)
        if not match:
            continue
        subject, predicate, target = match.groups()
        subject = value(subject)
        graph.setdefault(subject, {}).setdefault(predicate, []).append(value(target))
    return graph


def of_type(graph, type_iri):
    """The subjects that are of a type."""
    return [s for s, about in graph.items() if type_iri in about.get(RDF + "type", [])]

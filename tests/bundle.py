#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""bundle.py BUNDLE: one line for each thing in which the manifest and the files of a bundle disagree."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
from triples import LV2, PSET, RDFS, load, of_type  # noqa: E402

UI = "http://lv2plug.in/ns/extensions/ui#"


def path_of(iri):
    return iri[len("file://"):] if iri.startswith("file://") else None


def named_files(manifest):
    """The files that the manifest names."""
    for about in manifest.values():
        for predicate in (LV2 + "binary", UI + "binary", RDFS + "seeAlso"):
            yield from filter(None, map(path_of, about.get(predicate, [])))


def disagreements(bundle):
    bundle = os.path.abspath(bundle)
    manifest = load(os.path.join(bundle, "manifest.ttl"))
    named = {os.path.realpath(p) for p in named_files(manifest)}
    there = {os.path.realpath(os.path.join(folder, f)) for folder, _, files in os.walk(bundle) for f in files}
    there = {p for p in there if not p.endswith(".mo")}  # the windows' words: tests/ui/test_text.c
    there.discard(os.path.realpath(os.path.join(bundle, "manifest.ttl")))
    for path in sorted(named - there):
        yield f"the manifest names {os.path.basename(path)}, which is not there"
    for path in sorted(there - named):
        yield f"{os.path.basename(path)} is not named in the manifest"

    plugins, presets, labels = set(), {}, {}
    for path in sorted(p for p in there if p.endswith(".ttl")):
        graph = load(path)
        plugins.update(of_type(graph, LV2 + "Plugin"))
        for uri in of_type(graph, PSET + "Preset"):
            presets[uri] = graph[uri]
            for plugin in graph[uri].get(LV2 + "appliesTo", []):
                for label in graph[uri].get(RDFS + "label", []):
                    if labels.setdefault((plugin, label), uri) != uri:
                        yield f"two presets of {plugin} are called {label}"
    listed = set(of_type(manifest, LV2 + "Plugin"))
    for uri in sorted(plugins ^ listed):
        yield f"{uri} is in the {'manifest' if uri in listed else 'Turtle'} only"
    for uri in sorted(listed & plugins):
        if not manifest[uri].get(LV2 + "binary"):
            yield f"{uri} has no binary"
        versions = [int(v) for key in ("minorVersion", "microVersion") for v in manifest[uri].get(LV2 + key, [])]
        if len(versions) != 2 or versions[0] == 0 or any(v % 2 for v in versions):
            yield f"{uri}: its version {versions} means \"in development\""
    listed = set(of_type(manifest, PSET + "Preset"))
    for uri in sorted(set(presets) ^ listed):
        yield f"{uri} is in the {'manifest' if uri in listed else 'Turtle'} only"
    for uri in sorted(listed & set(presets)):
        for key in (LV2 + "appliesTo", RDFS + "label"):
            if sorted(manifest[uri].get(key, [])) != sorted(presets[uri].get(key, [])):
                yield f"{uri}: the manifest and its file differ in {key}"
        if not set(presets[uri].get(LV2 + "appliesTo", [])) & plugins:
            yield f"{uri} applies to no plugin of the bundle"


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: bundle.py BUNDLE")
    found = list(disagreements(sys.argv[1]))
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()

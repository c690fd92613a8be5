#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""manifest VERSION HEAD.ttl OUT.ttl FILE.ttl...: the bundle's manifest.

The FILEs are the bundle's Turtle (NAME.ttl, presets/NAME.ttl). For each plugin the manifest names its
binary, its file and the version; for each window its binary; for each preset what a host must know to list it.
"""

import os
import sys

from triples import LV2, PSET, RDFS, load, of_type

UI = "http://lv2plug.in/ns/extensions/ui#"


def entries(path, version):
    graph = load(path)
    major, minor, micro = map(int, version.split("."))
    # LV2 calls odd numbers, and a minor version of 0, a development version; the major version is in the URI
    minor, micro = 2 * (100 * major + minor), 2 * micro
    for uri in sorted(of_type(graph, LV2 + "Plugin")):
        binary = uri.rsplit(":", 1)[1]
        binary = binary[:-3] if binary.endswith("-cv") else binary
        yield (f"<{uri}>\n\ta lv2:Plugin ;\n\tlv2:binary <{binary}.so> ;\n"
               f"\tlv2:minorVersion {minor} ;\n\tlv2:microVersion {micro} ;\n"
               f"\trdfs:seeAlso <{os.path.basename(path)}> , <tonus.ttl> .\n")
    for uri in sorted(of_type(graph, UI + "X11UI")):
        plugin = uri.split("#")[0].rsplit(":", 1)[1]
        yield (f"<{uri}>\n\ta ui:X11UI ;\n\tui:binary <{plugin}_ui.so> ;\n"
               f"\trdfs:seeAlso <{os.path.basename(path)}> , <ui.ttl> .\n")
    for uri in sorted(of_type(graph, PSET + "Preset")):
        about = graph[uri]
        label = about[RDFS + "label"][0]
        plugin = about[LV2 + "appliesTo"][0]
        yield (f"<{uri}>\n\ta pset:Preset ;\n\tlv2:appliesTo <{plugin}> ;\n"
               f'\trdfs:label "{label}" ;\n\trdfs:seeAlso <presets/{os.path.basename(path)}> .\n')


def main():
    version, head, out, *files = sys.argv[1:]
    with open(head, encoding="utf-8") as source:
        text = [source.read()]
    try:
        for path in files:
            text += entries(path, version)
    except (ValueError, KeyError) as error:
        sys.exit(f"manifest: {error}")
    with open(out, "w", encoding="utf-8") as target:
        target.write("\n".join(text))


if __name__ == "__main__":
    main()

#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carla's projects name only plugins, controls and ports that the bundle has. Prints TAP."""

import glob
import os
import sys
import xml.etree.ElementTree as xml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "tools"))
from triples import LV2, RDF, load, of_type  # noqa: E402

ATOM = "http://lv2plug.in/ns/ext/atom#AtomPort"


def bundle():
    """URI -> (control symbols with their ranges, JACK names of the ports as Carla makes them)."""
    plugins = {}
    for path in glob.glob(os.path.join(ROOT, "ttl", "*.ttl")):
        graph = load(path)
        for uri in of_type(graph, LV2 + "Plugin"):
            controls, names = {}, set()
            for port in (graph[p] for p in graph[uri][LV2 + "port"]):
                types = port[RDF + "type"]
                if LV2 + "ControlPort" in types:
                    controls[port[LV2 + "symbol"][0]] = tuple(float(port.get(LV2 + k, ["0"])[0]) for k in ("minimum", "maximum"))
                elif ATOM in types:
                    names.add("events-in" if LV2 + "InputPort" in types else "events-out")
                else:
                    names.add(port[LV2 + "name"][0])
            plugins[uri] = controls, names
    return plugins


def faults(path, plugins):
    tree = xml.parse(path).getroot()
    if tree.tag != "CARLA-PROJECT":
        yield "not a project of Carla"
    ports = {"tonus-bridge": {"ECG", "A ECG", "B ECG"}, "system": {"capture_1", "playback_1", "playback_2"}}
    for plugin in tree.iter("Plugin"):
        uri, name = plugin.findtext("Info/URI"), plugin.findtext("Info/Name")
        if uri not in plugins:
            yield f"no plugin {uri}"
            continue
        controls, ports[name] = plugins[uri]
        for parameter in plugin.iter("Parameter"):
            symbol, value = parameter.findtext("Symbol"), float(parameter.findtext("Value"))
            if symbol not in controls or not controls[symbol][0] <= value <= controls[symbol][1]:
                yield f"{name} has no {symbol} = {value}"
    for end in tree.iter():
        if end.tag in ("Source", "Target"):
            client, _, port = end.text.partition(":")
            if port not in ports.get(client, ()):
                yield f"no port {end.text}"


def main():
    plugins = bundle()
    projects = sorted(glob.glob(os.path.join(ROOT, "docs/sessions/*.carxp")))
    for n, path in enumerate(projects, 1):
        found = list(faults(path, plugins))
        print(f"{'not ok' if found else 'ok'} {n} - {os.path.basename(path)}: {found or 'all it names is there'}")
    # the check can fail: a project with one wrong word each
    with open(os.path.join(ROOT, "docs/sessions/one-person.carxp"), encoding="utf-8") as source:
        good = source.read()
    wrong = os.path.join(ROOT, "build", "wrong.carxp")
    n = len(projects)
    for old, new in (("urn:tonus:relax", "urn:tonus:relex"), (":ECG", ":EGC"), ("<Symbol>exercise", "<Symbol>exercice")):
        n += 1
        with open(wrong, "w", encoding="utf-8") as target:
            target.write(good.replace(old, new))
        print(f"{'ok' if old in good and list(faults(wrong, plugins)) else 'not ok'} {n} - {new} is refused")
    os.remove(wrong)
    print(f"1..{n}")


main()

#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""ttl2h NAME.ttl NAME.h: what C needs to know of a plugin's ports, from its Turtle.

Writes the URI, an enum of port indices, an enum of each port's scale points, a table with each
port's kind and range, a table of their words (for windows), the URI of the plugin's window, and the URIs
of its own properties and of the objects that it sends (those that begin with its URI and "#"). Of a file
without a plugin it writes an enum and a table of the URIs of its classes and properties. Refuses a hole in
the indices, a symbol used twice, a control port
without a range, and a default outside of it.
"""

import json
import re
import sys

from triples import LV2, RDF, RDFS, load, of_type

UI = "http://lv2plug.in/ns/extensions/ui#"
UNITS = "http://lv2plug.in/ns/extensions/units#"
PPROPS = "http://lv2plug.in/ns/ext/port-props#"
SYMBOLS = {"pc": "%", "db": "dB", "hz": "Hz", "coef": "", "frame": "frames", "semitone12TET": "semitones"}

KINDS = [  # (class, input?) -> the kind in plugins/port.h
    (LV2 + "AudioPort", "AUDIO"),
    (LV2 + "ControlPort", "CONTROL"),
    ("http://lv2plug.in/ns/ext/atom#AtomPort", "ATOM"),
    (LV2 + "CVPort", "CV"),
]


def one(about, predicate, default=None):
    values = about.get(predicate, [])
    return values[0] if values else default


def unescape(text):
    """N-Triples' escapes: \\uXXXX and friends."""
    return re.sub(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\([nrt])",
                  lambda m: {"n": "\n", "r": "\r", "t": "\t"}[m[3]] if m[3] else chr(int(m[1] or m[2], 16)),
                  text)


def c_string(text):
    return json.dumps(unescape(text or ""), ensure_ascii=False)


def unit_of(graph, about):
    unit = one(about, UNITS + "unit")
    if unit is None:
        return ""
    if unit.startswith(UNITS):
        word = unit[len(UNITS):]
        return SYMBOLS.get(word, word)
    return one(graph[unit], UNITS + "symbol", "")


def words_of(graph, about, output):
    """The members of a PortText, and of its points."""
    properties = about.get(LV2 + "portProperty", [])
    points = sorted((float(one(graph[p], RDF + "value")), one(graph[p], RDFS + "label"))
                    for p in about.get(LV2 + "scalePoint", []))
    flags = ["true" if iri in properties else "false" for iri in (
        LV2 + "toggled", LV2 + "integer", PPROPS + "trigger", LV2 + "enumeration", PPROPS + "logarithmic")]
    return (c_string(one(about, LV2 + "name")), c_string(one(about, RDFS + "comment")),
            c_string(unit_of(graph, about)), flags, points if not output or points else [])


def constant(*words):
    return re.sub(r"[^A-Z0-9]+", "_", "_".join(words).upper()).strip("_")


def read_ports(path):
    graph = load(path)
    plugins = of_type(graph, LV2 + "Plugin")
    if len(plugins) != 1:
        raise ValueError(f"{path}: {len(plugins)} plugins, expected one")
    uri = plugins[0]
    ports = []
    for node in graph[uri].get(LV2 + "port", []):
        about = graph[node]
        types = about.get(RDF + "type", [])
        symbol = one(about, LV2 + "symbol")
        kind = next((name for iri, name in KINDS if iri in types), None)
        if kind is None or symbol is None or not re.fullmatch(r"[a-z][a-z0-9_]*", symbol):
            raise ValueError(f"{path}: port {symbol}: no known type, or not a symbol")
        index = int(one(about, LV2 + "index", "-1"))
        numbers = [one(about, LV2 + key) for key in ("minimum", "maximum", "default")]
        output = LV2 + "OutputPort" in types
        if kind == "CONTROL":
            if numbers[0] is None or numbers[1] is None or (numbers[2] is None and not output):
                raise ValueError(f"{path}: port {symbol}: needs default, minimum and maximum")
        low, high, default = [float(n) if n is not None else None for n in numbers]
        low = -1.0 if low is None else low
        high = 1.0 if high is None else high
        default = min(max(0.0, low), high) if default is None else default
        if not low <= default <= high or low > high:
            raise ValueError(f"{path}: port {symbol}: default {default} outside {low}..{high}")
        points = []
        for point in about.get(LV2 + "scalePoint", []):
            number = float(one(graph[point], RDF + "value"))
            if not low <= number <= high:
                raise ValueError(f"{path}: port {symbol}: scale point {number} out of range")
            # the label without a language is the one that C knows
            points.append((constant(one(graph[point], RDFS + "label")), number))
        ports.append((index, symbol, ("OUTPUT_" if output else "INPUT_") + kind, low, high, default,
                      sorted(points, key=lambda p: p[1]), words_of(graph, about, output)))
    ports.sort()
    if [p[0] for p in ports] != list(range(len(ports))):
        raise ValueError(f"{path}: port indices are not 0..{len(ports) - 1}: {[p[0] for p in ports]}")
    symbols = [p[1] for p in ports]
    twice = {s for s in symbols if symbols.count(s) > 1}
    if twice:
        raise ValueError(f"{path}: symbol used twice: {', '.join(sorted(twice))}")
    properties = sorted(p for p in of_type(graph, LV2 + "Parameter") if p.startswith(uri + "#"))
    objects = sorted(c for c in of_type(graph, RDFS + "Class") if c.startswith(uri + "#"))
    return uri, ports, properties, objects, one(graph[uri], UI + "ui")


def vocabulary(path):
    """The header of a file that describes no plugin: its classes and properties."""
    graph = load(path)
    name = constant(path.rsplit("/", 1)[-1].rsplit(".", 1)[0])
    iris = sorted({*of_type(graph, RDFS + "Class"), *of_type(graph, RDF + "Property")})
    terms = [constant(re.sub("([a-z])([A-Z])", r"\1_\2", iri.split("#", 1)[1])) for iri in iris]
    if not terms or len(set(terms)) < len(terms):
        raise ValueError(f"{path}: no plugin, and no classes and properties with names of their own")
    lines = [f"// Generated from {path.rsplit('/', 1)[-1]}: edit that.",
             f"#ifndef TTL_{name}_H", f"#define TTL_{name}_H", "", "enum {"]
    lines += [f"    {name}_{term}," for term in terms]
    lines += [f"    {name}_N_TERMS", "};", "",
              f"static const char* const {name.lower()}_terms[{name}_N_TERMS] = {{"]
    lines += [f'    "{iri}",' for iri in iris]
    return "\n".join([*lines, "};", "", "#endif", ""])


def texts(name, ports):
    """The table of words, with the points of each port before it."""
    lines = []
    for port in ports:
        if port[7][4]:
            points = ", ".join(f"{{{value!r}f, {c_string(label)}}}" for value, label in port[7][4])
            lines += [f"static const PortPoint {name.lower()}_points_{port[1]}[] = {{{points}}};"]
    lines += ["", f"static const PortText {name.lower()}_texts[{name}_N_PORTS] = {{"]
    for port in ports:
        label, comment, unit, flags, points = port[7]
        where = f"{name.lower()}_points_{port[1]}" if points else "0"
        lines += [f"    {{{label}, {unit}, {comment}, {', '.join(flags)}, {where}, {len(points)}}},"]
    return [*lines, "};"]


def header(path):
    graph = load(path)
    if not of_type(graph, LV2 + "Plugin"):
        return vocabulary(path)
    uri, ports, properties, objects, window = read_ports(path)
    name = constant(uri.rsplit(":", 1)[1])
    lines = [
        f"// Generated from {path.rsplit('/', 1)[-1]}: edit that.",
        f"#ifndef TTL_{name}_H", f"#define TTL_{name}_H", "",
        '#include "plugins/port.h"', "",
        f'#define {name}_URI "{uri}"',
    ]
    if window:
        lines += [f'#define {name}_WINDOW_URI "{window}"']
    lines += [f'#define {name}_PROPERTY_{constant(p.split("#", 1)[1])} "{p}"' for p in properties]
    lines += [f'#define {name}_OBJECT_{constant(c.split("#", 1)[1])} "{c}"' for c in objects]
    lines += ["", "enum {"]
    lines += [f"    {name}_PORT_{p[1].upper()} = {p[0]}," for p in ports]
    lines += [f"    {name}_N_PORTS = {len(ports)}", "};", ""]
    for port in ports:
        if port[6]:
            points = ", ".join(f"{name}_POINT_{port[1].upper()}_{label} = {int(number)}"
                               for label, number in port[6])
            lines += [f"enum {{ {points} }};"]
    lines += ["", f"static const PortInfo {name.lower()}_ports[{name}_N_PORTS] = {{"]
    lines += [f'    {{"{p[1]}", PORT_{p[2]}, {p[3]!r}f, {p[4]!r}f, {p[5]!r}f}},' for p in ports]
    lines += ["};", "", *texts(name, ports), "", "#endif", ""]
    return "\n".join(lines)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: ttl2h NAME.ttl NAME.h")
    try:
        text = header(sys.argv[1])
    except ValueError as error:
        sys.exit(f"ttl2h: {error}")
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        out.write(text)


if __name__ == "__main__":
    main()

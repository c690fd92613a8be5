#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""manual.py OUT [--pdf]: the manual as HTML, one page a chapter, and as one PDF.

Chapters are Markdown in docs/. A plugin's chapter is its prose in docs/manual/plugins/NAME.md between
its description and its ports, which come from ttl/NAME.ttl, so that they cannot disagree with it.
Pictures come from build/pictures. A link or a picture that leads nowhere is an error.
"""

import argparse
import html
import os
import re
import shutil
import subprocess
import sys

from triples import LV2, PSET, RDF, RDFS, load, of_type

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DOAP = "http://usefulinc.com/ns/doap#"
UNITS = "http://lv2plug.in/ns/extensions/units#"

# The chapters in reading order, under docs/
CHAPTERS = """manual/index manual/first-session manual/safety manual/numbers manual/humming manual/research
    manual/ardour manual/carla manual/jalv manual/sessions manual/hardware manual/troubleshooting listening recording""".split()
# and, after the plugins, what engineers read
ENGINEERS = "cohort/README midi hosts architecture algorithms faces performance testing decisions".split()
PLUGINS = "relax beat breath hrv hum pacer guide drone swell recorder heart".split()

STYLE = """
:root { color-scheme: light dark; --ink: #25292d; --paper: #fbfaf7; --faint: #5b6064; --line: #d8d3c8; --link: #1f5f8f }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e4da; --paper: #14181b; --faint: #a3a8ab; --line: #3a4044; --link: #86bfe6 } }
body { font: 1.05rem/1.55 "Source Sans 3", "DejaVu Sans", sans-serif; color: var(--ink); background: var(--paper);
  max-width: 48rem; margin: 2rem auto; padding: 0 1.2rem }
h1, h2, h3 { line-height: 1.2; margin-top: 2em } h1 { margin-top: 0.5em }
a { color: var(--link) } nav { font-size: 0.9rem; color: var(--faint) }
img { max-width: 100%; border: 1px solid var(--line); border-radius: 6px }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem } td, th { border-bottom: 1px solid var(--line);
  padding: 0.35em 0.6em 0.35em 0; text-align: left; vertical-align: top }
pre { overflow-x: auto; padding: 0.7em 1em; border: 1px solid var(--line); border-radius: 6px } code { font-size: 0.92em }
@page { size: A4; margin: 20mm 18mm; @bottom-center { content: counter(page) } }
@media print { body { max-width: none; margin: 0; font-size: 10pt } section { break-before: page } nav { display: none }
  table { font-size: 8.5pt } td, th { overflow-wrap: break-word } td code { overflow-wrap: anywhere } tr { break-inside: avoid }
  h1, h2, h3 { break-after: avoid } img { max-height: 120mm } pre { white-space: pre-wrap } }
"""


def first(about, predicate, default=""):
    return about.get(predicate, [default])[0]


def last_name(iri):
    return re.split(r"[#/]", iri)[-1]


UNIT_NAMES = {"bpm": "per minute", "s": "s", "ms": "ms", "hz": "Hz", "db": "dB", "pc": "%", "frame": "frames",
              "min": "min", "midiNote": "MIDI note", "semitone12TET": "semitones", "coef": "", "cent": "cents"}


def unit_of(graph, port):
    unit = first(port, UNITS + "unit")
    if unit.startswith("_:"):
        return first(graph[unit], UNITS + "symbol")
    return UNIT_NAMES.get(last_name(unit), last_name(unit)) if unit else ""


def number(text):
    value = float(text)
    return str(int(value)) if value == int(value) else f"{value:g}"


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def ports_of(graph, plugin):
    ports = [graph[p] for p in graph[plugin].get(LV2 + "port", [])]
    return sorted(ports, key=lambda p: int(first(p, LV2 + "index")))


def port_row(graph, port):
    """A table's row: name, symbol, values, what it is."""
    points = sorted((float(first(graph[p], RDF + "value")), first(graph[p], RDFS + "label"))
                    for p in port.get(LV2 + "scalePoint", []))
    unit = unit_of(graph, port)
    if points:
        values = ", ".join(f"{number(v)} {label}" for v, label in points)
    elif any(last_name(p) == "toggled" for p in port.get(LV2 + "portProperty", [])):
        values = "off, on"
    elif LV2 + "minimum" in port:
        values = f"{number(first(port, LV2 + 'minimum'))} … {number(first(port, LV2 + 'maximum'))} {unit}".strip()
    else:
        values = ""
    if LV2 + "default" in port and values and LV2 + "InputPort" in port.get(RDF + "type", []):
        default = float(first(port, LV2 + "default"))
        named = dict(points).get(default)
        values += " [" + (named or ("on" if default else "off") if values == "off, on" else named or number(default)) + "]"
    return f"| {cell(first(port, LV2 + 'name'))} | `{first(port, LV2 + 'symbol')}` | {cell(values)} | {cell(first(port, RDFS + 'comment'))} |"


def plugin_tables(path):
    """Ports and description of each plugin that a Turtle file declares, as Markdown."""
    graph = load(path)
    kinds = (("Signals and events", lambda t: LV2 + "ControlPort" not in t),
             ("Controls", lambda t: LV2 + "ControlPort" in t and LV2 + "InputPort" in t),
             ("What it shows", lambda t: LV2 + "ControlPort" in t and LV2 + "OutputPort" in t))
    for plugin in sorted(of_type(graph, LV2 + "Plugin")):
        about = graph[plugin]
        text = [f"`{plugin}`\n", first(about, RDFS + "comment") + "\n"]
        for title, belongs in kinds:
            rows = [port_row(graph, p) for p in ports_of(graph, plugin) if belongs(p.get(RDF + "type", []))]
            if rows:
                text += [f"\n### {title}\n", "| name | symbol | values | |\n|---|---|---|---|", *rows]
        yield first(about, DOAP + "name"), text


def presets_of(name):
    path = os.path.join(ROOT, "presets", name + ".ttl")
    if not os.path.exists(path):
        return []
    graph = load(path)
    rows = [f"- {first(graph[p], RDFS + 'label')}" + (f": {first(graph[p], RDFS + 'comment')}" if RDFS + "comment" in graph[p] else "")
            for p in sorted(of_type(graph, PSET + "Preset"))]
    return ["\n### Presets\n", *rows] if rows else []


def plugin_chapter(name):
    with open(os.path.join(ROOT, "docs/manual/plugins", name + ".md"), encoding="utf-8") as source:
        prose = source.read()
    text = []
    for number_, (title, tables) in enumerate(plugin_tables(os.path.join(ROOT, "ttl", name + ".ttl"))):
        text += [f"# {title}\n" if number_ == 0 else f"\n## {title}\n", *tables[:2]]
        text += [prose, *tables[2:]] if number_ == 0 else tables[2:]
    text += presets_of(name)
    variant = os.path.join(ROOT, "ttl", name + "-cv.ttl")
    if os.path.exists(variant):
        for title, tables in plugin_tables(variant):
            text += [f"\n## {title}\n", *tables[:2]]
            # what it shares with the plugin above is not told twice
            text += [line for line in tables[2:] if not line.startswith("| ") or line.startswith("| name") or "CV" in line or "cv" in line]
    return "\n".join(text)


def chapters():
    """(path under docs without .md, Markdown) of every chapter."""
    for name in [*CHAPTERS, *("manual/plugins/" + p for p in PLUGINS), *ENGINEERS]:
        if name.startswith("manual/plugins/"):
            yield name, plugin_chapter(os.path.basename(name))
            continue
        with open(os.path.join(ROOT, "docs", name + ".md"), encoding="utf-8") as source:
            yield name, source.read()


def target_of(link, page, known, out):
    """Where a link of a page leads in the built manual; complains when that is nowhere."""
    place, _, anchor = link.partition("#")
    if re.match(r"[a-z]+:", link) or not place:
        return link
    wanted = os.path.normpath(os.path.join(os.path.dirname(page), place))
    if wanted.endswith(".md") and wanted[:-3] in known:
        return flat(wanted[:-3]) + ".html" + ("#" + anchor if anchor else "")
    if "/pictures/" in "/" + wanted:
        picture = os.path.basename(wanted)
        if not os.path.exists(os.path.join(ROOT, "build/pictures", picture)):
            raise ValueError(f"docs/{page}.md: no picture {picture}")
        os.makedirs(os.path.join(out, "pictures"), exist_ok=True)
        shutil.copy(os.path.join(ROOT, "build/pictures", picture), os.path.join(out, "pictures", picture))
        return "pictures/" + picture
    if os.path.isfile(os.path.join(ROOT, "docs", wanted)):
        shutil.copy(os.path.join(ROOT, "docs", wanted), os.path.join(out, os.path.basename(wanted)))
        return os.path.basename(wanted)
    raise ValueError(f"docs/{page}.md: {link} leads nowhere")


def flat(name):
    """A page's file name: all pages lie in one folder."""
    return name.replace("manual/plugins/", "plugin-").replace("manual/", "").replace("/README", "")


def pandoc(markdown):
    run = subprocess.run(["pandoc", "--from", "gfm", "--to", "html5", "--no-highlight"], input=markdown, encoding="utf-8",
                         stdout=subprocess.PIPE, check=True)
    return run.stdout


def title_of(markdown):
    return re.search(r"^# (.*)", markdown, re.M)[1]


def page_html(title, body, navigation):
    return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
            f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
            f"{navigation}<main>{body}</main></body></html>\n")


def build(out):
    """Writes the pages; returns the whole as one HTML text for the PDF."""
    os.makedirs(out, exist_ok=True)
    pages = list(chapters())
    known = {name for name, _ in pages}
    whole = []
    for index, (name, markdown) in enumerate(pages):
        linked = re.sub(r"(\]\()([^)\s]+)(\))", lambda m, n=name: m[1] + target_of(m[2], n, known, out) + m[3], markdown)
        body = pandoc(linked)
        steps = ['<a href="index.html">Tonus</a>']
        if index:
            steps.append(f'<a href="{flat(pages[index - 1][0])}.html">back</a>')
        if index + 1 < len(pages):
            steps.append(f'<a href="{flat(pages[index + 1][0])}.html">next: {html.escape(title_of(pages[index + 1][1]))}</a>')
        with open(os.path.join(out, flat(name) + ".html"), "w", encoding="utf-8") as target:
            target.write(page_html(title_of(markdown), body, f"<nav>{' · '.join(steps)}</nav>"))
        # one document: links to pages become links inside
        inside = re.sub(r'href="([a-z-]+)\.html(#[^"]*)?"', r'href="#page-\1"', body)
        inside = re.sub(r' id="[^"]*"', "", inside)
        whole.append(f'<section id="page-{flat(name)}">{inside}</section>')
    return page_html("Tonus: the manual", "\n".join(whole), "")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("--pdf", action="store_true", help="also tonus-manual.pdf")
    options = parser.parse_args()
    try:
        whole = build(options.out)
    except (ValueError, OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"manual: {error}")
    if options.pdf:
        subprocess.run(["weasyprint", "--quiet", "--base-url", options.out + "/", "-",
                        os.path.join(options.out, "tonus-manual.pdf")], input=whole, encoding="utf-8", check=True)


if __name__ == "__main__":
    main()

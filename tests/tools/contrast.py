#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contrast of a report after WCAG 2.1, from the colours in its HTML: text at least 4.5 : 1 (1.4.3), graphics 3 : 1 (1.4.11).

Drawings are gone through in the order of painting; the ground of a word is all that was filled under it. Light greys are
hairlines and bands behind the curves, and tints have an edge of their own: neither carries anything alone.
"""

import re
import sys
import xml.etree.ElementTree as tree

TEXT, GRAPHICS, LIGHT = 4.5, 3.0, 0.4
SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"


def linear(x):
    return x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4


def luminance(color):
    return sum(part * linear(x) for part, x in zip((0.2126, 0.7152, 0.0722), color))


def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def hexed(text):
    text = "".join(2 * c for c in text) if len(text) == 3 else text
    return tuple(int(text[i:i + 2], 16) / 255 for i in (0, 2, 4))


def over(ground, color, opacity):
    return tuple(g + opacity * (c - g) for g, c in zip(ground, color))


def paint(style, kind):
    """Colour and opacity of a style's fill or stroke; None: none."""
    found = re.search(rf"(?:^|;)\s*{kind}:rgb\(([\d.]+)%,\s*([\d.]+)%,\s*([\d.]+)%\)", style)
    if not found:
        return None
    opacity = re.search(rf"{kind}-opacity:([\d.]+)", style)
    return tuple(float(x) / 100 for x in found.groups()), float(opacity[1]) if opacity else 1.0


def corners_of(element):
    """Of a rectangle or path; curves are taken as straight between their points."""
    if element.tag == SVG + "rect":
        x, y, w, h = (float(element.get(name, 0)) for name in ("x", "y", "width", "height"))
        return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
    numbers = [float(x) for x in re.findall(r"-?[\d.]+", element.get("d", ""))]
    corners = list(zip(numbers[0::2], numbers[1::2]))
    move = re.match(r"matrix\(([-\d.,]+)\)", element.get("transform", ""))
    if move:
        a, b, c, d, e, f = (float(x) for x in move[1].split(","))
        corners = [(a * x + c * y + e, b * x + d * y + f) for x, y in corners]
    return corners


def inside(corners, x, y):
    odd = False
    for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1]):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            odd = not odd
    return odd


class Drawing:
    def __init__(self):
        self.fills, self.words, self.faults, self.seen = [], 0, [], set()

    def ground(self, x, y):
        color = (1.0, 1.0, 1.0)
        for corners, fill, opacity in self.fills:
            if inside(corners, x, y):
                color = over(color, fill, opacity)
        return color

    def expect(self, what, color, ground, least):
        ratio = contrast(color, ground)
        self.seen.add((what, round(ratio, 1)))
        if ratio < least:
            shown = "#" + "".join(f"{round(255 * x):02x}" for x in color)
            self.faults.append(f"{what} {shown}: {ratio:.2f} : 1, at least {least} is asked for")

    def shape(self, element):
        style = element.get("style", "")
        stroke, fill = paint(style, "stroke"), paint(style, "fill")
        for found, name in ((stroke, "line"), (fill, "shape")):
            if not found:
                continue
            color, opacity = found
            tint = opacity < 0.5  # its edge or the curve on it tells
            grey = max(color) - min(color) < 0.1 and luminance(color) > LIGHT
            if not tint and not grey:
                self.expect(name, over((1, 1, 1), color, opacity), (1, 1, 1), GRAPHICS)
        if fill:
            self.fills.append((corners_of(element), *fill))

    def walk(self, element, color=None):
        found = paint(element.get("style", ""), "fill")
        color = found[0] if found else color
        if element.tag in (SVG + "defs", SVG + "clipPath"):
            return
        if element.tag == SVG + "use" and "glyph" in element.get(LINK, ""):
            self.words += 1
            x, y = float(element.get("x")) + 2, float(element.get("y")) - 3
            self.expect("text", color, self.ground(x, y), TEXT)
        elif element.tag in (SVG + "path", SVG + "rect"):
            self.shape(element)
        for child in element:
            self.walk(child, color)


def main():
    html = open(sys.argv[1], encoding="utf-8").read()
    faults, seen, words = [], set(), 0
    style = re.search(r"<style>(.*?)</style>", html, re.S)[1]
    page = re.search(r"background: #(\w+)", style)[1]
    sheet = Drawing()
    for color in re.findall(r"[{; ]color: #(\w+)", style):
        sheet.expect("text", hexed(color), hexed(page), TEXT)
    drawings = re.findall(r"<svg.*?</svg>", html, re.S)
    for n, text in enumerate(drawings):
        drawing = Drawing()
        drawing.walk(tree.fromstring(text))
        faults += [f"drawing {n + 1}: {fault}" for fault in dict.fromkeys(drawing.faults)]
        seen |= drawing.seen
        words += drawing.words
    faults += sheet.faults
    for fault in faults:
        print(fault)
    for what in ("text", "line", "shape"):
        ratios = [ratio for name, ratio in seen | sheet.seen if name == what]
        print(f"# {what}: least contrast {min(ratios) if ratios else 'of none'}")
    if len(drawings) < 5 or words < 100 or not sheet.seen:
        print("too little was found to judge")
        return 1
    return 1 if faults else 0


sys.exit(main())

# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command tonus remembers: what was chosen, and the baselines of those who gave a name."""

import json
import math
import os
import re
import tempfile
import urllib.parse

from tonus_words import _

PLUGIN = "urn:tonus:relax"
KEPT = ("baseline_resp_hrv", "baseline_rmssd")  # ports in ms; in the state their logarithms
STATE = """# What Tonus keeps of a person: the baseline that tone compares with
@prefix lv2: <http://lv2plug.in/ns/lv2core#> .
@prefix pset: <http://lv2plug.in/ns/ext/presets#> .
@prefix state: <http://lv2plug.in/ns/ext/state#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<> a pset:Preset ;
\tlv2:appliesTo <%s> ;
\tstate:state [
%s
\t] .
"""


def folder():
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return os.path.join(base, "tonus")


def _write(path, text):
    """Whole or not at all. None, or why not."""
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=os.path.dirname(path),
                                         delete=False) as target:
            target.write(text)
        os.replace(target.name, path)
        return None
    except OSError as error:
        return _("{path} could not be written: {why}").format(path=path, why=error.strerror)


def remembered():
    """The last choice, {} when there is none."""
    try:
        with open(os.path.join(folder(), "choice.json"), encoding="utf-8") as source:
            choice = json.load(source)
        return choice if isinstance(choice, dict) else {}
    except (OSError, ValueError):
        return {}  # the first time, or a file that somebody damaged: ask anew


def remember(choice):
    """None, or why it could not be kept."""
    return _write(os.path.join(folder(), "choice.json"), json.dumps(choice, indent=1))


def person_folder(person):
    """Where jalv finds the state of somebody. Any name will do: it is quoted."""
    return os.path.join(folder(), "people", urllib.parse.quote(person, safe=" ").replace(".", "%2E"))


def knows(person):
    return os.path.exists(os.path.join(person_folder(person), "state.ttl"))


def baselines(text):
    """The baselines, in ms, that a host's output names last; what is not known is left out."""
    found = {}
    for symbol, value in re.findall(r"^(?:> )*(\w+) = ([0-9]+[.,][0-9]+)$", text, re.M):
        if symbol in KEPT:
            found[symbol] = float(value.replace(",", "."))
    return {symbol: ms for symbol, ms in found.items() if ms > 0.0}


def keep(person, found):
    """Keeps baselines (ms) as the plugin's state. None, or why they could not be kept."""
    lines = [f'\t\t<{PLUGIN}#{symbol}> "{math.log(ms):.6f}"^^xsd:float' for symbol, ms in sorted(found.items())]
    return _write(os.path.join(person_folder(person), "state.ttl"), STATE % (PLUGIN, " ;\n".join(lines)))

# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the command tonus, in the languages of the plugins' windows (po/)."""

import gettext
import os

_translate = None


def set_folders(folders):
    """Takes the catalogues from the first of these folders that is there; the locale says which."""
    global _translate
    folder = next((f for f in folders if os.path.isdir(f)), None)
    _translate = gettext.translation("tonus", folder, languages(), fallback=True).gettext if folder else None


def languages():
    """As the windows do it (ui/text.c): LANGUAGE counts where the locale is one of a language."""
    locale = next((os.environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), "C")
    if locale.split(".")[0] in ("C", "POSIX"):
        return []
    wanted = []
    for name in (os.environ.get("LANGUAGE") or locale).split(":"):
        code = {"no": "nb", "nn": "nb"}.get(name[:2], name[:2])  # written Norwegian of either form
        if code == "en":
            break
        wanted.append(code)
    return wanted


def _(words):
    return _translate(words) if _translate and words else words


def N_(words):
    """Marks words that are translated elsewhere."""
    return words

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The words of views and windows in the reader's language, from gettext's catalogues.
///
/// English stands in the code and is the key: `_("Heart rate")`. po/LANGUAGE.po has the other
/// languages; the build makes LANGUAGE/LC_MESSAGES/tonus.mo in the bundle's folder `locale`. The
/// catalogue is an object of its own, not gettext(3)'s: the language of the process is the host's
/// affair, and two windows may speak two languages.
///
/// Memory is taken in text_new only; text_get may be called from any thread.
#ifndef UI_TEXT_H
#define UI_TEXT_H

typedef struct Text Text;

/// The catalogue of a language ("nb", "sv"; also a locale's name, "nb_NO.UTF-8") in a folder as
/// the bundle's `locale`. NULL, "": the language that the environment asks for (LC_ALL,
/// LC_MESSAGES, LANG; LANGUAGE goes before them as in gettext).
/// Returns NULL, which means English, when there is no such catalogue or it is damaged.
Text* text_new(const char* folder, const char* language);

void text_free(Text* text);

/// The translation, or `english` itself when there is none. `text` may be NULL.
const char* text_get(const Text* text, const char* english);

/// In a view: a Theme named `theme` is at hand, and its `text` is the catalogue.
#define _(english) text_get(theme->text, (english))

/// Marks words for translation where they stand as data; `_()` translates them when drawn.
#define N_(english) english

#endif

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Texts that a plugin tells to a UI: properties (patch:readable) that it sends on its event output
/// when they change, and whenever a patch:Get asks for one of them or for all.
///
/// Threading: shell_words_init belongs to the instantiation class; the rest is real-time safe.
#ifndef PLUGINS_SHELL_WORDS_H
#define PLUGINS_SHELL_WORDS_H

#include "plugins/shell.h"

#include <lv2/atom/atom.h>

enum { SHELL_WORDS_MAX = 8, SHELL_WORDS_SIZE = 640 }; // texts; bytes of each

typedef struct {
    uint32_t n;
    LV2_URID key[SHELL_WORDS_MAX];
    bool told[SHELL_WORDS_MAX]; ///< since activation
    char text[SHELL_WORDS_MAX][SHELL_WORDS_SIZE];
} ShellWords;

/// `uris` are the names of the properties, n <= SHELL_WORDS_MAX.
void shell_words_init(ShellWords* words, LV2_URID_Map* map, const char* const* uris, uint32_t n);

/// All texts empty and not told yet.
void shell_words_activate(ShellWords* words);

/// The present text; sent at `frames` after the current segment's first frame when it is another
/// one than before. Not oftener for one text than every SHELL_CHUNK frames. [realtime]
void shell_words_set(ShellWords* words, Shell* shell, uint32_t frames, uint32_t which,
                     const char* text);

/// Answers a patch:Get; other atoms are left alone. [realtime]
void shell_words_asked(const ShellWords* words, Shell* shell, const LV2_Atom* atom);

#endif

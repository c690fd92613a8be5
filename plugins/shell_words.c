// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/shell_words.h"

#include <lv2/atom/util.h>

#include <string.h>

void shell_words_init(ShellWords* words, LV2_URID_Map* map, const char* const* uris, uint32_t n)
{
    memset(words, 0, sizeof(*words));
    words->n = n < SHELL_WORDS_MAX ? n : SHELL_WORDS_MAX;
    for (uint32_t i = 0; i < words->n; ++i) {
        words->key[i] = map->map(map->handle, uris[i]);
    }
}

void shell_words_activate(ShellWords* words)
{
    memset(words->told, 0, sizeof(words->told));
    memset(words->text, 0, sizeof(words->text));
}

void shell_words_set(ShellWords* words, Shell* shell, uint32_t frames, uint32_t which,
                     const char* text)
{
    if (which >= words->n || (words->told[which] && strcmp(words->text[which], text) == 0)) {
        return;
    }
    const size_t n = strlen(text);
    const size_t kept = n < SHELL_WORDS_SIZE ? n : SHELL_WORDS_SIZE - 1;
    memcpy(words->text[which], text, kept);
    words->text[which][kept] = '\0';
    words->told[which] = true;
    shell_tell_text(shell, frames, words->key[which], words->text[which]);
}

void shell_words_asked(const ShellWords* words, Shell* shell, const LV2_Atom* atom)
{
    const LV2_Atom_Object* const object = (const LV2_Atom_Object*)atom;
    if (!lv2_atom_forge_is_object_type(&shell->forge, atom->type) ||
        atom->size < sizeof(LV2_Atom_Object_Body) || object->body.otype != shell->urid.patch_Get) {
        return;
    }
    const LV2_Atom* const property = shell_property(object, shell->urid.patch_property);
    const LV2_URID asked =
        property && property->size == sizeof(LV2_URID) ? ((const LV2_Atom_URID*)property)->body : 0;
    for (uint32_t i = 0; i < words->n; ++i) {
        if (!property || words->key[i] == asked) {
            shell_answer_text(shell, words->key[i], words->text[i]);
        }
    }
}

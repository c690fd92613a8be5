// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The notes that were heard lately: do they sound like an instrument that plays a melody? A voice
/// slides and wanders by some cents even where it means to hold a note; an instrument's short notes
/// are level and step from one to the next. It listens to the pitch alone.
/// A plain struct; all functions are [realtime].

#ifndef TONUS_DSP_HUM_NOTES_H
#define TONUS_DSP_HUM_NOTES_H

#include <stdbool.h>
#include <stdint.h>

enum { HUM_NOTES_TAIL = 8, HUM_NOTES_STEPS = 2 };

typedef struct {
    float hop_s;    ///< between two estimates
    uint32_t clock; ///< estimates taken

    // The note that sounds
    bool sounds;
    float level_db;             ///< running mean
    float mean_cents;           ///< running mean, which the next estimate is held against
    uint32_t began, last;       ///< clock of its first and last estimate
    float tail[HUM_NOTES_TAIL]; ///< its newest estimates, not yet counted: the end of a note is not
                                ///< level
    uint32_t in_tail;
    float origin_cents, sum, sum2; ///< of the counted ones; relative to the first of them
    uint32_t counted;

    // The level note before it
    bool before, before_short;
    float before_cents;
    uint32_t before_ended;

    uint32_t lost;    ///< estimates without a tone, or a much fainter one, in a row
    uint32_t lost_at; ///< clock of the last such moment
    bool struck;      ///< the note that sounds began after one

    uint32_t steps;                    ///< between level notes
    uint32_t step_at[HUM_NOTES_STEPS]; ///< clocks of the last ones, a ring
} HumNotes;

void hum_notes_init(HumNotes* notes, double hop_s);

/// Takes the next estimate: is there a tone, at which pitch and level (dBFS)?
void hum_notes_take(HumNotes* notes, bool tone, float cents, float level_db);

/// Has an instrument been playing in the last seconds?
bool hum_notes_music(const HumNotes* notes);

#endif

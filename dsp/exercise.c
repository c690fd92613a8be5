// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/exercise.h"

#include <stddef.h>

// Before and after: two minutes at rest, the shortest time in which RMSSD comes within a factor
// of 1.2
#define REST_S 120.0F

static const Exercise table[] = {
    {.id = 1,
     .kind = EXERCISE_PACED,
     .name = "Deep belly breathing",
     .how =
         "Breathe in through the nose so that the belly rises, not the chest. Breathe out slowly "
         "through the mouth, longer than in.",
     .caution = "Breathe more shallowly, not deeper; stop if you feel dizzy.",
     .inhale_s = 4.0F,
     .exhale_s = 6.0F,
     .before_s = REST_S,
     .exercise_s = 300.0F,
     .after_s = REST_S,
     .drone = true},
    {.id = 10,
     .kind = EXERCISE_PACED,
     .name = "Deep belly breathing, long out-breath",
     .how = "Breathe in through the nose so that the belly rises. Breathe out through the mouth, "
            "twice as long.",
     .caution = "Breathe more shallowly, not deeper; stop if you feel dizzy.",
     .inhale_s = 4.0F,
     .exhale_s = 8.0F,
     .before_s = REST_S,
     .exercise_s = 300.0F,
     .after_s = REST_S,
     .drone = true},
    {.id = 2,
     .kind = EXERCISE_COLD,
     .name = "Cold water on the face",
     .how =
         "Put the face into a bowl of cold water for 5 to 10 seconds and mark the moment. Rest a "
         "minute, then once or twice more.",
     .caution = "Not with a heart rhythm disorder or sensitivity to cold. Start gently.",
     .before_s = REST_S,
     .exercise_s = 240.0F,
     .after_s = REST_S,
     .moving = true},
    {.id = 3,
     .kind = EXERCISE_HUM,
     .name = "Humming",
     .how = "Breathe in deeply, then hum a low, calm \"mmm\" while you breathe out. Feel it behind "
            "the tongue and in the throat.",
     .caution = "Stop if you feel dizzy.",
     .inhale_s = 4.0F,
     .exhale_s = 8.0F,
     .before_s = REST_S,
     .exercise_s = 180.0F,
     .after_s = REST_S,
     .drone = true},
    {.id = 11,
     .kind = EXERCISE_HUM,
     .name = "Humming, long out-breath",
     .how = "Breathe in deeply, then hum a low, calm \"mmm\" for as long as the out-breath lasts.",
     .caution = "Stop if you feel dizzy.",
     .inhale_s = 4.0F,
     .exhale_s = 10.0F,
     .before_s = REST_S,
     .exercise_s = 180.0F,
     .after_s = REST_S,
     .drone = true},
    {.id = 4,
     .kind = EXERCISE_FREE,
     .name = "Neck movements and self-massage",
     .how = "Sit upright and roll the head gently from side to side. Fingertips at the base of the "
            "skull, behind the ears, down to the root of the neck. Breathe deeply.",
     .caution = "",
     .before_s = REST_S,
     .exercise_s = 180.0F,
     .after_s = REST_S,
     .drone = true,
     .moving = true},
    {.id = 5,
     .kind = EXERCISE_FREE,
     .name = "Laughter and company",
     .how = "A funny film, a talk; forced laughter works too.",
     .caution = "",
     .before_s = REST_S,
     .exercise_s = 300.0F,
     .after_s = REST_S,
     .moving = true},
    {.id = 6,
     .kind = EXERCISE_FREE,
     .name = "Meditation and good thoughts",
     .how = "Sit comfortably and follow the breath. Think of three things to be grateful for; feel "
            "the body soften with each breath.",
     .caution = "",
     .before_s = REST_S,
     .exercise_s = 420.0F,
     .after_s = REST_S,
     .drone = true},
    {.id = 7,
     .kind = EXERCISE_FREE,
     .name = "Gentle activity",
     .how =
         "A calm walk, yoga, light movement; breath and movement together. Calm flow, not a high "
         "pulse.",
     .caution = "Stop if you feel unwell.",
     .before_s = REST_S,
     .exercise_s = 600.0F,
     .after_s = REST_S,
     .ceiling_bpm = 120.0F,
     .moving = true},
    {.id = 8,
     .kind = EXERCISE_PACED,
     .name = "Resting with raised legs",
     .how =
         "On the back, lower legs on a chair, hips and knees at right angles. Breathe slowly and "
         "deeply into the belly.",
     .caution = "Breathe more shallowly, not deeper; stop if you feel dizzy.",
     .inhale_s = 4.0F,
     .exhale_s = 6.0F,
     .before_s = REST_S,
     .exercise_s = 420.0F,
     .after_s = REST_S,
     .drone = true},
    {.id = 9,
     .kind = EXERCISE_TREATMENT,
     .name = "Treatment by a therapist",
     .how = "Rest, treatment, rest. Mark what happens; skip on when the treatment is over.",
     .caution = "",
     .before_s = 180.0F,
     .exercise_s = 0.0F,
     .after_s = 240.0F,
     .moving = true},
    {.id = 12,
     .kind = EXERCISE_SEARCH,
     .name = "Find the own breathing rate",
     .how =
         "Breathe with the pacer, two minutes at each rate from 7 down to 4.5 breaths per minute.",
     .caution = "Breathe more shallowly, not deeper; stop if you feel dizzy.",
     .inhale_s = 4.0F,
     .exhale_s = 6.0F,
     .before_s = REST_S,
     .exercise_s = 720.0F,
     .after_s = REST_S,
     .drone = true},
};

uint32_t exercise_count(void)
{
    return (uint32_t)(sizeof(table) / sizeof(table[0]));
}

const Exercise* exercise_at(const uint32_t index)
{
    return index < exercise_count() ? &table[index] : NULL;
}

const Exercise* exercise_by_id(const uint32_t id)
{
    for (uint32_t i = 0; i < exercise_count(); ++i) {
        if (table[i].id == id) {
            return &table[i];
        }
    }
    return NULL;
}

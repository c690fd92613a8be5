// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/hum_notes.h"

#include <math.h>
#include <string.h>

// An estimate within this of a note's mean belongs to it: a vibrato does, a step of a scale not
#define SAME_CENTS 60.0F
#define MEAN_S     0.08F // time constant of the mean
#define GAP_S      0.03F // lost for so long, a note has ended
// The beginning of a note is not level; what is left must be long enough to judge
#define ATTACK_S   0.04F
#define JUDGED_S   0.06F
#define SHORTEST_S 0.10F
// Level: standard deviation of the pitch over the whole note. Sampled wind and string instruments
// have 0.5 to 5 cents (median 3), sustained notes of voices 10 to 25 (Sundberg 1987)
#define LEVEL_CENTS 6.0F
// One of two notes is a short one: hums last for a breath
#define SHORT_S 1.3F
// A step: from a semitone to an octave and a fifth, with hardly a pause
#define LEAST_STEP   80.0F
#define LARGEST_STEP 1900.0F
#define PAUSE_S      0.3F
// A hummed melody slides from note to note and stays a tone all the way; between the notes of an
// instrument the tone is lost for so long, or so much fainter, because one begins anew or before
// the other has ended
#define LOST_S 0.01F
#define DIP_DB 8.0F
// and the pitch, measured over some periods, changes so much later at most
#define STRUCK_S 0.12F
// So many steps in so many seconds are a melody, and it is believed to go on for as long
#define MEMORY_S 20.0F

void hum_notes_init(HumNotes* const n, const double hop_s)
{
    memset(n, 0, sizeof(*n));
    n->hop_s = (float)hop_s;
}

static float seconds(const HumNotes* const n, const uint32_t from, const uint32_t to)
{
    return (float)(to - from) * n->hop_s;
}

static void count(HumNotes* const n, const float cents)
{
    if (!n->counted++) {
        n->origin_cents = cents;
        n->sum = n->sum2 = 0.0F;
    }
    const float x = cents - n->origin_cents;
    n->sum += x;
    n->sum2 += x * x;
}

static void end_note(HumNotes* const n)
{
    n->sounds = false;
    const float length_s = seconds(n, n->began, n->last);
    const float counted = (float)n->counted;
    bool level = length_s > SHORTEST_S && counted * n->hop_s > JUDGED_S;
    if (level) {
        const float mean = n->sum / counted;
        const float spread = sqrtf(fmaxf(0.0F, n->sum2 / counted - mean * mean));
        level = spread < LEVEL_CENTS;
        const float cents = n->origin_cents + mean;
        const float step = fabsf(cents - n->before_cents);
        if (level && n->before && step > LEAST_STEP && step < LARGEST_STEP &&
            seconds(n, n->before_ended, n->began) < PAUSE_S && n->struck &&
            (n->before_short || length_s < SHORT_S)) {
            n->step_at[n->steps++ % HUM_NOTES_STEPS] = n->clock;
        }
        n->before_cents = cents;
    }
    if (length_s > SHORTEST_S) { // what is shorter may be the way from one to the next
        n->before = level;
        n->before_short = length_s < SHORT_S;
        n->before_ended = n->last;
    }
}

static void begin_note(HumNotes* const n, const float cents, const float level_db)
{
    n->sounds = true;
    n->struck = n->lost_at && seconds(n, n->lost_at, n->clock) < STRUCK_S;
    n->mean_cents = cents;
    n->level_db = seconds(n, n->last, n->clock) < PAUSE_S ? n->level_db : level_db;
    n->began = n->last = n->clock;
    n->counted = n->in_tail = 0U;
}

void hum_notes_take(HumNotes* const n, const bool tone, const float cents, const float level_db)
{
    ++n->clock;
    const bool faint = level_db < n->level_db - DIP_DB;
    n->lost = !tone || faint ? n->lost + 1U : 0U;
    if ((float)n->lost * n->hop_s > LOST_S) {
        n->lost_at = n->clock;
    }
    const bool same = n->sounds && tone && fabsf(cents - n->mean_cents) < SAME_CENTS;
    if (same) {
        n->last = n->clock;
        n->level_db += fminf(1.0F, n->hop_s / MEAN_S) * (level_db - n->level_db);
        n->mean_cents += fminf(1.0F, n->hop_s / MEAN_S) * (cents - n->mean_cents);
        if (seconds(n, n->began, n->clock) > ATTACK_S) {
            const uint32_t at = n->in_tail++ % HUM_NOTES_TAIL;
            if (n->in_tail > HUM_NOTES_TAIL) {
                count(n, n->tail[at]);
            }
            n->tail[at] = cents;
        }
    } else if (n->sounds && seconds(n, n->last, n->clock) > GAP_S) {
        end_note(n);
    }
    if (!n->sounds && tone) {
        begin_note(n, cents, level_db);
    }
}

bool hum_notes_music(const HumNotes* const n)
{
    if (n->steps < HUM_NOTES_STEPS) {
        return false;
    }
    const uint32_t first = n->step_at[n->steps % HUM_NOTES_STEPS];
    const uint32_t newest = n->step_at[(n->steps - 1U) % HUM_NOTES_STEPS];
    return seconds(n, first, newest) < MEMORY_S && seconds(n, newest, n->clock) < MEMORY_S;
}

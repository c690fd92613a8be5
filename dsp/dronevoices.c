// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/dronevoices.h"

#include "dsp/tuning.h"

#include <math.h>
#include <string.h>

#define FADE_S      0.9        // time constant, twice in series: 95 % of the power after 4.3 s
#define GLIDE_S     0.6        // time constant of small changes of pitch
#define NEAR        (0.6 / 12) // octaves: steps below glide, larger ones crossfade
#define STEADY      (0.5 / 12) // octaves: a hum within is steady
#define STEADY_S    0.5        // for so long
#define GONE        1e-7f      // share below which a voice is free
#define LOWEST_HZ   40.0
#define TOP_LOWEST  660.0  // chord notes above are brought down by octaves
#define OPEN_HZ     160.0  // two fundamentals of a chord are so far apart: above what is rough
#define OPEN_TOP    1700.0 // and none is raised beyond
#define UPPER_DB    9.0    // the lowest note carries a chord: the others are so much softer
#define OCTAVE_DB   2.5    // and per octave above it, as higher partials are
#define HUM_LOWEST  50.0   // Hz; hums outside are not believed
#define HUM_HIGHEST 500.0

void dronevoices_init(Dronevoices* v, double step_s)
{
    memset(v, 0, sizeof(*v));
    v->step_s = step_s;
    v->fade = (float)(1.0 - exp(-step_s / FADE_S));
    v->glide = (float)(1.0 - exp(-step_s / GLIDE_S));
    v->root_hz = 110.0;
    v->a4_hz = 440.0;
    v->just = true;
    v->hum_follow = true;
}

void dronevoices_reset(Dronevoices* v)
{
    memset(v->voice, 0, sizeof(v->voice));
    v->hum_hz = v->steady_hz = v->steady_s = v->adopted_hz = 0.0;
}

void dronevoices_set_root(Dronevoices* v, double hz)
{
    if (hz != v->root_hz) {
        v->root_hz = hz;
        v->adopted_hz = 0.0;
    }
}

void dronevoices_set_chord(Dronevoices* v, const uint8_t* notes, uint32_t count)
{
    v->n_chord = count < DRONE_MAX_NOTES ? count : DRONE_MAX_NOTES;
    memcpy(v->chord, notes, v->n_chord);
}

// Close position is rough in the low register, on every instrument: spread it
static double open_hz(double hz, const double* others, uint32_t n)
{
    for (double raised = hz; raised <= OPEN_TOP; raised *= 2.0) {
        bool free = true;
        for (uint32_t i = 0; i < n && free; ++i) {
            free = fabs(raised - others[i]) >= OPEN_HZ;
        }
        if (free) {
            return raised;
        }
    }
    return hz; // no place: the sieve keeps it soft
}

uint32_t dronevoices_wanted(const Dronevoices* v, double* hz)
{
    if (v->n_chord == 0) {
        hz[0] = v->adopted_hz > 0.0 ? v->adopted_hz : v->root_hz;
        hz[0] = v->snap ? tuning_snap_hz(hz[0], v->a4_hz) : hz[0];
        return 1;
    }
    for (uint32_t i = 0; i < v->n_chord; ++i) {
        const double note_hz = v->just ? tuning_just_hz(v->chord[i], v->chord[0], v->a4_hz)
                                       : tuning_equal_hz(v->chord[i], v->a4_hz);
        hz[i] = note_hz < LOWEST_HZ    ? tuning_fold_hz(note_hz, LOWEST_HZ)
                : note_hz > TOP_LOWEST ? tuning_fold_hz(note_hz, 0.5 * TOP_LOWEST)
                                       : note_hz;
        hz[i] = open_hz(hz[i], hz, i);
    }
    return v->n_chord;
}

static void follow_hum(Dronevoices* v)
{
    if (!v->hum_follow) {
        v->adopted_hz = 0.0;
    }
    if (!v->hum_follow || v->hum_hz < HUM_LOWEST || v->hum_hz > HUM_HIGHEST) {
        v->steady_s = 0.0;
        v->steady_hz = 0.0;
        return;
    }
    if (v->steady_hz <= 0.0 || fabs(log2(v->hum_hz / v->steady_hz)) > STEADY) {
        v->steady_hz = v->hum_hz;
        v->steady_s = 0.0;
    }
    v->steady_s += v->step_s;
    if (v->steady_s >= STEADY_S) {
        v->adopted_hz = tuning_fold_hz(v->hum_hz, v->root_hz * 0.70710678118654752);
    }
}

static DroneVoice* find_near(Dronevoices* v, double log2_hz)
{
    for (uint32_t i = 0; i < DRONEVOICES; ++i) {
        DroneVoice* const voice = &v->voice[i];
        if (dronevoice_sounds(voice) && !voice->wanted && voice->voicing == v->voicing &&
            fabs(voice->goal - log2_hz) < NEAR) {
            return voice;
        }
    }
    return NULL;
}

static DroneVoice* find_free(Dronevoices* v)
{
    for (uint32_t i = 0; i < DRONEVOICES; ++i) {
        if (!dronevoice_sounds(&v->voice[i])) {
            return &v->voice[i];
        }
    }
    return NULL;
}

void dronevoices_step(Dronevoices* v)
{
    follow_hum(v);
    double hz[DRONE_MAX_NOTES];
    const uint32_t n = dronevoices_wanted(v, hz);
    float weight[DRONE_MAX_NOTES], weights = 0.0f;
    for (uint32_t i = 0; i < n; ++i) {
        const double down_db = i ? UPPER_DB + OCTAVE_DB * log2(hz[i] / hz[0]) : 0.0;
        weight[i] = (float)exp2(-down_db / 3.0103);
        weights += weight[i];
    }
    bool any = false;
    for (uint32_t i = 0; i < DRONEVOICES; ++i) {
        v->voice[i].wanted = false;
        any |= v->voice[i].share[1] > 0.0f;
    }
    for (uint32_t i = 0; i < n; ++i) {
        const double log2_hz = log2(hz[i]);
        DroneVoice* voice = find_near(v, log2_hz);
        if (!voice && (voice = find_free(v))) {
            voice->voicing = v->voicing;
            voice->log2_hz = log2_hz;
            // Out of silence the level fades in; there is nothing to crossfade with.
            voice->share[0] = voice->share[1] = any ? 0.0f : weight[i] / weights;
        }
        if (voice) { // else all voices still fade: the note waits for one
            voice->goal = log2_hz;
            voice->weight = weight[i] / weights;
            voice->wanted = true;
        }
    }
    for (uint32_t i = 0; i < DRONEVOICES; ++i) {
        DroneVoice* const voice = &v->voice[i];
        const float goal = voice->wanted ? voice->weight : 0.0f;
        voice->share[0] += v->fade * (goal - voice->share[0]);
        voice->share[1] += v->fade * (voice->share[0] - voice->share[1]);
        voice->log2_hz += (double)v->glide * (voice->goal - voice->log2_hz);
        if (!voice->wanted && voice->share[1] < GONE) {
            voice->share[0] = voice->share[1] = 0.0f;
        }
    }
}

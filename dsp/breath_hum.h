// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The rhythm of hums and of a pacer's cues. A hum starts with the out-breath, so regular hums are
/// the surest sign of the breath, also where the heart swings at twice its rate (slow chanting).
/// A plain struct; all functions are [realtime]. Times in s since reset.

#ifndef TONUS_DSP_BREATH_HUM_H
#define TONUS_DSP_BREATH_HUM_H

#include <stdbool.h>

#define HUM_CONFIDENCE 0.9 // while hums lead: breaths without a hum may lie between

typedef struct {
    double last_s; ///< last hum's start, negative: none
    double interval_s[2];
    bool leads;
    double per_s;       ///< breaths per s, while hums lead
    double cue_s;       ///< last paced in-breath, negative: none
    double paced_per_s; ///< 0: not paced
} BreathHum;

void hum_forget(BreathHum* hum);

/// A hum starts; false: too near to the one before to be another breath.
bool hum_start(BreathHum* hum, double now_s);

/// A cue; true: a paced in-breath of a steady pacer.
bool hum_cue(BreathHum* hum, double now_s, bool inhale);

/// Stops leading when the next hum is long overdue.
void hum_check(BreathHum* hum, double now_s);

static inline bool hum_leads(const BreathHum* hum)
{
    return hum->leads;
}

/// Seconds since the last hum began.
static inline double hum_since(const BreathHum* hum, double now_s)
{
    return now_s - hum->last_s;
}

#endif

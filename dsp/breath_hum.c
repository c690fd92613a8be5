// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/breath_hum.h"

#include <math.h>

#define SHORTEST_S 2.0  // a hummed breath
#define LONGEST_S  40.0 // trained singers
#define ALIKE      0.3  // two intervals differ by less: a rhythm
#define OVERDUE    1.7  // intervals after the last hum

void hum_forget(BreathHum* const hum)
{
    *hum = (BreathHum){.last_s = -1.0, .cue_s = -1.0};
}

bool hum_start(BreathHum* const hum, const double now_s)
{
    const double interval_s = now_s - hum->last_s;
    if (hum->last_s >= 0.0 && interval_s < SHORTEST_S) {
        return false;
    }
    const bool first = hum->last_s < 0.0 || interval_s > LONGEST_S;
    hum->last_s = now_s;
    hum->interval_s[0] = hum->interval_s[1];
    hum->interval_s[1] = first ? 0.0 : interval_s;
    const double a = hum->interval_s[0];
    const double b = hum->interval_s[1];
    hum->leads = a > 0.0 && b > 0.0 && fabs(a - b) < ALIKE * fmax(a, b);
    hum->per_s = hum->leads ? 2.0 / (a + b) : 0.0;
    return true;
}

bool hum_cue(BreathHum* const hum, const double now_s, const bool inhale)
{
    if (!inhale) {
        return false;
    }
    const double interval_s = now_s - hum->cue_s;
    const bool sound = hum->cue_s >= 0.0 && interval_s >= SHORTEST_S && interval_s <= LONGEST_S;
    const double per_s = sound ? 1.0 / interval_s : 0.0;
    const bool steady = sound && fabs(per_s - hum->paced_per_s) < 0.1 * per_s;
    hum->cue_s = now_s;
    hum->paced_per_s = per_s;
    return steady;
}

void hum_check(BreathHum* const hum, const double now_s)
{
    if (hum->leads && (now_s - hum->last_s) * hum->per_s > OVERDUE) {
        hum->leads = false;
        hum->interval_s[0] = hum->interval_s[1] = 0.0;
    }
}

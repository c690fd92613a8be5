// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_HRV_INTERNAL_H
#define TONUS_DSP_HRV_INTERNAL_H

#include "dsp/hrv.h"
#include "dsp/hrv_spectrum.h"
#include "dsp/nn_window.h"
#include "dsp/resp.h"

/**
   What dsp/hrv.c (what comes in, and the clock) and dsp/hrv_measures.c (what is made of it) share.
*/

enum { HRV_BREATHS = 256 }; ///< 300 s at 40 per minute and more

#define HRV_WINDOW_LEAST_S 30.0
#define HRV_RECENT_S       60.0

struct Hrv {
    uint32_t tick_frames, to_tick;
    uint32_t slices; // of the spectrum in a tick
    uint64_t ticks;
    double tick_s, now_s; // clock of the caller's frames; only differences are used
    double beat_now_s;    // now_s when the last interval came
    double breath_now_s;

    double window_s; // 0: all
    NnRing ring;
    double latest_rr_ms;
    NnWindow window, recent;
    NnSums all;
    NnShape all_shape;
    bool has_interval;

    Resp resp;
    RespBreath breaths[HRV_BREATHS];
    uint64_t n_breaths;
    RespSums all_breaths;
    double rate_per_min, rate_confidence;

    HrvSpectrum spectrum;
    uint32_t rest; // ticks that the spectrum waits: a beat's work is done instead

    bool irregular;
    bool settling; // the windows' starts still follow
    bool lazy;
    bool outdated; // lazy: the measures are
    HrvMeasures measures;
};

/// No beat for 10 s
bool hrv_stale(const Hrv* hrv);

/// All measures from what there is now
void hrv_measure_now(Hrv* hrv);

#endif

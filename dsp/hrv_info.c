// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/hrv.h"

#include <stddef.h>

// Least seconds: what ultra-short HRV studies call enough (Shaffer, Meehan and Zerr 2020) and the
// Task Force's ten periods of the lowest frequency of a band (1996)
static const HrvMeasureInfo measures[HRV_N_MEASURES] = {
    [HRV_HEART_RATE] = {"heart_rate", "1/min", 10.f},
    [HRV_MEAN_RR] = {"mean_rr", "ms", 10.f},
    [HRV_SDNN] = {"sdnn", "ms", 60.f},
    [HRV_RMSSD] = {"rmssd", "ms", 30.f},
    [HRV_LN_RMSSD] = {"ln_rmssd", "ln(ms)", 30.f},
    [HRV_SDSD] = {"sdsd", "ms", 30.f},
    [HRV_NN50] = {"nn50", "", 60.f},
    [HRV_PNN50] = {"pnn50", "%", 60.f},
    [HRV_PNN20] = {"pnn20", "%", 60.f},
    [HRV_SD1] = {"sd1", "ms", 30.f},
    [HRV_SD2] = {"sd2", "ms", 60.f},
    [HRV_RANGE] = {"range", "ms", 60.f},
    [HRV_TRIANGULAR] = {"triangular_index", "", 270.f},
    [HRV_STRESS] = {"stress_index", "1/s2", 60.f},
    [HRV_VLF] = {"vlf", "ms2", 270.f},
    [HRV_LF] = {"lf", "ms2", 120.f},
    [HRV_HF] = {"hf", "ms2", 60.f},
    [HRV_TOTAL] = {"total_power", "ms2", 270.f},
    [HRV_LF_HF] = {"lf_hf", "", 120.f},
    [HRV_LF_NU] = {"lf_nu", "%", 120.f},
    [HRV_HF_NU] = {"hf_nu", "%", 120.f},
    [HRV_LF_PEAK] = {"lf_peak", "Hz", 120.f},
    [HRV_RESP] = {"resp_hrv", "ms", 20.f},
    [HRV_RESP_AMPLITUDE] = {"resp_hrv_sine", "ms", 20.f},
    [HRV_RESP_POWER] = {"resp_power", "ms2", 20.f},
    [HRV_SYNCHRONY] = {"synchrony", "", 30.f},
    [HRV_COHERENCE] = {"coherence", "", 64.f},
};

static const char* const reasons[HRV_N_REASONS] = {
    [HRV_OK] = "Valid",
    [HRV_NO_BEATS] = "Waiting for heartbeats",
    [HRV_TOO_SHORT] = "Window too short so far",
    [HRV_ARTEFACTS] = "Too many artefacts",
    [HRV_IRREGULAR] = "Rhythm too irregular for HRV",
    [HRV_NO_BREATH] = "Breathing not known",
    [HRV_SLOW_BREATH] = "Breathing below 9 per minute: HF does not show vagal activity",
    [HRV_FAST_BREATH] = "Breathing above 24 per minute: outside the HF band",
    [HRV_ALIASED] = "Breathing faster than half the heart rate",
    [HRV_NO_VARIATION] = "Nothing varies",
    [HRV_LEARNING] = "Learning the person's baseline",
};

const char* hrv_reason_text(HrvReason reason)
{
    return (unsigned)reason < HRV_N_REASONS ? reasons[reason] : "Unknown reason";
}

const HrvMeasureInfo* hrv_measure_info(HrvMeasure measure)
{
    return (unsigned)measure < HRV_N_MEASURES ? &measures[measure] : NULL;
}

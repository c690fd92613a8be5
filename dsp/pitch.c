// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/pitch.h"

#include "dsp/decimator.h"
#include "dsp/filter.h"
#include "dsp/leak.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Rate after the first decimation, Hz: keeps what tells a vowel from a hum (to about 4 kHz)
#define BAND_RATE_HZ 8000.0
// Further decimation for the lags: the low band ends at 700 Hz, so 4 kHz is enough
#define LAG_STEP 2U
// Low-frequency rumble, pops and the mains' fundamental go; 65 Hz stays
#define HIGHPASS_HZ 45.0
// Closed lips: first formant of a nasal at 250..300 Hz, next strong one above 750 Hz
#define LOW_BAND_HZ 700.0
// The second and third formants of "ee" and "eh" lie above this; closed lips leave little there
#define HIGH_BAND_HZ 1900.0
// Longest period looked at: below the lowest hum, so that 50 Hz is seen as 50 Hz
#define LOWEST_HZ 45.0
// Highest pitch looked at
#define HIGHEST_HZ 520.0
// Memory of the sums: two periods of the lowest hum (65 Hz)
#define CLARITY_TAU_S 0.030
// Memory of the band powers, for the moment of the onset
#define LEVEL_TAU_S 0.005
// Memory of the share
#define SHARE_TAU_S 0.025
// Lag samples between two estimates (4 ms at 4 kHz)
#define HOP_SAMPLES 16U
// First key maximum within this share of the best one is the period (McLeod & Wyvill 2005: 0.8..1)
#define KEY_SHARE 0.9F
// Largest sample taken, full scale = 1; wild input is clamped here
#define LARGEST 16.0F
// Power of -120 dBFS: below it nothing is called periodic
#define POWER_FLOOR 1e-12F
// Sums below are set to zero, far below any sound, far above denormals
#define TINY 1e-20F
#define PI   3.14159265358979323846

// Four lags in one vector register (gcc and clang, any processor)
typedef float Four __attribute__((vector_size(16)));

struct Pitch {
    Decimator* decimator;
    uint32_t factor; // frames per band sample
    double band_rate_hz;
    Biquad highpass;
    Leak leak;
    Biquad low[2];
    Biquad high[2];
    bool has_high;                              // the rate reaches beyond HIGH_BAND_HZ
    float level_keep, share_keep, clarity_keep; // leaky means, per sample
    float low_power, low_share_power, all_share_power, high_power, slope_power;
    double last_low;
    uint32_t band_phase; // frames since the last band sample
    uint32_t lag_phase;  // band samples since the last lag sample
    uint32_t hop_phase;  // lag samples since the last estimate
    float lag_rate_hz;
    uint32_t lags;   // lags kept, a multiple of 8
    uint32_t length; // of the reversed histories
    uint32_t place;  // of the newest sample in them
    float energy;    // leaky energy up to now
    float* sum;      // leaky product sums, per lag
    float* past;     // low band, newest first from place
    float* energies; // leaky energy, newest first from place
    float* nsdf;     // scratch
};

Pitch* pitch_new(const double rate)
{
    if (!(rate >= 1000.0 && rate <= 1e6)) {
        return NULL;
    }
    Pitch* const p = (Pitch*)calloc(1, sizeof(Pitch));
    if (!p) {
        return NULL;
    }
    p->factor = (uint32_t)(rate / BAND_RATE_HZ);
    p->factor = p->factor ? p->factor : 1U;
    p->band_rate_hz = rate / p->factor;
    p->lag_rate_hz = (float)(p->band_rate_hz / LAG_STEP);
    p->lags = ((uint32_t)(p->lag_rate_hz / LOWEST_HZ) + 8U) / 8U * 8U;
    p->length = p->lags + 512U;
    p->decimator = decimator_new(p->factor);
    p->sum = (float*)calloc(p->lags, sizeof(float));
    p->nsdf = (float*)calloc(p->lags, sizeof(float));
    p->past = (float*)calloc(p->length, sizeof(float));
    p->energies = (float*)calloc(p->length, sizeof(float));
    if (!p->decimator || !p->sum || !p->nsdf || !p->past || !p->energies) {
        pitch_free(p);
        return NULL;
    }
    p->level_keep = (float)exp(-1.0 / (LEVEL_TAU_S * p->band_rate_hz));
    p->share_keep = (float)exp(-1.0 / (SHARE_TAU_S * p->band_rate_hz));
    p->clarity_keep = (float)exp(-1.0 / (CLARITY_TAU_S * (double)p->lag_rate_hz));
    leak_init(&p->leak, p->band_rate_hz);
    pitch_reset(p);
    return p;
}

void pitch_free(Pitch* const p)
{
    if (p) {
        decimator_free(p->decimator);
        free(p->sum);
        free(p->nsdf);
        free(p->past);
        free(p->energies);
        free(p);
    }
}

void pitch_reset(Pitch* const p)
{
    decimator_reset(p->decimator);
    leak_reset(&p->leak);
    p->highpass = biquad_highpass(HIGHPASS_HZ, FILTER_BUTTERWORTH_Q, p->band_rate_hz);
    // Butterworth of fourth order: two sections, Q = 1 / (2 cos(pi/8)) and 1 / (2 cos(3 pi/8))
    p->low[0] = biquad_lowpass(LOW_BAND_HZ, 0.5 / cos(PI / 8.0), p->band_rate_hz);
    p->low[1] = biquad_lowpass(LOW_BAND_HZ, 0.5 / cos(3.0 * PI / 8.0), p->band_rate_hz);
    p->has_high = p->band_rate_hz > 2.5 * HIGH_BAND_HZ;
    if (p->has_high) {
        p->high[0] = biquad_highpass(HIGH_BAND_HZ, 0.5 / cos(PI / 8.0), p->band_rate_hz);
        p->high[1] = biquad_highpass(HIGH_BAND_HZ, 0.5 / cos(3.0 * PI / 8.0), p->band_rate_hz);
    }
    p->low_power = p->low_share_power = p->all_share_power = p->slope_power = 0.0F;
    p->high_power = 0.0F;
    p->last_low = 0.0;
    p->band_phase = p->lag_phase = p->hop_phase = 0U;
    p->place = p->length - p->lags;
    p->energy = 0.0F;
    memset(p->sum, 0, p->lags * sizeof(float));
    memset(p->past, 0, p->length * sizeof(float));
    memset(p->energies, 0, p->length * sizeof(float));
}

static float decibels(const float power)
{
    return power > 1e-14F ? 10.0F * log10f(power) : -140.0F;
}

void pitch_set_known(Pitch* const p, const float* const fundamentals_hz, const uint32_t count)
{
    leak_set(&p->leak, fundamentals_hz, count);
}

void pitch_hold_known(Pitch* const p, const float hz)
{
    leak_hold(&p->leak, hz);
}

float pitch_known_db(const Pitch* const p)
{
    return decibels(leak_power(&p->leak));
}

uint32_t pitch_hop(const Pitch* const p)
{
    return HOP_SAMPLES * LAG_STEP * p->factor;
}

uint32_t pitch_next(const Pitch* const p)
{
    const uint32_t whole = (HOP_SAMPLES - p->hop_phase) * LAG_STEP - p->lag_phase;
    return whole * p->factor - p->band_phase;
}

uint32_t pitch_delay(const Pitch* const p)
{
    // Decimator, then the low-pass (1.3 / (pi fc) for two Butterworth sections at low frequencies,
    // 0.6 ms), then the rise of the leaky power, of which a third is enough to be seen
    const double seconds = 1.3 / (PI * LOW_BAND_HZ) + LEVEL_TAU_S / 3.0;
    return decimator_delay(p->decimator) + (uint32_t)(seconds * p->band_rate_hz * p->factor + 0.5);
}

static inline Four four(const float x)
{
    return (Four){x, x, x, x};
}

// Take one sample of the low band into the lag sums
static void take_lag_sample(Pitch* const p, const float x)
{
    if (!p->place) {
        // Move the lags still needed to the end; 1 of 512 samples, 360 bytes
        p->place = p->length - p->lags;
        memmove(p->past + p->place, p->past, p->lags * sizeof(float));
        memmove(p->energies + p->place, p->energies, p->lags * sizeof(float));
    }
    --p->place;
    p->energy = p->energy * p->clarity_keep + x * x;
    if (p->energy < TINY) {
        p->energy = 0.0F;
    }
    p->past[p->place] = x;
    p->energies[p->place] = p->energy;

    const float* const past = p->past + p->place;
    float* const sum = p->sum;
    const Four keep = four(p->clarity_keep);
    const Four gain = four(x);
    for (uint32_t lag = 0; lag < p->lags; lag += 8U) {
        Four a, b, before, after;
        memcpy(&a, sum + lag, sizeof(Four));
        memcpy(&b, sum + lag + 4U, sizeof(Four));
        memcpy(&before, past + lag, sizeof(Four));
        memcpy(&after, past + lag + 4U, sizeof(Four));
        a = a * keep + gain * before;
        b = b * keep + gain * after;
        memcpy(sum + lag, &a, sizeof(Four));
        memcpy(sum + lag + 4U, &b, sizeof(Four));
    }
}

// Where the parabola through the values around i has its top; its height
static float top_near(const float* const y, const uint32_t i, float* const height)
{
    const float bend = y[i - 1U] - 2.0F * y[i] + y[i + 1U];
    const float slope = 0.5F * (y[i + 1U] - y[i - 1U]);
    const float offset = bend < 0.0F ? fmaxf(-0.5F, fminf(0.5F, -slope / bend)) : 0.0F;
    *height = y[i] + 0.5F * slope * offset;
    return (float)i + offset;
}

// Period in lag samples by the first key maximum, 0 = none; clarity is that maximum
static float find_period(const float* const y, const uint32_t lags, const uint32_t first,
                         float* const clarity)
{
    // Highest of all key maxima (those between an upward and the next downward zero crossing)
    float best = 0.0F;
    uint32_t i = 1U;
    while (i + 1U < lags && y[i] > 0.0F) {
        ++i;
    }
    const uint32_t start = i;
    for (; i + 1U < lags; ++i) {
        if (i >= first && y[i] > best && y[i] >= y[i - 1U] && y[i] >= y[i + 1U]) {
            best = y[i];
        }
    }
    *clarity = 0.0F;
    if (best <= 0.0F) {
        return 0.0F;
    }
    for (i = start; i + 1U < lags; ++i) {
        if (i >= first && y[i] >= KEY_SHARE * best && y[i] >= y[i - 1U] && y[i] >= y[i + 1U]) {
            break;
        }
    }
    float period = top_near(y, i, clarity);

    // The same maximum, some periods later, tells the period that much more finely
    const float single = period;
    for (uint32_t k = 2U; k <= 8U && (float)k * period + 2.0F < (float)lags; ++k) {
        uint32_t at = (uint32_t)((float)k * period + 0.5F);
        const uint32_t reach = 1U + (uint32_t)(0.1F * single);
        for (uint32_t step = 0; step < reach && at + 2U < lags; ++step) {
            if (y[at + 1U] > y[at]) {
                ++at;
            } else if (y[at - 1U] > y[at]) {
                --at;
            }
        }
        float height = 0.0F;
        const float top = top_near(y, at, &height) / (float)k;
        if (height < 0.8F * *clarity || fabsf(top - period) > 0.03F * period) {
            break;
        }
        period = top;
    }
    return period;
}

// Share of the power at the fundamental: the first Fourier coefficient of the correlation over
// whole periods. Near 0 where the period is only a common multiple of several tones (chords)
static float find_fundamental(const float* const y, const uint32_t lags, const float period)
{
    const uint32_t periods = (uint32_t)((float)(lags - 1U) / period);
    const uint32_t span = (uint32_t)((float)(periods ? periods : 1U) * period + 0.5F);
    const uint32_t end = span < lags ? span : lags;
    const float angle = (float)(2.0 * PI) / period;
    const float turn_re = cosf(angle);
    const float turn_im = sinf(angle);
    float re = 1.0F;
    float im = 0.0F;
    float sum = 0.0F;
    for (uint32_t lag = 0; lag < end; ++lag) {
        sum += y[lag] * re;
        const float next = re * turn_re - im * turn_im;
        im = re * turn_im + im * turn_re;
        re = next;
    }
    return fmaxf(0.0F, fminf(1.0F, 2.0F * sum / (float)end));
}

static PitchEstimate estimate(Pitch* const p, const uint32_t frame)
{
    const float* const energies = p->energies + p->place;
    const float now = p->energy;
    const float floor_sum = POWER_FLOOR / (1.0F - p->clarity_keep);
    for (uint32_t lag = 0; lag < p->lags; ++lag) {
        if (fabsf(p->sum[lag]) < TINY) {
            p->sum[lag] = 0.0F;
        }
        p->nsdf[lag] = 2.0F * p->sum[lag] / (now + energies[lag] + 2.0F * floor_sum);
    }

    PitchEstimate e = {.frame = frame};
    const uint32_t first = (uint32_t)(p->lag_rate_hz / HIGHEST_HZ);
    const float period = find_period(p->nsdf, p->lags, first > 2U ? first : 2U, &e.clarity);
    e.clarity = fmaxf(0.0F, fminf(1.0F, e.clarity));
    e.hz = period > 0.0F ? p->lag_rate_hz / period : 0.0F;
    e.fundamental = period > 0.0F ? find_fundamental(p->nsdf, p->lags, period) : 0.0F;
    const float power = now * (1.0F - p->clarity_keep);
    e.tonal_db = decibels(power * e.clarity);
    e.low_db = decibels(p->low_power);
    e.low_power = p->low_share_power;
    e.high_power = p->high_power;
    e.over_power = p->all_share_power - p->low_share_power;
    e.low_share = p->all_share_power > POWER_FLOOR
                      ? fminf(1.0F, p->low_share_power / p->all_share_power)
                      : 0.0F;
    e.centre_hz = p->low_share_power > POWER_FLOOR ? sqrtf(p->slope_power / p->low_share_power) *
                                                         (float)(p->band_rate_hz / (2.0 * PI))
                                                   : 0.0F;
    return e;
}

static void leak(float* const mean, const float keep, const float x)
{
    *mean = *mean * keep + x * (1.0F - keep);
    if (*mean < TINY) {
        *mean = 0.0F;
    }
}

uint32_t pitch_process(Pitch* const p, const float* const in, const uint32_t n,
                       PitchEstimate* const estimates, const uint32_t capacity)
{
    uint32_t count = 0;
    float clean[64];
    for (uint32_t done = 0; done < n;) {
        const uint32_t chunk = n - done < 64U ? n - done : 64U;
        for (uint32_t i = 0; i < chunk; ++i) {
            // Not-a-number fails both comparisons and becomes silence
            const float x = in[done + i];
            clean[i] = x > -LARGEST ? (x < LARGEST ? x : LARGEST) : (x < 0.0F ? -LARGEST : 0.0F);
        }
        for (uint32_t taken = 0; taken < chunk;) {
            float y = 0.0F;
            bool ready = false;
            const uint32_t fed =
                decimator_feed(p->decimator, clean + taken, chunk - taken, &y, &ready);
            taken += fed;
            p->band_phase += fed;
            if (!ready) {
                continue;
            }
            p->band_phase = 0;
            const double all =
                (double)leak_step(&p->leak, (float)biquad_step(&p->highpass, (double)y));
            const double low = biquad_step(&p->low[1], biquad_step(&p->low[0], all));
            leak(&p->low_power, p->level_keep, (float)(low * low));
            leak(&p->low_share_power, p->share_keep, (float)(low * low));
            leak(&p->all_share_power, p->share_keep, (float)(all * all));
            if (p->has_high) {
                const double high = biquad_step(&p->high[1], biquad_step(&p->high[0], all));
                leak(&p->high_power, p->share_keep, (float)(high * high));
            }
            leak(&p->slope_power, p->share_keep,
                 (float)((low - p->last_low) * (low - p->last_low)));
            p->last_low = low;
            if (++p->lag_phase < LAG_STEP) {
                continue;
            }
            p->lag_phase = 0;
            take_lag_sample(p, (float)low);
            if (++p->hop_phase == HOP_SAMPLES) {
                p->hop_phase = 0;
                if (count < capacity) {
                    estimates[count++] = estimate(p, done + taken - 1U);
                }
            }
        }
        done += chunk;
    }
    return count;
}

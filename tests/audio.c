// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio.h"

#include <fftw3.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__has_include)
#if __has_include(<ebur128.h>)
#include <ebur128.h>
#define HAVE_EBUR128 1
#endif
#endif

#define PI 3.14159265358979323846

static void* take(size_t bytes)
{
    void* const memory = fftwf_malloc(bytes);
    if (!memory) {
        fputs("audio: no memory\n", stderr);
        abort();
    }
    return memory;
}

static size_t power_of_two(size_t n)
{
    size_t size = 1;
    while (size * 2 <= n) {
        size *= 2;
    }
    return size;
}

// Blackman-Harris: side lobes below -92 dB
static double window(size_t i, size_t n)
{
    const double x = 2.0 * PI * (double)i / (double)n;
    return 0.35875 - 0.48829 * cos(x) + 0.14128 * cos(2.0 * x) - 0.01168 * cos(3.0 * x);
}

AudioSpectrum audio_spectrum(const float* x, size_t n, double rate)
{
    const size_t size = power_of_two(n);
    float* const in = take(size * sizeof(float));
    fftwf_complex* const out = take((size / 2 + 1) * sizeof(fftwf_complex));
    fftwf_plan plan = fftwf_plan_dft_r2c_1d((int)size, in, out, FFTW_ESTIMATE);
    double sum = 0.0;
    for (size_t i = 0; i < size; ++i) {
        const double w = window(i, size);
        sum += w * w;
        in[i] = (float)(w * (double)x[i]);
    }
    fftwf_execute(plan);
    AudioSpectrum spectrum = {size / 2 + 1, rate / (double)size,
                              take((size / 2 + 1) * sizeof(double))};
    for (size_t k = 0; k < spectrum.bins; ++k) {
        const double re = (double)out[k][0], im = (double)out[k][1];
        spectrum.power[k] = 2.0 * (re * re + im * im) / ((double)size * sum);
    }
    fftwf_destroy_plan(plan);
    fftwf_free(in);
    fftwf_free(out);
    return spectrum;
}

void audio_spectrum_free(AudioSpectrum* spectrum)
{
    fftwf_free(spectrum->power);
}

double audio_band(const AudioSpectrum* spectrum, double from_hz, double to_hz)
{
    double sum = 0.0;
    for (size_t k = 0; k < spectrum->bins; ++k) {
        const double hz = (double)k * spectrum->hz_per_bin;
        sum += hz >= from_hz && hz <= to_hz ? spectrum->power[k] : 0.0;
    }
    return sum;
}

double audio_db(double power)
{
    return 10.0 * log10(fmax(power, 1e-30));
}

double audio_partial_db(const AudioSpectrum* spectrum, double hz)
{
    return audio_db(audio_band(spectrum, hz - 12.0, hz + 12.0));
}

double audio_mean_square(const float* x, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; ++i) {
        sum += (double)x[i] * (double)x[i];
    }
    return sum / (double)n;
}

double audio_modulation(const float* x, size_t n, double rate, double from_hz, double to_hz)
{
    return audio_modulation_at(x, n, rate, 0.25 * rate, 0.25 * rate, from_hz, to_hz, NULL);
}

double audio_modulation_at(const float* x, size_t n, double rate, double hz, double half_hz,
                           double from_hz, double to_hz, double* line_hz)
{
    const size_t size = power_of_two(n);
    fftwf_complex* const z = take(size * sizeof(fftwf_complex));
    fftwf_plan there = fftwf_plan_dft_1d((int)size, z, z, FFTW_FORWARD, FFTW_ESTIMATE);
    fftwf_plan back = fftwf_plan_dft_1d((int)size, z, z, FFTW_BACKWARD, FFTW_ESTIMATE);
    for (size_t i = 0; i < size; ++i) {
        z[i][0] = x[i];
        z[i][1] = 0.0f;
    }
    fftwf_execute(there);
    for (size_t k = 0; k < size; ++k) {
        const double at = (double)k * rate / (double)size;
        if (k == 0 || k >= size / 2 || fabs(at - hz) > half_hz) {
            z[k][0] = z[k][1] = 0.0f;
        }
    }
    fftwf_execute(back);
    double mean = 0.0, sum = 0.0;
    for (size_t i = 0; i < size; ++i) {
        const double w = window(i, size);
        const double envelope = hypot((double)z[i][0], (double)z[i][1]);
        mean += w * envelope;
        sum += w;
        z[i][0] = (float)envelope;
    }
    mean /= sum;
    for (size_t i = 0; i < size; ++i) { // without its mean, to keep single precision for the rest
        z[i][0] = (float)(window(i, size) * ((double)z[i][0] - mean));
        z[i][1] = 0.0f;
    }
    fftwf_execute(there);
    double best = 0.0;
    for (size_t k = 1; k < size / 2; ++k) {
        const double at = (double)k * rate / (double)size;
        const double line = hypot((double)z[k][0], (double)z[k][1]);
        if (at >= from_hz && at <= to_hz && line > best) {
            best = line;
            if (line_hz) {
                *line_hz = at;
            }
        }
    }
    fftwf_destroy_plan(there);
    fftwf_destroy_plan(back);
    fftwf_free(z);
    return mean > 0.0 ? 2.0 * best / sum / mean : 0.0;
}

bool audio_loudness(const float* left, const float* right, size_t n, double rate,
                    double* integrated_lufs, double* true_peak_db)
{
#ifdef HAVE_EBUR128
    ebur128_state* state =
        ebur128_init(2, (unsigned long)rate, EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK);
    if (!state) {
        return false;
    }
    for (size_t at = 0; at < n; at += 4096) {
        float both[2 * 4096];
        const size_t some = n - at < 4096 ? n - at : 4096;
        for (size_t i = 0; i < some; ++i) {
            both[2 * i] = left[at + i];
            both[2 * i + 1] = right[at + i];
        }
        ebur128_add_frames_float(state, both, some);
    }
    double peak = 0.0, other = 0.0;
    ebur128_loudness_global(state, integrated_lufs);
    ebur128_true_peak(state, 0, &peak);
    ebur128_true_peak(state, 1, &other);
    *true_peak_db = 20.0 * log10(fmax(fmax(peak, other), 1e-15));
    ebur128_destroy(&state);
    return true;
#else
    (void)left, (void)right, (void)n, (void)rate, (void)integrated_lufs, (void)true_peak_db;
    return false;
#endif
}

typedef struct {
    double b[3], a[2], z[2];
} Section;

static double filter(Section* s, double x)
{
    const double y = s->b[0] * x + s->z[0];
    s->z[0] = s->b[1] * x - s->a[0] * y + s->z[1];
    s->z[1] = s->b[2] * x - s->a[1] * y;
    return y;
}

// BS.1770's pre-filter and high-pass at any rate, by the bilinear transform
static void k_weighting(double rate, Section* shelf, Section* high)
{
    double k = tan(PI * 1681.9744509555319 / rate);
    const double vh = pow(10.0, 3.99984385397 / 20.0), vb = pow(vh, 0.499666774155);
    double q = 0.7071752369554193, norm = 1.0 / (1.0 + k / q + k * k);
    *shelf = (Section){{(vh + vb * k / q + k * k) * norm, 2.0 * (k * k - vh) * norm,
                        (vh - vb * k / q + k * k) * norm},
                       {2.0 * (k * k - 1.0) * norm, (1.0 - k / q + k * k) * norm},
                       {0.0, 0.0}};
    k = tan(PI * 38.13547087613982 / rate);
    q = 0.5003270373253953;
    norm = 1.0 / (1.0 + k / q + k * k);
    *high = (Section){
        {1.0, -2.0, 1.0}, {2.0 * (k * k - 1.0) * norm, (1.0 - k / q + k * k) * norm}, {0.0, 0.0}};
}

size_t audio_momentary(const float* left, const float* right, size_t n, double rate, double* lufs,
                       size_t capacity)
{
    Section shelf[2], high[2];
    for (int c = 0; c < 2; ++c) {
        k_weighting(rate, &shelf[c], &high[c]);
    }
    const size_t hop = (size_t)(0.1 * rate);
    double parts[4] = {0.0};
    size_t count = 0;
    for (size_t at = 0, part = 0; at + hop <= n; at += hop, ++part) {
        double sum = 0.0;
        for (size_t i = at; i < at + hop; ++i) {
            const double l = filter(&high[0], filter(&shelf[0], (double)left[i]));
            const double r = filter(&high[1], filter(&shelf[1], (double)right[i]));
            sum += l * l + r * r;
        }
        parts[part % 4] = sum;
        if (part >= 3 && count < capacity) {
            const double mean = (parts[0] + parts[1] + parts[2] + parts[3]) / (4.0 * (double)hop);
            lufs[count++] = -0.691 + audio_db(mean);
        }
    }
    return count;
}

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/nn.h"

#include <math.h>
#include <string.h>

// Beat times are whole frames taken as seconds: a difference of 50 ms may come out as 50.0000000005
#define ROUNDING_MS 1e-6

void nn_add(NnSums* sums, const NnEntry* entry, double sign)
{
    sums->all += sign;
    sums->mended += sign * entry->mended;
    sums->irregular += sign * entry->irregular;
    if (!entry->nn) {
        return;
    }
    if (sums->n == 0.0 && sign > 0.0) {
        sums->shift_ms = entry->rr_ms;
        sums->sum_ms = sums->squares_ms2 = sums->seconds = sums->quality = 0.0;
    }
    const double rr_ms = entry->rr_ms - sums->shift_ms;
    sums->n += sign;
    sums->sum_ms += sign * rr_ms;
    sums->squares_ms2 += sign * rr_ms * rr_ms;
    sums->seconds += sign * 1e-3 * entry->rr_ms;
    sums->quality += sign * (double)entry->quality;
}

void nn_add_pair(NnSums* sums, const NnEntry* entry, double sign)
{
    if (!entry->pair) {
        return;
    }
    if (sums->pairs == 0.0 && sign > 0.0) {
        sums->step_ms = sums->steps2_ms2 = 0.0;
    }
    const double step_ms = fabs(entry->step_ms);
    sums->pairs += sign;
    sums->step_ms += sign * entry->step_ms;
    sums->steps2_ms2 += sign * step_ms * step_ms;
    sums->above_50 += sign * (step_ms > 50.0 + ROUNDING_MS);
    sums->above_20 += sign * (step_ms > 20.0 + ROUNDING_MS);
}

double nn_mean_ms(const NnSums* sums)
{
    return sums->n > 0.0 ? sums->shift_ms + sums->sum_ms / sums->n : 0.0;
}

static double deviation(double n, double sum, double squares)
{
    return n > 1.0 ? sqrt(fmax(squares - sum * sum / n, 0.0) / (n - 1.0)) : 0.0;
}

double nn_sdnn_ms(const NnSums* sums)
{
    return deviation(sums->n, sums->sum_ms, sums->squares_ms2);
}

double nn_rmssd_ms(const NnSums* sums)
{
    return sums->pairs > 0.0 ? sqrt(fmax(sums->steps2_ms2, 0.0) / sums->pairs) : 0.0;
}

double nn_sdsd_ms(const NnSums* sums)
{
    return deviation(sums->pairs, sums->step_ms, sums->steps2_ms2);
}

void nn_shape_reset(NnShape* shape)
{
    memset(shape, 0, sizeof(*shape));
}

static uint32_t bin(double rr_ms, double width_ms, uint32_t bins)
{
    const double index = floor((rr_ms + ROUNDING_MS) / width_ms);
    return index < 0.0 ? 0u : index < bins - 1.0 ? (uint32_t)index : bins - 1u;
}

void nn_shape_add(NnShape* shape, double rr_ms)
{
    shape->shortest_ms = shape->n > 0.0 ? fmin(shape->shortest_ms, rr_ms) : rr_ms;
    shape->longest_ms = shape->n > 0.0 ? fmax(shape->longest_ms, rr_ms) : rr_ms;
    shape->n += 1.0;

    const uint32_t in_128 = ++shape->bins_128[bin(rr_ms, 1000.0 / 128.0, NN_BINS_128)];
    if (in_128 > shape->most_128) {
        shape->most_128 = in_128;
    }
    const uint32_t index = bin(rr_ms, 50.0, NN_BINS_50);
    const uint32_t in_50 = ++shape->bins_50[index];
    if (in_50 > shape->most_50) {
        shape->most_50 = in_50;
        shape->mode_50 = index;
    }
}

double nn_triangular(const NnShape* shape)
{
    return shape->most_128 > 0 ? shape->n / shape->most_128 : 0.0;
}

double nn_stress(const NnShape* shape)
{
    const double range_s = 1e-3 * (shape->longest_ms - shape->shortest_ms);
    if (!(shape->n > 0.0 && range_s > 1e-6)) {
        return 0.0;
    }
    const double share_percent = 100.0 * shape->most_50 / shape->n;
    const double mode_s = 0.050 * (shape->mode_50 + 0.5);
    return share_percent / (2.0 * mode_s * range_s);
}

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/delay.h"

#include <stdlib.h>
#include <string.h>

struct DelayImpl {
    uint32_t length; // frames
    uint32_t at;     // the oldest frame, the next to come out
    float line[];
};

Delay* delay_new(uint32_t frames)
{
    Delay* const delay = (Delay*)calloc(1, sizeof(Delay) + frames * sizeof(float));
    if (delay) {
        delay->length = frames;
    }
    return delay;
}

void delay_free(Delay* delay)
{
    free(delay);
}

void delay_reset(Delay* delay)
{
    memset(delay->line, 0, delay->length * sizeof(float));
    delay->at = 0;
}

void delay_process(Delay* delay, const float* in, float* out, uint32_t n)
{
    if (!delay->length) {
        memmove(out, in, n * sizeof(float));
        return;
    }
    for (uint32_t i = 0; i < n; ++i) {
        const float next = in[i]; // before the write: in and out may be the same
        out[i] = delay->line[delay->at];
        delay->line[delay->at] = next;
        delay->at = delay->at + 1 == delay->length ? 0 : delay->at + 1;
    }
}

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/moving.h"

#include <string.h>

void moving_init(MovingSum* const moving, const int length)
{
    memset(moving, 0, sizeof(*moving));
    moving->length = length < 1 ? 1 : length > MOVING_MOST ? MOVING_MOST : length;
}

void moving_turn(MovingSum* const moving)
{
    double sum = 0.0;
    for (int i = moving->length - 1; i >= 0; --i) {
        sum += (double)moving->value[i];
        moving->rest[i] = sum;
    }
    moving->at = 0;
    moving->sum = 0.0;
}

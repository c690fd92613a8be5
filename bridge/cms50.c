// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/cms50.h"

#include <math.h>

bool cms50_byte(Cms50* cms50, uint8_t byte, Cms50Sample* sample, unsigned* lost)
{
    const bool first = byte & 0x80;
    if (first != (cms50->n == 0)) {
        // Out of step: what was collected is lost; a first byte begins anew
        *lost += cms50->n + !first;
        cms50->n = 0;
        if (!first) {
            return false;
        }
    }
    cms50->bytes[cms50->n++] = byte;
    if (cms50->n < 5) {
        return false;
    }
    cms50->n = 0;
    const uint8_t* const b = cms50->bytes;
    sample->finger = !(b[2] & 0x10); // "probe error"
    sample->wave = sample->finger ? b[1] : NAN;
    sample->pulse = (b[2] & 0x40) << 1 | (b[3] & 0x7F);
    sample->saturation = b[4] & 0x7F;
    return true;
}

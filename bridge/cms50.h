// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The Contec CMS50D+/E finger pulse oximeter: 60 packets of five bytes each second at 19200 baud,
/// 8 bits, odd parity. Bit 7 is set in the first byte alone; the second byte is the pulse wave,
/// 0..127.

#ifndef TONUS_BRIDGE_CMS50_H
#define TONUS_BRIDGE_CMS50_H

#include <stdbool.h>
#include <stdint.h>

#define CMS50_RATE 60.0 ///< packets per second

typedef struct {
    uint8_t bytes[5];
    unsigned n;
} Cms50;

typedef struct {
    float wave;     ///< 0..127, NAN without a finger
    int pulse;      ///< per minute, 0 = not known
    int saturation; ///< per cent, 0 = not known
    bool finger;
} Cms50Sample;

/// Takes one byte; true when it completes a packet. `*lost` counts bytes that fit in no packet.
bool cms50_byte(Cms50* cms50, uint8_t byte, Cms50Sample* sample, unsigned* lost);

#endif

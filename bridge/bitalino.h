// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// BITalino (r)evolution: frames of 1 to 6 analogue channels with a sequence number and a CRC.
/// A frame of n channels has these bytes: 1: 3, 2: 4, 3: 6, 4: 7, 5: 8, 6: 8. The last one holds
/// the sequence number (high) and the CRC (low), before it are four digital bits and the channels,
/// 10 bits each, the fifth and sixth 6 bits.

#ifndef TONUS_BRIDGE_BITALINO_H
#define TONUS_BRIDGE_BITALINO_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    unsigned channels; ///< 1..6
    uint8_t bytes[8];
    unsigned n;
    int sequence;  ///< of the last frame, -1 before the first
    bool aligned;  ///< the bytes are known to begin a frame
    int candidate; ///< sequence number of a frame that the next one must confirm, or -1
} Bitalino;

/// False when the number of channels is not 1..6
bool bitalino_begin(Bitalino* bitalino, unsigned channels);

/// Takes one byte; true when it completes a frame (and, after something was wrong, the one before
/// it was right, too: the CRC has but four bits): `values` of each channel (0..1023 or 0..63), and
/// the frames lost before it as far as the sequence number (mod 16) tells.
bool bitalino_byte(Bitalino* bitalino, uint8_t byte, float* values, unsigned* lost);

/// The command that starts live acquisition of the first n channels
uint8_t bitalino_start_command(unsigned channels);

/// The command that sets the rate: 1, 10, 100 or 1000 Hz; 0 for any other
uint8_t bitalino_rate_command(double rate);

#endif

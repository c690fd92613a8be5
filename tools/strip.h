// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// One plugin run offline through lilv, as a host's channel strip would run it.
/// Not real-time safe; one object belongs to one thread.
#ifndef TOOLS_STRIP_H
#define TOOLS_STRIP_H

#include <stdint.h>

#define STRIP_BLOCK 256u /* frames: the longest block */

typedef struct StripImpl Strip;

/// Loads the bundle (a folder; its name ends in ".lv2") and activates the plugin. NULL with one
/// line on standard error when that fails.
Strip* strip_new(const char* bundle, const char* uri, double rate_hz);
void strip_free(Strip* strip);

/// The buffer of an audio port (STRIP_BLOCK frames) or the value of a control port, by symbol.
/// NULL: no such port.
float* strip_port(Strip* strip, const char* symbol);

/// Runs n <= STRIP_BLOCK frames, without incoming events.
void strip_run(Strip* strip, uint32_t n);

/// A MIDI message that left in the last block.
typedef struct {
    uint32_t frame; ///< offset in the block
    uint8_t bytes[3];
} StripMessage;

/// Those of the last block, in time order. Returns their number.
uint32_t strip_messages(const Strip* strip, const StripMessage** messages);

#endif

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Numbers of the messages in an OSC packet (Open Sound Control 1.0), bundles included

#ifndef TONUS_BRIDGE_OSC_H
#define TONUS_BRIDGE_OSC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OSC_MAX_NUMBERS 64u

typedef struct {
    const char* address; ///< within the packet
    float values[OSC_MAX_NUMBERS];
    unsigned n; ///< numbers; arguments of other types are passed over
} OscMessage;

/// Calls `take` for each message of the packet. False when something in it is malformed; what came
/// before it was taken.
bool osc_parse(const uint8_t* packet, size_t size,
               void (*take)(void* data, const OscMessage* message), void* data);

#endif

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// A CSV of every packet of every live sensor, one line each, handed to the system at once:
/// complete up to the last packet whatever happens to the program. Several threads may write.
/// Columns: source, channel, index (of the first sample), samples, device_s (empty when the device
/// tells no time), arrival_s (JACK's clock), frame (JACK frame at which the first sample leaves,
/// empty when not known), gap (samples lost before it).

#ifndef TONUS_BRIDGE_PACKETLOG_H
#define TONUS_BRIDGE_PACKETLOG_H

#include <stdbool.h>
#include <stdint.h>

typedef struct PacketLog PacketLog;

typedef struct {
    const char* source;
    const char* channel;
    uint64_t index;
    uint32_t samples;
    double device_s; ///< NAN = none
    double arrival_s;
    double frame; ///< NAN = not known
    uint64_t gap;
} PacketLine;

/// NULL with one line in `error` (RECORDING_ERROR_SIZE bytes)
PacketLog* packetlog_open(const char* path, char* error);

/// `log` may be NULL: nothing is written.
void packetlog_write(PacketLog* log, const PacketLine* line);

/// False when not everything could be written (a full disk); packetlog_close(NULL) is fine.
bool packetlog_close(PacketLog* log);

#endif

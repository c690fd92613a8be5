// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The configuration file of tonus-bridge, for places where the same sensors come back every day:
///
///     # comment
///     name = clinic
///     log = takes/packets.csv
///     latency_offset = 20
///     person Ada = ble:Polar H10 12345678
///     person Ada = serial:/dev/ttyUSB0 device=cms50
///     person Bob = "file:takes/my = odd.edf" ecg=MLII
///     source = udp:9000 rate=250
///
/// A source's address goes on until the first KEY=VALUE; quotes keep anything together.

#ifndef TONUS_BRIDGE_CONFIG_H
#define TONUS_BRIDGE_CONFIG_H

#include "bridge/options.h"

/// Adds what the file says to the options; what they have already stays. False with one line in
/// `error` (RECORDING_ERROR_SIZE bytes), which begins with FILE:LINE: where the words are wrong.
/// `*usage` then says whether they are, or whether the file could not be read.
bool config_read(Options* options, const char* path, char* error, bool* usage);

/// $XDG_CONFIG_HOME/tonus/bridge.conf, or ~/.config/tonus/bridge.conf; "" without a home
void config_default_path(char path[CONFIG_PATH]);

#endif

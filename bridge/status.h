// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What tonus-bridge shows while it runs: a line on the terminal, JSON lines for scripts

#ifndef TONUS_BRIDGE_STATUS_H
#define TONUS_BRIDGE_STATUS_H

#include "bridge/jack.h"

/// Rewrites the last line of a terminal. `bridge` may be NULL while there is no server.
void status_line(FILE* out, const Bridge* bridge, Source* const* sources, unsigned n);

/// One line of JSON
void status_json(FILE* out, const Bridge* bridge, Source* const* sources, unsigned n);

#endif

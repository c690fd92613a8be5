// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// A simulated sensor whose packets come over a simulated link, through the bridge's clock, stream
/// and player to the frames of a port: what tests and benches measure R peaks on.

#ifndef TONUS_TESTS_SENSORPORT_H
#define TONUS_TESTS_SENSORPORT_H

#include "bridge/link.h"

#include <stdint.h>

typedef struct {
    double rate;            ///< nominal, Hz
    double error;           ///< the true rate is rate (1 + error)
    unsigned packet;        ///< samples
    const LinkModel* link;  ///< how packets arrive
    double from_s, until_s; ///< R peaks count from here, after the start; the end
    double gone_s[2];       ///< no packet comes between these times; {0, 0}: never
    double peak_s;          ///< standard deviation of an R peak; 0: 10 ms. Pulse waves are wider
    uint32_t seed;          ///< of the link's delays, and of how its events lie against samples
} SensorCase;

typedef struct {
    double late_ms;           ///< R peaks on the port: mean of (when they come - announced), and
    double sd_ms, max_ms;     ///< how they wander around that
    double rr_sd_ms;          ///< error of intervals of about a second
    double rr_max_ms;         ///< the worst of them
    double good;              ///< share of frames with quality 1
    double first_good_s;      ///< when quality first was 1
    double drift_ms;          ///< late_ms of the last quarter less that of the first
    unsigned peaks, expected; ///< found; there were
    float highest;            ///< magnitude on the port
} SensorResult;

/// R peaks a second apart through all that. What the port says is not good (quality 0) is not
/// measured.
SensorResult sensor_listen(const SensorCase* what);

#endif

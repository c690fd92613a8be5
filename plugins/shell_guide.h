// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// A guide's ports, the same in each plugin that has one: what leads it, and what it has to show.
#ifndef PLUGINS_SHELL_GUIDE_H
#define PLUGINS_SHELL_GUIDE_H

#include "dsp/guide.h"
#include "dsp/pacer.h"
#include "plugins/shell.h"

/// The indices of these ports.
typedef struct {
    uint32_t enabled, start, pause, skip, mark, before, exercise_time, after, ceiling;
    uint32_t phase, elapsed, remaining, pace, marks;
    uint32_t change, change_low, change_high, change_resp_hrv, change_reason;
    uint32_t change_heart_rate, change_heart_rate_margin, heart_rate_reason;
    uint32_t breath_before, breath_after, heart_rate_before, heart_rate_after;
    uint32_t rmssd_before, rmssd_after, resp_hrv_before, resp_hrv_after;
    uint32_t drop, time_to_lowest, recovery;
    uint32_t hint_dizzy, hint_rate, hint_caution, hint_signal, hint_rest;
    uint32_t resonance, resonance_confidence;
} ShellGuidePorts;

/// Those of the plugin whose generated names begin with P; `TIME` names the exercise's own time.
#define SHELL_GUIDE_PORTS(P, TIME)                                                                 \
    {                                                                                              \
        P##_PORT_ENABLED, P##_PORT_START, P##_PORT_PAUSE, P##_PORT_SKIP, P##_PORT_MARK,            \
            P##_PORT_BEFORE, P##_PORT_##TIME, P##_PORT_AFTER, P##_PORT_CEILING, P##_PORT_PHASE,    \
            P##_PORT_ELAPSED, P##_PORT_REMAINING, P##_PORT_PACE, P##_PORT_MARKS, P##_PORT_CHANGE,  \
            P##_PORT_CHANGE_LOW, P##_PORT_CHANGE_HIGH, P##_PORT_CHANGE_RESP_HRV,                   \
            P##_PORT_CHANGE_REASON, P##_PORT_CHANGE_HEART_RATE, P##_PORT_CHANGE_HEART_RATE_MARGIN, \
            P##_PORT_HEART_RATE_REASON, P##_PORT_BREATH_BEFORE, P##_PORT_BREATH_AFTER,             \
            P##_PORT_HEART_RATE_BEFORE, P##_PORT_HEART_RATE_AFTER, P##_PORT_RMSSD_BEFORE,          \
            P##_PORT_RMSSD_AFTER, P##_PORT_RESP_HRV_BEFORE, P##_PORT_RESP_HRV_AFTER,               \
            P##_PORT_DROP, P##_PORT_TIME_TO_LOWEST, P##_PORT_RECOVERY, P##_PORT_HINT_DIZZY,        \
            P##_PORT_HINT_RATE, P##_PORT_HINT_CAUTION, P##_PORT_HINT_SIGNAL, P##_PORT_HINT_REST,   \
            P##_PORT_RESONANCE, P##_PORT_RESONANCE_CONFIDENCE                                      \
    }

/// The switches as they were: what counts is that they are pressed.
typedef struct {
    bool start, skip, mark;
} ShellGuideSwitches;

/// Leads the guide by its controls; the exercise is the caller's, who also says whether there is
/// one to start. [realtime]
void shell_guide_lead(const Shell* shell, const ShellGuidePorts* ports, ShellGuideSwitches* before,
                      Guide* guide, bool may_start);

/// Shows all outputs. [realtime]
void shell_guide_show(Shell* shell, const ShellGuidePorts* ports, const Guide* guide,
                      const Pacer* pacer);

#endif

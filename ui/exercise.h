// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// An exercise as the windows of Tonus Guide and Tonus show it: from ports and from what the plugin
/// tells to the data of the views. One thread.
#ifndef UI_EXERCISE_H
#define UI_EXERCISE_H

#include "ui/view_guide.h"
#include "ui/view_timeline.h"
#include "ui/window.h"

enum { EXERCISE_TEXT = 512, EXERCISE_CHANGES = 3, EXERCISE_HINTS = 4, EXERCISE_DONE = 4 };

/// The indices of these ports.
typedef struct {
    uint32_t exercise, phase, elapsed, remaining, pause, before, length, after;
    uint32_t change_reason, heart_rate_reason;
    uint32_t value_before[EXERCISE_CHANGES], value_after[EXERCISE_CHANGES];
    uint32_t hint[EXERCISE_HINTS]; ///< what matters most first
} ExercisePorts;

/// Those of the plugin whose generated names begin with P; LENGTH is the exercise's own time.
#define EXERCISE_PORTS(P, LENGTH)                                                                  \
    {                                                                                              \
        .exercise = P##_PORT_EXERCISE, .phase = P##_PORT_PHASE, .elapsed = P##_PORT_ELAPSED,       \
        .remaining = P##_PORT_REMAINING, .pause = P##_PORT_PAUSE, .before = P##_PORT_BEFORE,       \
        .length = P##_PORT_##LENGTH, .after = P##_PORT_AFTER,                                      \
        .change_reason = P##_PORT_CHANGE_REASON, .heart_rate_reason = P##_PORT_HEART_RATE_REASON,  \
        .value_before = {P##_PORT_RMSSD_BEFORE, P##_PORT_RESP_HRV_BEFORE,                          \
                         P##_PORT_HEART_RATE_BEFORE},                                              \
        .value_after = {P##_PORT_RMSSD_AFTER, P##_PORT_RESP_HRV_AFTER, P##_PORT_HEART_RATE_AFTER}, \
        .hint = {P##_PORT_HINT_DIZZY, P##_PORT_HINT_RATE, P##_PORT_HINT_REST,                      \
                 P##_PORT_HINT_SIGNAL},                                                            \
    }

typedef struct {
    float table_s[3];                                ///< of the exercise's parts, as its table says
    char how[EXERCISE_TEXT], caution[EXERCISE_TEXT]; ///< in English
    TimelinePart part[3];
    GuideChange change[EXERCISE_CHANGES];
} ExerciseFeed;

/// Takes the object Session.
void exercise_take(ExerciseFeed* feed, const WindowObject* object);

/// Valid until the next call on the feed.
TimelineData exercise_timeline(const Window* window, const ExercisePorts* ports,
                               ExerciseFeed* feed);
GuideData exercise_words(const Window* window, const ExercisePorts* ports, ExerciseFeed* feed);

#endif

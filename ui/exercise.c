// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/exercise.h"
#include "ui/object.h"

#include <math.h>

void exercise_take(ExerciseFeed* feed, const WindowObject* object)
{
    static const uint32_t terms[3] = {UI_BEFORE, UI_EXERCISE, UI_AFTER};
    for (int i = 0; i < 3; ++i) {
        window_number(object, terms[i], &feed->table_s[i]);
    }
}

static int number_of(const Window* window, uint32_t port)
{
    return (int)lrintf(window->value[port]);
}

// What was set, else what the exercise's table says; below 0: until stopped
static double part_s(const Window* window, uint32_t port, float table_s, bool open)
{
    const double set_s = (double)window->value[port];
    const double length_s = set_s >= 0.0 ? set_s : (double)table_s;
    return open && !(length_s > 0.0) ? -1.0 : length_s;
}

TimelineData exercise_timeline(const Window* window, const ExercisePorts* ports, ExerciseFeed* feed)
{
    const Theme* const theme = &window->theme;
    const char* const name = window_word(window, ports->exercise);
    const bool free = number_of(window, ports->exercise) == 0;
    feed->part[0] =
        (TimelinePart){_("Rest before"), part_s(window, ports->before, feed->table_s[0], false)};
    feed->part[1] = (TimelinePart){name, part_s(window, ports->length, feed->table_s[1], true)};
    feed->part[2] =
        (TimelinePart){_("Rest after"), part_s(window, ports->after, feed->table_s[2], false)};
    return (TimelineData){.title = name,
                          .parts = feed->part,
                          .n = free ? 0 : 3,
                          .current = number_of(window, ports->phase) - 1,
                          .elapsed_s = (double)window->value[ports->elapsed],
                          .remaining_s = (double)window->value[ports->remaining],
                          .paused = window->value[ports->pause] > 0.5f,
                          .next = free ? _("Choose an exercise to be guided") : NULL};
}

static const char* hint(const Window* window, const ExercisePorts* ports)
{
    for (int i = 0; i < EXERCISE_HINTS; ++i) {
        if (window->value[ports->hint[i]] > 0.5f) {
            return text_get(window->text, window->kind->texts[ports->hint[i]].name);
        }
    }
    return NULL;
}

GuideData exercise_words(const Window* window, const ExercisePorts* ports, ExerciseFeed* feed)
{
    static const char* const names[EXERCISE_CHANGES] = {N_("RMSSD"), N_("Respiratory HRV"),
                                                        N_("Heart rate")};
    static const char* const units[EXERCISE_CHANGES] = {N_("ms"), N_("ms"), N_("bpm")};
    const Theme* const theme = &window->theme;
    const bool done = number_of(window, ports->phase) == EXERCISE_DONE;
    const bool free = number_of(window, ports->exercise) == 0;
    for (int i = 0; i < EXERCISE_CHANGES; ++i) {
        const uint32_t reason = i < 2 ? ports->change_reason : ports->heart_rate_reason;
        const bool compared = number_of(window, reason) == 0;
        feed->change[i] = (GuideChange){.name = _(names[i]),
                                        .before = window_known(window, ports->value_before[i]),
                                        .after = window_known(window, ports->value_after[i]),
                                        .unit = _(units[i]),
                                        .reason = compared ? "" : window_word(window, reason)};
    }
    return (GuideData){.title = window_word(window, ports->exercise),
                       // when it is over the changes have the room
                       .how = done || free ? NULL : text_get(window->text, feed->how),
                       .caution = done || free ? NULL : text_get(window->text, feed->caution),
                       .hint = hint(window, ports),
                       .reason = free ? _("Breathe as you like") : NULL,
                       .changes = feed->change,
                       .n_changes = done ? EXERCISE_CHANGES : 0};
}

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The window of Tonus Guide: the exercise in words and on its line of time, the pace, what it
/// changed.
#include "ttl/guide.h"
#include "ui/board.h"
#include "ui/exercise.h"
#include "ui/object.h"

#include <stdio.h>

enum { HOW, CAUTION, N_TEXTS };
static const char* const text_uris[N_TEXTS] = {GUIDE_PROPERTY_HOW, GUIDE_PROPERTY_CAUTION};

static const uint32_t ports[] = {GUIDE_PORT_START,    GUIDE_PORT_EXERCISE, GUIDE_PORT_PAUSE,
                                 GUIDE_PORT_SKIP,     GUIDE_PORT_MARK,     GUIDE_PORT_BEFORE,
                                 GUIDE_PORT_DURATION, GUIDE_PORT_AFTER,    GUIDE_PORT_FOLLOW,
                                 GUIDE_PORT_CEILING,  GUIDE_PORT_CHANNEL,  GUIDE_PORT_ENABLED};
static const BoardParts parts = {.controls = ports, .n_controls = sizeof(ports) / sizeof(ports[0])};

static const ExercisePorts exercise_ports = EXERCISE_PORTS(GUIDE, DURATION);

typedef struct {
    Board board; // first
    FeedLungs lungs;
    ExerciseFeed exercise;
    int lungs_pane, timeline_pane, guide_pane;
    bool stale;
    double next_slow_s;
} GuideWindow;

static void draw_lungs(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    GuideWindow* const self = (GuideWindow*)window;
    board_lungs(window, cr, box, &self->lungs, true, _("Breathe as you like"));
}

static void draw_timeline(Window* window, cairo_t* cr, Rect box)
{
    GuideWindow* const self = (GuideWindow*)window;
    const TimelineData data = exercise_timeline(window, &exercise_ports, &self->exercise);
    timeline_draw(cr, &window->theme, box, &data);
}

static void draw_guide(Window* window, cairo_t* cr, Rect box)
{
    GuideWindow* const self = (GuideWindow*)window;
    const GuideData data = exercise_words(window, &exercise_ports, &self->exercise);
    guide_draw(cr, &window->theme, box, &data);
}

static void open(Window* window)
{
    GuideWindow* const self = (GuideWindow*)window;
    self->lungs_pane = window_pane(window, draw_lungs);
    self->timeline_pane = window_pane(window, draw_timeline);
    self->guide_pane = window_pane(window, draw_guide);
    board_open(window, &parts);
    Control* const start = controls_find(&window->controls, GUIDE_PORT_START);
    start->on = N_("Stop");
    start->off = N_("Start");
    start->primary = true;
}

static void layout(Window* window, Rect room)
{
    GuideWindow* const self = (GuideWindow*)window;
    const Theme* const theme = &window->theme;
    board_layout(window, &room);
    window->pane[self->timeline_pane].box = cut_bottom(&room, 8.0 * theme->body, theme->margin);
    window->pane[self->guide_pane].box = cut_bottom(&room, 0.42 * room.h, theme->margin);
    window->pane[self->lungs_pane].box = room;
}

static void changed(Window* window, uint32_t port)
{
    (void)port; // what it shows is drawn by the second
    ((GuideWindow*)window)->stale = true;
}

static void object(Window* window, uint32_t term, const WindowObject* object)
{
    GuideWindow* const self = (GuideWindow*)window;
    if (term == UI_PACE) {
        window_pace(window, &self->lungs, object);
    } else if (term == UI_SESSION) {
        exercise_take(&self->exercise, object);
        self->stale = true;
    }
}

static void take_text(Window* window, int property, const char* text)
{
    GuideWindow* const self = (GuideWindow*)window;
    snprintf(property == HOW ? self->exercise.how : self->exercise.caution, EXERCISE_TEXT, "%s",
             text);
    self->stale = true;
}

static void tick(Window* window)
{
    GuideWindow* const self = (GuideWindow*)window;
    board_move_lungs(window, &self->lungs, self->lungs_pane);
    if (self->stale && window->now_s >= self->next_slow_s) {
        self->stale = false;
        self->next_slow_s = window->now_s + 1.0;
        window_dirty(window, self->timeline_pane);
        window_dirty(window, self->guide_pane);
    }
}

static const WindowKind kind = {.uri = GUIDE_WINDOW_URI,
                                .title = "Tonus Guide",
                                .ports = guide_ports,
                                .texts = guide_texts,
                                .n_ports = GUIDE_N_PORTS,
                                .size = sizeof(GuideWindow),
                                .width = 900,
                                .height = 680,
                                .open = open,
                                .layout = layout,
                                .changed = changed,
                                .properties = text_uris,
                                .n_properties = N_TEXTS,
                                .text = take_text,
                                .object = object,
                                .tick = tick};

WINDOW_EXPORT(kind, GUIDE_WINDOW_URI)

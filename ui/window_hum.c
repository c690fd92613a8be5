// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The window of Tonus Hum: the pitch of the hum against the notes of the drone.
#include "ttl/hum.h"
#include "ui/board.h"
#include "ui/view_pitch.h"

#include <math.h>
#include <string.h>

#define POINT_S 0.05 // between two points of the pitch
#define SPAN_S  30.0 // shown

enum { POINTS = 1024 };

static const uint32_t ports[] = {HUM_PORT_ROOT, HUM_PORT_SINGING, HUM_PORT_CHANNEL,
                                 HUM_PORT_ENABLED};
static const BoardNumber numbers[] = {
    {HUM_PORT_PITCH, 1, HUM_PORT_QUALITY, BOARD_NONE, false},
    {HUM_PORT_DURATION, 1, BOARD_NONE, BOARD_NONE, false},
    {HUM_PORT_SHARE, 0, BOARD_NONE, BOARD_NONE, false},
    {HUM_PORT_HUMS_PER_MINUTE, 1, BOARD_NONE, BOARD_NONE, false},
    {HUM_PORT_STEADINESS, 0, BOARD_NONE, BOARD_NONE, false},
};
static const BoardParts parts = {ports, sizeof(ports) / sizeof(ports[0]), numbers,
                                 sizeof(numbers) / sizeof(numbers[0]), 5.6};

typedef struct {
    Board board; // first
    PitchPoint point[POINTS];
    size_t n;
    bool moving; // there is a hum in what is shown
    int pitch_pane;
    double last_hum_s;
} HumWindow;

static void draw_pitch(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    HumWindow* const self = (HumWindow*)window;
    const double root_hz = (double)window->value[HUM_PORT_ROOT];
    const double notes_hz[] = {root_hz, 1.5 * root_hz, 2.0 * root_hz}; // root, fifth, octave
    const PitchData data = {.title = _("Pitch of the hum"),
                            .points = self->point,
                            .n = self->n,
                            .now_s = window->now_s,
                            .span_s = SPAN_S,
                            .notes_hz = notes_hz,
                            .n_notes = root_hz > 0.0 ? 3 : 0,
                            .share = (double)window->value[HUM_PORT_SHARE] / 100.0,
                            .reason = _("Hum, and its pitch is drawn here")};
    pitch_draw(cr, theme, box, &data);
}

static void open(Window* window)
{
    HumWindow* const self = (HumWindow*)window;
    self->pitch_pane = window_pane(window, draw_pitch);
    board_open(window, &parts);
}

static void layout(Window* window, Rect room)
{
    HumWindow* const self = (HumWindow*)window;
    board_layout(window, &room);
    window->pane[self->pitch_pane].box = room;
}

static void changed(Window* window, uint32_t port)
{
    HumWindow* const self = (HumWindow*)window;
    board_changed(window, port);
    if (port == HUM_PORT_ROOT) {
        window_dirty(window, self->pitch_pane);
    }
}

static void tick(Window* window)
{
    HumWindow* const self = (HumWindow*)window;
    const bool humming = window->value[HUM_PORT_HUMMING] > 0.5f;
    self->last_hum_s = humming ? window->now_s : self->last_hum_s;
    if (!self->n || window->now_s >= self->point[self->n - 1].time_s + POINT_S) {
        if (self->n == POINTS) {
            self->n -= POINTS / 4;
            memmove(self->point, self->point + POINTS / 4, self->n * sizeof(PitchPoint));
        }
        const PitchPoint point = {window->now_s,
                                  humming ? (double)window->value[HUM_PORT_PITCH] : (double)NAN};
        self->point[self->n++] = point;
        if (self->last_hum_s > 0.0 && window->now_s - self->last_hum_s < SPAN_S + 1.0) {
            window_dirty(window, self->pitch_pane);
        }
    }
    board_tick(window);
}

static const WindowKind kind = {.uri = HUM_WINDOW_URI,
                                .title = "Tonus Hum",
                                .ports = hum_ports,
                                .texts = hum_texts,
                                .n_ports = HUM_N_PORTS,
                                .size = sizeof(HumWindow),
                                .width = 820,
                                .height = 460,
                                .open = open,
                                .layout = layout,
                                .changed = changed,
                                .tick = tick};

WINDOW_EXPORT(kind, HUM_WINDOW_URI)

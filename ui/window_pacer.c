// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The window of Tonus Pacer: the paced breath as a figure and as a curve.
#include "ttl/pacer.h"
#include "ui/board.h"
#include "ui/object.h"
#include "ui/view_pacer.h"

#include <math.h>

static const uint32_t ports[] = {PACER_PORT_INHALE,   PACER_PORT_HOLD_IN, PACER_PORT_EXHALE,
                                 PACER_PORT_HOLD_OUT, PACER_PORT_FOLLOW,  PACER_PORT_SEARCH,
                                 PACER_PORT_TEMPO,    PACER_PORT_BARS,    PACER_PORT_CUE,
                                 PACER_PORT_VOLUME,   PACER_PORT_ROOT,    PACER_PORT_CHANNEL,
                                 PACER_PORT_ENABLED};
static const BoardNumber numbers[] = {
    {PACER_PORT_RATE, 1, BOARD_NONE, BOARD_NONE, false},
    {PACER_PORT_RESONANCE, 1, BOARD_NONE, BOARD_NONE, false},
    {PACER_PORT_CONFIDENCE, 0, BOARD_NONE, BOARD_NONE, false},
    {PACER_PORT_PROGRESS, 0, BOARD_NONE, BOARD_NONE, false},
};
static const BoardParts parts = {ports, sizeof(ports) / sizeof(ports[0]), numbers,
                                 sizeof(numbers) / sizeof(numbers[0]), 5.6};

typedef struct {
    Board board; // first
    FeedLungs lungs;
    float seconds[4]; // of the present breath
    double phase;     // NAN: it rests
    int lungs_pane, pacer_pane;
} PacerWindow;

static void draw_lungs(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    PacerWindow* const self = (PacerWindow*)window;
    board_lungs(window, cr, box, &self->lungs, true, _("The pacer rests"));
}

static void draw_pacer(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    PacerWindow* const self = (PacerWindow*)window;
    const PacerData data = {.title = _("Paced breath"),
                            .inhale_s = (double)self->seconds[0],
                            .hold_in_s = (double)self->seconds[1],
                            .exhale_s = (double)self->seconds[2],
                            .hold_out_s = (double)self->seconds[3],
                            .phase = self->phase,
                            .rate_per_min = window_known(window, PACER_PORT_RATE),
                            .goal_per_min = (double)NAN,
                            .reason = _("The pacer rests")};
    pacer_draw(cr, theme, box, &data);
}

static void open(Window* window)
{
    PacerWindow* const self = (PacerWindow*)window;
    self->phase = (double)NAN;
    self->lungs_pane = window_pane(window, draw_lungs);
    self->pacer_pane = window_pane(window, draw_pacer);
    board_open(window, &parts);
}

static void layout(Window* window, Rect room)
{
    PacerWindow* const self = (PacerWindow*)window;
    const Theme* const theme = &window->theme;
    board_layout(window, &room);
    window->pane[self->pacer_pane].box = cut_bottom(&room, 0.36 * room.h, theme->margin);
    window->pane[self->lungs_pane].box = room;
}

static void object(Window* window, uint32_t term, const WindowObject* object)
{
    static const uint32_t terms[4] = {UI_INHALE, UI_HOLD_IN, UI_EXHALE, UI_HOLD_OUT};
    PacerWindow* const self = (PacerWindow*)window;
    if (term == UI_PACE && window_pace(window, &self->lungs, object)) {
        float part = 0.0f;
        float phase = 0.0f;
        window_number(object, UI_PART, &part);
        window_number(object, UI_PHASE, &phase);
        for (int i = 0; i < 4; ++i) {
            window_number(object, terms[i], &self->seconds[i]);
        }
        const bool rested = isnan(self->phase);
        self->phase = part > 0.5f ? (double)phase : (double)NAN;
        if (!rested || !isnan(self->phase)) {
            window_dirty(window, self->pacer_pane);
        }
    }
}

static void tick(Window* window)
{
    PacerWindow* const self = (PacerWindow*)window;
    board_move_lungs(window, &self->lungs, self->lungs_pane);
    board_tick(window);
}

static const WindowKind kind = {.uri = PACER_WINDOW_URI,
                                .title = "Tonus Pacer",
                                .ports = pacer_ports,
                                .texts = pacer_texts,
                                .n_ports = PACER_N_PORTS,
                                .size = sizeof(PacerWindow),
                                .width = 880,
                                .height = 640,
                                .open = open,
                                .layout = layout,
                                .changed = board_changed,
                                .object = object,
                                .tick = tick};

WINDOW_EXPORT(kind, PACER_WINDOW_URI)

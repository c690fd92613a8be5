// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The window of Tonus HRV: the intervals, each against the next, the tone, the measures.
#include "ttl/hrv.h"
#include "ui/board.h"
#include "ui/view_poincare.h"

#include <math.h>

static const uint32_t ports[] = {HRV_PORT_WINDOW, HRV_PORT_CLEAN,   HRV_PORT_DRIVE,  HRV_PORT_LEARN,
                                 HRV_PORT_SPAN,   HRV_PORT_CHANNEL, HRV_PORT_ENABLED};
enum { N_PORTS = sizeof(ports) / sizeof(ports[0]) };
static const BoardNumber numbers[] = {
    {HRV_PORT_HEART_RATE, 0, HRV_PORT_HRV_QUALITY, HRV_PORT_HRV_REASON, false},
    {HRV_PORT_RMSSD, 0, HRV_PORT_HRV_QUALITY, HRV_PORT_HRV_REASON, false},
    {HRV_PORT_RESP_HRV, 0, BOARD_NONE, HRV_PORT_RESP_REASON, false},
    {HRV_PORT_SDNN, 0, BOARD_NONE, HRV_PORT_HRV_REASON, false},
    {HRV_PORT_LF, 0, BOARD_NONE, HRV_PORT_HRV_REASON, false},
    {HRV_PORT_HF, 0, BOARD_NONE, HRV_PORT_HF_REASON, false},
    {HRV_PORT_COHERENCE, 1, BOARD_NONE, HRV_PORT_HRV_REASON, false},
};
enum { N_NUMBERS = sizeof(numbers) / sizeof(numbers[0]) };

typedef struct {
    Window window; // first
    FeedTacho tacho;
    FeedTone tone;
    double rr_ms[FEED_BEATS], next_ms[FEED_BEATS];
    int tacho_pane, poincare_pane, tone_pane, numbers_pane;
    bool stale;
    double next_slow_s;
} HrvWindow;

static double span_s(const Window* window)
{
    return 60.0 * (double)window->value[HRV_PORT_SPAN];
}

static const char* tone_reason(const Window* window)
{
    return window->value[HRV_PORT_TONE_REASON] > 0.5f ? window_word(window, HRV_PORT_TONE_REASON)
                                                      : NULL;
}

static void draw_tacho(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    HrvWindow* const self = (HrvWindow*)window;
    const TachoData data = feed_tacho_data(&self->tacho, window->now_s, span_s(window),
                                           _("Heartbeat intervals"), _("Waiting for heartbeats"));
    tacho_draw(cr, theme, box, &data);
}

// Pairs of neighbours in the time shown, both normal
static size_t pairs(HrvWindow* self, double from_s)
{
    size_t n = 0;
    const TachoBeat* const beat = self->tacho.beat;
    for (size_t i = 1; i < self->tacho.n_beats; ++i) {
        const double gap_ms = 1000.0 * (beat[i].time_s - beat[i - 1].time_s);
        if (beat[i - 1].time_s >= from_s && beat[i].normal && beat[i - 1].normal &&
            fabs(gap_ms - beat[i].rr_ms) < 0.25 * beat[i].rr_ms) {
            self->rr_ms[n] = beat[i - 1].rr_ms;
            self->next_ms[n++] = beat[i].rr_ms;
        }
    }
    return n;
}

static void draw_poincare(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    HrvWindow* const self = (HrvWindow*)window;
    const size_t n = pairs(self, window->now_s - span_s(window));
    const PoincareData data = {.title = _("Poincaré plot"),
                               .rr_ms = self->rr_ms,
                               .next_ms = self->next_ms,
                               .n = n,
                               .sd1_ms = window_known(window, HRV_PORT_SD1),
                               .sd2_ms = window_known(window, HRV_PORT_SD2),
                               .reason = n ? NULL : _("Waiting for heartbeats")};
    poincare_draw(cr, theme, box, &data);
}

static void draw_tone(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    HrvWindow* const self = (HrvWindow*)window;
    ToneData data =
        feed_tone_data(&self->tone, window->now_s, span_s(window), _("Tone"), tone_reason(window));
    data.learned = (double)window->value[HRV_PORT_LEARNED] / 100.0;
    tone_draw(cr, theme, box, &data);
}

static void draw_numbers(Window* window, cairo_t* cr, Rect box)
{
    board_numbers(window, cr, box, numbers, N_NUMBERS);
}

static void open(Window* window)
{
    HrvWindow* const self = (HrvWindow*)window;
    self->tacho_pane = window_pane(window, draw_tacho);
    self->poincare_pane = window_pane(window, draw_poincare);
    self->tone_pane = window_pane(window, draw_tone);
    self->numbers_pane = window_pane(window, draw_numbers);
    window_controls(window, ports, N_PORTS);
}

static void layout(Window* window, Rect room)
{
    HrvWindow* const self = (HrvWindow*)window;
    const Theme* const theme = &window->theme;
    board_side(window, &room, N_PORTS);
    window->pane[self->numbers_pane].box = cut_bottom(&room, 9.4 * theme->body, theme->margin);
    window->pane[self->tacho_pane].box = cut_top(&room, 0.5 * room.h, theme->margin);
    window->pane[self->poincare_pane].box =
        cut_right(&room, fmin(room.h, 0.5 * room.w), theme->margin);
    window->pane[self->tone_pane].box = room;
}

static void changed(Window* window, uint32_t port)
{
    HrvWindow* const self = (HrvWindow*)window;
    self->stale = self->stale || board_has(numbers, N_NUMBERS, port);
    if (port == HRV_PORT_SPAN) {
        window_relayout(window);
    }
}

static void object(Window* window, uint32_t term, const WindowObject* object)
{
    HrvWindow* const self = (HrvWindow*)window;
    if (term == UI_BEAT && window_beat(window, NULL, &self->tacho, object)) {
        window_dirty(window, self->tacho_pane);
        window_dirty(window, self->poincare_pane);
    }
}

static void tick(Window* window)
{
    HrvWindow* const self = (HrvWindow*)window;
    feed_tone(&self->tone, window->now_s,
              tone_reason(window) ? (double)NAN : (double)window->value[HRV_PORT_TONE],
              (double)window->value[HRV_PORT_HRV_QUALITY]);
    if (window->now_s < self->next_slow_s) {
        return;
    }
    self->next_slow_s = window->now_s + 1.0;
    if (self->tacho.n_beats) {
        window_dirty(window, self->tacho_pane);
        window_dirty(window, self->tone_pane);
    }
    if (self->stale) {
        self->stale = false;
        window_dirty(window, self->numbers_pane);
    }
}

static const WindowKind kind = {.uri = HRV_WINDOW_URI,
                                .title = "Tonus HRV",
                                .ports = hrv_ports,
                                .texts = hrv_texts,
                                .n_ports = HRV_N_PORTS,
                                .size = sizeof(HrvWindow),
                                .width = 980,
                                .height = 680,
                                .open = open,
                                .layout = layout,
                                .changed = changed,
                                .object = object,
                                .tick = tick};

WINDOW_EXPORT(kind, HRV_WINDOW_URI)

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The window of Tonus HRV: the intervals, each against the next, their
/// spectrum, the tone, the measures.
#include "ttl/hrv.h"
#include "ui/board.h"
#include "ui/object.h"
#include "ui/view_poincare.h"
#include "ui/view_spectrum.h"

#include <math.h>

static const uint32_t ports[] = {HRV_PORT_WINDOW, HRV_PORT_CLEAN,   HRV_PORT_DRIVE,  HRV_PORT_LEARN,
                                 HRV_PORT_SPAN,   HRV_PORT_CHANNEL, HRV_PORT_ENABLED};
static const BoardNumber numbers[] = {
    {HRV_PORT_HEART_RATE, 0, HRV_PORT_HRV_QUALITY, HRV_PORT_HRV_REASON, false},
    {HRV_PORT_RMSSD, 0, HRV_PORT_HRV_QUALITY, HRV_PORT_HRV_REASON, false},
    {HRV_PORT_RESP_HRV, 0, BOARD_NONE, HRV_PORT_RESP_REASON, false},
    {HRV_PORT_SDNN, 0, BOARD_NONE, HRV_PORT_HRV_REASON, false},
    {HRV_PORT_LF, 0, BOARD_NONE, HRV_PORT_HRV_REASON, false},
    {HRV_PORT_HF, 0, BOARD_NONE, HRV_PORT_HF_REASON, false},
    {HRV_PORT_COHERENCE, 1, BOARD_NONE, HRV_PORT_HRV_REASON, false},
};
static const BoardParts parts = {ports, sizeof(ports) / sizeof(ports[0]), numbers,
                                 sizeof(numbers) / sizeof(numbers[0]), 10.8};

#define BREATH_HALF_HZ 0.015 // of the breathing band, as of the coherence's peak

enum { SPECTRUM_MOST = 512 }; // lines

typedef struct {
    Board board; // first
    FeedTacho tacho;
    FeedTone tone;
    double rr_ms[FEED_BEATS], next_ms[FEED_BEATS];
    double density[SPECTRUM_MOST]; // ms² per Hz, line k around (k + 0.5) line_hz
    size_t n_lines;                // 0: none was told whole
    double line_hz, breath_hz;     // 0: not known
    int tacho_pane, poincare_pane, spectrum_pane, tone_pane;
    bool stale_spectrum;
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

static void draw_spectrum(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    HrvWindow* const self = (HrvWindow*)window;
    const bool known = window->value[HRV_PORT_MEAN_RR] > 0.0f;
    const SpectrumData data = {.title = _("Spectrum"),
                               .power = self->density,
                               .n = known ? self->n_lines : 0,
                               .first_hz = 0.5 * self->line_hz,
                               .step_hz = self->line_hz,
                               .lf_ms2 = window_known(window, HRV_PORT_LF),
                               .hf_ms2 = window_known(window, HRV_PORT_HF),
                               .breath_hz = self->breath_hz,
                               .breath_band_hz = BREATH_HALF_HZ,
                               .reason = known ? _("Window too short so far")
                                               : _("Waiting for heartbeats")};
    spectrum_draw(cr, theme, box, &data);
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

static void open(Window* window)
{
    HrvWindow* const self = (HrvWindow*)window;
    self->tacho_pane = window_pane(window, draw_tacho);
    self->poincare_pane = window_pane(window, draw_poincare);
    self->spectrum_pane = window_pane(window, draw_spectrum);
    self->tone_pane = window_pane(window, draw_tone);
    board_open(window, &parts);
}

static void layout(Window* window, Rect room)
{
    HrvWindow* const self = (HrvWindow*)window;
    const Theme* const theme = &window->theme;
    board_layout(window, &room);
    window->pane[self->tacho_pane].box = cut_top(&room, 0.34 * room.h, theme->margin);
    Rect middle = cut_top(&room, 0.62 * room.h, theme->margin);
    window->pane[self->poincare_pane].box =
        cut_right(&middle, fmin(1.15 * middle.h, 0.45 * middle.w), theme->margin);
    window->pane[self->spectrum_pane].box = middle;
    window->pane[self->tone_pane].box = room;
}

static void changed(Window* window, uint32_t port)
{
    board_changed(window, port);
    if (port == HRV_PORT_SPAN) {
        window_relayout(window);
    }
}

// False: the slice is not whole
static bool take_spectrum(HrvWindow* self, const WindowObject* object)
{
    float first = 0.0f;
    float total = 0.0f;
    float step_hz = 0.0f;
    float breaths = 0.0f;
    uint32_t n = 0;
    const float* const power = window_vector(object, UI_POWER, &n);
    if (!power || !window_number(object, UI_FIRST, &first) ||
        !window_number(object, UI_TOTAL, &total) || !window_number(object, UI_STEP, &step_hz) ||
        !window_number(object, UI_BREATH_RATE, &breaths) ||
        !(first >= 0.0f && total > 0.0f && total <= (float)SPECTRUM_MOST && step_hz > 0.0f) ||
        first + (float)n > total) {
        return false;
    }
    if (self->n_lines != (size_t)total || self->line_hz != (double)step_hz) {
        for (size_t i = 0; i < SPECTRUM_MOST; ++i) {
            self->density[i] = NAN; // of another window
        }
        self->n_lines = (size_t)total;
        self->line_hz = (double)step_hz;
    }
    self->breath_hz = (double)breaths / 60.0;
    for (uint32_t i = 0; i < n; ++i) {
        self->density[(size_t)first + i] = (double)power[i];
    }
    return true;
}

static void object(Window* window, uint32_t term, const WindowObject* object)
{
    HrvWindow* const self = (HrvWindow*)window;
    if (term == UI_SPECTRUM && take_spectrum(self, object)) {
        self->stale_spectrum = true;
    } else if (term == UI_BEAT && window_beat(window, NULL, &self->tacho, object)) {
        window_dirty(window, self->tacho_pane);
        window_dirty(window, self->poincare_pane);
    }
}

static void tick(Window* window)
{
    HrvWindow* const self = (HrvWindow*)window;
    feed_tone(&self->tone, window->now_s,
              tone_reason(window) || !(window->value[HRV_PORT_HRV_QUALITY] > 0.0f)
                  ? (double)NAN
                  : (double)window->value[HRV_PORT_TONE],
              (double)window->value[HRV_PORT_HRV_QUALITY]);
    board_tick(window);
    if (window->now_s < self->next_slow_s) {
        return;
    }
    self->next_slow_s = window->now_s + 1.0;
    if (self->tacho.n_beats) {
        window_dirty(window, self->tacho_pane);
        window_dirty(window, self->tone_pane);
    }
    if (self->stale_spectrum) {
        self->stale_spectrum = false;
        window_dirty(window, self->spectrum_pane);
    }
}

static const WindowKind kind = {.uri = HRV_WINDOW_URI,
                                .title = "Tonus HRV",
                                .ports = hrv_ports,
                                .texts = hrv_texts,
                                .n_ports = HRV_N_PORTS,
                                .size = sizeof(HrvWindow),
                                .width = 980,
                                .height = 780,
                                .open = open,
                                .layout = layout,
                                .changed = changed,
                                .object = object,
                                .tick = tick};

WINDOW_EXPORT(kind, HRV_WINDOW_URI)

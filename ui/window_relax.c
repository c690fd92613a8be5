// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The window of Tonus: its face, moved by what the plugin tells. F or the button changes between
/// the therapist's view and the person's; Escape leads back to the therapist's.
#include "ttl/relax.h"
#include "ui/exercise.h"
#include "ui/face_relax.h"
#include "ui/object.h"
#include "ui/window.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define AWAKE_S     4.0  // the person's controls stay so long after the mouse or a key was moved
#define FADE_MOST_S 20.0 // nobody waits longer for a window that is gone

enum { HOW, CAUTION, N_TEXTS };
static const char* const text_uris[N_TEXTS] = {RELAX_PROPERTY_HOW, RELAX_PROPERTY_CAUTION};

static const ExercisePorts exercise_ports = EXERCISE_PORTS(RELAX, EXERCISE_TIME);

typedef struct {
    Window window; // first
    RelaxData data;
    RelaxLayout layout;
    FeedTrace trace;
    FeedTacho tacho;
    FeedTone tone;
    FeedLungs lungs;
    ExerciseFeed exercise;
    Number number[4];
    int pane[FACE_N_VIEWS];
    bool stale[FACE_N_VIEWS]; // to be drawn with the next slow tick
    double next_slow_s, awake_until_s;
} RelaxWindow;

static bool is_person(const Window* window)
{
    return window->value[RELAX_PORT_VIEW] > 0.5f;
}

static int number_of(const Window* window, uint32_t port)
{
    return (int)lrintf(window->value[port]);
}

// ---- The data of the face

static const char* reason(const Window* window)
{
    return number_of(window, RELAX_PORT_HRV_REASON) ? window_word(window, RELAX_PORT_HRV_REASON)
                                                    : "";
}

static void fill_signal(RelaxWindow* self)
{
    const Window* const window = &self->window;
    const Theme* const theme = &window->theme;
    const SensorState state = (SensorState)number_of(window, RELAX_PORT_STATE);
    const double span_s = 60.0 * (double)window->value[RELAX_PORT_SPAN];
    self->data.sensor = (SensorData){state, (SensorKind)number_of(window, RELAX_PORT_SENSOR),
                                     (double)window->value[RELAX_PORT_QUALITY]};
    self->data.trace = feed_trace_data(&self->trace, (double)window->value[RELAX_PORT_ZOOM], NULL,
                                       sensor_words(theme, state));
    self->data.tacho = feed_tacho_data(&self->tacho, window->now_s, span_s,
                                       _("Heart rate and breath"), _("Waiting for heartbeats"));
    self->data.tacho.rate = true; // it rises with the in-breath, as the breath behind it does
    self->data.tone = feed_tone_data(&self->tone, window->now_s, span_s, _("Tone"),
                                     *reason(window) ? reason(window) : NULL);
}

static void fill_numbers(RelaxWindow* self)
{
    const Window* const window = &self->window;
    const Theme* const theme = &window->theme;
    const double quality = (double)window->value[RELAX_PORT_HRV_QUALITY];
    self->number[0] = (Number){
        _("Heart rate"), window_known(window, RELAX_PORT_HEART_RATE), 0,
        _("bpm"),        (double)window->value[RELAX_PORT_QUALITY],   _("Waiting for heartbeats")};
    self->number[1] = (Number){_("Breathing rate"),
                               window_known(window, RELAX_PORT_BREATH_RATE),
                               1,
                               _("/min"),
                               (double)window->value[RELAX_PORT_CONFIDENCE],
                               _("Breathing not known")};
    self->number[2] = (Number){
        _("Respiratory HRV"), window_known(window, RELAX_PORT_RESP_HRV), 0, _("ms"), quality,
        reason(window)};
    self->number[3] = (Number){
        _("RMSSD"), window_known(window, RELAX_PORT_RMSSD), 0, _("ms"), quality, reason(window)};
    self->data.numbers = (NumbersData){self->number, 4, 0};
}

static void draw_part(Window* window, cairo_t* cr, int part)
{
    RelaxWindow* const self = (RelaxWindow*)window;
    const Theme* const theme = &window->theme;
    switch (part) {
    case FACE_BREATH:
        self->data.breath =
            feed_lungs_data(&self->lungs, !is_person(window), _("Waiting for the breath"));
        break;
    case FACE_NUMBERS:
        fill_numbers(self);
        break;
    case FACE_TIMELINE:
        self->data.timeline = exercise_timeline(window, &exercise_ports, &self->exercise);
        break;
    case FACE_GUIDE:
        self->data.guide = exercise_words(window, &exercise_ports, &self->exercise);
        self->data.guide.title = NULL; // stands over the line of time; a caution needs the room
        break;
    default:
        fill_signal(self);
        break;
    }
    relax_face_draw_part(cr, theme, &self->layout, (FacePart)part, &self->data);
}

#define DRAW(part, name)                                                                           \
    static void name(Window* window, cairo_t* cr, Rect box)                                        \
    {                                                                                              \
        (void)box;                                                                                 \
        draw_part(window, cr, part);                                                               \
    }
DRAW(FACE_BREATH, draw_breath)
DRAW(FACE_SENSOR, draw_sensor)
DRAW(FACE_TRACE, draw_trace)
DRAW(FACE_TACHO, draw_tacho)
DRAW(FACE_TONE, draw_tone)
DRAW(FACE_NUMBERS, draw_numbers)
DRAW(FACE_TIMELINE, draw_timeline)
DRAW(FACE_GUIDE, draw_guide)

// ---- Panes and controls

// In the order of FacePart
static const uint32_t face_ports[FACE_N_CONTROLS] = {
    RELAX_PORT_EXERCISE, RELAX_PORT_START,   RELAX_PORT_MARK, RELAX_PORT_VIEW,
    RELAX_PORT_VOLUME,   RELAX_PORT_VOICING, RELAX_PORT_CUE};

static Control* control(RelaxWindow* self, FacePart part)
{
    return &self->window.controls.item[part - FACE_N_VIEWS];
}

static void name_controls(RelaxWindow* self)
{
    Control* const start = control(self, FACE_START);
    Control* const view = control(self, FACE_MODE);
    start->on = N_("Stop");
    start->off = N_("Start");
    start->primary = true;
    start->disabled = number_of(&self->window, RELAX_PORT_EXERCISE) == 0;
    view->kind = CONTROL_SWITCH; // a button with two names
    view->on = N_("Therapist's view");
    view->off = N_("Person's view");
}

static void open(Window* window)
{
    static void (*const draws[FACE_N_VIEWS])(Window*, cairo_t*, Rect) = {
        draw_breath, draw_sensor,  draw_trace,    draw_tacho,
        draw_tone,   draw_numbers, draw_timeline, draw_guide};
    RelaxWindow* const self = (RelaxWindow*)window;
    for (int i = 0; i < FACE_N_VIEWS; ++i) {
        self->pane[i] = window_pane(window, draws[i]);
    }
    window_controls(window, face_ports, FACE_N_CONTROLS);
    name_controls(self);
}

static void layout(Window* window, Rect room)
{
    RelaxWindow* const self = (RelaxWindow*)window;
    const bool person = is_person(window);
    const double height = person ? window->height : room.y + room.h + window->theme.margin;
    self->data.person = person;
    self->layout = relax_face_layout(&window->theme, window->width, height, person);
    if (person) { // the ground of the face's dark
        const Text* const text = window->theme.text;
        window->theme = theme_dark(window->theme.scale);
        window->theme.text = text;
        window->theme.background = theme_mix(window->theme.background, (Color){0.0, 0.0, 0.0}, 0.5);
    }
    for (int i = 0; i < FACE_N_VIEWS; ++i) {
        window->pane[self->pane[i]].box = self->layout.part[i];
    }
    for (int i = 0; i < FACE_N_CONTROLS; ++i) {
        window->controls.item[i].box = self->layout.part[FACE_N_VIEWS + i];
    }
    window->controls.hidden = person && window->now_s >= self->awake_until_s;
}

static void dirty_person_controls(RelaxWindow* self)
{
    Window* const window = &self->window;
    x11_dirty(window->x11, self->layout.part[FACE_START]);
    x11_dirty(window->x11, self->layout.part[FACE_MODE]);
}

static void woken(Window* window)
{
    RelaxWindow* const self = (RelaxWindow*)window;
    self->awake_until_s = window->now_s + AWAKE_S;
    if (window->controls.hidden) {
        window->controls.hidden = false;
        dirty_person_controls(self);
    }
}

static void show_view(Window* window, bool person)
{
    window_set(window, RELAX_PORT_VIEW, person ? 1.0f : 0.0f);
}

static bool key(Window* window, int code)
{
    if (code == 'f') {
        show_view(window, !is_person(window));
        return true;
    }
    if (code == X11_KEY_ESCAPE && is_person(window)) {
        show_view(window, false);
        return true;
    }
    return false;
}

// ---- What the plugin tells

static void changed(Window* window, uint32_t port)
{
    RelaxWindow* const self = (RelaxWindow*)window;
    switch (port) {
    case RELAX_PORT_VIEW:
        window->bare = is_person(window);
        self->awake_until_s = window->now_s + AWAKE_S;
        window_relayout(window);
        break;
    case RELAX_PORT_BREATH_PHASE:
    case RELAX_PORT_CONFIDENCE:
        feed_lungs(&self->lungs, (double)window->value[RELAX_PORT_BREATH_PHASE],
                   (double)window->value[RELAX_PORT_CONFIDENCE]);
        self->stale[FACE_NUMBERS] = true;
        break;
    case RELAX_PORT_STATE:
    case RELAX_PORT_SENSOR:
        window_dirty(window, self->pane[FACE_SENSOR]);
        break;
    case RELAX_PORT_EXERCISE:
        name_controls(self);
        x11_dirty(window->x11, self->layout.part[FACE_START]);
        self->stale[FACE_TIMELINE] = self->stale[FACE_GUIDE] = true;
        break;
    case RELAX_PORT_QUALITY:
        self->stale[FACE_SENSOR] = self->stale[FACE_NUMBERS] = true;
        break;
    case RELAX_PORT_TONE:
    case RELAX_PORT_INHALING:
    case RELAX_PORT_RR:
        break;
    case RELAX_PORT_ZOOM:
    case RELAX_PORT_SPAN:
        window_relayout(window);
        break;
    default:
        // the exercise's numbers come with their reasons: what is not drawn often is cheap
        self->stale[FACE_NUMBERS] = true;
        self->stale[port == RELAX_PORT_ELAPSED || port == RELAX_PORT_REMAINING ? FACE_TIMELINE
                                                                               : FACE_GUIDE] = true;
        break;
    }
}

static void object(Window* window, uint32_t term, const WindowObject* object)
{
    RelaxWindow* const self = (RelaxWindow*)window;
    if (term == UI_TRACE && window_trace(&self->trace, object)) {
        window_dirty(window, self->pane[FACE_TRACE]);
    } else if (term == UI_BEAT && window_beat(window, &self->trace, &self->tacho, object)) {
        window_dirty(window, self->pane[FACE_TACHO]);
    } else if (term == UI_PACE) {
        window_pace(window, &self->lungs, object);
    } else if (term == UI_SESSION) {
        exercise_take(&self->exercise, object);
        self->stale[FACE_TIMELINE] = true;
    }
}

static void take_text(Window* window, int property, const char* text)
{
    RelaxWindow* const self = (RelaxWindow*)window;
    snprintf(property == HOW ? self->exercise.how : self->exercise.caution, EXERCISE_TEXT, "%s",
             text);
    window_dirty(window, self->pane[FACE_GUIDE]);
}

static void slow_tick(RelaxWindow* self)
{
    Window* const window = &self->window;
    for (int i = 0; i < FACE_N_VIEWS; ++i) {
        if (self->stale[i]) {
            self->stale[i] = false;
            window_dirty(window, self->pane[i]);
        }
    }
    if (self->tacho.n_beats) { // the curves move
        window_dirty(window, self->pane[FACE_TACHO]);
        window_dirty(window, self->pane[FACE_TONE]);
    }
}

static void tick(Window* window)
{
    RelaxWindow* const self = (RelaxWindow*)window;
    const double quality = (double)window->value[RELAX_PORT_HRV_QUALITY];
    // before anything is told, the reason reads "valid"
    const bool valid = number_of(window, RELAX_PORT_HRV_REASON) == 0 && quality > 0.0;
    if (feed_lungs_move(&self->lungs, window->now_s)) {
        // The person's figure has no words, and is drawn as far as it reaches
        const Rect box = window->pane[self->pane[FACE_BREATH]].box;
        const double reach = is_person(window) ? feed_lungs_reach(&self->lungs) : (double)NAN;
        x11_dirty(window->x11, isfinite(reach) ? breath_reach(box, reach) : box);
    }
    feed_breath(&self->tacho, window->now_s, self->lungs.person);
    feed_tone(&self->tone, window->now_s,
              valid ? (double)window->value[RELAX_PORT_TONE] : (double)NAN, quality);
    if (window->now_s >= self->next_slow_s) {
        self->next_slow_s = window->now_s + 1.0;
        slow_tick(self);
    }
    if (is_person(window) && !window->controls.hidden && window->now_s >= self->awake_until_s) {
        window->controls.hidden = true;
        dirty_person_controls(self);
    }
}

// For the command tonus, which ends with its window: it tells by TONUS_FADE how many seconds the
// sound may take to fade (a drone that is cut off startles who was calmed by it), and reads the
// person's baseline from standard output, where jalv tells ports, too. In any other host the window
// goes and the sound stays.
static void closing(Window* window)
{
    static const uint32_t kept[] = {RELAX_PORT_BASELINE_RESP_HRV, RELAX_PORT_BASELINE_RMSSD};
    const char* const told = getenv("TONUS_FADE");
    if (!told) {
        return;
    }
    const double fade_s = fmin(fmax(strtod(told, NULL), 0.0), FADE_MOST_S);
    window_set(window, RELAX_PORT_ENABLED, 0.0f);
    for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); ++i) {
        printf("%s = %f\n", relax_ports[kept[i]].symbol, (double)window->value[kept[i]]);
    }
    fflush(stdout);
    const struct timespec time = {(time_t)fade_s, (long)(1e9 * fmod(fade_s, 1.0))};
    nanosleep(&time, NULL);
}

static const WindowKind kind = {.uri = RELAX_WINDOW_URI,
                                .title = "Tonus",
                                .ports = relax_ports,
                                .texts = relax_texts,
                                .n_ports = RELAX_N_PORTS,
                                .size = sizeof(RelaxWindow),
                                .width = 1160,
                                .height = 830,
                                .open = open,
                                .layout = layout,
                                .changed = changed,
                                .properties = text_uris,
                                .n_properties = N_TEXTS,
                                .text = take_text,
                                .object = object,
                                .tick = tick,
                                .key = key,
                                .woken = woken,
                                .closing = closing};

WINDOW_EXPORT(kind, RELAX_WINDOW_URI)

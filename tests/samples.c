// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "samples.h"

#include "ui/view_beat.h"
#include "ui/view_drone.h"
#include "ui/view_inline.h"
#include "ui/view_pacer.h"
#include "ui/view_pitch.h"
#include "ui/view_poincare.h"
#include "ui/view_recorder.h"
#include "ui/view_spectrum.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { N = 300 };

#define NOW 1000.0 /* s */
#define WHY "Waiting for heartbeats"
#define LONG                                                                                       \
    "A sentence of words that goes on and on, as translated sentences do, until no box can hold "  \
    "it"

static const double wild[] = {NAN, INFINITY, -INFINITY, 1e30,   -1e30,
                              0.0, -1.0,     DBL_MIN,   1e-310, 2.5};
enum { WILD = sizeof wild / sizeof *wild };

// Arrays of all views, made for one kind at a time
static float lows[N], highs[N], shape[N], last[N], bits[N];
static double first[N], second[N];
static TraceBeat trace_beats[N];
static TachoBeat beats[N];
static TachoBreath breaths[N];
static TonePoint tones[N];
static PitchPoint pitches[N];
static Number numbers[5];

// The value as usual, or one of the wild ones
static double value(SampleKind kind, int i, double usual)
{
    return kind == SAMPLE_EXTREME ? wild[(i * 7 + 3) % WILD] : usual;
}

static size_t count(SampleKind kind)
{
    return kind == SAMPLE_EMPTY ? 0 : N;
}

static const char* reason(SampleKind kind)
{
    return kind == SAMPLE_USUAL ? NULL : kind == SAMPLE_EMPTY ? WHY : LONG;
}

static double now(SampleKind kind)
{
    return kind == SAMPLE_EXTREME ? 1e30 : NOW;
}

static void fill(SampleKind kind)
{
    for (int i = 0; i < N; ++i) {
        const double age = 0.4 * (N - 1 - i); // s: two minutes
        const double swing = sin(2.0 * PI * age / 10.0);
        const double wave = exp(-pow((i % 40 - 20) / 2.0, 2.0));
        lows[i] = (float)value(kind, i, 0.02 * swing + 0.9 * wave);
        highs[i] = (float)value(kind, i + 1, 0.02 * swing + 0.05 + wave);
        shape[i] = (float)value(kind, i, exp(-pow((i - 150) / 12.0, 2.0)));
        last[i] = (float)value(kind, i + 2, 1.1 * exp(-pow((i - 152) / 12.0, 2.0)));
        bits[i] = (float)value(kind, i, 0.5 + 0.5 * swing);
        first[i] = value(kind, i, 900.0 + 60.0 * swing);
        second[i] = value(kind, i + 3, 900.0 + 60.0 * sin(2.0 * PI * (age + 1.0) / 10.0));
        trace_beats[i] = (TraceBeat){value(kind, i, 0.9 * i), i % 5 != 0};
        beats[i] = (TachoBeat){value(kind, i + 4, NOW - age), value(kind, i, 900.0 + 60.0 * swing),
                               i % 50 != 7};
        breaths[i] =
            (TachoBreath){value(kind, i + 5, NOW - age), value(kind, i, 0.5 + 0.5 * swing)};
        tones[i] =
            (TonePoint){value(kind, i + 1, NOW - age), value(kind, i, 0.5 + 0.2 * sin(age / 20.0)),
                        value(kind, i, 0.2 + 0.7 * i / N)};
        pitches[i] = (PitchPoint){value(kind, i, NOW - 0.1 * age),
                                  i / 60 % 2 ? value(kind, i, 165.0 + 2.0 * swing) : NAN};
    }
}

static const char* words(SampleKind kind, const char* usual)
{
    return kind == SAMPLE_EXTREME ? LONG : usual;
}

static BreathData breath_of(SampleKind kind)
{
    const bool none = kind == SAMPLE_EMPTY;
    const BreathData data = {none ? NAN : value(kind, 0, 0.8),
                             value(kind, 1, 0.9),
                             none ? NAN : value(kind, 2, 0.85),
                             kind == SAMPLE_EXTREME ? 1e30 : NAN,
                             kind == SAMPLE_EXTREME ? (BreathCue)77 : BREATH_CUE_IN,
                             true,
                             reason(kind)};
    return data;
}

RelaxData sample_relax(SampleKind kind)
{
    static const TimelinePart usual[] = {{"Before", 120.0}, {"Exercise", 300.0}, {"After", 120.0}};
    static const TimelinePart odd[] = {{LONG, NAN}, {LONG, -1.0}, {"", 1e30}, {LONG, INFINITY}};
    const size_t n = count(kind);
    RelaxData data = {.breath = breath_of(kind)};
    fill(kind);
    const double values[] = {64.0, 6.2, 88.0, 41.0, NAN};
    const char* const units[] = {"/min", "/min", "ms", "ms", "ms²"};
    for (int i = 0; i < 5; ++i) {
        numbers[i] = (Number){words(kind, "RMSSD"),
                              kind == SAMPLE_EMPTY ? NAN : value(kind, i + 3, values[i]),
                              i == 1,
                              units[i],
                              value(kind, i, 0.25 * i),
                              i == 4 ? "Breathing below 9 per minute" : reason(kind)};
    }
    data.sensor = (SensorData){kind == SAMPLE_USUAL   ? SENSOR_TRACKING
                               : kind == SAMPLE_EMPTY ? SENSOR_WAITING
                                                      : (SensorState)99,
                               SENSOR_ECG, value(kind, 0, 0.8)};
    data.trace =
        (TraceData){words(kind, NULL),   lows,        highs, n,           value(kind, 3, 0.025),
                    value(kind, 6, 7.5), trace_beats, n,     reason(kind)};
    data.tacho = (TachoData){words(kind, "Heart rate and breath"),
                             beats,
                             n,
                             breaths,
                             n,
                             now(kind),
                             value(kind, 0, 120.0),
                             true,
                             reason(kind),
                             false};
    data.tone = (ToneData){words(kind, "Tone"),
                           tones,
                           n,
                           now(kind),
                           value(kind, 8, 120.0),
                           kind == SAMPLE_EMPTY ? 0.4 : 1.0,
                           reason(kind)};
    data.numbers = (NumbersData){numbers, 5, kind == SAMPLE_EXTREME ? 0 : 5};
    data.timeline = (TimelineData){words(kind, "Deep belly breathing"),
                                   kind == SAMPLE_EXTREME ? odd : usual,
                                   kind == SAMPLE_EMPTY     ? 0
                                   : kind == SAMPLE_EXTREME ? 4
                                                            : 3,
                                   kind == SAMPLE_EMPTY ? -1 : 1,
                                   value(kind, 1, 100.0),
                                   value(kind, 2, 200.0),
                                   false,
                                   NULL};
    if (n) {
        data.guide = (GuideData){.title = words(kind, NULL),
                                 .how = words(kind, "Breathe in through the nose."),
                                 .caution = words(kind, "Stop if you feel dizzy."),
                                 .hint = words(kind, "")};
    } else {
        data.guide.reason = "Choose an exercise";
    }
    for (int i = 0; i < FACE_N_CONTROLS; ++i) {
        data.controls[i] = (ControlData){i < 4 ? (ControlKind)i : CONTROL_BUTTON,
                                         words(kind, "Start"),
                                         words(kind, "0 dB"),
                                         value(kind, i, 0.5),
                                         i % 2 == 1,
                                         i == 1,
                                         i == 2,
                                         i == 3,
                                         i == 4};
    }
    return data;
}

#define PART(name, call, field)                                                                    \
    static void draw_##name(cairo_t* cr, const Theme* theme, Rect box, SampleKind kind)            \
    {                                                                                              \
        const RelaxData data = sample_relax(kind);                                                 \
        call(cr, theme, box, &data.field);                                                         \
    }

PART(breath, breath_draw, breath)
PART(trace, trace_draw, trace)
PART(tachogram, tacho_draw, tacho)
PART(tone, tone_draw, tone)
PART(numbers, numbers_draw, numbers)
PART(timeline, timeline_draw, timeline)
PART(sensor, sensor_draw, sensor)
PART(guide, guide_draw, guide)

static void draw_intervals(cairo_t* cr, const Theme* theme, Rect box, SampleKind kind)
{
    TachoData data = sample_relax(kind).tacho;
    data.rate = false;
    tacho_draw(cr, theme, box, &data);
}

static void draw_changes(cairo_t* cr, const Theme* theme, Rect box, SampleKind kind)
{
    const GuideChange rows[] = {
        {words(kind, "Heart rate"), value(kind, 0, 66.0), value(kind, 1, 61.0), 0, "/min", NULL},
        {"RMSSD", value(kind, 2, 31.0), value(kind, 3, 44.0), 0, "ms", reason(kind)},
        {"RespHRV", NAN, NAN, 0, "ms", "not measured"}};
    const GuideData data = {"Before and after", NULL, NULL, NULL, rows, count(kind) ? 3 : 0,
                            "Not measured yet"};
    guide_draw(cr, theme, box, &data);
}

static void draw_beat(cairo_t* cr, const Theme* theme, Rect box, SampleKind kind)
{
    fill(kind);
    const BeatData data = {words(kind, "Beat"),
                           shape,
                           last,
                           count(kind),
                           value(kind, 0, 0.7),
                           value(kind, 1, 0.8),
                           value(kind, 2, 0.97),
                           reason(kind)};
    beat_draw(cr, theme, box, &data);
}

static void draw_poincare(cairo_t* cr, const Theme* theme, Rect box, SampleKind kind)
{
    fill(kind);
    const PoincareData data = {
        words(kind, "Intervals"), first,       second, count(kind), value(kind, 3, 20.0),
        value(kind, 4, 60.0),     reason(kind)};
    poincare_draw(cr, theme, box, &data);
}

static void draw_spectrum(cairo_t* cr, const Theme* theme, Rect box, SampleKind kind)
{
    fill(kind);
    for (int i = 0; i < N; ++i) {
        first[i] = value(kind, i, 9e3 * exp(-pow((i - 66) / 6.0, 2.0)));
    }
    const SpectrumData data = {words(kind, "Spectrum"),
                               first,
                               count(kind),
                               value(kind, 5, 0.0015),
                               value(kind, 5, 0.0015),
                               value(kind, 3, 900.0),
                               kind == SAMPLE_USUAL ? NAN : 1e30,
                               value(kind, 9, 0.1),
                               value(kind, 3, 0.015),
                               reason(kind)};
    spectrum_draw(cr, theme, box, &data);
}

static void draw_pitch(cairo_t* cr, const Theme* theme, Rect box, SampleKind kind)
{
    fill(kind);
    const double notes[] = {value(kind, 0, 82.4), value(kind, 1, 123.6), value(kind, 2, 164.8)};
    const PitchData data = {words(kind, "Humming"),
                            pitches,
                            count(kind),
                            now(kind),
                            value(kind, 8, 12.0),
                            notes,
                            count(kind) ? 3 : 0,
                            value(kind, 3, 0.7),
                            reason(kind)};
    pitch_draw(cr, theme, box, &data);
}

static void draw_pacer(cairo_t* cr, const Theme* theme, Rect box, SampleKind kind)
{
    const bool none = kind == SAMPLE_EMPTY;
    const PacerData data = {words(kind, "Pacer"), none ? 0.0 : value(kind, 0, 4.0),
                            value(kind, 2, 0.0),  none ? 0.0 : value(kind, 4, 6.0),
                            value(kind, 3, 0.0),  value(kind, 1, 0.3),
                            value(kind, 3, 6.0),  value(kind, 2, 5.5),
                            reason(kind)};
    pacer_draw(cr, theme, box, &data);
}

static void draw_drone(cairo_t* cr, const Theme* theme, Rect box, SampleKind kind)
{
    const double notes[] = {value(kind, 0, 82.4), value(kind, 1, 123.6), value(kind, 2, 164.8)};
    const DroneData data = {words(kind, "Drone"), words(kind, "Organ"), notes,
                            count(kind) ? 3 : 0,  value(kind, 0, 0.8),  value(kind, 3, 0.5),
                            value(kind, 4, 0.3),  reason(kind)};
    drone_draw(cr, theme, box, &data);
}

static void draw_recorder(cairo_t* cr, const Theme* theme, Rect box, SampleKind kind)
{
    const bool none = kind == SAMPLE_EMPTY;
    const RecorderData data = {words(kind, "Recorder"),
                               !none,
                               none ? NULL : words(kind, "/takes/one.tonus"),
                               none ? NAN : value(kind, 3, 71.0),
                               value(kind, 0, 0.0),
                               value(kind, 1, 0.0),
                               none ? NAN : value(kind, 2, 41e9),
                               value(kind, 3, 6e5),
                               reason(kind)};
    recorder_draw(cr, theme, box, &data);
}

static InlineData small(SampleKind kind)
{
    fill(kind);
    const InlineData data = {bits,
                             count(kind),
                             kind == SAMPLE_EMPTY ? NAN : value(kind, 0, 66.0),
                             kind == SAMPLE_USUAL   ? SENSOR_TRACKING
                             : kind == SAMPLE_EMPTY ? SENSOR_WAITING
                                                    : (SensorState)-1,
                             kind == SAMPLE_EMPTY ? NAN : value(kind, 1, 0.7),
                             kind == SAMPLE_EMPTY ? NAN : value(kind, 2, 6.1),
                             kind == SAMPLE_EMPTY ? NAN : value(kind, 3, 0.8),
                             kind == SAMPLE_EMPTY ? NAN : value(kind, 4, 0.6)};
    return data;
}

#define SMALL(name)                                                                                \
    static void draw_inline_##name(cairo_t* cr, const Theme* theme, Rect box, SampleKind kind)     \
    {                                                                                              \
        const InlineData data = small(kind);                                                       \
        inline_##name##_draw(cr, theme, box, &data);                                               \
    }

SMALL(beat)
SMALL(breath)
SMALL(relax)

static void draw_controls(cairo_t* cr, const Theme* theme, Rect box, SampleKind kind)
{
    static const ControlData none = {CONTROL_BUTTON, NULL, NULL, NAN, .disabled = true};
    const RelaxData data = sample_relax(kind);
    for (int i = 0; i < FACE_N_CONTROLS; ++i) {
        const bool empty = kind == SAMPLE_EMPTY;
        ControlData control = empty ? none : data.controls[i];
        control.kind = data.controls[i].kind;
        control_draw(cr, theme, rect_row(box, i, FACE_N_CONTROLS, 4.0), &control);
    }
}

static void draw_face(cairo_t* cr, const Theme* theme, Rect box, SampleKind kind)
{
    const RelaxData data = sample_relax(kind);
    cairo_save(cr);
    cairo_translate(cr, box.x, box.y);
    relax_face_draw(cr, theme, box.w, box.h, &data);
    cairo_restore(cr);
}

static void draw_person(cairo_t* cr, const Theme* theme, Rect box, SampleKind kind)
{
    RelaxData data = sample_relax(kind);
    data.person = true;
    cairo_save(cr);
    cairo_translate(cr, box.x, box.y);
    relax_face_draw(cr, theme, box.w, box.h, &data);
    cairo_restore(cr);
}

const Sample* samples(size_t* n)
{
    static const Sample all[] = {{"breath", 320, 320, draw_breath},
                                 {"trace", 480, 320, draw_trace},
                                 {"tachogram", 480, 320, draw_tachogram},
                                 {"intervals", 480, 320, draw_intervals},
                                 {"tone", 480, 320, draw_tone},
                                 {"numbers", 480, 110, draw_numbers},
                                 {"timeline", 480, 140, draw_timeline},
                                 {"sensor", 320, 70, draw_sensor},
                                 {"guide", 480, 180, draw_guide},
                                 {"before-after", 480, 180, draw_changes},
                                 {"beat", 480, 320, draw_beat},
                                 {"poincare", 320, 320, draw_poincare},
                                 {"spectrum", 480, 320, draw_spectrum},
                                 {"pitch", 480, 320, draw_pitch},
                                 {"pacer", 480, 320, draw_pacer},
                                 {"drone", 480, 320, draw_drone},
                                 {"recorder", 480, 320, draw_recorder},
                                 {"inline-beat", 120, 40, draw_inline_beat},
                                 {"inline-breath", 120, 40, draw_inline_breath},
                                 {"inline-relax", 120, 40, draw_inline_relax},
                                 {"controls", 240, 320, draw_controls},
                                 {"relax", 960, 640, draw_face},
                                 {"relax-person", 480, 320, draw_person}};
    *n = sizeof all / sizeof *all;
    return all;
}

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/pictures_person.h"

#include "dsp/heart.h"
#include "dsp/lomb.h"
#include "dsp/relax.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RATE     8000.0 /* Hz: enough for heart and hum */
#define BLOCK    80u    /* frames */
#define START_S  20.0   /* the exercise begins */
#define BEFORE_S 120.0
#define DURING_S 200.0
#define AFTER_S  120.0
#define FROM_S   305.0 /* from here on the moment of the pictures is looked for */
#define LAST_S   (START_S + BEFORE_S + DURING_S + AFTER_S + 2.0)

// The trace, the tachogram, and what changes slowly
#define TRACE_S    8.0
#define COLUMN_S   0.01
#define TACHO_S    120.0
#define TONE_S     180.0
#define PITCH_S    30.0
#define POINT_S    0.1 /* between two points of breath, tone and pitch */
#define SHAPE_S    0.7 /* of a beat */
#define SHAPE_HZ   250.0
#define HUM_HZ     165.0
#define SPECTRUM_S 150.0

enum {
    MAX_BEATS = 1024,
    MAX_POINTS = 4096,
    N_COLUMNS = 800,
    N_SHAPE = 175,
    N_FREQUENCIES = 150,
    MAX_INLINE = 120
};

struct Person {
    Scene scene;
    const Text* text;
    bool taken; // the scene stands
    float* signal;
    double times[MAX_BEATS], rr[MAX_BEATS], next[MAX_BEATS];
    size_t n_beats;
    TachoBeat beats[MAX_BEATS];
    TraceBeat trace_beats[MAX_BEATS];
    TachoBreath breaths[MAX_POINTS];
    TonePoint tones[MAX_POINTS];
    PitchPoint pitches[MAX_POINTS];
    size_t n_points;
    float low[N_COLUMNS], high[N_COLUMNS], small[MAX_INLINE];
    float usual[N_SHAPE], last[N_SHAPE];
    double power[N_FREQUENCIES], notes[DRONE_MAX_NOTES];
    Number numbers[SCENE_NUMBERS];
    TimelinePart parts[3];
    GuideChange rows[3];
};

// ---- the signals ------------------------------------------------------------------------------

// A hum: closed lips let little through above the first partials
static double hum_at(double time_s, double since_s, double length_s)
{
    const double rise = fmin(since_s / 0.08, 1.0);
    const double fall = fmin((length_s - since_s) / 0.25, 1.0);
    if (!(rise > 0.0 && fall > 0.0)) {
        return 0.0;
    }
    double sum = 0.0;
    for (int k = 1; k <= 6; ++k) {
        sum += pow(0.35, k - 1) * sin(2.0 * PI * k * (HUM_HZ * time_s + 0.3 * sin(4.0 * time_s)));
    }
    return 0.1 * rise * fall * sum;
}

// The person breathes by themselves, and with the pacer when there is one: a little late at first
static void lead_breath(Heart* heart, const PacerState* pacer, double time_s)
{
    const double way = fmin(fmax((time_s - START_S - BEFORE_S) / 60.0, 0.0), 1.0);
    if (pacer->running) {
        const double lag = (double)pacer->phase - heart_state(heart).breath_phase;
        const double whole = (double)(pacer->pattern.inhale_s + pacer->pattern.exhale_s);
        heart_set_breath_rate(heart, (double)pacer->rate_per_min * (1.0 + (lag - round(lag))));
        heart_set_inhale_share(heart, (double)pacer->pattern.inhale_s / whole);
    } else {
        heart_set_breath_rate(heart, 13.0);
    }
    heart_set_heart_rate(heart, 70.0 - 5.0 * way);
    heart_set_rsa(heart, 45.0 + 25.0 * way);
}

// ---- what is kept -------------------------------------------------------------------------------

static void keep_beat(Person* person, const ChainEvent* event)
{
    if (person->n_beats < MAX_BEATS) {
        const size_t i = person->n_beats++;
        const bool normal = event->beat.reliable && event->rr_ms > 0.0;
        person->times[i] = event->time_s;
        person->rr[i] = normal ? event->rr_ms : NAN;
        person->next[i] = NAN;
        if (i) {
            person->next[i - 1] = person->rr[i];
        }
        person->beats[i] = (TachoBeat){event->time_s, event->rr_ms, event->beat.reliable};
    }
}

static double lungs_of(const BreathState* breath)
{
    const double whole = (double)breath->in_s + (double)breath->out_s;
    return breath->rate_per_min > 0.0f
               ? breath_fullness((double)breath->phase,
                                 whole > 0.0 ? (double)breath->in_s / whole : 0.4)
               : NAN;
}

static void keep_point(Person* person, const Relax* relax, double time_s)
{
    if (person->n_points < MAX_POINTS) {
        const size_t i = person->n_points++;
        const ChainState state = chain_state(relax_chain(relax));
        const HumState hum = hum_state(relax_hum(relax));
        person->breaths[i] = (TachoBreath){time_s, lungs_of(&state.breath)};
        person->tones[i] = (TonePoint){time_s, state.tone.valid ? (double)state.tone.tone : NAN,
                                       state.measures->quality};
        person->pitches[i] = (PitchPoint){time_s, hum.humming ? (double)hum.pitch_hz : NAN};
    }
}

// ---- the scene ----------------------------------------------------------------------------------

static void make_trace(Person* person, double now_s)
{
    for (int i = 0; i < N_COLUMNS; ++i) {
        const double start = (now_s - (N_COLUMNS - i) * COLUMN_S) * RATE;
        person->low[i] = person->high[i] = person->signal[(size_t)start];
        for (int j = 0; j < (int)(COLUMN_S * RATE); ++j) {
            person->low[i] = fminf(person->low[i], person->signal[(size_t)start + (size_t)j]);
            person->high[i] = fmaxf(person->high[i], person->signal[(size_t)start + (size_t)j]);
        }
    }
    for (size_t i = 0; i < person->n_beats; ++i) {
        person->trace_beats[i] = (TraceBeat){now_s - person->times[i], person->beats[i].normal};
    }
    person->scene.relax.trace =
        (TraceData){NULL,    person->low,         person->high,    N_COLUMNS, COLUMN_S,
                    TRACE_S, person->trace_beats, person->n_beats, NULL};
    const float bottom = -0.06f; // of the simulated ECG
    for (int i = 0; i < MAX_INLINE; ++i) {
        const float value = person->high[N_COLUMNS - 2 * MAX_INLINE + 2 * i];
        person->small[i] = fminf(fmaxf((value - bottom) / 0.26f, 0.0f), 1.0f);
    }
}

static void make_shape(Person* person)
{
    size_t seen = 0;
    for (size_t i = person->n_beats > 60 ? person->n_beats - 60 : 0; i + 1 < person->n_beats; ++i) {
        ++seen;
        for (int j = 0; j < N_SHAPE; ++j) {
            const double at = (person->times[i] + (j / SHAPE_HZ - 0.5 * SHAPE_S)) * RATE;
            person->last[j] = at >= 0.0 ? person->signal[(size_t)at] : 0.0f;
            person->usual[j] += (person->last[j] - person->usual[j]) / (float)seen;
        }
    }
}

static void make_spectrum(Person* person, double now_s)
{
    Lomb* const lomb = lomb_new(MAX_BEATS, N_FREQUENCIES);
    if (!lomb) {
        return;
    }
    lomb_begin(lomb, 0.003, N_FREQUENCIES);
    for (size_t i = 0; i < person->n_beats; ++i) {
        if (person->times[i] > now_s - SPECTRUM_S && isfinite(person->rr[i])) {
            lomb_add(lomb, person->times[i], person->rr[i]);
        }
    }
    while (!lomb_step(lomb, 1000)) {
    }
    for (uint32_t i = 0; i < N_FREQUENCIES; ++i) {
        person->power[i] = lomb_density(lomb, i);
    }
    lomb_free(lomb);
}

static void make_numbers(Person* person, const ChainState* state)
{
    const HrvMeasures* const m = state->measures;
    const Text* const text = person->text;
    const HrvReason why = m->reason[HRV_HF];
    const char* const slow =
        why == HRV_OK ? "" : text_get(text, hrv_reason_text(m->reason[HRV_HF]));
    const Number numbers[] = {
        {text_get(text, N_("Heart rate")), state->heart_rate_per_min, 0, "/min",
         (double)state->beat_quality, ""},
        {text_get(text, N_("Breathing rate")), (double)state->breath.rate_per_min, 1, "/min",
         (double)state->breath.confidence, ""},
        {text_get(text, N_("Respiratory HRV")), state->recent.resp_ms, 0, "ms", m->quality, ""},
        {"RMSSD", state->recent.rmssd_ms, 0, "ms", m->quality, ""},
        {"HF", why == HRV_OK ? m->value[HRV_HF] : NAN, 0, "ms²", m->quality, slow}};
    memcpy(person->numbers, numbers, sizeof numbers);
    person->scene.relax.numbers = (NumbersData){person->numbers, SCENE_NUMBERS, SCENE_NUMBERS};
}

static void make_exercise(Person* person, Relax* relax, const PacerState* pacer)
{
    const Text* const text = person->text;
    const GuideState guide = guide_state(session_guide(relax_session(relax)));
    Scene* const scene = &person->scene;
    const TimelinePart parts[] = {{text_get(text, N_("Rest before")), BEFORE_S},
                                  {text_get(text, N_("Exercise")), DURING_S},
                                  {text_get(text, N_("Rest after")), AFTER_S}};
    const char* const name = text_get(text, guide.exercise->name);
    memcpy(person->parts, parts, sizeof parts);
    scene->relax.timeline = (TimelineData){name,
                                           person->parts,
                                           3,
                                           (int)guide.phase - 1,
                                           (double)guide.elapsed_s,
                                           (double)guide.remaining_s,
                                           false,
                                           NULL};
    scene->relax.guide = (GuideData){.how = text_get(text, guide.exercise->how),
                                     .caution = text_get(text, guide.exercise->caution)};
    scene->relax.breath.pacer = pacer->running ? (double)pacer->fullness : NAN;
    scene->relax.breath.cue = pacer->part == PACER_INHALE   ? BREATH_CUE_IN
                              : pacer->part == PACER_EXHALE ? BREATH_CUE_OUT
                                                            : BREATH_CUE_HOLD;
    scene->relax.breath.words = true;
    const PacerPattern* const p = &pacer->pattern;
    scene->pacer = (PacerData){text_get(text, N_("Paced breath")),
                               (double)p->inhale_s,
                               (double)p->hold_in_s,
                               (double)p->exhale_s,
                               (double)p->hold_out_s,
                               (double)pacer->phase,
                               (double)pacer->rate_per_min,
                               (double)pacer->goal_per_min,
                               NULL};
    const ControlData controls[FACE_N_CONTROLS] = {
        {CONTROL_CHOICE, text_get(text, N_("Exercise")), name, 0.0, .on = false},
        {CONTROL_BUTTON, text_get(text, N_("Stop")), NULL, 0.0, .primary = true},
        {CONTROL_BUTTON, text_get(text, N_("Mark")), NULL, 0.0, .on = false},
        {CONTROL_BUTTON, text_get(text, N_("Person's view")), NULL, 0.0, .on = false},
        {CONTROL_SLIDER, text_get(text, N_("Drone")), "0 dB", 0.66, .on = false},
        {CONTROL_CHOICE, text_get(text, N_("Voicing")), text_get(text, N_("Organ")), 0.0,
         .on = false},
        {CONTROL_CHOICE, text_get(text, N_("Cue")), text_get(text, N_("Waves")), 0.0, .on = false}};
    memcpy(scene->relax.controls, controls, sizeof controls);
}

static void make_drone(Person* person, const Relax* relax)
{
    const DroneState drone = drone_state(relax_drone(relax));
    for (uint32_t i = 0; i < drone.n_notes; ++i) {
        person->notes[i] = (double)drone.note_hz[i];
    }
    person->scene.drone = (DroneData){text_get(person->text, N_("Drone")),
                                      text_get(person->text, N_("Organ")),
                                      person->notes,
                                      drone.n_notes,
                                      0.8,
                                      (double)drone.swell,
                                      (double)drone.beating_hz,
                                      NULL};
}

static void make_scene(Person* person, Relax* relax, double now_s)
{
    const Text* const text = person->text;
    const ChainState state = chain_state(relax_chain(relax));
    const PacerState pacer = pacer_state(session_pacer(relax_session(relax)));
    Scene* const scene = &person->scene;
    const double lungs = lungs_of(&state.breath);
    make_trace(person, now_s);
    make_shape(person);
    make_spectrum(person, now_s);
    make_numbers(person, &state);
    make_exercise(person, relax, &pacer);
    make_drone(person, relax);
    scene->relax.breath.person = lungs;
    scene->relax.breath.known = (double)state.breath.confidence;
    scene->relax.breath.left = NAN;
    scene->relax.sensor = (SensorData){(SensorState)state.state, (SensorKind)state.sensor,
                                       (double)state.beat_quality};
    scene->relax.tacho = (TachoData){text_get(text, N_("Heart rate and breath")),
                                     person->beats,
                                     person->n_beats,
                                     person->breaths,
                                     person->n_points,
                                     now_s,
                                     TACHO_S,
                                     true,
                                     NULL,
                                     false};
    scene->intervals = scene->relax.tacho;
    scene->intervals.title = text_get(text, N_("Heartbeat intervals and breath"));
    scene->intervals.rate = false;
    scene->relax.tone = (ToneData){
        text_get(text, N_("Tone")), person->tones, person->n_points, now_s, TONE_S, 1.0, NULL};
    scene->beat =
        (BeatData){text_get(text, N_("Beat")), person->usual, person->last, N_SHAPE, SHAPE_S,
                   (double)state.beat_quality, 0.98,          NULL};
    const size_t first = person->n_beats > 180 ? person->n_beats - 180 : 0;
    scene->poincare = (PoincareData){text_get(text, N_("Poincaré plot")),
                                     person->rr + first,
                                     person->next + first,
                                     person->n_beats - first,
                                     state.measures->value[HRV_SD1],
                                     state.measures->value[HRV_SD2],
                                     NULL};
    const double breath_hz = (double)state.breath.rate_per_min / 60.0;
    scene->spectrum = (SpectrumData){text_get(text, N_("Spectrum")),
                                     person->power,
                                     N_FREQUENCIES,
                                     0.003,
                                     0.003,
                                     state.measures->value[HRV_LF],
                                     state.measures->value[HRV_HF],
                                     breath_hz,
                                     0.015,
                                     NULL};
    scene->pitch = (PitchData){text_get(text, N_("Pitch of the hum")),
                               person->pitches,
                               person->n_points,
                               now_s,
                               PITCH_S,
                               person->notes,
                               scene->drone.n_notes,
                               0.7,
                               NULL};
    scene->recorder = (RecorderData){text_get(text, N_("Take")),
                                     true,
                                     "takes/tonus-2026-01-31-1015.tonus",
                                     now_s,
                                     0.0,
                                     0.0,
                                     41e9,
                                     600e3,
                                     NULL};
    scene->small = (InlineData){person->small,
                                MAX_INLINE,
                                state.heart_rate_per_min,
                                (SensorState)state.state,
                                lungs,
                                (double)state.breath.rate_per_min,
                                scene->relax.breath.pacer,
                                (double)state.tone.tone};
}

static void make_changes(Person* person, Relax* relax)
{
    const Text* const text = person->text;
    const Comparison c = guide_comparison(session_guide(relax_session(relax)));
    const struct {
        const char* name;
        const CompareMeasure* measure;
        const char* unit;
    } rows[] = {{N_("Heart rate"), &c.heart_rate, "/min"},
                {"RMSSD", &c.rmssd, "ms"},
                {N_("Respiratory HRV"), &c.resp_hrv, "ms"}};
    for (int i = 0; i < 3; ++i) {
        const CompareMeasure* const m = rows[i].measure;
        person->rows[i] = (GuideChange){
            text_get(text, rows[i].name),
            (double)m->before,
            (double)m->after,
            0,
            rows[i].unit,
            m->reason == COMPARE_OK ? "" : text_get(text, compare_reason_text(m->reason))};
    }
    person->scene.changes = (GuideData){.title = NULL, .changes = person->rows, .n_changes = 3};
}

// ---- the session --------------------------------------------------------------------------------

// The pictures' moment: person and pacer together, well into an in-breath
static bool is_moment(const Relax* relax)
{
    const ChainState state = chain_state(relax_chain(relax));
    const PacerState pacer = pacer_state(session_pacer(relax_session(relax)));
    const double lungs = lungs_of(&state.breath);
    return pacer.running && pacer.part == PACER_INHALE && pacer.fullness > 0.72f &&
           fabs(lungs - (double)pacer.fullness) < 0.12;
}

static void run(Person* person, Heart* heart, Relax* relax)
{
    float mic[BLOCK], left[BLOCK], right[BLOCK];
    RelaxEvent events[RELAX_MAX_EVENTS];
    double out_began = -100.0;
    Guide* const guide = session_guide(relax_session(relax));
    drone_key(relax_drone(relax), 40, true); // E2, B2, E3
    drone_key(relax_drone(relax), 47, true);
    drone_key(relax_drone(relax), 52, true);
    session_set_exercise(relax_session(relax), 1);
    guide_set_times(guide, BEFORE_S, DURING_S, AFTER_S);
    drone_set_playing(relax_drone(relax), true);
    for (uint64_t frame = 0; (double)frame < LAST_S * RATE; frame += BLOCK) {
        const double now = (double)frame / RATE;
        const PacerState pacer = pacer_state(session_pacer(relax_session(relax)));
        lead_breath(heart, &pacer, now);
        heart_process(heart, person->signal + frame, BLOCK, NULL, 0);
        for (uint32_t i = 0; i < BLOCK; ++i) {
            const double at = now + i / RATE;
            mic[i] = now > FROM_S - 20.0 && now < START_S + BEFORE_S + DURING_S
                         ? (float)hum_at(at, at - out_began - 0.6, 4.0)
                         : 0.0f;
        }
        if (frame == (uint64_t)(START_S * RATE)) {
            guide_start(guide);
        }
        const uint32_t n = relax_process(relax, person->signal + frame, mic, left, right, BLOCK,
                                         events, RELAX_MAX_EVENTS);
        for (uint32_t i = 0; i < n; ++i) {
            if (events[i].kind == RELAX_CHAIN && events[i].of.chain.kind == CHAIN_BEAT) {
                keep_beat(person, &events[i].of.chain);
            } else if (events[i].kind == RELAX_SESSION &&
                       events[i].of.session.kind == SESSION_PART &&
                       events[i].of.session.part == PACER_EXHALE) {
                out_began = now;
            }
        }
        const uint64_t point = (uint64_t)(POINT_S * RATE);
        if (!person->taken && frame % point == 0) {
            keep_point(person, relax, now);
        }
        if (!person->taken && now > FROM_S &&
            (is_moment(relax) || now > START_S + BEFORE_S + DURING_S - 1.0)) {
            make_scene(person, relax, now);
            person->taken = true;
        }
    }
    make_changes(person, relax);
}

Person* person_new(const Text* text)
{
    Person* const person = (Person*)calloc(1, sizeof(Person));
    Heart* const heart = heart_new(RATE, 7);
    Relax* const relax = relax_new(RATE);
    if (person) {
        person->text = text;
        person->signal = (float*)calloc((size_t)((LAST_S + 1.0) * RATE), sizeof(float));
    }
    const bool ready = person && person->signal && heart && relax;
    if (ready) {
        heart_set_rsa_reference(heart, 15.0);
        heart_set_slow_waves(heart, 12.0, 14.0);
        heart_set_noise(heart, -34.0);
        heart_set_wander(heart, -20.0);
        run(person, heart, relax);
    }
    heart_free(heart);
    relax_free(relax);
    if (!ready) {
        person_free(person);
        return NULL;
    }
    return person;
}

void person_free(Person* person)
{
    if (person) {
        free(person->signal);
        free(person);
    }
}

const Scene* person_scene(const Person* person)
{
    return &person->scene;
}

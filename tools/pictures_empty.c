// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/pictures_person.h"

#include <math.h>

void person_scene_empty(Scene* scene, const Text* text)
{
    const char* const wait = text_get(text, N_("Waiting for heartbeats"));
    for (int i = 0; i < FACE_N_CONTROLS; ++i) {
        scene->relax.controls[i].focused = false;
    }
    scene->relax.controls[FACE_START - FACE_N_VIEWS].label = text_get(text, N_("Start"));
    scene->relax.breath = (BreathData){NAN, 0.0, NAN, NAN, BREATH_NO_CUE, true, wait};
    scene->relax.sensor = (SensorData){SENSOR_WAITING, SENSOR_ANY, NAN};
    scene->relax.trace.n = scene->relax.trace.n_beats = 0;
    scene->relax.trace.reason = text_get(text, N_("Waiting for the signal"));
    scene->relax.tacho.n_beats = scene->relax.tacho.n_breaths = 0;
    scene->relax.tacho.reason = scene->relax.tone.reason = wait;
    scene->relax.tone.n = 0;
    for (size_t i = 0; i < scene->relax.numbers.n; ++i) {
        scene->unknown[i] = scene->relax.numbers.numbers[i];
        scene->unknown[i].value = scene->unknown[i].quality = NAN;
        scene->unknown[i].reason = wait;
    }
    scene->relax.numbers.numbers = scene->unknown;
    scene->relax.timeline.current = -1;
    scene->small = (InlineData){NULL, 0, NAN, SENSOR_WAITING, NAN, NAN, NAN, NAN};
}

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The simulated person as the views see them: a session is run through dsp/, offline, and what a
/// window would know at its end is kept as the views' data.
#ifndef TOOLS_PICTURES_PERSON_H
#define TOOLS_PICTURES_PERSON_H

#include "ui/face_relax.h"
#include "ui/view_beat.h"
#include "ui/view_drone.h"
#include "ui/view_inline.h"
#include "ui/view_pacer.h"
#include "ui/view_pitch.h"
#include "ui/view_poincare.h"
#include "ui/view_recorder.h"
#include "ui/view_spectrum.h"

typedef struct Person Person;

enum { SCENE_NUMBERS = 5 };

/// What all views show of one moment. The arrays belong to the Person; words are English, to be
/// looked up by text_get with the theme's catalogue.
typedef struct {
    RelaxData relax;
    BeatData beat;
    TachoData intervals; ///< as plugin hrv shows them
    PoincareData poincare;
    SpectrumData spectrum;
    PitchData pitch;
    PacerData pacer;
    DroneData drone;
    RecorderData recorder;
    GuideData changes; ///< after an exercise
    InlineData small;
    Number unknown[SCENE_NUMBERS]; ///< of the empty scene
} Scene;

/// Runs the session: breathing by oneself, then with the pacer. NULL without memory.
Person* person_new(const Text* text);
void person_free(Person* person);

const Scene* person_scene(const Person* person);

/// Likewise, of somebody whose sensor is not connected.
void person_scene_empty(Scene* scene, const Text* text);

#endif

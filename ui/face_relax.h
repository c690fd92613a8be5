// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The face of Tonus Relax, composed of views only. Two modes: the therapist's, with all that is
/// known, and the person's: one figure in the dark, no number, nothing that blinks.
///
/// A window keeps a RelaxData up to date and draws anew the parts whose data have changed; clicks
/// and keys it takes to the controls by relax_face_at. Pure drawing; belongs to the thread of the
/// cairo context.
#ifndef UI_FACE_RELAX_H
#define UI_FACE_RELAX_H

#include "ui/view_breath.h"
#include "ui/view_control.h"
#include "ui/view_guide.h"
#include "ui/view_numbers.h"
#include "ui/view_sensor.h"
#include "ui/view_tacho.h"
#include "ui/view_timeline.h"
#include "ui/view_tone.h"
#include "ui/view_trace.h"

typedef enum {
    // views
    FACE_BREATH,
    FACE_SENSOR,
    FACE_TRACE,
    FACE_TACHO,
    FACE_TONE,
    FACE_NUMBERS,
    FACE_TIMELINE,
    FACE_GUIDE,
    FACE_N_VIEWS,
    // controls, in the order of the Tab key
    FACE_EXERCISE = FACE_N_VIEWS,
    FACE_START,
    FACE_MARK,
    FACE_MODE,
    FACE_VOLUME,
    FACE_VOICING,
    FACE_CUE,
    FACE_N_PARTS
} FacePart;

enum { FACE_N_CONTROLS = FACE_N_PARTS - FACE_N_VIEWS };

typedef struct {
    bool person; ///< the person's mode, else the therapist's
    bool awake;  ///< person's mode: the pointer moved just now, start and mode are offered
    BreathData breath;
    SensorData sensor;
    TraceData trace;
    TachoData tacho;
    ToneData tone;
    NumbersData numbers;
    TimelineData timeline;
    GuideData guide;
    ControlData controls[FACE_N_CONTROLS]; ///< FACE_EXERCISE first
} RelaxData;

typedef struct {
    Rect part[FACE_N_PARTS]; ///< without width or height: not shown
    bool person;
} RelaxLayout;

/// Where everything lies in a window of this size, from 200 × 150 on.
RelaxLayout relax_face_layout(const Theme* theme, double width, double height, bool person);

/// The whole window. The person's mode takes dark colours whatever the theme's are.
void relax_face_draw(cairo_t* cr, const Theme* theme, double width, double height,
                     const RelaxData* data);

/// One part, with its ground: what changes alone is drawn alone. In the person's mode the figure
/// lies under the controls: while awake, draw FACE_START and FACE_MODE after it.
void relax_face_draw_part(cairo_t* cr, const Theme* theme, const RelaxLayout* layout, FacePart part,
                          const RelaxData* data);

/// The control at a place; FACE_N_PARTS: none.
FacePart relax_face_at(const RelaxLayout* layout, double x, double y);

#endif

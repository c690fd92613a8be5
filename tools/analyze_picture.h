// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What the report shows, gathered from what was found; and the drawings of it, the same for HTML
/// and PDF. Lengths are points.
#ifndef TOOLS_ANALYZE_PICTURE_H
#define TOOLS_ANALYZE_PICTURE_H

#include "tools/analyze_exercise.h"
#include "tools/analyze_source.h"
#include "tools/analyze_words.h"
#include "ui/theme.h"
#include "ui/view_tacho.h"

#include <cairo/cairo.h>

#define PICTURE_WIDTH 515.0 ///< of a full drawing

enum {
    PICTURE_EXERCISES = 8,    ///< shown at most
    PICTURE_FREQUENCIES = 256 ///< of the spectrum at most
};

/// A curve over the recording, thinned to what a drawing can show
typedef struct {
    double *time_s, *value; ///< NAN: a gap
    size_t n;
} PictureCurve;

typedef struct {
    int language;
    const AnalyzeOptions* options;
    const SourceInfo* info;
    const HrvMeasures* whole;
    const char* warning;
    double duration_s;

    size_t n_beats, n_breaths;
    size_t n_of_type[6]; ///< normal, ectopic, missed, extra, unreliable, first
    PictureCurve rr_ms, odd_ms, breath_rate, tone, usable_percent;
    double rr_low_ms, rr_high_ms; ///< what almost all intervals lie between

    double *pair_ms, *next_ms; ///< for the Poincaré plot
    size_t n_pairs;

    double power[PICTURE_FREQUENCIES]; ///< ms²/Hz at (i + 1) step_hz, mean of the windows
    size_t n_power;
    unsigned n_windows;
    double step_hz, lf_ms2, hf_ms2;
    double breath_hz, breath_half_hz; ///< mean and standard deviation; 0: not known

    TachoBeat* part_beats; ///< two minutes of it
    size_t n_part_beats;
    TachoBreath* part_breaths;
    size_t n_part_breaths;
    double part_s; ///< where they begin

    Exercise exercises[PICTURE_EXERCISES];
    size_t n_exercises;

    Theme theme;
} Picture;

/// False without memory. `events`: the events.tsv of a take, NULL: none.
bool picture_make(Picture* picture, const AnalyzeOptions* options, const SourceInfo* info,
                  const Results* results, const HrvMeasures* whole, double duration_s,
                  const char* events);
void picture_free(Picture* picture);

typedef void (*PictureDraw)(cairo_t* cr, const Picture* picture, double width, double height);

void picture_draw_numbers(cairo_t* cr, const Picture* picture, double width, double height);
void picture_draw_time(cairo_t* cr, const Picture* picture, double width, double height);
void picture_draw_part(cairo_t* cr, const Picture* picture, double width, double height);
void picture_draw_poincare(cairo_t* cr, const Picture* picture, double width, double height);
void picture_draw_spectrum(cairo_t* cr, const Picture* picture, double width, double height);
void picture_draw_exercises(cairo_t* cr, const Picture* picture, double width, double height);

/// The spectrum's heading
void picture_spectrum_title(char* text, size_t size, const Picture* picture);

/// Height that picture_draw_exercises needs
double picture_exercises_height(const Picture* picture);

#endif

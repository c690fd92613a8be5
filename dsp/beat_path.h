// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/**
   One path of the beat detector: from the signal at about 250 Hz to decided beats.

   The signal is filtered to the band of the wave sought and made into a feature that is large where
   such a wave is (ECG: band energy, as in Pan and Tompkins 1985; pulse: the slope sum of Zong et
   al. 2003). Each peak of the feature is a candidate. It is decided as late as the constant delay
   allows, from its size against the beats before, its likeness to the shapes learnt (see
   beat_template.h), the quiet before and after it, the noise, and its time since the last beat.
   These are weighed by a logistic function (weights in beat_weights.h).

   Part of the beat detector; all functions but path_init() are [realtime].
*/

#ifndef TONUS_DSP_BEAT_PATH_H
#define TONUS_DSP_BEAT_PATH_H

#include "dsp/beat_recent.h"
#include "dsp/beat_template.h"
#include "dsp/filter.h"
#include "dsp/moving.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    PATH_RING = 512,     ///< samples remembered (1.6 s at the highest inner rate)
    PATH_CANDIDATES = 4, ///< undecided candidates
    PATH_EVIDENCE = 33   ///< numbers that a decision weighs
};

/// What makes one sensor's path differ from another's
typedef struct {
    double band_low_hz, band_high_hz;  ///< corners of the second-order band filters
    double shape_low_hz;               ///< high-pass of the signal that shapes are of
    bool slope_sum;                    ///< feature: slope sum of rises, else band energy
    double window_s;                   ///< that the feature looks back over
    double band_delay_s;               ///< delay of the band filters for such waves
    double shape_step_s;               ///< spacing of the samples of a shape
    double shape_centre_s;             ///< middle of a shape after the point of the beat
    int shapes;                        ///< shapes learnt, 1..TEMPLATE_SHAPES
    double near_s;                     ///< a candidate is the largest peak within this
    double refractory_s;               ///< beats are never closer
    double twin_s;                     ///< within this a smaller peak may be a T or dicrotic wave
    double sure_odds, sure_noise_odds; ///< a reliable beat's evidence, and that much more in noise
    const double* weights;             ///< PATH_EVIDENCE elements
} PathKind;

extern const PathKind path_ecg;
extern const PathKind path_pulse;

typedef struct {
    int64_t at;        ///< sample of the feature's peak
    int64_t point;     ///< sample of the point of the beat, band filter's delay taken off
    int64_t deadline;  ///< sample at which it must be decided
    double mark;       ///< fiducial point in samples, found on the unfiltered signal
    int64_t foot, top; ///< samples of a pulse's foot and top
    float height;      ///< of the R wave or pulse, input units, > 0
    float base;        ///< level it stands on, input units
    float width_s;     ///< ECG: at half height; pulse: from the foot to the top
    bool lobe_down;    ///< the point is a downward lobe of the band signal
    bool down;         ///< the R wave points down
    double tilt;       ///< of the line that a pulse stands on, per sample; 0 unless steep
    float size;        ///< of the feature
    float slope;       ///< steepest slope in the feature's window
    float quiet;       ///< level of the quiet signal when it came
    float ahead;       ///< largest feature that has come after it
} Candidate;

typedef struct {
    const PathKind* kind;
    double rate_hz;
    int64_t now;    ///< samples taken; sample k is ring[k % PATH_RING]
    int64_t origin; ///< samples that went by before the path began
    int window, near, refractory, budget, band_delay, step, centre;
    double per_window; ///< 1 / window
    double slope_gain; ///< of the difference over two samples

    Biquad hum, lowpass;
    BiquadPair highpasses; ///< of the band, of the shapes
    float band[PATH_RING], slope[PATH_RING], feature[PATH_RING];
    MovingSum energy;
    float shape[PATH_RING], raw[PATH_RING];

    double quiet;                ///< 25 % quantile of the feature
    double quiet_up, quiet_down; ///< its steps

    Candidate candidate[PATH_CANDIDATES];
    int candidates;

    Recent sizes, rejects, intervals, likenesses, heights, widths;
    double last_base;      ///< of the last beat, input units
    double wander;         ///< running mean of its slope's size from beat to beat, per sample
    int64_t places[2];     ///< points of the last two beats, the newer first
    Recent sure_intervals; ///< between sure beats next to each other
    int64_t sure;          ///< feature peak of the last sure beat
    int64_t last;          ///< feature peak of the last beat
    double last_size, last_slope;
    bool any; ///< a beat has been found
    Templates templates;
    double lobe;       ///< the same of the largest lobe of the band signal
    double upward;     ///< running mean of +1 for upright, -1 for inverted R waves
    int forced;        ///< polarity set by the user: 1 upright, -1 inverted, 0 found
    bool armed;        ///< for the next provisional trigger
    int64_t triggered; ///< sample of the last one

    uint64_t decided;              ///< candidates weighed since the start, for fitting the weights
    double weighed[PATH_EVIDENCE]; ///< what was known of the last of them
    int64_t weighed_point;         ///< its point, sample
} BeatPath;

/// A sample of one of the path's rings; also for times not long past the present or before the
/// start
static inline float path_at(const float ring[PATH_RING], int64_t k)
{
    return ring[(uint64_t)k % PATH_RING];
}

/// The level that the last values have: median, for pulses the upper quartile
double path_level(const BeatPath* path, const Recent* values, double otherwise);

/// A decided beat
typedef struct {
    double mark;                 ///< fiducial point in samples
    double foot, top;            ///< of a pulse, samples
    float height, base, width_s; ///< see Candidate
    bool down;                   ///< see Candidate
    double tilt;                 ///< see Candidate
    double evidence;             ///< log odds that it is a beat
    bool reliable;               ///< looks and comes like the beats before it
    float likeness;              ///< correlation with the best shape; 0 while none is learnt
    float usual;                 ///< correlation with the shape seen most
    bool known;                  ///< shapes had been learnt
    double size;                 ///< feature against the median of the beats before, 1 = equal
    double noise;                ///< quiet level against the beats, 0..1
    double interval;             ///< since the beat before in usual intervals, 0 for the first
} FoundBeat;

/**
   Prepare a path for signals of `rate_hz` (about 250). A beat's point must be known `delay_s` after
   it was in the signal fed to the path.
*/
void path_init(BeatPath* path, const PathKind* kind, double rate_hz, double delay_s);

/// The signal is another one from the next sample on, number `origin` of all: learn everything
/// anew.
void path_begin(BeatPath* path, int64_t origin);

/// Forget everything learnt.
void path_reset(BeatPath* path);

/// Take a sample; true when a beat has been decided.
bool path_step(BeatPath* path, float x, FoundBeat* found);

/// True when the sample just taken looks like the beginning of a beat (the provisional trigger).
bool path_trigger(BeatPath* path);

#endif // TONUS_DSP_BEAT_PATH_H

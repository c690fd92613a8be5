// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The marks of a hum: what one estimate of the pitch, and the last two seconds of them, say about
/// the sound: whether it is like a hum, steady, even, rising, where it began and ended. It measures
/// only; when a hum begins and ends is decided in hum.c.
/// A plain struct; all functions are [realtime]. Times in frames since reset.

#ifndef TONUS_DSP_HUM_MARKS_H
#define TONUS_DSP_HUM_MARKS_H

#include "dsp/pitch.h"

#include <stdbool.h>
#include <stdint.h>

#define HUM_SILENCE_DB     (-80.0F) // level that is assumed before anything was heard
#define HUM_ONSET_BELOW_DB 24.0F    // onset and end: where the level comes within this of the hum's

enum { HUM_MAX_KNOWN = 8, HUM_HISTORY = 512 };

typedef struct {
    double rate;  ///< Hz
    int64_t hop;  ///< frames between estimates
    int64_t lag;  ///< frames by which the level lags
    bool singing; ///< open vowels count, too
    float known[HUM_MAX_KNOWN];
    uint32_t known_count;

    // Newest estimates, a ring
    uint32_t head; ///< of the newest
    uint32_t filled;
    float level[HUM_HISTORY], tonal[HUM_HISTORY]; ///< dBFS
    float cents[HUM_HISTORY];                     ///< over 55 Hz
    float centre[HUM_HISTORY];                    ///< Hz
    float low[HUM_HISTORY], high[HUM_HISTORY];    ///< power
    float over[HUM_HISTORY];                      ///< power above the low band
    bool like[HUM_HISTORY];                       ///< hum-like, as judged by hum.c
} HumMarks;

/// How even the last 256 ms are: slopes and standard deviations around the slopes.
typedef struct {
    float pitch_slope, pitch_sd; ///< cents per s, cents; of the hum-like ones
    float level_slope, level_sd; ///< dB per s, dB
    float centre_sd;             ///< of the mean, 1 = 100 %
    float like;                  ///< share of hum-like ones
} HumEvenness;

/// For estimates of this pitch detector; the struct has been zeroed.
void hum_marks_init(HumMarks* marks, double rate, const Pitch* pitch);

/// Forgets the estimates, settings kept.
void hum_marks_reset(HumMarks* marks);

/// As hum_set_known(). Returns whether they are others than before.
bool hum_marks_set_known(HumMarks* marks, const float* fundamentals_hz, uint32_t count);

/// Takes the next estimate. Whether it is hum-like is told by hum_marks_judge() afterwards.
void hum_marks_take(HumMarks* marks, const PitchEstimate* estimate);

static inline void hum_marks_judge(HumMarks* marks, bool like)
{
    marks->like[marks->head] = like;
}

/// Is this pitch one that Tonus itself plays?
bool hum_marks_known(const HumMarks* marks, float hz);

/// Is this pitch a multiple of the mains'?
bool hum_marks_mains(float hz);

/// Does this estimate sound like a hum, to begin one or (hold) to go on with one?
bool hum_marks_like(const HumMarks* marks, const PitchEstimate* estimate, bool hold);

/// Was what is heard now there from the first moment?
bool hum_marks_first(const HumMarks* marks);

/// A rise: the tonal level is by so much over the least of the last moments; at first, over
/// silence.
bool hum_marks_rises(const HumMarks* marks, float rise_db);

/// The pitch is that of 100 ms ago, unless there was none.
bool hum_marks_steady(const HumMarks* marks);

HumEvenness hum_marks_evenness(const HumMarks* marks);

/// Even enough for a hum; late: confirmed late, or at a pitch that Tonus itself plays.
bool hum_is_even(const HumEvenness* evenness, bool late);

/// Does what began at the onset ring out like something plucked or struck?
bool hum_marks_rings_out(const HumMarks* marks, int64_t now, int64_t onset);

/// Has what began at the onset, with this pitch (Hz), more of its power above 700 Hz or 1.9 kHz
/// than closed lips let out?
bool hum_marks_bright(const HumMarks* marks, int64_t now, int64_t onset, float hz);

/// When did the sound that is there now begin? Looks back over the levels.
int64_t hum_marks_onset(const HumMarks* marks, int64_t now);

/// When did the level leave its plateau for good? Looks back from now, so many seconds; good_at is
/// the clock of the last hum-like estimate.
int64_t hum_marks_end(const HumMarks* marks, int64_t now, double reach_s, float plateau_db,
                      int64_t good_at);

/// Was it quieter than this before the onset, long enough to breathe in?
bool hum_marks_breath(const HumMarks* marks, int64_t now, int64_t onset, float level_db);

#endif

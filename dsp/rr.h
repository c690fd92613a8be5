// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#ifndef TONUS_DSP_RR_H
#define TONUS_DSP_RR_H

#include <stdbool.h>
#include <stdint.h>

/**
   RR intervals from beat times, and what each of them is.

   A beat goes in, the interval that ended one beat earlier comes out (its successor is needed to
   know it): after beat k the interval from beat k-2 to beat k-1. Missed and extra beats are mended
   at once, ectopic intervals are only marked: whoever computes variability leaves them out, nothing
   is interpolated. With cleaning off every interval leaves at once, as RR_NORMAL.

   Method: the idea of Lipponen and Tarvainen (2019), thresholds from the person's own trailing
   distribution of differences, made causal; see docs/algorithms.md.

   Threads: rr_new and rr_free not real-time, everything else [realtime], one thread at a time.
*/

typedef enum {
    RR_NORMAL,  ///< From one sinus beat to the next
    RR_MISSED,  ///< Part of a long interval in which a beat was not seen: the interval divided
    RR_EXTRA,   ///< Two intervals made one, because the beat between them was none
    RR_ECTOPIC, ///< Before or after a premature beat or one that is none, or a pause
    RR_GAP,     ///< The signal was away: no heartbeat interval at all
} RrType;

typedef struct {
    double time_s;  ///< The beat, on the caller's clock; times must grow
    float quality;  ///< 0..1, as the beat detector gave it (1 where not known)
    bool reliable;  ///< False: the beat is doubtful or known to be ectopic (note 37)
    float likeness; ///< To the person's usual beat, 0..1; 0 where not known. Tells a beat that is
                    ///< only hard to see from one that looks otherwise
} RrBeat;

typedef struct {
    double time_s; ///< The beat that ends the interval, on the caller's clock
    double rr_ms;  ///< Length; 0 for RR_GAP
    RrType type;
    bool pair;     ///< The difference to the interval that came out before may be used for RMSSD:
                   ///< both are RR_NORMAL, and well timed as beats of this sensor go
    float quality; ///< 0..1, the worse of its two beats
} RrInterval;

/// True where an interval is from one normal beat to the next (NN) and may enter statistics
static inline bool rr_is_nn(const RrInterval* interval)
{
    return interval->type == RR_NORMAL || interval->type == RR_EXTRA;
}

enum {
    RR_MAX_OUT = 5 ///< Intervals that one beat can bring at most
};

/// Interval longer than this is a gap, not a heartbeat interval (ms): 20 bpm and a margin
#define RR_GAP_MS 4000.0

typedef struct Rr Rr;

/// NULL if there is no memory
Rr* rr_new(void);
void rr_free(Rr* rr);

/// Forget beats, the person's statistics and the rhythm; keep the setting of rr_set_clean
void rr_reset(Rr* rr);

/// Cleaning on (default) or off; takes effect with the next beat, which then starts afresh
void rr_set_clean(Rr* rr, bool clean);

/// A beat. Fills `out` in time order, returns how many (0..RR_MAX_OUT)
uint32_t rr_beat(Rr* rr, const RrBeat* beat, RrInterval out[RR_MAX_OUT]);

/// How good the beat told last was, where that comes after it (quality has its own MIDI message)
void rr_quality(Rr* rr, float quality);

/// The same for how like it is to the usual beat
void rr_likeness(Rr* rr, float likeness);

/// The signal was lost (or the transport jumped): the next beat starts a new series, and the
/// interval in between is a gap. Returns intervals still waiting, as rr_beat does
uint32_t rr_break(Rr* rr, RrInterval out[RR_MAX_OUT]);

/// The rhythm is too irregular for HRV, as in atrial fibrillation: differences are large and one
/// interval does not tell the next. Looks at the last 30 to 60 intervals
bool rr_irregular(const Rr* rr);

#endif

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What a plugin gets to hear in the checks: a plain ECG, humming, music, and the MIDI that other
/// plugins send. No physiology: it only has to set every plugin to work.
#ifndef TESTS_FEED_H
#define TESTS_FEED_H

#include "host.h"

enum { FEED_ECG, FEED_HUM, FEED_MUSIC, FEED_BELT, FEED_SIGNALS };

typedef struct {
    double rate;                 ///< Hz
    uint32_t frames;             ///< of each signal
    float* signal[FEED_SIGNALS]; ///< NULL until feed_signal() makes it
} Feed;

Feed* feed_new(double rate, double seconds);
void feed_free(Feed* feed);

/// Makes a signal when first asked for it. The caller may alter it.
float* feed_signal(Feed* feed, int signal);

/// Connects each audio input with the signal it is made for: by its symbol, and "in" with the ECG,
/// or with `sensor` when that is another one. From the host's present frame on.
void feed_connect(Feed* feed, Host* host, int sensor);

/// Schedules beats, breaths, values, held notes and a few messages of no meaning for us, from the
/// host's present frame on, into the first atom input.
void feed_midi(Host* host, double seconds, uint32_t seed);

/// Schedules what an open window says to its plugin, from the host's present frame on.
void feed_window(Host* host, double seconds);

/// Sets every control input to a random value in its range (`random`), or to 0: default, 1:
/// minimum, 2: maximum. Bypass stays off in 0..2 and is rare in random ones.
typedef enum { FEED_DEFAULTS, FEED_MINIMA, FEED_MAXIMA, FEED_RANDOM } FeedControls;
void feed_controls(Host* host, FeedControls kind, uint32_t* random);

#endif

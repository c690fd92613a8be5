// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// From frames of numbers to the signals of a source: which number is which signal, and how fast
/// they come. Shared by the sources that deliver plain numbers (stdin, serial, udp). Options:
/// ecg=COLUMN ppg=COLUMN belt=COLUMN, or column=COLUMN port=ECG|PPG|BELT (columns count from 1);
/// rate=HZ, scale=UNITS (what becomes 1.0), latency=MS.

#ifndef TONUS_BRIDGE_INLET_H
#define TONUS_BRIDGE_INLET_H

#include "bridge/source.h"

typedef struct Inlet Inlet;

typedef struct {
    double rate;       ///< Hz, 0 = only the option rate can say
    double offset;     ///< in the device's numbers: what becomes 0.0
    double full_scale; ///< what becomes 1.0; 0 = from the first ten seconds
    const char* unit;
    SignalKind port; ///< without options
    double jitter_s; ///< without the option latency
    bool lossy;      ///< any packet may be lost on the way
} InletDefaults;

/// Reads the options and adds the channels. NULL after source_fail() or source_usage().
Inlet* inlet_open(Source* source, const InletDefaults* defaults);

void inlet_free(Inlet* inlet);

/// A connection begins.
void inlet_begin(Inlet* inlet);

/// What is given from now on until inlet_flush() arrived at `arrival_us`.
void inlet_arrived(Inlet* inlet, double arrival_us);

/// One frame of numbers, NAN where one is missing; `lost` frames before it did not come.
void inlet_frame(Inlet* inlet, const float* values, unsigned n, uint64_t lost);

/// Numbers that are all of the signal whose column was given as this name ("/ecg"), or of the only
/// one when no column is a name. False when nobody wants them.
bool inlet_series(Inlet* inlet, const char* name, const float* values, unsigned n);

/// Hands on what came.
void inlet_flush(Inlet* inlet);

/// A usual sampling rate near the one measured, or that itself
double inlet_usual_rate(double measured);

#endif

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Recordings as a host plays them: read from their file, resampled as the bridge does, run through
/// the plugin Tonus Beat, beats collected from its MIDI.
#ifndef TESTS_RECORDED_H
#define TESTS_RECORDED_H

#include "host.h"
#include "score.h"

#define RECORDED_RATE 48000.0 ///< of the host, Hz

/// A signal in memory
typedef struct {
    float* sample;
    size_t n;
    double rate;
} Signal;

/// Reads a channel (name, or number from 1; NULL: the first) of a file; gaps are held. `scale`
/// multiplies. False with a line on standard error when it cannot be read.
bool signal_read(Signal* signal, const char* path, const char* channel, double rate, double scale);
void signal_free(Signal* signal);

/// The signal at another rate, as the bridge would make it.
Signal signal_resampled(const Signal* signal, double rate);

/// Runs the plugin over the signal at RECORDED_RATE with the control `sensor` set; beats with the
/// plugin's delay taken off.
Beats recorded_beats(HostWorld* world, const Signal* signal, float sensor);

/// Names in a folder with an ending, the ending taken off, sorted.
enum { RECORDED_NAMES = 256, RECORDED_NAME_SIZE = 64 };
typedef struct {
    char name[RECORDED_NAMES][RECORDED_NAME_SIZE];
    int n;
} Names;
Names recorded_names(const char* folder, const char* ending);

/// Reference beats as sample numbers of that rate in STEM_beats.txt, spans without in
/// STEM_beats.excl.
bool reference_read_list(Reference* reference, const char* stem, double rate);

/// Reference beats from an annotation file of that sample rate; ventricular flutter is left out.
bool reference_read(Reference* reference, const char* path, double rate);

#endif

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Beats that a device itself reports, as MIDI on a JACK port: the JACK thread's half.

#ifndef TONUS_BRIDGE_BEATPORT_H
#define TONUS_BRIDGE_BEATPORT_H

#include "bridge/source.h"

#include <jack/jack.h>

typedef struct {
    Source* source; ///< or NULL: the port stays empty
    SourceBeat beat;
    bool has_beat;
    int sounding; ///< note that is on, or -1 (at the beginning)
    double note_off_us;
} BeatPort;

/// Writes the events of a block of `n` frames that begins at `begin_us` on JACK's clock and lasts
/// `period_us` into the port's buffer. [realtime]
void beatport_process(BeatPort* beats, void* buffer, double begin_us, double period_us,
                      jack_nframes_t n);

#endif

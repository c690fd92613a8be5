// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What a JACK client records for a test: some ports' frames and events, all from one moment on.

#ifndef TONUS_TESTS_JACKTRACKS_H
#define TONUS_TESTS_JACKTRACKS_H

#include <jack/jack.h>

#include <stdbool.h>
#include <stdint.h>

/// How long nothing at all may happen before a test gives up. A machine that is busy takes long,
/// and that is no fault
#define JACKTRACKS_PATIENCE_S 90.0

typedef struct JackTracks JackTracks;

typedef struct {
    uint64_t frame; ///< since recording began
    uint32_t size;
    uint8_t bytes[4]; ///< the first ones
} JackEvent;

JackTracks* jacktracks_new(void);
void jacktracks_free(JackTracks* self);

/// Takes the client's callbacks; it is not active yet.
void jacktracks_listen(JackTracks* self, jack_client_t* client);

/// Connects two ports, of which one may have come a moment ago.
bool jacktracks_connect(jack_client_t* client, const char* from, const char* to);

/// As jackworld_record() and those that go with it
bool jacktracks_record(JackTracks* self, const char* const* audio, const char* const* midi,
                       const char* const* links, uint64_t frames, bool freewheel);
unsigned jacktracks_xruns(const JackTracks* self);
const float* jacktracks_audio(const JackTracks* self, unsigned index);
const JackEvent* jacktracks_events(const JackTracks* self, unsigned index, unsigned* count);

#endif

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// A private JACK server (dummy driver) for tests, programs that run in it, and a client that
/// records. Everything that was started ends with jackworld_free(), also programs that hang.

#ifndef TONUS_TESTS_JACKWORLD_H
#define TONUS_TESTS_JACKWORLD_H

#include "jacktracks.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct JackWorld JackWorld;

/// NULL where jackd is not installed or does not start; `reason` (200 bytes) then says so.
JackWorld* jackworld_new(unsigned rate, unsigned period, char* reason);

/// The same with a server in real time (jackd -R); NULL also where the system does not permit that.
JackWorld* jackworld_new_realtime(unsigned rate, unsigned period, char* reason);

void jackworld_free(JackWorld* world);

/// Starts a program (found in PATH or by its path), its standard input an open pipe, its output in
/// a file. `argv` ends with NULL. 0 when it is not there.
pid_t jackworld_spawn(JackWorld* world, const char* const* argv);

/// Ends it with SIGTERM and returns its exit status, -1 when it had to be killed or died of a
/// signal.
int jackworld_stop(JackWorld* world, pid_t pid);

/// Ends all programs that still run.
void jackworld_stop_all(JackWorld* world);

/// Waits for it to end by itself, for as long as a busy machine may need; its exit status, -1 as
/// above
int jackworld_join(JackWorld* world, pid_t pid);

/// What it wrote to standard output and error so far; valid until the next call
const char* jackworld_output(JackWorld* world, pid_t pid);

/// Is a program with that name in PATH?
bool jackworld_has(const char* program);

/// Ends the server alone and starts another one of the same name.
bool jackworld_restart_server(JackWorld* world);

/// Makes the server stand still, or go on: while it stands, it answers nobody.
void jackworld_halt_server(JackWorld* world, bool halt);

/// Is a port there?
bool jackworld_has_port(JackWorld* world, const char* port);

/// Waits until a port is there, for as long as a busy machine may need.
bool jackworld_wait_port(JackWorld* world, const char* port);

bool jackworld_connect(JackWorld* world, const char* from, const char* to);

/// Capture latency of a port in frames, announced the same at both ends; -1 when there is no such
/// port
int jackworld_latency(JackWorld* world, const char* port);

/// A metadata property of a port ("" when there is none); valid until the next call
const char* jackworld_property(JackWorld* world, const char* port, const char* key);

// Recording

/// Records the ports named (audio ones, then MIDI ones; each list ends with NULL, or is NULL) for
/// `frames` frames, freewheeling or in real time. The ports are connected here, in this order, and
/// then the pairs FROM, TO, FROM, TO, ... of `links`. False when a port is missing, or when no
/// frames come any more.
bool jackworld_record(JackWorld* world, const char* const* audio, const char* const* midi,
                      const char* const* links, uint64_t frames, bool freewheel);

/// Blocks that came late in the last recording, its first second (connecting) left out
unsigned jackworld_xruns(const JackWorld* world);

/// Audio port `index` of the last recording
const float* jackworld_audio(const JackWorld* world, unsigned index);

/// All events of MIDI port `index` of the last recording
const JackEvent* jackworld_events(const JackWorld* world, unsigned index, unsigned* count);

#endif

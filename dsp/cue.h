// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/*
 * Cue: the sound that paces. Either soft waves (noise that comes and goes like a shore) or a soft
 * tone that rises with the in-breath by a fifth and falls with the out-breath. Both follow one
 * number, how full the lungs should be.
 */

#ifndef TONUS_DSP_CUE_H
#define TONUS_DSP_CUE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Cue Cue;

typedef enum { CUE_SILENT = 0, CUE_WAVES = 1, CUE_TONE = 2 } CueKind;

Cue* cue_new(double rate); /* Hz, 1000..1e6, else NULL */
void cue_free(Cue* cue);
void cue_reset(Cue* cue); /* [realtime] */

void cue_set_kind(Cue* cue, CueKind kind);    /* [realtime] crossfades within 3 s */
void cue_set_level(Cue* cue, float level_db); /* [realtime] dBFS RMS at full lungs, -60..-12 */
void cue_set_root(Cue* cue, float hz);        /* [realtime] 55..440 Hz */
void cue_set_playing(Cue* cue, bool playing); /* [realtime] fades in within 2 s, out within 3 s */

enum { CUE_TICK = 32 }; /* frames between two calls of cue_aim */

/*
 * [realtime] Every CUE_TICK frames: how full the lungs should be CUE_TICK frames from now, 0..1,
 * and by how many dB the level follows that.
 */
void cue_aim(Cue* cue, float fullness, float swing_db);

/* [realtime] Adds n frames to left and right (each may be NULL). */
void cue_add(Cue* cue, float* left, float* right, uint32_t n);

#endif

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "dsp/room.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LINES   8
#define DECAY_S 2.5    // time for 60 dB
#define FLOOR   1e-20f // smaller samples become zero: no denormals in the loop
#define BLOCK   ROOM_BLOCK

// Lengths of the lines, s: mutually prime in 0.1 ms, 30 to 80 ms, so that echoes do not coincide.
static const double length_s[LINES] = {0.0307, 0.0367, 0.0421, 0.0487,
                                       0.0541, 0.0613, 0.0691, 0.0787};

typedef struct {
    uint32_t length; // frames
    float gain;      // per passage
    float* ring;
} Line;

struct Room {
    uint32_t size;  // of each ring: a multiple of BLOCK
    uint32_t write; // where the next block goes, a multiple of BLOCK
    Line line[LINES];
    float memory[]; // LINES * size
};

Room* room_new(double rate)
{
    const uint32_t longest = (uint32_t)(length_s[LINES - 1] * rate) + 2 * BLOCK;
    const uint32_t size = (longest / BLOCK + 1) * BLOCK;
    Room* const room = (Room*)calloc(1, sizeof(Room) + LINES * size * sizeof(float));
    if (!room) {
        return NULL;
    }
    room->size = size;
    for (int i = 0; i < LINES; ++i) {
        // A whole block is read before it is written.
        const uint32_t length = (uint32_t)(length_s[i] * rate);
        room->line[i].length = length > BLOCK ? length : BLOCK + (uint32_t)i;
        room->line[i].gain = (float)pow(10.0, -3.0 * length_s[i] / DECAY_S);
        room->line[i].ring = room->memory + (uint32_t)i * size;
    }
    return room;
}

void room_free(Room* room)
{
    free(room);
}

void room_reset(Room* room)
{
    memset(room->memory, 0, LINES * room->size * sizeof(float));
    room->write = 0;
}

static void read_line(const Room* room, const Line* line, float* to)
{
    const uint32_t at = (room->write + room->size - line->length) % room->size;
    const uint32_t first = room->size - at < BLOCK ? room->size - at : BLOCK;
    memcpy(to, line->ring + at, first * sizeof(float));
    memcpy(to + first, line->ring, (BLOCK - first) * sizeof(float));
}

void room_process(Room* room, const float* in, float* left, float* right)
{
    float x[LINES][BLOCK];
    float sum[BLOCK];
    for (int i = 0; i < LINES; ++i) {
        read_line(room, &room->line[i], x[i]);
    }
    // Even lines to the left, odd ones to the right, signs alternating: decorrelated, and without
    // loss in mono. 0.89 brings the answer to the input's power for this decay (measured).
    for (int k = 0; k < BLOCK; ++k) {
        left[k] = 0.89f * (x[0][k] - x[2][k] + x[4][k] - x[6][k]);
        right[k] = 0.89f * (x[1][k] - x[3][k] + x[5][k] - x[7][k]);
        sum[k] = 0.0f;
    }
    for (int i = 0; i < LINES; ++i) {
        const float gain = room->line[i].gain;
        for (int k = 0; k < BLOCK; ++k) {
            x[i][k] *= gain;
            sum[k] += x[i][k];
        }
    }
    for (int i = 0; i < LINES; ++i) {
        float* const restrict to = room->line[i].ring + room->write;
        const float sign = i & 2 ? -0.25f : 0.25f;
        for (int k = 0; k < BLOCK; ++k) {
            const float y = x[i][k] - 0.25f * sum[k] + sign * in[k];
            to[k] = fabsf(y) > FLOOR ? y : 0.0f;
        }
    }
    room->write = (room->write + BLOCK) % room->size;
}

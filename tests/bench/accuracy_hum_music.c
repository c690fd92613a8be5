// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// False hums in single-line melodies of sampled instruments: FluidSynth plays them from a General
/// MIDI sound font, at a usual and at a slow pace. Says so and stops where either is not installed.
/// Both are sought when it runs: the tests do not depend on them.
#include "dsp/hum.h"
#include "voice.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { RATE = 16000, BLOCK = 256, SECONDS = 240 };

static struct {
    void* (*new_settings)(void);
    int (*set_number)(void*, const char*, double);
    void* (*new_synth)(void*);
    int (*load)(void*, const char*, int);
    int (*program)(void*, int, int);
    int (*note_on)(void*, int, int, int);
    int (*note_off)(void*, int, int);
    int (*write)(void*, int, void*, int, int, void*, int, int);
    void (*delete_synth)(void*);
} fluid;

static bool find(void* library, const char* name, void* to)
{
    void* const found = dlsym(library, name);
    *(void**)to = found;
    return found != NULL;
}

static bool find_fluid(void)
{
    void* const library = dlopen("libfluidsynth.so.3", RTLD_NOW);
    return library && find(library, "new_fluid_settings", &fluid.new_settings) &&
           find(library, "fluid_settings_setnum", &fluid.set_number) &&
           find(library, "new_fluid_synth", &fluid.new_synth) &&
           find(library, "fluid_synth_sfload", &fluid.load) &&
           find(library, "fluid_synth_program_change", &fluid.program) &&
           find(library, "fluid_synth_noteon", &fluid.note_on) &&
           find(library, "fluid_synth_noteoff", &fluid.note_off) &&
           find(library, "fluid_synth_write_float", &fluid.write) &&
           find(library, "delete_fluid_synth", &fluid.delete_synth);
}

// Hums in SECONDS of a melody around `middle`, notes of shortest_s to six times that, three of ten
// followed by a rest
static int hums_in_melody(void* synth, int program, int middle, double shortest_s, uint32_t seed,
                          int* first_notes)
{
    static const int scale[] = {0, 2, 4, 5, 7, 9, 11};
    Hum* const hum = hum_new(RATE);
    fluid.program(synth, 0, program);
    int degree = 7, key = -1, starts = 0;
    double next = 1.0, off = 0.0, first_end = 0.0;
    for (size_t at = 0; hum && at < (size_t)SECONDS * RATE; at += BLOCK) {
        const double t = (double)at / RATE;
        if (key >= 0 && t >= off) {
            fluid.note_off(synth, 0, key);
            key = -1;
        }
        if (t >= next) {
            const double s = shortest_s * (1.0 + floor(6.0 * voice_random(&seed)));
            const double u = voice_random(&seed);
            degree += (int)floor(5.0 * voice_random(&seed)) - 2;
            degree = degree < 2 ? 3 : degree > 12 ? 11 : degree;
            key = middle - 12 + 12 * (degree / 7) + scale[degree % 7];
            fluid.note_on(synth, 0, key, 70 + (int)(40.0 * voice_random(&seed)));
            off = t + 0.95 * s;
            next = t + s + (u < 0.7 ? 0.0 : u < 0.9 ? 0.35 : 0.5 + 0.9 * voice_random(&seed));
            first_end = first_end > 0.0 ? first_end : next;
        }
        float left[BLOCK], right[BLOCK], x[BLOCK];
        fluid.write(synth, BLOCK, left, 0, 1, right, 0, 1);
        for (int i = 0; i < BLOCK; ++i) {
            x[i] = 0.5F * (left[i] + right[i]);
        }
        voice_noise(x, BLOCK, -65.0, &seed);
        HumEvent events[8];
        const uint32_t count = hum_process(hum, x, BLOCK, events, 8);
        for (uint32_t i = 0; i < count; ++i) {
            const double moment = ((double)at + events[i].frame - hum_delay(RATE)) / RATE;
            if (events[i].kind == HUM_START) {
                ++starts;
                *first_notes += moment < first_end;
            }
        }
    }
    if (key >= 0) {
        fluid.note_off(synth, 0, key);
    }
    for (int i = 0; i < 4 * RATE / BLOCK; ++i) { // it dies away before the next one plays
        float left[BLOCK], right[BLOCK];
        fluid.write(synth, BLOCK, left, 0, 1, right, 0, 1);
    }
    hum_free(hum);
    return starts;
}

int main(void)
{
    static const struct {
        const char* name;
        int program, middle; // General MIDI, from 0; the key around which it plays
    } list[] = {{"piano", 0, 55},        {"vibraphone", 11, 57},    {"organ, drawbar", 16, 55},
                {"organ, pipe", 19, 55}, {"guitar, nylon", 24, 52}, {"violin", 40, 60},
                {"cello", 42, 48},       {"strings", 48, 52},       {"choir, aah", 52, 55},
                {"trombone", 57, 50},    {"horn", 60, 52},          {"oboe", 68, 60},
                {"bassoon", 70, 48},     {"clarinet", 71, 57},      {"flute", 73, 60},
                {"whistle", 78, 60}};
    const char* const font = "/usr/share/sounds/sf2/TimGM6mb.sf2";
    void* const settings = find_fluid() ? fluid.new_settings() : NULL;
    void* synth = NULL;
    if (settings) {
        fluid.set_number(settings, "synth.sample-rate", RATE);
        fluid.set_number(settings, "synth.gain", 0.6);
        synth = fluid.new_synth(settings);
    }
    if (!synth || fluid.load(synth, font, 1) < 0) {
        printf("libfluidsynth3 or timgm6mb-soundfont is not installed\n");
        return 0;
    }
    int all[2] = {0, 0}, first = 0;
    printf("False hums in %d min of melody: notes of 0.25..1.5 s, of 0.6..3.6 s\n", SECONDS / 60);
    for (size_t i = 0; i < sizeof list / sizeof *list; ++i) {
        int count[2];
        for (int slow = 0; slow < 2; ++slow) {
            count[slow] = hums_in_melody(synth, list[i].program, list[i].middle, slow ? 0.6 : 0.25,
                                         5U + (uint32_t)i, &first);
            all[slow] += count[slow];
        }
        printf("%-16s %3d %3d\n", list[i].name, count[0], count[1]);
        fflush(stdout);
    }
    const double minutes = (double)(sizeof list / sizeof *list) * SECONDS / 60.0;
    printf("all: %.2f and %.2f per 10 min; %d of them were the first note\n",
           10.0 * all[0] / minutes, 10.0 * all[1] / minutes, first);
    fluid.delete_synth(synth);
    return 0;
}

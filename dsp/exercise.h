// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/*
 * Exercise: the table of the exercises that Tonus guides, from physiotherapy for people with
 * chronic pain, fatigue, stress and autonomic dysfunction. Data only.
 */

#ifndef TONUS_DSP_EXERCISE_H
#define TONUS_DSP_EXERCISE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    EXERCISE_FREE = 0, /* nobody paces */
    EXERCISE_PACED,    /* the pacer runs */
    EXERCISE_HUM,      /* the pacer runs and the person hums on the out-breath */
    EXERCISE_COLD,     /* immersions in cold water, marked by the person */
    EXERCISE_SEARCH,   /* the resonance search */
    EXERCISE_TREATMENT /* open end, marks by the therapist */
} ExerciseKind;

typedef struct {
    uint32_t id; /* 1..9 the rows of the table, 10 and up their variants */
    ExerciseKind kind;
    const char* name;
    const char* how;                     /* one or two plain sentences for the person */
    const char* caution;                 /* what to look out for, "" = nothing special */
    float inhale_s, exhale_s;            /* the pace, 0 = free */
    float before_s, exercise_s, after_s; /* exercise_s 0 = until stopped */
    float ceiling_bpm;                   /* hint above this heart rate, 0 = none */
    bool drone;                          /* the drone sounds */
    bool moving; /* the person moves: measures during the exercise are not compared */
} Exercise;

uint32_t exercise_count(void);
const Exercise* exercise_at(uint32_t index); /* index < count, else NULL; in the order of a menu */
const Exercise* exercise_by_id(uint32_t id); /* NULL when there is none */

#endif

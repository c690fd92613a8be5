// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/*
 * Compare: two parts of a session beside each other: heart rate, RMSSD and respiratory HRV, with
 * the breathing rate that they were taken at, each with its uncertainty; and what must not be
 * compared is not.
 */

#ifndef TONUS_DSP_COMPARE_H
#define TONUS_DSP_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why a difference is not given. */
typedef enum {
    COMPARE_OK = 0,
    COMPARE_NOT_MEASURED, /* one of the parts is missing */
    COMPARE_TOO_SHORT,    /* less than 60 s of sound beats in one part */
    COMPARE_ARTEFACTS,    /* more than 10 % of the time without sound beats */
    COMPARE_PACED,        /* one part paced, the other not */
    COMPARE_BREATHING,    /* breathing rates more than 15 % and 1 per minute apart */
    COMPARE_NO_BREATHING, /* breathing rate of one part not known */
    COMPARE_MOVING        /* the person moved in one part */
} CompareReason;

/* What a part collects. A plain value, 1.5 kB, no memory of its own. */
enum { PART_SEGMENTS = 64 };
typedef struct {
    bool paced, moving;
    double seconds;   /* length so far */
    double usable_s;  /* of it with sound beats */
    double rr_sum_ms; /* of usable intervals */
    uint32_t rr_count;
    double diff2_sum_ms2; /* of usable successive differences */
    uint32_t diff_count;
    float last_rr_ms;                                /* 0 = the last was not usable */
    double breath_sum, breath_sum2, breath_weight_s; /* rate per minute, weighted by time */
    double resp_ln_sum, resp_ln_sum2, resp_weight_s; /* ln of respiratory HRV in ms */
    float breath_rate, resp_hrv, breath_confidence;  /* newest */
    double breath_age_s;
    /* 20 s segments for the uncertainty of the heart rate */
    double segment_s, segment_rr_ms;
    uint32_t segment_beats;
    uint32_t segments;
    double segment_mean, segment_m2; /* Welford over the heart rates of the segments */
} Part;

/* One measure of both parts. Difference: after - before for heart and breathing rate, after /
 * before for the rest. */
typedef struct {
    CompareReason reason; /* the differences below hold only when COMPARE_OK */
    float before, after;
    float change;    /* bpm or per minute; or a factor */
    float low, high; /* 95 % interval of change */
    bool clear;      /* the interval leaves out "no change" */
} CompareMeasure;

typedef struct {
    bool present;
    CompareMeasure heart_rate;         /* bpm */
    CompareMeasure rmssd;              /* ms */
    CompareMeasure resp_hrv;           /* ms */
    float breath_before, breath_after; /* per minute, 0 = not known */
} Comparison;

void part_begin(Part* part, bool paced, bool moving); /* [realtime] */
void part_advance(Part* part, double seconds);        /* [realtime] */
void part_beat(Part* part, float rr_ms, bool usable); /* [realtime] a beat, now */
void part_breath(Part* part, float rate_per_min, float resp_hrv_ms,
                 float confidence); /* [realtime] */

Comparison compare_parts(const Part* before, const Part* after); /* [realtime] */

/* Plain words, at most size bytes with the closing zero; no allocation. Returns the length. */
size_t compare_sentence(const Comparison* comparison, char* text, size_t size); /* [realtime] */
const char* compare_reason_text(CompareReason reason); /* [realtime] never NULL */

#endif

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tools/analyze_exercise.h"

#include "formats/table.h"

#include <math.h>
#include <string.h>

// ---- When they were ---------------------------------------------------------------------------

typedef struct {
    Exercise* list;
    size_t n, most;
    int running; // part; -1: none
} Reading;

static void end_part(Reading* reading, double at_s)
{
    if (reading->running >= 0 && reading->n > 0) {
        ExerciseTimes* const part = &reading->list[reading->n - 1].part[reading->running];
        part->to_s = fmax(at_s, part->from_s);
    }
    reading->running = -1;
}

static void begin_part(Reading* reading, ExercisePart which, double at_s)
{
    end_part(reading, at_s);
    Exercise* const last = reading->n > 0 ? &reading->list[reading->n - 1] : NULL;
    // A part that has been, or comes before one that has been, belongs to the next exercise
    bool next = !last;
    for (int p = which; last && p < EXERCISE_PARTS; ++p) {
        next = next || last->part[p].to_s > last->part[p].from_s;
    }
    if (next) {
        if (reading->n == reading->most) {
            return;
        }
        memset(&reading->list[reading->n++], 0, sizeof(Exercise));
    }
    reading->list[reading->n - 1].part[which] = (ExerciseTimes){.from_s = at_s, .to_s = at_s};
    reading->running = (int)which;
}

static void take_row(Reading* reading, const char* type, double onset_s)
{
    static const char* const parts[] = {"rest_before", "exercise", "rest_after"};
    for (int p = 0; p < EXERCISE_PARTS; ++p) {
        if (!strcmp(type, parts[p])) {
            begin_part(reading, (ExercisePart)p, onset_s);
        }
    }
    if (!strcmp(type, "part_end")) {
        end_part(reading, onset_s);
    } else if (!strcmp(type, "paced_in") && reading->running >= 0 && reading->n > 0) {
        reading->list[reading->n - 1].part[reading->running].paced = true;
    }
}

static void read_times(Reading* reading, Table* table)
{
    char* line = NULL;
    char* fields[TABLE_MAX_FIELDS];
    unsigned onset = TABLE_MAX_FIELDS;
    unsigned type = TABLE_MAX_FIELDS;
    unsigned n = table_line(table, &line) == TABLE_LINE ? table_split(line, '\t', fields) : 0;
    for (unsigned i = 0; i < n; ++i) {
        onset = !strcmp(fields[i], "onset") ? i : onset;
        type = !strcmp(fields[i], "trial_type") ? i : type;
    }
    while (onset < n && type < n && table_line(table, &line) == TABLE_LINE) {
        double at_s = 0.0;
        const unsigned found = table_split(line, '\t', fields);
        if (onset < found && type < found &&
            table_field(fields[onset], '.', &at_s) == FIELD_NUMBER && isfinite(at_s)) {
            take_row(reading, fields[type], at_s);
        }
    }
}

// ---- What they were ---------------------------------------------------------------------------

// Longest less shortest interval of a breath; 0 with fewer than three
static float swing_ms(const ResultBeat* beats, size_t n, size_t first, double end_s)
{
    double low = INFINITY;
    double high = -INFINITY;
    int count = 0;
    for (size_t i = first; i < n && beats[i].onset_s < end_s; ++i) {
        if (!strcmp(beats[i].type, "normal") && beats[i].rr_ms > 0.0) {
            low = fmin(low, beats[i].rr_ms);
            high = fmax(high, beats[i].rr_ms);
            ++count;
        }
    }
    return count >= 3 ? (float)(high - low) : 0.0f;
}

static void fill(Part* part, const ExerciseTimes* times, const Results* results)
{
    size_t n_beats = 0;
    size_t n_breaths = 0;
    const ResultBeat* const beats = results_beats(results, &n_beats);
    const ResultBreath* const breaths = results_breaths(results, &n_breaths);
    size_t breath = 0;
    double now_s = times->from_s;
    part_begin(part, times->paced, false);
    while (breath < n_breaths && breaths[breath].onset_s < times->from_s) {
        ++breath;
    }
    for (size_t i = 0; i < n_beats && beats[i].onset_s < times->to_s; ++i) {
        if (beats[i].onset_s < times->from_s) {
            continue;
        }
        for (; breath < n_breaths && breaths[breath].onset_s <= beats[i].onset_s; ++breath) {
            const ResultBreath* const b = &breaths[breath];
            part_advance(part, b->onset_s - now_s);
            now_s = fmax(b->onset_s, now_s);
            part_breath(part, b->rate_per_min,
                        swing_ms(beats, n_beats, i, b->onset_s + b->duration_s), b->confidence);
        }
        part_advance(part, beats[i].onset_s - now_s);
        now_s = fmax(beats[i].onset_s, now_s);
        part_beat(part, (float)beats[i].rr_ms,
                  !strcmp(beats[i].type, "normal") && beats[i].rr_ms > 0.0);
    }
    part_advance(part, times->to_s - now_s);
}

static void measure(ExerciseTimes* times, const Part* part)
{
    times->heart_rate_per_min = part->rr_count ? 60000.0 * part->rr_count / part->rr_sum_ms : NAN;
    times->rmssd_ms = part->diff_count > 1 ? sqrt(part->diff2_sum_ms2 / part->diff_count) : NAN;
    times->resp_hrv_ms =
        part->resp_weight_s > 0.0 ? exp(part->resp_ln_sum / part->resp_weight_s) : NAN;
    times->breath_rate_per_min =
        part->breath_weight_s > 0.0 ? part->breath_sum / part->breath_weight_s : NAN;
}

size_t exercises_read(const char* events, const Results* results, double end_s, Exercise* list,
                      size_t most)
{
    Table* const table = table_open(events);
    Reading reading = {list, 0, most, -1};
    if (!table) {
        return 0;
    }
    read_times(&reading, table);
    table_close(table);
    end_part(&reading, end_s);
    for (size_t i = 0; i < reading.n; ++i) {
        Part parts[EXERCISE_PARTS];
        for (int p = 0; p < EXERCISE_PARTS; ++p) {
            fill(&parts[p], &list[i].part[p], results);
            measure(&list[i].part[p], &parts[p]);
        }
        list[i].comparison = compare_parts(&parts[EXERCISE_BEFORE], &parts[EXERCISE_AFTER]);
    }
    return reading.n;
}

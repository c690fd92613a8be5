// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "score.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    size_t truth, found;
    double apart;
} Pair;

static void* grown(void* block, size_t n, size_t* room, size_t size)
{
    if (n < *room) {
        return block;
    }
    *room = *room ? 2 * *room : 1024;
    void* const larger = realloc(block, *room * size);
    if (!larger) {
        abort();
    }
    return larger;
}

void beats_add(Beats* b, double time_s, bool reliable)
{
    size_t room = b->room;
    b->time_s = (double*)grown(b->time_s, b->n, &room, sizeof(double));
    room = b->room;
    b->quality = (float*)grown(b->quality, b->n, &room, sizeof(float));
    room = b->room;
    b->likeness = (float*)grown(b->likeness, b->n, &room, sizeof(float));
    b->reliable = (bool*)grown(b->reliable, b->n, &b->room, sizeof(bool));
    b->time_s[b->n] = time_s;
    b->quality[b->n] = 1.0f;
    b->likeness[b->n] = 0.0f;
    b->reliable[b->n++] = reliable;
}

void beats_free(Beats* b)
{
    free(b->time_s);
    free(b->reliable);
    free(b->quality);
    free(b->likeness);
    *b = (Beats){0};
}

void reference_add(Reference* r, double time_s, bool normal, bool ectopic)
{
    size_t first = r->room, second = r->room;
    r->time_s = (double*)grown(r->time_s, r->n, &first, sizeof(double));
    r->normal = (bool*)grown(r->normal, r->n, &second, sizeof(bool));
    r->ectopic = (bool*)grown(r->ectopic, r->n, &r->room, sizeof(bool));
    r->time_s[r->n] = time_s;
    r->normal[r->n] = normal;
    r->ectopic[r->n++] = ectopic;
}

void reference_add_span(Reference* r, double from_s, double to_s)
{
    r->span = (double(*)[2])grown(r->span, r->n_spans, &r->span_room, sizeof(*r->span));
    r->span[r->n_spans][0] = from_s;
    r->span[r->n_spans++][1] = to_s;
}

void reference_free(Reference* r)
{
    free(r->time_s);
    free(r->normal);
    free(r->ectopic);
    free(r->span);
    *r = (Reference){0};
}

static bool counts(const Reference* r, double time_s, double from_s)
{
    if (time_s < from_s) {
        return false;
    }
    for (size_t i = 0; i < r->n_spans; ++i) {
        if (time_s >= r->span[i][0] && time_s <= r->span[i][1]) {
            return false;
        }
    }
    return true;
}

static int nearer(const void* a, const void* b)
{
    const Pair *p = (const Pair*)a, *q = (const Pair*)b;
    return p->apart < q->apart ? -1 : p->apart > q->apart;
}

Score score_beats(const Beats* b, const Reference* r, double lag_s, double from_s)
{
    Score s = {0};
    Pair* pairs = NULL;
    size_t n = 0, room = 0, low = 0;
    bool* const taken = (bool*)calloc(b->n + 1, sizeof(bool));
    s.found_of = (int*)malloc((r->n + 1) * sizeof(int));
    for (size_t i = 0; i < r->n; ++i) {
        s.found_of[i] = -1;
        if (!counts(r, r->time_s[i], from_s)) {
            continue;
        }
        while (low < b->n && b->time_s[low] - lag_s < r->time_s[i] - SCORE_WINDOW_S) {
            ++low;
        }
        for (size_t k = low; k < b->n; ++k) {
            const double apart = b->time_s[k] - lag_s - r->time_s[i];
            if (apart > SCORE_WINDOW_S) {
                break;
            }
            if (counts(r, b->time_s[k] - lag_s, from_s)) {
                pairs = (Pair*)grown(pairs, n, &room, sizeof(Pair));
                pairs[n++] = (Pair){i, k, fabs(apart)};
            }
        }
    }
    if (n) {
        qsort(pairs, n, sizeof(Pair), nearer);
    }
    for (size_t i = 0; i < n; ++i) {
        if (s.found_of[pairs[i].truth] < 0 && !taken[pairs[i].found]) {
            s.found_of[pairs[i].truth] = (int)pairs[i].found;
            taken[pairs[i].found] = true;
            ++s.hit;
        }
    }
    for (size_t i = 0; i < r->n; ++i) {
        s.missed += s.found_of[i] < 0 && counts(r, r->time_s[i], from_s);
    }
    for (size_t k = 0; k < b->n; ++k) {
        if (counts(r, b->time_s[k] - lag_s, from_s)) {
            s.extra += !taken[k];
            s.reliable += b->reliable[k];
            s.reliable_hit += b->reliable[k] && taken[k];
        }
    }
    free(pairs);
    free(taken);
    return s;
}

void score_free(Score* s)
{
    free(s->found_of);
    s->found_of = NULL;
}

double score_f1(size_t hit, size_t missed, size_t extra)
{
    return hit ? 200.0 * (double)hit / (double)(2 * hit + missed + extra) : 0.0;
}

double score_lag(const Beats* b, const Reference* r, double low_s, double high_s)
{
    enum { STEPS = 200 };
    size_t hits[STEPS + 1];
    int best = 0;
    for (int i = 0; i <= STEPS; ++i) {
        Score s = score_beats(b, r, low_s + (high_s - low_s) * i / STEPS, 0.0);
        hits[i] = s.hit;
        best = s.hit > hits[best] ? i : best;
        score_free(&s);
    }
    // the middle of the range around the best that is as good; another a beat later may be, too
    int first = best, last = best;
    const size_t enough = hits[best] - hits[best] / 500;
    while (first > 0 && hits[first - 1] >= enough) {
        --first;
    }
    while (last < STEPS && hits[last + 1] >= enough) {
        ++last;
    }
    return low_s + (high_s - low_s) * 0.5 * (first + last) / STEPS;
}

static int rising(const void* a, const void* b)
{
    const double x = *(const double*)a, y = *(const double*)b;
    return x < y ? -1 : x > y;
}

double score_quantile(double* values, size_t n, double part)
{
    if (!n) {
        return 0.0;
    }
    qsort(values, n, sizeof(double), rising);
    const size_t k = (size_t)(part * (double)n);
    return values[k < n ? k : n - 1];
}

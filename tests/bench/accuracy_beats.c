// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// How well Tonus Beat finds beats in recordings with reference beats: the plugin as a host runs
/// it, at 48 kHz, the recording resampled as by the bridge, the sensor left at 'auto'.
/// Usage: accuracy_beats [DATA], see unit_data_folder().
#include "recorded.h"
#include "unit.h"

#include "dsp/heart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define FULL_SCALE_MV 5.0
#define CLEAN_F1      99.9 // %: records as good as this are used for timing
#define MOST_SLOW     5    // as many of them are also fed at low rates

enum { PATH_SIZE = 1024 };

// Intervals between neighbouring normal beats that were both found
static size_t intervals(const Reference* r, const Score* s, const Beats* b, double* found,
                        double* truth)
{
    size_t n = 0;
    for (size_t i = 0; i + 1 < r->n; ++i) {
        const double rr = r->time_s[i + 1] - r->time_s[i];
        if (r->normal[i] && r->normal[i + 1] && s->found_of[i] >= 0 && rr < 2.0 &&
            s->found_of[i + 1] == s->found_of[i] + 1) {
            found[n] = b->time_s[s->found_of[i + 1]] - b->time_s[s->found_of[i]];
            truth[n++] = rr;
        }
    }
    return n;
}

// RMSSD over those intervals, ms, of both trains; pairs that follow one another only
static void rmssd(const Reference* r, const Score* s, const Beats* b, const Score* t,
                  const Beats* c, double* first, double* second)
{
    double sum_b = 0.0, sum_c = 0.0;
    size_t n = 0;
    for (size_t i = 0; i + 2 < r->n; ++i) {
        bool good = true;
        for (size_t k = i; k < i + 3; ++k) {
            good = good && r->normal[k] && s->found_of[k] >= 0 && t->found_of[k] >= 0;
        }
        if (!good) {
            continue;
        }
        const double* const x = b->time_s;
        const double* const y = c->time_s;
        const int* const p = s->found_of + i;
        const int* const q = t->found_of + i;
        const double d = x[p[2]] - 2.0 * x[p[1]] + x[p[0]];
        const double e = y[q[2]] - 2.0 * y[q[1]] + y[q[0]];
        sum_b += d * d;
        sum_c += e * e;
        ++n;
    }
    *first = n ? 1000.0 * sqrt(sum_b / (double)n) : 0.0;
    *second = n ? 1000.0 * sqrt(sum_c / (double)n) : 0.0;
}

typedef struct {
    size_t hit, missed, extra;
    double worst;
    char worst_name[64];
} Total;

static void add(Total* total, const Score* s, const char* name)
{
    const double f1 = score_f1(s->hit, s->missed, s->extra);
    total->hit += s->hit;
    total->missed += s->missed;
    total->extra += s->extra;
    if (!total->worst || f1 < total->worst) {
        total->worst = f1;
        snprintf(total->worst_name, sizeof(total->worst_name), "%s", name);
    }
}

static void row(const char* what, const char* asked, const char* format, double value)
{
    char text[64];
    snprintf(text, sizeof(text), format, value);
    printf("%-62s %-12s %s\n", what, asked, text);
    fflush(stdout);
}

static void ecg(HostWorld* world, const char* data)
{
    char folder[PATH_SIZE], path[PATH_SIZE + 80];
    snprintf(folder, sizeof(folder), "%s/mitdb", data);
    const Names names = recorded_names(folder, ".hea");
    if (!names.n) {
        printf("no ECG records with reference beats in %s\n", folder);
        return;
    }
    Total total = {0};
    static double bias_100[RECORDED_NAMES], bias_130[RECORDED_NAMES];
    size_t n_bias = 0, n_error = 0, n_rr = 0;
    double* const error = (double*)malloc(sizeof(double) * 400000);
    double* const rr = (double*)malloc(sizeof(double) * 400000);
    for (int i = 0; i < names.n; ++i) {
        Signal signal;
        Reference reference = {0};
        snprintf(path, sizeof(path), "%s/%s.hea", folder, names.name[i]);
        if (!signal_read(&signal, path, NULL, 0.0, 1.0 / FULL_SCALE_MV)) {
            continue;
        }
        snprintf(path, sizeof(path), "%s/%s.atr", folder, names.name[i]);
        if (!reference_read(&reference, path, signal.rate)) {
            signal_free(&signal);
            continue;
        }
        Beats beats = recorded_beats(world, &signal, 0.0f);
        Score s = score_beats(&beats, &reference, 0.0, 0.0);
        const double f1 = score_f1(s.hit, s.missed, s.extra);
        printf("  %-12s beats %5zu  missed %4zu  extra %4zu  F1 %7.3f %%\n", names.name[i],
               s.hit + s.missed, s.missed, s.extra, f1);
        fflush(stdout);
        add(&total, &s, names.name[i]);
        if (f1 >= CLEAN_F1) {
            double found[8000], truth[8000], own[8000];
            size_t m = 0;
            for (size_t k = 0; k < reference.n && m < 8000; ++k) {
                if (s.found_of[k] >= 0 && reference.normal[k]) {
                    own[m++] = beats.time_s[s.found_of[k]] - reference.time_s[k];
                }
            }
            const double bias = score_quantile(own, m, 0.5);
            for (size_t k = 0; k < m; ++k) {
                error[n_error++] = 1000.0 * fabs(own[k] - bias);
            }
            const size_t count = intervals(&reference, &s, &beats, found, truth);
            for (size_t k = 0; k < count; ++k) {
                rr[n_rr++] = 1000.0 * fabs(found[k] - truth[k]);
            }
            for (int slow = 0; slow < 2 && n_bias < MOST_SLOW; ++slow) {
                Signal low = signal_resampled(&signal, slow ? 100.0 : 130.0);
                Beats b = recorded_beats(world, &low, 0.0f);
                Score t = score_beats(&b, &reference, 0.0, 0.0);
                double here, there;
                rmssd(&reference, &s, &beats, &t, &b, &here, &there);
                (slow ? bias_100 : bias_130)[n_bias] = 100.0 * fabs(there / here - 1.0);
                score_free(&t);
                beats_free(&b);
                signal_free(&low);
            }
            n_bias += n_bias < MOST_SLOW;
        }
        score_free(&s);
        beats_free(&beats);
        reference_free(&reference);
        signal_free(&signal);
    }
    row("arrhythmia records, first lead: pooled F1, %", ">= 99.88", "%.3f",
        score_f1(total.hit, total.missed, total.extra));
    row("  worst record: F1, %", ">= 99.2", "%.3f", total.worst);
    row("  R peak timing, clean records: median of |error|, ms", "<= 1.0", "%.2f",
        score_quantile(error, n_error, 0.5));
    row("  the same: 95 %, ms", "<= 6", "%.2f", score_quantile(error, n_error, 0.95));
    row("  RR error, clean records: median, ms", "", "%.2f", score_quantile(rr, n_rr, 0.5));
    row("  RMSSD, fed at 130 Hz against native: median bias, %", "<= 0.3", "%.3f",
        score_quantile(bias_130, n_bias, 0.5));
    row("  RMSSD, fed at 100 Hz against native: median bias, %", "<= 0.3", "%.3f",
        score_quantile(bias_100, n_bias, 0.5));
    free(error);
    free(rr);
}

static void noise(HostWorld* world, const char* data)
{
    char folder[PATH_SIZE], path[PATH_SIZE + 80];
    snprintf(folder, sizeof(folder), "%s/nstdb", data);
    const Names names = recorded_names(folder, ".atr");
    for (int i = 0; i < names.n; ++i) {
        Signal signal;
        Reference reference = {0};
        snprintf(path, sizeof(path), "%s/%s.hea", folder, names.name[i]);
        if (!signal_read(&signal, path, NULL, 0.0, 1.0 / FULL_SCALE_MV)) {
            continue;
        }
        snprintf(path, sizeof(path), "%s/%s.atr", folder, names.name[i]);
        if (reference_read(&reference, path, signal.rate) && reference.n) {
            Beats beats = recorded_beats(world, &signal, 0.0f);
            Score s = score_beats(&beats, &reference, 0.0, 300.0); // noise begins at five minutes
            char what[128];
            snprintf(what, sizeof(what), "noise stress %s, after 5 min: F1, %%", names.name[i]);
            row(what, "", "%.3f", score_f1(s.hit, s.missed, s.extra));
            snprintf(what, sizeof(what), "  of %zu beats sent as reliable, true, %%", s.reliable);
            row(what, ">= 99", "%.3f",
                s.reliable ? 100.0 * (double)s.reliable_hit / (double)s.reliable : 0.0);
            score_free(&s);
            beats_free(&beats);
        }
        reference_free(&reference);
        signal_free(&signal);
    }
}

static void pulse(HostWorld* world, const char* data)
{
    char folder[PATH_SIZE], stem[PATH_SIZE + 70], path[PATH_SIZE + 100];
    snprintf(folder, sizeof(folder), "%s/bidmc", data);
    const Names names = recorded_names(folder, "_signals.csv.gz");
    Total total = {0}, leads = {0};
    double medians[RECORDED_NAMES];
    size_t n_medians = 0;
    for (int i = 0; i < names.n; ++i) {
        const double rate = 125.0;
        Reference reference = {0};
        snprintf(stem, sizeof(stem), "%s/%s", folder, names.name[i]);
        if (!reference_read_list(&reference, stem, rate)) {
            continue;
        }
        snprintf(path, sizeof(path), "%s_signals.csv.gz", stem);
        for (int lead = 0; lead < 2; ++lead) {
            Signal signal;
            if (!signal_read(&signal, path, lead ? "ii" : "pleth", rate, 1.0)) {
                continue;
            }
            Beats beats = recorded_beats(world, &signal, 0.0f);
            const double lag = lead ? 0.0 : score_lag(&beats, &reference, -0.3, 1.2);
            Score s = score_beats(&beats, &reference, lag, 0.0);
            if (!lead) {
                double found[2000], truth[2000];
                const size_t n = intervals(&reference, &s, &beats, found, truth);
                for (size_t k = 0; k < n; ++k) {
                    found[k] = 1000.0 * fabs(found[k] - truth[k]);
                }
                medians[n_medians++] = score_quantile(found, n, 0.5);
                printf("  %-12s beats %5zu  missed %4zu  extra %4zu  F1 %7.3f %%  lag %5.2f s\n",
                       names.name[i], s.hit + s.missed, s.missed, s.extra,
                       score_f1(s.hit, s.missed, s.extra), lag);
                fflush(stdout);
            }
            add(lead ? &leads : &total, &s, names.name[i]);
            score_free(&s);
            beats_free(&beats);
            signal_free(&signal);
        }
        reference_free(&reference);
    }
    if (total.hit) {
        row("pulse (PPG) at the bedside: pooled F1, %", ">= 98.9", "%.3f",
            score_f1(total.hit, total.missed, total.extra));
        row("  interval error against ECG: median of records, ms", "<= 4.9", "%.2f",
            score_quantile(medians, n_medians, 0.5));
        row("  ECG of the same people: pooled F1, %", "", "%.3f",
            score_f1(leads.hit, leads.missed, leads.extra));
    }
}

// The simulated person through the plugin at a host's rate: the largest error in frames
static double simulated_error(HostWorld* world, double rate, HeartSignal kind, size_t* found)
{
    enum { MOST = 100 };
    const uint32_t n = (uint32_t)(30.0 * rate);
    float* const signal = (float*)malloc(n * sizeof(float));
    double truth[MOST], worst = 0.0;
    size_t n_truth = 0;
    Heart* const heart = heart_new(rate, 5);
    heart_set_signal(heart, kind);
    heart_reset(heart);
    for (uint32_t i = 0; i < n; i += 500) {
        HeartEvent events[32];
        const uint32_t count = heart_process(heart, signal + i, 500, events, 32);
        for (uint32_t k = 0; k < count && n_truth < MOST; ++k) {
            if (events[k].kind == HEART_BEAT) {
                truth[n_truth++] = i + events[k].frame + events[k].offset;
            }
        }
    }
    heart_free(heart);

    HostConfig config = host_config();
    config.rate = rate;
    config.keep_audio = false;
    Host* const host = host_new(world, "beat", &config);
    host_input(host, "in", signal, n);
    host_run(host, n, 256);
    const double delay = round((double)host_get(host, "delay") * rate / 1000.0);
    size_t n_events = 0;
    const HostEvent* const events = host_events(host, &n_events);
    for (size_t i = 0; i < n_events; ++i) {
        const uint8_t* const m = events[i].body;
        const double at = (double)events[i].frame - delay;
        if (!host_event_is_midi(host, &events[i]) || (m[0] & 0xF0) != 0x90 || at < 4.0 * rate) {
            continue;
        }
        double best = rate;
        for (size_t k = 0; k < n_truth; ++k) {
            best = fmin(best, fabs(at - truth[k]));
        }
        worst = fmax(worst, best);
        ++*found;
    }
    host_free(host);
    free(signal);
    return worst;
}

static void simulated(HostWorld* world)
{
    const double rates[] = {44100, 48000, 88200, 96000, 176400, 192000};
    for (int kind = 0; kind < 2; ++kind) {
        double worst = 0.0;
        size_t found = 0;
        for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); ++i) {
            worst =
                fmax(worst, simulated_error(world, rates[i], kind ? HEART_PPG : HEART_ECG, &found));
        }
        char what[128];
        snprintf(what, sizeof(what), "simulated %s, 44.1-192 kHz, %zu beats: worst error, frames",
                 kind ? "pulse" : "ECG", found);
        row(what, "<= 1", "%.2f", worst);
    }
}

static double run_s; // time in the plugin's run(), s
static struct timespec run_began;

static void run_begins(void)
{
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &run_began);
}

static void run_ends(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    run_s +=
        (double)(now.tv_sec - run_began.tv_sec) + 1e-9 * (double)(now.tv_nsec - run_began.tv_nsec);
}

static void speed(HostWorld* world)
{
    enum { FRAMES = 48000 * 120 };
    float* const signal = (float*)malloc(FRAMES * sizeof(float));
    Heart* const heart = heart_new(48000.0, 5);
    heart_process(heart, signal, FRAMES, NULL, 0);
    heart_free(heart);
    HostConfig config = host_config();
    config.keep_audio = false;
    Host* const host = host_new(world, "beat", &config);
    host_input(host, "in", signal, FRAMES);
    host_around_run(host, run_begins, run_ends);
    host_run(host, FRAMES, 1024);
    row("speed at 48 kHz, blocks of 1024, times real time", ">= 3000", "%.0f",
        FRAMES / 48000.0 / run_s);
    host_free(host);
    free(signal);
}

int main(int argc, char** argv)
{
    const char* const data = argc > 1 ? argv[1] : unit_data_folder();
    HostWorld* const world = host_world_new(NULL);
    printf("%-62s %-12s %s\n", "Tonus Beat at 48 kHz", "asked", "found");
    simulated(world);
    speed(world);
    ecg(world, data);
    noise(world, data);
    pulse(world, data);
    host_world_free(world);
    return 0;
}

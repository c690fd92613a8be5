// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Any sample rate, any number on an audio or control input: what comes out stays finite and in
/// range, and three seconds later the plugin works as if nothing had been.
#include "check.h"
#include "feed.h"
#include "watch.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SSE__
#include <xmmintrin.h>
#endif

static const double RATE = 48000.0;
static const double RECOVERY_S = 3.0;

// ---- Rates -----------------------------------------------------------------------------------

static uint64_t run_at(Subject* subject, double rate, double seconds)
{
    HostConfig config = host_config();
    config.rate = rate;
    config.max_block = 1024;
    Host* const host = subject_host(subject, &config);
    if (!host) {
        return 0;
    }
    Watch watch = {.own_midi = true};
    watch_attach(&watch, host);
    Feed* const feed = feed_new(rate, seconds);
    feed_connect(feed, host, FEED_ECG);
    host_run(host, feed->frames, 0);
    char when[64];
    snprintf(when, sizeof when, "at %g Hz", rate);
    watch_fine(subject, &watch, host, when);
    host_free(host);
    feed_free(feed);
    return watch.notes;
}

static bool sample_rates(Subject* subject)
{
    static const double rates[] = {1234.5,   8000,  11025, 16000,  22050,  32000, 44100,
                                   44123.45, 88200, 96000, 176400, 192000, 384000};
    const uint64_t usual = run_at(subject, RATE, 12.0);
    for (size_t i = 0; i < sizeof rates / sizeof *rates && !subject->why[0]; ++i) {
        const uint64_t notes = run_at(subject, rates[i], 12.0);
        if (!subject->why[0] && notes < usual / 2) {
            return subject_wrong(subject, "at %g Hz it sends %lu notes, at %g Hz %lu", rates[i],
                                 (unsigned long)notes, RATE, (unsigned long)usual);
        }
    }
    return !subject->why[0];
}

/// Rates that are none: refused or taken, but alive.
static bool wild_rates(Subject* subject)
{
    static const double rates[] = {0.0,   -1.0, (double)NAN, (double)INFINITY,
                                   1e-30, 1.0,  1e12,        1e300};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; ++i) {
        HostConfig config = host_config();
        config.rate = rates[i];
        config.max_block = 256;
        Host* const host = host_new(subject->world, subject->uri, &config);
        if (host) {
            host_run(host, 2048, 256);
            host_free(host);
        }
    }
    return true;
}

// ---- Subnormal numbers -------------------------------------------------------------------------

/// The processor remembers whether it met a subnormal operand.
static void forget_subnormals(void)
{
#ifdef __SSE__
    _mm_setcsr(_mm_getcsr() & ~0x3Fu);
#endif
}

static bool met_subnormals(void)
{
#ifdef __SSE__
    return _mm_getcsr() & 0x02u;
#else
    return false;
#endif
}

/// What comes in subnormal leaves as zero, also where a signal is only passed on: what comes behind
/// it is spared.
static bool none_leave(Subject* subject, Host* host, Watch* watch)
{
    enum { FRAMES = 48000 };
    static float small[FRAMES];
    uint32_t n = 0;
    const HostPort* const ports = host_ports(host, &n);
    for (uint32_t i = 0; i < FRAMES; ++i) {
        small[i] = i % 2 ? 1e-40f : -3e-42f;
    }
    for (uint32_t i = 0; i < n; ++i) {
        if (ports[i].is_input && (ports[i].kind == HOST_AUDIO || ports[i].kind == HOST_CV)) {
            host_input(host, ports[i].symbol, small, FRAMES);
        }
    }
    watch_restart(watch);
    host_run(host, FRAMES, 256);
    return watch->subnormal ? subject_wrong(subject, "%lu subnormal samples are passed on",
                                            (unsigned long)watch->subnormal)
                            : true;
}

static bool no_subnormal(Subject* subject)
{
    Host* const host = subject_host(subject, NULL);
    if (!host) {
        return false;
    }
    Feed* const feed = feed_new(RATE, 6.0);
    Watch watch = {.own_midi = true};
    watch_attach(&watch, host);
    feed_connect(feed, host, FEED_ECG);
    feed_midi(host, 6.0, 3);
    host_run(host, feed->frames, 256);
    watch_restart(&watch);
    int blocks = 0;
    for (int i = 0; i < 60 * 48000 / 256; ++i) { // a minute of silence
        forget_subnormals();
        host_block(host, 256);
        blocks += met_subnormals();
    }
    bool fine = watch_fine(subject, &watch, host, "in silence");
    if (fine && watch.subnormal) {
        fine = subject_wrong(subject, "%lu subnormal samples leave in silence",
                             (unsigned long)watch.subnormal);
    }
    if (fine && blocks > 100) { // a few on the way to zero are no harm
        fine = subject_wrong(subject, "reckons with subnormal numbers in %d blocks of silence",
                             blocks);
    }
    fine = fine && none_leave(subject, host, &watch);
    host_free(host);
    feed_free(feed);
    return fine;
}

// ---- Recovery ----------------------------------------------------------------------------------

typedef struct {
    Watch watch;
    float heart_rate, quality; ///< at the end; 0 where there is no such output
} Outcome;

static Outcome outcome(const Host* host, const Watch* watch)
{
    Outcome result = {.watch = *watch};
    if (host_port(host, "heart_rate") && !host_port(host, "heart_rate")->is_input) {
        result.heart_rate = host_get(host, "heart_rate");
    }
    if (host_port(host, "quality")) {
        result.quality = host_get(host, "quality");
    }
    return result;
}

static bool recovered(Subject* subject, const Outcome* now, const Outcome* usual, const char* after)
{
    const Watch *const p = &now->watch, *const q = &usual->watch;
    if (q->notes >= 4 && p->notes < q->notes / 2) {
        return subject_wrong(subject, "after %s it sends %lu notes, else %lu", after,
                             (unsigned long)p->notes, (unsigned long)q->notes);
    }
    if (q->energy > 1e-3 && (p->energy < q->energy / 16.0 || p->energy > q->energy * 16.0)) {
        return subject_wrong(subject, "after %s its output's energy is %g, else %g", after,
                             p->energy, q->energy);
    }
    if (usual->heart_rate > 0.0f && !(fabsf(now->heart_rate - usual->heart_rate) < 15.0f)) {
        return subject_wrong(subject, "after %s the heart rate is %g, else %g", after,
                             (double)now->heart_rate, (double)usual->heart_rate);
    }
    if (!(now->quality >= 0.5f * usual->quality)) {
        return subject_wrong(subject, "after %s the quality is %g, else %g", after,
                             (double)now->quality, (double)usual->quality);
    }
    return true;
}

/// Spoils what is connected.
static void spoil(const Feed* feed, uint32_t from, uint32_t to, float with)
{
    for (int s = 0; s < FEED_SIGNALS; ++s) {
        uint32_t random = 4321;
        if (!feed->signal[s]) {
            continue;
        }
        for (uint32_t i = from; i < to; ++i) {
            if (i == from || check_random(&random) % 10 == 0) {
                feed->signal[s][i] = with;
            }
        }
    }
}

enum { CLEAN_S = 6, WORK_S = 8 };

static bool poisoned(Subject* subject, float with, int sensor, const Outcome* usual,
                     Outcome* result, const char* what)
{
    Host* const host = subject_host(subject, NULL);
    if (!host) {
        return false;
    }
    const double bad_s = 0.5;
    Feed* const feed = feed_new(RATE, CLEAN_S + bad_s + RECOVERY_S + WORK_S);
    feed_connect(feed, host, sensor);
    if (usual) {
        spoil(feed, (uint32_t)(CLEAN_S * RATE), (uint32_t)((CLEAN_S + bad_s) * RATE), with);
    }
    Watch watch = {.own_midi = true};
    watch_attach(&watch, host);
    host_run(host, (uint64_t)((CLEAN_S + bad_s + RECOVERY_S) * RATE), 256);
    watch_restart(&watch);
    host_run(host, (uint64_t)(WORK_S * RATE), 256);
    *result = outcome(host, &watch);
    const bool fine = watch_fine(subject, &watch, host, what) &&
                      (!usual || recovered(subject, result, usual, what));
    host_free(host);
    feed_free(feed);
    return fine;
}

static bool bad_audio(Subject* subject)
{
    static const struct {
        float value;
        const char* name;
    } kinds[] = {{NAN, "NaN"},     {INFINITY, "infinity"}, {-INFINITY, "minus infinity"},
                 {1e30f, "1e30"},  {-1e30f, "-1e30"},      {FLT_MAX, "the largest float"},
                 {1e-40f, "1e-40"}};
    static const int sensors[] = {FEED_ECG, FEED_HUM};
    for (int s = 0; s < 2; ++s) {
        Outcome usual, now;
        if (!poisoned(subject, 0.0f, sensors[s], NULL, &usual, "clean")) {
            return false;
        }
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i) {
            if (!poisoned(subject, kinds[i].value, sensors[s], &usual, &now, kinds[i].name)) {
                return false;
            }
        }
    }
    return true;
}

// ---- Controls ----------------------------------------------------------------------------------

static void wild_values(const HostPort* port, float values[12])
{
    const float list[12] = {NAN,
                            INFINITY,
                            -INFINITY,
                            1e30f,
                            -1e30f,
                            FLT_MAX,
                            1e-40f,
                            -1e-40f,
                            -0.0f,
                            0.5f,
                            port->minimum - 1.0f,
                            port->maximum + 1.0f};
    memcpy(values, list, sizeof list);
}

static bool run_wild(Subject* subject, bool wild, const Outcome* usual, Outcome* result)
{
    Host* const host = subject_host(subject, NULL);
    if (!host) {
        return false;
    }
    uint32_t n = 0;
    const HostPort* const ports = host_ports(host, &n);
    const uint32_t hop = (uint32_t)(0.02 * RATE);
    uint32_t n_inputs = 0;
    for (uint32_t i = 0; i < n; ++i) {
        n_inputs += ports[i].kind == HOST_CONTROL && ports[i].is_input;
    }
    const double wild_s = 13 * n_inputs * hop / RATE;
    Feed* const feed = feed_new(RATE, CLEAN_S + wild_s + RECOVERY_S + WORK_S);
    Watch watch = {.own_midi = true};
    watch_attach(&watch, host);
    feed_connect(feed, host, FEED_ECG);
    host_run(host, (uint64_t)(CLEAN_S * RATE), 256);
    for (uint32_t i = 0; i < n; ++i) {
        if (ports[i].kind != HOST_CONTROL || !ports[i].is_input) {
            continue;
        }
        float values[12];
        wild_values(&ports[i], values);
        for (int k = 0; k < 12; ++k) {
            host_set(host, ports[i].symbol, wild ? values[k] : ports[i].initial);
            host_run(host, hop, 256);
        }
        host_set(host, ports[i].symbol, ports[i].initial);
        host_run(host, hop, 256);
    }
    host_run(host, (uint64_t)(RECOVERY_S * RATE), 256);
    watch_restart(&watch);
    host_run(host, (uint64_t)(WORK_S * RATE), 256);
    *result = outcome(host, &watch);
    const bool fine = watch_fine(subject, &watch, host, "wild controls") &&
                      (!usual || recovered(subject, result, usual, "wild controls"));
    host_free(host);
    feed_free(feed);
    return fine;
}

static bool wild_controls(Subject* subject)
{
    Outcome usual, now;
    return run_wild(subject, false, NULL, &usual) && run_wild(subject, true, &usual, &now);
}

/// All controls at random, every signal at every input: outputs stay in the ranges they declare.
static bool honest_outputs(Subject* subject)
{
    uint32_t random = 31337;
    for (int sensor = 0; sensor < FEED_SIGNALS; ++sensor) {
        Host* const host = subject_host(subject, NULL);
        if (!host) {
            return false;
        }
        Feed* const feed = feed_new(RATE, 20.0);
        Watch watch = {.own_midi = false};
        watch_attach(&watch, host);
        feed_connect(feed, host, sensor);
        feed_midi(host, 20.0, 5u + (uint32_t)sensor);
        for (int i = 0; i < 40; ++i) {
            feed_controls(host, i % 4 == 0 ? FEED_DEFAULTS : FEED_RANDOM, &random);
            host_run(host, (uint64_t)(0.5 * RATE), 300);
        }
        const bool fine = watch_fine(subject, &watch, host, "random controls");
        host_free(host);
        feed_free(feed);
        if (!fine) {
            return false;
        }
    }
    return true;
}

int main(int argc, char** argv)
{
    static const Check checks[] = {
        {"sample rates", sample_rates, 0},         {"wild rates", wild_rates, 0},
        {"no subnormal numbers", no_subnormal, 0}, {"bad audio", bad_audio, 0},
        {"wild controls", wild_controls, 0},       {"honest outputs", honest_outputs, 0}};
    return check_main(argc, argv, "signals", checks, sizeof checks / sizeof *checks);
}

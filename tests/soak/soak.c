// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// A long day: 25 simulated hours (more than 2^32 frames) of the simulated person through Tonus
/// Relax, with something going wrong every five minutes. After each fault it must find the beats
/// again, at the same delay, in the same memory. First, days that must be found wanting.
///     soak [SIMULATED SECONDS | --proof]
#define _GNU_SOURCE // mallinfo2
#include "check.h"

#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 256, NOTE_BEAT = 36, NOTE_ODD_BEAT = 37, MAX_BEATS = 1024 };

typedef enum {
    CABLE_OUT,   ///< zeros
    RAIL,        ///< the amplifier stands at its end
    NOISE,       ///< as loud as the signal
    NOT_NUMBERS, ///< NaN and infinity
    HUGE_NUMBERS,
    WRONG_SENSOR, ///< told to expect the other kind
    CONTROLS,     ///< all controls at random
    FLOOD,        ///< MIDI
    PAUSE,        ///< deactivate, activate
    OTHER_RATE,   ///< a new instance at another sample rate, with the state of the old
    N_FAULTS
} Fault;

static const char* const FAULT_NAMES[N_FAULTS] = {
    "cable out",    "amplifier at its end", "noise",         "no numbers", "huge numbers",
    "wrong sensor", "random controls",      "flood of MIDI", "pause",      "other sample rate"};

enum { N_RATES = 3 };
static const double RATES[N_RATES] = {48000.0, 44100.0, 96000.0};

/// What is done to a day that must be found wanting
typedef enum {
    NONE,
    DEAF,   ///< no signal any more after the first fault
    WASTING ///< at each fault memory is lost, and beats come 2 ms later
} Sin;

static const double FAULT_EVERY_S = 300.0, FAULT_S = 20.0, RECOVERY_S = 30.0;

typedef struct {
    HostWorld* world;
    Host *heart, *relax;
    double rate;
    uint32_t random;
    float signal[BLOCK], mic[BLOCK];
    uint64_t truth[MAX_BEATS]; ///< frames of true beats since the last look
    uint64_t found[MAX_BEATS]; ///< the same of found beats, less the delay
    uint32_t n_truth, n_found;
    uint64_t n_true_all, n_matched_all;
    char wrong[256];
    Sin sin;
    uint32_t n_faults; ///< so far
    void* kept;        ///< what WASTING lost
} Day;

static HostConfig config_at(double rate)
{
    HostConfig config = host_config();
    config.rate = rate;
    config.max_block = BLOCK;
    config.state_dir = check_folder();
    return config;
}

static void begin(Day* day, double rate)
{
    HostState* const state = day->relax ? host_save(day->relax) : NULL;
    host_free(day->relax);
    host_free(day->heart);
    const HostConfig config = config_at(rate);
    day->rate = rate;
    day->heart = host_new(day->world, "heart", &config);
    day->relax = host_new(day->world, "relax", &config);
    if (!day->heart || !day->relax) {
        fprintf(stderr, "soak: no plugins heart and relax\n");
        exit(EXIT_FAILURE);
    }
    if (state) {
        host_restore(day->relax, state);
        host_state_free(state);
    }
    host_set(day->heart, "noise", -40.0f);
    host_set(day->heart, "rsa", 40.0f);
    host_set(day->heart, "ectopics", 0.0f);
    day->n_truth = day->n_found = 0;
}

static void spoil(Day* day, Fault fault)
{
    for (uint32_t i = 0; i < BLOCK; ++i) {
        const float chance = (float)(check_random(&day->random) / 4294967296.0);
        switch (fault) {
        case CABLE_OUT:
            day->signal[i] = 0.0f;
            break;
        case RAIL:
            day->signal[i] = 5.0f;
            break;
        case NOISE:
            day->signal[i] += 2.0f * (chance - 0.5f);
            break;
        case NOT_NUMBERS:
            day->signal[i] = chance < 0.3f ? NAN : chance < 0.6f ? INFINITY : day->signal[i];
            day->mic[i] = NAN;
            break;
        case HUGE_NUMBERS:
            day->signal[i] = chance < 0.1f ? 1e30f : chance < 0.2f ? -1e30f : day->signal[i];
            day->mic[i] = 1e30f;
            break;
        default:
            break;
        }
    }
}

static void begin_fault(Day* day, Fault fault)
{
    uint32_t n = 0;
    const HostPort* const ports = host_ports(day->relax, &n);
    if (fault == WRONG_SENSOR) {
        host_set(day->relax, "sensor", 2.0f);
    } else if (fault == PAUSE) {
        host_deactivate(day->relax);
        host_activate(day->relax);
    } else if (fault == OTHER_RATE) {
        begin(day, RATES[check_random(&day->random) % N_RATES]);
    } else if (fault == CONTROLS) {
        for (uint32_t i = 0; i < n; ++i) {
            if (ports[i].kind == HOST_CONTROL && ports[i].is_input) {
                const double share = check_random(&day->random) / 4294967296.0;
                host_set(day->relax, ports[i].symbol,
                         ports[i].minimum + (float)share * (ports[i].maximum - ports[i].minimum));
            }
        }
    }
}

static void end_fault(Day* day)
{
    enum { WASTE = 40000 };
    ++day->n_faults;
    if (day->sin == WASTING) {
        void* const more = realloc(day->kept, (size_t)day->n_faults * WASTE);
        day->kept = more ? more : day->kept;
    }
    uint32_t n = 0;
    const HostPort* const ports = host_ports(day->relax, &n);
    for (uint32_t i = 0; i < n; ++i) {
        if (ports[i].kind == HOST_CONTROL && ports[i].is_input) {
            host_set(day->relax, ports[i].symbol, ports[i].initial);
        }
    }
}

static void collect(Day* day)
{
    size_t n = 0;
    const HostEvent* events = host_events(day->heart, &n);
    for (size_t i = 0; i < n; ++i) {
        const bool beat = events[i].size == 3 && events[i].body[0] >> 4 == 9 &&
                          (events[i].body[1] == NOTE_BEAT || events[i].body[1] == NOTE_ODD_BEAT);
        if (beat && day->n_truth < MAX_BEATS) {
            day->truth[day->n_truth++] = events[i].frame;
        }
    }
    const uint64_t delay =
        (uint64_t)lrint((double)host_get(day->relax, "delay") * day->rate / 1000.0);
    events = host_events(day->relax, &n);
    for (size_t i = 0; i < n; ++i) {
        const bool beat = events[i].size == 3 && events[i].body[0] >> 4 == 9 &&
                          (events[i].body[1] == NOTE_BEAT || events[i].body[1] == NOTE_ODD_BEAT);
        if (beat && day->n_found < MAX_BEATS && events[i].frame >= delay) {
            const double late_s = day->sin == WASTING ? 0.002 * day->n_faults : 0.0;
            day->found[day->n_found++] = events[i].frame - delay + (uint64_t)(late_s * day->rate);
        }
    }
}

static void watch_numbers(Day* day)
{
    uint32_t n = 0;
    const HostPort* const ports = host_ports(day->relax, &n);
    for (uint32_t i = 0; i < n && !day->wrong[0]; ++i) {
        if (ports[i].is_input) {
            continue;
        }
        if (ports[i].kind == HOST_CONTROL) {
            const float value = host_get(day->relax, ports[i].symbol);
            if (!(value >= ports[i].minimum && value <= ports[i].maximum)) {
                snprintf(day->wrong, sizeof day->wrong, "%s is %g", ports[i].symbol, (double)value);
            }
        } else if (ports[i].kind == HOST_AUDIO) {
            const float* const out = host_output(day->relax, ports[i].symbol);
            for (size_t k = 0; k < host_output_frames(day->relax); ++k) {
                if (!isfinite(out[k])) {
                    snprintf(day->wrong, sizeof day->wrong, "%s: a sample is no number",
                             ports[i].symbol);
                }
            }
        }
    }
    if (host_fault(day->relax) && !day->wrong[0]) {
        snprintf(day->wrong, sizeof day->wrong, "%s", host_fault(day->relax));
    }
}

static void step(Day* day, int fault)
{
    host_block(day->heart, BLOCK);
    memcpy(day->signal, host_output(day->heart, "out"), sizeof day->signal);
    memset(day->mic, 0, sizeof day->mic);
    if (fault >= 0) {
        spoil(day, (Fault)fault);
    }
    if (fault == FLOOD) {
        for (uint32_t i = 0; i < 100; ++i) {
            const uint8_t message[3] = {0xB0, (uint8_t)(64 + i % 50), (uint8_t)(i & 127)};
            host_midi(day->relax, host_frame(day->relax) + 2 * i, message, 3);
        }
    }
    if (day->sin == DEAF && day->n_faults > 0) {
        memset(day->signal, 0, sizeof day->signal);
    }
    host_input(day->relax, "in", day->signal, BLOCK);
    host_input(day->relax, "mic", day->mic, BLOCK);
    host_block(day->relax, BLOCK);
    collect(day);
    watch_numbers(day);
    host_forget(day->heart);
    host_forget(day->relax);
}

/// Beats within 60 ms of a true one; true ones near the ends are not asked for.
static uint32_t matched(const Day* day, uint32_t* asked, double* mean_ms)
{
    uint32_t count = 0;
    double sum = 0.0;
    *asked = 0;
    const uint64_t end = host_frame(day->heart), margin = (uint64_t)day->rate;
    for (uint32_t i = 0; i < day->n_truth; ++i) {
        if (day->truth[i] + margin > end) {
            continue;
        }
        ++*asked;
        for (uint32_t k = 0; k < day->n_found; ++k) {
            const double ms = ((double)day->found[k] - (double)day->truth[i]) * 1000.0 / day->rate;
            if (fabs(ms) < 60.0) {
                ++count;
                sum += ms;
                break;
            }
        }
    }
    *mean_ms = count ? sum / count : 0.0;
    return count;
}

static void run(Day* day, double seconds, int fault)
{
    for (uint64_t n = (uint64_t)(seconds * day->rate / BLOCK); n > 0; --n) {
        step(day, fault);
    }
}

static double heap_kb(void)
{
    const struct mallinfo2 heap = mallinfo2();
    return (double)(heap.uordblks + heap.hblkhd) / 1024.0;
}

static int rate_index(double rate)
{
    int i = 0;
    while (i < N_RATES - 1 && RATES[i] != rate) {
        ++i;
    }
    return i;
}

typedef struct {
    uint32_t faults, failures;
    double more_kb;   ///< of memory, at the same sample rate
    double ms, first; ///< where beats lie at the end, and at first
} Verdict;

/// A whole day, or less. Loud: what went wrong is told.
static Verdict live(Day* day, double wanted_s, bool loud)
{
    Verdict v = {0};
    double first_kb[N_RATES] = {0};
    day->random = 2463534242u;
    begin(day, 48000.0);
    run(day, RECOVERY_S, -1);
    for (double s = RECOVERY_S; s < wanted_s; s += FAULT_EVERY_S) {
        // In the first hours each fault in its turn, then at random
        const Fault fault =
            (Fault)(v.faults < 2 * N_FAULTS ? v.faults % N_FAULTS
                                            : check_random(&day->random) % N_FAULTS);
        begin_fault(day, fault);
        run(day, FAULT_S, (int)fault);
        end_fault(day);
        run(day, RECOVERY_S, -1);
        day->n_truth = day->n_found = 0;
        run(day, FAULT_EVERY_S - FAULT_S - RECOVERY_S, -1);
        uint32_t asked = 0;
        const uint32_t good = matched(day, &asked, &v.ms);
        const bool fine = asked > 100 && good >= asked * 98 / 100 && !day->wrong[0];
        day->n_true_all += asked;
        day->n_matched_all += good;
        ++v.faults;
        if (!fine) {
            ++v.failures;
            if (loud) {
                printf("not ok - at %.0f s, after %s: %u of %u beats%s%s\n", s, FAULT_NAMES[fault],
                       good, asked, day->wrong[0] ? ", " : "", day->wrong);
            }
            day->wrong[0] = '\0';
        }
        const double kb = heap_kb();
        if (v.faults == 2 * N_FAULTS) { // every fault has been
            v.first = v.ms;
        }
        if (v.faults >= 2 * N_FAULTS) { // from now on memory must stay: each rate needs its own
            const int r = rate_index(day->rate);
            first_kb[r] = first_kb[r] > 0.0 ? first_kb[r] : kb;
            v.more_kb = fmax(v.more_kb, kb - first_kb[r]);
        }
        if (v.faults % 24 == 0) {
            printf("# %5.1f h: %u faults, %u not recovered, %lu of %lu beats, at %+.2f ms, heap "
                   "%.0f KB\n",
                   s / 3600.0, v.faults, v.failures, (unsigned long)day->n_matched_all,
                   (unsigned long)day->n_true_all, v.ms, kb);
            fflush(stdout);
        }
    }
    return v;
}

static bool is_flat(const Verdict* v)
{
    return v->more_kb < 64.0;
}

static bool is_steady(const Verdict* v)
{
    return fabs(v->ms - v->first) < 1.0;
}

static void reset(Day* day)
{
    HostWorld* const world = day->world;
    host_free(day->heart);
    host_free(day->relax);
    free(day->kept);
    memset(day, 0, sizeof *day);
    day->world = world;
}

/// Days that must be found wanting: one that stays deaf after the first fault, and one whose beats
/// come later and later while memory is lost.
static bool proof(Day* day)
{
    day->sin = DEAF;
    const Verdict deaf = live(day, RECOVERY_S + 1.0, false);
    reset(day);
    day->sin = WASTING;
    const Verdict wasting = live(day, RECOVERY_S + (2 * N_FAULTS + 3.5) * FAULT_EVERY_S, false);
    reset(day);
    const bool deaf_seen = deaf.failures > 0, waste_seen = !is_flat(&wasting),
               late_seen = !is_steady(&wasting);
    printf("%s - a plugin that stays deaf after a fault is found out\n",
           deaf_seen ? "ok" : "not ok");
    printf("%s - memory that is lost is found out\n", waste_seen ? "ok" : "not ok");
    printf("%s - beats that come later and later are found out\n", late_seen ? "ok" : "not ok");
    fflush(stdout);
    return deaf_seen && waste_seen && late_seen;
}

int main(int argc, char** argv)
{
    const double wanted_s = argc > 1 && atof(argv[1]) > 0.0 ? atof(argv[1]) : 25.0 * 3600.0;
    const bool proof_only = argc > 1 && !strcmp(argv[1], "--proof");
    Day* const day = calloc(1, sizeof *day);
    setenv("HOME", check_folder(), 1);
    day->world = host_world_new(NULL);
    bool fine = proof(day);
    if (!proof_only) {
        const Verdict v = live(day, wanted_s, true);
        printf("%s - %u of %u faults recovered from\n", v.failures ? "not ok" : "ok",
               v.faults - v.failures, v.faults);
        printf("%s - memory flat: %.0f KB more at most, at the same rate\n",
               is_flat(&v) ? "ok" : "not ok", v.more_kb);
        printf("%s - beats lie at %+.2f ms, at first %+.2f ms\n", is_steady(&v) ? "ok" : "not ok",
               v.ms, v.first);
        fine = fine && !v.failures && is_flat(&v) && is_steady(&v);
    }
    reset(day);
    host_world_free(day->world);
    free(day);
    check_clean();
    return !fine;
}

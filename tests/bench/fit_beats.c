// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What the beat detector knew of each candidate in recordings with reference beats, and whether it
/// was a beat: the material that the weights in dsp/beat_weights.c are fitted to. The recordings
/// are taken plain, and again with what sensors suffer from: noise of all kinds, hearts half as
/// fast again or slower, wandering and jumping signals, mains hum.
/// Usage: fit_beats KIND PART [WEIGHTS [OUT]]; KIND ecg or pulse; PART 0 or 1 for every other
/// recording, 2 for all; WEIGHTS a text file (- for those built in); OUT gets rows of 32-bit
/// floats: how much the row counts, 1 for a beat, the evidence. tests/bench/fit_beats.py uses it.
#include "recorded.h"
#include "unit.h"

#include "dsp/beat_path.h"
#include "dsp/decimator.h"
#include "dsp/random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BASE_RATE   1000.0 // Hz
#define DETECT_RATE 250.0  // Hz
#define DELAY_S     0.28   // of 300 ms, what the decimators leave
#define TWO_PI      6.28318530717958648

// The noise stress database's way: noise in every other two minutes from the fifth minute on
#define NOISE_FROM_S 300.0
#define NOISE_LONG_S 120.0

#define FOLLOWED_F1 85.0 // %

enum { BY = 4, PATH_SIZE = 1024, NOISES = 3, MOST = 200000 };

typedef enum { PLAIN, NOISE, SPEED, WANDER, JUMPS, HUM } How;

typedef struct {
    const char* what;
    double weight; // of a row in the fit
    How how;
    double amount; // noise: dB; speed: factor; else against the height of the beats
    int noise;     // which
    int channel;   // ECG: 0 first lead, 1 second lead; pulse: 0
    bool bedside;  // the other set of recordings
    size_t hit, missed, extra;
} Set;

static const char* const noise_names[NOISES] = {"em", "ma", "bw"};

static Set ecg_sets[] = {
    {.what = "first lead", .weight = 6.0},
    {.what = "second lead", .weight = 1.0, .channel = 1},
    {.what = "bedside ECG", .weight = 4.0, .bedside = true},
    {.what = "electrode motion, 12 dB", .weight = 1.0, .how = NOISE, .amount = 12.0},
    {.what = "electrode motion, 6 dB", .weight = 0.6, .how = NOISE, .amount = 6.0},
    {.what = "electrode motion, 0 dB", .weight = 0.3, .how = NOISE},
    {.what = "muscle, 12 dB", .weight = 0.7, .how = NOISE, .amount = 12.0, .noise = 1},
    {.what = "muscle, 6 dB", .weight = 0.3, .how = NOISE, .amount = 6.0, .noise = 1},
    {.what = "muscle, 0 dB", .weight = 0.15, .how = NOISE, .noise = 1},
    {.what = "wander, 12 dB", .weight = 1.0, .how = NOISE, .amount = 12.0, .noise = 2},
    {.what = "wander, 6 dB", .weight = 0.6, .how = NOISE, .amount = 6.0, .noise = 2},
    {.what = "fast hearts", .weight = 1.0, .how = SPEED, .amount = 1.5},
    {.what = "slow hearts", .weight = 1.0, .how = SPEED, .amount = 0.8},
    {.what = "wander of ten times", .weight = 0.5, .how = WANDER, .amount = 10.0},
    {.what = "jumping amplitude", .weight = 0.5, .how = JUMPS, .amount = 3.0},
    {.what = "mains hum", .weight = 0.3, .how = HUM, .amount = 0.5},
};

static Set pulse_sets[] = {
    {.what = "bedside pulse", .weight = 3.0, .bedside = true},
    {.what = "motion, 12 dB", .weight = 0.5, .how = NOISE, .amount = 12.0, .bedside = true},
    {.what = "motion, 6 dB", .weight = 0.5, .how = NOISE, .amount = 6.0, .bedside = true},
    {.what = "fast hearts", .weight = 1.0, .how = SPEED, .amount = 1.8, .bedside = true},
    {.what = "slow hearts", .weight = 1.0, .how = SPEED, .amount = 0.8, .bedside = true},
    {.what = "wander of ten times", .weight = 1.0, .how = WANDER, .amount = 10.0, .bedside = true},
    {.what = "jumping amplitude", .weight = 0.5, .how = JUMPS, .amount = 3.0, .bedside = true},
};

static Signal noises[NOISES]; // at BASE_RATE

// Height of the beats: median over them of the swing in 0.1 s around (pulse: in one second)
static double height_of(const Signal* s, const Reference* r, double around_s)
{
    static double swing[MOST];
    size_t n = 0;
    for (size_t i = 0; i < r->n && n < 300; ++i) {
        const double from = (r->time_s[i] - 0.5 * around_s) * s->rate;
        const double to = from + around_s * s->rate;
        if (from < 0.0 || to >= (double)s->n) {
            continue;
        }
        float low = s->sample[(size_t)from], high = low;
        for (size_t k = (size_t)from; k < (size_t)to; ++k) {
            low = fminf(low, s->sample[k]);
            high = fmaxf(high, s->sample[k]);
        }
        swing[n++] = (double)(high - low);
    }
    return score_quantile(swing, n, 0.5);
}

// Root mean square of a noise about its mean: median of seconds
static double rms_of(const Signal* s)
{
    static double rms[MOST];
    size_t n = 0;
    const size_t second = (size_t)s->rate;
    for (size_t from = 0; from + second <= s->n && n < MOST; from += second) {
        double sum = 0.0, square = 0.0;
        for (size_t k = from; k < from + second; ++k) {
            sum += (double)s->sample[k];
            square += (double)s->sample[k] * (double)s->sample[k];
        }
        sum /= (double)second;
        rms[n++] = sqrt(fmax(square / (double)second - sum * sum, 0.0));
    }
    return score_quantile(rms, n, 0.5);
}

static void spoil(Signal* s, const Set* set, double height, Random* random)
{
    const double rate = s->rate;
    const Signal* const noise = &noises[set->noise];
    // (peak to peak)^2 / 8 is the power of the signal (Moody 1984)
    const double gain = set->how == NOISE && noise->n
                            ? height / sqrt(8.0) * pow(10.0, -set->amount / 20.0) / rms_of(noise)
                            : 0.0;
    const double from_s = fmin(NOISE_FROM_S, 0.1 * (double)s->n / rate);
    const double long_s = fmin(NOISE_LONG_S, 0.1 * (double)s->n / rate);
    const double hz = set->how == HUM
                          ? (random_bits(random) & 1U ? 50.0 : 60.0)
                          : 0.08 + 0.25 * (double)(random_bits(random) >> 44) / 1048576.0;
    double level = 1.0;
    for (size_t k = 0; k < s->n; ++k) {
        const double t = (double)k / rate;
        double x = (double)s->sample[k];
        switch (set->how) {
        case NOISE:
            if (t >= from_s && fmod(t - from_s, 2.0 * long_s) < long_s) {
                x += gain * (double)noise->sample[k % noise->n];
            }
            break;
        case WANDER: // ten times the height from peak to peak
            x += 0.5 * set->amount * height * sin(TWO_PI * hz * t);
            break;
        case JUMPS: // another amplitude every 15 s
            if (k % (size_t)(15.0 * rate) == 0) {
                level =
                    pow(set->amount, 2.0 * (double)(random_bits(random) >> 44) / 1048576.0 - 1.0);
            }
            x *= level;
            break;
        case HUM:
            x += set->amount * height * sin(TWO_PI * hz * t);
            break;
        default:
            break;
        }
        s->sample[k] = (float)x;
    }
}

typedef struct {
    Beats all, found; // all candidates, and those taken for beats
    float (*value)[PATH_EVIDENCE];
    size_t room;
} Heard;

static void hear(const PathKind* kind, const Signal* s, Heard* heard)
{
    static BeatPath path;
    Decimator* const decimator = decimator_new(BY);
    const double late = decimator_delay(decimator);
    path_init(&path, kind, DETECT_RATE, DELAY_S);
    for (size_t i = 0; i < s->n;) {
        float x = 0.0f;
        bool ready = false;
        FoundBeat found;
        const size_t left = s->n - i;
        i += decimator_feed(decimator, s->sample + i, left < BY ? (uint32_t)left : BY, &x, &ready);
        if (!ready) {
            continue;
        }
        const uint64_t decided = path.decided;
        if (path_step(&path, x, &found)) {
            beats_add(&heard->found, ((found.mark + 1.0) * BY - 1.0 - late) / BASE_RATE, true);
        }
        if (path.decided == decided) {
            continue;
        }
        if (heard->all.n == heard->room) {
            heard->room = heard->room ? 2 * heard->room : 8192;
            heard->value = realloc(heard->value, heard->room * sizeof(*heard->value));
        }
        for (int k = 0; k < PATH_EVIDENCE; ++k) {
            heard->value[heard->all.n][k] = (float)path.weighed[k];
        }
        const double at = ((double)path.weighed_point + 1.0) * BY - 1.0 - late;
        beats_add(&heard->all, at / BASE_RATE, true);
    }
    decimator_free(decimator);
}

static bool excluded(const Reference* r, double t)
{
    for (size_t i = 0; i < r->n_spans; ++i) {
        if (t >= r->span[i][0] && t <= r->span[i][1]) {
            return true;
        }
    }
    return false;
}

static void one(const PathKind* kind, Set* set, const char* name, const Signal* plain,
                const Reference* reference, bool pulse, uint32_t seed, FILE* out)
{
    Random random = random_make(seed, 0);
    const double factor = set->how == SPEED ? set->amount : 1.0;
    Signal s = signal_resampled(plain, BASE_RATE / factor);
    Reference r = {0};
    s.rate = BASE_RATE;
    for (size_t i = 0; i < reference->n; ++i) {
        reference_add(&r, reference->time_s[i] / factor, reference->normal[i],
                      reference->ectopic[i]);
    }
    for (size_t i = 0; i < reference->n_spans; ++i) {
        reference_add_span(&r, reference->span[i][0] / factor, reference->span[i][1] / factor);
    }
    if (set->how != PLAIN && set->how != SPEED) {
        spoil(&s, set, height_of(&s, &r, pulse ? 1.0 : 0.1), &random);
    }

    Heard heard = {0};
    hear(kind, &s, &heard);
    const double lag = pulse ? score_lag(&heard.found, &r, -0.3, 1.2) : 0.0;
    Score score = score_beats(&heard.found, &r, lag, 0.0);
    const double f1 = score_f1(score.hit, score.missed, score.extra);
    if (f1 < 98.0 && set->weight > 0.7) {
        fprintf(stderr, "%s, %s: missed %zu, extra %zu\n", name, set->what, score.missed,
                score.extra);
    }
    // Where the beats cannot be seen there is nothing to learn
    if (!set->channel || f1 > 95.0) {
        set->hit += score.hit;
        set->missed += score.missed;
        set->extra += score.extra;
        Score truth = score_beats(&heard.all, &r, lag, 0.0);
        bool* const is = (bool*)calloc(heard.all.n + 1, sizeof(bool));
        for (size_t i = 0; i < r.n; ++i) {
            if (truth.found_of[i] >= 0) {
                is[truth.found_of[i]] = true;
            }
        }
        // Rhythm and levels of beats followed wrongly would mislead
        for (size_t i = 0; out && f1 > FOLLOWED_F1 && i < heard.all.n; ++i) {
            if (!excluded(&r, heard.all.time_s[i] - lag)) {
                const float head[2] = {(float)set->weight, is[i] ? 1.0f : 0.0f};
                fwrite(head, sizeof(head), 1, out);
                fwrite(heard.value[i], sizeof(heard.value[i]), 1, out);
            }
        }
        free(is);
        score_free(&truth);
    }
    score_free(&score);
    beats_free(&heard.all);
    beats_free(&heard.found);
    free(heard.value);
    reference_free(&r);
    signal_free(&s);
}

static bool open_one(const char* data, const char* name, const Set* set, bool pulse, Signal* signal,
                     Reference* reference)
{
    char path[PATH_SIZE + 100], stem[PATH_SIZE + 80];
    bool good;
    snprintf(stem, sizeof(stem), "%s/%s/%s", data, set->bedside ? "bidmc" : "mitdb", name);
    if (set->bedside) {
        snprintf(path, sizeof(path), "%s_signals.csv.gz", stem);
        good = reference_read_list(reference, stem, 125.0) &&
               signal_read(signal, path, pulse ? "pleth" : "ii", 125.0, 1.0);
    } else {
        snprintf(path, sizeof(path), "%s.hea", stem);
        good = signal_read(signal, path, set->channel ? "2" : "1", 0.0, 0.2);
        snprintf(path, sizeof(path), "%s.atr", stem);
        good = good && reference_read(reference, path, signal->rate);
    }
    if (!good || !reference->n) {
        reference_free(reference);
        signal_free(signal);
    }
    return good && reference->n;
}

int main(int argc, char** argv)
{
    const char* const data = unit_data_folder();
    const bool pulse = argc > 1 && !strcmp(argv[1], "pulse");
    if (argc < 3) {
        fprintf(stderr, "fit_beats ecg|pulse 0|1|2 [WEIGHTS [OUT]]\n");
        return 2;
    }
    const int part = atoi(argv[2]);
    double weights[PATH_EVIDENCE];
    PathKind kind = pulse ? path_pulse : path_ecg;
    memcpy(weights, kind.weights, sizeof(weights));
    kind.weights = weights;
    if (argc > 3 && strcmp(argv[3], "-") != 0) {
        FILE* const file = fopen(argv[3], "r");
        for (int i = 0; i < PATH_EVIDENCE; ++i) {
            if (!file || fscanf(file, "%lf", &weights[i]) != 1) {
                fprintf(stderr, "%s: %d numbers expected\n", argv[3], (int)PATH_EVIDENCE);
                return 1;
            }
        }
        fclose(file);
    }
    FILE* const out = argc > 4 ? fopen(argv[4], "wb") : NULL;
    char path[PATH_SIZE];
    for (int i = 0; i < NOISES; ++i) {
        Signal raw;
        snprintf(path, sizeof(path), "%s/nstdb/%s.hea", data, noise_names[i]);
        if (signal_read(&raw, path, "1", 0.0, 1.0)) {
            noises[i] = signal_resampled(&raw, BASE_RATE);
            signal_free(&raw);
        }
    }

    Set* const sets = pulse ? pulse_sets : ecg_sets;
    const size_t n_sets = pulse ? sizeof(pulse_sets) / sizeof(Set) : sizeof(ecg_sets) / sizeof(Set);
    for (int bedside = 0; bedside < 2; ++bedside) {
        snprintf(path, sizeof(path), "%s/%s", data, bedside ? "bidmc" : "mitdb");
        const Names names = recorded_names(path, bedside ? "_beats.txt" : ".hea");
        for (int i = 0; i < names.n; ++i) {
            for (int channel = 0; channel < 2 && (part == 2 || i % 2 == part); ++channel) {
                Signal signal = {0};
                Reference reference = {0};
                const Set kind_of = {.bedside = bedside, .channel = channel};
                bool open = false;
                for (size_t k = 0; k < n_sets; ++k) {
                    if (sets[k].bedside != bedside || sets[k].channel != channel) {
                        continue;
                    }
                    if (!open && !(open = open_one(data, names.name[i], &kind_of, pulse, &signal,
                                                   &reference))) {
                        break;
                    }
                    one(&kind, &sets[k], names.name[i], &signal, &reference, pulse,
                        (uint32_t)(100 * i + (int)k), out);
                }
                if (open) {
                    signal_free(&signal);
                    reference_free(&reference);
                }
            }
        }
    }
    if (out) {
        fclose(out);
    }
    for (size_t k = 0; k < n_sets; ++k) {
        printf("%-26s missed %5zu  extra %5zu  hit %6zu  F1 %7.3f %%\n", sets[k].what,
               sets[k].missed, sets[k].extra, sets[k].hit,
               score_f1(sets[k].hit, sets[k].missed, sets[k].extra));
    }
    return 0;
}

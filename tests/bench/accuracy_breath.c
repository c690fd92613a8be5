// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// How well the breath is followed: on recordings with a belt (ds210) or with breaths marked by
/// hand (BIDMC), beats found by Tonus itself, and in simulation. Everything causal: a window of 32
/// s is judged by the rate that is shown at its end. Usage: accuracy_breath [DATA], see
/// unit_data_folder(). With TONUS_BENCH_EACH set every recording gets a line.
#include "breathscore.h"
#include "dsp/breath.h"
#include "dsp/filter.h"
#include "dsp/heart.h"
#include "dsp/random.h"
#include "formats/table.h"
#include "unit.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define WINDOW_S 32.0
#define STRIDE_S 8.0

enum { MOST_FILES = 512 };

// --- ds210: a belt

/// Zero-phase 0.05..1 Hz
static void clean_belt(double* x, size_t n, double rate)
{
    for (int pass = 0; pass < 2; ++pass) {
        Biquad high = biquad_highpass(0.05, FILTER_BUTTERWORTH_Q, rate);
        Biquad low = biquad_lowpass(1.0, FILTER_BUTTERWORTH_Q, rate);
        biquad_settle(&high, x[0]);
        for (size_t i = 0; i < n; ++i) {
            x[i] = biquad_step(&low, biquad_step(&high, x[i]));
        }
        for (size_t i = 0; i < n / 2; ++i) {
            const double keep = x[i];
            x[i] = x[n - 1 - i];
            x[n - 1 - i] = keep;
        }
    }
}

/// Peak count of a window ("count-orig", Schäfer & Kratky 2008), kept where the spectrum agrees
/// within 2 per min; NAN else. x: 4 Hz.
static double belt_rate(const double* x, size_t n)
{
    double peaks[256];
    size_t where[256];
    size_t n_peaks = 0;
    for (size_t i = 1; i + 1 < n && n_peaks < 256; ++i) {
        if (x[i] > x[i - 1] && x[i] >= x[i + 1]) {
            where[n_peaks] = i;
            peaks[n_peaks++] = x[i];
        }
    }
    double sorted[256];
    memcpy(sorted, peaks, n_peaks * sizeof *peaks);
    breathscore_sort(sorted, n_peaks);
    const double least = n_peaks ? 0.2 * sorted[(size_t)(0.75 * (double)(n_peaks - 1))] : 0.0;
    double sum = 0.0;
    int whole = 0;
    size_t last = 0;
    bool has_last = false;
    for (size_t k = 0; k < n_peaks; ++k) {
        if (peaks[k] <= least) {
            continue;
        }
        int troughs = 0;
        for (size_t i = last + 1; has_last && i < where[k]; ++i) {
            troughs += x[i] < 0.0 && x[i] < x[i - 1] && x[i] <= x[i + 1];
        }
        if (has_last && troughs == 1) {
            sum += (double)(where[k] - last) / 4.0;
            ++whole;
        }
        last = where[k];
        has_last = true;
    }
    if (whole == 0) {
        return NAN;
    }
    const double counted = 60.0 * whole / sum;
    double mean = 0.0;
    for (size_t i = 0; i < n; ++i) {
        mean += x[i] / (double)n;
    }
    double best = 0.0;
    double best_power = -1.0;
    for (double per_min = 4.0; per_min <= 42.0; per_min += 0.1) {
        double re = 0.0;
        double im = 0.0;
        for (size_t i = 0; i < n; ++i) {
            const double window = 0.54 - 0.46 * cos(6.28318530718 * (double)i / (double)(n - 1));
            const double angle = 6.28318530718 * per_min / 60.0 * (double)i / 4.0;
            re += window * (x[i] - mean) * cos(angle);
            im += window * (x[i] - mean) * sin(angle);
        }
        if (re * re + im * im > best_power) {
            best_power = re * re + im * im;
            best = per_min;
        }
    }
    return fabs(counted - best) <= 2.0 ? counted : NAN;
}

/// Lowest points between turns of at least half a standard deviation, s
static size_t belt_starts(const double* x, size_t n, double rate, double* starts)
{
    double power = 0.0;
    for (size_t i = 0; i < n; ++i) {
        power += x[i] * x[i] / (double)n;
    }
    const double least = 0.5 * sqrt(power);
    size_t found = 0;
    size_t low = 0;
    size_t high = 0;
    bool falling = true;
    for (size_t i = 1; i < n && found < BREATHTOLD_MOST_TURNS; ++i) {
        low = x[i] < x[low] ? i : low;
        high = x[i] > x[high] ? i : high;
        if (falling && x[i] > x[low] + least) {
            starts[found++] = (double)low / rate;
            falling = false;
            high = i;
        } else if (!falling && x[i] < x[high] - least) {
            falling = true;
            low = i;
        }
    }
    return found;
}

typedef struct {
    BreathScore rest, task;
    double* off[2]; // starts of in-breaths, s: at rest, in tasks
    size_t n_off[2];
} BeltScores;

static void score_belt(BeltScores* scores, const char* path, bool rest, BreathTold* told)
{
    static double starts[BREATHTOLD_MOST_TURNS];
    BreathSignal pulse;
    BreathSignal belt;
    if (!breathsignal_read(&pulse, path, "1", 50.0) || !breathsignal_read(&belt, path, "2", 50.0)) {
        return;
    }
    double* const x = (double*)malloc(belt.n * sizeof(double));
    double* const slow = (double*)malloc(belt.n * sizeof(double));
    for (size_t i = 0; i < belt.n; ++i) {
        x[i] = (double)belt.sample[i];
    }
    clean_belt(x, belt.n, belt.rate);
    const size_t n_slow = (size_t)((double)belt.n * 4.0 / belt.rate);
    for (size_t i = 0; i < n_slow; ++i) {
        slow[i] = x[(size_t)((double)i * belt.rate / 4.0)];
    }
    const BreathSignal host = breathsignal_resampled(&pulse);
    breathtold_follow(&host, BEAT_PPG, told);
    BreathScore* const score = rest ? &scores->rest : &scores->task;
    const BreathScore before = *score;
    for (double s = 0.0; (s + WINDOW_S) * 4.0 <= (double)n_slow; s += STRIDE_S) {
        const double truth = belt_rate(slow + (size_t)(s * 4.0), (size_t)(WINDOW_S * 4.0));
        if (isfinite(truth)) {
            breathscore_add(score, told, s + WINDOW_S, truth);
        }
    }
    breathscore_note_worst(score, &before, path);
    const size_t n_starts = belt_starts(x, belt.n, belt.rate, starts);
    double** const off = &scores->off[!rest];
    for (size_t i = 0; i < told->n_in; ++i) {
        double best = 9.0;
        for (size_t k = 0; k < n_starts; ++k) {
            best = fmin(best, fabs(told->in_s[i] - starts[k]));
        }
        if (best < 3.0) { // beyond, the belt shows no breath
            size_t* const n = &scores->n_off[!rest];
            *off = (double*)realloc(*off, (*n + 1) * sizeof(double));
            (*off)[(*n)++] = best;
        }
    }
    free(x);
    free(slow);
    free(host.sample);
    free(pulse.sample);
    free(belt.sample);
}

static int by_name(const void* a, const void* b)
{
    return strcmp((const char*)a, (const char*)b);
}

static size_t list(const char* folder, const char* ending, char names[][256])
{
    size_t n = 0;
    DIR* const dir = opendir(folder);
    for (struct dirent* e = dir ? readdir(dir) : NULL; e && n < MOST_FILES; e = readdir(dir)) {
        const size_t length = strlen(e->d_name);
        const size_t tail = strlen(ending);
        if (length > tail && length < 256 && !strcmp(e->d_name + length - tail, ending)) {
            memcpy(names[n++], e->d_name, length + 1);
        }
    }
    if (dir) {
        closedir(dir);
    }
    qsort(names, n, 256, by_name);
    return n;
}

static void belts(const char* data, BreathTold* told)
{
    static char names[MOST_FILES][256];
    char path[1024];
    snprintf(path, sizeof path, "%s/ds210", data);
    const size_t n = list(path, "_physio.tsv.gz", names);
    if (n == 0) {
        printf("no belts in %s\n", path);
        return;
    }
    BeltScores scores = {.n_off = {0, 0}};
    for (size_t i = 0; i < n; ++i) {
        snprintf(path, sizeof path, "%s/ds210/%s", data, names[i]);
        score_belt(&scores, path, strstr(names[i], "rest") != NULL, told);
    }
    breathscore_show(&scores.rest, "belt at rest (ds210), from the pulse", "1.08", "0.95", "0.70");
    breathscore_show(&scores.task, "belt in tasks (ds210), from the pulse", "1.52", "1.25", "0.90");
    breathscore_row("start of the in-breath at rest, median error", "0.34", "0.30", "0.20",
                    breathscore_median(scores.off[0], scores.n_off[0]), "s");
    breathscore_row("start of the in-breath in tasks, median error", "-", "-", "-",
                    breathscore_median(scores.off[1], scores.n_off[1]), "s");
    free(scores.off[0]);
    free(scores.off[1]);
}

// --- BIDMC: breaths marked by two people

static size_t read_breaths(const char* path, double* first, size_t* n_first, double* second)
{
    Table* const table = table_open(path);
    size_t n_second = 0;
    char* line;
    *n_first = 0;
    while (table && table_line(table, &line) == TABLE_LINE) {
        char* fields[TABLE_MAX_FIELDS];
        const unsigned n = table_split(line, ',', fields);
        double value;
        if (n > 0 && table_field(fields[0], '.', &value) == FIELD_NUMBER &&
            *n_first < BREATHTOLD_MOST_TURNS) {
            first[(*n_first)++] = value / 125.0;
        }
        if (n > 1 && table_field(fields[1], '.', &value) == FIELD_NUMBER &&
            n_second < BREATHTOLD_MOST_TURNS) {
            second[n_second++] = value / 125.0;
        }
    }
    if (table) {
        table_close(table);
    }
    return n_second;
}

static double count_in(const double* x, size_t n, double from_s)
{
    double found = 0.0;
    for (size_t i = 0; i < n; ++i) {
        found += x[i] >= from_s && x[i] < from_s + WINDOW_S;
    }
    return found * 60.0 / WINDOW_S;
}

static void marked(const char* data, BreathTold* told)
{
    static char names[MOST_FILES][256];
    static double first[BREATHTOLD_MOST_TURNS];
    static double second[BREATHTOLD_MOST_TURNS];
    char path[1024];
    snprintf(path, sizeof path, "%s/bidmc", data);
    const size_t n = list(path, "_signals.csv.gz", names);
    if (n == 0) {
        printf("no marked breaths in %s\n", path);
        return;
    }
    for (int kind = 0; kind < 2; ++kind) {
        BreathScore score = {0};
        for (size_t i = 0; i < n; ++i) {
            BreathSignal signal;
            size_t n_first = 0;
            const int stem = (int)(strlen(names[i]) - strlen("_signals.csv.gz"));
            snprintf(path, sizeof path, "%s/bidmc/%.*s_breaths.csv", data, stem, names[i]);
            const size_t n_second = read_breaths(path, first, &n_first, second);
            snprintf(path, sizeof path, "%s/bidmc/%s", data, names[i]);
            if (!breathsignal_read(&signal, path, kind == 0 ? "ii" : "pleth", 125.0)) {
                continue;
            }
            const BreathSignal host = breathsignal_resampled(&signal);
            const BreathScore before = score;
            breathtold_follow(&host, kind == 0 ? BEAT_ECG : BEAT_PPG, told);
            for (double s = 0.0; s + WINDOW_S <= (double)signal.n / 125.0; s += STRIDE_S) {
                const double a = count_in(first, n_first, s);
                const double b = count_in(second, n_second, s);
                if (fabs(a - b) <= 2.0) {
                    breathscore_add(&score, told, s + WINDOW_S, 0.5 * (a + b));
                }
            }
            breathscore_note_worst(&score, &before, names[i]);
            free(host.sample);
            free(signal.sample);
        }
        if (kind == 0) {
            breathscore_show(&score, "intensive care (BIDMC), from the ECG", "2.53", "1.90",
                             "1.20");
        } else {
            breathscore_show(&score, "intensive care (BIDMC), from the pulse", "1.60", "1.40",
                             "1.00");
        }
    }
}

// --- simulation

/// A simulated person, exact beats; the breath glides from one rate to another after 90 s
static void simulate(uint32_t seed, HeartSignal kind, bool signal, double per_min, double then,
                     double seconds, BreathTold* told)
{
    enum { RATE_HZ = 1000, DELAY = 300 };
    Heart* const heart = heart_new(RATE_HZ, seed);
    Breath* const breath = breath_new(RATE_HZ);
    uint32_t due[16];
    uint32_t waiting = 0;
    heart_set_signal(heart, kind);
    heart_set_rsa_reference(heart, 15.0);
    heart_set_slow_waves(heart, 18.0, 20.0);
    heart_set_jitter(heart, 4.0);
    heart_set_breath_rate(heart, per_min);
    heart_reset(heart);
    breath_set_beat_delay(breath, DELAY);
    breath_set_sensor(breath, kind == HEART_ECG ? BREATH_SENSOR_ECG : BREATH_SENSOR_PPG);
    told->seconds = 0;
    for (uint32_t i = 0; i < (uint32_t)(seconds * RATE_HZ) && told->seconds < BREATHTOLD_MOST_S;
         ++i) {
        float x = 0.0f;
        HeartEvent event;
        if (i == 90 * RATE_HZ) {
            heart_set_breath_rate(heart, then);
        }
        if (heart_process(heart, &x, 1, &event, 1) && event.kind == HEART_BEAT && waiting < 16) {
            due[waiting++] = i + DELAY;
        }
        if (waiting > 0 && due[0] <= i) {
            const BreathBeat beat = {true, 1.0f, NAN, NAN};
            breath_beat(breath, &beat);
            memmove(due, due + 1, --waiting * sizeof *due);
        }
        BreathEvent events[4];
        breath_process(breath, signal ? &x : NULL, NULL, 1, events, 4);
        if ((i + 1) % RATE_HZ == 0) {
            told->rate[told->seconds++] = (double)breath_state(breath).rate_per_min;
        }
    }
    heart_free(heart);
    breath_free(breath);
}

enum { LEAP_S = 120 };

/// The person that the peers were tried on: 65 beats per min, breath 0.045 s / sqrt(1 + (f / 0.13
/// Hz)^2), Mayer waves of 0.08..0.12 Hz with 18 ms, very slow waves of 20 ms, jitter 4 ms (standard
/// deviations); intervals alone. At LEAP_S the breath goes over to another rate at once.
static void leap(uint32_t seed, double per_min, double then, BreathTold* told)
{
    enum { RATE_HZ = 1000, DELAY = 300, WAVES = 16 };
    Random random = random_make(seed, 7);
    Breath* const breath = breath_new(RATE_HZ);
    double mayer[WAVES][2];
    double slow_s = 0.0;
    for (int i = 0; i < WAVES; ++i) {
        mayer[i][0] = 6.28318530718 * (0.08 + 0.04 * random_uniform(&random));
        mayer[i][1] = 6.28318530718 * random_uniform(&random);
    }
    double turns = random_uniform(&random);
    double beat_s = 0.0;
    told->seconds = 0;
    breath_set_beat_delay(breath, DELAY);
    for (uint32_t i = 0; i < (LEAP_S + 60) * RATE_HZ; ++i) {
        if ((double)i / RATE_HZ >= beat_s + 0.001 * DELAY) {
            const BreathBeat beat = {true, 1.0f, NAN, NAN};
            breath_beat(breath, &beat);
            const double hz = (beat_s < LEAP_S ? per_min : then) / 60.0;
            double rr_s = 0.92 + 0.004 * random_normal(&random);
            rr_s += 0.045 / sqrt(1.0 + hz * hz / (0.13 * 0.13)) * sin(6.28318530718 * turns);
            for (int k = 0; k < WAVES; ++k) {
                rr_s += 0.018 * sqrt(2.0 / WAVES) * sin(mayer[k][0] * beat_s + mayer[k][1]);
            }
            const double keep = exp(-rr_s / 60.0); // very slow: a minute
            slow_s = keep * slow_s + 0.020 * sqrt(1.0 - keep * keep) * random_normal(&random);
            rr_s += slow_s;
            const double before_s = fmin(fmax(LEAP_S - beat_s, 0.0), rr_s);
            turns += (before_s * per_min + (rr_s - before_s) * then) / 60.0;
            beat_s += rr_s;
        }
        BreathEvent events[4];
        breath_process(breath, NULL, NULL, 1, events, 4);
        if ((i + 1) % RATE_HZ == 0) {
            told->rate[told->seconds++] = (double)breath_state(breath).rate_per_min;
        }
    }
    breath_free(breath);
}

/// Seconds after the change until the rate is within 1 of 6 for five seconds, and for good
static void add_settling(const BreathTold* told, size_t change, double* first, double* good)
{
    size_t off = change; // first second after the last one that was off
    size_t on = 0;
    size_t reached = told->seconds;
    for (size_t s = change; s < told->seconds; ++s) {
        const bool near = fabs(told->rate[s] - 6.0) <= 1.0;
        off = near ? off : s + 1;
        on = near ? on + 1 : 0;
        reached = on == 5 && reached == told->seconds ? s - 4 : reached;
    }
    *first += (double)(reached - change);
    *good += (double)(off - change);
}

static void show_settling(const char* what, double first, double good)
{
    breathscore_row(what, "17", "15", "10", first, "s");
    printf("    for good after %.1f s\n", good);
}

static void simulations(BreathTold* told)
{
    static const struct {
        double per_min;
        const char *peer, *must, *aim;
    } slow[] = {{4.3, "5.20", "0.30", "0.15"},
                {5.0, "3.80", "0.20", "0.10"},
                {6.0, "0.90", "0.10", "0.05"},
                {10.0, "-", "0.30", "-"},
                {15.0, "-", "0.30", "-"}};
    static const char* const kinds[] = {"ECG", "pulse", "intervals alone"};
    enum { SEEDS = 8, LEAPS = 64 };
    char what[96];
    for (size_t r = 0; r < sizeof slow / sizeof *slow; ++r) {
        for (int kind = 0; kind < 3; ++kind) {
            double sum = 0.0;
            double n = 0.0;
            for (uint32_t seed = 1; seed <= SEEDS; ++seed) {
                simulate(seed, kind == 1 ? HEART_PPG : HEART_ECG, kind < 2, slow[r].per_min,
                         slow[r].per_min, 240.0, told);
                for (size_t s = 40; s < told->seconds; ++s) {
                    sum += fabs(told->rate[s] - slow[r].per_min);
                    n += 1.0;
                }
            }
            snprintf(what, sizeof what, "simulated at %.1f per min, %s", slow[r].per_min,
                     kinds[kind]);
            breathscore_row(what, slow[r].peer, slow[r].must, slow[r].aim, sum / n, "/min");
        }
    }
    for (int kind = 0; kind < 3; ++kind) {
        double first = 0.0;
        double good = 0.0;
        for (uint32_t seed = 1; seed <= SEEDS; ++seed) {
            simulate(seed, kind == 1 ? HEART_PPG : HEART_ECG, kind < 2, 15.0, 6.0, 150.0, told);
            add_settling(told, 90, &first, &good);
        }
        snprintf(what, sizeof what, "15 gliding to 6 (time constant 2 s), %s", kinds[kind]);
        show_settling(what, first / SEEDS, good / SEEDS);
    }
    double first = 0.0;
    double good = 0.0;
    for (uint32_t seed = 1; seed <= LEAPS; ++seed) {
        leap(seed, 15.0, 6.0, told);
        add_settling(told, LEAP_S, &first, &good);
    }
    show_settling("15 to 6 at once, as the peers had it, intervals alone", first / LEAPS,
                  good / LEAPS);
}

static double turn_error_ms(double per_min, double noise)
{
    enum { RATE_HZ = 1000 };
    static double turn_s[BREATHTOLD_MOST_TURNS];
    static double errors[BREATHTOLD_MOST_TURNS];
    uint32_t random = 17;
    size_t n = 0;
    size_t told = 0;
    size_t k = 0;
    for (double t = 0.0; t < 600.0; n += 2) { // lengths vary by a tenth, evenly
        random = random * 1664525u + 1013904223u;
        const double whole_s = 60.0 / per_min * (0.83 + 0.34 * (random >> 8) / 16777216.0);
        turn_s[n] = t;
        turn_s[n + 1] = t + 0.42 * whole_s;
        t += whole_s;
    }
    Breath* const breath = breath_new(RATE_HZ);
    for (uint32_t i = 0; (double)i / RATE_HZ < turn_s[n - 1]; ++i) {
        const double t = (double)i / RATE_HZ;
        k += t >= turn_s[k + 1];
        const double part = (t - turn_s[k]) / (turn_s[k + 1] - turn_s[k]);
        double sum = 0.0; // twelve even numbers: nearly normal
        for (int j = 0; j < 12; ++j) {
            random = random * 1664525u + 1013904223u;
            sum += (random >> 8) / 16777216.0 - 0.5;
        }
        const float belt =
            (float)(0.5 * cos(3.14159265359 * part) * (k % 2 ? 1.0 : -1.0) + noise * sum);
        BreathEvent event;
        if (breath_process(breath, NULL, &belt, 1, &event, 1)) {
            const double at = t - (double)event.age_frames / RATE_HZ;
            double best = 9.0;
            for (size_t j = event.type == BREATH_OUT_STARTS; j < n; j += 2) {
                best = fmin(best, fabs(at - turn_s[j]));
            }
            errors[told++] = 1000.0 * best;
        }
    }
    breath_free(breath);
    return breathscore_median(errors, told);
}

int main(int argc, char** argv)
{
    static BreathTold told;
    const char* const data = argc > 1 ? argv[1] : unit_data_folder();
    printf("\nBreath%53s%9s %7s %7s %8s\n", "", "peer", "must", "aim", "found");
    belts(data, &told);
    marked(data, &told);
    simulations(&told);
    breathscore_row("turns of a belt, 6 per min, no noise", "-", "30", "10",
                    turn_error_ms(6.0, 0.0), "ms");
    breathscore_row("turns of a belt, 6 per min, noise 0.5 % of the swing", "-", "30", "10",
                    turn_error_ms(6.0, 0.005), "ms");
    breathscore_row("turns of a belt, 15 per min, noise 1 % of the swing", "-", "30", "10",
                    turn_error_ms(15.0, 0.01), "ms");
    return 0;
}

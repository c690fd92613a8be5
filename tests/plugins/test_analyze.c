// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// tonus-analyze: what it finds in a file is what the plugins find live; what it reads and refuses.
#include "unit.h"

#include "dsp/heart.h"
#include "formats/annotation.h"
#include "formats/recording.h"
#include "formats/soundout.h"
#include "host.h"

#if __has_include(<biosig.h>)
#include <biosig.h>
#define HAVE_BIOSIG 1
#endif

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RATE = 48000, SECONDS = 40, FRAMES = RATE * SECONDS };

static char folder[256];
static float* ecg;

static int open_folder(void** state)
{
    (void)state;
    char path[300];
    char error[RECORDING_ERROR_SIZE];
    HeartEvent events[64];
    snprintf(folder, sizeof folder, "/tmp/tonus-analyze-XXXXXX");
    ecg = calloc(FRAMES, sizeof(float));
    Heart* const heart = heart_new(RATE, 5);
    if (!mkdtemp(folder) || !ecg || !heart) {
        return -1;
    }
    for (int i = 0; i < FRAMES; i += 256) {
        heart_process(heart, ecg + i, FRAMES - i < 256 ? FRAMES - i : 256, events, 64);
    }
    heart_free(heart);
    snprintf(path, sizeof path, "%s/person.wav", folder);
    SoundOut* const out = soundout_open(path, RATE, 1, error);
    return out && soundout_write(out, ecg, FRAMES) && soundout_close(out) ? 0 : -1;
}

static int close_folder(void** state)
{
    (void)state;
    char command[300];
    free(ecg);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

/// The exit status of tonus-analyze with these words; its messages go to FOLDER/said.
static int analyze(const char* words)
{
    char command[1500];
    snprintf(command, sizeof command, "cd '%s' && \"$OLDPWD\"/build/tonus-analyze %s 2>said",
             folder, words);
    const int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static FILE* open_result(const char* name)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE* const file = fopen(path, "r");
    assert_non_null(file);
    return file;
}

static void offline_is_live(void** state)
{
    (void)state;
    HostWorld* const world = host_world_new(NULL);
    HostConfig config = host_config();
    config.rate = RATE;
    Host* const host = host_new(world, "beat", &config);
    assert_non_null(host);
    host_set(host, "sensor", 1.0f);
    host_input(host, "in", ecg, FRAMES);
    host_run(host, FRAMES, 1000);
    const double delay = rint((double)host_get(host, "delay") * RATE / 1000.0);
    size_t n = 0;
    const HostEvent* const events = host_events(host, &n);
    assert_int_equal(analyze("person.wav --sensor ecg --out live"), 0);
    FILE* const file = open_result("live/beats.tsv");
    char line[300];
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "onset\tsample\trr\ttype\tquality\n");
    int beats = 0;
    for (size_t i = 0; i < n; ++i) {
        const HostEvent* const event = &events[i];
        if (!host_event_is_midi(host, event) || (event->body[0] & 0xF0) != 0x90 ||
            (event->body[1] != 36 && event->body[1] != 37)) {
            continue;
        }
        double sample = -1.0;
        assert_non_null(fgets(line, sizeof line, file));
        assert_int_equal(sscanf(line, "%*f\t%lf", &sample), 1);
        assert_true(sample == (double)event->frame - delay);
        ++beats;
    }
    assert_true(beats > SECONDS / 2);
    fclose(file);
    host_free(host);
    host_world_free(world);
}

/// Beats of a beats.tsv, as samples
static size_t read_beats(const char* name, unsigned long* samples, size_t most)
{
    char line[300];
    size_t n = 0;
    FILE* const file = open_result(name);
    assert_non_null(fgets(line, sizeof line, file));
    for (; n < most && fgets(line, sizeof line, file); ++n) {
        assert_int_equal(sscanf(line, "%*f\t%lu", &samples[n]), 1);
    }
    fclose(file);
    return n;
}

static void annotations_are_the_beats(void** state)
{
    (void)state;
    char path[300];
    char error[RECORDING_ERROR_SIZE];
    unsigned long samples[200];
    assert_int_equal(analyze("person.wav --out notes"), 0);
    snprintf(path, sizeof path, "%s/notes/person.tonus", folder);
    AnnotationFile* const notes = annotation_open(path, error);
    assert_non_null(notes);
    Annotation note;
    const size_t n = read_beats("notes/beats.tsv", samples, 200);
    assert_true(n > SECONDS / 2 && n < 200);
    for (size_t i = 0; i < n; ++i) {
        assert_true(annotation_next(notes, &note));
        assert_int_equal(note.sample, samples[i]);
    }
    assert_false(annotation_next(notes, &note));
    annotation_close(notes);
}

static void same_input_same_bytes(void** state)
{
    (void)state;
    assert_int_equal(analyze("person.wav --report --bids --out one"), 0);
    assert_int_equal(analyze("person.wav --report --bids --out two"), 0);
    char command[700];
    snprintf(command, sizeof command, "diff -r '%s/one' '%s/two' >/dev/null", folder, folder);
    assert_int_equal(system(command), 0);
    FILE* const file = open_result("one/report.html");
    static char text[4000000];
    const size_t n = fread(text, 1, sizeof text - 1, file);
    text[n] = '\0';
    fclose(file);
    assert_non_null(strstr(text, "lang=\"en\""));
    assert_non_null(strstr(text, "not a measurement of the vagus nerve"));
    assert_null(strstr(text, "http://localhost"));
}

static void intervals_are_read(void** state)
{
    (void)state;
    char path[300];
    snprintf(path, sizeof path, "%s/intervals.txt", folder);
    FILE* const file = fopen(path, "w");
    for (int i = 0; i < 400; ++i) {
        fprintf(file, "%d\n", 800 + (i % 2 ? 20 : -20)); // every difference is 40 ms
    }
    fclose(file);
    assert_int_equal(analyze("intervals.txt --out rr"), 0);
    FILE* const summary = open_result("rr/summary.json");
    char text[8192];
    const size_t n = fread(text, 1, sizeof text - 1, summary);
    text[n] = '\0';
    fclose(summary);
    double rmssd = 0.0;
    const char* const at = strstr(text, "\"rmssd\"");
    assert_non_null(at);
    assert_int_equal(sscanf(at, "\"rmssd\": { \"value\": %lf", &rmssd), 1);
    assert_true(fabs(rmssd - 40.0) < 1e-3);
}

/// RMSSD of summary.json in `out`
static double rmssd_of(const char* out)
{
    char name[64];
    char text[8192];
    double rmssd = NAN;
    snprintf(name, sizeof name, "%s/summary.json", out);
    FILE* const summary = open_result(name);
    text[fread(text, 1, sizeof text - 1, summary)] = '\0';
    fclose(summary);
    const char* const at = strstr(text, "\"rmssd\"");
    assert_non_null(at);
    assert_int_equal(sscanf(at, "\"rmssd\": { \"value\": %lf", &rmssd), 1);
    return rmssd;
}

/// However a list of intervals is written, its numbers are the same, the last interval's, too
static void lists_of_all_kinds_are_read(void** state)
{
    (void)state;
    enum { N = 300 };
    static const char* const names[] = {"ms.txt", "s.txt",     "comma.txt", "across.txt",
                                        "rr.csv", "rr_de.csv", "beats.txt", "stamps.csv"};
    double intervals[N];
    double squares = 0.0;
    for (int i = 0; i < N; ++i) {
        intervals[i] = 850.0 + 30.0 * sin(i * 0.9) + i * 13 % 7;
        const double step = i > 0 ? intervals[i] - intervals[i - 1] : 0.0;
        squares += step * step;
    }
    for (unsigned k = 0; k < sizeof names / sizeof *names; ++k) {
        char words[400];
        snprintf(words, sizeof words, "%s/%s", folder, names[k]);
        FILE* const file = fopen(words, "w");
        double time_s = 0.6;
        fputs(k == 4   ? "RR\n"
              : k == 5 ? "Zeit;RR-Intervall;Artefakt\n"
              : k == 7 ? "Phone timestamp;RR-interval [ms]\n"
              : k == 6 ? "0.600000\n"
                       : "",
              file);
        for (int i = 0; i < N; ++i) {
            const double x = intervals[i];
            const int whole = (int)x;
            const int part = (int)((x - whole) * 1000.0);
            time_s += x / 1000.0;
            switch (k) {
            case 1:
                fprintf(file, "%.6f\n", x / 1000.0);
                break;
            case 2:
                fprintf(file, "0,%06d\n", (int)(x * 1000.0));
                break;
            case 3:
                fprintf(file, "%.3f%s", x, i + 1 < N ? ", " : "\n");
                break;
            case 5:
                fprintf(file, "%d;%d,%03d;0\n", i, whole, part);
                break;
            case 6:
                fprintf(file, "%.6f\n", time_s);
                break;
            case 7:
                fprintf(file, "2026-01-01T10:00:00.%03d;%.3f\n", i, x);
                break;
            default:
                fprintf(file, "%.3f\n", x);
            }
        }
        fclose(file);
        snprintf(words, sizeof words, "%s --raw --out list%u", names[k], k);
        assert_int_equal(analyze(words), 0);
        snprintf(words, sizeof words, "list%u", k);
        if (fabs(rmssd_of(words) - sqrt(squares / (N - 1))) > 0.01) {
            fail_msg("%s: %g, not %g", names[k], rmssd_of(words), sqrt(squares / (N - 1)));
        }
        if (k == 1 || k == 6) { // what was guessed is told
            FILE* const said = open_result("said");
            char text[400];
            assert_non_null(fgets(text, sizeof text, said));
            assert_non_null(strstr(text, "taken as"));
            fclose(said);
        }
    }
}

static void long_gaps_cost_nothing(void** state)
{
    (void)state;
    char path[300];
    snprintf(path, sizeof path, "%s/gap.tsv", folder);
    FILE* const file = fopen(path, "w");
    fputs("onset\n", file);
    for (int i = 0; i < 400; ++i) {
        fprintf(file, "%.3f\n", 0.8 * i + 0.01 * (i % 3) + (i < 200 ? 0.0 : 20.0 * 3600.0));
    }
    fclose(file);
    // twenty hours between two beats, in 5 s of a processor's time at most
    char command[400];
    snprintf(command, sizeof command,
             "cd '%s' && ulimit -t 5 && \"$OLDPWD\"/build/tonus-analyze "
             "gap.tsv --out gap",
             folder);
    assert_int_equal(system(command), 0);
    FILE* const beats = open_result("gap/beats.tsv");
    char line[300];
    int n = 0;
    while (fgets(line, sizeof line, beats)) {
        ++n;
    }
    fclose(beats);
    assert_int_equal(n, 401);
}

static void corrected_beats_are_read(void** state)
{
    (void)state;
    assert_int_equal(analyze("person.wav --out found"), 0);
    assert_int_equal(analyze("person.wav --beats found/beats.tsv --out again"), 0);
    FILE* const a = open_result("found/beats.tsv");
    FILE* const b = open_result("again/beats.tsv");
    char x[300];
    char y[300];
    int n = 0;
    while (fgets(x, sizeof x, a)) {
        double p = 0.0;
        double q = 1.0;
        assert_non_null(fgets(y, sizeof y, b));
        if (sscanf(x, "%lf", &p) == 1 && sscanf(y, "%lf", &q) == 1) {
            assert_true(p == q);
            ++n;
        }
    }
    assert_null(fgets(y, sizeof y, b));
    assert_true(n > SECONDS / 2);
    fclose(a);
    fclose(b);
}

/// Writes the person's first seconds at 250 Hz, times `factor`, under this heading.
static void write_column(const char* name, const char* heading, double factor)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE* const file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%s\n", heading);
    for (int i = 0; i < FRAMES; i += RATE / 250) {
        fprintf(file, "%.7g\n", 2.0 * factor * (double)ecg[i]);
    }
    fclose(file);
}

static int beats_in(const char* name)
{
    char line[300];
    int n = -1; // the heading
    FILE* const file = open_result(name);
    while (fgets(line, sizeof line, file)) {
        ++n;
    }
    fclose(file);
    return n;
}

static bool is_said(const char* text)
{
    char line[900];
    bool found = false;
    FILE* const said = open_result("said");
    while (fgets(line, sizeof line, said)) {
        found = found || strstr(line, text);
    }
    fclose(said);
    return found;
}

static void units_are_guessed_with_a_warning(void** state)
{
    (void)state;
    static const struct {
        const char* heading;
        double factor;
        const char* warning; // NULL: none
    } cases[] = {{"ecg [mV]", 1.0, NULL},
                 {"ecg [uV]", 1000.0, NULL},
                 {"ecg [mV]", 1000.0, "is no heart's"}, // µV that are said to be mV
                 {"ecg", 1.0, "looks like mV"},
                 {"ecg", 1000.0, "looks like µV or raw values"},
                 {"ecg", 1e6, "looks like raw values"}};
    int usual = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
        write_column("units.csv", cases[i].heading, cases[i].factor);
        assert_int_equal(analyze("units.csv --rate 250 --out units"), 0);
        const int n = beats_in("units/beats.tsv");
        usual = i == 0 ? n : usual;
        assert_in_range(n, usual - 1, usual + 1);
        assert_true(is_said("units.csv") == (cases[i].warning != NULL));
        assert_true(!cases[i].warning || is_said(cases[i].warning));
    }
    assert_true(usual > SECONDS / 2);
    // The same bytes wherever the file lies, though there is a warning
    char command[700];
    snprintf(command, sizeof command, "cd '%s' && mkdir -p other && cp units.csv other", folder);
    assert_int_equal(system(command), 0);
    assert_int_equal(analyze("other/units.csv --rate 250 --report --out elsewhere"), 0);
    assert_int_equal(analyze("units.csv --rate 250 --report --out units"), 0);
    snprintf(command, sizeof command, "diff -r '%s/units' '%s/elsewhere'", folder, folder);
    assert_int_equal(system(command), 0);
}

static void bad_files_do_not_stop_the_others(void** state)
{
    (void)state;
    char path[300];
    char line[600];
    snprintf(path, sizeof path, "%s/broken.edf", folder);
    FILE* file = fopen(path, "w");
    fputs("0       this is no EDF header", file);
    fclose(file);
    assert_int_equal(analyze("broken.edf missing.csv person.wav -j 2 --out many"), 1);
    file = open_result("many/person/beats.tsv");
    fclose(file);
    file = open_result("said");
    int said = 0;
    while (fgets(line, sizeof line, file)) {
        said += strstr(line, "broken.edf") || strstr(line, "missing.csv");
    }
    fclose(file);
    assert_int_equal(said, 2);
}

/// What there is of a file is analysed; that its end is missing is said, and the status tells.
static void a_cut_file_counts_as_failed(void** state)
{
    (void)state;
    enum { RATE_HZ = 250, SAID_S = 120, HELD_S = 60 };
    char path[300];
    snprintf(path, sizeof path, "%s/cut.hea", folder);
    FILE* file = fopen(path, "w");
    fprintf(file, "cut 1 %d %d\ncut.dat 16 2000/mV 16 0 0 0 0 ECG\n", RATE_HZ, RATE_HZ * SAID_S);
    fclose(file);
    snprintf(path, sizeof path, "%s/cut.dat", folder);
    file = fopen(path, "wb");
    for (int i = 0; i < RATE_HZ * HELD_S; ++i) {
        const int at = i % 225 - 100;
        const int16_t x = (int16_t)lrint(2000.0 * exp(-0.05 * at * at));
        fwrite(&x, sizeof x, 1, file);
    }
    fclose(file);
    assert_int_equal(analyze("cut.hea -q --out cut"), 1);
    assert_true(is_said("cut.hea"));
    assert_true(is_said("after 15000 of 30000 frames"));
    file = open_result("cut/beats.tsv");
    char line[200];
    int beats = -1;
    while (fgets(line, sizeof line, file)) {
        ++beats;
    }
    fclose(file);
    assert_true(beats > 55);
}

static void write_text(const char* name, const char* text)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE* const file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/// libbiosig's reader of WFDB annotations, which has nothing in common with ours, finds the same.
/// It counts samples from 1 on: in PhysioNet's own files, too, each stands one lower.
static void annotations_are_read_by_others(void** state)
{
    (void)state;
#ifdef HAVE_BIOSIG
    char command[700];
    char path[300];
    unsigned long samples[200];
    assert_int_equal(analyze("person.wav --out wfdb"), 0);
    const size_t n = read_beats("wfdb/beats.tsv", samples, 200);
    write_text("wfdb/person.hea", "person 1 48000 1920000\nperson.dat 16 2000/mV 16 0 0 0 0 ECG\n");
    snprintf(command, sizeof command,
             "cd '%s/wfdb' && cp person.tonus person.atr && head -c 3840000 /dev/zero >person.dat",
             folder);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/wfdb/person.hea", folder);
    HDRTYPE* const record = sopen(path, "r", NULL);
    assert_true(record && !serror2(record));
    assert_int_equal(record->EVENT.N, n);
    for (size_t i = 0; i < n; ++i) {
        assert_int_equal(record->EVENT.POS[i] + 1, samples[i]);
        assert_int_equal(record->EVENT.TYP[i], 1); // N
    }
    destructHDR(record);
#else
    skip(); // libbiosig is not installed
#endif
}

static void takes_bring_their_exercises(void** state)
{
    (void)state;
    char command[700];
    snprintf(command, sizeof command, "cd '%s' && mkdir -p take && cp person.wav take/audio.wav",
             folder);
    assert_int_equal(system(command), 0);
    write_text("take/session.json", "{\n  \"sensor\": \"ECG\"\n}\n");
    write_text("take/events.tsv", "onset\tduration\ttrial_type\tvalue\tsample\n"
                                  "2\tn/a\trest_before\tn/a\t96000\n"
                                  "12\tn/a\texercise\tn/a\t576000\n"
                                  "25\tn/a\trest_after\tn/a\t1200000\n");
    assert_int_equal(analyze("take --report --out taken"), 0);
    static char text[4000000];
    FILE* const file = open_result("taken/report.html");
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_non_null(strstr(text, "Exercise 1: Heart rate"));
    FILE* const summary = open_result("taken/summary.json");
    text[fread(text, 1, sizeof text - 1, summary)] = '\0';
    fclose(summary);
    assert_non_null(strstr(text, "\"format\": \"take\""));
    assert_non_null(strstr(text, "\"sensor\": \"ecg\""));
    // The same beats as from the sound alone
    assert_int_equal(analyze("person.wav --sensor ecg --out alone"), 0);
    snprintf(command, sizeof command, "cmp '%s/taken/beats.tsv' '%s/alone/beats.tsv'", folder,
             folder);
    assert_int_equal(system(command), 0);
}

static void wrong_usage_is_told(void** state)
{
    (void)state;
    assert_int_equal(analyze("person.wav"), 2);
    assert_int_equal(analyze("--out x"), 2);
    assert_int_equal(analyze("person.wav --out x --window 3"), 2);
    assert_int_equal(analyze("person.wav --out x --nonsense"), 2);
    assert_int_equal(analyze("--help >/dev/null"), 0);
    assert_int_equal(analyze("--version >/dev/null"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offline_is_live),
        cmocka_unit_test(annotations_are_the_beats),
        cmocka_unit_test(annotations_are_read_by_others),
        cmocka_unit_test(same_input_same_bytes),
        cmocka_unit_test(intervals_are_read),
        cmocka_unit_test(lists_of_all_kinds_are_read),
        cmocka_unit_test(long_gaps_cost_nothing),
        cmocka_unit_test(corrected_beats_are_read),
        cmocka_unit_test(units_are_guessed_with_a_warning),
        cmocka_unit_test(bad_files_do_not_stop_the_others),
        cmocka_unit_test(a_cut_file_counts_as_failed),
        cmocka_unit_test(takes_bring_their_exercises),
        cmocka_unit_test(wrong_usage_is_told),
    };
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}

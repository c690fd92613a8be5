// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "unit.h"

#include "formats/recording.h"
#include "formats/table.h"
#include "formats/timeline.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static const double PI = 3.14159265358979323846;

static char folder[64];

static int make_folder(void** state)
{
    (void)state;
    strcpy(folder, "/tmp/tonus-csv-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void** state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static char path[256];

static const char* write_text(const char* name, const char* text)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE* const file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static Recording* open_good(const char* file, double rate)
{
    char error[RECORDING_ERROR_SIZE];
    Recording* const rec = recording_open(file, rate, error);
    if (!rec) {
        fail_msg("%s", error);
    }
    return rec;
}

static size_t read_all(Recording* rec, unsigned channel, float* out, size_t n)
{
    assert_true(recording_select(rec, channel));
    size_t done = 0;
    for (size_t got = 1; got > 0 && done < n; done += got) {
        got = recording_read(rec, out + done, n - done < 5 ? n - done : 5);
    }
    return done;
}

// Dialects: each of these holds two signals, 1.5 2.5 3.5 and -1 -2e-1 missing

static void test_dialects(void** state)
{
    (void)state;
    static const struct {
        const char* text;
        const char* first;
        const char* unit;
    } cases[] = {
        {"1.5,-1\n2.5,-2e-1\n3.5,\n", "1", ""},
        {"1.5,-1\r\n2.5,-.2\r\n3.5,NaN", "1", ""},
        {"\xEF\xBB\xBF"
         "ECG (mV),b\n1.5,-1\n2.5,-0.2\n3.5,n/a\n",
         "ECG", "mV"},
        {"\"a\",\"b\"\n\"1.5\",\"-1\"\n\"2.5\",\"-0.2\"\n\"3.5\",\"\"\n", "a", ""},
        {"'a','b'\n'mV','NU'\n1.5,-1\n2.5,-0.2\n3.5,-\n", "a", "mV"},
        {"ecg_uV,b\n1.5,-1\n2.5,-0.2\n3.5,n/a\n", "ecg_uV", "uV"},
        {"lead_V,b\n1.5,-1\n2.5,-0.2\n3.5,n/a\n", "lead_V", ""}, // chest lead or volts?
        {"a;b\n1,5;-1\n2,5;-0,2\n3,5;\n", "a", ""},
        {"a\tb\n1.5\t-1\n2.5\t-0.2\n3.5\t\n", "a", ""},
        {"# a comment\na   b\n  1.5 -1\n2.5   -0.2\n3.5 NA\n\n", "a", ""},
        {"a,b,\n1.5,-1\n\n# in between\n2.5,-0.2\n3.5\n", "a", ""},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        Recording* const rec = open_good(write_text("d.csv", cases[i].text), 0.0);
        assert_string_equal(recording_channel(rec, 0)->name, cases[i].first);
        assert_string_equal(recording_channel(rec, 0)->unit, cases[i].unit);
        assert_true(recording_channel(rec, 0)->rate == 0.0);
        float x[8];
        if (read_all(rec, 0, x, 8) != 3 || x[0] != 1.5f || x[1] != 2.5f || x[2] != 3.5f) {
            fail_msg("dialect %u: %g %g %g %s", i, x[0], x[1], x[2], recording_error(rec));
        }
        assert_int_equal(read_all(rec, 1, x, 8), 3);
        if (x[0] != -1.0f || x[1] != -0.2f || !isnan(x[2])) {
            fail_msg("dialect %u: %g %g %g", i, x[0], x[1], x[2]);
        }
        recording_close(rec);
    }
}

static void test_one_column(void** state)
{
    (void)state;
    Recording* const rec = open_good(write_text("o.csv", "ECG lead II (mV)\n1.5\n2.5\n"), 0.0);
    assert_int_equal(recording_channels(rec), 1);
    assert_string_equal(recording_channel(rec, 0)->name, "ECG lead II");
    assert_string_equal(recording_channel(rec, 0)->unit, "mV");
    recording_close(rec);
}

static void test_beyond_a_float(void** state)
{
    (void)state;
    float x[4];
    Recording* const rec = open_good(write_text("f.csv", "ECG\n1\n2e39\n-9e200\n4\n"), 0.0);
    assert_int_equal(read_all(rec, 0, x, 4), 4);
    assert_true(x[0] == 1.0f && isnan(x[1]) && isnan(x[2]) && x[3] == 4.0f);
    recording_close(rec);
}

static void test_cut_and_bad(void** state)
{
    (void)state;
    float x[8];
    // The last line of a logger that was killed
    Recording* rec = open_good(write_text("cut.csv", "a,b\n1,2\n3,4\n5"), 0.0);
    assert_int_equal(read_all(rec, 0, x, 8), 2);
    assert_string_equal(recording_error(rec), "");
    recording_close(rec);
    rec = open_good(write_text("word.csv", "a,b\n1,2\n3,four\n5,6\n"), 0.0);
    assert_int_equal(read_all(rec, 0, x, 8), 3); // the other column is not looked at
    assert_int_equal(read_all(rec, 1, x, 8), 1);
    assert_non_null(strstr(recording_error(rec), "word.csv: line 3: \"four\""));
    assert_int_equal(recording_read(rec, x, 8), 0);
    recording_close(rec);
    char error[RECORDING_ERROR_SIZE];
    assert_null(recording_open(write_text("words.csv", "a\nb\nc\nd\n"), 0.0, error));
    assert_non_null(strstr(error, "line 3"));
    assert_null(recording_open(write_text("one.csv", "a\n"), 0.0, error));
    assert_non_null(strstr(error, "no numbers"));
    char long_line[70000];
    memset(long_line, '1', sizeof long_line);
    long_line[sizeof long_line - 1] = '\0';
    assert_null(recording_open(write_text("long.csv", long_line), 0.0, error));
    assert_non_null(strstr(error, "line 1 is too long"));
    // Nothing is sampled each half picosecond
    assert_null(recording_open(
        write_text("fast.csv", "time,ecg\n0,1\n5e-13,2\n1e-12,3\n1.5e-12,2\n"), 0.0, error));
    assert_non_null(strstr(error, "fast.csv: channel 1: 2e+12 samples a second"));
}

// Compression

static void test_gzip(void** state)
{
    (void)state;
    snprintf(path, sizeof path, "%s/z.csv.gz", folder);
    gzFile file = gzopen(path, "wb");
    assert_non_null(file);
    gzputs(file, "a,b\n");
    for (int i = 0; i < 50000; i++) {
        gzprintf(file, "%d,%d\n", i, i * 7919 % 10007);
    }
    gzclose(file);
    static float x[50001];
    Recording* rec = open_good(path, 100.0);
    assert_int_equal(read_all(rec, 0, x, 50001), 50000);
    assert_true(x[49999] == 49999.0f);
    assert_true(recording_progress(rec) == 1.0);
    recording_close(rec);
    // Cut in the middle: what can be unpacked is read, without an error
    FILE* const cut = fopen(path, "r+b");
    assert_non_null(cut);
    assert_int_equal(ftruncate(fileno(cut), 60000), 0);
    fclose(cut);
    rec = open_good(path, 100.0);
    const size_t n = read_all(rec, 1, x, 50001);
    assert_in_range(n, 5000, 45000);
    recording_close(rec);
}

// The rate

/// A table with a time column made by `format` from a time in seconds; samples are the time itself
static Recording* timed(const char* header, const char* format, double scale, double rate, int rows,
                        int gap_at, int gap_rows)
{
    static char text[400000];
    int n = snprintf(text, sizeof text, "%s\n", header);
    for (int i = 0; i < rows; i++) {
        const double time = (i + (gap_at && i >= gap_at ? gap_rows : 0)) / rate;
        n += snprintf(text + n, sizeof text - (size_t)n, format, time * scale);
        n += snprintf(text + n, sizeof text - (size_t)n, ",%.6f\n", time);
    }
    return open_good(write_text("t.csv", text), 0.0);
}

static void test_time_column(void** state)
{
    (void)state;
    static const struct {
        const char *header, *format;
        double scale, rate;
    } cases[] = {
        {"time,x", "%.3f", 1.0, 250.0},       {"Time [s],x", "%.4f", 1.0, 130.0},
        {"time,x", "%.0f", 1000.0, 100.0},    {"t_ms,x", "%.1f", 1e3, 500.0},
        {"timestamp,x", "%.0f", 1e6, 130.0},  {"time_ns,x", "%.0f", 1e9, 1000.0},
        {"time,x", "%.3f", 1.0, 128.0},       {"'Elapsed time','x'", "0:00:%06.3f", 1.0, 125.0},
        {"time,x", "%.6f", 1.0, 1000.0 / 3.0}};
    static float x[3001];
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        Recording* const rec =
            timed(cases[i].header, cases[i].format, cases[i].scale, cases[i].rate, 3000, 1000, 10);
        const RecordingChannel* const channel = recording_channel(rec, 1);
        if (fabs(channel->rate / cases[i].rate - 1.0) > 2e-6) {
            fail_msg("case %u: %.6f Hz, not %.6f", i, channel->rate, cases[i].rate);
        }
        assert_int_equal(recording_channel(rec, 0)->kind, RECORDING_TIME);
        assert_int_equal(recording_default(rec), 1);
        assert_int_equal(read_all(rec, 1, x, 3001), 3001); // rows and the gap's ten samples
        for (int k = 0; k < 3001; k++) {
            assert_int_equal(isnan(x[k]) != 0, k >= 1000 && k < 1010);
            if (!isnan(x[k]) && fabs(x[k] * cases[i].rate - k) > 0.01) {
                fail_msg("case %u: sample %d of time %g", i, k, x[k]);
            }
        }
        recording_close(rec);
    }
    // Without a header, the first column rises evenly; a running number tells no rate
    Recording* rec = timed("# nothing", "%.3f", 1.0, 200.0, 100, 0, 0);
    assert_true(recording_channel(rec, 1)->rate == 200.0);
    recording_close(rec);
    rec = timed("nSeq,x", "%.0f", 200.0, 200.0, 100, 0, 0);
    assert_true(recording_channel(rec, 1)->rate == 0.0);
    recording_close(rec);
    // A rate that is given beats the column
    rec = open_good(path, 50.0);
    assert_true(recording_channel(rec, 1)->rate == 50.0);
    assert_int_equal(read_all(rec, 1, x, 3001), 100);
    recording_close(rec);
}

static void test_irregular_time(void** state)
{
    (void)state;
    // A camera at about 30 frames a second with stamps in ms, looking at a 1.2 Hz pulse
    static char text[100000];
    int n = snprintf(text, sizeof text, "time,R\n");
    double time = 0.0;
    unsigned seed = 1;
    for (int i = 0; i < 1500; i++) {
        time += i == 700 ? 1000.0 : 31.0 + (double)(seed % 5);
        seed = seed * 1664525u + 1013904223u;
        n += snprintf(text + n, sizeof text - (size_t)n, "%.0f,%.5f\n", time,
                      sin(2.0 * PI * 1.2 * time / 1000.0));
    }
    Recording* const rec = open_good(write_text("i.csv", text), 0.0);
    const double rate = recording_channel(rec, 1)->rate;
    assert_true(rate > 29.0 && rate < 32.0);
    static float x[2000];
    const size_t count = read_all(rec, 1, x, 2000);
    assert_true(fabs(count / rate - (time - 33.0) / 1000.0) < 0.1);
    unsigned missing = 0;
    for (size_t i = 0; i < count; i++) {
        missing += isnan(x[i]) != 0;
        const double truth = sin(2.0 * PI * 1.2 * (0.032 + (double)i / rate));
        if (!isnan(x[i]) && fabs(x[i] - truth) > 0.05) {
            fail_msg("sample %zu is %g, not %g", i, x[i], truth);
        }
    }
    assert_in_range(missing, 28, 32); // the second that is missing
    recording_close(rec);
}

static void test_written_rates(void** state)
{
    (void)state;
    Recording* rec =
        open_good(write_text("o.txt", "# OpenSignals Text File Format\n"
                                      "# {\"00:07\": {\"column\": [\"nSeq\", \"I1\", \"ECG\"], "
                                      "\"sampling rate\": 1000, \"x\": 1}}\n"
                                      "# EndOfHeader\n0\t1\t512\n1\t1\t513\n"),
                  0.0);
    assert_true(recording_channel(rec, 2)->rate == 1000.0);
    assert_string_equal(recording_channel(rec, 2)->name, "ECG");
    assert_int_equal(recording_default(rec), 2);
    recording_close(rec);

    write_text("sub-1_task-rest_physio.tsv", "1\t2\n3\t4\n");
    write_text("physio.json", "{\n \"SamplingFrequency\": 50,\n \"Columns\": [\"cardiac\", "
                              "\"respiratory\"]\n}");
    snprintf(path, sizeof path, "%s/sub-1_task-rest_physio.tsv", folder);
    rec = open_good(path, 0.0);
    assert_true(recording_channel(rec, 0)->rate == 50.0);
    assert_string_equal(recording_channel(rec, 1)->name, "respiratory");
    assert_int_equal(recording_channel(rec, 1)->kind, RECORDING_BELT);
    recording_close(rec);
    // The nearer JSON wins
    write_text("task-rest_physio.json", "{\"SamplingFrequency\": 40.5}");
    snprintf(path, sizeof path, "%s/sub-1_task-rest_physio.tsv", folder);
    rec = open_good(path, 0.0);
    assert_true(recording_channel(rec, 0)->rate == 40.5);
    recording_close(rec);
}

static void test_real(void** state)
{
    (void)state;
    static float x[70000];
    snprintf(path, sizeof path, "%s/bidmc/bidmc_01_signals.csv.gz", unit_data_folder());
    if (access(path, R_OK)) {
        print_message("no recordings in %s\n", unit_data_folder());
        skip();
    }
    Recording* rec = open_good(path, 125.0);
    assert_int_equal(recording_default(rec), 2);
    assert_int_equal(read_all(rec, 1, x, 70000), 60001);
    assert_float_equal(x[0], 0.43597, 1e-6);
    recording_close(rec);
    snprintf(path, sizeof path, "%s/welltory/subject_01/PPG.csv", unit_data_folder());
    rec = open_good(path, 0.0);
    assert_int_equal(recording_default(rec), 1);
    assert_true(fabs(recording_channel(rec, 1)->rate - 33.0) < 1.0);
    assert_true(read_all(rec, 1, x, 70000) > 3000);
    recording_close(rec);
}

/// Of an OpenSignals file, the sensor is the signal and not the digital inputs before it
static void test_opensignals_sensors(void** state)
{
    (void)state;
    float y[2];
    Recording* const rec = open_good(
        write_text("s.txt", "# OpenSignals Text File Format. Version 1\n"
                            "# {\"00:07:80:3B:46:61\": {\"sampling rate\": 1000, \"sensor\": "
                            "[\"EDA\", \"ECG\"], \"label\": [\"A1\", \"A2\"], \"column\": "
                            "[\"nSeq\", \"I1\", \"I2\", \"A1\", \"A2\"]}}\n# EndOfHeader\n"
                            "0\t0\t0\t300\t512\n1\t0\t0\t301\t513\n"),
        0.0);
    const int index = recording_default(rec);
    assert_string_equal(recording_channel(rec, (unsigned)index)->name, "A2");
    assert_true(recording_channel(rec, (unsigned)index)->rate == 1000.0);
    assert_int_equal(read_all(rec, (unsigned)index, y, 2), 2);
    assert_true(y[0] == 512.0f && y[1] == 513.0f);
    assert_int_equal(recording_channel(rec, 1)->kind, RECORDING_TIME);
    recording_close(rec);
}

static void test_clock_set_back(void** state)
{
    (void)state;
    static char text[100000];
    static float y[6000];
    size_t n = 0;
    for (unsigned i = 0; i < 6000; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%.3f,%u\n", i ? "" : "time,ecg\n",
                              0.004 * i - (i < 5000 ? 0.0 : 2.0), i % 100);
    }
    Recording* const rec = open_good(write_text("back.csv", text), 0.0);
    assert_int_equal(read_all(rec, 1, y, 6000), 6000);
    assert_non_null(strstr(recording_warning(rec), "line 5002: the time goes back by 1.996 s"));
    recording_close(rec);
}

static void test_cut_gzip(void** state)
{
    (void)state;
    static char text[64000];
    static float y[4000];
    uint32_t random = 1;
    size_t n = 0;
    for (unsigned i = 0; i < 4000; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%u\n", i ? "" : "ecg\n",
                              (random >> 16) % 1000u);
        random = random * 1664525u + 1013904223u;
    }
    for (int cut = 0; cut < 2; cut++) {
        snprintf(path, sizeof path, "%s/cut.csv.gz", folder);
        gzFile const file = gzopen(path, "wb");
        assert_int_equal(gzwrite(file, text, (unsigned)n), n);
        gzclose(file);
        assert_int_equal(cut ? truncate(path, 4000) : 0, 0);
        Recording* const rec = open_good(path, 250.0);
        const size_t got = read_all(rec, 0, y, 4000);
        if (cut ? got < 1000 || got >= 4000 : got != 4000) {
            fail_msg("%s: %zu of 4000: %s", cut ? "cut" : "whole", got, recording_error(rec));
        }
        assert_int_equal(recording_is_cut(rec), cut);
        assert_true(!cut == !strstr(recording_warning(rec), "is cut after line"));
        recording_close(rec);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialects),       cmocka_unit_test(test_beyond_a_float),
        cmocka_unit_test(test_cut_and_bad),    cmocka_unit_test(test_one_column),
        cmocka_unit_test(test_gzip),           cmocka_unit_test(test_time_column),
        cmocka_unit_test(test_irregular_time), cmocka_unit_test(test_written_rates),
        cmocka_unit_test(test_real),           cmocka_unit_test(test_opensignals_sensors),
        cmocka_unit_test(test_clock_set_back), cmocka_unit_test(test_cut_gzip),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

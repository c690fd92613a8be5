// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Each format is written here byte by byte from its specification, then read back.

#include "dsp/random.h"
#include "formats/annotation.h"
#include "formats/soundout.h"
#include "formats/tsv.h"
#include "recordingfile.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sndfile.h>
#include <zlib.h>

// WFDB
static void test_wfdb_212(void** state)
{
    (void)state;
    // Two signals of three samples: 1 and -1, 2047 and -2047, -2048 (invalid) and 100
    const int16_t x[6] = {1, -1, 2047, -2047, -2048, 100};
    uint8_t bytes[9];
    for (unsigned i = 0; i < 3; i++) {
        const unsigned a = (unsigned)x[2 * i] & 0xFFF;
        const unsigned b = (unsigned)x[2 * i + 1] & 0xFFF;
        bytes[3 * i] = (uint8_t)a;
        bytes[3 * i + 1] = (uint8_t)(a >> 8 | (b >> 8) << 4);
        bytes[3 * i + 2] = (uint8_t)b;
    }
    write_bytes("a.dat", bytes, sizeof bytes);
    write_text("a.hea", "# a comment\na 2 360 3\na.dat 212 200(10)/uV 11 1024 0 0 0 lead II\n"
                        "a.dat 212 100 11 7 0 0 0 V1\n");
    const char* const names[] = {"a", "a.dat", "a.hea"};
    for (unsigned k = 0; k < 3; k++) {
        Recording* const rec = open_good(file_path(names[k]), 0.0);
        assert_string_equal(recording_format(rec), "WFDB");
        assert_int_equal(recording_channels(rec), 2);
        const RecordingChannel* const first = recording_channel(rec, 0);
        assert_string_equal(first->name, "lead II");
        assert_string_equal(first->unit, "uV");
        assert_true(first->rate == 360.0 && first->length == 3);
        assert_int_equal(first->kind, RECORDING_ECG);
        assert_string_equal(recording_channel(rec, 1)->unit, "mV");
        float y[8];
        assert_int_equal(read_channel(rec, 0, y, 8), 3);
        assert_float_equal(y[0], (1 - 10) / 200.0, 1e-6);
        assert_float_equal(y[1], (2047 - 10) / 200.0, 1e-6);
        assert_true(isnan(y[2]));
        assert_int_equal(read_channel(rec, 1, y, 8), 3); // without a baseline: the converter's zero
        assert_float_equal(y[0], (-1 - 7) / 100.0, 1e-6);
        assert_float_equal(y[2], (100 - 7) / 100.0, 1e-6);
        assert_true(recording_progress(rec) == 1.0);
        recording_close(rec);
    }
}

static void test_wfdb_16_several_files(void** state)
{
    (void)state;
    // The second signal has two samples per frame, begins after 4 bytes and lies in a file of its
    // own
    const uint8_t one[] = {0x01, 0x00, 0xFF, 0xFF};
    const uint8_t two[] = {9, 9, 9, 9, 10, 0, 20, 0, 30, 0, 0x00, 0x80};
    write_bytes("b1.dat", one, sizeof one);
    write_bytes("b2.dat", two, sizeof two);
    write_text("b.hea", "b 2 100/10(0) 2\nb1.dat 16 1\nb2.dat 16x2:3+4 10/NU 8 0 0 0 0 PLETH\n");
    Recording* const rec = open_good(file_path("b"), 0.0);
    float y[8];
    assert_int_equal(read_channel(rec, 0, y, 8), 2);
    assert_float_equal(y[1], -1.0, 1e-6);
    assert_true(recording_channel(rec, 1)->rate == 200.0);
    assert_int_equal(recording_channel(rec, 1)->kind, RECORDING_PPG);
    assert_int_equal(read_channel(rec, 1, y, 8), 4);
    assert_float_equal(y[1], 2.0, 1e-6);
    assert_true(isnan(y[3]));
    recording_close(rec);
}

static void test_wfdb_truncated_and_bad(void** state)
{
    (void)state;
    const uint8_t bytes[7] = {0};
    write_bytes("c.dat", bytes, sizeof bytes);
    write_text("c.hea", "c 1 250 1000\nc.dat 16 200\n");
    Recording* const rec = open_good(file_path("c"), 0.0);
    float y[8];
    assert_int_equal(read_channel(rec, 0, y, 8), 3);
    assert_non_null(strstr(recording_warning(rec), "c.dat ends at byte 7, after 3 of 1000"));
    recording_close(rec);

    write_text("d.hea", "");
    assert_refused(file_path("d.hea"), "");
    write_text("e.hea", "e x 250\n");
    assert_refused(file_path("e.hea"), "number of signals");
    write_text("f.hea", "f 1 250\nf.dat 310 200\n");
    assert_refused(file_path("f.hea"), "310");
    write_text("g.hea", "g 2 250\nc.dat 16 200\n");
    assert_refused(file_path("g.hea"), "1 of 2");
    write_text("h.hea", "h 1 250\n../../etc/passwd 16 200\n");
    assert_refused(file_path("h.hea"), "beside");
    write_text("i.hea", "i/3 1 250\n");
    assert_refused(file_path("i.hea"), "segments");
    write_text("j.hea", "j 1 250\nnone.dat 16 200\n");
    Recording* const without = open_good(file_path("j"), 0.0);
    assert_false(recording_select(without, 0));
    assert_non_null(strstr(recording_error(without), "none.dat"));
    recording_close(without);
}

// Sound files

static void test_sound(void** state)
{
    (void)state;
    enum { N = 3000 };
    static float frames[2 * N];
    for (int i = 0; i < N; i++) {
        frames[2 * i] = (float)i / N;
        frames[2 * i + 1] = -2.0f; // beyond full scale is kept in float
    }
    char error[RECORDING_ERROR_SIZE];
    const char* const path = file_path("a.wav");
    SoundOut* const out = soundout_open(path, 44100, 2, error);
    assert_non_null(out);
    assert_true(soundout_write(out, frames, N));
    assert_true(soundout_close(out));
    Recording* const rec = open_good(path, 0.0);
    assert_int_equal(recording_channels(rec), 2);
    assert_true(recording_channel(rec, 1)->rate == 44100.0);
    assert_int_equal(recording_channel(rec, 1)->length, N);
    static float y[N + 1];
    assert_int_equal(read_channel(rec, 0, y, N + 1), N);
    assert_float_equal(y[1234], 1234.0 / N, 1e-6);
    assert_int_equal(read_channel(rec, 1, y, N + 1), N);
    assert_float_equal(y[1234], -2.0, 0.0);
    recording_close(rec);
    assert_refused(write_text("bad.wav", "RIFF1234WAVEfmt nonsense"), "");
    assert_null(soundout_open("/dev/null/a.wav", 44100, 2, error));
    assert_non_null(strstr(error, "/dev/null/a.wav"));
}

static void write_noise(const char* path, int format, size_t frames)
{
    SF_INFO info = {.samplerate = 1000, .channels = 1, .format = format};
    SNDFILE* const file = sf_open(path, SFM_WRITE, &info);
    assert_non_null(file);
    Random random = random_make(1, 1);
    for (size_t i = 0; i < frames; i++) { // noise: nothing can be packed
        const float x = 0.9f * (float)random_uniform(&random);
        assert_int_equal(sf_writef_float(file, &x, 1), 1);
    }
    sf_close(file);
}

/// What is not there is told with its place, in every form of the header
static void test_sound_that_is_cut(void** state)
{
    (void)state;
    enum { N = 40000, LEFT = 30000 };
    static const struct {
        const char* name;
        int format;
        const char* says;
    } cases[] = {
        {"cut.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, "it ends at byte 30000 of the 80044 that"},
        {"cut.rf64", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, "it ends at byte 30000 of the 80"},
        {"cut.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, "it ends at byte 30000 of the 80"},
        {"cut.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, "of 40000 frames the rest of its 30000"},
    };
    static float y[N + 1];
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int cut = 0; cut < 2; cut++) {
            const char* const path = file_path(cases[i].name);
            write_noise(path, cases[i].format, N);
            assert_int_equal(cut ? truncate(path, LEFT) : 0, 0);
            Recording* const rec = open_good(path, 0.0);
            const size_t n = read_channel(rec, 0, y, N + 1);
            assert_true(cut ? n > 10000 && n < LEFT : n == N);
            assert_int_equal(recording_is_cut(rec), cut);
            if (!strstr(recording_warning(rec), cut ? cases[i].says : "") ||
                (cut && !strstr(recording_warning(rec), cases[i].name))) {
                fail_msg("%s: %s", cases[i].name, recording_warning(rec));
            }
            assert_true(cut || !*recording_warning(rec));
            recording_close(rec);
        }
    }
    write_noise(file_path("cut.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, N);
    assert_int_equal(truncate(file_path("cut.wav"), 20), 0);
    assert_refused(file_path("cut.wav"), "20 bytes");
    assert_refused(write_text("bad.wav", "RIFF1234WAVEfmt nonsense"), "24 bytes");
}

// Opening anything

static void test_refusals(void** state)
{
    (void)state;
    assert_refused(file_path("nothing"), "No such file");
    assert_refused(write_text("empty.csv", ""), "empty");
    assert_refused(write_bytes("binary.bin", "\0\1\2\3", 4), "no format");
    char error[RECORDING_ERROR_SIZE];
    assert_null(recording_open(folder, 0.0, error));
    assert_non_null(strstr(error, "directory"));
    const double rates[] = {-1.0, NAN, INFINITY, 1e30};
    for (unsigned i = 0; i < 4; i++) {
        assert_null(recording_open(file_path("x"), rates[i], error));
        assert_non_null(strstr(error, "rate"));
    }
    assert_refused("/dev/zero", "regular");
    recording_close(NULL);
}

static void test_finding(void** state)
{
    (void)state;
    Recording* const rec = open_good(write_text("f.csv", "time,Resp,ppg,II,2\n0,1,2,3,4\n"), 10.0);
    char error[RECORDING_ERROR_SIZE];
    assert_int_equal(recording_find(rec, "ppg", error), 2);
    assert_int_equal(recording_find(rec, "PPG", error), 2);
    assert_int_equal(recording_find(rec, "3", error), 2);
    assert_int_equal(recording_find(rec, "2", error), 4); // a name beats a number
    assert_int_equal(recording_find(rec, "0", error), -1);
    assert_int_equal(recording_find(rec, "6", error), -1);
    assert_int_equal(recording_find(rec, "ECG", error), -1);
    assert_non_null(strstr(error, "time, Resp, ppg, II, 2"));
    assert_int_equal(recording_default(rec), 3);
    assert_int_equal(recording_find_kind(rec, RECORDING_BELT), 1);
    assert_true(recording_channel(rec, 3)->rate == 10.0);
    recording_close(rec);
    assert_true(recording_millivolts("V") == 1000.0 && recording_millivolts("uV") == 1e-3);
    assert_true(recording_millivolts("bpm") == 0.0);
}

// Annotations, table writer

static void test_annotations(void** state)
{
    (void)state;
    const uint8_t bytes[] = {18,   28 << 2, // + at 18, with text and a channel
                             4,    63 << 2,     '(', 'N',     'x', 'y', // four bytes of text
                             1,    62 << 2,                             // channel 1
                             77,   1 << 2,                              // N at 95
                             0xFF, 61 << 2 | 3,                         // subtype -1
                             0,    59 << 2,     1,   0,       0,   0,   // skip 65536
                             6,    0,           1,   55 << 2,           // 7 on, marking nothing
                             5,    5 << 2,                              // V
                             0,    0,           9,   9};
    char error[RECORDING_ERROR_SIZE];
    AnnotationFile* const file = annotation_open(write_bytes("a.atr", bytes, sizeof bytes), error);
    assert_non_null(file);
    Annotation a;
    assert_true(annotation_next(file, &a));
    assert_true(a.sample == 18 && a.channel == 1 && !strcmp(a.aux, "(Nxy"));
    assert_string_equal(annotation_symbol(a.code), "+");
    assert_false(annotation_is_beat(a.code));
    assert_true(annotation_next(file, &a));
    assert_true(a.sample == 95 && a.subtype == -1 && a.channel == 1 && !a.aux[0]);
    assert_true(annotation_is_beat(a.code));
    assert_true(annotation_next(file, &a));
    assert_true(a.sample == 95 + 65536 + 7 + 5 && !strcmp(annotation_symbol(a.code), "V"));
    assert_false(annotation_next(file, &a));
    annotation_close(file);
    assert_null(annotation_open(file_path("none.atr"), error));
    unsigned beats = 0;
    for (int code = -5; code < 100; code++) {
        beats += annotation_is_beat(code);
    }
    assert_int_equal(beats, 19); // as many as isqrs() of the WFDB library knows
}

static void test_tsv(void** state)
{
    (void)state;
    char error[RECORDING_ERROR_SIZE];
    const char* const path = file_path("t.tsv");
    Tsv* const tsv = tsv_open(path, "onset\tname", error);
    assert_non_null(tsv);
    const double numbers[] = {1.5, -0.00001, 100.0, 1.0 / 3.0, NAN};
    for (unsigned i = 0; i < 5; i++) {
        tsv_number(tsv, numbers[i], 3);
        tsv_text(tsv, "a\tb");
        tsv_end_row(tsv);
    }
    assert_true(tsv_close(tsv));
    char text[256] = "";
    FILE* const file = fopen(path, "rb");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    assert_string_equal(text, "onset\tname\n1.5\ta b\n0\ta b\n100\ta b\n0.333\ta b\nn/a\ta b\n");
    assert_null(tsv_open("/dev/null/t.tsv", "", error));
}

// The same digits as printf's, ties and all, without the zeros at the end
static void test_tsv_digits(void** state)
{
    (void)state;
    char error[RECORDING_ERROR_SIZE];
    const char* const path = file_path("d.tsv");
    enum { NUMBERS = 20000 };
    static double numbers[NUMBERS];
    uint64_t bits = 88172645463325252u;
    for (unsigned i = 0; i < NUMBERS; i++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        const double x = ldexp((double)(bits >> 11), -53 + (int)(i % 44) - 12) * (i % 3 ? 1 : -1);
        // every other one a tie, or next to one
        const double tie = (rint(x) + 0.5) / 8.0;
        numbers[i] = i % 4 == 0   ? x
                     : i % 4 == 1 ? tie
                     : i % 4 == 2 ? nextafter(tie, 0.0)
                                  : rint(x * 1000.0) / 1000.0 + 0.0005;
    }
    Tsv* const tsv = tsv_open(path, "", error);
    assert_non_null(tsv);
    for (unsigned i = 0; i < NUMBERS; i++) {
        tsv_number(tsv, numbers[i], (int)(i / 4 % 9));
        tsv_end_row(tsv);
    }
    assert_true(tsv_close(tsv));
    FILE* const file = fopen(path, "rb");
    assert_non_null(file);
    for (unsigned i = 0; i < NUMBERS; i++) {
        char line[100];
        char expected[400];
        snprintf(expected, sizeof expected, "%.*f", (int)(i / 4 % 9), numbers[i]);
        if (strchr(expected, '.')) {
            size_t n = strlen(expected);
            while (expected[n - 1] == '0') {
                expected[--n] = '\0';
            }
            if (expected[n - 1] == '.') {
                expected[n - 1] = '\0';
            }
        }
        assert_non_null(fgets(line, sizeof line, file));
        line[strcspn(line, "\n")] = '\0';
        assert_string_equal(line, strcmp(expected, "-0") ? expected : "0");
    }
    fclose(file);
}

// Real recordings

static void test_real(void** state)
{
    (void)state;
    const char* const data = getenv("TONUS_DATA") ? getenv("TONUS_DATA") : "../shared/data";
    char path[512];
    snprintf(path, sizeof path, "%s/mitdb/119.hea", data);
    if (access(path, R_OK)) {
        print_message("no recordings in %s\n", data);
        skip();
    }
    char error[RECORDING_ERROR_SIZE];
    Recording* rec = open_good(path, 0.0);
    assert_true(recording_channel(rec, 0)->rate == 360.0);
    float first;
    assert_true(recording_select(rec, 0));
    assert_int_equal(recording_read(rec, &first, 1), 1);
    assert_float_equal(first, -0.995,
                       1e-6); // the initial value its header names: 825, (825 - 1024) / 200
    size_t n = 1;
    float chunk[1000];
    for (size_t got; (got = recording_read(rec, chunk, 1000)) > 0;) {
        n += got;
    }
    assert_int_equal(n, 650000);
    recording_close(rec);
    snprintf(path, sizeof path, "%s/mitdb/119.atr", data);
    AnnotationFile* const notes = annotation_open(path, error);
    assert_non_null(notes);
    unsigned beats = 0;
    for (Annotation a; annotation_next(notes, &a);) {
        beats += annotation_is_beat(a.code);
        assert_true(a.sample < 650000);
    }
    annotation_close(notes);
    assert_int_equal(beats, 1987); // the data base's own table of beats per record
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wfdb_212),
        cmocka_unit_test(test_wfdb_16_several_files),
        cmocka_unit_test(test_wfdb_truncated_and_bad),
        cmocka_unit_test(test_sound),
        cmocka_unit_test(test_sound_that_is_cut),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_finding),
        cmocka_unit_test(test_annotations),
        cmocka_unit_test(test_tsv),
        cmocka_unit_test(test_tsv_digits),
        cmocka_unit_test(test_real),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

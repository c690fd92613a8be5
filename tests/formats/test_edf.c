// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// EDF and BDF, written here byte by byte from their specification, then read back.

#include "recordingfile.h"

// EDF

typedef struct {
    char bytes[65536];
    size_t n;
} Buffer;

static void put(Buffer* b, const char* text, size_t width)
{
    const size_t n = strlen(text);
    assert_true(n <= width);
    memcpy(b->bytes + b->n, text, n);
    memset(b->bytes + b->n + n, ' ', width - n);
    b->n += width;
}

/// A header with two signals of 4 and 2 samples per record, and annotations of 16 bytes if asked
/// for
static void edf_header(Buffer* b, bool bdf, const char* reserved, const char* records,
                       const char* duration)
{
    const bool notes = *reserved != '\0';
    const unsigned n = notes ? 3 : 2;
    char number[16];
    b->n = 0;
    if (bdf) {
        b->bytes[b->n++] = (char)0xFF;
        put(b, "BIOSEMI", 7);
    } else {
        put(b, "0", 8);
    }
    put(b, "X X X X", 80);
    put(b, "Startdate X X X X", 80);
    put(b, "01.01.2600.00.00", 16);
    snprintf(number, sizeof number, "%u", 256 * (n + 1));
    put(b, number, 8);
    put(b, reserved, 44);
    put(b, records, 8);
    put(b, duration, 8);
    snprintf(number, sizeof number, "%u", n);
    put(b, number, 4);
    const char* const fields[][3] = {
        {"ECG II", "Resp belt", bdf ? "BDF Annotations" : "EDF Annotations"},
        {"", "", ""},
        {"uV", "", ""},
        {"-1000", "0", "-1"},
        {"1000", "10,0", "1"},
        {"-32768", "0", "-32768"},
        {"32767", "1000", "32767"},
        {"", "", ""},
        {"4", "2", bdf ? "6" : "8"},
        {"", "", ""}};
    const size_t widths[] = {16, 80, 8, 8, 8, 8, 8, 80, 8, 32};
    for (unsigned f = 0; f < 10; f++) {
        for (unsigned i = 0; i < n; i++) {
            put(b, fields[f][i], widths[f]);
        }
    }
    assert_int_equal(b->n, 256 * (n + 1));
}

static void put_sample(Buffer* b, int x, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        b->bytes[b->n++] = (char)((unsigned)x >> 8 * i & 0xFF);
    }
}

/// One record: 100 k .. 100 k + 3, then k and k + 1; then the annotations, if any
static void put_record(Buffer* b, bool bdf, int k, const char* tal)
{
    for (int i = 0; i < 4; i++) {
        put_sample(b, 100 * k + i - 50, bdf ? 3 : 2);
    }
    put_sample(b, k, bdf ? 3 : 2);
    put_sample(b, k + 1, bdf ? 3 : 2);
    if (tal) {
        const size_t width = bdf ? 18 : 16;
        memset(b->bytes + b->n, 0, width);
        memcpy(b->bytes + b->n, tal, strlen(tal));
        b->n += width;
    }
}

static void test_edf_counts(void** state)
{
    (void)state;
    const double gain = 2000.0 / 65535.0;
    const struct {
        const char* records;
        size_t cut; // bytes taken off the end
        size_t stray;
        size_t samples;
        bool warns;
    } cases[] = {{"3", 0, 0, 12, false}, {"-1", 0, 0, 12, true}, {"-1", 7, 0, 10, true},
                 {"99", 0, 0, 12, true}, {"2", 0, 0, 12, true},  {"3", 0, 5, 12, true},
                 {"", 0, 0, 12, true},   {"-1", 11, 0, 8, true}};
    for (unsigned bdf = 0; bdf < 2; bdf++) {
        for (unsigned c = 0; c < sizeof cases / sizeof *cases; c++) {
            static Buffer b;
            edf_header(&b, bdf, "", cases[c].records, "2");
            for (int k = 1; k <= 3; k++) {
                put_record(&b, bdf, k, NULL);
            }
            b.n = b.n - cases[c].cut * (bdf ? 3 : 2) / 2 + cases[c].stray;
            const char* const path = write_bytes("a.edf", b.bytes, b.n);
            Recording* const rec = open_good(path, 0.0);
            assert_string_equal(recording_format(rec), "EDF");
            assert_int_equal(recording_channels(rec), 2);
            assert_true(recording_channel(rec, 0)->rate == 2.0);
            assert_string_equal(recording_channel(rec, 0)->unit, "uV");
            assert_int_equal(recording_channel(rec, 1)->kind, RECORDING_BELT);
            float y[16];
            const size_t n = read_channel(rec, 0, y, 16);
            if (n != cases[c].samples) {
                fail_msg("case %u: %zu samples, not %zu", c, n, cases[c].samples);
            }
            assert_int_equal(recording_channel(rec, 0)->length, n);
            assert_int_equal(recording_warning(rec)[0] != '\0', cases[c].warns);
            assert_true(!cases[c].warns || strstr(recording_warning(rec), "byte "));
            assert_string_equal(recording_error(rec), "");
            for (size_t i = 0; i < n; i++) {
                const int digital = 100 * (int)(i / 4 + 1) + (int)(i % 4) - 50;
                assert_float_equal(y[i], (digital + 32768) * gain - 1000.0, 1e-3);
            }
            assert_true(read_channel(rec, 1, y, 16) >= 4);
            assert_float_equal(y[3], 0.03, 1e-6); // physical range 0 to "10,0"
            recording_close(rec);
        }
    }
}

static void test_edf_gaps(void** state)
{
    (void)state;
    // Records of 1 s at 0, 1 and 4 s: two seconds are missing
    for (unsigned bdf = 0; bdf < 2; bdf++) {
        static Buffer b;
        edf_header(&b, bdf, bdf ? "BDF+D" : "EDF+D", "3", "1");
        put_record(&b, bdf, 1, "+0\x14\x14");
        put_record(&b, bdf, 2, "+1\x14\x14");
        put_record(&b, bdf, 3, "+4\x14\x14");
        Recording* const rec = open_good(write_bytes("d.edf", b.bytes, b.n), 0.0);
        assert_int_equal(recording_channels(rec), 2); // annotations are no channel
        float y[32];
        assert_int_equal(read_channel(rec, 0, y, 32), 20);
        for (unsigned i = 0; i < 20; i++) {
            assert_int_equal(isnan(y[i]) != 0, i >= 8 && i < 16);
        }
        recording_close(rec);
    }
}

static void test_edf_bad(void** state)
{
    (void)state;
    static Buffer b;
    edf_header(&b, false, "", "3", "1");
    assert_refused(write_bytes("cut.edf", b.bytes, 700), "byte 700");
    assert_refused(write_bytes("empty.edf", b.bytes, b.n), "after its header");
    memcpy(b.bytes + 252, "abcd", 4);
    put_record(&b, false, 1, NULL);
    assert_refused(write_bytes("signals.edf", b.bytes, b.n), "byte 252");
    edf_header(&b, false, "", "3", "one");
    put_record(&b, false, 1, NULL);
    assert_refused(write_bytes("duration.edf", b.bytes, b.n), "byte 244");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edf_counts),
        cmocka_unit_test(test_edf_gaps),
        cmocka_unit_test(test_edf_bad),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

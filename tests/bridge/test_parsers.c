// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// What devices send: lines of numbers, CMS50, BITalino, OSC

#include "unit.h"

#include "bridge/bitalino.h"
#include "bridge/cms50.h"
#include "bridge/lines.h"
#include "bridge/osc.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static LinesResult feed_line(Lines* lines, const char* text, float* values, unsigned* n)
{
    LinesResult result = LINES_MORE;
    for (; *text; text++) {
        const LinesResult r = lines_byte(lines, *text, values, n);
        result = r == LINES_MORE ? result : r;
    }
    return result;
}

static void test_lines(void** state)
{
    (void)state;
    static const struct {
        const char* text;
        unsigned n; // 0 = unreadable
        float first, last;
    } cases[] = {{"512\n", 1, 512, 512},
                 {"512\r\n", 1, 512, 512},
                 {"-1.5,2e2\n", 2, -1.5f, 200},
                 {"  1\t2 ; 3|4\n", 4, 1, 4},
                 {"ecg:512 resp:300\n", 2, 512, 300},
                 {"a=1, b=2\n", 2, 1, 2},
                 {"S734\n", 1, 734, 734},
                 {"!\n", 0, 0, 0},
                 {"12x\n", 0, 0, 0},
                 {"hello world\n", 0, 0, 0},
                 {"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18\n", 16, 1, 16}};
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        Lines lines;
        float values[LINES_MAX];
        unsigned n = 0;
        lines_begin(&lines, false);
        const LinesResult result = feed_line(&lines, cases[i].text, values, &n);
        if (result != (cases[i].n ? LINES_NUMBERS : LINES_UNREADABLE) || n != cases[i].n ||
            (n && (values[0] != cases[i].first || values[n - 1] != cases[i].last))) {
            fail_msg("%s", cases[i].text);
        }
    }
    Lines lines;
    float values[LINES_MAX];
    unsigned n = 0;
    lines_begin(&lines, true); // half a line at first
    assert_int_equal(feed_line(&lines, "34\n", values, &n), LINES_MORE);
    assert_int_equal(feed_line(&lines, "\n# a comment\n", values, &n), LINES_MORE);
    assert_int_equal(feed_line(&lines, "nan,7\n", values, &n), LINES_NUMBERS);
    assert_true(n == 2 && isnan(values[0]) && values[1] == 7.0f);
    assert_int_equal(feed_line(&lines, "1e39,-9e99,8\n", values, &n), LINES_NUMBERS);
    assert_true(n == 3 && isnan(values[0]) && isnan(values[1]) && values[2] == 8.0f);
    char endless[1000];
    memset(endless, '1', sizeof endless);
    memcpy(endless + 998, "\n", 2);
    assert_int_equal(feed_line(&lines, endless, values, &n), LINES_UNREADABLE);
    assert_int_equal(feed_line(&lines, "5\n", values, &n), LINES_NUMBERS);
}

static void test_cms50(void** state)
{
    (void)state;
    Cms50 cms50 = {{0}, 0};
    Cms50Sample sample;
    unsigned lost = 0;
    unsigned samples = 0;
    // The end of a packet, two packets, one with a byte missing, one without a finger
    const uint8_t bytes[] = {0x10, 0x62, 0x84, 100, 0x05, 0x48, 98, 0x84, 101, 0x45, 0x02, 98,
                             0x84, 102,  0x84, 103, 0x05, 0x48, 98, 0x84, 0,   0x10, 0,    0};
    float waves[4];
    for (unsigned i = 0; i < sizeof bytes; i++) {
        if (cms50_byte(&cms50, bytes[i], &sample, &lost)) {
            waves[samples++] = sample.wave;
            if (samples == 2) {
                assert_int_equal(sample.pulse, 130);
                assert_int_equal(sample.saturation, 98);
            }
        }
    }
    assert_int_equal(samples, 4);
    assert_int_equal(lost, 4);
    assert_true(waves[0] == 100.0f && waves[1] == 101.0f && waves[2] == 103.0f && isnan(waves[3]));
}

/// A frame as the device makes it; its CRC computed bit by bit, not by the table under test
static unsigned make_frame(uint8_t* b, unsigned channels, const unsigned* x, unsigned sequence)
{
    static const unsigned sizes[7] = {0, 3, 4, 6, 7, 8, 8};
    const unsigned n = sizes[channels];
    memset(b, 0, 8);
    b[n - 1] = (uint8_t)(sequence << 4);
    b[n - 2] = (uint8_t)(x[0] >> 6);
    b[n - 3] = (uint8_t)(x[0] << 2);
    if (channels > 1) {
        b[n - 3] |= (uint8_t)(x[1] >> 8);
        b[n - 4] = (uint8_t)x[1];
    }
    if (channels > 2) {
        b[n - 5] = (uint8_t)(x[2] >> 2);
        b[n - 6] = (uint8_t)(x[2] << 6);
    }
    if (channels > 3) {
        b[n - 6] |= (uint8_t)(x[3] >> 4);
        b[n - 7] = (uint8_t)(x[3] << 4);
    }
    if (channels > 4) {
        b[n - 7] |= (uint8_t)(x[4] >> 2);
        b[n - 8] = (uint8_t)(x[4] << 6);
    }
    if (channels > 5) {
        b[n - 8] |= (uint8_t)x[5];
    }
    unsigned crc = 0;
    for (unsigned i = 0; i < n; i++) {
        for (int bit = 7; bit >= 0; bit--) {
            crc = crc << 1 | (b[i] >> bit & 1u);
            crc = crc & 0x10 ? (crc ^ 0x03) & 0x0F : crc;
        }
    }
    b[n - 1] |= (uint8_t)crc;
    return n;
}

static void test_bitalino(void** state)
{
    (void)state;
    for (unsigned channels = 1; channels <= 6; channels++) {
        Bitalino bitalino;
        assert_true(bitalino_begin(&bitalino, channels));
        float values[6];
        unsigned lost = 0;
        unsigned total_lost = 0;
        unsigned frames = 0;
        for (unsigned k = 0; k < 200; k++) {
            const unsigned x[6] = {(k * 37) % 1024, (k * 5 + 1) % 1024, 1023 - k, k * 3,
                                   k % 64,          63 - k % 64};
            uint8_t bytes[8];
            const unsigned n = make_frame(bytes, channels, x, k % 16);
            if (k == 50 || k == 51) {
                continue; // two frames lost
            }
            if (k == 100) {
                bytes[0] ^= 0x20; // a bit error
            }
            if (k == 150) {
                bitalino_byte(&bitalino, 0x55, values, &lost); // a stray byte
            }
            for (unsigned i = 0; i < n; i++) {
                if (bitalino_byte(&bitalino, bytes[i], values, &lost)) {
                    total_lost += lost;
                    frames++;
                    if (k != 100 && k != 101 && values[0] == (float)x[0]) {
                        for (unsigned c = 0; c < channels; c++) {
                            assert_true(values[c] == (float)x[c]);
                        }
                    }
                }
            }
        }
        assert_in_range(frames, 194, 199); // a wrong byte may cost a neighbour
        assert_true(total_lost >= 3);
    }
    Bitalino bitalino;
    assert_false(bitalino_begin(&bitalino, 0));
    assert_false(bitalino_begin(&bitalino, 7));
    assert_int_equal(bitalino_start_command(1), 0x05);
    assert_int_equal(bitalino_start_command(6), 0xFD);
    assert_int_equal(bitalino_rate_command(1000.0), 0xC3);
    assert_int_equal(bitalino_rate_command(250.0), 0);
}

typedef struct {
    char text[200];
} Heard;

static void hear(void* data, const OscMessage* message)
{
    Heard* const heard = data;
    const size_t n = strlen(heard->text);
    snprintf(heard->text + n, sizeof heard->text - n, "%s:", message->address);
    for (unsigned i = 0; i < message->n; i++) {
        const size_t m = strlen(heard->text);
        snprintf(heard->text + m, sizeof heard->text - m, "%g ", (double)message->values[i]);
    }
}

#define PACKET(text) (const uint8_t*)(text), sizeof(text) - 1

static void test_osc(void** state)
{
    (void)state;
    Heard heard = {""};
    assert_true(osc_parse(PACKET("/ecg\0\0\0\0,f\0\0\x3F\xC0\0\0"), hear, &heard));
    assert_string_equal(heard.text, "/ecg:1.5 ");
    heard.text[0] = '\0';
    // All types; the text in between is passed over
    assert_true(osc_parse(PACKET("/a\0\0,ihdsTFbN\0\0\0\xFF\xFF\xFF\xFE\0\0\0\0\0\0\0\7"
                                 "\x40\x04\0\0\0\0\0\0hi\0\0\0\0\0\3abc\0"),
                          hear, &heard));
    assert_string_equal(heard.text, "/a:-2 7 2.5 1 0 ");
    heard.text[0] = '\0';
    static const uint8_t bundle[] = "#bundle\0\0\0\0\0\0\0\0\1\0\0\0\14/x\0\0,i\0\0\0\0\0\1"
                                    "\0\0\0\14/y\0\0,i\0\0\0\0\0\2";
    assert_true(osc_parse(bundle, sizeof bundle - 1, hear, &heard));
    assert_string_equal(heard.text, "/x:1 /y:2 ");
    // Cut anywhere: refused, or only the whole messages are heard; never read beyond the end
    for (size_t n = 0; n < sizeof bundle - 1; n++) {
        uint8_t* const exact = malloc(n + 1);
        memcpy(exact, bundle, n);
        heard.text[0] = '\0';
        const bool good = osc_parse(exact, n, hear, &heard);
        assert_true(!good || n == 16 || n == 32);
        free(exact);
    }
    assert_false(osc_parse(PACKET("ecg\0,i\0\0\0\0\0\1"), hear, &heard));
    assert_false(osc_parse(PACKET("/ecg\0\0\0\0i\0\0\0\0\0\0\1"), hear, &heard));
    assert_false(osc_parse(PACKET("/e\0\0,b\0\0\xFF\xFF\xFF\xFF"), hear, &heard));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_cms50),
        cmocka_unit_test(test_bitalino),
        cmocka_unit_test(test_osc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/delay.h"

#include "unit.h"

static void check(uint32_t frames, uint32_t block)
{
    float signal[1000];
    Delay* const delay = delay_new(frames);
    assert_non_null(delay);
    for (uint32_t i = 0; i < 1000; ++i) {
        signal[i] = (float)(i + 1);
    }
    for (uint32_t i = 0; i < 1000; i += block) {
        delay_process(delay, signal + i, signal + i, block < 1000 - i ? block : 1000 - i);
    }
    for (uint32_t i = 0; i < 1000; ++i) {
        assert_true(signal[i] == (i < frames ? 0.0f : (float)(i + 1 - frames)));
    }
    delay_reset(delay);
    delay_process(delay, signal, signal, 1);
    assert_true(frames == 0 || signal[0] == 0.0f);
    delay_free(delay);
}

static void signal_comes_out_late_in_place(void** state)
{
    (void)state;
    const uint32_t frames[] = {0, 1, 7, 64, 999, 1000};
    for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); ++i) {
        check(frames[i], 1);
        check(frames[i], 7);
        check(frames[i], 1000);
    }
    delay_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(signal_comes_out_late_in_place)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

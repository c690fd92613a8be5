// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "unit.h"

#include "bridge/comb.h"
#include "bridge/link.h"

#include <math.h>

#define UPDATE_S 4.0

/// `n` packets of `packet_s` over a link
static Comb listen_to(const LinkModel* model, double packet_s, unsigned n, uint32_t seed)
{
    Comb comb;
    Link link = link_make(model, seed);
    comb_begin(&comb);
    for (unsigned i = 1; i <= n; i++) {
        comb_add(&comb, 1e6 * link_arrival(&link, i * packet_s), 1e6 * i * packet_s);
        if (floor(i * packet_s / UPDATE_S) != floor((i - 1) * packet_s / UPDATE_S)) {
            comb_update(&comb);
        }
    }
    return comb;
}

static void check(const Comb* comb, double period_us, double within_us)
{
    print_message("period %.3f us, noise %.0f us\n", comb->period_us, comb->noise_us);
    assert_true(comb->found);
    assert_float_equal(comb->period_us, period_us, 1e-5 * period_us);
    // Teeth of these links are at whole periods from 0 on
    const double last = comb->times_us[(comb->next + COMB_POINTS - 1) % COMB_POINTS];
    const double tooth = floor(last / period_us) * period_us;
    assert_float_equal(comb_tooth(comb, tooth + 0.1 * comb->noise_us), tooth, within_us);
    assert_true(isnan(comb_tooth(comb, tooth + 0.4 * period_us))); // late for another reason
}

static void test_radio_events(void** state)
{
    (void)state;
    static const double errors[] = {-0.02, -0.004, 0.0003, 0.01};
    LinkModel quick = link_ble;
    quick.interval_s = 0.030;
    for (uint32_t i = 0; i < 4; i++) {
        const double long_s = 73.0 / (130.0 * (1.0 + errors[i]));
        const double short_s = 19.0 / (130.0 * (1.0 + errors[i]));
        Comb comb = listen_to(&link_ble, long_s, 200, i + 1);
        check(&comb, 45000.0, 100.0);
        comb = listen_to(&link_ble, short_s, 400, i + 1);
        check(&comb, 45000.0, 100.0);
        comb = listen_to(&quick, long_s, 200, i + 1);
        check(&comb, 30000.0, 100.0);
    }
}

static void test_serial_timer(void** state)
{
    (void)state;
    Comb comb = listen_to(&link_usb16, 0.00401, 20000, 1);
    check(&comb, 16000.0, 100.0);
    comb = listen_to(&link_usb16, 1.0 / 59.9, 6000, 2);
    check(&comb, 16000.0, 100.0);
}

static void test_no_comb(void** state)
{
    (void)state;
    // Polled each millisecond; packets in step with many combs, but waiting for none; and packets
    // that come by chance
    Comb comb = listen_to(&link_usb1, 0.002, 20000, 1);
    assert_false(comb.found);
    LinkModel smooth = link_ble;
    smooth.interval_s = 1e-5;
    comb = listen_to(&smooth, 0.5601, 400, 1);
    assert_false(comb.found);
    Random random = random_make(7, 7);
    double t = 0.0;
    comb_begin(&comb);
    for (unsigned i = 0; i < 2000; i++) {
        t += 2e5 + 2e5 * random_uniform(&random);
        comb_add(&comb, t, t);
        if (i % 8 == 0) {
            comb_update(&comb);
            assert_false(comb.found);
        }
    }
    assert_true(isnan(comb_tooth(&comb, t)));
}

static void test_a_comb_changes(void** state)
{
    (void)state;
    // A strap asks for other connection events: the old comb is forgotten, the new one found
    Comb comb = listen_to(&link_ble, 0.5601, 100, 3);
    assert_true(comb.found);
    LinkModel quick = link_ble;
    quick.interval_s = 0.030;
    Link link = link_make(&quick, 4);
    bool lost = false;
    for (unsigned i = 101; i <= 500; i++) {
        comb_add(&comb, 1e6 * link_arrival(&link, i * 0.5601), 1e6 * i * 0.5601);
        if (i % 8 == 0) {
            comb_update(&comb);
            lost = lost || !comb.found;
        }
    }
    assert_true(lost && comb.found);
    assert_float_equal(comb.period_us, 30000.0, 0.3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_radio_events),
        cmocka_unit_test(test_serial_timer),
        cmocka_unit_test(test_no_comb),
        cmocka_unit_test(test_a_comb_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

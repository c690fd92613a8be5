// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/beat_evidence.h"

#include "unit.h"

#include <math.h>
#include <string.h>

// What speaks for a beat must not speak against it, whatever the weights were fitted to
static void evidence_points_the_right_way(void** state)
{
    (void)state;
    const PathKind* const kinds[] = {&path_ecg, &path_pulse};
    for (int k = 0; k < 2; ++k) {
        const double* const w = kinds[k]->weights;
        double all = 0.0;
        for (int i = 0; i < PATH_EVIDENCE; ++i) {
            assert_true(isfinite(w[i]) && fabs(w[i]) < 10.0);
            all += fabs(w[i]);
        }
        assert_true(all > 10.0);
        assert_true(w[2] > 0.0);  // larger than the threshold
        assert_true(w[7] > 0.0);  // stands out of the quiet
        assert_true(w[10] > 0.0); // very like a shape
        assert_true(w[11] > 0.0); // as high as the shape
        assert_true(w[13] < 0.0); // something the shape does not explain
        assert_true(w[18] < 0.0); // much too soon
        assert_true(w[24] < 0.0); // off the beat of the last ones
        assert_true(w[25] > 0.0); // on it
        assert_true(w[31] > 0.0); // on the beat of the sure ones
        assert_true(w[32] < 0.0); // off it
    }
}

static void odds_are_the_weighted_sum(void** state)
{
    (void)state;
    Evidence e;
    memset(&e, 0, sizeof(e));
    assert_true(evidence_odds(&path_ecg, &e) == 0.0);
    double sum = 0.0;
    for (int i = 0; i < PATH_EVIDENCE; ++i) {
        e.value[i] = 0.1 * i - 1.0;
        sum += path_ecg.weights[i] * e.value[i];
    }
    assert_true(fabs(evidence_odds(&path_ecg, &e) - sum) < 1e-9);
}

static void kinds_fit_the_rings(void** state)
{
    (void)state;
    const PathKind* const kinds[] = {&path_ecg, &path_pulse};
    for (int k = 0; k < 2; ++k) {
        // A shape and its reach at 320 Hz, the highest inner rate, lie within what is remembered
        assert_true(TEMPLATE_SPAN * kinds[k]->shape_step_s * 320.0 < PATH_RING / 2.0);
        assert_true(kinds[k]->shapes >= 1 && kinds[k]->shapes <= TEMPLATE_SHAPES);
        assert_true(kinds[k]->refractory_s <= 0.25); // 240 per minute
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evidence_points_the_right_way),
        cmocka_unit_test(odds_are_the_weighted_sum),
        cmocka_unit_test(kinds_fit_the_rings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

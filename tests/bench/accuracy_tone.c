// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What moves the tone of simulated people: breathing at another rate with the same vagal gain
/// (should not), and another gain at the same rate (should). Mean of the second minute against that
/// of the second minute at rest; breaths told, and taken from the beats.

#include "toneperson.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { PEOPLE = 16, LIVES = 7 };

typedef struct {
    double rsa_ms;     // at 15 per min, peak to trough
    double mayer_ms;   // standard deviation
    double heart_rate; // of the first person; they differ by up to 24
    const char* what;
} Kind;

int main(void)
{
    static const Kind kinds[] = {
        {60.0, 10.0, 58.0, "RSA 60 ms, Mayer 10"},
        {60.0, 18.0, 58.0, "RSA 60 ms, Mayer 18"},
        {150.0, 10.0, 50.0, "RSA 150 ms, Mayer 10 (young)"},
        {30.0, 10.0, 62.0, "RSA 30 ms, Mayer 10"},
        {30.0, 18.0, 62.0, "RSA 30 ms, Mayer 18"},
    };
    static const double lives[LIVES][2] = {{6.0, 1.0},  {4.5, 1.0},  {10.0, 1.0}, {18.0, 1.0},
                                           {22.0, 1.0}, {15.0, 2.0}, {15.0, 0.5}};
    printf(
        "\nTone of %d simulated people: change when only the breathing rate changes (must: below "
        "0.10),\nand when the vagal gain doubles or halves at 15 per min. Mean, worst\n%-49s",
        PEOPLE, "");
    for (int i = 0; i < LIVES; ++i) {
        char head[16];
        snprintf(head, sizeof head, lives[i][1] == 1.0 ? "%.1f/min" : "gain x %.1f",
                 lives[i][1] == 1.0 ? lives[i][0] : lives[i][1]);
        printf("%13s", head);
    }
    printf("\n");
    for (int drive = 0; drive < TONE_N_DRIVES; ++drive) {
        for (int told = 1; told >= 0; --told) {
            for (size_t k = 0; k < sizeof kinds / sizeof *kinds; ++k) {
                double mean[LIVES] = {0.0};
                double worst[LIVES] = {0.0};
                for (uint32_t seed = 1; seed <= PEOPLE; ++seed) {
                    TonePerson p = toneperson_new((ToneDrive)drive, 100 + seed,
                                                  kinds[k].heart_rate + (seed * 7) % 25, told);
                    heart_set_slow_waves(p.heart, kinds[k].mayer_ms, 20.0);
                    toneperson_live(&p, 130.0, 15.0, kinds[k].rsa_ms);
                    const double rest = toneperson_live(&p, 120.0, 15.0, kinds[k].rsa_ms);
                    for (int i = 0; i < LIVES; ++i) {
                        const double moved =
                            toneperson_live(&p, 120.0, lives[i][0], lives[i][1] * kinds[k].rsa_ms) -
                            rest;
                        mean[i] += moved / PEOPLE;
                        worst[i] = fabs(moved) > fabs(worst[i]) ? moved : worst[i];
                    }
                    toneperson_free(&p);
                }
                printf("%-5s, %-6s %-35s", drive == TONE_RESP ? "RSA" : "RMSSD",
                       told ? "told" : "found", kinds[k].what);
                for (int i = 0; i < LIVES; ++i) {
                    printf("  %+.2f %+.2f", mean[i], worst[i]);
                }
                printf("\n");
            }
        }
    }
    return 0;
}

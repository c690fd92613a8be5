// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// How true R peaks of a live sensor stand on a JACK port: simulated sensors over simulated links

#include "sensorport.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SEEDS 5u

static int compare(const void* a, const void* b)
{
    const double x = *(const double*)a;
    const double y = *(const double*)b;
    return (x > y) - (x < y);
}

/// Median and worst over the seeds
static void print(const char* what, double* values, const char* end)
{
    qsort(values, SEEDS, sizeof *values, compare);
    printf("%s %.3f (%.3f)%s", what, values[SEEDS / 2], values[SEEDS - 1], end);
}

static void measure(const char* name, SensorCase what)
{
    double late[SEEDS], sd[SEEDS], max[SEEDS], rr_sd[SEEDS], rr_max[SEEDS], good = 0.0;
    for (uint32_t seed = 0; seed < SEEDS; seed++) {
        what.seed = seed + 1;
        const SensorResult r = sensor_listen(&what);
        late[seed] = fabs(r.late_ms);
        sd[seed] = r.sd_ms;
        max[seed] = r.max_ms;
        rr_sd[seed] = r.rr_sd_ms;
        rr_max[seed] = r.rr_max_ms;
        good += r.good / SEEDS;
    }
    printf("%-34s", name);
    print("off", late, "  ");
    print("sd", sd, "  ");
    print("max", max, "  ");
    print("RR sd", rr_sd, "  ");
    print("RR max", rr_max, " ms");
    printf("  good %.4f\n", good);
}

int main(void)
{
    // A radio without coarse connection events: delays of a few milliseconds, and bursts
    LinkModel fine = link_ble;
    fine.interval_s = 1e-3;
    fine.noise_s = 4e-3;
    const double pulse = 0.040; // pulse waves, which 55 and 60 Hz are made for
    const struct {
        const char* name;
        SensorCase what;
    } cases[] = {
        {"strap -2 %, 45 ms events", {130.0, -0.02, 73, &link_ble, 60.0, 480.0, {0, 0}, 0, 0}},
        {"strap -1.5 %, 45 ms events", {130.0, -0.015, 73, &link_ble, 60.0, 480.0, {0, 0}, 0, 0}},
        {"strap -0.5 %, 45 ms events", {130.0, -0.005, 73, &link_ble, 60.0, 480.0, {0, 0}, 0, 0}},
        {"strap +0.03 %, 45 ms events", {130.0, 0.0003, 73, &link_ble, 60.0, 480.0, {0, 0}, 0, 0}},
        {"strap +1 %, 45 ms events", {130.0, 0.01, 73, &link_ble, 60.0, 480.0, {0, 0}, 0, 0}},
        {"strap +1.5 %, 45 ms events", {130.0, 0.015, 73, &link_ble, 60.0, 480.0, {0, 0}, 0, 0}},
        {"strap -1.5 %, after five minutes",
         {130.0, -0.015, 73, &link_ble, 300.0, 1200.0, {0, 0}, 0, 0}},
        {"strap +1.5 %, after five minutes",
         {130.0, 0.015, 73, &link_ble, 300.0, 1200.0, {0, 0}, 0, 0}},
        {"strap +2 %, 45 ms events", {130.0, 0.02, 73, &link_ble, 60.0, 480.0, {0, 0}, 0, 0}},
        {"strap +1.5 %, 4 ms jitter, bursts", {130.0, 0.015, 73, &fine, 60.0, 480.0, {0, 0}, 0, 0}},
        {"strap -1 %, small packets (19)",
         {130.0, -0.01, 19, &link_ble, 60.0, 480.0, {0, 0}, 0, 0}},
        {"strap +1.5 %, small packets (19)",
         {130.0, 0.015, 19, &link_ble, 60.0, 480.0, {0, 0}, 0, 0}},
        {"armband -0.1 %, 55 Hz", {55.0, -0.001, 36, &link_ble, 60.0, 480.0, {0, 0}, pulse, 0}},
        {"lines 500 Hz, USB 1 ms", {500.0, 0.0007, 1, &link_usb1, 60.0, 300.0, {0, 0}, 0, 0}},
        {"lines 250 Hz, USB 16 ms", {250.0, 0.0007, 1, &link_usb16, 60.0, 300.0, {0, 0}, 0, 0}},
        {"250 Hz by fours, USB 16 ms", {250.0, 0.0007, 4, &link_usb16, 60.0, 300.0, {0, 0}, 0, 0}},
        {"oximeter 60 Hz, USB 16 ms",
         {60.0, -0.0015, 1, &link_usb16, 60.0, 300.0, {0, 0}, pulse, 0}},
    };
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("R peaks on the port, after a minute unless said otherwise: median (worst) of %u seeds, "
           "ms\n",
           SEEDS);
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        measure(cases[i].name, cases[i].what);
    }
    const SensorCase night = {130.0, 0.004, 73, &link_ble, 300.0, 8.0 * 3600.0, {0, 0}, 0, 3};
    const SensorResult r = sensor_listen(&night);
    printf(
        "eight hours, strap +0.4 %%: drift %.3f ms, sd %.3f, max %.3f, RR sd %.3f, max %.3f ms\n",
        r.drift_ms, r.sd_ms, r.max_ms, r.rr_sd_ms, r.rr_max_ms);
    return 0;
}

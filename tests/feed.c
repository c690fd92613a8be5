// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "feed.h"

#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double TWO_PI = 6.283185307179586;

static double bump(double t, double centre, double width)
{
    const double x = (t - centre) / width;
    return fabs(x) < 6.0 ? exp(-0.5 * x * x) : 0.0;
}

/// A sine by recurrence: the feed shall not be what takes the time.
typedef struct {
    double twice_cosine, now, before;
} Tone;

static Tone tone(double hz, double rate, double size)
{
    const double step = TWO_PI * hz / rate;
    return (Tone){2.0 * cos(step), 0.0, -size * sin(step)};
}

static double next(Tone* wave)
{
    const double out = wave->now;
    wave->now = wave->twice_cosine * out - wave->before;
    wave->before = out;
    return out;
}

static float noise(uint32_t* state, double size)
{
    return (float)(size * ((double)check_random(state) / 4294967296.0 - 0.5));
}

// Beats of 0.75..0.95 s, slowly varying; mV as numbers
static void fill_ecg(const Feed* feed, float* out)
{
    uint32_t random = 1;
    double beat = 0.3, rr = 0.85;
    Tone wander = tone(0.2, feed->rate, 0.1);
    for (uint32_t i = 0; i < feed->frames; ++i) {
        const double t = i / feed->rate;
        if (t > beat + 0.5 * rr) {
            beat += rr;
            rr = 0.85 + 0.06 * sin(TWO_PI * 0.1 * t) + 0.04 * sin(TWO_PI * 0.25 * t);
        }
        const double wave = bump(t, beat - 0.16, 0.02) * 0.12 + bump(t, beat, 0.01) +
                            bump(t, beat + 0.03, 0.01) * -0.2 + bump(t, beat + 0.28, 0.05) * 0.25;
        out[i] = (float)(wave + next(&wander)) + noise(&random, 0.03);
    }
}

// Humming for 6 s, silence for 4 s
static void fill_hum(const Feed* feed, float* out)
{
    uint32_t random = 2;
    Tone first = tone(130.8, feed->rate, 0.2), second = tone(261.6, feed->rate, 0.05);
    Tone third = tone(392.4, feed->rate, 0.02);
    for (uint32_t i = 0; i < feed->frames; ++i) {
        const double wave = next(&first) + next(&second) + next(&third);
        const bool on = fmod(i / feed->rate, 10.0) < 6.0;
        out[i] = (on ? (float)wave : 0.0f) + noise(&random, 0.003);
    }
}

static void fill_music(const Feed* feed, float* out)
{
    uint32_t random = 3;
    Tone low = tone(220.0, feed->rate, 0.2), high = tone(330.0, feed->rate, 0.1);
    for (uint32_t i = 0; i < feed->frames; ++i) {
        out[i] = (float)(next(&low) + next(&high)) + noise(&random, 0.01);
    }
}

static void fill_belt(const Feed* feed, float* out)
{
    uint32_t random = 4;
    Tone chest = tone(0.2, feed->rate, 0.5);
    for (uint32_t i = 0; i < feed->frames; ++i) {
        out[i] = (float)next(&chest) + noise(&random, 0.02);
    }
}

Feed* feed_new(double rate, double seconds)
{
    Feed* const feed = calloc(1, sizeof *feed);
    feed->rate = rate;
    feed->frames = (uint32_t)(rate * seconds);
    return feed;
}

float* feed_signal(Feed* feed, int signal)
{
    static void (*const fill[FEED_SIGNALS])(const Feed*, float*) = {fill_ecg, fill_hum, fill_music,
                                                                    fill_belt};
    if (!feed->signal[signal]) {
        feed->signal[signal] = malloc((feed->frames + 1) * sizeof(float));
        fill[signal](feed, feed->signal[signal]);
    }
    return feed->signal[signal];
}

void feed_free(Feed* feed)
{
    for (int s = 0; feed && s < FEED_SIGNALS; ++s) {
        free(feed->signal[s]);
    }
    free(feed);
}

void feed_connect(Feed* feed, Host* host, int sensor)
{
    uint32_t n = 0;
    const HostPort* const ports = host_ports(host, &n);
    for (uint32_t i = 0; i < n; ++i) {
        const char* const symbol = ports[i].symbol;
        if (!ports[i].is_input || (ports[i].kind != HOST_AUDIO && ports[i].kind != HOST_CV)) {
            continue;
        }
        const int signal = !strcmp(symbol, "in")     ? sensor
                           : !strcmp(symbol, "mic")  ? FEED_HUM
                           : !strcmp(symbol, "belt") ? FEED_BELT
                                                     : FEED_MUSIC;
        host_input(host, symbol, feed_signal(feed, signal), feed->frames);
    }
}

// ---- MIDI
// ------------------------------------------------------------------------------------------

static void send(Host* host, double second, int status, int one, int two)
{
    const uint8_t message[3] = {(uint8_t)status, (uint8_t)one, (uint8_t)two};
    host_midi(host, host_frame(host) + (uint64_t)(second * host_rate(host)), message, 3);
}

static void value(Host* host, double second, int controller, int number)
{
    send(host, second, 0xBF, controller, number >> 7 & 127);
    send(host, second, 0xBF, controller + 32, number & 127);
}

// The vocabulary of docs/midi.md, on channel 16
void feed_midi(Host* host, double seconds, uint32_t seed)
{
    uint32_t random = seed ? seed : 1;
    for (double t = 0.2; t < seconds - 0.2;) {
        const double rr = 0.8 + 0.1 * sin(TWO_PI * 0.1 * t);
        send(host, t, 0x9F, check_random(&random) % 16 ? 36 : 37, 100);
        value(host, t, 3, (int)(rr * 4000.0));
        value(host, t, 9, (int)(check_random(&random) % 16384));
        send(host, t + 0.1, 0x8F, 36, 0);
        t += rr;
    }
    for (double t = 0.5; t < seconds - 10.0; t += 10.0) {
        send(host, t, 0x9F, 48, 100);
        send(host, t + 4.0, 0x8F, 48, 0);
        send(host, t + 4.0, 0x9F, 50, 100);
        send(host, t + 9.9, 0x8F, 50, 0);
        send(host, t + 0.2, 0x9F, 60, 100);
        send(host, t + 5.0, 0x8F, 60, 0);
        send(host, t + 5.0, 0x9F, 62, 100);
        send(host, t + 9.8, 0x8F, 62, 0);
        send(host, t + 1.0, 0x9E, 55, 100); // a hum
        send(host, t + 2.0, 0xEE, (int)(check_random(&random) % 128), 70);
        send(host, t + 3.0, 0x8E, 55, 0);
    }
    static const int controllers[] = {1, 2, 14, 15, 16, 17, 18};
    for (double t = 0.3; t < seconds - 0.1; t += 0.25) {
        value(host, t, controllers[check_random(&random) % 7],
              (int)(check_random(&random) % 16384));
        send(host, t, 0x90 | (int)(check_random(&random) % 16), (int)(check_random(&random) % 128),
             (int)(check_random(&random) % 128));
    }
}

void feed_window(Host* host, double seconds)
{
    HostWorld* const world = host_world(host);
    const LV2_Atom_Object_Body hello = {0, host_urid(world, "urn:tonus:ui#Hello")};
    const LV2_URID object = host_urid(world, LV2_ATOM__Object);
    for (double t = 0.1; t < seconds; t += 2.0) {
        host_atom(host, host_frame(host) + (uint64_t)(t * host_rate(host)), object, &hello,
                  sizeof hello);
    }
}

// ---- Controls
// --------------------------------------------------------------------------------------

static float random_value(const HostPort* port, uint32_t* random)
{
    const double share = (double)check_random(random) / 4294967295.0;
    const double number = port->minimum + share * ((double)port->maximum - port->minimum);
    return (float)(port->integer || port->enumeration || port->toggled ? floor(number + 0.5)
                                                                       : number);
}

void feed_controls(Host* host, FeedControls kind, uint32_t* random)
{
    uint32_t n = 0;
    const HostPort* const ports = host_ports(host, &n);
    for (uint32_t i = 0; i < n; ++i) {
        const HostPort* const port = &ports[i];
        if (port->kind != HOST_CONTROL || !port->is_input) {
            continue;
        }
        float number = kind == FEED_MINIMA   ? port->minimum
                       : kind == FEED_MAXIMA ? port->maximum
                       : kind == FEED_RANDOM ? random_value(port, random)
                                             : port->initial;
        if (!strcmp(port->symbol, "enabled")) {
            number = kind == FEED_RANDOM && check_random(random) % 8 == 0 ? 0.0f : 1.0f;
        }
        host_set(host, port->symbol, port->freewheel ? 0.0f : number);
    }
}

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/replay.h"

#include "bridge/link.h"
#include "bridge/live.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct Replay {
    Source* source;
    Link link; // one for all channels: they are one device
    double speed;
    double begin_us;
    Live* lives[SOURCE_MAX_CHANNELS];
    double sent_s[SOURCE_MAX_CHANNELS]; // what each channel's samples last, nominally
};

bool replay_open(Source* source, Replay** replay)
{
    static const struct {
        const char* name;
        const LinkModel* model;
    } links[] = {{"ble", &link_ble}, {"usb1", &link_usb1}, {"usb16", &link_usb16}};
    double drift;
    double seed;
    *replay = NULL;
    const char* const jitter = source_option(source, "jitter");
    if (!source_number(source, "drift", 0.0, -2.5, 2.5, &drift) ||
        !source_number(source, "seed", 1.0, 0.0, 4294967295.0, &seed)) {
        return false;
    }
    if (!jitter) {
        return drift == 0.0 || source_usage(source, "drift needs jitter=");
    }
    for (unsigned i = 0; i < sizeof links / sizeof *links; i++) {
        if (!strcmp(jitter, links[i].name)) {
            Replay* const made = calloc(1, sizeof *made);
            if (!made) {
                return source_fail(source, "out of memory");
            }
            made->source = source;
            made->link = link_make(links[i].model, (uint32_t)seed);
            made->speed = 1.0 + 0.01 * drift;
            *replay = made;
            return true;
        }
    }
    return source_usage(source, "jitter is ble, usb1 or usb16, not \"%.40s\"", jitter);
}

void replay_free(Replay* replay)
{
    for (unsigned i = 0; replay && i < SOURCE_MAX_CHANNELS; i++) {
        live_free(replay->lives[i]);
    }
    free(replay);
}

bool replay_add(Replay* replay, unsigned channel)
{
    replay->lives[channel] = live_new(replay->source, channel);
    return replay->lives[channel] || source_fail(replay->source, "out of memory");
}

uint32_t replay_packet(const Replay* replay, double rate)
{
    return (uint32_t)fmin(fmax(replay->link.model->packet_s * rate, 1.0), REPLAY_MAX_SAMPLES);
}

void replay_begin(Replay* replay)
{
    replay->begin_us = source_now_us(replay->source);
    source_count_connection(replay->source);
    for (unsigned i = 0; i < SOURCE_MAX_CHANNELS; i++) {
        if (replay->lives[i]) {
            const double rate = stream_rate(source_channel(replay->source, i)->stream);
            live_begin(replay->lives[i], replay_packet(replay, rate) / rate,
                       replay->link.model->jitter_s);
        }
    }
}

bool replay_play(Replay* replay, unsigned channel, const float* x, uint32_t n)
{
    replay->sent_s[channel] += n / stream_rate(source_channel(replay->source, channel)->stream);
    const double at_s = link_arrival(&replay->link, replay->sent_s[channel] / replay->speed);
    const double at_us = replay->begin_us + at_s * 1e6;
    double now_us;
    while ((now_us = source_now_us(replay->source)) < at_us) {
        if (source_wait(replay->source, -1, (at_us - now_us) * 1e-6) < 0) {
            return false;
        }
    }
    live_push(replay->lives[channel], x, n, 0, (double)NAN, now_us);
    return !source_stopping(replay->source);
}

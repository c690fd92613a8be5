// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// What a source's reader thread brings, and what others read of it

#define _GNU_SOURCE // ppoll: waits of less than a millisecond

#include "bridge/source_internal.h"
#include "bridge/text.h"

#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>

bool source_stopping(const Source* source)
{
    return atomic_load(&source->stop);
}

int source_wait(Source* source, int fd, double seconds)
{
    struct pollfd fds[2] = {{source->wake[0], POLLIN, 0}, {fd, POLLIN, 0}};
    if (source_stopping(source)) {
        return -1;
    }
    const double whole = floor(fmax(seconds, 0.0));
    const struct timespec limit = {(time_t)whole, (long)((fmax(seconds, 0.0) - whole) * 1e9)};
    const int got = ppoll(fds, fd < 0 ? 1 : 2, &limit, NULL);
    if (source_stopping(source)) {
        return -1;
    }
    return got > 0 && fd >= 0 && fds[1].revents ? 1 : 0;
}

double source_now_us(const Source* source)
{
    return source->host.now_us();
}

void source_set_state(Source* source, SourceState state, const char* format, ...)
{
    va_list args;
    va_start(args, format);
    pthread_mutex_lock(&source->lock);
    vsnprintf(source->message, sizeof source->message, format, args);
    text_clean(source->message);
    pthread_mutex_unlock(&source->lock);
    va_end(args);
    atomic_store(&source->state, (int)state);
}

SourceState source_state(const Source* source)
{
    return (SourceState)atomic_load(&source->state);
}

void source_message(Source* source, char text[SOURCE_TEXT])
{
    pthread_mutex_lock(&source->lock);
    memcpy(text, source->message, SOURCE_TEXT);
    pthread_mutex_unlock(&source->lock);
}

void source_count(Source* source, uint64_t packets, uint64_t samples, uint64_t lost, double rate)
{
    atomic_fetch_add(&source->packets, packets);
    atomic_fetch_add(&source->samples, samples);
    atomic_fetch_add(&source->lost, lost);
    if (rate > 0.0) {
        atomic_store(&source->rate, rate);
    }
}

void source_count_connection(Source* source)
{
    atomic_fetch_add(&source->connections, 1);
}

void source_set_battery(Source* source, int percent)
{
    atomic_store(&source->battery, percent);
}

SourceCounts source_counts(const Source* source)
{
    return (SourceCounts){.packets = atomic_load(&source->packets),
                          .samples = atomic_load(&source->samples),
                          .lost = atomic_load(&source->lost),
                          .connections = atomic_load(&source->connections),
                          .rate = atomic_load(&source->rate),
                          .battery = atomic_load(&source->battery)};
}

/// The next packet of at most `n` samples, scaled
static void make_packet(const SourceChannel* channel, uint64_t index, const float* x, uint32_t n,
                        StreamPacket* packet)
{
    const float scale = (float)(1.0 / channel->full_scale);
    packet->index = index;
    packet->n = n < STREAM_PACKET ? n : STREAM_PACKET;
    for (uint32_t i = 0; i < packet->n; i++) {
        packet->x[i] = (float)(x[i] - channel->offset) * scale;
    }
}

bool source_play(Source* source, unsigned channel, uint64_t index, const float* x, uint32_t n)
{
    const SourceChannel* const to = &source->channels[channel];
    for (uint32_t done = 0; done < n;) {
        StreamPacket packet;
        make_packet(to, index + done, x + done, n - done, &packet);
        while (!stream_put(to->stream, &packet)) {
            if (source_wait(source, -1, 0.005) < 0) {
                return false;
            }
        }
        done += packet.n;
    }
    return !source_stopping(source);
}

void source_put(Source* source, unsigned channel, uint64_t index, const float* x, uint32_t n)
{
    const SourceChannel* const to = &source->channels[channel];
    for (uint32_t done = 0; done < n;) {
        StreamPacket packet;
        make_packet(to, index + done, x + done, n - done, &packet);
        stream_put(to->stream, &packet);
        done += packet.n;
    }
}

void source_set_scale(Source* source, unsigned channel, double offset, double full_scale)
{
    source->channels[channel].offset = offset;
    source->channels[channel].full_scale = full_scale;
}

PacketLog* source_log(const Source* source)
{
    return source->host.log;
}

double source_frame_at(const Source* source, double time_us)
{
    return source->host.frame_at ? source->host.frame_at(source->host.data, time_us) : NAN;
}

void source_beat(Source* source, const SourceBeat* beat)
{
    const uint32_t at = atomic_load_explicit(&source->beats_written, memory_order_relaxed);
    if (at - atomic_load_explicit(&source->beats_read, memory_order_acquire) < SOURCE_BEATS) {
        source->beats[at % SOURCE_BEATS] = *beat;
        atomic_store_explicit(&source->beats_written, at + 1, memory_order_release);
    }
}

bool source_next_beat(Source* source, SourceBeat* beat)
{
    const uint32_t at = atomic_load_explicit(&source->beats_read, memory_order_relaxed);
    if (at == atomic_load_explicit(&source->beats_written, memory_order_acquire)) {
        return false;
    }
    *beat = source->beats[at % SOURCE_BEATS];
    atomic_store_explicit(&source->beats_read, at + 1, memory_order_release);
    return true;
}

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/status.h"

#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>

#define LINE 512

static void append(char line[LINE], const char* format, ...) __attribute__((format(printf, 2, 3)));

static void append(char line[LINE], const char* format, ...)
{
    const size_t n = strlen(line);
    va_list args;
    va_start(args, format);
    vsnprintf(line + n, LINE - n, format, args);
    va_end(args);
}

static void append_source(char line[LINE], Source* source)
{
    char message[SOURCE_TEXT];
    const SourceCounts counts = source_counts(source);
    source_message(source, message);
    append(line, "%s", message);
    if (counts.rate > 0.0) {
        append(line, ", %.2f Hz", counts.rate);
    }
    if (counts.lost > 0) {
        append(line, ", %llu lost", (unsigned long long)counts.lost);
    }
    if (counts.battery >= 0) {
        append(line, ", battery %d %%", counts.battery);
    }
    append(line, " | ");
}

void status_line(FILE* out, const Bridge* bridge, Source* const* sources, unsigned n)
{
    char line[LINE] = "";
    const char* port;
    double latency_ms;
    PlayerState state;
    if (!bridge) {
        append(line, "waiting for the JACK server | ");
    }
    // What asks for somebody comes first: the end of a long line is cut
    for (unsigned i = 0; i < n; i++) {
        if (source_state(sources[i]) != SOURCE_RUNNING) {
            append_source(line, sources[i]);
        }
    }
    for (unsigned i = 0; bridge && bridge_port_state(bridge, i, &port, &latency_ms, &state); i++) {
        static const char bar[] = "######";
        const int length = (int)(state.level * 6.0f + 0.5f);
        append(line, "%s [%-6.*s]%s", port, length, bar, state.good ? " " : "? ");
        if (latency_ms > 0.0) {
            append(line, "%.0f ms ", latency_ms);
        }
    }
    append(line, "| ");
    for (unsigned i = 0; i < n; i++) {
        if (source_state(sources[i]) == SOURCE_RUNNING) {
            append_source(line, sources[i]);
        }
    }
    const size_t length = strlen(line);
    if (length > 3 && !strcmp(line + length - 3, " | ")) {
        line[length - 3] = '\0';
    }
    struct winsize size;
    const bool known = ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    // A line that is too long would go on on the next one, and stay
    fprintf(out, "\r%.*s\033[K", known ? size.ws_col - 1 : 79, line);
    fflush(out);
}

static void json_text(FILE* out, const char* text)
{
    putc('"', out);
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            fprintf(out, "\\%c", c);
        } else if (c < 0x20) {
            fprintf(out, "\\u%04x", c);
        } else {
            putc(c, out);
        }
    }
    putc('"', out);
}

void status_json(FILE* out, const Bridge* bridge, Source* const* sources, unsigned n)
{
    static const char* const states[] = {"starting", "waiting", "running", "lost", "ended"};
    fprintf(out, "{\"time_s\": %.3f, \"jack\": %s", bridge_now_us() * 1e-6,
            bridge ? "true" : "false");
    if (bridge) {
        fputs(", \"client\": ", out);
        json_text(out, bridge_name(bridge));
        fprintf(out, ", \"rate_hz\": %u, \"xruns\": %u", bridge_rate(bridge), bridge_xruns(bridge));
    }
    fputs(", \"ports\": [", out);
    const char* port;
    double latency_ms;
    PlayerState state;
    for (unsigned i = 0; bridge && bridge_port_state(bridge, i, &port, &latency_ms, &state); i++) {
        fputs(i ? ", {\"port\": " : "{\"port\": ", out);
        json_text(out, port);
        fprintf(out,
                ", \"latency_ms\": %.3f, \"level\": %.3f, \"good\": %s, \"underruns\": %u, "
                "\"resyncs\": %u, "
                "\"error_ms\": %.3f}",
                latency_ms, state.level, state.good ? "true" : "false", state.underruns,
                state.resyncs, state.error_ms);
    }
    fputs("], \"sources\": [", out);
    for (unsigned i = 0; i < n; i++) {
        char message[SOURCE_TEXT];
        const SourceCounts counts = source_counts(sources[i]);
        source_message(sources[i], message);
        fputs(i ? ", {\"source\": " : "{\"source\": ", out);
        json_text(out, source_word(sources[i]));
        fprintf(out, ", \"state\": \"%s\", \"message\": ", states[source_state(sources[i])]);
        json_text(out, message);
        fprintf(out, ", \"packets\": %llu, \"samples\": %llu, \"lost\": %llu, \"connections\": %u",
                (unsigned long long)counts.packets, (unsigned long long)counts.samples,
                (unsigned long long)counts.lost, counts.connections);
        fprintf(out, counts.rate > 0.0 ? ", \"rate_hz\": %.4f" : ", \"rate_hz\": null",
                counts.rate);
        fprintf(out,
                counts.battery >= 0 ? ", \"battery_percent\": %d}" : ", \"battery_percent\": null}",
                counts.battery);
    }
    fputs("]}\n", out);
    fflush(out);
}

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// lsl: a stream of the Lab Streaming Layer, through the library liblsl where somebody has
// installed it: it is opened at run time, so that nothing here depends on it

#include "bridge/inlet.h"
#include "bridge/text.h"

#include <dlfcn.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define RESOLVE_S   2.0   // liblsl answers after about half a second in a local network
#define FIND_S      6.0   // for the stream to be there when its rate was not given
#define PULL_S      0.2   // between looks at whether to stop
#define SILENCE_S   3.0   // without a sample it is said to be lost
#define RETRY_MIN_S 1.0   // between attempts to find it again,
#define RETRY_MAX_S 30.0  // doubled each time
#define CORRECT_S   5.0   // between looks at the other computer's clock
#define OLD_S       10.0  // a stamp that is further from now is no time
#define BUFFER_S    10    // what liblsl keeps for us
#define CHUNK       4096u // numbers taken at once
#define MAX_STREAMS 32

typedef void* LslInfo;
typedef void* LslInlet;

/// liblsl's functions that are used here, as its lsl_c.h declares them
typedef struct {
    void* handle;
    int32_t (*resolve_all)(LslInfo* infos, uint32_t max, double wait_s);
    void (*destroy_streaminfo)(LslInfo info);
    const char* (*get_name)(LslInfo info);
    const char* (*get_type)(LslInfo info);
    int32_t (*get_channel_count)(LslInfo info);
    double (*get_nominal_srate)(LslInfo info);
    LslInlet (*create_inlet)(LslInfo info, int32_t buffer_s, int32_t chunk, int32_t recover);
    void (*destroy_inlet)(LslInlet inlet);
    unsigned long (*pull_chunk_f)(LslInlet inlet, float* data, double* stamps,
                                  unsigned long max_data, unsigned long max_stamps,
                                  double timeout_s, int32_t* error);
    double (*time_correction)(LslInlet inlet, double timeout_s, int32_t* error);
    double (*local_clock)(void);
} Library;

typedef struct {
    Library lib;
    Inlet* inlet;
    LslInlet stream;
    unsigned width; // numbers of a sample
    double correction_s;
    double corrected_us;
} Lsl;

static bool load(Library* lib, char* why, size_t size)
{
    static const char* const names[] = {"liblsl.so", "liblsl.so.2", "liblsl.so.1"};
    const char* const chosen = getenv("LSL_LIB");
    if (chosen && *chosen) {
        lib->handle = dlopen(chosen, RTLD_NOW | RTLD_LOCAL);
    }
    for (unsigned i = 0; (!chosen || !*chosen) && !lib->handle && i < 3; i++) {
        lib->handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    }
    if (!lib->handle) {
        snprintf(why, size, "%s",
                 chosen && *chosen ? dlerror() : "liblsl is not installed (or set LSL_LIB to it)");
        return false;
    }
    const struct {
        const char* name;
        void* to;
    } functions[] = {{"lsl_resolve_all", &lib->resolve_all},
                     {"lsl_destroy_streaminfo", &lib->destroy_streaminfo},
                     {"lsl_get_name", &lib->get_name},
                     {"lsl_get_type", &lib->get_type},
                     {"lsl_get_channel_count", &lib->get_channel_count},
                     {"lsl_get_nominal_srate", &lib->get_nominal_srate},
                     {"lsl_create_inlet", &lib->create_inlet},
                     {"lsl_destroy_inlet", &lib->destroy_inlet},
                     {"lsl_pull_chunk_f", &lib->pull_chunk_f},
                     {"lsl_time_correction", &lib->time_correction},
                     {"lsl_local_clock", &lib->local_clock}};
    for (unsigned i = 0; i < sizeof functions / sizeof *functions; i++) {
        void* const function = dlsym(lib->handle, functions[i].name);
        if (!function) {
            snprintf(why, size, "liblsl has no %s", functions[i].name);
            dlclose(lib->handle);
            lib->handle = NULL;
            return false;
        }
        memcpy(functions[i].to, &function, sizeof function);
    }
    return true;
}

/// The stream meant, by name (its beginning) or type, else the first; NULL when there is none.
/// To be destroyed.
static LslInfo find(const Library* lib, const char* wanted, double seconds)
{
    LslInfo infos[MAX_STREAMS];
    LslInfo found = NULL;
    const int32_t n = lib->resolve_all(infos, MAX_STREAMS, seconds);
    for (int32_t i = 0; i < n; i++) {
        const bool meant = !*wanted ||
                           !strncasecmp(lib->get_name(infos[i]), wanted, strlen(wanted)) ||
                           !strcasecmp(lib->get_type(infos[i]), wanted);
        if (meant && !found) {
            found = infos[i];
        } else {
            lib->destroy_streaminfo(infos[i]);
        }
    }
    return found;
}

static void close_lsl(Source* source)
{
    Lsl* const lsl = source_own(source);
    if (!lsl) {
        return;
    }
    inlet_free(lsl->inlet);
    if (lsl->stream) {
        lsl->lib.destroy_inlet(lsl->stream);
    }
    // The library stays loaded: its threads may still be on their way out
    free(lsl);
}

static SignalKind port_of_type(const char* type)
{
    return !strcasecmp(type, "PPG")        ? SIGNAL_PPG
           : !strncasecmp(type, "resp", 4) ? SIGNAL_BELT
           : !strcasecmp(type, "belt")     ? SIGNAL_BELT
                                           : SIGNAL_ECG;
}

static bool open_lsl(Source* source)
{
    char why[160];
    Lsl* const lsl = calloc(1, sizeof *lsl);
    if (!lsl) {
        return source_fail(source, "out of memory");
    }
    source_set_own(source, lsl);
    if (!load(&lsl->lib, why, sizeof why)) {
        return source_fail(source, "%s: %s", source_word(source), why);
    }
    InletDefaults defaults = {.unit = "", .port = SIGNAL_ECG, .jitter_s = 0.1};
    double rate;
    if (!source_number(source, "rate", 0.0, 1.0, 20000.0, &rate)) {
        return false;
    }
    if (rate <= 0.0) { // the stream itself must say
        const LslInfo info = find(&lsl->lib, source_address(source), FIND_S);
        if (!info) {
            return source_fail(source,
                               "%s: no such stream here (with rate= it would be waited for)",
                               source_word(source));
        }
        defaults.rate = lsl->lib.get_nominal_srate(info);
        defaults.port = port_of_type(lsl->lib.get_type(info));
        lsl->lib.destroy_streaminfo(info);
        if (!(defaults.rate >= 1.0 && defaults.rate <= 20000.0)) {
            return source_usage(source, "%s: its rate is irregular: give rate=HZ",
                                source_word(source));
        }
    }
    lsl->inlet = inlet_open(source, &defaults);
    return lsl->inlet != NULL;
}

/// Finds the stream and opens it; false when that does not succeed now
static bool connect_stream(Source* source, Lsl* lsl)
{
    source_set_state(source, SOURCE_WAITING, "%.60s: looking for it", source_word(source));
    const LslInfo info = find(&lsl->lib, source_address(source), RESOLVE_S);
    if (!info) {
        return false;
    }
    const int32_t width = lsl->lib.get_channel_count(info);
    lsl->width = width > 0 && width <= (int32_t)CHUNK ? (unsigned)width : 0;
    lsl->stream = lsl->width ? lsl->lib.create_inlet(info, BUFFER_S, 0, 1) : NULL;
    lsl->lib.destroy_streaminfo(info);
    lsl->corrected_us = -INFINITY;
    lsl->correction_s = 0.0;
    return lsl->stream != NULL;
}

/// When the last sample of a chunk was taken, on JACK's clock: by its stamp, which the sender's
/// program made, put on this computer's clock
static double stamp_us(Source* source, Lsl* lsl, double stamp_s)
{
    const double now_us = source_now_us(source);
    int32_t error = 0;
    if (now_us - lsl->corrected_us > CORRECT_S * 1e6) {
        lsl->corrected_us = now_us;
        const double correction_s = lsl->lib.time_correction(lsl->stream, PULL_S, &error);
        lsl->correction_s = error == 0 && isfinite(correction_s) ? correction_s : lsl->correction_s;
    }
    const double ago_s = lsl->lib.local_clock() - (stamp_s + lsl->correction_s);
    return fabs(ago_s) < OLD_S ? now_us - ago_s * 1e6 : now_us;
}

/// Until the stream is lost (true) or the program ends (false)
static bool listen_to(Source* source, Lsl* lsl)
{
    static const unsigned columns = 16; // that an inlet can choose from
    float data[CHUNK];
    double stamps[CHUNK];
    inlet_begin(lsl->inlet);
    double heard_us = source_now_us(source);
    while (!source_stopping(source)) {
        int32_t error = 0;
        const unsigned long max = CHUNK / lsl->width;
        const unsigned long got =
            lsl->lib.pull_chunk_f(lsl->stream, data, stamps, max * lsl->width, max, PULL_S, &error);
        const unsigned long n = got / lsl->width;
        const double now_us = source_now_us(source);
        if (error != 0 && error != -1) { // -1: nothing came in that time
            return true;
        }
        if (n == 0) {
            if (now_us - heard_us > SILENCE_S * 1e6) {
                source_set_state(source, SOURCE_LOST, "%.60s: no samples", source_word(source));
            }
            source_wait(source, -1, 0.01); // should the library not wait itself
            continue;
        }
        heard_us = now_us;
        inlet_arrived(lsl->inlet, stamp_us(source, lsl, stamps[n - 1]));
        for (unsigned long i = 0; i < n; i++) {
            inlet_frame(lsl->inlet, data + i * lsl->width,
                        lsl->width < columns ? lsl->width : columns, 0);
        }
        inlet_flush(lsl->inlet);
        source_set_state(source, SOURCE_RUNNING, "%.60s", source_word(source));
    }
    return false;
}

static void run(Source* source)
{
    Lsl* const lsl = source_own(source);
    double wait = RETRY_MIN_S;
    while (!source_stopping(source)) {
        if (connect_stream(source, lsl)) {
            wait = RETRY_MIN_S;
            const bool lost = listen_to(source, lsl);
            lsl->lib.destroy_inlet(lsl->stream);
            lsl->stream = NULL;
            if (!lost) {
                return;
            }
            source_set_state(source, SOURCE_LOST, "%.60s is gone, trying again",
                             source_word(source));
        }
        source_wait(source, -1, wait);
        wait = fmin(2.0 * wait, RETRY_MAX_S);
    }
}

static void list(FILE* out)
{
    Library lib;
    memset(&lib, 0, sizeof lib);
    char why[160];
    LslInfo infos[MAX_STREAMS];
    const int32_t n =
        load(&lib, why, sizeof why) ? lib.resolve_all(infos, MAX_STREAMS, RESOLVE_S) : 0;
    for (int32_t i = 0; i < n; i++) {
        char name[SOURCE_TEXT];
        char type[SOURCE_TEXT];
        snprintf(name, sizeof name, "%s", lib.get_name(infos[i]));
        snprintf(type, sizeof type, "%s", lib.get_type(infos[i]));
        text_clean(name);
        text_clean(type);
        fprintf(out, "lsl:%s\t%s, %d channels, %g Hz\n", name, type,
                lib.get_channel_count(infos[i]), lib.get_nominal_srate(infos[i]));
        lib.destroy_streaminfo(infos[i]);
    }
}

const SourceKind source_lsl = {
    .name = "lsl",
    .address = "NAME|TYPE",
    .help = "a stream of the Lab Streaming Layer (needs liblsl); column=N port=ECG|PPG|BELT (or "
            "ecg=N ppg=N belt=N) rate=HZ scale=UNITS latency=MS",
    .open = open_lsl,
    .run = run,
    .close = close_lsl,
    .list = list,
};

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The recorder in a host: what is written lies at the frame where it was heard.
#define _DEFAULT_SOURCE // usleep
#include "unit.h"

#include "host.h"
#include "takefiles.h"

#include <lv2/atom/forge.h>
#include <lv2/atom/util.h>
#include <lv2/patch/patch.h>
#include <lv2/time/time.h>
#include <sndfile.h>

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define RATE 48000.0

static char folder[256];
static HostWorld* world;

static int open_world(void** state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/tonus-recorder-XXXXXX");
    if (!mkdtemp(folder)) {
        return -1;
    }
    setenv("HOME", folder, 1);
    return (world = host_world_new(NULL)) ? 0 : -1;
}

static int close_world(void** state)
{
    (void)state;
    host_world_free(world);
    chmod(folder, 0700);
    takefiles_remove(folder);
    return 0;
}

static void set_text(Host* host, const char* key, const char* type, const char* text)
{
    union {
        LV2_Atom_Object object;
        uint8_t bytes[2048];
    } body;
    LV2_Atom_Forge forge;
    LV2_Atom_Forge_Frame frame;
    LV2_URID_Map map = {world, (LV2_URID(*)(LV2_URID_Map_Handle, const char*))host_urid};
    lv2_atom_forge_init(&forge, &map);
    lv2_atom_forge_set_buffer(&forge, body.bytes, sizeof body.bytes);
    lv2_atom_forge_object(&forge, &frame, 0, host_urid(world, LV2_PATCH__Set));
    lv2_atom_forge_key(&forge, host_urid(world, LV2_PATCH__property));
    lv2_atom_forge_urid(&forge, host_urid(world, key));
    lv2_atom_forge_key(&forge, host_urid(world, LV2_PATCH__value));
    lv2_atom_forge_typed_string(&forge, host_urid(world, type), text, (uint32_t)strlen(text));
    lv2_atom_forge_pop(&forge, &frame);
    host_atom(host, host_frame(host), body.object.atom.type, &body.object.body,
              body.object.atom.size);
}

static void transport(Host* host, uint64_t at, float speed)
{
    union {
        LV2_Atom_Object object;
        uint8_t bytes[256];
    } body;
    LV2_Atom_Forge forge;
    LV2_Atom_Forge_Frame frame;
    LV2_URID_Map map = {world, (LV2_URID(*)(LV2_URID_Map_Handle, const char*))host_urid};
    lv2_atom_forge_init(&forge, &map);
    lv2_atom_forge_set_buffer(&forge, body.bytes, sizeof body.bytes);
    lv2_atom_forge_object(&forge, &frame, 0, host_urid(world, LV2_TIME__Position));
    lv2_atom_forge_key(&forge, host_urid(world, LV2_TIME__speed));
    lv2_atom_forge_float(&forge, speed);
    lv2_atom_forge_pop(&forge, &frame);
    host_atom(host, at, body.object.atom.type, &body.object.body, body.object.atom.size);
}

static Host* new_host_at(const char* where, double rate)
{
    HostConfig config = host_config();
    config.rate = rate;
    config.keep_audio = false;
    Host* const host = host_new(world, "recorder", &config);
    assert_non_null(host);
    host_set(host, "freewheel", 1.0f);
    if (where) {
        set_text(host, "urn:tonus:recorder#folder", LV2_ATOM__Path, where);
        host_run(host, 16, 16);
        HostState* const state = host_save(host); // waits until the folder is known
        host_state_free(state);
    }
    return host;
}

static Host* new_host(const char* where)
{
    return new_host_at(where, RATE);
}

static void note(Host* host, uint64_t frame, uint8_t number, bool on)
{
    const uint8_t message[3] = {(uint8_t)(on ? 0x9F : 0x8F), number, 100};
    host_midi(host, frame, message, 3);
}

/// A click at each beat's very frame, as with 'align': where it is in audio.wav, there the beat is
/// in all other files, 0 frames off.
static void beats_lie_on_their_frames(double rate, int seconds)
{
    enum { MOST = 64 };
    const int frames = (int)rate * seconds;
    char where[300];
    char take[600];
    snprintf(where, sizeof where, "%s/frames%.0f", folder, rate);
    float* const signal = calloc((size_t)frames, sizeof(float));
    Host* const host = new_host_at(where, rate);
    const uint64_t start = host_frame(host);
    uint32_t random = 7;
    uint64_t beats[MOST];
    int n = 0;
    for (uint64_t at = 1000; at + 1000 < (uint64_t)frames && n < MOST; ++n) {
        beats[n] = at;
        signal[at] = 0.5f + 0.01f * (float)(n % 10);
        note(host, start + at, 36, true);
        note(host, start + at + (uint64_t)(0.1 * rate), 36, false);
        random = random * 1664525u + 1013904223u;
        at += (uint64_t)(0.6 * rate) + (random >> 8) % (uint32_t)(0.4 * rate);
    }
    host_input(host, "in", signal, (uint64_t)frames);
    host_set(host, "record", 1.0f);
    host_run(host, (uint64_t)frames, 0);
    assert_true(host_get(host, "recording") == 1.0f);
    host_set(host, "record", 0.0f);
    host_run(host, 480, 480);
    assert_true(host_get(host, "dropped") == 0.0f);
    assert_true(host_get(host, "errors") == 0.0f);
    host_free(host);

    assert_int_equal(takefiles_count(where, take), 1);
    char path[700];
    snprintf(path, sizeof path, "%s/audio.wav", take);
    SF_INFO info = {0};
    SNDFILE* const sound = sf_open(path, SFM_READ, &info);
    assert_non_null(sound);
    assert_int_equal(info.frames, frames);
    assert_int_equal(info.channels, 3);
    float* const all = calloc((size_t)frames * 3, sizeof(float));
    assert_int_equal(sf_readf_float(sound, all, frames), frames);
    sf_close(sound);
    for (int i = 0; i < frames; ++i) {
        assert_true(all[3 * i] == signal[i]);
    }
    takefiles_expect_tables(take, rate, beats, n);
    uint64_t told[MOST];
    assert_int_equal(takefiles_beats_of_physio(take, rate, told, MOST), n);
    for (int i = 0; i < n; ++i) {
        assert_true(told[i] == beats[i]);
    }
    free(all);
    free(signal);
}

static void each_beat_lies_on_its_frame(void** state)
{
    (void)state;
    beats_lie_on_their_frames(48000.0, 20);
    beats_lie_on_their_frames(44100.0, 10);
    beats_lie_on_their_frames(192000.0, 5);
}

static void starts_and_stops(void** state)
{
    (void)state;
    char where[300];
    char take[600];
    snprintf(where, sizeof where, "%s/starts", folder);
    Host* const host = new_host(where);
    host_run(host, 4800, 480);
    assert_true(host_get(host, "recording") == 0.0f);
    note(host, host_frame(host) + 100, 24, true); // by MIDI, at that very frame
    note(host, host_frame(host) + 9700, 24, false);
    host_run(host, 4800, 480);
    assert_true(host_get(host, "recording") == 1.0f);
    host_run(host, 9600, 480);
    assert_true(host_get(host, "recording") == 0.0f);
    host_set(host, "with_transport", 1.0f);
    transport(host, host_frame(host) + 10, 1.0f);
    host_run(host, 4800, 480);
    assert_true(host_get(host, "recording") == 1.0f);
    host_set(host, "marker", 1.0f);
    host_run(host, 480, 480);
    assert_true(host_get(host, "markers") == 1.0f);
    transport(host, host_frame(host) + 10, 0.0f);
    host_run(host, 4800, 480);
    assert_true(host_get(host, "recording") == 0.0f);
    host_set(host, "enabled", 0.0f);
    host_set(host, "record", 1.0f);
    host_run(host, 4800, 480);
    assert_true(host_get(host, "recording") == 0.0f);
    host_free(host);
    // In the same second: the second take has another name, the first one is not touched
    assert_int_equal(takefiles_count(where, take), 2);
}

/// The rows of a take's events.tsv as "type sample" lines.
static void read_rows(const char* take, char* text, size_t size)
{
    char path[700];
    char line[200];
    snprintf(path, sizeof path, "%s/events.tsv", take);
    FILE* const file = fopen(path, "r");
    assert_non_null(file);
    text[0] = '\0';
    while (fgets(line, sizeof line, file)) {
        char type[40];
        unsigned long sample = 0;
        if (sscanf(line, "%*s\t%*s\t%39s\t%*s\t%lu", type, &sample) == 2) {
            const size_t n = strlen(text);
            snprintf(text + n, size - n, "%s %lu\n", type, sample);
        }
    }
    fclose(file);
}

static void parts_and_markers_are_written(void** state)
{
    (void)state;
    char where[300];
    char take[600];
    char rows[2000];
    snprintf(where, sizeof where, "%s/parts", folder);
    Host* const host = new_host(where);
    const uint64_t at = host_frame(host);
    host_set(host, "record", 1.0f);
    note(host, at + 100, 72, true); // the rest before an exercise
    note(host, at + 5000, 72, false);
    note(host, at + 5000, 74, true);
    note(host, at + 6000, 25, true); // a marker by MIDI
    note(host, at + 6010, 25, false);
    note(host, at + 9000, 74, false);
    note(host, at + 9000, 76, true);
    note(host, at + 12000, 76, false);
    host_run(host, 14400, 480);
    host_set(host, "marker", 1.0f); // and one by the button
    host_run(host, 480, 480);
    host_set(host, "marker", 0.0f);
    host_set(host, "record", 0.0f);
    host_run(host, 480, 480);
    assert_true(host_get(host, "markers") == 2.0f);
    host_free(host);
    assert_int_equal(takefiles_count(where, take), 1);
    read_rows(take, rows, sizeof rows);
    assert_string_equal(rows, "rest_before 100\npart_end 5000\nexercise 5000\nmarker 6000\n"
                              "part_end 9000\nrest_after 9000\npart_end 12000\nmarker 14400\n");
}

static void two_at_once(void** state)
{
    (void)state;
    char where[300];
    char take[600];
    snprintf(where, sizeof where, "%s/two", folder);
    Host* const a = new_host(where);
    Host* const b = new_host(where);
    host_set(a, "record", 1.0f);
    host_set(b, "record", 1.0f);
    for (int i = 0; i < 100; ++i) {
        host_run(a, 4800, 480);
        host_run(b, 4800, 480);
    }
    assert_true(host_get(a, "errors") == 0.0f && host_get(b, "errors") == 0.0f);
    host_free(a);
    host_free(b);
    assert_int_equal(takefiles_count(where, take), 2);
}

static void folder_is_state(void** state)
{
    (void)state;
    char where[300];
    snprintf(where, sizeof where, "%s/kept", folder);
    Host* const a = new_host(where);
    HostState* const saved = host_save(a);
    Host* const b = new_host(NULL);
    char take[600];
    assert_int_equal(host_restore(b, saved), LV2_STATE_SUCCESS);
    host_set(b, "record", 1.0f);
    host_run(b, 48000, 480);
    host_free(b);
    host_free(a);
    host_state_free(saved);
    assert_int_equal(takefiles_count(where, take), 1);
}

static void a_folder_that_cannot_be_had(void** state)
{
    (void)state;
    char where[300];
    char take[600];
    snprintf(where, sizeof where, "%s/blocked", folder);
    FILE* const file = fopen(where, "w"); // a file stands where the folder should be
    assert_non_null(file);
    fclose(file);
    Host* const host = new_host(where);
    host_set(host, "freewheel", 0.0f);
    host_set(host, "record", 1.0f);
    for (int i = 0; i < 100 && host_get(host, "errors") == 0.0f; ++i) {
        host_run(host, 480, 480);
        usleep(20000);
    }
    assert_true(host_get(host, "errors") == 1.0f);
    assert_true(host_get(host, "state") == 3.0f);
    assert_true(host_get(host, "recording") == 0.0f);
    unlink(where);
    for (int i = 0; i < 100 && host_get(host, "recording") == 0.0f; ++i) {
        host_run(host, 480, 480);
        usleep(20000);
    }
    assert_true(host_get(host, "recording") == 1.0f);
    host_free(host);
    assert_int_equal(takefiles_count(where, take), 1);
}

/// A limit on the size of files stands for a full disk.
static void a_full_disk(void** state)
{
    (void)state;
    enum { FRAMES = 48000 };
    char where[300];
    char take[600];
    snprintf(where, sizeof where, "%s/full", folder);
    Host* const host = new_host(where);
    struct rlimit all;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &all);
    const struct rlimit little = {1000001, all.rlim_max};
    host_set(host, "freewheel", 0.0f);
    host_set(host, "record", 1.0f);
    setrlimit(RLIMIT_FSIZE, &little);
    int seconds = 0;
    for (; seconds < 12 && host_get(host, "errors") == 0.0f; ++seconds) {
        host_run(host, FRAMES, 480);
        usleep(100000);
    }
    host_run(host, FRAMES, 480);
    const float errors = host_get(host, "errors");
    const float shown = host_get(host, "state");
    const float recording = host_get(host, "recording");
    setrlimit(RLIMIT_FSIZE, &all);
    assert_true(errors == 1.0f && shown == 2.0f && recording == 0.0f);
    uint64_t frames = (uint64_t)(seconds + 1) * FRAMES;
    for (int i = 0; i < 100 && host_get(host, "recording") == 0.0f; ++i) {
        host_run(host, 480, 480);
        frames += 480;
        usleep(20000);
    }
    assert_true(host_get(host, "recording") == 1.0f);
    assert_true(host_get(host, "dropped") == 0.0f); // all of it waited in the ring
    host_set(host, "record", 0.0f);
    host_run(host, 480, 480);
    host_free(host);
    assert_int_equal(takefiles_count(where, take), 1);
    assert_int_equal(takefiles_sound_frames(take), frames);
}

static void what_was_lost_is_a_gap(void** state)
{
    (void)state;
    enum { SECONDS = 90 };
    char where[300];
    char take[600];
    snprintf(where, sizeof where, "%s/lost", folder);
    Host* const host = new_host(where);
    host_set(host, "freewheel", 0.0f); // a host far too fast for any disk, and no waiting
    host_set(host, "record", 1.0f);
    host_run(host, SECONDS * 48000, 8192);
    uint64_t more = 0;
    for (int i = 0; i < 300 && host_get(host, "state") != 4.0f; ++i) { // "too slow" is said
        host_run(host, 480, 480);
        more += 480;
        usleep(20000);
    }
    assert_true(host_get(host, "state") == 4.0f);
    assert_true(host_get(host, "recording") == 1.0f); // and it goes on
    const float dropped = host_get(host, "dropped");
    usleep(300000);
    host_run(host, 4800, 4800);
    host_set(host, "record", 0.0f);
    host_run(host, 480, 480);
    host_free(host);
    assert_int_equal(takefiles_count(where, take), 1);
    // Nothing has moved
    assert_int_equal(takefiles_sound_frames(take), SECONDS * 48000 + 4800 + more);
    char path[700];
    snprintf(path, sizeof path, "%s/events.tsv", take);
    FILE* const file = fopen(path, "r");
    char line[200];
    double lost = 0.0;
    while (fgets(line, sizeof line, file)) {
        double frames = 0.0;
        if (sscanf(line, "%*f\t%*f\tgap\t%lf", &frames) == 1) {
            lost += frames;
        }
    }
    fclose(file);
    assert_true(lost == (double)dropped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_beat_lies_on_its_frame),
        cmocka_unit_test(starts_and_stops),
        cmocka_unit_test(parts_and_markers_are_written),
        cmocka_unit_test(two_at_once),
        cmocka_unit_test(folder_is_state),
        cmocka_unit_test(a_folder_that_cannot_be_had),
        cmocka_unit_test(a_full_disk),
        cmocka_unit_test(what_was_lost_is_a_gap),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}

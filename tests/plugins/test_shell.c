// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The shell alone: how it cuts a block, what it passes on, in which order messages leave.
#include "plugins/events.h"
#include "plugins/shell.h"

#include "unit.h"

#include <lv2/atom/util.h>

#include <stdio.h>
#include <string.h>

enum { IN, EVENTS_IN, EVENTS_OUT, ENABLED, LEVEL, N_PORTS };
static const PortInfo ports[N_PORTS] = {
    {"in", PORT_INPUT_AUDIO, -1.0f, 1.0f, 0.0f},
    {"events_in", PORT_INPUT_ATOM, -1.0f, 1.0f, 0.0f},
    {"events_out", PORT_OUTPUT_ATOM, -1.0f, 1.0f, 0.0f},
    {"enabled", PORT_INPUT_CONTROL, 0.0f, 1.0f, 1.0f},
    {"level", PORT_INPUT_CONTROL, -10.0f, 10.0f, 3.0f},
};

enum { BYTES = 8192, MAX_CALLS = 4096 };

// Alike URIs get alike numbers: enough for a handful
static LV2_URID map_uri(LV2_URID_Map_Handle handle, const char* uri)
{
    (void)handle;
    static const char* known[96];
    LV2_URID i = 0;
    while (i < 96 && known[i] && strcmp(known[i], uri) != 0) {
        ++i;
    }
    assert_true(i < 96);
    known[i] = uri;
    return i + 1;
}

typedef struct {
    Shell shell;
    uint32_t echo_after;          // frames from a note to its answer
    uint64_t heard_at[MAX_CALLS]; // frames at which MIDI arrived
    uint32_t n_heard;
    uint64_t processed; // frames
    uint32_t longest;   // segment
} Plugin;

static void hear(void* plugin, const uint8_t* bytes, uint32_t size)
{
    Plugin* const self = (Plugin*)plugin;
    (void)size;
    assert_true(self->n_heard < MAX_CALLS);
    self->heard_at[self->n_heard++] = self->shell.now;
    if ((bytes[0] & 0xF0) == 0x90) {
        events_note_on(&self->shell, self->echo_after, 2, bytes[1]);
    }
}

static void process(void* plugin, uint32_t offset, uint32_t n)
{
    Plugin* const self = (Plugin*)plugin;
    (void)offset;
    assert_true(n >= 1 && n <= SHELL_CHUNK);
    assert_true(self->shell.now == self->processed);
    self->processed += n;
    self->longest = n > self->longest ? n : self->longest;
}

static const ShellCalls calls = {hear, NULL, process};

typedef struct {
    Plugin plugin;
    float enabled, level;
    _Alignas(8) uint8_t in[BYTES];
    _Alignas(8) uint8_t out[BYTES];
} Rig;

static LV2_URID_Map urid_map = {NULL, map_uri};

static Rig* rig_new(void)
{
    static const LV2_Feature feature = {LV2_URID__map, &urid_map};
    static const LV2_Feature* const features[] = {&feature, NULL};
    Rig* const rig = (Rig*)calloc(1, sizeof(Rig));
    assert_non_null(rig);
    assert_true(shell_init(&rig->plugin.shell, ports, N_PORTS, 48000.0, features));
    shell_activate(&rig->plugin.shell);
    rig->enabled = 1.0f;
    shell_connect_port(rig, EVENTS_IN, rig->in);
    shell_connect_port(rig, EVENTS_OUT, rig->out);
    shell_connect_port(rig, ENABLED, &rig->enabled);
    shell_connect_port(rig, LEVEL, &rig->level);
    return rig;
}

static void begin(Rig* rig, LV2_Atom_Forge* forge, LV2_Atom_Forge_Frame* frame, uint32_t out_bytes)
{
    lv2_atom_forge_init(forge, &urid_map);
    lv2_atom_forge_set_buffer(forge, rig->in, BYTES);
    lv2_atom_forge_sequence_head(forge, frame, 0);
    ((LV2_Atom*)(void*)rig->out)->size = out_bytes;
    ((LV2_Atom*)(void*)rig->out)->type = 0;
}

static void add(LV2_Atom_Forge* forge, int64_t at, uint8_t status, uint8_t note)
{
    const uint8_t bytes[3] = {status, note, 64};
    lv2_atom_forge_frame_time(forge, at);
    lv2_atom_forge_atom(forge, 3, map_uri(NULL, LV2_MIDI__MidiEvent));
    lv2_atom_forge_write(forge, bytes, 3);
}

// Writes "frame:status:note " of each message; checks the order
static void tell(const Rig* rig, uint64_t start, char* text, size_t size)
{
    const LV2_Atom_Sequence* const sequence = (const LV2_Atom_Sequence*)(const void*)rig->out;
    int64_t last = -1;
    assert_int_equal(sequence->atom.type, map_uri(NULL, LV2_ATOM__Sequence));
    LV2_ATOM_SEQUENCE_FOREACH(sequence, event)
    {
        const uint8_t* const bytes = (const uint8_t*)(event + 1);
        const size_t used = strlen(text);
        assert_true(event->time.frames >= last);
        last = event->time.frames;
        snprintf(text + used, size - used, "%lu:%02x:%d ",
                 (unsigned long)(start + (uint64_t)event->time.frames), bytes[0], bytes[1]);
    }
}

// Notes at 0, 5, 5 and 900 of 1000 frames, answered 10 frames later, in blocks of a size
static void run_in_blocks(uint32_t block, char* text, size_t size)
{
    static const uint32_t at[] = {0, 5, 5, 900};
    Rig* const rig = rig_new();
    rig->plugin.echo_after = 10;
    for (uint32_t start = 0; start < 1000; start += block) {
        const uint32_t n = 1000 - start < block ? 1000 - start : block;
        LV2_Atom_Forge forge;
        LV2_Atom_Forge_Frame frame;
        begin(rig, &forge, &frame, BYTES);
        for (uint8_t i = 0; i < 4; ++i) {
            if (at[i] >= start && at[i] < start + n) {
                add(&forge, at[i] - start, 0x90, (uint8_t)(40 + i));
            }
        }
        lv2_atom_forge_pop(&forge, &frame);
        shell_run(&rig->plugin.shell, rig, &calls, n);
        tell(rig, start, text, size);
    }
    assert_true(rig->plugin.processed == 1000);
    assert_int_equal(rig->plugin.n_heard, 4);
    assert_true(rig->plugin.heard_at[3] == 900);
    free(rig);
}

static void blocks_do_not_matter(void** state)
{
    (void)state;
    static const uint32_t blocks[] = {1, 7, 64, 256, 1000};
    char expected[1024] = "0:90:40 5:90:41 5:90:42 10:91:40 15:91:41 15:91:42 900:90:43 910:91:43 ";
    for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); ++i) {
        char text[1024] = "";
        run_in_blocks(blocks[i], text, sizeof(text));
        assert_string_equal(text, expected);
    }
}

static void flood_leaves_room_for_own_messages(void** state)
{
    (void)state;
    Rig* const rig = rig_new();
    LV2_Atom_Forge forge;
    LV2_Atom_Forge_Frame frame;
    begin(rig, &forge, &frame, 2048);
    for (int i = 0; i < 300; ++i) {
        add(&forge, i, 0xB0, 7);
    }
    add(&forge, 400, 0x90, 99);
    lv2_atom_forge_pop(&forge, &frame);
    shell_run(&rig->plugin.shell, rig, &calls, 512);
    const LV2_Atom_Sequence* const out = (const LV2_Atom_Sequence*)(const void*)rig->out;
    bool answered = false;
    LV2_ATOM_SEQUENCE_FOREACH(out, event)
    {
        const uint8_t* const bytes = (const uint8_t*)(event + 1);
        answered = answered || (bytes[0] == 0x91 && bytes[1] == 99);
    }
    assert_true(answered);
    assert_true(out->atom.size + sizeof(LV2_Atom) <= 2048);
    assert_int_equal(rig->plugin.n_heard, 301);
    free(rig);
}

static void bypass_swallows_all_but_the_ends_of_notes(void** state)
{
    (void)state;
    Rig* const rig = rig_new();
    Shell* const shell = &rig->plugin.shell;
    LV2_Atom_Forge forge;
    LV2_Atom_Forge_Frame frame;
    char text[256] = "";
    events_note_on(shell, 0, 2, 61); // held when the bypass comes
    rig->enabled = 0.0f;
    begin(rig, &forge, &frame, BYTES);
    add(&forge, 3, 0x90, 60); // would be answered
    lv2_atom_forge_pop(&forge, &frame);
    shell_run(shell, rig, &calls, 64);
    events_note_off(shell, 0, 2, 60); // never begun
    events_note_off(shell, 0, 2, 61);
    events_note_off(shell, 0, 2, 61); // no longer held
    tell(rig, 0, text, sizeof(text));
    begin(rig, &forge, &frame, BYTES);
    lv2_atom_forge_pop(&forge, &frame);
    shell_run(shell, rig, &calls, 64);
    tell(rig, 64, text, sizeof(text));
    assert_string_equal(text, "0:91:61 3:90:60 64:81:61 ");
    free(rig);
}

static void odd_buffers_are_survived(void** state)
{
    (void)state;
    Rig* const rig = rig_new();
    LV2_Atom_Forge forge;
    LV2_Atom_Forge_Frame frame;
    for (uint32_t bytes = 0; bytes < 80; ++bytes) { // too small for anything, or nearly
        begin(rig, &forge, &frame, bytes);
        add(&forge, 0, 0x90, 60);
        add(&forge, 2000000, 0x90, 60); // beyond the block
        add(&forge, -5, 0x90, 60);      // out of order
        lv2_atom_forge_pop(&forge, &frame);
        memset(rig->out + bytes + 8, 0xAA, 256);
        shell_run(&rig->plugin.shell, rig, &calls, 32);
        for (uint32_t i = bytes + 8; i < bytes + 8 + 256; ++i) {
            assert_int_equal(rig->out[i], 0xAA);
        }
    }
    shell_connect_port(rig, EVENTS_IN, NULL);
    shell_connect_port(rig, EVENTS_OUT, NULL);
    shell_run(&rig->plugin.shell, rig, &calls, 0);
    shell_run(&rig->plugin.shell, rig, &calls, 1000);
    assert_int_equal(rig->plugin.longest, SHELL_CHUNK);
    free(rig);
}

static void controls_are_clamped_and_nan_is_the_default(void** state)
{
    (void)state;
    Rig* const rig = rig_new();
    const Shell* const shell = &rig->plugin.shell;
    static const float wild[][2] = {
        {NAN, 3.0f}, {1e30f, 10.0f}, {-INFINITY, -10.0f}, {2.5f, 2.5f}, {INFINITY, 10.0f}};
    for (size_t i = 0; i < sizeof(wild) / sizeof(*wild); ++i) {
        rig->level = wild[i][0];
        assert_true(shell_control(shell, LEVEL) == wild[i][1]);
    }
    shell_connect_port(rig, LEVEL, NULL);
    assert_true(shell_control(shell, LEVEL) == 3.0f);
    assert_false(shell_init(&rig->plugin.shell, ports, N_PORTS, 48000.0, NULL));
    assert_false(shell_init(&rig->plugin.shell, ports, N_PORTS, NAN, NULL));
    free(rig);
}

static void values_survive_the_way(void** state)
{
    (void)state;
    static const struct {
        int controller;
        double value, tolerance;
    } cases[] = {
        {CONTROLLER_TONE, 0.731, 4e-5},         {CONTROLLER_RR, 812.25, 0.13},
        {CONTROLLER_HEART_RATE, 63.7, 0.008},   {CONTROLLER_BREATH_RATE, 6.03, 0.002},
        {CONTROLLER_RMSSD, 42.42, 0.04},        {CONTROLLER_QUALITY, 2.0, 1.0}, // clamped to 1
        {CONTROLLER_BREATH_PHASE, 0.999, 4e-5},
    };
    Rig* const rig = rig_new();
    EventDecoder decoder;
    memset(&decoder, 0, sizeof(decoder));
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
        LV2_Atom_Forge forge;
        LV2_Atom_Forge_Frame frame;
        Event event = {EVENT_NONE, 0, 0, 0.0};
        begin(rig, &forge, &frame, BYTES);
        lv2_atom_forge_pop(&forge, &frame);
        events_value(&rig->plugin.shell, 0, 16, cases[i].controller, cases[i].value);
        shell_run(&rig->plugin.shell, rig, &calls, 8);
        const LV2_Atom_Sequence* const out = (const LV2_Atom_Sequence*)(const void*)rig->out;
        LV2_ATOM_SEQUENCE_FOREACH(out, each)
        {
            event = events_decode(&decoder, (const uint8_t*)(each + 1), each->body.size);
        }
        assert_int_equal(event.kind, EVENT_VALUE);
        assert_int_equal(event.channel, 16);
        assert_int_equal(event.number, cases[i].controller);
        assert_true(fabs(event.value - cases[i].value) <= cases[i].tolerance);
    }
    free(rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_do_not_matter),
        cmocka_unit_test(flood_leaves_room_for_own_messages),
        cmocka_unit_test(bypass_swallows_all_but_the_ends_of_notes),
        cmocka_unit_test(odd_buffers_are_survived),
        cmocka_unit_test(controls_are_clamped_and_nan_is_the_default),
        cmocka_unit_test(values_survive_the_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

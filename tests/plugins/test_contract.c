// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The ports that sessions, scripts and other programs rely on: they keep their symbols, kinds,
/// directions, units and, where the manual gives them, ranges. This table is the one place where
/// they are written down; a change here breaks somebody's session.
#include "check.h"
#include "unit.h"

#include <lv2/core/lv2.h>
#include <lv2/units/units.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef enum { ANY, BPM, PER_MIN, MS, S, HZ, DB, PC, FRAMES, SHARE, COEF, UNITS } Unit;

/// UNITS extension's URI, or the symbol of a unit of our own
static const char* const UNIT_NAMES[UNITS] = {
    NULL,          LV2_UNITS__bpm, "/min",           LV2_UNITS__ms,   LV2_UNITS__s,   LV2_UNITS__hz,
    LV2_UNITS__db, LV2_UNITS__pc,  LV2_UNITS__frame, LV2_UNITS__coef, LV2_UNITS__coef};

typedef struct {
    const char *plugin, *symbol; ///< plugin "*": each
    char direction;              ///< '<' in, '>' out
    HostPortKind kind;
    Unit unit;               ///< SHARE: 0..1
    double minimum, maximum; ///< both 0: open
} Fixed;

#define AUDIO   HOST_AUDIO, ANY, 0, 0
#define ATOM    HOST_ATOM, ANY, 0, 0
#define NUMBER  HOST_CONTROL, ANY, 0, 0
#define SWITCH  HOST_CONTROL, ANY, 0, 1
#define OF(u)   HOST_CONTROL, u, 0, 0
#define UPTO(m) HOST_CONTROL, ANY, 0, m

static const Fixed CONTRACT[] = {
    {"*", "events_in", '<', ATOM},
    {"*", "events_out", '>', ATOM},
    {"*", "enabled", '<', SWITCH},
    {"heart", "signal", '<', UPTO(1)},
    {"heart", "heart_rate", '<', OF(BPM)},
    {"heart", "breath_rate", '<', OF(PER_MIN)},
    {"heart", "rsa", '<', OF(MS)},
    {"heart", "noise", '<', OF(DB)},
    {"heart", "seed", '<', NUMBER},
    {"heart", "out", '>', AUDIO},
    {"beat", "in", '<', AUDIO},
    {"beat", "sensor", '<', UPTO(2)},
    {"beat", "polarity", '<', UPTO(2)},
    {"beat", "align", '<', SWITCH},
    {"beat", "channel", '<', HOST_CONTROL, ANY, 1, 16},
    {"beat", "out", '>', AUDIO},
    {"beat", "heart_rate", '>', OF(BPM)},
    {"beat", "rr", '>', OF(MS)},
    {"beat", "quality", '>', OF(SHARE)},
    {"beat", "state", '>', NUMBER},
    {"beat", "delay", '>', HOST_CONTROL, MS, 0, 350},
    {"beat", "latency", '>', OF(FRAMES)},
    {"breath", "in", '<', AUDIO},
    {"breath", "belt", '<', AUDIO},
    {"breath", "channel", '<', HOST_CONTROL, ANY, 1, 16},
    {"breath", "out", '>', AUDIO},
    {"breath", "breath_rate", '>', OF(PER_MIN)},
    {"breath", "breath_phase", '>', OF(SHARE)},
    {"breath", "inhaling", '>', SWITCH},
    {"breath", "resp_hrv", '>', OF(MS)},
    {"breath", "confidence", '>', OF(SHARE)},
    {"hrv", "in", '<', AUDIO},
    {"hrv", "window", '<', HOST_CONTROL, S, 0, 300},
    {"hrv", "clean", '<', SWITCH},
    {"hrv", "learn", '<', NUMBER},
    {"hrv", "drive", '<', NUMBER},
    {"hrv", "out", '>', AUDIO},
    {"hrv", "heart_rate", '>', OF(BPM)},
    {"hrv", "mean_rr", '>', OF(MS)},
    {"hrv", "sdnn", '>', OF(MS)},
    {"hrv", "rmssd", '>', OF(MS)},
    {"hrv", "ln_rmssd", '>', NUMBER},
    {"hrv", "pnn50", '>', OF(PC)},
    {"hrv", "sd1", '>', OF(MS)},
    {"hrv", "sd2", '>', OF(MS)},
    {"hrv", "lf", '>', NUMBER},
    {"hrv", "hf", '>', NUMBER},
    {"hrv", "resp_hrv", '>', OF(MS)},
    {"hrv", "coherence", '>', NUMBER},
    {"hrv", "tone", '>', OF(SHARE)},
    {"hrv", "artefacts", '>', HOST_CONTROL, PC, 0, 100},
    {"hrv", "hrv_quality", '>', OF(SHARE)},
    {"hrv", "hrv_reason", '>', NUMBER},
    {"hum", "in", '<', AUDIO},
    {"hum", "out", '>', AUDIO},
    {"hum", "humming", '>', SWITCH},
    {"hum", "pitch", '>', OF(HZ)},
    {"hum", "duration", '>', OF(S)},
    {"hum", "share", '>', HOST_CONTROL, PC, 0, 100},
    {"pacer", "in_left", '<', AUDIO},
    {"pacer", "in_right", '<', AUDIO},
    {"pacer", "inhale", '<', OF(S)},
    {"pacer", "exhale", '<', OF(S)},
    {"pacer", "hold_in", '<', OF(S)},
    {"pacer", "hold_out", '<', OF(S)},
    {"pacer", "follow", '<', NUMBER},
    {"pacer", "out_left", '>', AUDIO},
    {"pacer", "out_right", '>', AUDIO},
    {"pacer", "phase", '>', NUMBER},
    {"pacer", "rate", '>', OF(PER_MIN)},
    {"guide", "in_left", '<', AUDIO},
    {"guide", "in_right", '<', AUDIO},
    {"guide", "exercise", '<', NUMBER},
    {"guide", "start", '<', SWITCH},
    {"guide", "out_left", '>', AUDIO},
    {"guide", "out_right", '>', AUDIO},
    {"guide", "phase", '>', NUMBER},
    {"guide", "elapsed", '>', OF(S)},
    {"guide", "remaining", '>', OF(S)},
    {"guide", "change", '>', NUMBER},
    {"drone", "root", '<', NUMBER},
    {"drone", "volume", '<', OF(DB)},
    {"drone", "out_left", '>', AUDIO},
    {"drone", "out_right", '>', AUDIO},
    {"swell", "in_left", '<', AUDIO},
    {"swell", "in_right", '<', AUDIO},
    {"swell", "depth", '<', OF(DB)},
    {"swell", "out_left", '>', AUDIO},
    {"swell", "out_right", '>', AUDIO},
    {"recorder", "in", '<', AUDIO},
    {"recorder", "in_left", '<', AUDIO},
    {"recorder", "in_right", '<', AUDIO},
    {"recorder", "record", '<', SWITCH},
    {"recorder", "recording", '>', SWITCH},
    {"recorder", "dropped", '>', OF(FRAMES)},
    {"recorder", "errors", '>', NUMBER},
    {"relax", "in", '<', AUDIO},
    {"relax", "mic", '<', AUDIO},
    {"relax", "sensor", '<', UPTO(2)},
    {"relax", "exercise", '<', NUMBER},
    {"relax", "volume", '<', OF(DB)},
    {"relax", "root", '<', NUMBER},
    {"relax", "out_left", '>', AUDIO},
    {"relax", "out_right", '>', AUDIO},
    // tests/bad: what "good" has, and what the wrong ones lack
    {"good", "gain", '<', HOST_CONTROL, COEF, 0, 2},
    {"good", "level", '>', OF(SHARE)},
    {"renamed", "gain", '<', HOST_CONTROL, COEF, 0, 2},
    {"turned", "level", '>', OF(SHARE)},
    {"other-unit", "gain", '<', HOST_CONTROL, COEF, 0, 2},
    {"other-range", "gain", '<', HOST_CONTROL, COEF, 0, 2},
};
enum { N_CONTRACT = sizeof CONTRACT / sizeof *CONTRACT };

/// Relax shows the outputs of these under the same symbols.
static const char* const IN_RELAX[] = {"beat", "breath", "hrv", "hum"};

static bool is_unit(Subject* subject, uint32_t index, Unit unit)
{
    LilvWorld* const lilv = host_world_lilv(subject->world);
    LilvNode* const has_unit = lilv_new_uri(lilv, LV2_UNITS__unit);
    LilvNode* const has_symbol = lilv_new_uri(lilv, LV2_UNITS__symbol);
    LilvNode* const node = lilv_port_get(
        subject->plugin, lilv_plugin_get_port_by_index(subject->plugin, index), has_unit);
    LilvNode* const symbol = node ? lilv_world_get(lilv, node, has_symbol, NULL) : NULL;
    const char* const name = UNIT_NAMES[unit];
    const bool is = node && ((lilv_node_is_uri(node) && !strcmp(lilv_node_as_uri(node), name)) ||
                             (symbol && !strcmp(lilv_node_as_string(symbol), name)));
    lilv_node_free(symbol);
    lilv_node_free(node);
    lilv_node_free(has_symbol);
    lilv_node_free(has_unit);
    return is;
}

static bool port_is(Subject* subject, const Host* host, const Fixed* fixed)
{
    const HostPort* const port = host_port(host, fixed->symbol);
    if (!port) {
        return subject_wrong(subject, "has no port %s", fixed->symbol);
    }
    if (port->is_input != (fixed->direction == '<') || port->kind != fixed->kind) {
        return subject_wrong(subject, "%s: another direction or kind", fixed->symbol);
    }
    if (fixed->unit && !is_unit(subject, port->index, fixed->unit)) {
        return subject_wrong(subject, "%s: another unit than %s", fixed->symbol,
                             UNIT_NAMES[fixed->unit]);
    }
    const double maximum = fixed->unit == SHARE ? 1.0 : fixed->maximum;
    const bool open = maximum == 0.0 && fixed->minimum == 0.0;
    if (!open && ((double)port->minimum != fixed->minimum || (double)port->maximum != maximum)) {
        return subject_wrong(subject, "%s: from %g to %g, not from %g to %g", fixed->symbol,
                             (double)port->minimum, (double)port->maximum, fixed->minimum, maximum);
    }
    return true;
}

/// The plugin's name without what makes it a variant
static void base_name(const Subject* subject, char* name, size_t size)
{
    snprintf(name, size, "%s", host_plugin_name(subject->plugin));
    const size_t length = strlen(name);
    if (length > 3 && !strcmp(name + length - 3, "-cv")) {
        name[length - 3] = '\0';
    }
}

static bool is_in_relax(const Fixed* fixed)
{
    bool is = false;
    for (size_t i = 0; i < sizeof IN_RELAX / sizeof *IN_RELAX; ++i) {
        is = is || (!strcmp(fixed->plugin, IN_RELAX[i]) && fixed->direction == '>' &&
                    fixed->kind == HOST_CONTROL);
    }
    return is;
}

static bool fixed_ports(Subject* subject)
{
    char name[64];
    base_name(subject, name, sizeof name);
    const bool bad = strncmp(subject->uri, "urn:tonus:bad:", 14) == 0; // has no "enabled"
    Host* const host = subject_host(subject, NULL);
    bool fine = host != NULL;
    for (int i = 0; fine && i < N_CONTRACT; ++i) {
        const Fixed* const fixed = &CONTRACT[i];
        if ((!strcmp(fixed->plugin, "*") && !bad) || !strcmp(fixed->plugin, name) ||
            (!strcmp(name, "relax") && is_in_relax(fixed))) {
            fine = port_is(subject, host, fixed);
        }
    }
    host_free(host);
    return fine;
}

/// A CV variant has all that the plugin has, at the same symbols with the same ranges; its CV ports
/// are what it has more.
static bool variants(Subject* subject)
{
    char name[64], uri[256];
    base_name(subject, name, sizeof name);
    snprintf(uri, sizeof uri, "%.*s%s", (int)(strrchr(subject->uri, ':') + 1 - subject->uri),
             subject->uri, name);
    if (!strcmp(uri, subject->uri)) {
        return true;
    }
    Host* const host = subject_host(subject, NULL);
    Host* const base = host_new(subject->world, uri, NULL);
    bool fine = host && (base || subject_wrong(subject, "there is no %s", uri));
    uint32_t n = 0;
    const HostPort* const ports = fine ? host_ports(base, &n) : NULL;
    for (uint32_t i = 0; fine && i < n; ++i) {
        const HostPort* const port = host_port(host, ports[i].symbol);
        fine = (port && port->kind == ports[i].kind && port->is_input == ports[i].is_input &&
                port->minimum == ports[i].minimum && port->maximum == ports[i].maximum &&
                port->initial == ports[i].initial) ||
               subject_wrong(subject, "%s is not as in %s", ports[i].symbol, name);
    }
    host_free(base);
    host_free(host);
    return fine;
}

// ---- The suite ---------------------------------------------------------------------------------

/// The first plugin of the list that is not there, or NULL
static const char* absent(HostWorld* world, const char* const* names)
{
    while (*names && host_world_plugin(world, *names)) {
        ++names;
    }
    return *names;
}

static void test_all_plugins_are_there(void** state)
{
    (void)state;
    static const char* const names[] = {
        "urn:tonus:beat-cv",  "urn:tonus:breath-cv", "urn:tonus:hrv-cv",   "urn:tonus:beat",
        "urn:tonus:breath",   "urn:tonus:drone",     "urn:tonus:drone-cv", "urn:tonus:guide",
        "urn:tonus:heart",    "urn:tonus:hrv",       "urn:tonus:hum",      "urn:tonus:pacer",
        "urn:tonus:recorder", "urn:tonus:relax",     "urn:tonus:swell",    NULL};
    static const char* const wrong[] = {"urn:tonus:beat", "urn:tonus:nobody", NULL};
    HostWorld* const world = host_world_new(NULL);
    const char* const missing = absent(world, names);
    if (missing) {
        fail_msg("no plugin %s", missing);
    }
    assert_string_equal(absent(world, wrong), "urn:tonus:nobody");
    host_world_free(world);
}

int main(int argc, char** argv)
{
    static const Check checks[] = {{"fixed ports", fixed_ports, 0}, {"variants", variants, 0}};
    const struct CMUnitTest suite[] = {cmocka_unit_test(test_all_plugins_are_there)};
    const int failed = argc > 1 ? 0 : cmocka_run_group_tests_name("suite", suite, NULL, NULL);
    return failed + check_main(argc, argv, "contract", checks, sizeof checks / sizeof *checks);
}

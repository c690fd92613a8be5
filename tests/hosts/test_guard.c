// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Each plugin in a real host under rtguard: jalv in a JACK server in real time at 256 frames, the
// simulated person before it, for twelve seconds. (Not freewheeling: there JACK gives up its
// priority, and a busy machine takes minutes for what else takes seconds.) Only what
// happens inside the plugin's run() counts.

#include "unit.h"

#include "jackworld.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RATE      48000u
#define PERIOD    256u
#define SECONDS   12u
#define MIN_CALLS 500u // of 2250: one begins late, and a busy machine leaves some out
#define MAX_HOSTS 24u

typedef struct {
    char name[32];
    char report[128];
    pid_t pid;
} Guarded;

static JackWorld* world;
static char folder[] = "/tmp/tonus-guard-XXXXXX";

/// The names of the plugins in a bundle: what its manifest calls <urn:tonus:NAME>
static unsigned plugins_of(const char* bundle, const char* prefix, Guarded* list)
{
    char path[512], line[512];
    snprintf(path, sizeof path, "%s/manifest.ttl", bundle);
    FILE* const file = fopen(path, "r");
    unsigned n = 0;
    assert_non_null(file);
    while (n < MAX_HOSTS && fgets(line, sizeof line, file)) {
        char* const end = strchr(line, '>');
        if (line[0] == '<' && end && !strncmp(line + 1, prefix, strlen(prefix)) &&
            !strpbrk(line + 1 + strlen(prefix), "#:")) {
            *end = '\0';
            snprintf(list[n].name, sizeof list[n].name, "%.31s", line + 1 + strlen(prefix));
            bool known = false;
            for (unsigned i = 0; i < n; i++) {
                known = known || !strcmp(list[i].name, list[n].name);
            }
            n += !known;
        }
    }
    fclose(file);
    return n;
}

static bool read_report(const Guarded* guarded, uint64_t counts[2])
{
    FILE* const file = fopen(guarded->report, "rb");
    const bool good = file && fread(counts, sizeof *counts, 2, file) == 2;
    if (file) {
        fclose(file);
    }
    return good;
}

static void start(Guarded* guarded, const char* prefix)
{
    static char trap[600], plugins[64];
    char here[400], report[200], uri[128], client[64];
    assert_non_null(getcwd(here, sizeof here));
    snprintf(guarded->report, sizeof guarded->report, "%s/%s", folder, guarded->name);
    snprintf(trap, sizeof trap, "LD_PRELOAD=%s/build/tests/traps/rtguard.so", here);
    snprintf(plugins, sizeof plugins, "RTGUARD_PLUGINS=%s", prefix);
    snprintf(report, sizeof report, "RTGUARD_REPORT=%s", guarded->report);
    snprintf(uri, sizeof uri, "%s%s", prefix, guarded->name);
    snprintf(client, sizeof client, "t-%s", guarded->name); // "recorder" is another's
    const char* const words[] = {"env", trap, plugins, report, "jalv",
                                 "-x",  "-n", client,  uri,    NULL};
    guarded->pid = jackworld_spawn(world, words);
    assert_true(guarded->pid > 0);
}

static const char* reason_not_to(void)
{
    static const char* const needed[] = {"jalv", "build/tonus-bridge",
                                         "build/tests/traps/rtguard.so"};
    for (unsigned i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (!jackworld_has(needed[i])) {
            return needed[i];
        }
    }
    return NULL;
}

static void open_world(const char* bundles, bool realtime)
{
    char reason[200] = "";
    char here[400], path[1024];
    const char* const missing = reason_not_to();
    if (missing) {
        print_message("skipped: %s is not there\n", missing);
        skip();
    }
    assert_non_null(getcwd(here, sizeof here));
    snprintf(path, sizeof path, "%s/%s:/usr/lib/lv2", here, bundles);
    setenv("LV2_PATH", path, 1);
    world =
        realtime ? jackworld_new_realtime(RATE, PERIOD, reason) : jackworld_new(RATE, 1024, reason);
    if (!world) {
        print_message("skipped: %s\n", reason);
        skip();
    }
}

static int close_world(void** state)
{
    (void)state;
    jackworld_free(world);
    world = NULL;
    return 0;
}

static void wait_for(const Guarded* guarded, const char* port)
{
    char name[100];
    snprintf(name, sizeof name, "t-%.31s:%.40s", guarded->name, port);
    if (!jackworld_wait_port(world, name)) {
        fail_msg("no %s: %s", name, jackworld_output(world, guarded->pid));
    }
}

static void test_every_plugin_in_jalv(void** state)
{
    (void)state;
    static Guarded list[MAX_HOSTS];
    open_world("build/lv2", true);
    setenv("HOME", folder, 1);
    const unsigned n = plugins_of("build/lv2/tonus.lv2", "urn:tonus:", list);
    assert_true(n >= 11);
    const char* const bridge_words[] = {"build/tonus-bridge", "sim:ecg", NULL};
    assert_true(jackworld_spawn(world, bridge_words) > 0);
    for (unsigned i = 0; i < n; i++) {
        start(&list[i], "urn:tonus:");
    }
    for (unsigned i = 0; i < n; i++) {
        wait_for(&list[i], "events_out");
    }
    assert_true(jackworld_wait_port(world, "tonus-bridge:ECG"));
    static const char* const links[] = {"tonus-bridge:ECG",
                                        "t-beat:in",
                                        "tonus-bridge:ECG",
                                        "t-breath:in",
                                        "tonus-bridge:ECG",
                                        "t-relax:in",
                                        "tonus-bridge:ECG",
                                        "t-recorder:in",
                                        "t-beat:events_out",
                                        "t-breath:events_in",
                                        "t-breath:events_out",
                                        "t-hrv:events_in",
                                        "t-hrv:events_out",
                                        "t-drone:events_in",
                                        "t-hrv:events_out",
                                        "t-swell:events_in",
                                        "t-hrv:events_out",
                                        "t-guide:events_in",
                                        "t-guide:events_out",
                                        "t-pacer:events_in",
                                        "t-drone:out_left",
                                        "t-swell:in_left",
                                        "t-drone:out_right",
                                        "t-hum:in",
                                        "t-hrv:events_out",
                                        "t-recorder:events_in",
                                        NULL};
    const char* const audio[] = {"t-relax:out_left", NULL};
    assert_true(jackworld_record(world, audio, NULL, links, SECONDS * (uint64_t)RATE, false));
    uint64_t calls = 0;
    for (unsigned i = 0; i < n; i++) {
        uint64_t counts[2] = {0, 0};
        assert_true(read_report(&list[i], counts));
        calls += counts[0];
        if (counts[1] > 0) {
            fail_msg("%s: %lu violations: %s", list[i].name, (unsigned long)counts[1],
                     jackworld_output(world, list[i].pid));
        }
        if (counts[0] < MIN_CALLS) {
            fail_msg("%s: only %lu calls were guarded", list[i].name, (unsigned long)counts[0]);
        }
        unlink(list[i].report);
    }
    print_message("# %u plugins in jalv, %lu guarded calls of run(), no violation\n", n,
                  (unsigned long)calls);
}

/// The guard sees what a bad plugin does in jalv.
static void test_a_bad_plugin_is_refused(void** state)
{
    (void)state;
    static const char* const bad[] = {"malloc", "mutex", "snprintf", "good"};
    open_world("build/tests/bad", false);
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        Guarded guarded = {"", "", 0};
        uint64_t counts[2] = {0, 0};
        strcpy(guarded.name, bad[i]);
        start(&guarded, "urn:tonus:bad:");
        wait_for(&guarded, "out");
        char port[64];
        snprintf(port, sizeof port, "t-%s:out", bad[i]);
        const char* const audio[] = {port, NULL};
        assert_true(jackworld_record(world, audio, NULL, NULL, RATE, true));
        assert_true(read_report(&guarded, counts));
        assert_true(counts[0] >= RATE / 1024);
        assert_true((counts[1] > 0) == (strcmp(bad[i], "good") != 0));
        jackworld_stop(world, guarded.pid);
        unlink(guarded.report);
    }
}

static int make_folder(void** state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void** state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_every_plugin_in_jalv, close_world),
        cmocka_unit_test_teardown(test_a_bad_plugin_is_refused, close_world)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// What tonus-bridge is told: command line and configuration

#include "unit.h"

#include "bridge/config.h"
#include "bridge/source.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static char path[160];
static Options options;
static char error[RECORDING_ERROR_SIZE];
static bool usage;

static int make_folder(void** state)
{
    (void)state;
    strcpy(folder, "/tmp/tonus-conf-XXXXXX");
    if (!mkdtemp(folder)) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/tonus", folder);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/tonus/bridge.conf", folder);
    setenv("XDG_CONFIG_HOME", folder, 1);
    return 0;
}

static int remove_folder(void** state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static void write_config(const char* text)
{
    FILE* const file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static bool read_line(const char* const* words)
{
    int n = 1;
    char* argv[16] = {(char*)"tonus-bridge"};
    while (words[n - 1]) {
        argv[n] = (char*)words[n - 1];
        n++;
    }
    options_free(&options);
    return options_read(&options, n, argv, error, &usage);
}

#define READ(...) read_line((const char* const[]){__VA_ARGS__, NULL})

static const char clinic[] = "# Room 2\n"
                             "name = clinic\r\n"
                             "  log=/tmp/packets of today.csv\n"
                             "latency_offset = -12.5\n"
                             "\n"
                             "person Ada = ble:Polar   H10 12345678   signal=ecg\n"
                             "person Ada = serial:/dev/ttyUSB0 device=cms50\n"
                             "person Bob B. = \"file:/tmp/my = odd.edf\" ecg='MLII 1' loop=yes\n"
                             "source = udp:9000 rate=250";

static void assert_clinic(void)
{
    assert_string_equal(options.log, "/tmp/packets of today.csv");
    assert_true(options.latency_offset_ms == -12.5);
    assert_int_equal(options.n_sources, 4);
    const SourceWords* const s = options.sources;
    assert_string_equal(s[0].word, "ble:Polar H10 12345678");
    assert_int_equal(s[0].n_options, 2);
    assert_string_equal(s[0].options[0], "signal=ecg");
    assert_string_equal(s[0].options[1], "person=Ada");
    assert_string_equal(s[1].word, "serial:/dev/ttyUSB0");
    assert_string_equal(s[1].options[1], "person=Ada");
    assert_string_equal(s[2].word, "file:/tmp/my = odd.edf");
    assert_string_equal(s[2].options[0], "ecg=MLII 1");
    assert_string_equal(s[2].options[2], "person=Bob B.");
    assert_string_equal(s[3].word, "udp:9000");
    assert_int_equal(s[3].n_options, 1);
    assert_non_null(strstr(s[3].where, "bridge.conf:9: "));
}

static void test_a_clinic(void** state)
{
    (void)state;
    write_config(clinic);
    assert_true(READ("--config", path));
    assert_string_equal(options.name, "clinic");
    assert_clinic();
    // The usual place, when nothing else is said; the command line wins
    assert_true(READ("--name=mine"));
    assert_string_equal(options.name, "mine");
    assert_clinic();
    // A source on the command line: the usual configuration stays away, one that is named does not
    assert_true(READ("sim:"));
    assert_int_equal(options.n_sources, 1);
    assert_string_equal(options.name, "tonus-bridge");
    assert_true(READ("sim:", "person=C", "--config", path, "--log", "x.csv"));
    assert_int_equal(options.n_sources, 5);
    assert_string_equal(options.sources[0].word, "sim:");
    assert_string_equal(options.sources[0].where, "");
    assert_string_equal(options.log, "x.csv");
    assert_true(READ("--help"));
    assert_int_equal(options.n_sources, 0);
}

static void test_errors_say_where(void** state)
{
    (void)state;
    static const struct {
        const char* text;
        const char* says;
    } cases[] = {
        {"name = a\n\nnonsense\n", "bridge.conf:3: neither"},
        {"colour = red\n", "bridge.conf:1: no such setting: \"colour\""},
        {"person A = ble\nperson B =\n", "bridge.conf:2: nothing follows \"person B =\""},
        {"person A = toaster:1\n", "bridge.conf:1: \"toaster:1\" is no source"},
        {"person A = \"ble:Polar\n", "bridge.conf:1: a quote is not closed"},
        {"person A = sim: rate=1000 fast\n", "bridge.conf:1: \"fast\" is no option"},
        {"latency_offset = soon\n", "bridge.conf:1: a latency offset is a number"},
        {"name = a:b\n", "bridge.conf:1: no name for a JACK client: a:b"},
        {"# empty\n", "no source given"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_config(cases[i].text);
        if (READ("--config", path) || !usage || !strstr(error, cases[i].says) ||
            strchr(error, '\n')) {
            fail_msg("case %u: %s", i, error);
        }
    }
    char many[17 * 8 + 1] = "";
    for (unsigned i = 0; i < 17; i++) {
        strcat(many, "source=x");
        many[8 * i + 7] = '\n';
    }
    write_config(many);
    assert_false(READ("--config", path));
    assert_false(READ("--config", "/nonexistent.conf"));
    assert_false(usage);
    assert_non_null(strstr(error, "/nonexistent.conf: No such file"));
    assert_false(READ("--config", "/tmp"));
    FILE* const file = fopen(path, "w");
    for (unsigned i = 0; i < 70000; i++) {
        fputc('#', file);
    }
    fclose(file);
    assert_false(READ("--config", path));
    assert_non_null(strstr(error, "too long"));
    unlink(path);
    assert_false(READ(NULL));
    assert_non_null(strstr(error, "no source given"));
}

static void test_any_bytes(void** state)
{
    (void)state;
    // Every prefix of a good file, and one with each byte changed: an answer, never a crash
    char text[sizeof clinic];
    for (size_t n = 0; n < sizeof clinic; n++) {
        memcpy(text, clinic, sizeof clinic);
        text[n] = '\0';
        write_config(text);
        READ("--config", path);
        static const char odd[] = "\"=\n ";
        for (unsigned k = 0; k < 4; k++) {
            memcpy(text, clinic, sizeof clinic);
            text[n] = odd[k];
            text[sizeof text - 1] = '\0';
            write_config(text);
            READ("--config", path);
        }
    }
    assert_true(options.n_sources <= 4);
}

static void test_jitter_for_all(void** state)
{
    (void)state;
    assert_true(READ("--jitter", "ble", "file:a.csv", "rate=10", "sim:", "stdin", "rate=5"));
    assert_string_equal(options.sources[0].options[1], "jitter=ble");
    assert_string_equal(options.sources[1].options[0], "jitter=ble");
    assert_int_equal(options.sources[2].n_options, 1);
    assert_false(READ("--jitter=usb16", "stdin", "rate=5"));
    assert_true(usage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_clinic),
        cmocka_unit_test(test_errors_say_where),
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_jitter_for_all),
    };
    const int failed = cmocka_run_group_tests(tests, make_folder, remove_folder);
    options_free(&options);
    return failed;
}

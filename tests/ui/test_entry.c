// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/entry.h"

#include "ui/x11.h"
#include "unit.h"

#include <string.h>

static void characters_become_utf_8(void** state)
{
    (void)state;
    Entry entry = {.open = false};
    entry_open(&entry, "/a");
    assert_true(entry.open);
    static const uint32_t typed[] = {'/', 0xE5, 0x20AC, 0x1F600, 0x7, 0x7F, 0xD800, 0x110000};
    for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); ++i) {
        entry_type(&entry, typed[i]);
    }
    assert_string_equal(entry.text, "/a/\xC3\xA5\xE2\x82\xAC\xF0\x9F\x98\x80");
    static const char* const left[] = {
        "/a/\xC3\xA5\xE2\x82\xAC", "/a/\xC3\xA5", "/a/", "/a", "/", "", ""};
    for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); ++i) {
        assert_int_equal(entry_key(&entry, X11_KEY_BACKSPACE), ENTRY_GOES_ON);
        assert_string_equal(entry.text, left[i]);
    }
}

static void keys_end_it(void** state)
{
    (void)state;
    static const struct {
        int key;
        EntryEnd end;
    } cases[] = {{X11_KEY_ENTER, ENTRY_TAKEN},
                 {X11_KEY_TAB, ENTRY_TAKEN},
                 {X11_KEY_ESCAPE, ENTRY_LEFT},
                 {X11_KEY_UP, ENTRY_GOES_ON},
                 {X11_KEY_DELETE, ENTRY_GOES_ON}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        Entry entry;
        entry_open(&entry, "x");
        assert_int_equal(entry_key(&entry, cases[i].key), cases[i].end);
        assert_int_equal(entry.open, cases[i].end == ENTRY_GOES_ON);
        assert_string_equal(entry.text, cases[i].key == X11_KEY_DELETE ? "" : "x");
    }
}

static void it_fills_and_no_further(void** state)
{
    (void)state;
    Entry entry;
    entry_open(&entry, "");
    for (int i = 0; i < ENTRY_SIZE; ++i) {
        entry_type(&entry, 0xF8);
    }
    assert_true(strlen(entry.text) == (ENTRY_SIZE - 1) / 2 * 2); // whole characters
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_become_utf_8),
        cmocka_unit_test(keys_end_it),
        cmocka_unit_test(it_fills_and_no_further),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

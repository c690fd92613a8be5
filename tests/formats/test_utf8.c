// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "unit.h"

#include "formats/utf8.h"

#include <string.h>

static void test_what_is_no_utf8_is_latin_1(void** state)
{
    (void)state;
    static const char* const cases[][2] = {
        {"ECG", "ECG"},
        {"\xC2\xB5V", "\xC2\xB5V"}, // already
        {"\xB5V", "\xC2\xB5V"},     // Latin-1
        {"\xE2\x82\xAC \xF0\x9F\xAB\x80", "\xE2\x82\xAC \xF0\x9F\xAB\x80"},
        {"a\xE2\x82", "a\xC3\xA2\xC2\x82"},                       // cut
        {"\xC0\xAF", "\xC3\x80\xC2\xAF"},                         // longer than it may be
        {"\xED\xA0\x80", "\xC3\xAD\xC2\xA0\xC2\x80"},             // half of a pair
        {"\xF5\x80\x80\x80", "\xC3\xB5\xC2\x80\xC2\x80\xC2\x80"}, // beyond what there is
        {"", ""},
    };
    char to[64];
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        utf8_copy(to, sizeof to, cases[i][0]);
        assert_string_equal(to, cases[i][1]);
    }
}

static void test_no_character_is_cut(void** state)
{
    (void)state;
    char to[4];
    utf8_copy(to, sizeof to, "ab\xC2\xB5");
    assert_string_equal(to, "ab");
    utf8_copy(to, sizeof to, "a\xC2\xB5\x62");
    assert_string_equal(to, "a\xC2\xB5");
    utf8_copy(to, sizeof to, "ab\xB5");
    assert_string_equal(to, "ab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_no_utf8_is_latin_1),
        cmocka_unit_test(test_no_character_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

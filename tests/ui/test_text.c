// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
// Catalogues: the built ones, missing and damaged ones.
#include "ui/text.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUILT "build/lv2/tonus.lv2/locale"

static void need_catalogues(void)
{
    if (access(BUILT "/nb/LC_MESSAGES/tonus.mo", R_OK) != 0) {
        skip();
    }
}

static void speaks_norwegian_and_swedish(void** state)
{
    (void)state;
    need_catalogues();
    Text* const nb = text_new(BUILT, "nb");
    Text* const sv = text_new(BUILT "/", "sv_SE.UTF-8");
    assert_non_null(nb);
    assert_non_null(sv);
    assert_string_equal(text_get(nb, "Heart rate"), "Puls");
    assert_string_equal(text_get(sv, "Heart rate"), "Puls");
    assert_string_equal(text_get(nb, "no such words"), "no such words");
    assert_string_equal(text_get(nb, ""), ""); // not the catalogue's header
    text_free(nb);
    text_free(sv);
}

static void english_without_a_catalogue(void** state)
{
    (void)state;
    const char* const english = "Heart rate";
    assert_ptr_equal(text_get(NULL, english), english);
    assert_null(text_new(BUILT, "xx"));
    assert_null(text_new(BUILT, "../../nb"));
    assert_null(text_new("/nowhere", "nb"));
    assert_null(text_new(NULL, "nb"));
    text_free(NULL);
}

static void follows_the_environment(void** state)
{
    (void)state;
    need_catalogues();
    setenv("LC_ALL", "", 1);
    setenv("LC_MESSAGES", "", 1);
    setenv("LANGUAGE", "", 1);
    static const struct {
        const char *lang, *language;
        int found;
    } cases[] = {{"nb_NO.UTF-8", "", 1}, {"no_NO", "", 1},      {"nn_NO.UTF-8", "", 1},
                 {"sv", "", 1},          {"en_GB", "", 0},      {"C", "sv", 0},
                 {"en_GB", "sv:en", 1},  {"nb_NO", "en_GB", 0}, {"", "sv", 0}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        setenv("LANG", cases[i].lang, 1);
        setenv("LANGUAGE", cases[i].language, 1);
        Text* const text = text_new(BUILT, NULL);
        assert_int_equal(text != NULL, cases[i].found);
        text_free(text);
    }
}

// Every byte of a catalogue spoilt, and every shorter one: never a word outside of the file
static void stands_damage(void** state)
{
    (void)state;
    need_catalogues();
    static char good[1 << 20];
    FILE* const file = fopen(BUILT "/nb/LC_MESSAGES/tonus.mo", "rb");
    assert_non_null(file);
    const size_t size = fread(good, 1, sizeof(good), file);
    fclose(file);
    char folder[] = "/tmp/tonus-text-XXXXXX";
    char path[128];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/xx", folder);
    mkdir(path, 0700);
    snprintf(path, sizeof(path), "%s/xx/LC_MESSAGES", folder);
    mkdir(path, 0700);
    snprintf(path, sizeof(path), "%s/xx/LC_MESSAGES/tonus.mo", folder);
    int refused = 0;
    for (size_t i = 0; i < 400; ++i) {
        const size_t length = i < 200 ? size : size * (i - 200) / 200;
        FILE* const spoilt = fopen(path, "wb");
        assert_non_null(spoilt);
        char kept = good[i < 200 ? i : 0];
        good[i < 200 ? i : 0] = i < 200 ? (char)(kept ^ 0x5A) : kept;
        fwrite(good, 1, length, spoilt);
        good[i < 200 ? i : 0] = kept;
        fclose(spoilt);
        Text* const text = text_new(folder, "xx");
        refused += !text;
        assert_non_null(text_get(text, "Heart rate"));
        text_free(text);
    }
    assert_true(refused >= 200);
    unlink(path);
    *strrchr(path, '/') = 0;
    rmdir(path);
    *strrchr(path, '/') = 0;
    rmdir(path);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speaks_norwegian_and_swedish),
        cmocka_unit_test(english_without_a_catalogue),
        cmocka_unit_test(follows_the_environment),
        cmocka_unit_test(stands_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

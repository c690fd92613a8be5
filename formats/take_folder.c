// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "formats/take_folder.h"

#include "formats/recording.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_NAME = 200, MAX_TRIES = 10000 };

static bool is_plain(unsigned char c)
{
    return c >= 128 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           strchr("-_.+=@,", c) != NULL;
}

static void append(char* name, size_t size, const char* text)
{
    size_t n = strlen(name);
    for (; *text && n + 1 < size && n < MAX_NAME; ++text) {
        name[n++] = is_plain((unsigned char)*text) ? *text : '_';
    }
    name[n] = '\0';
}

static void expand(char* name, size_t size, const char* pattern, const char* person,
                   const struct tm* local)
{
    name[0] = '\0';
    for (; *pattern; ++pattern) {
        char text[32] = {*pattern, '\0'};
        if (*pattern == '%' && pattern[1]) {
            const char letter = *++pattern;
            const char format[3] = {'%', letter, '\0'};
            if (letter == 'P') {
                append(name, size, person);
                continue;
            }
            if (strchr("YmdHMS", letter)) {
                strftime(text, sizeof text, format, local);
            } else {
                text[0] = letter == '%' ? '%' : '_';
            }
        }
        append(name, size, text);
    }
}

void take_folder_name(char* name, size_t size, const char* pattern, const char* person,
                      time_t start)
{
    struct tm local;
    localtime_r(&start, &local);
    expand(name, size, pattern, person, &local);
    if (!name[0] || name[0] == '.') {
        expand(name, size, TAKE_PATTERN, person, &local);
    }
}

// As mkdir -p
static bool create_parents(const char* path)
{
    char part[TAKE_PATH_SIZE];
    const size_t n = strlen(path);
    if (n + 1 > sizeof part) {
        errno = ENAMETOOLONG;
        return false;
    }
    for (size_t i = 1; i <= n; ++i) {
        if (path[i] == '/' || path[i] == '\0') {
            memcpy(part, path, i);
            part[i] = '\0';
            if (mkdir(part, 0777) && errno != EEXIST && errno != EISDIR) {
                struct stat about;
                if (stat(part, &about) || !S_ISDIR(about.st_mode)) {
                    return false;
                }
            }
        }
    }
    return true;
}

bool take_folder_create(char* path, const char* parent, const char* name, char* error)
{
    bool good = create_parents(parent);
    for (int number = 1; good && number < MAX_TRIES; ++number) {
        char suffix[16] = "";
        if (number > 1) {
            snprintf(suffix, sizeof suffix, "-%d", number);
        }
        if (snprintf(path, TAKE_PATH_SIZE, "%s/%s%s", parent, name, suffix) >= TAKE_PATH_SIZE) {
            errno = ENAMETOOLONG;
            good = false;
        } else if (mkdir(path, 0777) == 0) {
            return true;
        } else {
            good = errno == EEXIST;
        }
    }
    const int reason = errno;
    snprintf(error, RECORDING_ERROR_SIZE, "%.400s: %s", parent, strerror(reason));
    errno = reason;
    return false;
}

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What every test program begins with: cmocka and the headers that it needs before itself.
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

/// The folder of real recordings: TONUS_DATA, else ../shared/data beside the project.
static inline const char* unit_data_folder(void)
{
    const char* const folder = getenv("TONUS_DATA");
    return folder && *folder ? folder : "../shared/data";
}

#endif

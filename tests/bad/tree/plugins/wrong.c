// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
// Breaks laws on purpose: tests/test_laws.sh must refuse it.
#include "plugins/beat.h"

const char* uri = "urn:tonus:wrong";

static void run(LV2_Handle handle, uint32_t n)
{
    shell_read(self, 0, 0, n, signal);
    step();
}

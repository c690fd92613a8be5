// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
// Breaks laws on purpose: tests/test_laws.sh must refuse it.
#include <lv2/core/lv2.h>
#include <stdio.h>
// TODO: nothing

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
// Breaks laws on purpose: tests/test_laws.sh must refuse it.
#include "dsp/beat.h"
const char* folder = "/home/someone";

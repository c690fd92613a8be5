#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# A minute of the whole way in real time at 64 frames: no block late.
cd "$(dirname "$0")/../.." || exit 2
TONUS_LIVE_SECONDS=60 exec build/tests/hosts/test_live

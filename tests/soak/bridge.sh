#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# Ten minutes of tonus-bridge in real time at 64 frames: no more late blocks than without it.
cd "$(dirname "$0")/../.." || exit 2
TONUS_SECONDS=600 exec build/tests/hosts/test_bridge_live

#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# Each fuzz harness for ten minutes.
exec "$(dirname "$0")/../fuzz/fuzz.sh" 600

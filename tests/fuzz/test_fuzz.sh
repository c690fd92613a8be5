#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# Fuzzes each harness for twenty seconds; "./waf fuzz --seconds N" does it longer.
exec "$(dirname "$0")/fuzz.sh" 20

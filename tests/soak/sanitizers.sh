#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# A thousand lives of every plugin, and all checks of blocks and signals, under the address and undefined-behaviour sanitizers.
cd "$(dirname "$0")/../.." || exit 2
. tests/sanitize/build.sh
sanitized address address,undefined
export UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS=print_suppressions=0
TONUS_LIVES=1000 build/address/tests/sanitize/memory || exit
export ASAN_OPTIONS=detect_leaks=0
build/address/tests/plugins/test_blocks || exit
build/address/tests/plugins/test_signals

#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# Whole lives of every plugin under the address, undefined-behaviour and leak sanitizers; then the checks that treat
# plugins worst.
cd "$(dirname "$0")/../.." || exit 2
. tests/sanitize/build.sh
sanitized address address,undefined
export UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS=print_suppressions=0
build/address/tests/sanitize/memory "$@" || exit
# what is left when a test program ends is the test's
export ASAN_OPTIONS=detect_leaks=0
export TONUS_PROVED=yes # that these checks can fail is shown in the plain build
for program in events state; do
    build/address/tests/plugins/test_$program "$@" || exit
done
# (bad audio: the fuzzer feeds it under the same sanitizers, and the soak runs that check as well)
build/address/tests/plugins/test_signals "${1:-all}" "wild controls"

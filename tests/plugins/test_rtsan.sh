#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# The real-time checks under the run-time library of clang's real-time sanitizer. The compiler's own flag for it
# came later than the library; the library alone does, and the plugins stay as they are.
cd "$(dirname "$0")/../.." || exit 2
library=$(ls /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.rtsan-"$(uname -m)".a 2>/dev/null | tail -1)
if [ -z "$library" ]; then
    echo "1..1"
    echo "ok 1 - RTSan # SKIP its run-time library (libclang-rt-19-dev) is not installed"
    exit 0
fi
program=build/tests/plugins/rtsan
# shellcheck disable=SC2046
${CC:-cc} -std=c11 -O1 -g -D_POSIX_C_SOURCE=200809L -I. -Itests -Ibuild $(pkg-config --cflags lilv-0 lv2 cmocka cairo) \
    tests/traps/rtsan.c tests/plugins/test_realtime.c $(ls tests/host*.c | grep -v window) tests/check.c tests/feed.c -o "$program" \
    -Wl,--whole-archive "$library" -Wl,--no-whole-archive -rdynamic -lstdc++ \
    $(pkg-config --libs lilv-0 cmocka) -lm -ldl -lpthread || exit 1
exec "$program" "$@"

#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# Lives of every plugin under valgrind: nothing is read that was never written.
cd "$(dirname "$0")/../.." || exit 2
if ! command -v valgrind >/dev/null; then
    echo "1..1"
    echo "ok 1 - valgrind # SKIP not installed"
    exit 0
fi
exec valgrind -q --error-exitcode=9 --leak-check=no build/tests/sanitize/memory "$@"

#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# run(), worker and saving of state in threads side by side, under the thread sanitizer.
cd "$(dirname "$0")/../.." || exit 2
. tests/sanitize/build.sh
sanitized thread thread
# without address randomisation: its shadow memory wants known places
exec setarch -R build/thread/tests/sanitize/memory "$@"

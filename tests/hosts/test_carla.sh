#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# Every plugin in Carla's engine over a private JACK server: signal, events, presets, state, a window. Skipped where Carla is
# neither installed nor given as a built source tree (CARLA=FOLDER). Debian 12 has none; written for 2.5.
cd "$(dirname "$0")/../.." || exit 2
skip() {
    echo "ok 1 - plugins in Carla # SKIP $1"
    echo 1..1
    exit 0
}
for prefix in ${CARLA:+"$CARLA"} /usr /usr/local; do
    for backend in "$prefix/source/frontend" "$prefix/share/carla"; do
        for library in "$prefix"/bin/libcarla_standalone2.so "$prefix"/lib/carla/libcarla_standalone2.so \
            "$prefix"/lib/*/carla/libcarla_standalone2.so; do
            [ -f "$backend/carla_backend.py" ] && [ -f "$library" ] && break 3
        done
    done
done
[ -f "$backend/carla_backend.py" ] && [ -f "$library" ] || skip "Carla is not installed"
for tool in jackd jack_wait jack_lsp jack_connect; do
    command -v $tool >/dev/null || skip "$tool is not installed"
done
export LV2_PATH="$PWD/build/lv2:${TONUS_LV2_SYSTEM:-/usr/lib/lv2}"
# Carla's library crashes rather than ends when something is amiss: what was not said counts as failed
out=$(timeout -k 5 240 python3 tests/hosts/carla_plugins.py "$backend" "$library" 2>&1)
status=$?
echo "$out" | grep -E '^((not )?ok |#)'
[ $status = 0 ] || { echo "not ok - Carla's engine ended with $status"; echo "$out" | tail -15 | sed 's/^/# /'; }
exit 0

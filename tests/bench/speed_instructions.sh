#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# Instructions that each plugin, and installed ones that do like work, take for a block of 256 frames at 48 kHz: the same
# in each run. An argument limits the table to one plugin.
cd "$(dirname "$0")/../.." || exit 2
command -v valgrind >/dev/null || { echo "instructions: valgrind is not installed"; exit 0; }
TONUS_BUNDLE=${TONUS_BUNDLE:-build/lv2/tonus.lv2}
export TONUS_BUNDLE
names=${1:-$(for file in "$TONUS_BUNDLE"/*.so; do basename "$file" .so; done | grep -v _ui)}
printf '\nInstructions per block of 256 frames at 48 kHz\n'
for name in $names http://gareus.org/oss/lv2/tuna#one http://gareus.org/oss/lv2/darc#stereo http://lv2plug.in/plugins/eg-amp; do
    tests/bench/per_block.sh "$name" 12
done | awk '
    BEGIN { printf "%-22s %9s %9s %9s %9s\n", "plugin", "mean", "median", "worst", "worst/med" }
    { printf "%-22s %9d %9d %9d %9.2f\n", $1, $3, $4, $5, $5 / $4; mean[$1] = $3; fflush() }
    END {
        if (mean["relax"] && mean["tuna#one"]) printf "relax / tuna: %.2f (asked: at most 0.50)\n", mean["relax"] / mean["tuna#one"]
        if (mean["beat"] && mean["darc#stereo"]) printf "beat / darc, stereo: %.2f (asked: at most 0.50)\n", mean["beat"] / mean["darc#stereo"]
    }'

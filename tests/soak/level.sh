#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# Level work: in forty seconds no block takes more than four times the instructions of the median one. (A block's time says
# more about the neighbours on the machine.) The bad plugin "lumpy" must be refused.
cd "$(dirname "$0")/../.." || exit 2
bundle=${TONUS_BUNDLE:-build/lv2/tonus.lv2}
names=$(for file in "$bundle"/*.so; do basename "$file" .so; done | grep -v _ui)
number=0
status=0
judge() { # judge WORDS EXPECTED: reads a line of per_block.sh
    number=$((number + 1))
    awk -v number=$number -v words="$1" -v expected="$2" '
        { ratio = $5 / $4; seen = ratio <= 4 ? "level" : "not level"
          printf "%s %d - %s: the worst of %d blocks takes %d instructions, %.2f times the median\n",
              seen == expected ? "ok" : "not ok", number, words, $2, $5, ratio; good = seen == expected }
        END { if (!NR) print "not ok " number " - " words ": nothing was counted"; exit !good }' || status=1
}
for name in $names; do
    TONUS_BUNDLE=$bundle tests/bench/per_block.sh "$name" 40 >build/level.txt
    judge "$name" level <build/level.txt
done
TONUS_BUNDLE=build/tests/bad/bad.lv2 tests/bench/per_block.sh lumpy 4 >build/level.txt
judge "refuses bad lumpy" "not level" <build/level.txt
TONUS_BUNDLE=build/tests/bad/bad.lv2 tests/bench/per_block.sh good 4 >build/level.txt
judge "good" level <build/level.txt
rm build/level.txt
echo "1..$number"
exit $status

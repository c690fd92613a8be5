#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# Instructions that each plugin takes for a block of 256 frames at 48 kHz, against budget.tsv: at most 5 % more. They are the
# same in each run, whatever else the machine does, but not with another compiler or C library.
# --update writes the table anew; do that only for a reason that the commit tells.
cd "$(dirname "$0")/../.." || exit 2
table=tests/plugins/budget.tsv
seconds=4
blocks=$((seconds * 48000 / 256))
here="$(${CC:-cc} -dumpfullversion) $(uname -m) $(getconf GNU_LIBC_VERSION | cut -d' ' -f2)"
TONUS_BUNDLE=${TONUS_BUNDLE:-build/lv2/tonus.lv2}
export TONUS_BUNDLE
# libm and libc choose their functions by the processor; these all have
export GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-AVX,-FMA4,-AVX512F

skip() {
    echo "1..1"
    echo "ok 1 - budget # SKIP $1"
    exit 0
}
command -v valgrind >/dev/null || skip "valgrind is not installed"

count() { # count PLUGIN: instructions per block
    words=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect=bench_run \
        build/tests/bench/instructions "$1" $seconds 2>&1)
    echo "$words" | sed -n 's/.*Collected : *\([0-9]*\).*/\1/p' | awk -v n=$blocks '{ printf "%d\n", $1 / n }'
}

names=$(for file in "$TONUS_BUNDLE"/*.so; do basename "$file" .so; done | grep -v _ui)
if [ "$1" = --update ]; then
    {
        echo "# instructions per block of 256 frames at 48 kHz; written by test_budget.sh --update with: $here"
        for name in $names; do printf '%s\t%s\n' "$name" "$(count "$name")"; done
    } >$table.new && mv $table.new $table
    cat $table
    exit
fi
[ "$(sed -n '1s/.*with: //p' $table)" = "$here" ] || skip "the table was written with $(sed -n '1s/.*with: //p' $table), this is $here"

judge() { # judge NAME COUNT BUDGET: prints what is wrong
    awk -v name="$1" -v count="$2" -v budget="$3" 'BEGIN {
        if (budget == "") print name " has no budget: run test_budget.sh --update"
        else if (count == "") print name " was not counted"
        else if (count > budget * 1.05) print name ": " count " instructions, the budget is " budget }'
}

number=0
status=0
for name in $names; do
    number=$((number + 1))
    budget=$(awk -F '\t' -v name="$name" '$1 == name { print $2 }' $table)
    taken=$(count "$name")
    wrong=$(judge "$name" "$taken" "$budget")
    if [ -z "$wrong" ]; then
        echo "ok $number - $name takes $taken instructions of $budget"
    else
        status=1
        echo "not ok $number - $wrong"
    fi
done
number=$((number + 1))
if [ -n "$(judge bad 1051 1000)" ] && [ -n "$(judge bad 10 "")" ] && [ -n "$(judge bad "" 10)" ]; then
    echo "ok $number - refuses what is over budget"
else
    status=1
    echo "not ok $number - refuses what is over budget"
fi
echo "1..$number"
exit $status

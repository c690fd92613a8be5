#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the fuzz harnesses with clang's libFuzzer into build/fuzz, replays their corpora, then fuzzes each for SECONDS
# (0: only replays). What is found is printed, and its input lies in build/fuzz/found.
#     tests/fuzz/fuzz.sh SECONDS [NAME...]      say: fuzz.sh 3600 plugin; so does ./waf fuzz --seconds 3600 --only plugin
#     tests/fuzz/fuzz.sh --proof [NAME...]      replays, and has bad plugins found out
#     tests/fuzz/fuzz.sh --keep NAME...         keeps what was learned as tests/fuzz/corpus/NAME.hex
cd "$(dirname "$0")/../.." || exit 2
skip() {
    echo "1..1"
    echo "ok 1 - fuzz # SKIP $1"
    exit 0
}
for clang in clang-19 clang; do # one whose libFuzzer is there
    library=$(ls "$($clang -print-resource-dir 2>/dev/null)"/lib/linux/libclang_rt.fuzzer-"$(uname -m)".a 2>/dev/null) && break
done
[ -n "$library" ] || skip "clang's libFuzzer (libclang-rt-19-dev) is not installed"

mkdir -p build
case $CC in ccache*) clang="ccache $clang" ;; esac
exec 9>build/fuzz.lock
flock 9 # another of these may just be building
WAFLOCK=.lock-waf-fuzz CC=$clang ./waf configure -o build/fuzz --debug --harnesses build -j2 >build/fuzz.log 2>&1 </dev/null 9>&- || {
    echo "1..1"
    echo "not ok 1 - builds the fuzz harnesses"
    tail -30 build/fuzz.log | sed 's/^/# /'
    exit 1
}
exec 9>&-
export TONUS_BUNDLE="$PWD/build/fuzz/lv2/tonus.lv2"
corpus=$PWD/build/fuzz/corpus
found=$PWD/build/fuzz/found
mkdir -p $corpus $found
python3 tests/fuzz/seeds.py make $corpus || exit 1
# the newest symbolizer that is there: Debian's plain name is that of the default clang
symbolizer=$(ls /usr/lib/llvm-*/bin/llvm-symbolizer 2>/dev/null | tail -1)
export ASAN_OPTIONS="allocator_may_return_null=1${symbolizer:+:external_symbolizer_path=$symbolizer}"
export UBSAN_OPTIONS="print_stacktrace=1${symbolizer:+:external_symbolizer_path=$symbolizer}"
# (an input may take 20 s of the processor: fuzz.c. The clock on the wall would find busy machines)
limits="-timeout=1200 -rss_limit_mb=2048 -max_len=4096 -artifact_prefix=$found/"

if [ "$1" = --keep ]; then
    shift
    for name in "$@"; do
        mkdir -p "$corpus/$name.small" && rm -f "$corpus/$name.small"/*
        # the fewest inputs that go everywhere: replaying them shall be quick
        build/fuzz/tests/fuzz/fuzz_"$name" -set_cover_merge=1 -use_counters=0 -max_len=1024 \
            "$corpus/$name.small" "$corpus/$name" >/dev/null 2>&1
        python3 tests/fuzz/seeds.py keep "$name" "$corpus/$name.small"
        rm -r "$corpus/$name.small"
    done
    exit
fi

seconds=${1:-5}
[ $# -gt 0 ] && shift
proof=
[ "$seconds" = --proof ] && proof=yes && seconds=0
names=${*:-$(for file in tests/fuzz/fuzz_*.c; do basename "$file" .c; done | sed 's/fuzz_//')}
number=0
status=0
one() { # one NAME SECONDS: fuzzes, and says how it went
    number=$((number + 1))
    log=build/fuzz/$1.log
    time=-runs=0
    [ "$2" -gt 0 ] && time=-max_total_time=$2
    # shellcheck disable=SC2086
    if build/fuzz/tests/fuzz/fuzz_"$1" $limits "$time" "$corpus/$1" >"$log" 2>&1; then
        echo "ok $number - $1: nothing found in $(sed -n 's/^Done \([0-9]*\) runs in \([0-9]*\) .*/\1 runs, \2 s/p' "$log")"
    else
        status=1
        echo "not ok $number - $1"
        grep -vE '^#[0-9]+|NEW_FUNC|^INFO|^$' "$log" | tail -40 | cut -c-300 | sed 's/^/# /'
    fi
}
for name in $names; do one "$name" "$seconds"; done
bad() { # bad NAME PLUGIN RUNS: fuzzes a bad plugin; true when nothing was found
    mkdir -p build/fuzz/learned # (at the start all are loaded once, among them the one that leaks)
    # shellcheck disable=SC2086
    TONUS_BUNDLE=$PWD/build/fuzz/tests/bad/bad.lv2 TONUS_FUZZ_PLUGIN=urn:tonus:bad:$2 ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 \
        build/fuzz/tests/fuzz/fuzz_"$1" $limits"bad-$2-" "$3" -seed=1 build/fuzz/learned "$corpus/$1" >"build/fuzz/$1.bad.log" 2>&1
}
refuses() { # refuses NAME PLUGIN: this one must be found out, and the good one must not
    case " $names " in *[[:space:]]"$1"[[:space:]]*) ;; *) return ;; esac
    number=$((number + 1))
    if bad "$1" good -runs=500 && ! bad "$1" "$2" -runs=50000; then
        echo "ok $number - $1: finds out bad $2"
    else
        status=1
        echo "not ok $number - $1: bad $2 was not found out"
    fi
}
if [ -n "$proof" ]; then
    refuses plugin index
    refuses plugin overflow
    refuses state trusting
fi
echo "1..$number"
exit $status

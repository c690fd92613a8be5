#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# The same answers from another compiler, from other optimisation, and from other machines: 32-bit
# x86, whose arithmetic has 80 bits, and arm64 (in an emulator). Each builds dsp/ and answers.c.
#
# Within: every beat found, the last within 0.1 ms (a fiftieth of a sample at 200 Hz), RR 0.1 ms,
# breath 0.05 per min, tone 0.01, loudness 0.1 dB.
set -u
cd "$(dirname "$0")/../.." || exit 2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=0
bad=0
result() { [ "$1" = 0 ] && echo "ok $n - $2" || { bad=1; echo "not ok $n - $2"; }; }
flags="-std=c11 -fno-math-errno -fno-trapping-math -ffp-contract=off -D_POSIX_C_SOURCE=200809L -I."

build() { # build NAME COMPILER...: dsp/ side by side, then the program
    mkdir "$tmp/$1" || return 1
    local name=$1
    shift
    # shellcheck disable=SC2086
    printf '%s\n' dsp/*.c tests/arch/answers.c |
        xargs -P "$(nproc)" -I{} sh -c 'out=$1; file=$2; shift 2; "$@" -c -o "$out/$(basename "$file" .c).o" "$file"' \
            sh "$tmp/$name" {} "$@" $flags 2>"$tmp/error" &&
        "$@" -static -o "$tmp/$name/answers" "$tmp/$name"/*.o -lm 2>>"$tmp/error"
}
compare() { # compare NAME: with the reference, within the tolerances
    paste "$tmp/reference.tsv" "$tmp/$1.tsv" | awk -F'\t' '
        function off(a, b) { return a > b ? a - b : b - a }
        NF != 14 || off($2, $9) > 0 || off($3, $10) > 1e-4 || off($4, $11) > 0.1 || off($5, $12) > 0.05 ||
            off($6, $13) > 0.01 || off($7, $14) > 0.1 { print "# " $0; bad = 1 }
        END { exit bad || NR != 15 }'
}
variant() { # variant NAME RUNNER COMPILER...
    local name=$1 runner=$2
    shift 2
    n=$((n + 1))
    if ! command -v "$1" >/dev/null || { [ -n "$runner" ] && ! command -v "$runner" >/dev/null; }; then
        echo "ok $n - $name # SKIP no $1 ${runner:+or no $runner}"
        return
    fi
    if ! build "$name" "$@"; then
        bad=1
        echo "not ok $n - $name builds"
        sed 's/^/# /' "$tmp/error" | head -5
        return
    fi
    $runner "$tmp/$name/answers" >"$tmp/$name.tsv" && compare "$name"
    result $? "$name gives the same answers"
}

build reference gcc -O2 && "$tmp/reference/answers" >"$tmp/reference.tsv" || { echo "Bail out! gcc"; exit 1; }
# a comparison that cannot fail is none: a beat too many, a tone a little off
awk -F'\t' -v OFS='\t' 'NR == 9 { $2++ } { print }' "$tmp/reference.tsv" >"$tmp/wrong.tsv"
n=$((n + 1))
! compare wrong >/dev/null
result $? "a beat too many is seen"
# What is not dsp/ needs libraries that this machine has for itself alone: there it must compile
compiles() { # compiles NAME COMPILER
    n=$((n + 1))
    command -v "$2" >/dev/null || { echo "ok $n - $1 compiles # SKIP no $2"; return; }
    local include
    include=$(pkg-config --cflags lv2 cairo cairo-xlib lilv-0 sndfile jack libsystemd 2>/dev/null | tr ' ' '\n' |
        sed -n 's/^-I/-idirafter /p' | tr '\n' ' ')
    # shellcheck disable=SC2016
    printf '%s\n' plugins/*.c ui/*.c formats/*.c bridge/*.c tools/*.c |
        xargs -P "$(nproc)" -I{} "$2" -fsyntax-only -Wall -Wextra -Werror $flags -DTONUS_VERSION='"0"' -Ibuild \
            $include -idirafter /usr/include -idirafter "/usr/include/$(gcc -print-multiarch)" {} >"$tmp/error" 2>&1
    local status=$?
    head -5 "$tmp/error" | sed 's/^/# /'
    result $status "$1 compiles without a warning"
}
variant "gcc-native" "" gcc -O3 -march=native
variant "clang" "" clang -O2
# (-Wno-psabi: a vector returned in registers matters between libraries only, and these functions are static)
variant "i386" "" i686-linux-gnu-gcc -O2 -fexcess-precision=fast -Wno-psabi
variant "arm64" qemu-aarch64-static aarch64-linux-gnu-gcc -O2
compiles i386 i686-linux-gnu-gcc
compiles arm64 aarch64-linux-gnu-gcc
echo "1..$n"
exit $bad

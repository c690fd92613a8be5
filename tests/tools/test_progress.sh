#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# The progress line of tonus-analyze: on terminals only, never broader than they are, and what is said meanwhile has a line of
# its own.
set -u
cd "$(dirname "$0")/../.." || exit 2
analyze=$PWD/build/tonus-analyze
command -v script >/dev/null || { printf '1..1\nok 1 - progress # SKIP script is not installed\n'; exit 0; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for name in a b c; do awk 'BEGIN { for (i = 0; i < 400; i++) print 800 + i % 50 }' >"$tmp/$name.txt"; done
: >"$tmp/nothing.csv"
status=0
n=0

check() { # CODE NAME
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; status=1; fi
}

on_terminal() { # COLUMNS OPTION...: the lines that were drawn, one after the other
    width=$1
    shift
    script -qec "stty cols $width; $analyze $tmp/a.txt $tmp/nothing.csv $tmp/b.txt $tmp/c.txt $* --out $tmp/out" /dev/null </dev/null |
        tr '\r' '\n' | grep .
}

for width in 80 40 20 10; do
    for jobs in 1 2; do
        on_terminal $width -j $jobs >"$tmp/lines"
        grep -q '100 %' "$tmp/lines" && ! grep -v tonus-analyze "$tmp/lines" | awk -v w=$width 'length > w - 1' | grep -q .
        check $? "$width columns, $jobs at a time: no line is broken"
    done
done
on_terminal 80 -j 2 | sed 's/.*\[K//' | grep -qx "tonus-analyze: $tmp/nothing.csv: the file is empty"
check $? "a message has its own line"
[ -z "$(on_terminal 80 -q | grep %)" ]
check $? "-q: nothing"
"$analyze" "$tmp/a.txt" --out "$tmp/out" 2>"$tmp/lines"
[ ! -s "$tmp/lines" ]
check $? "no terminal: nothing"
echo "1..$n"
exit $status

#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# The report: what stands in it, in three languages; that it needs nothing beside itself; that a
# browser draws it (chromium) and that it is one page of paper (pdfinfo).
set -u
cd "$(dirname "$0")/../.." || exit 2
root=$PWD
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=0
status=0

check() { # CODE NAME
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else
        echo "not ok $n - $2"
        status=1
    fi
}

skip() { # NAME WHY
    n=$((n + 1))
    echo "ok $n - $1 # skip $2"
}

# Ten minutes of beats, breathing 12 per minute; slower and deeper swings in the exercise
awk 'BEGIN { srand(3); for (t = 0; t < 600;) {
    deep = t > 200 && t < 400
    rr = 850 + (deep ? 90 : 30) * sin(t * 6.2832 / (deep ? 10 : 5)) + 12 * (rand() - 0.5)
    printf "%.1f\n", rr; t += rr / 1000 } }' >"$tmp/person.txt"
printf 'onset\tduration\ttrial_type\tvalue\tsample\n20\tn/a\trest_before\tn/a\t0\n200\t0\tpart_end\tn/a\t0
200\tn/a\texercise\tn/a\t0\n400\t0\tpart_end\tn/a\t0\n400\tn/a\trest_after\tn/a\t0\n' >"$tmp/events.tsv"

for language in en no sv; do
    "$root/build/tonus-analyze" "$tmp/person.txt" --report --language $language \
        --events "$tmp/events.tsv" --out "$tmp/$language" -q
    check $? "a report in $language"
    html=$tmp/$language/report.html
    drawings=$(grep -c '<svg' "$html")
    told=$(grep -c '<figure role="img" aria-label="[^"]\{8,\}"' "$html")
    [ "$drawings" -ge 6 ] && [ "$drawings" = "$told" ]
    check $? "$language: words stand for each of its drawings ($told of $drawings)"
    ! grep -oE '(src|href)="[^#"]+"|url\([^#)]+\)|@import' "$html" | grep -vE '"#|url\(#' | grep -q .
    check $? "$language: nothing is fetched from anywhere"
done
grep -q '<html lang="en">' "$tmp/en/report.html" && grep -q '<html lang="nb">' "$tmp/no/report.html" &&
    grep -q '<html lang="sv">' "$tmp/sv/report.html"
check $? "the language is declared"
grep -q 'not a measurement of the vagus nerve' "$tmp/en/report.html" &&
    grep -q 'ikke en måling av vagusnerven' "$tmp/no/report.html" &&
    grep -q 'inte en mätning av vagusnerven' "$tmp/sv/report.html"
check $? "what tone is not"
grep -q 'aria-label="Exercise 1: Heart rate [0-9]* → [0-9]* /min, RMSSD [0-9]* → [0-9]* ms' "$tmp/en/report.html"
check $? "before and after the exercise"
for part in 'Measures of the whole' 'What was left out' 'Settings' 'Sources'; do
    grep -q "<h2>$part" "$tmp/en/report.html"
    check $? "$part"
done

for language in en sv; do
    python3 tests/tools/contrast.py "$tmp/$language/report.html" >"$tmp/contrast"
    check $? "$language: words stand out 4.5 : 1, lines 3 : 1"
    sed 's/^[^#]/# &/' "$tmp/contrast"
done
sed 's/fill:rgb(6.666667%,6.666667%,6.666667%)/fill:rgb(60%,60%,60%)/' "$tmp/en/report.html" >"$tmp/pale.html"
! python3 tests/tools/contrast.py "$tmp/pale.html" >/dev/null
check $? "pale words are found"

if command -v chromium >/dev/null; then
    timeout 60 chromium --headless --no-sandbox --disable-gpu --user-data-dir="$tmp/chromium" \
        --window-size=900,2600 --screenshot="$tmp/shot.png" "$tmp/en/report.html" >/dev/null 2>&1
    # a page drawn whole: a large picture, and the last heading is in what the browser read
    [ -s "$tmp/shot.png" ] && [ "$(stat -c %s "$tmp/shot.png")" -gt 60000 ]
    check $? "a browser draws it"
    timeout 60 chromium --headless --no-sandbox --disable-gpu --user-data-dir="$tmp/chromium" \
        --dump-dom "$tmp/en/report.html" 2>/dev/null >"$tmp/dom"
    grep -q '<h2>Sources' "$tmp/dom" && [ "$(grep -c '<svg' "$tmp/dom")" -ge 6 ]
    check $? "a browser reads all of it"
else
    skip "a browser draws it" "chromium is not installed"
fi
if command -v pdfinfo >/dev/null; then
    pdfinfo "$tmp/en/report.pdf" | grep -q '^Pages: *1$' &&
        pdfinfo "$tmp/en/report.pdf" | grep -q 'Page size:.*A4'
    check $? "one page A4"
else
    skip "one page A4" "pdfinfo is not installed"
fi
echo "1..$n"
exit $status

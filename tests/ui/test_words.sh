#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# The catalogues hold every word that windows and views show, translated, and are sound. Skipped without gettext.
cd "$(dirname "$0")/../.." || exit 2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
if ! command -v xgettext >/dev/null || ! command -v msgcmp >/dev/null; then
    echo "ok 1 - catalogues # SKIP gettext is not installed"
    echo 1..1
    exit 0
fi
number=0
say() { # say STATUS WORDS OUTPUT
    number=$((number + 1))
    if [ "$1" = 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        printf '%s\n' "$3" | tail -20 | sed 's/^/# /'
    fi
}

out=$(python3 tools/words.py "$tmp/tonus.pot" 2>&1)
say $? "words are gathered" "$out"
count=$(grep -c '^msgid' "$tmp/tonus.pot")
[ "$count" -gt 300 ]
say $? "there are $count" ""
for file in po/*.po; do
    out=$(msgfmt --check-format --check-domain -o /dev/null "$file" 2>&1)
    say $? "$(basename "$file") is sound" "$out"
    out=$(msgcmp "$file" "$tmp/tonus.pot" 2>&1)
    say $? "$(basename "$file") translates all of them" "$out"
    # it can fail: one word less
    sed '/^msgid "Heart rate"$/,/^$/d' "$file" >"$tmp/less.po"
    if msgcmp "$tmp/less.po" "$tmp/tonus.pot" >/dev/null 2>&1; then missing=1; else missing=0; fi
    say $missing "a missing word would be found in $(basename "$file")" ""
done
echo "1..$number"

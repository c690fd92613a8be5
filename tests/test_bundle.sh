#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# The bundle as files: valid Turtle, and a manifest that agrees with what is there.
cd "$(dirname "$0")/.." || exit 2
bundle=${TONUS_BUNDLE:-build/lv2/tonus.lv2}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
number=0
status=0

say() { # say STATUS WORDS OUTPUT
    number=$((number + 1))
    if [ "$1" = 0 ]; then
        echo "ok $number - $2"
    else
        status=1
        echo "not ok $number - $2"
        printf '%s\n' "$3" | tail -20 | sed 's/^/# /'
    fi
}

# The validator's exit status says nothing; its words do.
valid() { # valid FILE...
    words=$(lv2_validate "$@" 2>&1)
    echo "$words"
    echo "$words" | grep -q '^Found 0 errors' &&
        ! echo "$words" | grep -v '^Found 0 errors' | grep -qi error &&
        ! echo "$words" | grep '^Skipping file' | grep -qv 'lv2core.doap.ttl'
}

refuses() { # refuses WORDS COMMAND...: it must fail
    words=$1
    shift
    if out=$("$@" 2>&1); then
        say 1 "refuses $words" "$out"
    else
        say 0 "refuses $words" ""
    fi
}

if command -v lv2_validate >/dev/null; then
    out=$(find "$bundle" -name '*.ttl' -print0 | xargs -0 sh -c 'echo "$@"' sh)
    # shellcheck disable=SC2086
    out=$(valid $out)
    say $? "lv2_validate finds nothing" "$out"
    for file in tests/bad/turtle/*.ttl; do
        refuses "$(basename "$file" .ttl)" valid "$file"
    done
    refuses "a file that is not there" valid "$scratch/none.ttl"
else
    number=$((number + 1))
    echo "ok $number - lv2_validate # SKIP not installed (lv2-dev, sordi)"
fi

out=$(python3 tests/bundle.py "$bundle" 2>&1)
say $? "manifest and files agree" "$out"

broken() { # broken WORDS COMMAND: a copy of the bundle, spoilt by the command run inside of it
    rm -rf "$scratch/b.lv2"
    cp -r "$bundle" "$scratch/b.lv2"
    (cd "$scratch/b.lv2" && sh -c "$2")
    refuses "$1" python3 tests/bundle.py "$scratch/b.lv2"
}
broken "a missing binary" 'rm "$(ls *.so | head -1)"'
broken "a missing description" 'rm heart.ttl'
broken "a file too many" 'echo >left-over.ttl'
broken "a preset that the manifest does not list" 'sed -i "s/a pset:Preset/a pset:Bank/" manifest.ttl'
broken "a label that differs" 'sed -i "s/rdfs:label \"/rdfs:label \"Not /" manifest.ttl'
broken "a plugin that nobody describes" 'sed -i "s/^<urn:tonus:heart>/<urn:tonus:liver>/" manifest.ttl'
broken "a version that means 'in development'" 'sed -i "s/lv2:minorVersion [0-9]*/lv2:minorVersion 1/" manifest.ttl'
broken "Turtle that breaks off" 'head -c 2000 heart.ttl >x && mv x heart.ttl'
echo "1..$number"
exit $status

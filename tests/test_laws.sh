#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# The laws of the tree that a reader of files can see (CONTRIBUTING.md, "Laws"). Each is shown on the tree tests/bad/tree
# as well, which breaks all of them and must be refused.
cd "$(dirname "$0")/.." || exit 2
number=0
status=0
bad=$(mktemp -d)
trap 'rm -rf "$bad"' EXIT
cp -r tests/bad/tree/. "$bad"
# a function and a file that are far too long
awk '{ print } /step\(\);/ { for (i = 0; i < 900; ++i) print "    step();" }' tests/bad/tree/plugins/wrong.c >"$bad/plugins/wrong.c"

sources() { # sources ROOT FOLDER: its C files
    find "$1/$2" -name '*.[ch]' 2>/dev/null | sort
}

includes() { # includes ROOT FOLDER PATTERN: lines that include something like PATTERN
    for file in $(sources "$1" "$2"); do
        grep -HnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($3)" "$file"
    done
}

dsp_knows_no_host() { includes "$1" dsp '(lv2|jack|lilv|lo|cairo|X11)/|sndfile|plugins/|formats/|ui/|bridge/'; }
dsp_knows_no_files() { includes "$1" dsp 'stdio\.h|fcntl\.h|unistd\.h|sys/|pthread\.h|time\.h|errno\.h'; }
formats_know_no_host() { includes "$1" formats '(lv2|jack|lilv)/|plugins/|ui/'; }
ui_knows_no_dsp() { includes "$1" ui 'dsp/|\.\./dsp/'; }

plugins_know_not_one_another() { # but what all share: shell*, events.h, port.h
    for file in $(sources "$1" plugins); do
        own=$(basename "$file" .c)
        grep -HnE '#[[:space:]]*include[[:space:]]*"plugins/' "$file" |
            grep -vE "\"plugins/(shell[a-z_]*|events|port|$own[a-z_]*)\.h\""
        grep -HnE '#[[:space:]]*include.*\.c"' "$file"
    done
}

no_uri_in_c() { # each stands in the Turtle; LV2's own have names in its headers
    for folder in dsp plugins ui; do
        for file in $(sources "$1" $folder); do
            grep -HnE '"(urn:|http://|https://)' "$file" | grep -vE '#define LV2_[A-Z_]+'
        done
    done
}

no_port_range_in_c() { # lv2_atom and friends aside, a plugin connects ports by name
    for file in $(sources "$1" plugins); do
        grep -HnE '(->|\.)port\[[0-9]+\]|shell_(read|write|control|choice|show)\([^,]*,[[:space:]]*[0-9]' "$file"
    done
}

short_run() { # run() of a plugin is a shell's: 60 lines
    for file in $(sources "$1" plugins); do
        awk -v file="$file" '/^static void run\(/ { start = NR } /^}/ && start {
            if (NR - start > 60) print file ": run() has " NR - start " lines"; start = 0 }' "$file"
    done
}

short_files() { # a file is one idea; over 500 lines is crowded, over 800 is wrong
    for folder in dsp plugins formats ui bridge tools tests; do
        for file in $(sources "$1" $folder | grep -v '^\./tests/bad/'); do
            lines=$(wc -l <"$file")
            [ "$lines" -le 800 ] || echo "$file: $lines lines"
        done
    done
}

# REUSE-IgnoreStart
licence_lines() {
    find "$1" \( -name .git -o -name build -o -name corpus -o -name bad -o -name __pycache__ -o -name '.lock-waf*' \
        -o -name '.waf*' \) -prune -o -type f \( -name '*.[ch]' -o -name '*.py' -o -name '*.sh' -o -name '*.ttl' \
        -o -name '*.in' -o -name wscript -o -name '*.1' \) -print | while read -r file; do
        head -6 "$file" | grep -q 'SPDX-FileCopyrightText: [0-9]* ' &&
            head -6 "$file" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' || echo "$file"
    done
}
# REUSE-IgnoreEnd

no_foreign_paths() { # what is only on one developer's machine has no place here
    for file in $(find "$1" \( -name .git -o -name build -o -name bad \) -prune -o -type f \( -name '*.[ch]' \
        -o -name '*.py' -o -name '*.sh' -o -name '*.ttl' -o -name '*.md' -o -name wscript \) -print); do
        grep -HnE '(^|[^A-Za-z0-9_.])(/work/|/home/[a-z]|/Users/)' "$file" | grep -v 'test_laws.sh'
    done
}

no_unfinished() {
    for folder in dsp plugins formats ui bridge; do
        for file in $(sources "$1" $folder); do
            grep -HnE '\b(TODO|FIXME|XXX|HACK)\b' "$file"
        done
    done
}

law() { # law FUNCTION WORDS...
    function=$1
    shift
    for root in . "$bad"; do
        found=$($function "$root")
        number=$((number + 1))
        if [ "$root" = . ]; then
            if [ -z "$found" ]; then
                echo "ok $number - $*"
            else
                status=1
                echo "not ok $number - $*"
                echo "$found" | sed 's/^/# /'
            fi
        elif [ -n "$found" ]; then
            echo "ok $number - $*: can fail"
        else
            status=1
            echo "not ok $number - $*: can fail"
        fi
    done
}

law dsp_knows_no_host "dsp/ includes neither lv2 nor jack"
law dsp_knows_no_files "dsp/ includes no files, threads or clocks"
law formats_know_no_host "formats/ includes neither lv2 nor jack"
law ui_knows_no_dsp "ui/ does not include dsp/"
law plugins_know_not_one_another "plugins do not include one another"
law no_uri_in_c "no URI is typed in C"
law no_port_range_in_c "no port index is typed in C"
law short_run "run() is short"
law short_files "files are short"
law licence_lines "every file names its licence"
law no_foreign_paths "no path of one machine"
law no_unfinished "nothing is left unfinished"
echo "1..$number"
exit $status

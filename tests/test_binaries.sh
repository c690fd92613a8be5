#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# What the plugins' binaries show, need and hold. Each check must also refuse a small library made wrong on purpose.
cd "$(dirname "$0")/.." || exit 2
bundle=${TONUS_BUNDLE:-build/lv2/tonus.lv2}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
number=0
status=0

exported() { # only the way in may be seen from outside; three names are the linker's own
    nm -D --defined-only "$1" | awk '{ print $NF }' |
        grep -vE '^(lv2_descriptor|lv2ui_descriptor|_end|_edata|__bss_start)(@|$)'
}

needed() { # libraries that Tonus stands on
    readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
        grep -vE '^(libc|libm|libpthread|libdl|libsndfile|libcairo|libX11|ld-linux-x86-64)\.so'
}

no_ui_in_dsp() { # the sound's binary needs no window system
    case $1 in *_ui.so) return ;; esac
    readelf -d "$1" | grep -E 'NEEDED.*(libX11|libgtk|libGL)'
}

text_relocations() { readelf -d "$1" | grep TEXTREL; }

executable_stack() { readelf -lW "$1" | grep 'GNU_STACK.*RWE'; }

lazy_binding() { # a first call may not look for its function in real time
    readelf -d "$1" | grep -qE 'BIND_NOW|FLAGS.*NOW' || echo "not bound when loaded"
}

search_path() { readelf -d "$1" | grep -E 'RPATH|RUNPATH'; }

undefined() { ldd -r "$1" 2>&1 | grep -E 'undefined symbol|not found'; }

global_state() { # two instances share nothing: no variable outside of them
    objdump -t "$1" | grep -E ' O \.(t?data|t?bss)[[:space:]]' |
        grep -vE ' (completed\.[0-9]+|__dso_handle|__TMC_END__|\.hidden __dso_handle|__asan.*|__odr_asan.*|__ubsan.*)$'
}

library() { # library NAME FLAGS...: a wrong one, from standard input
    name=$1
    shift
    # shellcheck disable=SC2068
    ${CC:-cc} -x c - -x none -shared -fPIC -fvisibility=hidden -Wl,-z,now -o "$scratch/$name.so" $@ 2>/dev/null
}

check() { # check FUNCTION WRONG_LIBRARY WORDS
    found=
    for file in "$bundle"/*.so; do
        one=$($1 "$file")
        [ -z "$one" ] || found="$found# $(basename "$file"): $(echo "$one" | tr '\n' ' ')
"
    done
    number=$((number + 1))
    if [ -z "$found" ]; then
        echo "ok $number - $3"
    else
        status=1
        echo "not ok $number - $3"
        printf %s "$found"
    fi
    number=$((number + 1))
    if [ -s "$scratch/$2.so" ] && [ -n "$($1 "$scratch/$2.so")" ]; then
        echo "ok $number - $3: can fail"
    else
        status=1
        echo "not ok $number - $3: can fail"
    fi
}

head='int answer(void); __attribute__((visibility("default"))) int lv2_descriptor(void) { return answer(); }'
plain="$head"' int answer(void) { return 42; }'
echo "$plain __attribute__((visibility(\"default\"))) int more(void) { return 1; }" | library exports
echo "$plain" | library needs -Wl,--no-as-needed -lz
echo "$plain" | library needs_x11 -Wl,--no-as-needed -lX11
echo "$plain" | library stack -Wl,-z,execstack
echo "$plain" | library path -Wl,-rpath,/tmp
echo "$plain" | ${CC:-cc} -x c - -shared -fPIC -Wl,-z,lazy -o "$scratch/lazy.so"
echo "$head" | library undefined
echo "$plain static int count; __attribute__((used)) static int next(void) { return ++count; }" | library state
cat >"$scratch/text.s" <<'END'
.globl lv2_descriptor
.text
lv2_descriptor:
    ret
    .quad lv2_descriptor
.section .note.GNU-stack,"",@progbits
END
${CC:-cc} -shared -Wl,-z,notext -o "$scratch/text.so" "$scratch/text.s" 2>/dev/null

check exported exports "only lv2_descriptor is seen from outside"
check needed needs "only known libraries are needed"
check no_ui_in_dsp needs_x11 "no window system in the sound's binary"
check text_relocations text "no text relocations"
check executable_stack stack "no executable stack"
check lazy_binding lazy "bound when loaded"
check search_path path "no search path of the builder's"
check undefined undefined "nothing undefined"
check global_state state "no global state"
echo "1..$number"
exit $status

#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# ttl2h: the header of a good plugin compiles; each fault in the Turtle is refused.
set -u
cd "$(dirname "$0")/../.." || exit 2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=0
result() { # result STATUS NAME
    n=$((n + 1))
    [ "$1" = 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"
}
good='@prefix lv2: <http://lv2plug.in/ns/lv2core#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<urn:tonus:sample-cv> a lv2:Plugin ; lv2:port [
	a lv2:InputPort , lv2:AudioPort ; lv2:index 0 ; lv2:symbol "in" ; lv2:name "In"
] , [
	a lv2:InputPort , lv2:ControlPort ; lv2:index 1 ; lv2:symbol "mode" ; lv2:name "Mode" ;
	lv2:default 1 ; lv2:minimum 0 ; lv2:maximum 2 ;
	lv2:scalePoint [ rdfs:label "Very slow" ; rdf:value 2 ]
] , [
	a lv2:OutputPort , lv2:ControlPort ; lv2:index 2 ; lv2:symbol "rate" ; lv2:name "Rate" ;
	lv2:minimum 20 ; lv2:maximum 300
] .
<urn:tonus:sample-cv#Blip> a rdfs:Class .'
refused() { # refused NAME SED-EXPRESSION WORDS
    printf '%s\n' "$good" | sed "$2" >"$tmp/bad.ttl"
    rm -f "$tmp/bad.h"
    said=$(python3 tools/ttl2h.py "$tmp/bad.ttl" "$tmp/bad.h" 2>&1)
    status=$?
    [ "$status" = 1 ] && [ ! -e "$tmp/bad.h" ] && [ "$(printf '%s\n' "$said" | wc -l)" = 1 ] &&
        case $said in *"$3"*) true ;; *) false ;; esac
    result $? "refused: $1"
}

printf '%s\n' "$good" >"$tmp/sample.ttl"
python3 tools/ttl2h.py "$tmp/sample.ttl" "$tmp/sample.h"
cat >"$tmp/use.c" <<'END'
#include "sample.h"
#include <string.h>
int main(void)
{
    return !(SAMPLE_CV_PORT_RATE == 2 && SAMPLE_CV_N_PORTS == 3 &&
             SAMPLE_CV_POINT_MODE_VERY_SLOW == 2 && !strcmp(SAMPLE_CV_URI, "urn:tonus:sample-cv") &&
             !strcmp(SAMPLE_CV_OBJECT_BLIP, "urn:tonus:sample-cv#Blip") &&
             sample_cv_ports[1].kind == PORT_INPUT_CONTROL && sample_cv_ports[1].fallback == 1.0f &&
             sample_cv_ports[2].fallback == 20.0f && !strcmp(sample_cv_ports[0].symbol, "in"));
}
END
gcc -std=c11 -Wall -Wextra -Werror -I. "$tmp/use.c" -o "$tmp/use" && "$tmp/use"
result $? "a header holds indices, ranges, scale points and the URI"

refused "a hole in the indices" 's/lv2:index 2/lv2:index 3/' "indices are not 0..2"
refused "an index used twice" 's/lv2:index 2/lv2:index 1/' "indices are not 0..2"
refused "a symbol used twice" 's/"rate"/"mode"/' "symbol used twice: mode"
refused "a symbol that is none" 's/"rate"/"2 rate"/' "not a symbol"
refused "a default out of range" 's/lv2:default 1/lv2:default 7/' "default 7.0 outside"
refused "a scale point out of range" 's/rdf:value 2/rdf:value 5/' "scale point 5.0 out of range"
refused "a control without a range" 's/lv2:minimum 20 ;//' "needs default, minimum and maximum"
refused "a port of no known type" 's/lv2:AudioPort/lv2:Thing/' "no known type"
refused "broken Turtle" 's|^] [.]$|] , [|' "bad.ttl"

printf '#include "ttl/beat.h"\nint x = BEAT_PORT_RENAMED;\n' >"$tmp/renamed.c"
python3 tools/ttl2h.py ttl/beat.ttl "$tmp/beat.h" && mkdir -p "$tmp/ttl" && mv "$tmp/beat.h" "$tmp/ttl/" &&
    ! gcc -std=c11 -I. -I"$tmp" -fsyntax-only "$tmp/renamed.c" 2>/dev/null
result $? "a symbol that the Turtle does not have breaks the build"
echo "1..$n"

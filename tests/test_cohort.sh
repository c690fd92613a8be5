#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# docs/cohort: a folder of recordings through Snakemake on one machine; needs snakemake.
set -u
cd "$(dirname "$0")/.." || exit 2
root=$PWD
if ! command -v snakemake >/dev/null; then
    echo "ok 1 - a cohort through Snakemake # skip snakemake is not installed"
    echo "1..1"
    exit 0
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/data/a" "$tmp/data/b"
for n in 1 2 3; do
    seq 1 400 | awk -v n=$n '{ print 800 + 10 * n * ($1 % 2) }' >"$tmp/data/a/p$n.txt"
done
cp "$tmp/data/a/p1.txt" "$tmp/data/b/p1.txt"
cd "$tmp" || exit 2
HOME=$tmp snakemake -s "$root/docs/cohort/Snakefile" --cores 1 --config "data=$tmp/data" \
    "out=$tmp/results" "program=$root/build/tonus-analyze" >"$tmp/said" 2>&1
code=$?
status=0
if [ $code = 0 ]; then echo "ok 1 - every recording is analysed"; else
    echo "not ok 1 - every recording is analysed"
    sed 's/^/# /' "$tmp/said"
    status=1
fi
rows=$(cut -f1 "$tmp/results/cohort.tsv" 2>/dev/null | tr '\n' ' ')
if [ "$rows" = "recording p1 p2 p3 p1-2 " ]; then echo "ok 2 - one table of all"; else
    echo "not ok 2 - one table of all: $rows"
    status=1
fi
echo "1..2"
exit $status

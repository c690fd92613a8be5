# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# For test scripts: "sanitized NAME SANITIZERS" builds the plugins and what checks them with sanitizers into build/NAME,
# and points the tests there. Only what changed is built anew.

sanitized() {
    WAFLOCK=.lock-waf-$1
    export WAFLOCK
    options="-o build/$1 --debug --plugins-only --sanitize=$2"
    # shellcheck disable=SC2086
    ./waf configure $options build -j2 >"build/$1.log" 2>&1 </dev/null || {
        echo "1..1"
        echo "not ok 1 - builds with the sanitizers $2"
        tail -30 "build/$1.log" | sed 's/^/# /'
        exit 1
    }
    TONUS_BUNDLE=$PWD/build/$1/lv2/tonus.lv2
    TONUS_BAD_BUNDLE=$PWD/build/$1/tests/bad/bad.lv2
    export TONUS_BUNDLE TONUS_BAD_BUNDLE
    unset WAFLOCK
}

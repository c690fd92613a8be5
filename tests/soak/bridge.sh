#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# Ten minutes of tonus-bridge in real time at 64 frames (jackd -R, dummy driver), three people, and beside it a
# server of the same kind with an empty client. One line tells the xruns of both; on a quiet machine they are 0.
#     tests/soak/bridge.sh [SECONDS]
cd "$(dirname "$0")/../.." || exit 2
TONUS_SECONDS=${1:-600} exec build/tests/hosts/test_bridge_live

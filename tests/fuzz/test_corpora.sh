#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the harnesses, replays the corpora, and has bad plugins found out.
exec "$(dirname "$0")/fuzz.sh" --proof

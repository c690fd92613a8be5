// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What others say (names of devices and streams), made fit to be printed

#ifndef TONUS_BRIDGE_TEXT_H
#define TONUS_BRIDGE_TEXT_H

/// Replaces control characters, which could make a terminal do things, by question marks.
void text_clean(char* text);

#endif

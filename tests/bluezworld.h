// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// A system bus of our own, in DBUS_SYSTEM_BUS_ADDRESS, with a BlueZ of our own on it
/// (tests/bridge/fake_bluez.py): for tests of Bluetooth sensors without Bluetooth.

#ifndef TONUS_TESTS_BLUEZWORLD_H
#define TONUS_TESTS_BLUEZWORLD_H

#include <stdbool.h>

typedef struct BluezWorld BluezWorld;

/// Never NULL but without memory; bluezworld_begin() says whether there is a bus.
BluezWorld* bluezworld_new(void);

void bluezworld_free(BluezWorld* world);

/// Starts a BlueZ with a strap in that mode (see fake_bluez.py). False where dbus-daemon or
/// Python's dbus and gi are missing.
bool bluezworld_begin(BluezWorld* world, const char* mode);

void bluezworld_end(BluezWorld* world);

#endif

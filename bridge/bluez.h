// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The little of BlueZ that a heart sensor needs, over D-Bus (sd-bus). One object is one connection
/// to the system bus, used by one thread. Functions return false and leave a line in bluez_error().

#ifndef TONUS_BRIDGE_BLUEZ_H
#define TONUS_BRIDGE_BLUEZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Bluez Bluez;

typedef struct {
    char path[128];
    char name[64];
    char address[20];
    bool connected, resolved;
} BluezDevice;

/// Never NULL but without memory; bluez_error() says whether there is a bus and a BlueZ.
Bluez* bluez_new(void);

void bluez_free(Bluez* bluez);

const char* bluez_error(const Bluez* bluez);

/// Devices that have the Heart Rate Service, or none known but a name; at most `max`
unsigned bluez_devices(Bluez* bluez, BluezDevice* devices, unsigned max);

/// Starts (or ends) looking for devices on all adapters.
void bluez_discover(Bluez* bluez, bool on);

/// Asks for a connection; bluez_device() tells when it is there.
bool bluez_connect(Bluez* bluez, const BluezDevice* device);

void bluez_disconnect(Bluez* bluez, const BluezDevice* device);

/// Refreshes what is known of the device at its path
bool bluez_device(Bluez* bluez, BluezDevice* device);

/// The path of a characteristic of the device, by UUID; false when it has none such
bool bluez_characteristic(Bluez* bluez, const BluezDevice* device, const char* uuid,
                          char path[256]);

/// A descriptor from which each notification is read as one packet, and its largest size. -1 when
/// the characteristic does not offer that (another program may hold it): then use bluez_notify().
int bluez_acquire(Bluez* bluez, const char* path, unsigned* mtu);

/// Notifications as D-Bus signals, handed out by bluez_process()
bool bluez_notify(Bluez* bluez, const char* path);

bool bluez_write(Bluez* bluez, const char* path, const uint8_t* bytes, size_t n);

/// The value now, at most `max` bytes; -1 on failure
int bluez_read(Bluez* bluez, const char* path, uint8_t* bytes, size_t max);

/// To be waited on (for reading); bluez_process() then handles what came.
int bluez_fd(Bluez* bluez);

/// Handles what came over the bus; each notification goes to `take`.
void bluez_process(Bluez* bluez,
                   void (*take)(void* data, const char* path, const uint8_t* bytes, size_t n),
                   void* data);

#endif

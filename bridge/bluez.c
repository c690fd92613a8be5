// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/bluez.h"

#ifdef HAVE_SYSTEMD

#include <systemd/sd-bus.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define TIMEOUT_US 30000000ull // a strap may take half a minute to answer

static const char service[] = "org.bluez";
static const char device_interface[] = "org.bluez.Device1";
static const char characteristic_interface[] = "org.bluez.GattCharacteristic1";
static const char heart_rate_service[] = "0000180d-0000-1000-8000-00805f9b34fb";

struct Bluez {
    sd_bus* bus;
    char error[160];
    void (*take)(void* data, const char* path, const uint8_t* bytes, size_t n);
    void* data;
};

/// What one object of BlueZ says of itself, as far as it matters here
typedef struct {
    const char* path;
    bool device, characteristic, adapter;
    BluezDevice info;
    char uuid[48];
    bool heart_rate, has_uuids;
} Object;

static bool failed(Bluez* bluez, int code, const sd_bus_error* error, const char* what)
{
    snprintf(bluez->error, sizeof bluez->error, "%s: %.100s", what,
             error && error->message ? error->message : strerror(-code));
    return false;
}

// Signals

/// A Value among the properties that have changed
static int on_properties(sd_bus_message* m, void* data, sd_bus_error* error)
{
    Bluez* const bluez = data;
    const char* interface;
    (void)error;
    if (sd_bus_message_read(m, "s", &interface) < 0 ||
        strcmp(interface, characteristic_interface) != 0 ||
        sd_bus_message_enter_container(m, 'a', "{sv}") < 0) {
        return 0;
    }
    while (sd_bus_message_enter_container(m, 'e', "sv") > 0) {
        const char* key;
        const void* bytes;
        size_t n;
        if (sd_bus_message_read(m, "s", &key) < 0) {
            return 0;
        }
        if (!strcmp(key, "Value") && sd_bus_message_enter_container(m, 'v', "ay") >= 0) {
            if (sd_bus_message_read_array(m, 'y', &bytes, &n) >= 0 && bluez->take) {
                bluez->take(bluez->data, sd_bus_message_get_path(m), bytes, n);
            }
            sd_bus_message_exit_container(m);
        } else {
            sd_bus_message_skip(m, "v");
        }
        sd_bus_message_exit_container(m);
    }
    return 0;
}

Bluez* bluez_new(void)
{
    Bluez* const bluez = calloc(1, sizeof *bluez);
    if (!bluez) {
        return NULL;
    }
    const int code = sd_bus_open_system(&bluez->bus);
    if (code < 0) {
        failed(bluez, code, NULL, "no system bus");
        bluez->bus = NULL;
        return bluez;
    }
    sd_bus_set_method_call_timeout(bluez->bus, TIMEOUT_US);
    // Before any notification is asked for, or the first ones are missed
    sd_bus_match_signal(bluez->bus, NULL, service, NULL, "org.freedesktop.DBus.Properties",
                        "PropertiesChanged", on_properties, bluez);
    return bluez;
}

void bluez_free(Bluez* bluez)
{
    if (bluez) {
        sd_bus_flush_close_unref(bluez->bus);
        free(bluez);
    }
}

const char* bluez_error(const Bluez* bluez)
{
    return bluez->error;
}

// Objects

static void read_uuids(sd_bus_message* m, Object* object)
{
    const char* uuid;
    if (sd_bus_message_enter_container(m, 'v', "as") < 0 ||
        sd_bus_message_enter_container(m, 'a', "s") < 0) {
        return;
    }
    while (sd_bus_message_read(m, "s", &uuid) > 0) {
        object->has_uuids = true;
        object->heart_rate = object->heart_rate || !strcasecmp(uuid, heart_rate_service);
    }
    sd_bus_message_exit_container(m);
    sd_bus_message_exit_container(m);
}

static void read_text(sd_bus_message* m, char* to, size_t size)
{
    const char* text;
    if (sd_bus_message_read(m, "v", "s", &text) >= 0) {
        snprintf(to, size, "%s", text);
    }
}

static void read_flag(sd_bus_message* m, bool* to)
{
    int flag;
    if (sd_bus_message_read(m, "v", "b", &flag) >= 0) {
        *to = flag != 0;
    }
}

/// One interface with its properties: sa{sv}
static void read_interface(sd_bus_message* m, Object* object)
{
    const char* interface;
    if (sd_bus_message_read(m, "s", &interface) < 0 ||
        sd_bus_message_enter_container(m, 'a', "{sv}") < 0) {
        return;
    }
    const bool device = !strcmp(interface, device_interface);
    const bool characteristic = !strcmp(interface, characteristic_interface);
    object->device = object->device || device;
    object->characteristic = object->characteristic || characteristic;
    object->adapter = object->adapter || !strcmp(interface, "org.bluez.Adapter1");
    while (sd_bus_message_enter_container(m, 'e', "sv") > 0) {
        const char* key;
        if (sd_bus_message_read(m, "s", &key) < 0) {
            return;
        }
        if (device && !strcmp(key, "Alias")) {
            read_text(m, object->info.name, sizeof object->info.name);
        } else if (device && !strcmp(key, "Address")) {
            read_text(m, object->info.address, sizeof object->info.address);
        } else if (device && !strcmp(key, "Connected")) {
            read_flag(m, &object->info.connected);
        } else if (device && !strcmp(key, "ServicesResolved")) {
            read_flag(m, &object->info.resolved);
        } else if (device && !strcmp(key, "UUIDs")) {
            read_uuids(m, object);
        } else if (characteristic && !strcmp(key, "UUID")) {
            read_text(m, object->uuid, sizeof object->uuid);
        } else {
            sd_bus_message_skip(m, "v");
        }
        sd_bus_message_exit_container(m);
    }
    sd_bus_message_exit_container(m);
}

/// Calls `see` for each object of BlueZ until it returns false
static bool each_object(Bluez* bluez, bool (*see)(void* data, const Object* object), void* data)
{
    sd_bus_error error = SD_BUS_ERROR_NULL;
    sd_bus_message* m = NULL;
    if (!bluez->bus) {
        return false;
    }
    const int code =
        sd_bus_call_method(bluez->bus, service, "/", "org.freedesktop.DBus.ObjectManager",
                           "GetManagedObjects", &error, &m, "");
    if (code < 0) {
        failed(bluez, code, &error, "BlueZ does not answer");
        sd_bus_error_free(&error);
        return false;
    }
    bool going = sd_bus_message_enter_container(m, 'a', "{oa{sa{sv}}}") >= 0;
    while (going && sd_bus_message_enter_container(m, 'e', "oa{sa{sv}}") > 0) {
        Object object = {0};
        going = sd_bus_message_read(m, "o", &object.path) >= 0 &&
                sd_bus_message_enter_container(m, 'a', "{sa{sv}}") >= 0;
        while (going && sd_bus_message_enter_container(m, 'e', "sa{sv}") > 0) {
            read_interface(m, &object);
            sd_bus_message_exit_container(m);
        }
        sd_bus_message_exit_container(m);
        sd_bus_message_exit_container(m);
        snprintf(object.info.path, sizeof object.info.path, "%s", object.path);
        going = going && see(data, &object);
    }
    sd_bus_message_unref(m);
    return true;
}

typedef struct {
    BluezDevice* devices;
    unsigned n, max;
} DeviceList;

static bool add_device(void* data, const Object* object)
{
    DeviceList* const list = data;
    if (object->device && list->n < list->max && (object->heart_rate || !object->has_uuids)) {
        list->devices[list->n++] = object->info;
    }
    return true;
}

unsigned bluez_devices(Bluez* bluez, BluezDevice* devices, unsigned max)
{
    DeviceList list = {devices, 0, max};
    each_object(bluez, add_device, &list);
    return list.n;
}

typedef struct {
    BluezDevice* device;
    bool found;
} DeviceSearch;

static bool find_device(void* data, const Object* object)
{
    DeviceSearch* const search = data;
    if (object->device && !strcmp(object->path, search->device->path)) {
        *search->device = object->info;
        search->found = true;
    }
    return !search->found;
}

bool bluez_device(Bluez* bluez, BluezDevice* device)
{
    DeviceSearch search = {device, false};
    each_object(bluez, find_device, &search);
    return search.found;
}

typedef struct {
    const char* device;
    const char* uuid;
    char* path;
    bool found;
} CharacteristicSearch;

static bool find_characteristic(void* data, const Object* object)
{
    CharacteristicSearch* const search = data;
    const size_t n = strlen(search->device);
    if (object->characteristic && !strncmp(object->path, search->device, n) &&
        object->path[n] == '/' && !strcasecmp(object->uuid, search->uuid)) {
        snprintf(search->path, 256, "%s", object->path);
        search->found = true;
    }
    return !search->found;
}

bool bluez_characteristic(Bluez* bluez, const BluezDevice* device, const char* uuid, char path[256])
{
    CharacteristicSearch search = {device->path, uuid, path, false};
    each_object(bluez, find_characteristic, &search);
    return search.found;
}

typedef struct {
    char paths[4][128];
    unsigned n;
} AdapterList;

static bool add_adapter(void* data, const Object* object)
{
    AdapterList* const list = data;
    if (object->adapter && list->n < 4) {
        snprintf(list->paths[list->n++], sizeof list->paths[0], "%s", object->path);
    }
    return true;
}

void bluez_discover(Bluez* bluez, bool on)
{
    AdapterList list = {.n = 0};
    each_object(bluez, add_adapter, &list);
    for (unsigned i = 0; i < list.n; i++) {
        sd_bus_call_method(bluez->bus, service, list.paths[i], "org.bluez.Adapter1",
                           on ? "StartDiscovery" : "StopDiscovery", NULL, NULL, "");
    }
}

// Calls

static bool call(Bluez* bluez, const char* path, const char* interface, const char* method)
{
    sd_bus_error error = SD_BUS_ERROR_NULL;
    const int code =
        sd_bus_call_method(bluez->bus, service, path, interface, method, &error, NULL, "");
    const bool good = code >= 0 || failed(bluez, code, &error, method);
    sd_bus_error_free(&error);
    return good;
}

bool bluez_connect(Bluez* bluez, const BluezDevice* device)
{
    return call(bluez, device->path, device_interface, "Connect");
}

void bluez_disconnect(Bluez* bluez, const BluezDevice* device)
{
    call(bluez, device->path, device_interface, "Disconnect");
}

bool bluez_notify(Bluez* bluez, const char* path)
{
    return call(bluez, path, characteristic_interface, "StartNotify");
}

int bluez_acquire(Bluez* bluez, const char* path, unsigned* mtu)
{
    sd_bus_error error = SD_BUS_ERROR_NULL;
    sd_bus_message* reply = NULL;
    int fd = -1;
    uint16_t size = 0;
    const int code = sd_bus_call_method(bluez->bus, service, path, characteristic_interface,
                                        "AcquireNotify", &error, &reply, "a{sv}", 0);
    if (code < 0) {
        failed(bluez, code, &error, "AcquireNotify");
    } else if (sd_bus_message_read(reply, "hq", &fd, &size) >= 0) {
        fd = fcntl(fd, F_DUPFD_CLOEXEC, 0); // the message's own goes with it
        *mtu = size;
    }
    sd_bus_message_unref(reply);
    sd_bus_error_free(&error);
    return fd;
}

bool bluez_write(Bluez* bluez, const char* path, const uint8_t* bytes, size_t n)
{
    sd_bus_error error = SD_BUS_ERROR_NULL;
    sd_bus_message* m = NULL;
    int code = sd_bus_message_new_method_call(bluez->bus, &m, service, path,
                                              characteristic_interface, "WriteValue");
    if (code >= 0 && (code = sd_bus_message_append_array(m, 'y', bytes, n)) >= 0 &&
        (code = sd_bus_message_append(m, "a{sv}", 0)) >= 0) {
        code = sd_bus_call(bluez->bus, m, TIMEOUT_US, &error, NULL);
    }
    const bool good = code >= 0 || failed(bluez, code, &error, "WriteValue");
    sd_bus_message_unref(m);
    sd_bus_error_free(&error);
    return good;
}

int bluez_read(Bluez* bluez, const char* path, uint8_t* bytes, size_t max)
{
    sd_bus_error error = SD_BUS_ERROR_NULL;
    sd_bus_message* reply = NULL;
    const void* value;
    size_t n = 0;
    int code = sd_bus_call_method(bluez->bus, service, path, characteristic_interface, "ReadValue",
                                  &error, &reply, "a{sv}", 0);
    if (code >= 0 && (code = sd_bus_message_read_array(reply, 'y', &value, &n)) >= 0) {
        n = n < max ? n : max;
        memcpy(bytes, value, n);
    }
    sd_bus_message_unref(reply);
    sd_bus_error_free(&error);
    return code < 0 ? -1 : (int)n;
}

int bluez_fd(Bluez* bluez)
{
    return sd_bus_get_fd(bluez->bus);
}

void bluez_process(Bluez* bluez,
                   void (*take)(void* data, const char* path, const uint8_t* bytes, size_t n),
                   void* data)
{
    bluez->take = take;
    bluez->data = data;
    while (sd_bus_process(bluez->bus, NULL) > 0) {
    }
}

#endif

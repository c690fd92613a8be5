// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "host_window.h"

#include "check.h"
#include "host_internal.h"

#include <X11/Xlib.h>
#include <X11/keysym.h>
#include <dlfcn.h>
#include <lv2/atom/atom.h>
#include <lv2/instance-access/instance-access.h>
#include <lv2/ui/ui.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGES = 512, MESSAGE_SIZE = 2048 };

typedef struct {
    uint32_t port, format, size; // format 0: a float
    uint64_t body[MESSAGE_SIZE / 8];
} Message;

typedef struct {
    pthread_mutex_t lock;
    Message messages[MESSAGES];
    uint32_t first, count;
    uint64_t total;
} Queue;

struct HostWindow {
    Host* host;
    void* library;
    const LV2UI_Descriptor* descriptor;
    LV2UI_Handle handle;
    LV2UI_Widget widget;
    const LV2UI_Idle_Interface* idle;
    LV2_URID_Map map;
    LV2_URID transfer;
    Display* display; // of the somebody
    const HostPort* ports;
    uint32_t n_ports, events_out;
    float* shown; // of each control output
    Queue to_window, to_plugin;
};

// What does not fit is lost, as in hosts
static void push(Queue* queue, uint32_t port, uint32_t format, uint32_t size, const void* body)
{
    pthread_mutex_lock(&queue->lock);
    if (queue->count < MESSAGES && size <= MESSAGE_SIZE) {
        Message* const message = &queue->messages[(queue->first + queue->count++) % MESSAGES];
        message->port = port;
        message->format = format;
        message->size = size;
        memcpy(message->body, body, size);
        ++queue->total;
    }
    pthread_mutex_unlock(&queue->lock);
}

static bool pop(Queue* queue, Message* message)
{
    pthread_mutex_lock(&queue->lock);
    const bool any = queue->count > 0;
    if (any) {
        *message = queue->messages[queue->first];
        queue->first = (queue->first + 1) % MESSAGES;
        --queue->count;
    }
    pthread_mutex_unlock(&queue->lock);
    return any;
}

// ---- In the thread of run()

static void tell(HostWindow* window, Host* host)
{
    size_t n = 0;
    const HostEvent* const events = host_events(host, &n);
    for (size_t i = 0; i < n; ++i) {
        uint64_t whole[MESSAGE_SIZE / 8];
        const LV2_Atom head = {events[i].size, events[i].type};
        if (sizeof head + events[i].size <= sizeof whole) {
            memcpy(whole, &head, sizeof head);
            memcpy((uint8_t*)whole + sizeof head, events[i].body, events[i].size);
            push(&window->to_window, window->events_out, window->transfer,
                 (uint32_t)sizeof head + events[i].size, whole);
        }
    }
    for (uint32_t i = 0; i < window->n_ports; ++i) {
        const HostPort* const port = &window->ports[i];
        if (port->kind == HOST_CONTROL && !port->is_input) {
            const float value = host_get(host, port->symbol);
            if (memcmp(&value, &window->shown[i], sizeof value) != 0) {
                window->shown[i] = value;
                push(&window->to_window, i, 0, sizeof value, &value);
            }
        }
    }
}

static void on_block(Host* host, uint32_t n, void* data)
{
    HostWindow* const window = data;
    Message message;
    (void)n;
    tell(window, host);
    host_forget(host);
    while (pop(&window->to_plugin, &message)) {
        if (message.format == 0) {
            float value = 0.0f;
            memcpy(&value, message.body, sizeof value);
            host_set(host, window->ports[message.port].symbol, value);
        } else {
            LV2_Atom head;
            memcpy(&head, message.body, sizeof head);
            host_atom(host, host_frame(host), head.type, (uint8_t*)message.body + sizeof head,
                      head.size);
        }
    }
}

// ---- In the thread of the window

static void write_port(LV2UI_Controller controller, uint32_t port, uint32_t size, uint32_t format,
                       const void* buffer)
{
    HostWindow* const window = (HostWindow*)controller;
    if (port < window->n_ports && (format == 0) == (window->ports[port].kind == HOST_CONTROL)) {
        push(&window->to_plugin, port, format, size, buffer);
    }
}

static LV2_URID map_uri(LV2_URID_Map_Handle handle, const char* uri)
{
    return host_urid(handle, uri);
}

static bool open_library(HostWindow* window)
{
    const LilvNode* const bundle = lilv_plugin_get_bundle_uri(host_plugin(window->host));
    char* const folder = lilv_file_uri_parse(lilv_node_as_uri(bundle), NULL);
    const char* const name = host_plugin_name(host_plugin(window->host));
    char path[4096 + 64];
    snprintf(path, sizeof path, "%.4000s%s_ui.so", folder, name);
    window->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    LV2UI_DescriptorFunction find = NULL;
    if (window->library) {
        *(void**)&find = dlsym(window->library, "lv2ui_descriptor");
    }
    window->descriptor = find ? find(0) : NULL;
    if (window->descriptor) {
        window->map = (LV2_URID_Map){host_world(window->host), map_uri};
        const LV2_Feature map_feature = {LV2_URID__map, &window->map};
        const LV2_Feature instance = {LV2_INSTANCE_ACCESS_URI, host_handle(window->host)};
        const LV2_Feature idle = {LV2_UI__idleInterface, NULL};
        const LV2_Feature* const features[] = {&map_feature, &instance, &idle, NULL};
        const char* const uri = lilv_node_as_uri(lilv_plugin_get_uri(host_plugin(window->host)));
        window->handle = window->descriptor->instantiate(
            window->descriptor, uri, folder, write_port, window, &window->widget, features);
    }
    lilv_free(folder);
    return window->handle;
}

HostWindow* host_window_open(Host* host)
{
    HostWindow* const window = calloc(1, sizeof *window);
    if (!window) {
        return NULL;
    }
    window->host = host;
    window->transfer = host_urid(host_world(host), LV2_ATOM__eventTransfer);
    window->ports = host_ports(host, &window->n_ports);
    window->shown = calloc(window->n_ports, sizeof *window->shown);
    const HostPort* const out = host_port(host, "events_out");
    window->events_out = out ? out->index : window->n_ports;
    pthread_mutex_init(&window->to_window.lock, NULL);
    pthread_mutex_init(&window->to_plugin.lock, NULL);
    if (!window->shown || !open_library(window)) {
        if (window->library && getenv("DISPLAY")) {
            host_say_fault(host, "its window does not open");
        }
        host_window_close(window, NULL, NULL);
        return NULL;
    }
    window->idle = window->descriptor->extension_data(LV2_UI__idleInterface);
    window->display = window->widget ? XOpenDisplay(NULL) : NULL;
    host_on_block(host, on_block, window);
    return window;
}

/// As xdotool would, but without waiting for it
static void somebody(HostWindow* window, uint32_t* random)
{
    static const KeySym keys[] = {XK_Tab, XK_Tab, XK_Right, XK_Left, XK_Up, XK_space, XK_Escape};
    const Window target = (Window)(uintptr_t)window->widget;
    XWindowAttributes about;
    if (!XGetWindowAttributes(window->display, target, &about)) {
        return;
    }
    XEvent event = {0};
    const bool click = check_random(random) % 2;
    for (int down = 1; down >= 0; --down) {
        if (click && down) {
            event.xbutton.x = (int)(check_random(random) % (uint32_t)about.width);
            event.xbutton.y = (int)(check_random(random) % (uint32_t)about.height);
            event.xbutton.button = 1;
        } else if (down) {
            event.xkey.keycode = XKeysymToKeycode(
                window->display, keys[check_random(random) % (sizeof keys / sizeof *keys)]);
        }
        event.type = click ? (down ? ButtonPress : ButtonRelease) : (down ? KeyPress : KeyRelease);
        event.xany.window = target;
        XSendEvent(window->display, target, False, 0, &event);
    }
    XSync(window->display, False); // it has happened before the window goes
}

bool host_window_turn(HostWindow* window, uint32_t* random)
{
    Message message;
    while (pop(&window->to_window, &message)) {
        window->descriptor->port_event(window->handle, message.port, message.size, message.format,
                                       message.body);
    }
    if (window->display) {
        somebody(window, random);
    }
    return !window->idle || window->idle->idle(window->handle) == 0;
}

void host_window_close(HostWindow* window, uint64_t* told, uint64_t* asked)
{
    if (window->handle) {
        host_on_block(window->host, NULL, NULL);
        window->descriptor->cleanup(window->handle);
    }
    if (window->display) {
        XCloseDisplay(window->display);
    }
    if (window->library) {
        dlclose(window->library);
    }
    if (told) {
        *told = window->to_window.total;
    }
    if (asked) {
        *asked = window->to_plugin.total;
    }
    pthread_mutex_destroy(&window->to_window.lock);
    pthread_mutex_destroy(&window->to_plugin.lock);
    free(window->shown);
    free(window);
}

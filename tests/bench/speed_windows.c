// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
// What the windows cost: each in a 1200 × 800 window under Xvfb, with its plugin running in real
// time on a simulated person's ECG. Prints the share of a core that the window's own thread takes,
// and the time of drawing all of it anew. (The X server's part is not in it.)
#include "feed.h"
#include "host.h"
#include "ui/x11.h"
#include "xworld.h"

#include <X11/Xlib.h>
#include <dlfcn.h>
#include <lv2/atom/atom.h>
#include <lv2/ui/ui.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RATE     48000.0
#define SECONDS  12.0 // of which the first
#define WARM_S   4.0  // are not counted
#define PERIOD_S (1.0 / 30.0)
#define REDRAWS  30

static HostWorld* world;

typedef struct {
    Host* host;
    uint64_t frames; // run so far
} Session;

static LV2_URID map_uri(LV2_URID_Map_Handle handle, const char* uri)
{
    (void)handle;
    return host_urid(world, uri);
}

static void write_port(LV2UI_Controller controller, uint32_t port, uint32_t size, uint32_t format,
                       const void* buffer)
{
    Session* const session = (Session*)controller;
    (void)port;
    if (format && size >= sizeof(LV2_Atom)) {
        const LV2_Atom* const atom = (const LV2_Atom*)buffer;
        host_atom(session->host, host_frame(session->host), atom->type, atom + 1, atom->size);
    }
}

static double cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void rest_until(double time_s)
{
    const double left_s = time_s - x11_now();
    if (left_s > 0.0) {
        const struct timespec time = {0, (long)(left_s * 1e9)};
        nanosleep(&time, NULL);
    }
}

// What a host brings from the plugin to its window after a block; returns the window's own time, s
static double transfer(Session* session, const LV2UI_Descriptor* ui, LV2UI_Handle handle,
                       uint32_t events_out)
{
    uint64_t bytes[1024];
    size_t n_events = 0;
    uint32_t n_ports = 0;
    const HostPort* const ports = host_ports(session->host, &n_ports);
    const HostEvent* const events = host_events(session->host, &n_events);
    const double begun_s = cpu_s();
    for (uint32_t i = 0; i < n_ports; ++i) {
        if (ports[i].kind == HOST_CONTROL && !ports[i].is_input) {
            const float value = host_get(session->host, ports[i].symbol);
            ui->port_event(handle, i, sizeof(float), 0, &value);
        }
    }
    for (size_t i = 0; i < n_events; ++i) {
        if (events[i].size + sizeof(LV2_Atom) <= sizeof(bytes)) {
            LV2_Atom* const atom = (LV2_Atom*)bytes;
            *atom = (LV2_Atom){events[i].size, events[i].type};
            memcpy(atom + 1, events[i].body, events[i].size);
            ui->port_event(handle, events_out, events[i].size + (uint32_t)sizeof(LV2_Atom),
                           host_urid(world, LV2_ATOM__eventTransfer), bytes);
        }
    }
    return cpu_s() - begun_s;
}

static void measure(const char* name, bool person, const char* bundle, Display* display,
                    Window parent)
{
    static LV2_URID_Map map = {NULL, map_uri};
    const LV2_Feature map_feature = {LV2_URID__map, &map};
    const LV2_Feature parent_feature = {LV2_UI__parent, (void*)parent};
    const LV2_Feature* const features[] = {&map_feature, &parent_feature, NULL};
    char path[4200];
    snprintf(path, sizeof(path), "%s/%s_ui.so", bundle, name);
    void* const library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    LV2UI_DescriptorFunction find = NULL;
    if (library) {
        *(void**)&find = dlsym(library, "lv2ui_descriptor");
    }
    HostConfig config = host_config();
    config.keep_audio = false;
    Session session = {host_new(world, name, &config), 0};
    if (!find || !session.host) {
        return;
    }
    Feed* const feed = feed_new(RATE, SECONDS + 2.0);
    feed_connect(feed, session.host, FEED_ECG);
    if (host_port(session.host, "start")) { // all that moves shall move
        host_set(session.host, "exercise", 1.0f);
        host_set(session.host, "before", 0.0f);
        host_set(session.host, "start", 1.0f);
    }
    const LV2UI_Descriptor* const ui = find(0);
    const LV2UI_Idle_Interface* const idle = ui->extension_data(LV2_UI__idleInterface);
    const uint32_t events_out = host_port(session.host, "events_out")->index;
    LV2UI_Widget widget = NULL;
    LV2UI_Handle handle =
        ui->instantiate(ui, lilv_node_as_uri(lilv_plugin_get_uri(host_plugin(session.host))),
                        bundle, write_port, &session, &widget, features);
    XResizeWindow(display, (Window)(uintptr_t)widget, 1200, 800);
    const float one = 1.0f;
    if (person) {
        ui->port_event(handle, host_port(session.host, "view")->index, sizeof(float), 0, &one);
    }
    XSync(display, False);

    double taken_s = 0.0;
    const double start_s = x11_now();
    for (int i = 0; i * PERIOD_S < SECONDS; ++i) {
        host_run(session.host, (uint64_t)(RATE * PERIOD_S), 256);
        const double event_s = transfer(&session, ui, handle, events_out);
        host_forget(session.host);
        const double begun_s = cpu_s();
        idle->idle(handle);
        if (i * PERIOD_S >= WARM_S) {
            taken_s += event_s + cpu_s() - begun_s;
        }
        rest_until(start_s + (i + 1) * PERIOD_S);
    }
    double worst_ms = 0.0;
    double sum_ms = 0.0;
    const HostPort* const look = host_port(session.host, "look");
    for (int i = 0; look && i < REDRAWS; ++i) {
        const float value = (float)(i % 2);
        rest_until(x11_now() + 0.04);
        const double begun_s = cpu_s();
        ui->port_event(handle, look->index, sizeof(float), 0, &value); // other colours everywhere
        idle->idle(handle);
        const double ms = 1e3 * (cpu_s() - begun_s);
        worst_ms = ms > worst_ms ? ms : worst_ms;
        sum_ms += ms;
    }
    printf("%-14s %6.1f %%   %6.1f ms   %6.1f ms\n", person ? "relax (person)" : name,
           100.0 * taken_s / (SECONDS - WARM_S), sum_ms / REDRAWS, worst_ms);
    fflush(stdout);
    ui->cleanup(handle);
    host_free(session.host);
    feed_free(feed);
    dlclose(library);
}

int main(void)
{
    static const char* const names[] = {"relax", "beat",  "breath",   "hrv",   "hum",  "pacer",
                                        "guide", "drone", "recorder", "heart", "swell"};
    if (!xworld_start()) {
        puts("windows: no Xvfb");
        return 0;
    }
    world = host_world_new(NULL);
    const char* const bundle = getenv("TONUS_BUNDLE");
    Display* const display = XOpenDisplay(NULL);
    const Window parent =
        XCreateSimpleWindow(display, DefaultRootWindow(display), 0, 0, 1200, 800, 0, 0, 0);
    XMapWindow(display, parent);
    XSync(display, False);
    puts("window         of a core   all anew    at worst   (1200 x 800, 30 frames per second)");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); ++i) {
        measure(names[i], false, bundle ? bundle : "build/lv2/tonus.lv2", display, parent);
    }
    measure("relax", true, bundle ? bundle : "build/lv2/tonus.lv2", display, parent);
    XCloseDisplay(display);
    host_world_free(world);
    xworld_stop();
    return 0;
}

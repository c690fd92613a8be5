// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
// Each plugin's window as a host opens it: from its binary, in a window of the host's, with ports
// and atoms as the only way to the plugin. Skipped without Xvfb.
#include "host.h"
#include "ui/x11.h"
#include "unit.h"
#include "xworld.h"

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <dirent.h>
#include <dlfcn.h>
#include <lv2/atom/atom.h>
#include <lv2/atom/util.h>
#include <lv2/patch/patch.h>
#include <lv2/ui/ui.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_UIS = 24, OPENINGS = 1000 };

typedef struct {
    char name[64];    // of the plugin
    char plugin[128]; // URI
    void* library;
    const LV2UI_Descriptor* descriptor;
    uint32_t n_ports;
} Ui;

typedef struct {
    const Ui* ui;
    LV2UI_Handle handle;
    LV2UI_Widget widget;
    const LV2UI_Idle_Interface* idle;
    uint32_t hellos, goodbyes, writes;
    uint32_t last_port;
    float last_value;
    char path[600]; // the last one that was set
} Open;

static bool screen;
static Display* display;
static Window parent;
static HostWorld* world;
static char bundle[4096];
static Ui uis[MAX_UIS];
static int n_uis;

static void rest(int ms)
{
    const struct timespec time = {0, ms * 1000000L};
    nanosleep(&time, NULL);
}

static LV2_URID map_uri(LV2_URID_Map_Handle handle, const char* uri)
{
    (void)handle;
    return host_urid(world, uri);
}

static void write_port(LV2UI_Controller controller, uint32_t port, uint32_t size, uint32_t format,
                       const void* buffer)
{
    Open* const open = (Open*)controller;
    assert_true(port < open->ui->n_ports);
    if (format == 0) {
        assert_int_equal(size, sizeof(float));
        ++open->writes;
        open->last_port = port;
        memcpy(&open->last_value, buffer, sizeof(float));
        assert_true(isfinite(open->last_value));
        return;
    }
    const LV2_Atom_Object* const object = (const LV2_Atom_Object*)buffer;
    assert_int_equal(format, host_urid(world, LV2_ATOM__eventTransfer));
    assert_int_equal(size, object->atom.size + sizeof(LV2_Atom));
    const char* const uri = host_uri(world, object->body.otype);
    open->hellos += strstr(uri, "#Hello") != NULL;
    open->goodbyes += strstr(uri, "#Goodbye") != NULL;
    if (!strcmp(uri, LV2_PATCH__Set)) {
        const LV2_Atom* value = NULL;
        lv2_atom_object_get(object, host_urid(world, LV2_PATCH__value), &value, 0);
        assert_true(value && value->type == host_urid(world, LV2_ATOM__Path));
        snprintf(open->path, sizeof(open->path), "%s", (const char*)(value + 1));
    }
}

static void open_ui(Open* open, const Ui* ui)
{
    static LV2_URID_Map map = {NULL, map_uri};
    const LV2_Feature map_feature = {LV2_URID__map, &map};
    const LV2_Feature parent_feature = {LV2_UI__parent, (void*)parent};
    const LV2_Feature idle_feature = {LV2_UI__idleInterface, NULL};
    const LV2_Feature* const features[] = {&map_feature, &parent_feature, &idle_feature, NULL};
    memset(open, 0, sizeof(*open));
    open->ui = ui;
    open->handle = ui->descriptor->instantiate(ui->descriptor, ui->plugin, bundle, write_port, open,
                                               &open->widget, features);
    assert_non_null(open->handle);
    assert_non_null(open->widget);
    open->idle = ui->descriptor->extension_data(LV2_UI__idleInterface);
    assert_non_null(open->idle);
}

static void wait_s(Open* open, double seconds)
{
    const double end = x11_now() + seconds;
    do {
        assert_int_equal(open->idle->idle(open->handle), 0);
        rest(5);
    } while (x11_now() < end);
}

static void close_ui(Open* open)
{
    open->ui->descriptor->cleanup(open->handle);
}

static int colours(uintptr_t window)
{
    enum { MOST = 64 };
    unsigned long found[MOST];
    int n = 0;
    XWindowAttributes about;
    XGetWindowAttributes(display, (Window)window, &about);
    XImage* const image = XGetImage(display, (Window)window, 0, 0, (unsigned)about.width,
                                    (unsigned)about.height, AllPlanes, ZPixmap);
    for (int y = 0; image && y < about.height; y += 2) {
        for (int x = 0; x < about.width && n < MOST; x += 2) {
            const unsigned long pixel = XGetPixel(image, x, y);
            int i = 0;
            while (i < n && found[i] != pixel) {
                ++i;
            }
            if (i == n) {
                found[n++] = pixel;
            }
        }
    }
    if (image) {
        XDestroyImage(image);
    }
    return n;
}

static void each_window_opens(void** state)
{
    (void)state;
    if (!screen) {
        skip();
    }
    assert_true(n_uis >= 9);
    for (int i = 0; i < n_uis; ++i) {
        Open open;
        open_ui(&open, &uis[i]);
        wait_s(&open, 0.25);
        XSync(display, False);
        assert_int_equal(open.hellos, 1);
        if (colours((uintptr_t)open.widget) < 30) {
            fail_msg("%s is blank", uis[i].name);
        }
        close_ui(&open);
        assert_int_equal(open.goodbyes, 1);
    }
}

static long pages(void)
{
    long whole = 0;
    long resident = 0;
    FILE* const file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &whole, &resident), 2);
    fclose(file);
    return resident;
}

static int descriptors(void)
{
    int n = 0;
    DIR* const folder = opendir("/proc/self/fd");
    while (folder && readdir(folder)) {
        ++n;
    }
    closedir(folder);
    return n;
}

static void a_thousand_openings_leak_nothing(void** state)
{
    (void)state;
    if (!screen) {
        skip();
    }
    long pages_then = 0;
    int descriptors_then = 0;
    for (int i = 0; i < OPENINGS; ++i) {
        Open open;
        open_ui(&open, &uis[i % n_uis]);
        open.idle->idle(open.handle);
        if (i % 50 == 0) {
            wait_s(&open, 0.05); // drawn, too
        }
        close_ui(&open);
        if (i + 1 == OPENINGS / 4) { // libraries have taken their caches by now
            pages_then = pages();
            descriptors_then = descriptors();
        }
    }
    assert_int_equal(descriptors(), descriptors_then);
    const double grown_kb = (double)(pages() - pages_then) * (double)sysconf(_SC_PAGESIZE) / 1024.0;
    print_message("# %d openings: %.0f KB more memory in the last %d\n", OPENINGS, grown_kb,
                  OPENINGS - OPENINGS / 4);
    assert_true(grown_kb < 1024.0); // 1.4 KB each would be seen
}

static void several_at_once(void** state)
{
    (void)state;
    if (!screen) {
        skip();
    }
    Open open[2 * MAX_UIS];
    for (int i = 0; i < 2 * n_uis; ++i) {
        open_ui(&open[i], &uis[i % n_uis]);
    }
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < 2 * n_uis; ++i) {
            assert_int_equal(open[i].idle->idle(open[i].handle), 0);
        }
    }
    for (int i = 0; i < 2 * n_uis; ++i) {
        close_ui(&open[i]);
    }
}

// ---- Nonsense

static uint32_t seed = 12345;

static uint32_t random_number(void)
{
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

static void send_garbage(Open* open, uint32_t port)
{
    static const char* const types[] = {LV2_ATOM__Object, LV2_ATOM__Vector, LV2_ATOM__Float,
                                        LV2_ATOM__String, LV2_ATOM__Blank};
    static const char* const objects[] = {"urn:tonus:ui#Trace",
                                          "urn:tonus:ui#Beat",
                                          "urn:tonus:ui#Pace",
                                          "urn:tonus:ui#Voices",
                                          "urn:tonus:ui#Session",
                                          "urn:tonus:ui#Spectrum",
                                          "http://lv2plug.in/ns/ext/patch#Set"};
    static const char* const keys[] = {"urn:tonus:ui#low",
                                       "urn:tonus:ui#high",
                                       "urn:tonus:ui#columnTime",
                                       "urn:tonus:ui#age",
                                       "urn:tonus:ui#rr",
                                       "urn:tonus:ui#part",
                                       "urn:tonus:ui#level",
                                       "urn:tonus:ui#values",
                                       "http://lv2plug.in/ns/ext/patch#property",
                                       "http://lv2plug.in/ns/ext/patch#value"};
    static uint64_t aligned[64];
    uint8_t* const bytes = (uint8_t*)aligned;
    for (size_t i = 0; i < sizeof(aligned); ++i) {
        bytes[i] = (uint8_t)random_number();
    }
    LV2_Atom_Object* const object = (LV2_Atom_Object*)aligned;
    object->atom.type = host_urid(world, types[random_number() % 10 < 8 ? 0 : random_number() % 5]);
    object->atom.size = random_number() % 3 ? sizeof(aligned) - sizeof(LV2_Atom)
                                            : random_number() % 700; // beyond the buffer, too
    object->body.otype = host_urid(world, objects[random_number() % 7]);
    size_t at = sizeof(LV2_Atom_Object);
    while (at + 40 < sizeof(aligned) && random_number() % 8) { // properties, some too long
        LV2_Atom_Property_Body* const property = (LV2_Atom_Property_Body*)(bytes + at);
        property->key = host_urid(world, keys[random_number() % 10]);
        property->value.type = host_urid(world, types[random_number() % 5]);
        property->value.size = random_number() % 4 ? random_number() % 100 : random_number();
        at += 16 + (property->value.size % 128 + 7) / 8 * 8;
    }
    open->ui->descriptor->port_event(open->handle, port,
                                     random_number() % 4 ? (uint32_t)sizeof(aligned)
                                                         : random_number() % sizeof(aligned),
                                     host_urid(world, LV2_ATOM__eventTransfer), aligned);
}

static void nonsense_is_survived(void** state)
{
    (void)state;
    if (!screen) {
        skip();
    }
    static const float values[] = {NAN,    INFINITY, -INFINITY, 1e30f, -1e30f,
                                   1e-40f, -1.0f,    1e9f,      0.0f};
    for (int i = 0; i < n_uis; ++i) {
        Open open;
        open_ui(&open, &uis[i]);
        for (int round = 0; round < 400; ++round) {
            for (uint32_t port = 0; port < uis[i].n_ports + 3; ++port) {
                const float value = values[random_number() % 9];
                uis[i].descriptor->port_event(open.handle, port, sizeof(float), 0, &value);
            }
            uis[i].descriptor->port_event(open.handle, random_number(), 0, random_number(), NULL);
            for (int k = 0; k < 8; ++k) {
                send_garbage(&open, random_number() % 6);
            }
            if (round % 20 == 0) {
                wait_s(&open, 0.035); // what came is drawn
            }
        }
        close_ui(&open);
    }
}

// ---- A person

static void a_click_and_a_key_move_a_port(void** state)
{
    (void)state;
    if (!screen) {
        skip();
    }
    for (int i = 0; i < n_uis; ++i) {
        Open open;
        char words[256];
        const bool relax = !strcmp(uis[i].name, "relax"); // its controls are at the top
        open_ui(&open, &uis[i]);
        XResizeWindow(display, parent, 1200, 800);
        wait_s(&open, 0.2);
        XWindowAttributes about;
        XGetWindowAttributes(display, (Window)(uintptr_t)open.widget, &about);
        for (int y = 20; y < about.height && !open.writes; y += 25) {
            snprintf(words, sizeof(words), "mousemove --window %lu %d %d click 1",
                     (unsigned long)(uintptr_t)open.widget, about.width * (relax ? 31 : 94) / 100,
                     y);
            if (!xworld_do(words)) {
                close_ui(&open);
                skip(); // no xdotool
            }
            wait_s(&open, 0.05);
        }
        if (!open.writes) {
            fail_msg("%s: no click moves a port", uis[i].name);
        }
        open.writes = 0;
        for (int k = 0; k < 12 && !open.writes;
             ++k) { // Tab goes on until an arrow changes something
            assert_true(xworld_do("key Escape Tab Right Left"));
            wait_s(&open, 0.05);
        }
        if (!open.writes) {
            fail_msg("%s: no key moves a port", uis[i].name);
        }
        close_ui(&open);
    }
}

static void the_recorders_folder_is_typed(void** state)
{
    (void)state;
    int i = 0;
    while (i < n_uis && strcmp(uis[i].name, "recorder") != 0) {
        ++i;
    }
    if (!screen || i == n_uis) {
        skip();
    }
    Open open;
    char words[128];
    open_ui(&open, &uis[i]);
    wait_s(&open, 0.2);
    snprintf(words, sizeof(words), "mousemove --window %lu 300 30 click 1",
             (unsigned long)(uintptr_t)open.widget);
    if (!xworld_do(words)) {
        close_ui(&open);
        skip(); // no xdotool
    }
    wait_s(&open, 0.1);
    static const struct {
        const char *keys, *path;
    } typed[] = {{"key slash d a t a slash S Return", "/data/S"},
                 {"key f BackSpace T Return", "/data/T"}, // goes on where it stood
                 {"key f x Escape", ""},                  // left
                 {"key f Delete T a k e s Return", "/tmp/x/Takes"},
                 {"key f Delete asciitilde slash b Return", "/tmp/x/b"}};
    setenv("HOME", "/tmp/x", 1);
    for (size_t k = 0; k < sizeof(typed) / sizeof(typed[0]); ++k) {
        open.path[0] = '\0';
        assert_true(xworld_do(typed[k].keys));
        wait_s(&open, 0.3);
        assert_string_equal(open.path, typed[k].path);
        assert_int_equal(open.writes, 0); // no control took a key
    }
    close_ui(&open);
}

static void find_uis(void)
{
    size_t count = 0;
    const LilvPlugin* const* const plugins = host_world_plugins(world, &count);
    const char* const folder = getenv("TONUS_BUNDLE");
    char here[2048];
    assert_non_null(getcwd(here, sizeof(here)));
    const bool whole = folder && *folder == '/';
    snprintf(bundle, sizeof(bundle), "%s%s%s/", whole ? "" : here, whole ? "" : "/",
             folder ? folder : "build/lv2/tonus.lv2");
    for (size_t i = 0; i < count && n_uis < MAX_UIS; ++i) {
        Ui* const ui = &uis[n_uis];
        char path[sizeof(bundle) + 80];
        snprintf(ui->name, sizeof(ui->name), "%s", host_plugin_name(plugins[i]));
        snprintf(ui->plugin, sizeof(ui->plugin), "%s",
                 lilv_node_as_uri(lilv_plugin_get_uri(plugins[i])));
        snprintf(path, sizeof(path), "%s%s_ui.so", bundle, ui->name);
        ui->library = access(path, R_OK) == 0 ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
        if (ui->library) {
            LV2UI_DescriptorFunction find = NULL;
            *(void**)&find = dlsym(ui->library, "lv2ui_descriptor");
            assert_non_null(find);
            ui->descriptor = find(0);
            assert_null(find(1));
            ui->n_ports = lilv_plugin_get_num_ports(plugins[i]);
            ++n_uis;
        }
    }
}

static int start(void** state)
{
    (void)state;
    world = host_world_new(NULL);
    find_uis();
    screen = xworld_start();
    if (screen) {
        display = XOpenDisplay(NULL);
        parent = XCreateSimpleWindow(display, DefaultRootWindow(display), 0, 0, 1200, 800, 0, 0, 0);
        XMapWindow(display, parent);
        XSync(display, False);
    }
    return 0;
}

static int stop(void** state)
{
    (void)state;
    if (screen) {
        XCloseDisplay(display);
    }
    for (int i = 0; i < n_uis; ++i) {
        dlclose(uis[i].library);
    }
    host_world_free(world);
    xworld_stop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_window_opens),
        cmocka_unit_test(a_thousand_openings_leak_nothing),
        cmocka_unit_test(several_at_once),
        cmocka_unit_test(nonsense_is_survived),
        cmocka_unit_test(a_click_and_a_key_move_a_port),
        cmocka_unit_test(the_recorders_folder_is_typed),
    };
    return cmocka_run_group_tests(tests, start, stop);
}

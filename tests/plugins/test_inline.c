// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The small pictures in a mixer, in a host made here: asked for some times a second while
/// something moves, drawn in another thread than run(), of the size that was asked for.
#include "plugins/shell_inline.h"

#include "dsp/heart.h"
#include "unit.h"

#include "plugins/port.h"
#include "ttl/beat.h"
#include "ttl/breath.h"
#include "ttl/relax.h"

#include <lv2/urid/urid.h>

#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define RATE 8000.0

enum { BLOCK = 256, MAX_URIDS = 512, MAX_PORTS = 128 };

typedef struct {
    char* uri[MAX_URIDS];
    int n;
} Uris;

typedef struct {
    void* library;
    const LV2_Descriptor* descriptor;
    LV2_Handle handle;
    const LV2_Inline_Display_Interface* interface;
    Heart* heart;
    LV2_Inline_Display display;
    float control[MAX_PORTS], audio[4][BLOCK];
    Uris uris;
    LV2_URID_Map map;
    int asked; // pictures
} Guest;

static LV2_URID map_uri(LV2_URID_Map_Handle handle, const char* uri)
{
    Uris* const uris = (Uris*)handle;
    int i = 0;
    while (i < uris->n && strcmp(uris->uri[i], uri) != 0) {
        ++i;
    }
    if (i == uris->n) {
        assert_true(i < MAX_URIDS);
        uris->uri[uris->n++] = strdup(uri);
    }
    return (LV2_URID)i + 1;
}

static void ask(void* handle)
{
    ++((Guest*)handle)->asked;
}

static void connect(Guest* guest, const PortInfo* ports, uint32_t n)
{
    int audio = 0;
    for (uint32_t i = 0; i < n; ++i) {
        void* data = &guest->control[i];
        guest->control[i] = ports[i].fallback;
        if (ports[i].kind == PORT_INPUT_AUDIO || ports[i].kind == PORT_OUTPUT_AUDIO) {
            data = guest->audio[audio < 3 ? audio : 3];
            ++audio;
        } else if (ports[i].kind == PORT_INPUT_ATOM || ports[i].kind == PORT_OUTPUT_ATOM) {
            data = NULL; // optional
        }
        guest->descriptor->connect_port(guest->handle, i, data);
    }
}

static Guest* open_guest(const char* name, const PortInfo* ports, uint32_t n, bool offered)
{
    char path[4096];
    char bundle[4096];
    const char* const folder = getenv("TONUS_BUNDLE");
    Guest* const guest = (Guest*)calloc(1, sizeof(Guest));
    assert_non_null(guest);
    snprintf(bundle, sizeof bundle, "%s/", folder ? folder : "build/lv2/tonus.lv2");
    snprintf(path, sizeof path, "%.4000s%s.so", bundle, name);
    guest->map = (LV2_URID_Map){&guest->uris, map_uri};
    const LV2_Feature map_feature = {LV2_URID__map, &guest->map};
    guest->display.handle = guest; // it must live as long as the plugin
    guest->display.queue_draw = ask;
    const LV2_Feature display_feature = {LV2_INLINEDISPLAY__queue_draw, &guest->display};
    const LV2_Feature* const features[] = {&map_feature, offered ? &display_feature : NULL, NULL};
    guest->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    assert_non_null(guest->library);
    const LV2_Descriptor_Function get =
        (LV2_Descriptor_Function)(intptr_t)dlsym(guest->library, "lv2_descriptor");
    guest->descriptor = get(0);
    guest->handle = guest->descriptor->instantiate(guest->descriptor, RATE, bundle, features);
    assert_non_null(guest->handle);
    guest->interface = (const LV2_Inline_Display_Interface*)guest->descriptor->extension_data(
        LV2_INLINEDISPLAY__interface);
    assert_non_null(guest->interface);
    guest->heart = heart_new(RATE, 3);
    connect(guest, ports, n);
    guest->descriptor->activate(guest->handle);
    return guest;
}

static void close_guest(Guest* guest)
{
    guest->descriptor->cleanup(guest->handle);
    heart_free(guest->heart);
    for (int i = 0; i < guest->uris.n; ++i) {
        free(guest->uris.uri[i]);
    }
    free(guest);
}

static void run_seconds(Guest* guest, double seconds, bool beats)
{
    for (int i = 0; i < (int)(seconds * RATE / BLOCK); ++i) {
        memset(guest->audio, 0, sizeof guest->audio);
        if (beats) {
            heart_process(guest->heart, guest->audio[0], BLOCK, NULL, 0);
        }
        guest->descriptor->run(guest->handle, BLOCK);
    }
}

static uint64_t sum_of(const LV2_Inline_Display_Image_Surface* picture)
{
    uint64_t sum = 14695981039346656037u; // FNV-1a
    for (int y = 0; y < picture->height; ++y) {
        for (int x = 0; x < 4 * picture->width; ++x) {
            sum = (sum ^ picture->data[y * picture->stride + x]) * 1099511628211u;
        }
    }
    return sum;
}

static int colours_of(const LV2_Inline_Display_Image_Surface* picture)
{
    uint32_t seen[64];
    int n = 0;
    for (int y = 0; y < picture->height; ++y) {
        for (int x = 0; x < picture->width && n < 64; ++x) {
            uint32_t pixel = 0;
            memcpy(&pixel, picture->data + y * picture->stride + 4 * x, 4);
            int i = 0;
            while (i < n && seen[i] != pixel) {
                ++i;
            }
            seen[i] = pixel;
            n += i == n;
        }
    }
    return n;
}

static const struct {
    const char* name;
    const PortInfo* ports;
    uint32_t n;
    bool takes_signal;
} plugins[] = {{"beat", beat_ports, BEAT_N_PORTS, true},
               {"breath", breath_ports, BREATH_N_PORTS, false},
               {"relax", relax_ports, RELAX_N_PORTS, true}};

static void pictures_have_the_size_asked_for(void** state)
{
    static const uint32_t sizes[][2] = {{1, 1}, {60, 20}, {110, 200}, {400, 30}, {9000, 9000}};
    (void)state;
    for (int p = 0; p < 3; ++p) {
        Guest* const guest = open_guest(plugins[p].name, plugins[p].ports, plugins[p].n, true);
        for (int i = 0; i < 5; ++i) {
            const LV2_Inline_Display_Image_Surface* const picture =
                guest->interface->render(guest->handle, sizes[i][0], sizes[i][1]);
            assert_non_null(picture);
            assert_true(picture->width >= 1 && picture->width <= (int)sizes[i][0]);
            assert_true(picture->height >= 1 && picture->height <= (int)sizes[i][1]);
            assert_true(picture->stride >= 4 * picture->width);
            run_seconds(guest, 0.1, true);
        }
        assert_null(guest->interface->render(guest->handle, 0, 10));
        assert_null(guest->interface->render(guest->handle, 10, 0));
        close_guest(guest);
    }
}

static void pictures_are_asked_for_while_something_moves(void** state)
{
    (void)state;
    for (int p = 0; p < 3; ++p) {
        Guest* const guest = open_guest(plugins[p].name, plugins[p].ports, plugins[p].n, true);
        run_seconds(guest, 5.0, false);
        guest->asked = 0;
        run_seconds(guest, 10.0, false);
        assert_int_equal(guest->asked, 0); // nothing moves, nothing is drawn
        run_seconds(guest, 10.0, true);
        if (plugins[p].takes_signal) {
            assert_in_range(guest->asked, 100, 260); // 25 per second at most
        }
        close_guest(guest);
    }
}

static void pictures_show_the_heart(void** state)
{
    (void)state;
    for (int p = 0; p < 3; p += 2) { // beat and relax
        Guest* const guest = open_guest(plugins[p].name, plugins[p].ports, plugins[p].n, true);
        const uint64_t nothing = sum_of(guest->interface->render(guest->handle, 110, 40));
        run_seconds(guest, 30.0, true);
        const LV2_Inline_Display_Image_Surface* picture =
            guest->interface->render(guest->handle, 110, 40);
        const uint64_t beating = sum_of(picture);
        assert_true(beating != nothing);
        assert_true(colours_of(picture) > 20);
        assert_true(sum_of(guest->interface->render(guest->handle, 110, 40)) == beating);
        run_seconds(guest, 1.0, true);
        assert_true(sum_of(guest->interface->render(guest->handle, 110, 40)) != beating);
        close_guest(guest);
    }
}

// No feature: the plugin is as it was, and a host that asks all the same gets a picture
static void a_host_without_the_feature_is_served(void** state)
{
    (void)state;
    for (int p = 0; p < 3; ++p) {
        Guest* const guest = open_guest(plugins[p].name, plugins[p].ports, plugins[p].n, false);
        run_seconds(guest, 3.0, true);
        assert_int_equal(guest->asked, 0);
        assert_non_null(guest->interface->render(guest->handle, 110, 40));
        close_guest(guest);
    }
}

typedef struct {
    Guest* guest;
    atomic_bool stop;
    int drawn;
} Painter;

static void* paint(void* data)
{
    Painter* const painter = (Painter*)data;
    while (!atomic_load(&painter->stop)) {
        painter->drawn +=
            painter->guest->interface->render(painter->guest->handle, 110, 40) != NULL;
    }
    return NULL;
}

static void drawing_and_running_go_on_side_by_side(void** state)
{
    (void)state;
    for (int p = 0; p < 3; ++p) {
        pthread_t thread;
        Painter painter = {.guest =
                               open_guest(plugins[p].name, plugins[p].ports, plugins[p].n, true)};
        assert_int_equal(pthread_create(&thread, NULL, paint, &painter), 0);
        run_seconds(painter.guest, 20.0, true);
        atomic_store(&painter.stop, true);
        pthread_join(thread, NULL);
        assert_true(painter.drawn > 0);
        close_guest(painter.guest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_have_the_size_asked_for),
        cmocka_unit_test(pictures_are_asked_for_while_something_moves),
        cmocka_unit_test(pictures_show_the_heart),
        cmocka_unit_test(a_host_without_the_feature_is_served),
        cmocka_unit_test(drawing_and_running_go_on_side_by_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

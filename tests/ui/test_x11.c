// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
// The X11 window: it draws what is dirty and no more, and takes mouse and keyboard. Skipped without
// Xvfb.
#include "ui/x11.h"
#include "unit.h"
#include "xworld.h"

#include <X11/Xlib.h>
#include <X11/Xutil.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    X11* x11;
    int draws, keys, presses, scrolls;
    double area; // pixels drawn since it was last set to 0
    double width, height, x, y;
    int last_key;
    bool types; // wants characters
    uint32_t character;
    bool has_focus;
} Seen;

static bool screen;

static void rest(int ms)
{
    const struct timespec time = {0, ms * 1000000L};
    nanosleep(&time, NULL);
}

static void draw(void* data, cairo_t* cr, Rect area)
{
    Seen* const seen = (Seen*)data;
    ++seen->draws;
    seen->area += area.w * area.h;
    cairo_set_source_rgb(cr, 1.0, 0.5, 0.0);
    cairo_paint(cr);
}

static void resized(void* data, double width, double height)
{
    ((Seen*)data)->width = width;
    ((Seen*)data)->height = height;
}

static void mouse(void* data, const X11Mouse* event)
{
    Seen* const seen = (Seen*)data;
    seen->presses += event->kind == X11_PRESS;
    seen->scrolls += event->kind == X11_SCROLL ? event->scroll : 0;
    seen->x = event->x;
    seen->y = event->y;
}

static bool key(void* data, int code)
{
    ++((Seen*)data)->keys;
    ((Seen*)data)->last_key = code;
    return true;
}

static void focus(void* data, bool has_it)
{
    ((Seen*)data)->has_focus = has_it;
}

static bool type(void* data, uint32_t character)
{
    ((Seen*)data)->character = character;
    return ((Seen*)data)->types;
}

static const X11Calls calls = {draw, resized, mouse, key, focus, type};

static void wait_s(Seen* seen, double seconds)
{
    const double end = x11_now() + seconds;
    while (x11_now() < end) {
        assert_true(x11_idle(seen->x11));
        rest(5);
    }
}

static Seen* open_window(void** state)
{
    static Seen seen;
    (void)state;
    if (!screen) {
        skip();
    }
    memset(&seen, 0, sizeof(seen));
    seen.x11 = x11_new(0, "test", 300, 200, &calls, &seen);
    assert_non_null(seen.x11);
    wait_s(&seen, 0.3);
    return &seen;
}

static void draws_what_is_dirty(void** state)
{
    Seen* const seen = open_window(state);
    assert_true(seen->draws >= 1);
    assert_true(seen->area >= 300.0 * 200.0);
    seen->area = 0.0;
    seen->draws = 0;
    wait_s(seen, 0.5);
    assert_int_equal(seen->draws, 0); // nothing changed: nothing is drawn

    x11_dirty(seen->x11, rect(10.0, 20.0, 30.0, 40.0));
    x11_dirty(seen->x11, rect(100.0, 20.0, 10.0, 10.0));
    wait_s(seen, 0.1);
    assert_int_equal(seen->draws, 2);
    assert_true(fabs(seen->area - (30.0 * 40.0 + 100.0)) < 1.0);

    seen->area = 0.0;
    seen->draws = 0;
    x11_dirty(seen->x11, rect(10.0, 20.0, 30.0, 40.0));
    x11_dirty(seen->x11, rect(20.0, 30.0, 10.0, 10.0)); // inside the first: drawn once
    x11_dirty(seen->x11, rect(1000.0, 20.0, 10.0, 10.0));
    x11_dirty(seen->x11, rect((double)NAN, 20.0, 10.0, 10.0));
    x11_dirty(seen->x11, rect(0.0, 0.0, -5.0, 10.0));
    wait_s(seen, 0.1);
    assert_int_equal(seen->draws, 1);
    assert_true(fabs(seen->area - 30.0 * 40.0) < 1.0);

    seen->draws = 0;
    for (int i = 0; i < 100; ++i) { // more places than it remembers: all of them are drawn
        x11_dirty(seen->x11, rect(i % 10 * 30.0, i / 10 * 20.0, 5.0, 5.0));
    }
    wait_s(seen, 0.1);
    assert_true(seen->draws >= 1);
    x11_free(seen->x11);
}

static void shows_it_on_the_screen(void** state)
{
    Seen* const seen = open_window(state);
    Display* const display = XOpenDisplay(NULL);
    assert_non_null(display);
    XImage* const image =
        XGetImage(display, (Window)x11_window(seen->x11), 0, 0, 300, 200, AllPlanes, ZPixmap);
    assert_non_null(image);
    for (int i = 0; i < 20; ++i) {
        const unsigned long pixel = XGetPixel(image, 15 * i, 10 * i) & 0xFFFFFF;
        assert_true((pixel >> 16) == 0xFF && ((pixel >> 8) & 0xFF) >= 0x7F && (pixel & 0xFF) == 0);
    }
    XDestroyImage(image);
    XCloseDisplay(display);
    x11_free(seen->x11);
}

static void is_drawn_30_times_a_second_at_most(void** state)
{
    Seen* const seen = open_window(state);
    seen->draws = 0;
    const double end = x11_now() + 1.0;
    while (x11_now() < end) {
        x11_dirty(seen->x11, rect(0.0, 0.0, 10.0, 10.0));
        x11_idle(seen->x11);
        rest(1);
    }
    assert_true(seen->draws <= 32);
    assert_true(seen->draws >= 10); // on a busy machine, too
    x11_free(seen->x11);
}

static void takes_mouse_and_keys(void** state)
{
    Seen* const seen = open_window(state);
    char words[128];
    const unsigned long window = (unsigned long)x11_window(seen->x11);
    snprintf(words, sizeof(words), "mousemove --window %lu 50 60 click 1 click 4", window);
    if (!xworld_do(words)) {
        x11_free(seen->x11);
        skip(); // no xdotool
    }
    wait_s(seen, 0.3);
    assert_int_equal(seen->presses, 1);
    assert_int_equal(seen->scrolls, 1);
    assert_true(fabs(seen->x - 50.0) < 1.0 && fabs(seen->y - 60.0) < 1.0);
    assert_true(seen->has_focus); // a click takes the keyboard
    static const struct {
        const char* name;
        int code;
    } keys[] = {{"Tab", X11_KEY_TAB},
                {"shift+Tab", X11_KEY_BACK_TAB},
                {"space", ' '},
                {"f", 'f'},
                {"Escape", X11_KEY_ESCAPE},
                {"Up", X11_KEY_UP},
                {"Return", X11_KEY_ENTER},
                {"BackSpace", X11_KEY_BACKSPACE},
                {"Page_Down", X11_KEY_PAGE_DOWN}};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); ++i) {
        seen->last_key = 0;
        snprintf(words, sizeof(words), "key %s", keys[i].name);
        assert_true(xworld_do(words));
        wait_s(seen, 0.1);
        assert_int_equal(seen->last_key, keys[i].code);
    }
    seen->keys = 0;
    seen->character = 0;
    assert_true(xworld_do("key ctrl+s"));
    wait_s(seen, 0.1);
    assert_int_equal(seen->keys, 0); // shortcuts are the host's
    assert_int_equal(seen->character, 0);
    seen->types = true;
    assert_true(xworld_do("key F"));
    wait_s(seen, 0.1);
    assert_int_equal(seen->character, 'F');
    if (system("setxkbmap no") == 0) {
        wait_s(seen, 0.1);
        assert_true(xworld_do("key aring"));
        wait_s(seen, 0.1);
        assert_int_equal(seen->character, 0xE5);
    }
    assert_int_equal(seen->keys, 0); // what was wanted as a character is no key
    x11_free(seen->x11);
}

static void follows_its_size(void** state)
{
    Seen* const seen = open_window(state);
    x11_resize(seen->x11, 500, 350);
    wait_s(seen, 0.3);
    assert_true(fabs(seen->width - 500.0) < 0.5 && fabs(seen->height - 350.0) < 0.5);
    seen->area = 0.0;
    x11_dirty(seen->x11, rect(0.0, 0.0, 1e9, 1e9));
    wait_s(seen, 0.1);
    assert_true(fabs(seen->area - 500.0 * 350.0) < 1.0);
    x11_resize(seen->x11, -7, 1000000);
    wait_s(seen, 0.2);
    assert_true(seen->width >= 64.0 && seen->height <= 8192.0);
    x11_free(seen->x11);
}

static void survives_its_parent(void** state)
{
    (void)state;
    if (!screen) {
        skip();
    }
    Display* const display = XOpenDisplay(NULL);
    const Window parent =
        XCreateSimpleWindow(display, DefaultRootWindow(display), 0, 0, 300, 200, 0, 0, 0);
    XMapWindow(display, parent);
    XSync(display, False);
    Seen seen = {0};
    seen.x11 = x11_new((uintptr_t)parent, "test", 300, 200, &calls, &seen);
    assert_non_null(seen.x11);
    wait_s(&seen, 0.1);
    XDestroyWindow(display, parent);
    XSync(display, False);
    rest(50);
    assert_false(x11_idle(seen.x11)); // gone, and says so
    assert_false(x11_idle(seen.x11));
    x11_free(seen.x11);
    XCloseDisplay(display);
}

static int start(void** state)
{
    (void)state;
    screen = xworld_start();
    return 0;
}

static int stop(void** state)
{
    (void)state;
    xworld_stop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_what_is_dirty),
        cmocka_unit_test(shows_it_on_the_screen),
        cmocka_unit_test(is_drawn_30_times_a_second_at_most),
        cmocka_unit_test(takes_mouse_and_keys),
        cmocka_unit_test(follows_its_size),
        cmocka_unit_test(survives_its_parent),
    };
    return cmocka_run_group_tests(tests, start, stop);
}

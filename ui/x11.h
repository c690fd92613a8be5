// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// A window in a host's window: X11 events in, cairo out.
///
/// Everything is drawn into an image first; only rectangles that were called dirty are drawn anew,
/// at most 30 times a second, and nothing at all while the window cannot be seen. No threads: all
/// that happens, happens in x11_idle(), in the host's user interface thread. Each window has a
/// connection to the X server of its own, so nothing is shared with the host's toolkit.
#ifndef UI_X11_H
#define UI_X11_H

#include "ui/box.h"

#include <cairo/cairo.h>

#include <stdbool.h>
#include <stdint.h>

typedef struct X11 X11;

/// Keys that are no characters; others come as their character (lower case letters).
enum {
    X11_KEY_TAB = 0x110000,
    X11_KEY_BACK_TAB,
    X11_KEY_LEFT,
    X11_KEY_RIGHT,
    X11_KEY_UP,
    X11_KEY_DOWN,
    X11_KEY_PAGE_UP,
    X11_KEY_PAGE_DOWN,
    X11_KEY_HOME,
    X11_KEY_END,
    X11_KEY_ENTER,
    X11_KEY_ESCAPE,
    X11_KEY_BACKSPACE,
    X11_KEY_DELETE
};

typedef enum { X11_PRESS, X11_RELEASE, X11_MOVE, X11_LEAVE, X11_SCROLL } X11MouseKind;

typedef struct {
    X11MouseKind kind;
    double x, y;   ///< pixels
    int scroll;    ///< X11_SCROLL: steps, up is positive
    bool fine;     ///< a shift or control key is held
    bool repeated; ///< X11_PRESS: the second of a double click
} X11Mouse;

/// What the window's owner does; `data` as given to x11_new.
typedef struct {
    void (*draw)(void* data, cairo_t* cr, Rect area); ///< clipped to `area`, pixels
    void (*resized)(void* data, double width, double height);
    void (*mouse)(void* data, const X11Mouse* mouse); ///< button 1 and the wheel
    bool (*key)(void* data, int key);                 ///< false: it goes to the host
    void (*focus)(void* data, bool has_it);
    bool (*type)(void* data, uint32_t character); ///< Unicode, before `key`; true: it was wanted
} X11Calls;

/// A visible window in `parent` (0: one of its own). NULL without an X server or memory.
X11* x11_new(uintptr_t parent, const char* title, int width, int height, const X11Calls* calls,
             void* data);
void x11_free(X11* x11);

uintptr_t x11_window(const X11* x11);

/// The desktop's scale: Xft.dpi / 96, 1 where it is not set.
double x11_scale(const X11* x11);

/// Asks for a size, in pixels.
void x11_resize(X11* x11, int width, int height);

/// This part is to be drawn anew.
void x11_dirty(X11* x11, Rect area);

/// Handles what has happened and draws what is dirty. False: the window is gone.
bool x11_idle(X11* x11);

/// Takes the keyboard, when the window can be seen.
void x11_grab_focus(X11* x11);

/// Seconds on a clock that never goes back.
double x11_now(void);

#endif

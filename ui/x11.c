// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/x11.h"

#include <X11/XKBlib.h>
#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <X11/Xresource.h>
#include <X11/Xutil.h>
#include <X11/keysym.h>
#include <cairo/cairo-xlib.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MAX_DIRTY = 24,  // more rectangles than these become one
    MIN_SIZE = 64,   // pixels
    MAX_SIZE = 8192, // pixels
    DOUBLE_CLICK_MS = 400
};

// With these a key is the host's
#define HOSTS_KEYS (ControlMask | Mod1Mask | Mod4Mask)

#define FRAME_S (1.0 / 31.0) // no more than 30 drawings a second, whatever the host's timer does

struct X11 {
    Display* display;
    Window window, parent;
    Atom wm_delete;
    const X11Calls* calls;
    void* data;
    int width, height;
    cairo_surface_t* image;  // what the window shows, or will
    cairo_surface_t* screen; // the window itself
    Rect dirty[MAX_DIRTY];
    int n_dirty;
    Rect exposed; // is right in the image, but not on the screen
    double last_frame_s;
    double scale;
    Time last_press;
    bool mapped, obscured, gone;
};

double x11_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double desktop_scale(Display* display)
{
    const char* const dpi = XGetDefault(display, "Xft", "dpi");
    const double scale = dpi ? strtod(dpi, NULL) / 96.0 : 1.0;
    return scale >= 0.5 && scale <= 4.0 ? scale : 1.0;
}

static int within(int size)
{
    return size < MIN_SIZE ? MIN_SIZE : size > MAX_SIZE ? MAX_SIZE : size;
}

static void free_surfaces(X11* x11)
{
    cairo_surface_destroy(x11->image);
    cairo_surface_destroy(x11->screen);
    x11->image = x11->screen = NULL;
}

static void make_surfaces(X11* x11)
{
    free_surfaces(x11);
    const int number = DefaultScreen(x11->display);
    x11->image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, x11->width, x11->height);
    x11->screen = cairo_xlib_surface_create(
        x11->display, x11->window, DefaultVisual(x11->display, number), x11->width, x11->height);
    x11->n_dirty = 0;
    x11_dirty(x11, rect(0.0, 0.0, x11->width, x11->height));
}

X11* x11_new(uintptr_t parent, const char* title, int width, int height, const X11Calls* calls,
             void* data)
{
    X11* const x11 = (X11*)calloc(1, sizeof(X11));
    if (!x11) {
        return NULL;
    }
    x11->display = XOpenDisplay(NULL);
    if (!x11->display) {
        free(x11);
        return NULL;
    }
    x11->calls = calls;
    x11->data = data;
    x11->width = within(width);
    x11->height = within(height);
    x11->scale = desktop_scale(x11->display);
    x11->parent = parent ? (Window)parent : DefaultRootWindow(x11->display);
    // the visual of the screen, not of the parent, which may have an alpha channel
    const int number = DefaultScreen(x11->display);
    XSetWindowAttributes attributes = {0};
    attributes.background_pixmap = None; // no flashing before the first drawing
    attributes.border_pixel = 0;
    attributes.colormap = DefaultColormap(x11->display, number);
    attributes.event_mask = ExposureMask | StructureNotifyMask | VisibilityChangeMask |
                            KeyPressMask | ButtonPressMask | ButtonReleaseMask | PointerMotionMask |
                            LeaveWindowMask | FocusChangeMask;
    x11->window = XCreateWindow(
        x11->display, x11->parent, 0, 0, (unsigned)x11->width, (unsigned)x11->height, 0,
        DefaultDepth(x11->display, number), InputOutput, DefaultVisual(x11->display, number),
        CWBackPixmap | CWBorderPixel | CWColormap | CWEventMask, &attributes);
    XSizeHints hints = {0};
    hints.flags = PMinSize | PBaseSize;
    hints.min_width = hints.min_height = MIN_SIZE;
    hints.base_width = x11->width;
    hints.base_height = x11->height;
    XSetWMNormalHints(x11->display, x11->window, &hints);
    XStoreName(x11->display, x11->window, title);
    x11->wm_delete = XInternAtom(x11->display, "WM_DELETE_WINDOW", False);
    XSetWMProtocols(x11->display, x11->window, &x11->wm_delete, 1);
    make_surfaces(x11);
    XMapRaised(x11->display, x11->window);
    XFlush(x11->display);
    return x11;
}

static void handle(X11* x11, XEvent* event);

static void read_events(X11* x11)
{
    XEvent event;
    while (!x11->gone && XPending(x11->display) > 0) {
        XNextEvent(x11->display, &event);
        if (event.xany.window == x11->window || event.type == MappingNotify) {
            handle(x11, &event);
        }
    }
}

void x11_free(X11* x11)
{
    if (!x11) {
        return;
    }
    x11->calls = NULL; // nobody is told any more
    read_events(x11);  // the host may have destroyed the window with its own
    free_surfaces(x11);
    if (!x11->gone) {
        XDestroyWindow(x11->display, x11->window);
    }
    XCloseDisplay(x11->display);
    free(x11);
}

uintptr_t x11_window(const X11* x11)
{
    return (uintptr_t)x11->window;
}

double x11_scale(const X11* x11)
{
    return x11->scale;
}

void x11_resize(X11* x11, int width, int height)
{
    XResizeWindow(x11->display, x11->window, (unsigned)within(width), (unsigned)within(height));
    XFlush(x11->display);
}

void x11_grab_focus(X11* x11)
{
    if (x11->mapped && !x11->obscured) {
        XSetInputFocus(x11->display, x11->window, RevertToParent, CurrentTime);
    }
}

// ---- Drawing

static Rect join(Rect a, Rect b)
{
    const double x = fmin(a.x, b.x);
    const double y = fmin(a.y, b.y);
    return rect(x, y, fmax(a.x + a.w, b.x + b.w) - x, fmax(a.y + a.h, b.y + b.h) - y);
}

static bool overlap(Rect a, Rect b)
{
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

// Whole pixels of the window
static Rect pixels(const X11* x11, Rect area)
{
    const double left = fmax(floor(area.x), 0.0);
    const double top = fmax(floor(area.y), 0.0);
    const double right = fmin(ceil(area.x + area.w), x11->width);
    const double bottom = fmin(ceil(area.y + area.h), x11->height);
    return rect(left, top, right - left, bottom - top);
}

void x11_dirty(X11* x11, Rect area)
{
    Rect whole = pixels(x11, area);
    if (!isfinite(area.x + area.y + area.w + area.h) || !(whole.w > 0.0 && whole.h > 0.0)) {
        return;
    }
    for (int i = 0; i < x11->n_dirty;) { // what overlaps is drawn once
        if (overlap(whole, x11->dirty[i])) {
            whole = join(whole, x11->dirty[i]);
            x11->dirty[i] = x11->dirty[--x11->n_dirty];
            i = 0;
        } else {
            ++i;
        }
    }
    if (x11->n_dirty == MAX_DIRTY) {
        for (int i = 0; i < MAX_DIRTY; ++i) {
            whole = join(whole, x11->dirty[i]);
        }
        x11->n_dirty = 0;
    }
    x11->dirty[x11->n_dirty++] = whole;
}

static void show(X11* x11, Rect area)
{
    cairo_t* const cr = cairo_create(x11->screen);
    cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);
    cairo_set_source_surface(cr, x11->image, 0.0, 0.0);
    cairo_rectangle(cr, area.x, area.y, area.w, area.h);
    cairo_fill(cr);
    cairo_destroy(cr);
}

static void draw(X11* x11)
{
    Rect dirty[MAX_DIRTY];
    const int n = x11->n_dirty;
    memcpy(dirty, x11->dirty, sizeof(dirty));
    x11->n_dirty = 0;
    for (int i = 0; i < n; ++i) {
        cairo_t* const cr = cairo_create(x11->image);
        cairo_rectangle(cr, dirty[i].x, dirty[i].y, dirty[i].w, dirty[i].h);
        cairo_clip(cr);
        x11->calls->draw(x11->data, cr, dirty[i]);
        cairo_destroy(cr);
        show(x11, dirty[i]);
    }
}

bool x11_idle(X11* x11)
{
    read_events(x11);
    if (x11->gone) {
        return false;
    }
    if (!x11->mapped || x11->obscured) {
        return true;
    }
    const double now_s = x11_now();
    const bool exposed = x11->exposed.w > 0.0;
    const bool due = now_s - x11->last_frame_s >= FRAME_S;
    if (exposed) {
        show(x11, x11->exposed);
        x11->exposed = rect(0.0, 0.0, 0.0, 0.0);
    }
    if (x11->n_dirty && due) {
        draw(x11);
        x11->last_frame_s = now_s;
    }
    if (exposed || due) {
        cairo_surface_flush(x11->screen);
        XFlush(x11->display);
    }
    return true;
}

// ---- Events

static int key_of(XKeyEvent* event)
{
    static const struct {
        KeySym symbol;
        int key;
    } keys[] = {{XK_Tab, X11_KEY_TAB},
                {XK_ISO_Left_Tab, X11_KEY_BACK_TAB},
                {XK_Left, X11_KEY_LEFT},
                {XK_KP_Left, X11_KEY_LEFT},
                {XK_Right, X11_KEY_RIGHT},
                {XK_KP_Right, X11_KEY_RIGHT},
                {XK_Up, X11_KEY_UP},
                {XK_KP_Up, X11_KEY_UP},
                {XK_Down, X11_KEY_DOWN},
                {XK_KP_Down, X11_KEY_DOWN},
                {XK_Page_Up, X11_KEY_PAGE_UP},
                {XK_KP_Page_Up, X11_KEY_PAGE_UP},
                {XK_Page_Down, X11_KEY_PAGE_DOWN},
                {XK_KP_Page_Down, X11_KEY_PAGE_DOWN},
                {XK_Home, X11_KEY_HOME},
                {XK_KP_Home, X11_KEY_HOME},
                {XK_End, X11_KEY_END},
                {XK_KP_End, X11_KEY_END},
                {XK_Return, X11_KEY_ENTER},
                {XK_KP_Enter, X11_KEY_ENTER},
                {XK_Escape, X11_KEY_ESCAPE},
                {XK_BackSpace, X11_KEY_BACKSPACE},
                {XK_Delete, X11_KEY_DELETE}};
    if (event->state & HOSTS_KEYS) {
        return 0;
    }
    const KeySym symbol = XkbKeycodeToKeysym(event->display, (KeyCode)event->keycode, 0,
                                             event->state & ShiftMask ? 1 : 0);
    if (symbol == XK_Tab && event->state & ShiftMask) {
        return X11_KEY_BACK_TAB;
    }
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); ++i) {
        if (keys[i].symbol == symbol) {
            return keys[i].key;
        }
    }
    if (symbol >= XK_A && symbol <= XK_Z) {
        return (int)(symbol - XK_A) + 'a';
    }
    return symbol >= XK_space && symbol <= XK_asciitilde ? (int)symbol : 0;
}

/// The character that a key gives in this layout, 0 when it gives none: Latin-1's are their own
/// keysyms, others are marked as Unicode (appendix A of the X11 protocol)
static uint32_t character_of(XKeyEvent* event)
{
    char unused[32];
    KeySym symbol = NoSymbol;
    XLookupString(event, unused, (int)sizeof(unused), &symbol, NULL);
    const bool latin = (symbol >= 0x20 && symbol <= 0x7E) || (symbol >= 0xA0 && symbol <= 0xFF);
    const bool unicode = (symbol & 0xFF000000u) == 0x01000000u;
    return event->state & HOSTS_KEYS ? 0
           : latin                   ? (uint32_t)symbol
           : unicode                 ? (uint32_t)(symbol & 0xFFFFFFu)
                                     : 0;
}

static void take_key(X11* x11, XKeyEvent* event)
{
    const uint32_t character = character_of(event);
    const int key = key_of(event);
    const bool typed = character && x11->calls && x11->calls->type(x11->data, character);
    const bool wanted = typed || (key && x11->calls && x11->calls->key(x11->data, key));
    // what the host sent here it does not want back
    if (!wanted && !event->send_event && x11->parent != DefaultRootWindow(x11->display)) {
        XEvent to_host;
        memset(&to_host, 0, sizeof(to_host));
        to_host.xkey = *event;
        to_host.xkey.window = x11->parent;
        XSendEvent(x11->display, x11->parent, False, NoEventMask, &to_host);
    }
}

static void take_button(X11* x11, const XButtonEvent* event)
{
    X11Mouse mouse = {
        X11_PRESS, event->x, event->y, 0, (event->state & (ShiftMask | ControlMask)) != 0, false};
    if (event->type == ButtonRelease) {
        mouse.kind = X11_RELEASE;
    } else if (event->button == Button4 || event->button == Button5) {
        mouse.kind = X11_SCROLL;
        mouse.scroll = event->button == Button4 ? 1 : -1;
    } else if (event->button == Button1) {
        mouse.repeated = event->time - x11->last_press < DOUBLE_CLICK_MS;
        x11->last_press = mouse.repeated ? 0 : event->time;
        x11_grab_focus(x11);
    }
    const bool ours = event->button == Button1 || mouse.kind == X11_SCROLL;
    if (ours && x11->calls) {
        x11->calls->mouse(x11->data, &mouse);
    }
}

static void take_motion(X11* x11, XMotionEvent* event)
{
    XEvent next; // only the latest place matters
    while (XCheckTypedWindowEvent(x11->display, x11->window, MotionNotify, &next)) {
        *event = next.xmotion;
    }
    const X11Mouse mouse = {
        X11_MOVE, event->x, event->y, 0, (event->state & (ShiftMask | ControlMask)) != 0, false};
    if (x11->calls) {
        x11->calls->mouse(x11->data, &mouse);
    }
}

static void take_size(X11* x11, const XConfigureEvent* event)
{
    if ((event->width == x11->width && event->height == x11->height) || event->width < 1 ||
        event->height < 1 || event->width > MAX_SIZE || event->height > MAX_SIZE) {
        return;
    }
    x11->width = event->width;
    x11->height = event->height;
    make_surfaces(x11);
    if (x11->calls) {
        x11->calls->resized(x11->data, event->width, event->height);
    }
}

static void handle(X11* x11, XEvent* event)
{
    const X11Mouse away = {X11_LEAVE, -1.0, -1.0, 0, false, false};
    switch (event->type) {
    case Expose: {
        const Rect area = pixels(x11, rect(event->xexpose.x, event->xexpose.y, event->xexpose.width,
                                           event->xexpose.height));
        x11->exposed = x11->exposed.w > 0.0 ? join(x11->exposed, area) : area;
        break;
    }
    case ConfigureNotify:
        take_size(x11, &event->xconfigure);
        break;
    case MapNotify:
        x11->mapped = true;
        break;
    case UnmapNotify:
        x11->mapped = false;
        break;
    case VisibilityNotify:
        x11->obscured = event->xvisibility.state == VisibilityFullyObscured;
        break;
    case DestroyNotify:
        x11->gone = true;
        break;
    case ClientMessage:
        x11->gone = x11->gone || (Atom)event->xclient.data.l[0] == x11->wm_delete;
        break;
    case KeyPress:
        take_key(x11, &event->xkey);
        break;
    case ButtonPress:
    case ButtonRelease:
        take_button(x11, &event->xbutton);
        break;
    case MotionNotify:
        take_motion(x11, &event->xmotion);
        break;
    case LeaveNotify:
        if (x11->calls) {
            x11->calls->mouse(x11->data, &away);
        }
        break;
    case FocusIn:
    case FocusOut:
        if (x11->calls) {
            x11->calls->focus(x11->data, event->type == FocusIn);
        }
        break;
    case MappingNotify:
        XRefreshKeyboardMapping(&event->xmapping);
        break;
    default:
        break;
    }
}

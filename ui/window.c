// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window.h"
#include "ui/object.h"
#include "ui/typing.h"

#include <lv2/options/options.h>
#include <lv2/patch/patch.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HELLO_S 2.0 // between two Hellos to the plugin, see ttl/ui.ttl

// ---- Panes and places

int window_pane(Window* window, void (*draw)(Window* window, cairo_t* cr, Rect box))
{
    const int index = window->n_panes < WINDOW_PANES ? window->n_panes++ : WINDOW_PANES - 1;
    window->pane[index].draw = draw;
    return index;
}

void window_dirty(Window* window, int pane)
{
    if (window->x11) {
        x11_dirty(window->x11, window->pane[pane].box);
    }
}

static uint32_t port_by_symbol(const Window* window, const char* symbol)
{
    uint32_t i = 0;
    while (i < window->kind->n_ports && strcmp(window->kind->ports[i].symbol, symbol) != 0) {
        ++i;
    }
    return i;
}

static void set_theme(Window* window)
{
    const WindowKind* const kind = window->kind;
    // letters grow with the window, so that it can be read from further away
    const double fit = fmin(window->width / kind->width, window->height / kind->height);
    const double scale = fmin(fmax(fit, 0.75 * window->scale), 3.0 * window->scale);
    const bool light = window->look < kind->n_ports && window->value[window->look] > 0.5f;
    window->theme = light ? theme_light(scale) : theme_dark(scale);
    window->theme.text = window->text;
}

static void place_footer(Window* window, Rect* room)
{
    const Theme* const theme = &window->theme;
    const int n = window->controls.n - window->first_footer_control;
    if (window->bare || room->h < 12.0 * theme->body) {
        window->pane[window->footer_pane].box = rect(0.0, 0.0, 0.0, 0.0);
        for (int i = 0; i < n; ++i) {
            window->controls.item[window->first_footer_control + i].box = rect(0.0, 0.0, 0.0, 0.0);
        }
        return;
    }
    Rect footer = cut_bottom(room, controls_row(theme), theme->margin);
    for (int i = n - 1; i >= 0; --i) {
        Control* const control = &window->controls.item[window->first_footer_control + i];
        const double width = control->kind == CONTROL_SWITCH ? 10.0 : 13.0;
        control->box = cut_right(&footer, width * theme->body, theme->margin);
    }
    window->pane[window->footer_pane].box = footer;
}

void window_relayout(Window* window)
{
    set_theme(window);
    for (int i = 0; i < window->n_panes; ++i) {
        window->pane[i].box = rect(0.0, 0.0, 0.0, 0.0);
    }
    for (int i = 0; i < window->controls.n; ++i) {
        window->controls.item[i].box = rect(0.0, 0.0, 0.0, 0.0);
    }
    const Rect whole = rect(0.0, 0.0, window->width, window->height);
    Rect room = rect_inset(whole, window->theme.margin);
    window->controls.bounds = whole;
    window->controls.menu = -1;
    window->controls.row = 1.9 * window->theme.body;
    window->controls.theme = window->theme;
    place_footer(window, &room);
    window->kind->layout(window, room);
    if (window->x11) {
        x11_dirty(window->x11, whole);
    }
}

static void draw(void* data, cairo_t* cr, Rect area)
{
    Window* const window = (Window*)data;
    pen_color(cr, window->theme.background);
    cairo_rectangle(cr, area.x, area.y, area.w, area.h);
    cairo_fill(cr);
    for (int i = 0; i < window->n_panes; ++i) {
        const WindowPane* const pane = &window->pane[i];
        if (rect_meets(pane->box, area)) {
            cairo_save(cr);
            cairo_rectangle(cr, pane->box.x, pane->box.y, pane->box.w, pane->box.h);
            cairo_clip(cr);
            pane->draw(window, cr, pane->box);
            cairo_restore(cr);
        }
    }
    controls_draw(&window->controls, cr, &window->theme, area);
}

static void draw_footer(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    if (window->hint) {
        pen_font(cr, theme, theme->small, false);
        pen_color(cr, theme->faint);
        pen_paragraph(cr, box, 0.0, _(window->hint));
    }
}

static void resized(void* data, double width, double height)
{
    Window* const window = (Window*)data;
    window->width = width;
    window->height = height;
    window_relayout(window);
}

// ---- Ports

static void choose_language(Window* window)
{
    static const char* const codes[] = {NULL, "en", "nb", "sv"};
    const long wanted =
        window->language < window->kind->n_ports ? lrintf(window->value[window->language]) : 0;
    const uint32_t choice = wanted >= 0 && wanted < 4 ? (uint32_t)wanted : 0;
    if (choice != window->choice) {
        text_free(window->text);
        window->text = text_new(window->locale, codes[choice]);
        window->choice = choice;
    }
}

static void took(Window* window, uint32_t port)
{
    if (port == window->look || port == window->language) {
        choose_language(window);
        window_relayout(window);
    }
    if (window->kind->changed) {
        window->kind->changed(window, port);
    }
}

void window_set(Window* window, uint32_t port, float value)
{
    window->value[port] = value;
    controls_tell(&window->controls, port, value);
    window->write(window->controller, port, sizeof(float), 0, &value);
    took(window, port);
}

static void control_set(void* data, uint32_t port, float value)
{
    window_set((Window*)data, port, value);
}

static void control_dirty(void* data, Rect area)
{
    Window* const window = (Window*)data;
    if (window->x11) {
        x11_dirty(window->x11, area);
    }
}

void window_controls(Window* window, const uint32_t* ports, int n)
{
    for (int i = 0; i < n; ++i) {
        controls_add(&window->controls, ports[i], &window->kind->ports[ports[i]],
                     &window->kind->texts[ports[i]]);
    }
}

const char* window_word(const Window* window, uint32_t port)
{
    const PortText* const text = &window->kind->texts[port];
    for (int i = 0; i < text->n_points; ++i) {
        if (fabsf(text->points[i].value - window->value[port]) < 0.5f) {
            return text_get(window->text, text->points[i].label);
        }
    }
    return "";
}

double window_known(const Window* window, uint32_t port)
{
    const double value = (double)window->value[port];
    return fabs(value) > 0.0 ? value : (double)NAN;
}

// ---- Objects

void window_send(Window* window, const LV2_Atom* atom)
{
    if (window->events_in < window->kind->n_ports) {
        window->write(window->controller, window->events_in, atom->size + (uint32_t)sizeof(*atom),
                      window->event_transfer, atom);
    }
}

static void say(Window* window, LV2_URID what)
{
    const LV2_Atom_Object object = {{sizeof(LV2_Atom_Object_Body), window->atom_Object}, {0, what}};
    window_send(window, &object.atom);
}

void window_port_event(LV2UI_Handle handle, uint32_t port, uint32_t size, uint32_t format,
                       const void* buffer)
{
    Window* const window = (Window*)handle;
    if (port >= window->kind->n_ports || !buffer) {
        return;
    }
    if (format == 0 && size == sizeof(float)) {
        float value = 0.0f;
        memcpy(&value, buffer, sizeof(value));
        const float before = window->value[port];
        if (fabsf(value) < 1e30f && !(value >= before && value <= before)) {
            window->value[port] = value;
            controls_tell(&window->controls, port, value);
            took(window, port);
        }
    } else if (format == window->event_transfer && port == window->events_out) {
        object_take(window, buffer, size);
    }
}

// ---- Mouse and keyboard

static void show_hint(Window* window)
{
    const char* const hint = controls_hint(&window->controls);
    if (hint != window->hint) {
        window->hint = hint;
        window_dirty(window, window->footer_pane);
    }
}

static void mouse(void* data, const X11Mouse* event)
{
    static const ControlsMouse kinds[] = {CONTROLS_PRESS, CONTROLS_RELEASE, CONTROLS_MOVE,
                                          CONTROLS_LEAVE, CONTROLS_MOVE};
    Window* const window = (Window*)data;
    if (event->kind == X11_SCROLL) {
        controls_scroll(&window->controls, event->x, event->y, event->scroll, event->fine);
        return;
    }
    if (window->kind->woken && event->kind != X11_LEAVE) {
        window->kind->woken(window);
    }
    if (event->kind == X11_PRESS && typing_press(window, event->x, event->y)) {
        return;
    }
    controls_mouse(&window->controls, kinds[event->kind], event->x, event->y, event->fine,
                   event->repeated);
    show_hint(window);
}

static bool key(void* data, int code)
{
    Window* const window = (Window*)data;
    if (window->kind->woken) {
        window->kind->woken(window);
    }
    const bool taken =
        (window->entry.open && typing_key(window, code)) || controls_key(&window->controls, code) ||
        (window->kind->key && window->kind->key(window, code)) || typing_key(window, code);
    show_hint(window);
    return taken;
}

static void focus(void* data, bool has_it)
{
    Window* const window = (Window*)data;
    Controls* const controls = &window->controls;
    controls->has_keyboard = has_it;
    if (controls->focus >= 0) {
        control_dirty(window, rect_inset(controls->item[controls->focus].box, -4.0));
    }
    show_hint(window);
}

// ---- Life

static int idle(LV2UI_Handle handle)
{
    Window* const window = (Window*)handle;
    window->now_s = x11_now();
    if (window->now_s >= window->next_hello_s) {
        window->next_hello_s = window->now_s + HELLO_S;
        say(window, window->term[UI_HELLO]);
        if (window->kind->n_properties && !window->asked) {
            window->asked = true;
            say(window, window->patch_Get);
        }
    }
    if (window->kind->tick) {
        window->kind->tick(window);
    }
    return x11_idle(window->x11) ? 0 : 1;
}

static int resize(LV2UI_Feature_Handle handle, int width, int height)
{
    x11_resize(((Window*)handle)->x11, width, height);
    return 0;
}

const void* window_extension_data(const char* uri)
{
    static const LV2UI_Idle_Interface idle_interface = {idle};
    static const LV2UI_Resize resize_interface = {NULL, resize};
    return strcmp(uri, LV2_UI__idleInterface) == 0 ? (const void*)&idle_interface
           : strcmp(uri, LV2_UI__resize) == 0      ? (const void*)&resize_interface
                                                   : NULL;
}

static const void* feature(const LV2_Feature* const* features, const char* uri)
{
    for (; features && *features; ++features) {
        if (!strcmp((*features)->URI, uri)) {
            return (*features)->data;
        }
    }
    return NULL;
}

static LV2_URID urid(const Window* window, const char* uri)
{
    return window->map->map(window->map->handle, uri);
}

static void map_uris(Window* window)
{
    for (int i = 0; i < UI_N_TERMS; ++i) {
        window->term[i] = urid(window, ui_terms[i]);
    }
    window->event_transfer = urid(window, LV2_ATOM__eventTransfer);
    window->atom_Object = urid(window, LV2_ATOM__Object);
    window->atom_Float = urid(window, LV2_ATOM__Float);
    window->atom_Int = urid(window, LV2_ATOM__Int);
    window->atom_Bool = urid(window, LV2_ATOM__Bool);
    window->atom_Vector = urid(window, LV2_ATOM__Vector);
    window->atom_String = urid(window, LV2_ATOM__String);
    window->atom_Path = urid(window, LV2_ATOM__Path);
    window->patch_Get = urid(window, LV2_PATCH__Get);
    window->patch_Set = urid(window, LV2_PATCH__Set);
    window->patch_property = urid(window, LV2_PATCH__property);
    window->patch_value = urid(window, LV2_PATCH__value);
    for (int i = 0; i < window->kind->n_properties && i < WINDOW_PROPERTIES; ++i) {
        window->property[i] = urid(window, window->kind->properties[i]);
    }
    window->atom_URID = urid(window, LV2_ATOM__URID);
}

// What the host says of the screen goes before what the desktop says
static double host_scale(const Window* window, const LV2_Feature* const* features)
{
    const LV2_Options_Option* option = feature(features, LV2_OPTIONS__options);
    for (; option && option->key; ++option) {
        if (option->key == urid(window, LV2_UI__scaleFactor) &&
            option->type == window->atom_Float && option->size == sizeof(float) && option->value) {
            const float scale = *(const float*)option->value;
            return scale >= 0.5f && scale <= 4.0f ? (double)scale : 0.0;
        }
    }
    return 0.0;
}

static void add_own(Window* window)
{
    window->first_footer_control = window->controls.n;
    const uint32_t ports[] = {window->look, window->language};
    for (int i = 0; i < 2; ++i) {
        if (ports[i] < window->kind->n_ports) {
            window_controls(window, &ports[i], 1);
        }
    }
    window->footer_pane = window_pane(window, draw_footer);
}

LV2UI_Handle window_new(const WindowKind* kind, const char* bundle, LV2UI_Write_Function write,
                        LV2UI_Controller controller, LV2UI_Widget* widget,
                        const LV2_Feature* const* features)
{
    static const X11Calls calls = {draw, resized, mouse, key, focus, typing_character};
    static const ControlsCalls control_calls = {control_set, control_dirty};
    const LV2_URID_Map* const map = feature(features, LV2_URID__map);
    const LV2UI_Resize* const host_resize = feature(features, LV2_UI__resize);
    const uintptr_t parent = (uintptr_t)feature(features, LV2_UI__parent);
    Window* const window = map && kind->n_ports <= WINDOW_PORTS ? calloc(1, kind->size) : NULL;
    if (!window) {
        return NULL;
    }
    window->kind = kind;
    window->map = map;
    window->write = write;
    window->controller = controller;
    map_uris(window);
    for (uint32_t i = 0; i < kind->n_ports; ++i) {
        window->value[i] = kind->ports[i].fallback;
    }
    window->events_in = port_by_symbol(window, "events_in");
    window->events_out = port_by_symbol(window, "events_out");
    window->look = port_by_symbol(window, "look");
    window->language = port_by_symbol(window, "language");
    snprintf(window->locale, sizeof(window->locale), "%s/locale", bundle ? bundle : ".");
    window->text = text_new(window->locale, NULL);
    controls_init(&window->controls, &control_calls, window);
    window->scale = 1.0;
    window->now_s = x11_now();
    kind->open(window);
    add_own(window);
    const double told = host_scale(window, features);
    window->x11 = x11_new(parent, kind->title, kind->width, kind->height, &calls, window);
    if (!window->x11) {
        text_free(window->text);
        free(window);
        return NULL;
    }
    window->scale = told > 0.0 ? told : x11_scale(window->x11);
    window->width = kind->width * window->scale;
    window->height = kind->height * window->scale;
    if (window->scale > 1.0 || window->scale < 1.0) {
        x11_resize(window->x11, (int)window->width, (int)window->height);
    }
    window_relayout(window);
    if (host_resize) {
        host_resize->ui_resize(host_resize->handle, (int)window->width, (int)window->height);
    }
    *widget = (LV2UI_Widget)x11_window(window->x11);
    return window;
}

void window_cleanup(LV2UI_Handle handle)
{
    Window* const window = (Window*)handle;
    if (window->kind->closing) {
        window->kind->closing(window);
    }
    say(window, window->term[UI_GOODBYE]);
    x11_free(window->x11);
    text_free(window->text);
    free(window);
}

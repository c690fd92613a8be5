// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/controls.h"
#include "ui/x11.h"

#include <math.h>
#include <string.h>

#define STEPS 50.0f // steps of the arrow keys from one end to the other
#define FINE  0.1f  // of a step, with Shift or Control

void controls_init(Controls* controls, const ControlsCalls* calls, void* data)
{
    memset(controls, 0, sizeof(*controls));
    controls->focus = controls->hover = controls->held = controls->menu = -1;
    controls->calls = calls;
    controls->data = data;
}

static ControlKind kind_of(const PortText* text)
{
    return text->trigger       ? CONTROL_BUTTON
           : text->toggled     ? CONTROL_SWITCH
           : text->enumeration ? CONTROL_CHOICE
                               : CONTROL_SLIDER;
}

Control* controls_add(Controls* controls, uint32_t port, const PortInfo* info, const PortText* text)
{
    if (controls->n == CONTROLS_MAX) {
        return NULL;
    }
    Control* const control = &controls->item[controls->n++];
    memset(control, 0, sizeof(*control));
    control->port = port;
    control->info = info;
    control->text = text;
    control->kind = kind_of(text);
    control->value = info->fallback;
    return control;
}

Control* controls_find(Controls* controls, uint32_t port)
{
    for (int i = 0; i < controls->n; ++i) {
        if (controls->item[i].port == port) {
            return &controls->item[i];
        }
    }
    return NULL;
}

static void dirty(const Controls* controls, int index)
{
    if (index >= 0 && index < controls->n) {
        controls->calls->dirty(controls->data, rect_inset(controls->item[index].box, -4.0));
    }
}

void controls_tell(Controls* controls, uint32_t port, float value)
{
    Control* const control = controls_find(controls, port);
    const bool known = control && value > -1e30f && value < 1e30f; // not NaN
    if (known && !(control->value >= value && control->value <= value)) {
        control->value = value;
        dirty(controls, (int)(control - controls->item));
    }
}

double controls_place(Controls* controls, int from, int to, const Theme* theme, Rect box,
                      int columns)
{
    const double row = controls_row(theme);
    const double gap = 0.7 * theme->margin;
    const int n = to - from;
    const int rows = columns > 0 ? (n + columns - 1) / columns : 0;
    // less room than wanted: rows come closer, then they shrink
    const double step = rows ? fmin(row + gap, (box.h + gap) / rows) : 0.0;
    for (int i = 0; i < n; ++i) {
        const Rect column = rect_column(box, i / rows, columns, 2.0 * gap);
        controls->item[from + i].box =
            rect(column.x, column.y + (i % rows) * step, column.w, fmin(row, step - 2.0));
    }
    controls->row = 1.9 * theme->body;
    return rows * step;
}

double controls_row(const Theme* theme)
{
    return 2.9 * theme->body;
}

// ---- Values

// Where a value lies between the ends, 0..1
float controls_share(const Control* control, float value)
{
    const float low = control->info->minimum;
    const float high = control->info->maximum;
    if (!(high > low)) {
        return 0.0f;
    }
    const float place = control->text->logarithmic && low > 0.0f
                            ? logf(value / low) / logf(high / low)
                            : (value - low) / (high - low);
    return fminf(fmaxf(place, 0.0f), 1.0f); // NaN becomes 0
}

static float value_at(const Control* control, float place)
{
    const float low = control->info->minimum;
    const float high = control->info->maximum;
    const float at = fminf(fmaxf(place, 0.0f), 1.0f);
    float value = control->text->logarithmic && low > 0.0f ? low * powf(high / low, at)
                                                           : low + at * (high - low);
    value = control->text->integer ? rintf(value) : value;
    return fminf(fmaxf(value, low), high);
}

int controls_point(const Control* control)
{
    int nearest = 0;
    for (int i = 1; i < control->text->n_points; ++i) {
        if (fabsf(control->text->points[i].value - control->value) <
            fabsf(control->text->points[nearest].value - control->value)) {
            nearest = i;
        }
    }
    return nearest;
}

static void set(Controls* controls, int index, float value)
{
    Control* const control = &controls->item[index];
    if (control->value >= value && control->value <= value) {
        return;
    }
    control->value = value;
    dirty(controls, index);
    controls->calls->set(controls->data, control->port, value);
}

static void step(Controls* controls, int index, float steps)
{
    Control* const control = &controls->item[index];
    if (control->kind == CONTROL_CHOICE) {
        const int last = control->text->n_points - 1;
        const int at = controls_point(control) + (steps < 0.0f ? -1 : 1);
        set(controls, index, control->text->points[at < 0 ? 0 : at > last ? last : at].value);
    } else if (control->kind == CONTROL_SWITCH) {
        set(controls, index, steps > 0.0f ? 1.0f : 0.0f);
    } else if (control->kind == CONTROL_SLIDER) {
        const float before = control->value;
        float value = value_at(control, controls_share(control, before) + steps / STEPS);
        if (control->text->integer && fabsf(value - before) < 1.0f) {
            value = before + (steps < 0.0f ? -1.0f : 1.0f);
        }
        set(controls, index, fminf(fmaxf(value, control->info->minimum), control->info->maximum));
    }
}

// ---- Focus and lists

static void set_focus(Controls* controls, int index)
{
    if (controls->focus != index) {
        dirty(controls, controls->focus);
        controls->focus = index;
        dirty(controls, index);
    }
}

static void dirty_menu(const Controls* controls)
{
    controls->calls->dirty(controls->data, rect_inset(controls->menu_box, -4.0));
}

static void close_menu(Controls* controls)
{
    if (controls->menu >= 0) {
        dirty_menu(controls);
        dirty(controls, controls->menu);
        controls->menu = -1;
    }
}

static void open_menu(Controls* controls, int index)
{
    const Control* const control = &controls->item[index];
    const Rect window = controls->bounds;
    const double row = fmin(controls->row, window.h / (control->text->n_points + 1));
    const double height = row * control->text->n_points + 8.0;
    const double width = fmin(fmax(control->box.w, 17.0 * controls->row), window.w);
    const double below = control->box.y + control->box.h;
    double y = below + height <= window.y + window.h ? below : control->box.y - height;
    y = fmax(fmin(y, window.y + window.h - height), window.y);
    const double x = fmax(fmin(control->box.x, window.x + window.w - width), window.x);
    close_menu(controls);
    controls->menu = index;
    controls->menu_at = controls_point(control);
    controls->menu_box = rect(x, y, width, height);
    dirty_menu(controls);
}

static int menu_row(const Controls* controls, double x, double y)
{
    const int n = controls->item[controls->menu].text->n_points;
    const Rect box = controls->menu_box;
    const double row = (box.h - 8.0) / n;
    const int at = rect_holds(box, x, y) ? (int)floor((y - box.y - 4.0) / row) : -1;
    return at < 0 ? -1 : at >= n ? n - 1 : at;
}

static void menu_go(Controls* controls, int at)
{
    const int n = controls->item[controls->menu].text->n_points;
    if (at >= 0 && at < n && at != controls->menu_at) {
        controls->menu_at = at;
        dirty_menu(controls);
    }
}

static void menu_take(Controls* controls)
{
    const int index = controls->menu < 0 ? 0 : controls->menu;
    const Control* const control = &controls->item[index];
    const float value = control->text->points[controls->menu_at].value;
    close_menu(controls);
    set(controls, index, value);
}

// ---- Mouse and keyboard

static int at(const Controls* controls, double x, double y)
{
    for (int i = 0; i < controls->n && !controls->hidden; ++i) {
        if (rect_holds(controls->item[i].box, x, y)) {
            return i;
        }
    }
    return -1;
}

// What Space, Enter and a click do
static void act(Controls* controls, int index)
{
    Control* const control = &controls->item[index];
    if (control->disabled) {
        return;
    }
    if (control->kind == CONTROL_SWITCH) {
        set(controls, index, control->value > 0.5f ? 0.0f : 1.0f);
    } else if (control->kind == CONTROL_CHOICE) {
        open_menu(controls, index);
    } else if (control->kind == CONTROL_BUTTON) { // pressed: 1; let go: 0
        set(controls, index, 1.0f);
        controls->held = index;
    }
}

static void let_go(Controls* controls)
{
    const int index = controls->held;
    controls->held = -1;
    if (index >= 0 && controls->item[index].kind == CONTROL_BUTTON) {
        set(controls, index, 0.0f);
    }
}

static float share_at(const Controls* controls, const Control* control, double x)
{
    return (float)control_share_at(&controls->theme, control->box, x);
}

static void press(Controls* controls, int index, double x, bool repeated)
{
    Control* const control = &controls->item[index];
    set_focus(controls, index);
    const double side =
        fmin(2.0 * controls->theme.body, 0.25 * control->box.w); // a choice's arrows
    if (control->kind == CONTROL_CHOICE && x < control->box.x + side) {
        step(controls, index, -1.0f);
    } else if (control->kind == CONTROL_CHOICE && x > control->box.x + control->box.w - side) {
        step(controls, index, 1.0f);
    } else if (control->kind != CONTROL_SLIDER) {
        act(controls, index);
    } else if (repeated) {
        set(controls, index, control->info->fallback);
    } else {
        set(controls, index, value_at(control, share_at(controls, control, x)));
        controls->held = index;
        controls->dragged_from_x = x;
        controls->dragged_from = controls_share(control, control->value);
    }
}

static void drag(Controls* controls, double x, bool fine)
{
    Control* const control = &controls->item[controls->held < 0 ? 0 : controls->held];
    const float from = share_at(controls, control, controls->dragged_from_x);
    const float moved = share_at(controls, control, x) - from;
    set(controls, controls->held,
        value_at(control, controls->dragged_from + (fine ? FINE : 1.0f) * moved));
}

bool controls_mouse(Controls* controls, ControlsMouse kind, double x, double y, bool fine,
                    bool repeated)
{
    const int index = kind == CONTROLS_LEAVE ? -1 : at(controls, x, y);
    if (controls->menu >= 0 && kind != CONTROLS_LEAVE) {
        const int row = menu_row(controls, x, y);
        menu_go(controls, row);
        if (kind == CONTROLS_PRESS && row < 0) {
            close_menu(controls);
        } else if (kind == CONTROLS_PRESS) {
            menu_take(controls);
        }
        return true;
    }
    if (controls->hover != index) {
        dirty(controls, controls->hover);
        controls->hover = index;
        dirty(controls, index);
    }
    if (kind == CONTROLS_PRESS && index >= 0) {
        press(controls, index, x, repeated);
    } else if (kind == CONTROLS_RELEASE) {
        let_go(controls);
    } else if (kind == CONTROLS_MOVE && controls->held >= 0 &&
               controls->item[controls->held].kind == CONTROL_SLIDER) {
        drag(controls, x, fine);
    }
    return index >= 0 || controls->held >= 0;
}

bool controls_scroll(Controls* controls, double x, double y, int steps, bool fine)
{
    const int index = controls->menu >= 0 ? -1 : at(controls, x, y);
    const bool slider = index >= 0 && controls->item[index].kind == CONTROL_SLIDER;
    if (slider) { // a choice or a switch would change by accident
        step(controls, index, (fine ? FINE : 1.0f) * (float)steps);
    }
    return slider;
}

static void next(Controls* controls, int direction)
{
    int index = controls->focus;
    for (int i = 0; i < controls->n; ++i) { // over those that are not shown
        index = index < 0 ? (direction > 0 ? 0 : controls->n - 1)
                          : (index + direction + controls->n) % controls->n;
        if (controls->item[index].box.w > 0.0) {
            set_focus(controls, index);
            return;
        }
    }
}

static bool menu_key(Controls* controls, int key)
{
    const int last = controls->item[controls->menu].text->n_points - 1;
    switch (key) {
    case X11_KEY_UP:
        menu_go(controls, controls->menu_at - 1);
        break;
    case X11_KEY_DOWN:
        menu_go(controls, controls->menu_at + 1);
        break;
    case X11_KEY_HOME:
    case X11_KEY_PAGE_UP:
        menu_go(controls, 0);
        break;
    case X11_KEY_END:
    case X11_KEY_PAGE_DOWN:
        menu_go(controls, last);
        break;
    case ' ':
    case X11_KEY_ENTER:
        menu_take(controls);
        break;
    default:
        close_menu(controls);
        break;
    }
    return true;
}

bool controls_key(Controls* controls, int key)
{
    if (controls->menu >= 0) {
        return menu_key(controls, key);
    }
    if (key == X11_KEY_TAB || key == X11_KEY_BACK_TAB) {
        next(controls, key == X11_KEY_TAB ? 1 : -1);
        return true;
    }
    const int index = controls->focus;
    if (index < 0) {
        return false;
    }
    const Control* const control = &controls->item[index];
    const bool slider = control->kind == CONTROL_SLIDER;
    switch (key) {
    case X11_KEY_LEFT:
    case X11_KEY_DOWN:
        // a list is read from the top: down is the next one
        step(controls, index,
             control->kind == CONTROL_CHOICE && key == X11_KEY_DOWN ? 1.0f : -1.0f);
        return true;
    case X11_KEY_RIGHT:
    case X11_KEY_UP:
        step(controls, index, control->kind == CONTROL_CHOICE && key == X11_KEY_UP ? -1.0f : 1.0f);
        return true;
    case X11_KEY_PAGE_DOWN:
        step(controls, index, -10.0f);
        return true;
    case X11_KEY_PAGE_UP:
        step(controls, index, 10.0f);
        return true;
    case X11_KEY_HOME:
    case X11_KEY_END:
        if (slider) {
            set(controls, index, value_at(control, key == X11_KEY_HOME ? 0.0f : 1.0f));
        }
        return slider;
    case ' ':
    case X11_KEY_ENTER:
        act(controls, index);
        return !slider;
    default:
        return false;
    }
}

const char* controls_hint(const Controls* controls)
{
    const int index = controls->hover >= 0     ? controls->hover
                      : controls->has_keyboard ? controls->focus
                                               : -1;
    return index >= 0 ? controls->item[index].text->comment : NULL;
}

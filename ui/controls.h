// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Sliders, switches, choices and buttons for a plugin's control inputs: by mouse and by keyboard.
/// Names, units, ranges and the words of values come from the port's table.
///
/// Keys: Tab and Shift+Tab go from one to the next; arrows change a value by a step, Page Up and
/// Page Down by ten, Home and End to its ends; Space or Enter press, switch, or open a choice's
/// list. A double click sets the default. No memory, no window system; one thread.
#ifndef UI_CONTROLS_H
#define UI_CONTROLS_H

#include "plugins/port.h"
#include "ui/view_control.h"

#include <stdint.h>

#define CONTROLS_MAX 32

typedef struct {
    uint32_t port;
    const PortInfo* info;
    const PortText* text;
    ControlKind kind;
    Rect box;        ///< of the whole control; no width: not shown
    float value;     ///< as the port has it
    const char* on;  ///< words of a button in place of a switch's, while it is on; NULL: none
    const char* off; ///< the same while it is off
    bool disabled;   ///< shown, but does nothing
    bool primary;    ///< the one that the eye shall find, while it is off
} Control;

typedef struct {
    /// A person has chosen a value for a port.
    void (*set)(void* data, uint32_t port, float value);
    /// This part of the window looks different now.
    void (*dirty)(void* data, Rect area);
} ControlsCalls;

typedef struct {
    Control item[CONTROLS_MAX];
    int n;
    int focus; ///< index, -1: none
    int hover; ///< index, -1: none
    int held;  ///< index of what the mouse holds, -1: none
    int menu;  ///< index of the choice whose list is open, -1: none
    int menu_at;
    Rect menu_box;
    bool hidden;       ///< nothing is drawn or hit, the keyboard goes on
    bool has_keyboard; ///< the window has it, so that the focus is shown
    Rect bounds;       ///< of the window, for lists
    Theme theme;       ///< for places within a control
    double row;        ///< height of a list's row
    double dragged_from_x;
    float dragged_from;
    const ControlsCalls* calls;
    void* data;
} Controls;

void controls_init(Controls* controls, const ControlsCalls* calls, void* data);

/// Adds a control for a port, at its default. NULL when there are too many.
Control* controls_add(Controls* controls, uint32_t port, const PortInfo* info,
                      const PortText* text);

/// NULL when there is none for this port.
Control* controls_find(Controls* controls, uint32_t port);

/// The host tells a port's value.
void controls_tell(Controls* controls, uint32_t port, float value);

/// Places the controls [from, to) in a box, in columns, from the top. Returns the height used.
double controls_place(Controls* controls, int from, int to, const Theme* theme, Rect box,
                      int columns);

/// The height of a control's row, without the gap.
double controls_row(const Theme* theme);

/// Where a value lies between the port's ends, 0..1, as sliders show it.
float controls_share(const Control* control, float value);

/// Index of the scale point nearest to the control's value.
int controls_point(const Control* control);

/// Draws the controls that lie in the area; lists that are open last.
void controls_draw(const Controls* controls, cairo_t* cr, const Theme* theme, Rect area);

typedef enum { CONTROLS_PRESS, CONTROLS_RELEASE, CONTROLS_MOVE, CONTROLS_LEAVE } ControlsMouse;

/// True: it was for a control.
bool controls_mouse(Controls* controls, ControlsMouse kind, double x, double y, bool fine,
                    bool repeated);
bool controls_scroll(Controls* controls, double x, double y, int steps, bool fine);

/// A key as in ui/x11.h. True: it was for a control.
bool controls_key(Controls* controls, int key);

/// The comment of the control under the mouse or in focus; NULL: there is none.
const char* controls_hint(const Controls* controls);

#endif

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What all plugin windows share: the LV2 user interface around ui/x11.h. A window is a set of
/// panes (a view and where it stands) and of controls. It knows its plugin by ports and objects
/// only (ttl/ui.ttl), for some hosts run windows in a process of their own.
///
/// A window's struct begins with a Window. Everything runs in the host's user interface thread.
#ifndef UI_WINDOW_H
#define UI_WINDOW_H

#include "plugins/port.h"
#include "ttl/ui.h"
#include "ui/controls.h"
#include "ui/entry.h"
#include "ui/feed.h"
#include "ui/text.h"
#include "ui/x11.h"

#include <lv2/atom/atom.h>
#include <lv2/core/lv2.h>
#include <lv2/ui/ui.h>
#include <lv2/urid/urid.h>

#include <stddef.h>

#define WINDOW_PANES      16
#define WINDOW_PORTS      128
#define WINDOW_PROPERTIES 8

typedef struct Window Window;

/// An object that the plugin sent, checked to be whole.
typedef struct {
    const Window* window;
    const LV2_Atom_Object* atom;
} WindowObject;

typedef struct {
    const char* uri; ///< of the window
    const char* title;
    const PortInfo* ports; ///< these three are generated from the Turtle
    const PortText* texts;
    uint32_t n_ports;
    size_t size;       ///< of the struct that begins with a Window
    int width, height; ///< at the start, at 96 dots per inch

    void (*open)(Window* window); ///< adds panes and controls
    /// Gives panes and controls their places in the room.
    void (*layout)(Window* window, Rect room);
    /// A port has another value, from the host or from a control. NULL: not wanted.
    void (*changed)(Window* window, uint32_t port);
    /// Texts that the plugin keeps (patch:Set): `properties` are their URIs, `n_properties` of
    /// them.
    const char* const* properties;
    int n_properties;
    void (*text)(Window* window, int property, const char* text); ///< NULL: not wanted
    /// The plugin tells something (a term of ttl/ui.h). NULL: not wanted.
    void (*object)(Window* window, uint32_t term, const WindowObject* object);
    void (*tick)(Window* window);         ///< some 30 times a second. NULL: nothing moves
    bool (*key)(Window* window, int key); ///< that no control wanted. NULL: none
    /// A line that can be typed into, in the pane `entry_pane`: what stands in it, and what was
    /// typed. NULL: there is none.
    const char* (*entry_text)(Window* window);
    void (*entered)(Window* window, const char* text);
    void (*woken)(Window* window);   ///< the mouse or a key was moved. NULL: not wanted
    void (*closing)(Window* window); ///< the last moment. NULL: not wanted
} WindowKind;

typedef struct {
    Rect box; ///< no width: not shown
    void (*draw)(Window* window, cairo_t* cr, Rect box);
    bool dirty;
} WindowPane;

struct Window {
    const WindowKind* kind;
    X11* x11;
    Text* text;
    Theme theme;
    Controls controls;
    WindowPane pane[WINDOW_PANES];
    int n_panes;
    float value[WINDOW_PORTS]; ///< as last told
    double now_s;              ///< when the present tick began
    double scale;              ///< of the desktop
    double width, height;      ///< pixels
    bool asked;                ///< for the texts
    bool bare;                 ///< no footer, for a person's full picture
    const char* hint;          ///< what the footer says
    double next_hello_s;
    Entry entry;
    int entry_pane; ///< where the entry stands, when the kind has one
    int footer_pane, first_footer_control;
    uint32_t events_in, events_out, look, language; ///< ports; n_ports: there is none
    uint32_t choice;                                ///< the language in use, as the port counts
    LV2_URID patch_Get, patch_Set, patch_property, patch_value, property[WINDOW_PROPERTIES];
    LV2_URID event_transfer, atom_Object, atom_Float, atom_Int, atom_Bool, atom_Vector, atom_String,
        atom_Path, atom_URID, term[UI_N_TERMS];
    const LV2_URID_Map* map;
    LV2UI_Write_Function write;
    LV2UI_Controller controller;
    char locale[1024]; ///< folder of the catalogues
};

/// Adds a pane; returns its index.
int window_pane(Window* window, void (*draw)(Window* window, cairo_t* cr, Rect box));

/// The pane is to be drawn anew.
void window_dirty(Window* window, int pane);

/// All of it, in new places.
void window_relayout(Window* window);

/// Adds controls for these ports, in this order.
void window_controls(Window* window, const uint32_t* ports, int n);

/// Sets a port, as a control would.
void window_set(Window* window, uint32_t port, float value);

/// The words of an enumeration's present value, translated; "" when it has none.
const char* window_word(const Window* window, uint32_t port);

/// NAN in place of 0: for ports where 0 says "unknown".
double window_known(const Window* window, uint32_t port);

/// Sets a text that the plugin keeps (patch:Set), as a path.
void window_set_path(Window* window, int property, const char* path);

/// Sends an atom to the plugin.
void window_send(Window* window, const LV2_Atom* atom);

// For the LV2UI_Descriptor
LV2UI_Handle window_new(const WindowKind* kind, const char* bundle, LV2UI_Write_Function write,
                        LV2UI_Controller controller, LV2UI_Widget* widget,
                        const LV2_Feature* const* features);
void window_cleanup(LV2UI_Handle handle);
void window_port_event(LV2UI_Handle handle, uint32_t port, uint32_t size, uint32_t format,
                       const void* buffer);
const void* window_extension_data(const char* uri);

/// At the end of a window's file: makes `the_kind` what hosts find in the binary.
#define WINDOW_EXPORT(the_kind, the_uri)                                                           \
    static LV2UI_Handle instantiate(const LV2UI_Descriptor* descriptor, const char* plugin_uri,    \
                                    const char* bundle, LV2UI_Write_Function write,                \
                                    LV2UI_Controller controller, LV2UI_Widget* widget,             \
                                    const LV2_Feature* const* features)                            \
    {                                                                                              \
        (void)descriptor;                                                                          \
        (void)plugin_uri;                                                                          \
        return window_new(&the_kind, bundle, write, controller, widget, features);                 \
    }                                                                                              \
    static const LV2UI_Descriptor descriptor_of_ui = {the_uri, instantiate, window_cleanup,        \
                                                      window_port_event, window_extension_data};   \
    LV2_SYMBOL_EXPORT const LV2UI_Descriptor* lv2ui_descriptor(uint32_t index)                     \
    {                                                                                              \
        return index == 0 ? &descriptor_of_ui : NULL;                                              \
    }

#endif

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The window of Tonus Recorder: what is written where, and the signal that goes in. The folder can
/// be typed.
#include "ttl/recorder.h"
#include "ui/board.h"
#include "ui/object.h"
#include "ui/view_recorder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FOLDER, NAME, N_TEXTS, TEXT_SIZE = 512 };
static const char* const text_uris[N_TEXTS] = {RECORDER_PROPERTY_FOLDER, RECORDER_PROPERTY_NAME};

static const uint32_t ports[] = {
    RECORDER_PORT_RECORD, RECORDER_PORT_MARKER,     RECORDER_PORT_WITH_TRANSPORT,
    RECORDER_PORT_SENSOR, RECORDER_PORT_FULL_SCALE, RECORDER_PORT_BEAT_DELAY,
    RECORDER_PORT_ZOOM,   RECORDER_PORT_CHANNEL,    RECORDER_PORT_ENABLED};
static const BoardParts parts = {.controls = ports, .n_controls = sizeof(ports) / sizeof(ports[0])};

typedef struct {
    Board board; // first
    FeedTrace trace;
    char text[N_TEXTS][TEXT_SIZE];
    int trace_pane, take_pane, folder_pane;
    double told_s; // the take's length as drawn
} RecorderWindow;

static void draw_trace(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    RecorderWindow* const self = (RecorderWindow*)window;
    board_trace(window, cr, box, &self->trace, RECORDER_PORT_ZOOM, _("Sensor"));
}

static void draw_take(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    const RecorderWindow* const self = (RecorderWindow*)window;
    const bool refused = window->value[RECORDER_PORT_STATE] > 1.5f;
    const RecorderData data = {.title = _("Take"),
                               .recording = window->value[RECORDER_PORT_RECORDING] > 0.5f,
                               .file = self->text[NAME],
                               .seconds = (double)window->value[RECORDER_PORT_ELAPSED],
                               .dropped = (double)window->value[RECORDER_PORT_DROPPED],
                               .errors = (double)window->value[RECORDER_PORT_ERRORS],
                               .disk_bytes = (double)NAN,
                               .bytes_per_s = (double)NAN,
                               .reason = refused ? window_word(window, RECORDER_PORT_STATE) : NULL};
    recorder_draw(cr, theme, box, &data);
}

static void draw_folder(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    const RecorderWindow* const self = (RecorderWindow*)window;
    entry_draw(cr, theme, box, &window->entry, _("Folder"),
               *self->text[FOLDER] ? self->text[FOLDER] : _("Tonus, at home"));
}

static const char* entry_text(Window* window)
{
    return ((const RecorderWindow*)window)->text[FOLDER];
}

// A folder is told from the root on; what is not, begins at home
static void entered(Window* window, const char* text)
{
    RecorderWindow* const self = (RecorderWindow*)window;
    const char* const home = getenv("HOME");
    const char* const rest = *text == '~' && (text[1] == '/' || !text[1]) ? text + 1 : text;
    char path[TEXT_SIZE];
    const bool whole = *text == '/' || !*text || !home;
    const int n = snprintf(path, sizeof(path), "%s%s%s", whole ? "" : home,
                           whole || *rest == '/' || !*rest ? "" : "/", whole ? text : rest);
    if (n >= 0 && n < TEXT_SIZE) {
        memcpy(self->text[FOLDER], path, sizeof(path));
        window_set_path(window, FOLDER, path);
        window_dirty(window, self->take_pane);
    }
}

static void open(Window* window)
{
    RecorderWindow* const self = (RecorderWindow*)window;
    self->take_pane = window_pane(window, draw_take);
    self->trace_pane = window_pane(window, draw_trace);
    self->folder_pane = window->entry_pane = window_pane(window, draw_folder);
    board_open(window, &parts);
    Control* const record = controls_find(&window->controls, RECORDER_PORT_RECORD);
    record->on = N_("Stop");
    record->off = N_("Record");
    record->primary = true;
}

static void layout(Window* window, Rect room)
{
    RecorderWindow* const self = (RecorderWindow*)window;
    const Theme* const theme = &window->theme;
    board_layout(window, &room);
    window->pane[self->folder_pane].box = cut_top(&room, controls_row(theme), theme->margin);
    window->pane[self->take_pane].box = cut_top(&room, 0.5 * room.h, theme->margin);
    window->pane[self->trace_pane].box = room;
}

static void changed(Window* window, uint32_t port)
{
    RecorderWindow* const self = (RecorderWindow*)window;
    if (port == RECORDER_PORT_ELAPSED) {
        const double second = floor((double)window->value[RECORDER_PORT_ELAPSED]);
        if (fabs(second - self->told_s) > 0.5) { // told by the second
            self->told_s = second;
            window_dirty(window, self->take_pane);
        }
    } else if (port == RECORDER_PORT_ZOOM) {
        window_relayout(window);
    } else {
        window_dirty(window, self->take_pane);
    }
}

static void object(Window* window, uint32_t term, const WindowObject* object)
{
    RecorderWindow* const self = (RecorderWindow*)window;
    if (term == UI_TRACE && window_trace(&self->trace, object)) {
        window_dirty(window, self->trace_pane);
    }
}

static void take_text(Window* window, int property, const char* text)
{
    RecorderWindow* const self = (RecorderWindow*)window;
    snprintf(self->text[property], TEXT_SIZE, "%s", text);
    window_dirty(window, self->take_pane);
    window_dirty(window, self->folder_pane);
}

static const WindowKind kind = {.uri = RECORDER_WINDOW_URI,
                                .title = "Tonus Recorder",
                                .ports = recorder_ports,
                                .texts = recorder_texts,
                                .n_ports = RECORDER_N_PORTS,
                                .size = sizeof(RecorderWindow),
                                .width = 820,
                                .height = 540,
                                .open = open,
                                .layout = layout,
                                .changed = changed,
                                .properties = text_uris,
                                .n_properties = N_TEXTS,
                                .text = take_text,
                                .entry_text = entry_text,
                                .entered = entered,
                                .object = object};

WINDOW_EXPORT(kind, RECORDER_WINDOW_URI)

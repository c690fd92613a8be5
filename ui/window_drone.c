// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The window of Tonus Drone: its voices, how strong it sounds, and all that it is tuned with.
#include "ttl/drone.h"
#include "ui/board.h"
#include "ui/object.h"
#include "ui/view_drone.h"

#include <math.h>

enum { NOTES = 16 };

static const uint32_t ports[] = {
    DRONE_PORT_VOLUME,     DRONE_PORT_VOICING,       DRONE_PORT_ROOT,      DRONE_PORT_TONE,
    DRONE_PORT_SWELL,      DRONE_PORT_BREATH_FROM,   DRONE_PORT_SYNCHRONY, DRONE_PORT_PULSE,
    DRONE_PORT_HUM_FOLLOW, DRONE_PORT_TUNING,        DRONE_PORT_A4,        DRONE_PORT_SNAP,
    DRONE_PORT_NEUTRAL,    DRONE_PORT_CHORD_CHANNEL, DRONE_PORT_CHANNEL,   DRONE_PORT_ENABLED};
static const BoardNumber numbers[] = {
    {DRONE_PORT_TONE_NOW, 2, BOARD_NONE, BOARD_NONE, true},
    {DRONE_PORT_NOTE, 1, BOARD_NONE, BOARD_NONE, false},
    {DRONE_PORT_BEATING, 1, BOARD_NONE, BOARD_NONE, true},
    {DRONE_PORT_LEVEL, 0, BOARD_NONE, BOARD_NONE, true},
};
static const BoardParts parts = {ports, sizeof(ports) / sizeof(ports[0]), numbers,
                                 sizeof(numbers) / sizeof(numbers[0]), 5.6};

typedef struct {
    Board board; // first
    double note_hz[NOTES];
    size_t n_notes;
    bool sounds;
    int drone_pane;
    bool moved;
    double next_s;
} DroneWindow;

static void draw_drone(Window* window, cairo_t* cr, Rect box)
{
    const Theme* const theme = &window->theme;
    DroneWindow* const self = (DroneWindow*)window;
    const double level_db = (double)window->value[DRONE_PORT_LEVEL];
    const DroneData data = {.title = _("Drone"),
                            .voicing = window_word(window, DRONE_PORT_VOICING),
                            .notes_hz = self->note_hz,
                            .n_notes = self->n_notes,
                            .level = fmin(fmax((level_db + 60.0) / 54.0, 0.0), 1.0),
                            .swell = (double)window->value[DRONE_PORT_SWELL_NOW],
                            .beating_hz = (double)window->value[DRONE_PORT_BEATING],
                            .reason = self->sounds ? NULL : _("The drone is silent")};
    drone_draw(cr, theme, box, &data);
}

static void open(Window* window)
{
    DroneWindow* const self = (DroneWindow*)window;
    self->drone_pane = window_pane(window, draw_drone);
    board_open(window, &parts);
}

static void layout(Window* window, Rect room)
{
    DroneWindow* const self = (DroneWindow*)window;
    board_layout(window, &room);
    window->pane[self->drone_pane].box = room;
}

static void changed(Window* window, uint32_t port)
{
    DroneWindow* const self = (DroneWindow*)window;
    board_changed(window, port);
    self->moved = self->moved || port == DRONE_PORT_SWELL_NOW || port == DRONE_PORT_TONE_NOW ||
                  port == DRONE_PORT_LEVEL || port == DRONE_PORT_BEATING ||
                  port == DRONE_PORT_VOICING;
}

static void object(Window* window, uint32_t term, const WindowObject* object)
{
    DroneWindow* const self = (DroneWindow*)window;
    uint32_t n = 0;
    float level = 0.0f;
    const float* const values = window_vector(object, UI_VALUES, &n);
    if (term != UI_VOICES || !window_number(object, UI_LEVEL, &level)) {
        return;
    }
    n = n < NOTES ? n : NOTES;
    bool news = n != self->n_notes || self->sounds != (level > 0.5f);
    for (uint32_t i = 0; i < n; ++i) {
        news = news || fabs(self->note_hz[i] - (double)values[i]) > 0.05;
        self->note_hz[i] = (double)values[i];
    }
    self->n_notes = n;
    self->sounds = level > 0.5f;
    self->moved = self->moved || news;
}

static void tick(Window* window)
{
    DroneWindow* const self = (DroneWindow*)window;
    if (self->moved && window->now_s >= self->next_s) {
        self->moved = false;
        self->next_s = window->now_s + 0.06;
        window_dirty(window, self->drone_pane);
    }
    board_tick(window);
}

static const WindowKind kind = {.uri = DRONE_WINDOW_URI,
                                .title = "Tonus Drone",
                                .ports = drone_ports,
                                .texts = drone_texts,
                                .n_ports = DRONE_N_PORTS,
                                .size = sizeof(DroneWindow),
                                .width = 920,
                                .height = 560,
                                .open = open,
                                .layout = layout,
                                .changed = changed,
                                .object = object,
                                .tick = tick};

WINDOW_EXPORT(kind, DRONE_WINDOW_URI)

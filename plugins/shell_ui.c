// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/shell_ui.h"
#include "plugins/shell.h"

#include <math.h>
#include <string.h>

#define HELLO_S       6.0    // without a Hello for so long the window is gone: it says it every 2 s
#define LONGEST_RR_MS 4000.0 // a longer time between two beats is a gap
#define TELL_HZ       25.0   // windows draw at most 30 times a second

void shell_ui_init(Shell* shell)
{
    ShellUi* const ui = &shell->ui;
    LV2_URID_Map* const map = shell->map;
    for (int i = 0; i < UI_N_TERMS; ++i) {
        ui->term[i] = map->map(map->handle, ui_terms[i]);
    }
    ui->atom_Float = shell->urid.atom_Float;
    ui->column_frames = (uint32_t)fmax(1.0, shell->rate / SHELL_UI_COLUMN_HZ);
}

static void forget(ShellUi* ui)
{
    ui->filled = ui->n_columns = ui->n_beats = 0;
}

void shell_ui_activate(Shell* shell)
{
    shell->ui.until = shell->ui.next = shell->ui.told_beat = 0;
    forget(&shell->ui);
}

bool shell_ui_open(const Shell* shell)
{
    return shell->now < shell->ui.until;
}

bool shell_ui_take(Shell* shell, const LV2_Atom* atom)
{
    ShellUi* const ui = &shell->ui;
    const LV2_Atom_Object* const object = (const LV2_Atom_Object*)atom;
    if (!lv2_atom_forge_is_object_type(&shell->forge, atom->type) ||
        atom->size < sizeof(LV2_Atom_Object_Body)) {
        return false;
    }
    if (object->body.otype == ui->term[UI_HELLO]) {
        if (!shell_ui_open(shell)) {
            forget(ui);
            ui->next = shell->now;
        }
        ui->until = shell->now + (uint64_t)(HELLO_S * shell->rate);
        ui->told = 0; // it may be another window, which knows nothing yet
        return true;
    }
    if (object->body.otype == ui->term[UI_GOODBYE]) {
        ui->until = shell->now;
        return true;
    }
    return false;
}

void shell_ui_trace(Shell* shell, const float* signal, uint32_t n)
{
    ShellUi* const ui = &shell->ui;
    if (!shell_ui_open(shell)) {
        return;
    }
    for (uint32_t i = 0; i < n; ++i) {
        const float x = isfinite(signal[i]) ? signal[i] : 0.0f;
        ui->low = ui->filled == 0 || x < ui->low ? x : ui->low;
        ui->high = ui->filled == 0 || x > ui->high ? x : ui->high;
        if (++ui->filled == ui->column_frames) {
            ui->filled = 0;
            if (ui->n_columns < SHELL_UI_COLUMNS) {
                ui->lows[ui->n_columns] = ui->low;
                ui->highs[ui->n_columns++] = ui->high;
            }
        }
    }
}

static void queue(Shell* shell, const ShellUiBeat* beat)
{
    ShellUi* const ui = &shell->ui;
    if (shell_ui_open(shell) && ui->n_beats < SHELL_UI_BEATS) {
        ui->beats[ui->n_beats++] = *beat;
    }
}

void shell_ui_beat(Shell* shell, uint64_t frame, double rr_ms, double quality, bool reliable)
{
    const ShellUiBeat beat = {frame, (float)rr_ms, (float)quality, true, reliable};
    queue(shell, &beat);
}

void shell_ui_told_beat(Shell* shell, uint32_t delay, double quality, bool reliable)
{
    ShellUi* const ui = &shell->ui;
    const double rr_ms = (double)(shell->now - ui->told_beat) * 1000.0 / shell->rate;
    shell_ui_beat(shell, shell->now > delay ? shell->now - delay : 0,
                  ui->told_beat && rr_ms <= LONGEST_RR_MS ? rr_ms : 0.0, quality, reliable);
    ui->told_beat = shell->now;
}

void shell_ui_breath(Shell* shell, uint64_t frame, bool inhaling)
{
    const ShellUiBeat breath = {frame, 0.0f, 0.0f, false, inhaling};
    queue(shell, &breath);
}

bool shell_ui_begin(Shell* shell, LV2_Atom_Forge_Frame* object, uint32_t term, uint32_t bytes)
{
    if (shell_room(shell) < bytes) {
        return false;
    }
    lv2_atom_forge_frame_time(&shell->forge, shell->ui.offset);
    lv2_atom_forge_object(&shell->forge, object, 0, shell->ui.term[term]);
    return true;
}

void shell_ui_float(Shell* shell, uint32_t term, double value)
{
    lv2_atom_forge_key(&shell->forge, shell->ui.term[term]);
    lv2_atom_forge_float(&shell->forge, isfinite(value) ? (float)value : 0.0f);
}

void shell_ui_int(Shell* shell, uint32_t term, int32_t value)
{
    lv2_atom_forge_key(&shell->forge, shell->ui.term[term]);
    lv2_atom_forge_int(&shell->forge, value);
}

void shell_ui_bool(Shell* shell, uint32_t term, bool value)
{
    lv2_atom_forge_key(&shell->forge, shell->ui.term[term]);
    lv2_atom_forge_bool(&shell->forge, value);
}

void shell_ui_vector(Shell* shell, uint32_t term, const float* values, uint32_t n)
{
    lv2_atom_forge_key(&shell->forge, shell->ui.term[term]);
    lv2_atom_forge_vector(&shell->forge, sizeof(float), shell->ui.atom_Float, n, values);
}

void shell_ui_end(Shell* shell, LV2_Atom_Forge_Frame* object)
{
    lv2_atom_forge_pop(&shell->forge, object);
}

void shell_ui_pace(Shell* shell, int part, float phase, float fullness, const float seconds[4])
{
    static const uint32_t terms[4] = {UI_INHALE, UI_HOLD_IN, UI_EXHALE, UI_HOLD_OUT};
    LV2_Atom_Forge_Frame object;
    const bool news = part || part != shell->ui.part || shell->ui.told == 0;
    if (!news || !shell_ui_begin(shell, &object, UI_PACE, 48 + 7 * 32)) {
        return;
    }
    shell->ui.part = part;
    shell_ui_int(shell, UI_PART, part);
    shell_ui_float(shell, UI_PHASE, (double)phase);
    shell_ui_float(shell, UI_LEVEL, (double)fullness);
    for (int i = 0; i < 4; ++i) {
        shell_ui_float(shell, terms[i], (double)seconds[i]);
    }
    shell_ui_end(shell, &object);
}

void shell_ui_session(Shell* shell, uint32_t exercise, float before_s, float exercise_s,
                      float after_s)
{
    LV2_Atom_Forge_Frame object;
    const bool news = exercise != shell->ui.exercise || shell->ui.told == 0;
    if (!news || !shell_ui_begin(shell, &object, UI_SESSION, 48 + 3 * 32)) {
        return;
    }
    shell->ui.exercise = exercise;
    shell_ui_float(shell, UI_BEFORE, (double)before_s);
    shell_ui_float(shell, UI_EXERCISE, (double)exercise_s);
    shell_ui_float(shell, UI_AFTER, (double)after_s);
    shell_ui_end(shell, &object);
}

static void tell_trace(Shell* shell)
{
    ShellUi* const ui = &shell->ui;
    LV2_Atom_Forge_Frame object;
    if (ui->n_columns && shell_ui_begin(shell, &object, UI_TRACE, 160 + 8 * ui->n_columns)) {
        shell_ui_float(shell, UI_COLUMN_TIME, ui->column_frames / shell->rate);
        shell_ui_vector(shell, UI_LOW, ui->lows, ui->n_columns);
        shell_ui_vector(shell, UI_HIGH, ui->highs, ui->n_columns);
        shell_ui_end(shell, &object);
    }
}

static void tell_beat(Shell* shell, const ShellUiBeat* beat)
{
    LV2_Atom_Forge_Frame object;
    const uint64_t end = shell->now - shell->ui.filled; // of the last whole column
    const double age_s = end > beat->frame ? (double)(end - beat->frame) / shell->rate : 0.0;
    if (!shell_ui_begin(shell, &object, beat->is_beat ? UI_BEAT : UI_BREATH, 176)) {
        return;
    }
    shell_ui_float(shell, UI_AGE, age_s);
    if (beat->is_beat) {
        shell_ui_float(shell, UI_RR, (double)beat->rr_ms);
        shell_ui_float(shell, UI_QUALITY, (double)beat->quality);
        shell_ui_bool(shell, UI_RELIABLE, beat->flag);
    } else {
        shell_ui_bool(shell, UI_INHALING, beat->flag);
    }
    shell_ui_end(shell, &object);
}

void shell_ui_finish(Shell* shell, void* plugin, uint32_t n)
{
    ShellUi* const ui = &shell->ui;
    if (!shell_ui_open(shell) || shell->now < ui->next || n == 0) {
        return;
    }
    ui->offset = n - 1;
    if (shell->capacity) {
        tell_trace(shell);
        for (uint32_t i = 0; i < ui->n_beats; ++i) {
            tell_beat(shell, &ui->beats[i]);
        }
        if (ui->tell) {
            ui->tell(plugin);
        }
        ++ui->told;
    }
    ui->n_columns = ui->n_beats = 0;
    ui->next = shell->now + (uint64_t)(shell->rate / TELL_HZ);
}

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/shell_inline.h"

#include "plugins/shell.h"
#include "ui/view_breath.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define COLUMN_HZ  50.0 // columns of the trace per second: an R wave lasts some 80 ms
#define PICTURE_HZ 25.0 // pictures per second: a breath glides, a mixer stays idle
#define GROUND_S   0.5  // time constant of the signal's slow mean

void shell_inline_init(Shell* shell, ShellInline* display, const char* bundle,
                       const LV2_Feature* const* features, ShellInlineDraw draw)
{
    char folder[4096];
    const double rate = shell->rate;
    shell->display = display;
    display->draw = draw;
    for (; features && *features; ++features) {
        if (!strcmp((*features)->URI, LV2_INLINEDISPLAY__queue_draw)) {
            display->host = (const LV2_Inline_Display*)(*features)->data;
        }
    }
    for (int i = 0; i < SHELL_INLINE_FLOATS; ++i) {
        atomic_store_explicit(&display->value[i], NAN, memory_order_relaxed);
    }
    display->column_frames = (uint32_t)fmax(rate / COLUMN_HZ, 1.0);
    display->wait_frames = (uint32_t)fmax(rate / PICTURE_HZ, 1.0);
    display->ease = (float)(1.0 / (GROUND_S * COLUMN_HZ));
    display->low = INFINITY;
    display->high = -INFINITY;
    if (display->host && bundle &&
        snprintf(folder, sizeof folder, "%s/locale", bundle) < (int)sizeof folder) {
        display->text = text_new(folder, NULL);
    }
}

void shell_inline_free(ShellInline* display)
{
    text_free(display->text);
    if (display->picture) {
        cairo_surface_destroy(display->picture);
    }
    display->text = NULL;
    display->picture = NULL;
}

// Of a column only that end is kept which stands out: the R wave, whichever way up
static void end_column(ShellInline* display)
{
    const bool known = display->low <= display->high;
    const float up = display->high - display->ground;
    const float down = display->ground - display->low;
    const float value = !known ? NAN : up >= down ? display->high : display->low;
    const unsigned told = atomic_load_explicit(&display->columns, memory_order_relaxed);
    const unsigned at = told % SHELL_INLINE_COLUMNS;
    const float old = atomic_load_explicit(&display->column[at], memory_order_relaxed);
    display->moves = display->moves || !(old == value);
    atomic_store_explicit(&display->column[at], value, memory_order_relaxed);
    atomic_store_explicit(&display->columns, told + 1, memory_order_release);
    if (known) {
        display->ground +=
            display->ease * (0.5f * (display->low + display->high) - display->ground);
    }
    display->low = INFINITY;
    display->high = -INFINITY;
    display->filled = 0;
}

void shell_inline_trace(ShellInline* display, const float* signal, uint32_t n)
{
    if (!display->host) {
        return;
    }
    for (uint32_t i = 0; i < n; ++i) {
        if (fabsf(signal[i]) < 1e6f) { // false for NaN
            display->low = fminf(display->low, signal[i]);
            display->high = fmaxf(display->high, signal[i]);
        }
        if (++display->filled >= display->column_frames) {
            end_column(display);
        }
    }
}

static void keep(ShellInline* display, int i, float value)
{
    const float old = atomic_load_explicit(&display->value[i], memory_order_relaxed);
    if (!(old == value) && !(isnan(old) && isnan(value))) {
        display->moves = true;
        atomic_store_explicit(&display->value[i], value, memory_order_relaxed);
    }
}

void shell_inline_show(ShellInline* display, const ShellInlineValues* values, uint32_t n)
{
    if (!display->host) {
        return;
    }
    if (display->wait > n) {
        display->wait -= n;
        return;
    }
    display->wait = display->wait_frames;
    const float all[SHELL_INLINE_FLOATS] = {values->heart_rate, values->breath_phase,
                                            values->in_share,   values->breath_rate,
                                            values->pacer,      values->tone};
    for (int i = 0; i < SHELL_INLINE_FLOATS; ++i) {
        keep(display, i, all[i]);
    }
    if (atomic_load_explicit(&display->state, memory_order_relaxed) != values->state) {
        atomic_store_explicit(&display->state, values->state, memory_order_relaxed);
        display->moves = true;
    }
    if (display->moves) {
        display->moves = false;
        display->host->queue_draw(display->host->handle);
    }
}

// The trace in time order, from 0 to 1; false when it does not move
static bool read_trace(ShellInline* display, float* trace)
{
    const unsigned told = atomic_load_explicit(&display->columns, memory_order_acquire);
    float low = INFINITY;
    float high = -INFINITY;
    for (unsigned i = 0; i < SHELL_INLINE_COLUMNS; ++i) {
        const unsigned at = (told + i) % SHELL_INLINE_COLUMNS;
        const bool there = told >= SHELL_INLINE_COLUMNS || at < told;
        trace[i] = there ? atomic_load_explicit(&display->column[at], memory_order_relaxed) : NAN;
        low = fminf(low, trace[i]); // a NaN does not count
        high = fmaxf(high, trace[i]);
    }
    for (unsigned i = 0; i < SHELL_INLINE_COLUMNS; ++i) {
        trace[i] = (trace[i] - low) / (high - low);
    }
    return high - low > 1e-7f;
}

static InlineData read_data(ShellInline* display, const float* trace, bool moving)
{
    double v[SHELL_INLINE_FLOATS];
    for (int i = 0; i < SHELL_INLINE_FLOATS; ++i) {
        v[i] = (double)atomic_load_explicit(&display->value[i], memory_order_relaxed);
    }
    const InlineData data = {
        trace,
        moving ? SHELL_INLINE_COLUMNS : 0,
        v[0],
        (SensorState)atomic_load_explicit(&display->state, memory_order_relaxed),
        breath_fullness(v[1], v[2]),
        v[3],
        v[4],
        v[5]};
    return data;
}

static LV2_Inline_Display_Image_Surface* render(LV2_Handle handle, uint32_t width,
                                                uint32_t max_height)
{
    ShellInline* const display = ((Shell*)handle)->display;
    const double wish = fmax(24.0, 0.30 * (double)width); // of the height
    const int w = (int)(width < 4096u ? width : 4096u);
    const int h = (int)fmin(wish, (double)(max_height < 4096u ? max_height : 4096u));
    float trace[SHELL_INLINE_COLUMNS];
    if (!display || w < 1 || h < 1) {
        return NULL;
    }
    if (!display->picture || display->surface.width != w || display->surface.height != h) {
        if (display->picture) {
            cairo_surface_destroy(display->picture);
        }
        display->picture = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, w, h);
    }
    if (cairo_surface_status(display->picture) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(display->picture);
        display->picture = NULL;
        return NULL;
    }
    const bool moving = read_trace(display, trace);
    const InlineData data = read_data(display, trace, moving);
    Theme theme = theme_dark(1.0);
    theme.text = display->text;
    cairo_t* const cr = cairo_create(display->picture);
    display->draw(cr, &theme, rect(0.0, 0.0, w, h), &data);
    cairo_destroy(cr);
    cairo_surface_flush(display->picture);
    display->surface.data = cairo_image_surface_get_data(display->picture);
    display->surface.width = w;
    display->surface.height = h;
    display->surface.stride = cairo_image_surface_get_stride(display->picture);
    return &display->surface;
}

const void* shell_inline_interface(const char* uri)
{
    static const LV2_Inline_Display_Interface interface = {render};
    return strcmp(uri, LV2_INLINEDISPLAY__interface) == 0 ? &interface : NULL;
}

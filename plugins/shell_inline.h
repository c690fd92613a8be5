// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The small picture in a mixer (Ardour's inline display, which Carla knows as well): run() leaves
/// values behind and asks for a picture some times a second; the host has it drawn in its user
/// interface thread.
///
/// Each value is atomic by itself and nobody waits: a picture may mix two moments 40 ms apart.
/// Without the host's feature, nothing is kept or drawn: one comparison per call.
///
/// The extension's definitions are those of the ISC licensed
/// ardour/libs/ardour/ardour/lv2_extensions.h, unchanged since 2016.
#ifndef PLUGINS_SHELL_INLINE_H
#define PLUGINS_SHELL_INLINE_H

#include "ui/view_inline.h"

#include <lv2/core/lv2.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define LV2_INLINEDISPLAY_PREFIX      "http://harrisonconsoles.com/lv2/inlinedisplay#"
#define LV2_INLINEDISPLAY__interface  LV2_INLINEDISPLAY_PREFIX "interface"
#define LV2_INLINEDISPLAY__queue_draw LV2_INLINEDISPLAY_PREFIX "queue_draw"

typedef struct {
    unsigned char* data; ///< ARGB32, premultiplied
    int width, height, stride;
} LV2_Inline_Display_Image_Surface;

typedef struct {
    LV2_Inline_Display_Image_Surface* (*render)(LV2_Handle instance, uint32_t width,
                                                uint32_t max_height);
} LV2_Inline_Display_Interface;

typedef struct {
    void* handle;
    void (*queue_draw)(void* handle);
} LV2_Inline_Display;

enum { SHELL_INLINE_COLUMNS = 120 }; // of the trace, 2.4 s

/// What the picture shows; NAN: not known.
typedef struct {
    float heart_rate;   ///< per minute
    float breath_phase; ///< 0..1
    float in_share;     ///< of the breath
    float breath_rate;  ///< per minute
    float pacer;        ///< how full the lungs shall be, 0..1
    float tone;         ///< 0..1
    int state;          ///< of the sensor, as the ports count
} ShellInlineValues;

enum { SHELL_INLINE_FLOATS = 6 };

typedef void (*ShellInlineDraw)(cairo_t* cr, const Theme* theme, Rect box, const InlineData* data);

/// Lies in a plugin's struct, all zeros to begin with; the plugin's Shell points to it.
typedef struct ShellInline {
    const LV2_Inline_Display* host; ///< NULL: the host draws none
    ShellInlineDraw draw;
    // left behind by run()
    _Atomic float value[SHELL_INLINE_FLOATS], column[SHELL_INLINE_COLUMNS];
    atomic_int state;
    atomic_uint columns; ///< told so far
    // run()'s own
    uint32_t column_frames, filled, wait, wait_frames;
    float low, high, ground, ease; ///< of this column; the signal's slow mean
    bool moves;                    ///< something has changed since the last picture
    // the user interface thread's own
    Text* text;
    cairo_surface_t* picture;
    LV2_Inline_Display_Image_Surface surface;
} ShellInline;

typedef struct Shell Shell;

/// After shell_init: looks for the host's feature; `bundle` is the folder with the words. Not
/// real-time.
void shell_inline_init(Shell* shell, ShellInline* display, const char* bundle,
                       const LV2_Feature* const* features, ShellInlineDraw draw);
void shell_inline_free(ShellInline* display);

/// The sensor's signal, n frames. [realtime]
void shell_inline_trace(ShellInline* display, const float* signal, uint32_t n);

/// What is known at the end of a block of n frames. [realtime]
void shell_inline_show(ShellInline* display, const ShellInlineValues* values, uint32_t n);

/// For LV2_Descriptor.extension_data; NULL: another extension. The handle's struct begins with a
/// Shell whose `display` is set.
const void* shell_inline_interface(const char* uri);

#endif

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What a plugin tells its window beside its ports: objects in the terms of ttl/ui.ttl. They come
/// from another process in some hosts, so nothing of them is believed before it is looked at.
#ifndef UI_OBJECT_H
#define UI_OBJECT_H

#include "ui/window.h"

/// An object's property; false, NULL: it is not there or of another type.
bool window_number(const WindowObject* object, uint32_t term, float* value);
bool window_truth(const WindowObject* object, uint32_t term);
const float* window_vector(const WindowObject* object, uint32_t term, uint32_t* n);
const char* window_string(const WindowObject* object, LV2_URID key); ///< a text or a path

/// Takes a trace's columns, a beat (either feed may be NULL). False: the object is not whole.
bool window_trace(FeedTrace* trace, const WindowObject* object);
bool window_beat(const Window* window, FeedTrace* trace, FeedTacho* tacho,
                 const WindowObject* object);

/// Takes a pacer's breath.
bool window_pace(const Window* window, FeedLungs* lungs, const WindowObject* object);

/// Hands an object that came in to the window's kind, when it is whole and of a known class.
void object_take(Window* window, const void* buffer, uint32_t size);

#endif

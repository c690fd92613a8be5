// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/object.h"

#include <lv2/atom/forge.h>
#include <lv2/atom/util.h>

#include <math.h>
#include <string.h>

// The value of a property that lies whole within the object; NULL: there is none
static const LV2_Atom* property(const WindowObject* object, LV2_URID key)
{
    const uint8_t* at = (const uint8_t*)(object->atom + 1);
    const uint8_t* const end = (const uint8_t*)&object->atom->body + object->atom->atom.size;
    while (at <= end && (size_t)(end - at) >= sizeof(LV2_Atom_Property_Body)) {
        const LV2_Atom_Property_Body* const body = (const LV2_Atom_Property_Body*)at;
        const size_t left = (size_t)(end - at) - sizeof(LV2_Atom_Property_Body);
        if (body->value.size > left) {
            return NULL;
        }
        if (body->key == key) {
            return &body->value;
        }
        at += sizeof(LV2_Atom_Property_Body) + lv2_atom_pad_size(body->value.size);
    }
    return NULL;
}

bool window_number(const WindowObject* object, uint32_t term, float* value)
{
    const Window* const window = object->window;
    const LV2_Atom* const atom = property(object, window->term[term]);
    if (!atom || atom->size != sizeof(float)) {
        return false;
    }
    if (atom->type == window->atom_Int || atom->type == window->atom_Bool) {
        *value = (float)((const LV2_Atom_Int*)atom)->body;
        return true;
    }
    *value = ((const LV2_Atom_Float*)atom)->body;
    return atom->type == window->atom_Float && fabsf(*value) < 1e30f;
}

bool window_truth(const WindowObject* object, uint32_t term)
{
    float value = 0.0f;
    return window_number(object, term, &value) && fabsf(value) > 0.0f;
}

const float* window_vector(const WindowObject* object, uint32_t term, uint32_t* n)
{
    const Window* const window = object->window;
    const LV2_Atom* const atom = property(object, window->term[term]);
    *n = 0;
    if (!atom || atom->type != window->atom_Vector || atom->size < sizeof(LV2_Atom_Vector_Body)) {
        return NULL;
    }
    const LV2_Atom_Vector* const vector = (const LV2_Atom_Vector*)atom;
    if (vector->body.child_type != window->atom_Float || vector->body.child_size != sizeof(float)) {
        return NULL;
    }
    *n = (atom->size - (uint32_t)sizeof(LV2_Atom_Vector_Body)) / (uint32_t)sizeof(float);
    return (const float*)(vector + 1);
}

const char* window_string(const WindowObject* object, LV2_URID key)
{
    const Window* const window = object->window;
    const LV2_Atom* const atom = property(object, key);
    if (!atom || (atom->type != window->atom_String && atom->type != window->atom_Path)) {
        return NULL;
    }
    const char* const text = (const char*)(atom + 1);
    return atom->size && memchr(text, 0, atom->size) ? text : NULL;
}

bool window_trace(FeedTrace* trace, const WindowObject* object)
{
    float column_s = 0.0f;
    uint32_t n_low = 0;
    uint32_t n_high = 0;
    const float* const low = window_vector(object, UI_LOW, &n_low);
    const float* const high = window_vector(object, UI_HIGH, &n_high);
    if (!window_number(object, UI_COLUMN_TIME, &column_s) || !n_low || n_low != n_high) {
        return false;
    }
    feed_trace(trace, (double)column_s, low, high, n_low);
    return true;
}

bool window_beat(const Window* window, FeedTrace* trace, FeedTacho* tacho,
                 const WindowObject* object)
{
    float age_s = 0.0f;
    float rr_ms = 0.0f;
    if (!window_number(object, UI_AGE, &age_s) || !window_number(object, UI_RR, &rr_ms)) {
        return false;
    }
    const bool reliable = window_truth(object, UI_RELIABLE);
    if (trace) {
        feed_mark(trace, (double)age_s, reliable);
    }
    if (tacho) {
        feed_beat(tacho, window->now_s - (double)age_s, (double)rr_ms, reliable);
    }
    return true;
}

bool window_pace(const Window* window, FeedLungs* lungs, const WindowObject* object)
{
    static const uint32_t terms[4] = {UI_INHALE, UI_HOLD_IN, UI_EXHALE, UI_HOLD_OUT};
    float part = 0.0f;
    float phase = 0.0f;
    float level = 0.0f;
    float seconds[4] = {0.0f};
    bool whole = window_number(object, UI_PART, &part) && window_number(object, UI_PHASE, &phase) &&
                 window_number(object, UI_LEVEL, &level);
    for (int i = 0; i < 4; ++i) {
        whole = window_number(object, terms[i], &seconds[i]) && seconds[i] >= 0.0f && whole;
    }
    if (whole && fabsf(part) < 100.0f) {
        feed_pace(lungs, window->now_s, (int)part, (double)phase, (double)level, seconds);
    }
    return whole;
}

// A text that the plugin keeps
static void take_text(Window* window, const WindowObject* object)
{
    const LV2_Atom* const name = property(object, window->patch_property);
    const char* const text = window_string(object, window->patch_value);
    if (!name || name->type != window->atom_URID || name->size != sizeof(LV2_URID) || !text) {
        return;
    }
    for (int i = 0; i < window->kind->n_properties; ++i) {
        if (((const LV2_Atom_URID*)name)->body == window->property[i]) {
            window->kind->text(window, i, text);
        }
    }
}

void window_set_path(Window* window, int property, const char* path)
{
    union {
        LV2_Atom atom;
        uint8_t bytes[ENTRY_SIZE + 128];
    } message;
    LV2_Atom_Forge forge;
    LV2_Atom_Forge_Frame frame;
    lv2_atom_forge_init(&forge, (LV2_URID_Map*)window->map);
    lv2_atom_forge_set_buffer(&forge, message.bytes, sizeof(message.bytes));
    lv2_atom_forge_object(&forge, &frame, 0, window->patch_Set);
    lv2_atom_forge_key(&forge, window->patch_property);
    lv2_atom_forge_urid(&forge, window->property[property]);
    lv2_atom_forge_key(&forge, window->patch_value);
    if (lv2_atom_forge_path(&forge, path, (uint32_t)strlen(path))) {
        lv2_atom_forge_pop(&forge, &frame);
        window_send(window, &message.atom);
    }
}

void object_take(Window* window, const void* buffer, uint32_t size)
{
    const LV2_Atom_Object* const atom = (const LV2_Atom_Object*)buffer;
    if (size < sizeof(LV2_Atom_Object) || atom->atom.type != window->atom_Object ||
        atom->atom.size > size - sizeof(LV2_Atom) ||
        atom->atom.size < sizeof(LV2_Atom_Object_Body)) {
        return;
    }
    const WindowObject object = {window, atom};
    if (atom->body.otype == window->patch_Set && window->kind->text) {
        take_text(window, &object);
        return;
    }
    uint32_t term = 0;
    while (term < UI_N_TERMS && window->term[term] != atom->body.otype) {
        ++term;
    }
    if (term < UI_N_TERMS && window->kind->object) {
        window->kind->object(window, term, &object);
    }
}

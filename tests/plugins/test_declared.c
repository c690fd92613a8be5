// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What a plugin says of itself in Turtle: complete, honest, the same as the binary does, and what
/// hosts can stand.
#include "check.h"
#include "feed.h"

#include <lv2/atom/atom.h>
#include <lv2/core/lv2.h>
#include <lv2/port-props/port-props.h>
#include <lv2/state/state.h>
#include <lv2/units/units.h>
#include <lv2/urid/urid.h>
#include <lv2/worker/worker.h>

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char RDFS_COMMENT[] = "http://www.w3.org/2000/01/rdf-schema#comment";
static const char DOAP_LICENSE[] = "http://usefulinc.com/ns/doap#license";

static LilvNode* uri(const Subject* subject, const char* text)
{
    return lilv_new_uri(host_world_lilv(subject->world), text);
}

/// The first value of a property of the plugin, as text into `text`; false when it has none.
static bool value(const Subject* subject, const char* predicate, char* text, size_t size)
{
    LilvNode* const node = uri(subject, predicate);
    LilvNodes* const values = lilv_plugin_get_value(subject->plugin, node);
    const LilvNode* const first = values ? lilv_nodes_get_first(values) : NULL;
    snprintf(text, size, "%s", first ? lilv_node_as_string(first) : "");
    lilv_nodes_free(values);
    lilv_node_free(node);
    return text[0] != '\0';
}

static bool port_value(const Subject* subject, const LilvPort* port, const char* predicate,
                       char* text, size_t size)
{
    LilvNode* const node = uri(subject, predicate);
    LilvNode* const found = lilv_port_get(subject->plugin, port, node);
    snprintf(text, size, "%s", found ? lilv_node_as_string(found) : "");
    lilv_node_free(found);
    lilv_node_free(node);
    return text[0] != '\0';
}

static bool has_property(const Subject* subject, const LilvPort* port, const char* property)
{
    LilvNode* const node = uri(subject, property);
    const bool has = lilv_port_has_property(subject->plugin, port, node);
    lilv_node_free(node);
    return has;
}

// ---- The plugin ------------------------------------------------------------------------------

/// The only feature that a host must have.
static bool features_fine(Subject* subject)
{
    LilvNodes* const required = lilv_plugin_get_required_features(subject->plugin);
    bool fine = true;
    LILV_FOREACH(nodes, i, required)
    {
        const char* const feature = lilv_node_as_uri(lilv_nodes_get(required, i));
        fine = fine && (!strcmp(feature, LV2_URID__map) ||
                        subject_wrong(subject, "requires %s, which not every host has", feature));
    }
    lilv_nodes_free(required);
    LilvNode* const in_place_broken = uri(subject, LV2_CORE__inPlaceBroken);
    LilvNode* const real_time = uri(subject, LV2_CORE__hardRTCapable);
    fine = fine && (!lilv_plugin_has_feature(subject->plugin, in_place_broken) ||
                    subject_wrong(subject, "is in-place broken: Ardour refuses it"));
    fine = fine && (lilv_plugin_has_feature(subject->plugin, real_time) ||
                    subject_wrong(subject, "does not say that it is hardRTCapable"));
    lilv_node_free(in_place_broken);
    lilv_node_free(real_time);
    return fine;
}

/// Interfaces that the binary has are announced, and the other way round.
static bool extensions_fine(Subject* subject)
{
    static const char* const interfaces[] = {LV2_STATE__interface, LV2_WORKER__interface};
    Host* const host = subject_host(subject, NULL);
    bool fine = host != NULL;
    for (int i = 0; fine && i < 2; ++i) {
        LilvNode* const node = uri(subject, interfaces[i]);
        const bool said = lilv_plugin_has_extension_data(subject->plugin, node);
        const bool there = lilv_instance_get_extension_data(host_instance(host), interfaces[i]);
        if (said != there) {
            fine = subject_wrong(subject, "%s: the Turtle says %s, the binary %s", interfaces[i],
                                 said ? "yes" : "no", there ? "yes" : "no");
        }
        lilv_node_free(node);
    }
    host_free(host);
    return fine;
}

static bool plugin_declared(Subject* subject)
{
    char text[512], symbol[64];
    LilvNode* const name = lilv_plugin_get_name(subject->plugin);
    bool fine = (name && lilv_node_is_string(name)) || subject_wrong(subject, "has no name");
    lilv_node_free(name);
    fine = fine &&
           (lilv_plugin_verify(subject->plugin) || subject_wrong(subject, "lilv finds it invalid"));
    fine = fine && ((value(subject, DOAP_LICENSE, text, sizeof text) && strstr(text, "GPL-3.0")) ||
                    subject_wrong(subject, "has no licence"));
    fine = fine && (value(subject, RDFS_COMMENT, text, sizeof text) ||
                    subject_wrong(subject, "has no comment"));
    fine = fine && (value(subject, LV2_CORE__symbol, symbol, sizeof symbol) ||
                    subject_wrong(subject, "has no symbol"));
    return fine && features_fine(subject) && extensions_fine(subject);
}

// ---- The ports -------------------------------------------------------------------------------

static bool is_symbol(const char* text)
{
    bool fine = *text && !isdigit((unsigned char)*text);
    for (; *text; ++text) {
        fine &= isalnum((unsigned char)*text) || *text == '_';
    }
    return fine;
}

static bool scale_points_fine(Subject* subject, const LilvPort* port, const HostPort* about)
{
    LilvScalePoints* const points = lilv_port_get_scale_points(subject->plugin, port);
    bool fine = true;
    unsigned count = 0;
    LILV_FOREACH(scale_points, i, points)
    {
        const LilvScalePoint* const point = lilv_scale_points_get(points, i);
        const float number = lilv_node_as_float(lilv_scale_point_get_value(point));
        ++count;
        fine = fine && ((number >= about->minimum && number <= about->maximum) ||
                        subject_wrong(subject, "%s: scale point %g out of range", about->symbol,
                                      (double)number));
    }
    lilv_scale_points_free(points);
    if (fine && about->enumeration &&
        (double)count != (double)about->maximum - (double)about->minimum + 1) {
        fine = subject_wrong(subject, "%s: %u scale points for %g..%g", about->symbol, count,
                             (double)about->minimum, (double)about->maximum);
    }
    return fine;
}

static bool control_fine(Subject* subject, const LilvPort* port, const HostPort* about)
{
    char text[512];
    const char* const symbol = about->symbol;
    if (!about->has_minimum || !about->has_maximum || (about->is_input && !about->has_default)) {
        return subject_wrong(subject, "%s: no range", symbol);
    }
    if (!(about->minimum < about->maximum) || !isfinite(about->minimum) ||
        !isfinite(about->maximum)) {
        return subject_wrong(subject, "%s: range %g..%g", symbol, (double)about->minimum,
                             (double)about->maximum);
    }
    if (about->has_default &&
        (about->initial < about->minimum || about->initial > about->maximum)) {
        return subject_wrong(subject, "%s: default %g outside %g..%g", symbol,
                             (double)about->initial, (double)about->minimum,
                             (double)about->maximum);
    }
    const bool whole = about->integer || about->enumeration || about->toggled;
    if (whole &&
        (about->initial != floorf(about->initial) || about->minimum != floorf(about->minimum) ||
         about->maximum != floorf(about->maximum))) {
        return subject_wrong(subject, "%s: whole numbers, but the range is not", symbol);
    }
    if (about->toggled && (about->minimum != 0.0f || about->maximum != 1.0f)) {
        return subject_wrong(subject, "%s: a switch from %g to %g", symbol, (double)about->minimum,
                             (double)about->maximum);
    }
    if (!whole && !port_value(subject, port, LV2_UNITS__unit, text, sizeof text)) {
        return subject_wrong(subject, "%s: no unit", symbol);
    }
    return scale_points_fine(subject, port, about);
}

static bool atom_fine(Subject* subject, const LilvPort* port, const HostPort* about)
{
    char text[256];
    const bool sequence = port_value(subject, port, LV2_ATOM__bufferType, text, sizeof text) &&
                          !strcmp(text, LV2_ATOM__Sequence);
    if (!sequence) {
        return subject_wrong(subject, "%s: is no sequence; hosts know nothing else", about->symbol);
    }
    return about->optional ? true : subject_wrong(subject, "%s: must be optional", about->symbol);
}

static bool one_port_fine(Subject* subject, const HostPort* ports, uint32_t i, bool is_cv_variant)
{
    const LilvPort* const port = lilv_plugin_get_port_by_index(subject->plugin, i);
    const HostPort* const about = &ports[i];
    char text[512];
    if (!about->symbol || !is_symbol(about->symbol)) {
        return subject_wrong(subject, "port %u: no symbol", i);
    }
    for (uint32_t k = 0; k < i; ++k) {
        if (!strcmp(ports[k].symbol, about->symbol)) {
            return subject_wrong(subject, "two ports are called %s", about->symbol);
        }
    }
    LilvNode* const name = lilv_port_get_name(subject->plugin, port);
    const bool named = name && lilv_node_as_string(name)[0];
    for (uint32_t k = 0; named && k < i; ++k) { // Carla and Ardour's scripts know ports by name
        const LilvPort* const other = lilv_plugin_get_port_by_index(subject->plugin, k);
        LilvNode* const other_name = lilv_port_get_name(subject->plugin, other);
        const bool same = other_name &&
                          !strcmp(lilv_node_as_string(other_name), lilv_node_as_string(name)) &&
                          ports[k].is_input == about->is_input;
        lilv_node_free(other_name);
        if (same) {
            lilv_node_free(name);
            return subject_wrong(subject, "%s and %s have the same name", ports[k].symbol,
                                 about->symbol);
        }
    }
    lilv_node_free(name);
    if (!named || !port_value(subject, port, RDFS_COMMENT, text, sizeof text)) {
        return subject_wrong(subject, "%s: no name or no comment", about->symbol);
    }
    switch (about->kind) {
    case HOST_CONTROL:
        return control_fine(subject, port, about);
    case HOST_ATOM:
        return atom_fine(subject, port, about);
    case HOST_CV:
        // Ardour before 8.7 refuses CV; later ones want it optional
        if (!is_cv_variant || !about->optional) {
            return subject_wrong(subject, "%s: a CV port, not optional or not in a CV variant",
                                 about->symbol);
        }
        return true;
    case HOST_AUDIO:
        return true;
    default:
        return subject_wrong(subject, "%s: a port of unknown kind", about->symbol);
    }
}

static bool ports_declared(Subject* subject)
{
    Host* const host = subject_host(subject, NULL);
    if (!host) {
        return false;
    }
    uint32_t n = 0, n_in = 0, n_out = 0, atoms_in = 0, atoms_out = 0;
    const HostPort* const ports = host_ports(host, &n);
    const size_t length = strlen(subject->uri);
    const bool cv = length > 3 && !strcmp(subject->uri + length - 3, "-cv");
    bool fine = true;
    for (uint32_t i = 0; fine && i < n; ++i) {
        fine = one_port_fine(subject, ports, i, cv);
        n_in += ports[i].kind == HOST_AUDIO && ports[i].is_input;
        n_out += ports[i].kind == HOST_AUDIO && !ports[i].is_input;
        atoms_in += ports[i].kind == HOST_ATOM && ports[i].is_input;
        atoms_out += ports[i].kind == HOST_ATOM && !ports[i].is_input;
    }
    if (fine && (atoms_in > 1 || atoms_out > 1)) {
        fine = subject_wrong(subject,
                             "%u event inputs, %u outputs: Ardour loses MIDI with more than one",
                             atoms_in, atoms_out);
    }
    if (fine && n_out == 0) {
        fine = subject_wrong(subject, "no audio output: it would silence an Ardour track");
    }
    for (uint32_t i = 0; fine && i < n; ++i) { // latency and bypass mean what hosts take them for
        const LilvPort* const port = lilv_plugin_get_port_by_index(subject->plugin, i);
        const bool reports = has_property(subject, port, LV2_CORE__reportsLatency);
        if (reports && (ports[i].is_input || ports[i].kind != HOST_CONTROL)) {
            fine = subject_wrong(subject, "%s: reports latency, but is no control output",
                                 ports[i].symbol);
        }
    }
    host_free(host);
    return fine;
}

// ---- Turtle and binary
// ---------------------------------------------------------------------------

/// Every output is written at its index: what stood there is gone after one block.
static bool ports_answer(Subject* subject)
{
    Host* const host = subject_host(subject, NULL);
    if (!host) {
        return false;
    }
    uint32_t n = 0;
    const HostPort* const ports = host_ports(host, &n);
    Feed* const feed = feed_new(48000.0, 1.0);
    feed_connect(feed, host, FEED_ECG);
    float* const numbers = calloc(n, sizeof *numbers);
    for (uint32_t i = 0; i < n; ++i) {
        if (ports[i].kind == HOST_CONTROL && !ports[i].is_input) {
            numbers[i] = NAN;
            lilv_instance_connect_port(host_instance(host), i, &numbers[i]);
        }
    }
    host_run(host, 4800, 480);
    bool fine = subject_host_fine(subject, host);
    for (uint32_t i = 0; fine && i < n; ++i) {
        if (isnan(numbers[i])) {
            fine = subject_wrong(subject, "%s: the binary never writes it", ports[i].symbol);
        }
        if (ports[i].is_input || ports[i].kind != HOST_AUDIO) {
            continue;
        }
        const float* const out = host_output(host, ports[i].symbol);
        for (size_t k = 0; fine && k < host_output_frames(host); ++k) {
            if (isnan(out[k])) {
                fine = subject_wrong(subject, "%s: frame %zu is never written", ports[i].symbol, k);
            }
        }
    }
    // An index that is none must do nothing
    float nowhere = 1.25f;
    lilv_instance_connect_port(host_instance(host), n, &nowhere);
    lilv_instance_connect_port(host_instance(host), 100000, &nowhere);
    host_run(host, 480, 480);
    fine =
        fine && (nowhere == 1.25f || subject_wrong(subject, "writes to a port it does not have"));
    host_free(host);
    feed_free(feed);
    free(numbers);
    return fine;
}

int main(int argc, char** argv)
{
    static const Check checks[] = {{"plugin as declared", plugin_declared, 0},
                                   {"ports as declared", ports_declared, 0},
                                   {"ports answer", ports_answer, 0}};
    return check_main(argc, argv, "declared", checks, sizeof checks / sizeof *checks);
}

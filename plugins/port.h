// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What C knows of a port. The tables are generated from Turtle, see tools/ttl2h.py.
#ifndef PLUGINS_PORT_H
#define PLUGINS_PORT_H

#include <stdbool.h>

typedef enum {
    PORT_INPUT_AUDIO,
    PORT_OUTPUT_AUDIO,
    PORT_INPUT_CONTROL,
    PORT_OUTPUT_CONTROL,
    PORT_INPUT_ATOM,
    PORT_OUTPUT_ATOM,
    PORT_INPUT_CV,
    PORT_OUTPUT_CV
} PortKind;

typedef struct {
    const char* symbol;
    PortKind kind;
    float minimum;  ///< of a control port, in the port's unit; −1 for the others
    float maximum;  ///< likewise; +1 for the others
    float fallback; ///< the default; of an output the value nearest to 0
} PortInfo;

/// A value with a name.
typedef struct {
    float value;
    const char* label;
} PortPoint;

/// A port's words, in English, for windows.
typedef struct {
    const char* name;
    const char* unit;    ///< its symbol, "" for none
    const char* comment; ///< one sentence
    bool toggled, integer;
    bool trigger;     ///< a press, not a switch
    bool enumeration; ///< has no values but its points
    bool logarithmic; ///< equal ratios are equal steps
    const PortPoint* points;
    int n_points;
} PortText;

#endif

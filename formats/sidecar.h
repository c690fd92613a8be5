// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What stands beside or above a table: the JSON file of a BIDS recording (SamplingFrequency,
/// Columns) and the JSON in the header of an OpenSignals file ("sampling rate", "column",
/// "label", "sensor").

#ifndef TONUS_FORMATS_SIDECAR_H
#define TONUS_FORMATS_SIDECAR_H

#define SIDECAR_MAX_COLUMNS 64

typedef struct {
    double rate; ///< Hz, 0 = not said
    unsigned n_columns;
    char columns[SIDECAR_MAX_COLUMNS][64];
    unsigned n_labels; ///< columns that are sensors, by their names; 0 = not said
    char labels[SIDECAR_MAX_COLUMNS][64];
    unsigned n_sensors;
    char sensors[SIDECAR_MAX_COLUMNS][64]; ///< what each of these is: "ECG"
} Sidecar;

/// Reads NAME.json for NAME.tsv.gz, else the JSON that holds for all recordings of its kind in that
/// folder: for sub-01_task-rest_physio.tsv.gz also task-rest_physio.json and physio.json.
/// Nothing is found: nothing is changed.
void sidecar_find(Sidecar* sidecar, const char* path);

/// Takes what a text of JSON, or a line "sampling rate: 100", says. Not a parser of all JSON: it
/// looks for the keys alone.
void sidecar_text(Sidecar* sidecar, const char* text);

#endif

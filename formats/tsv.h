// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// Writer of tables: columns separated by tabs, one header line, numbers with a point whatever the
/// locale

#ifndef TONUS_FORMATS_TSV_H
#define TONUS_FORMATS_TSV_H

#include <stdbool.h>

typedef struct Tsv Tsv;

/// `columns` is the header line: names separated by tabs; "" writes none.
/// NULL with one line in `error` (RECORDING_ERROR_SIZE bytes).
Tsv* tsv_open(const char* path, const char* columns, char* error);

/// The next field of the row, with at most `decimals` digits after the point; NAN gives "n/a" as
/// BIDS has it
void tsv_number(Tsv* tsv, double value, int decimals);

/// The next field of the row as text; tabs and line ends in it become blanks
void tsv_text(Tsv* tsv, const char* text);

/// Ends the row.
void tsv_end_row(Tsv* tsv);

/// False when not everything was written; tsv_close(NULL) is fine.
bool tsv_close(Tsv* tsv);

#endif

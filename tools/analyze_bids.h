// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// The signal as BIDS keeps it: physio.tsv.gz without a header line, and its JSON.
#ifndef TOOLS_ANALYZE_BIDS_H
#define TOOLS_ANALYZE_BIDS_H

#include "tools/analyze_source.h"

typedef struct Bids Bids;

/// NAME_physio.tsv.gz and .json in a folder. NULL with one line in `error`.
Bids* bids_open(const char* folder, const SourceInfo* info, char* error);

/// Samples at info->chain_hz as the analysis sees them. bids_write(NULL, ...) does nothing.
void bids_write(Bids* bids, const float* samples, uint32_t n);

/// False when not everything was written; bids_close(NULL) is fine.
bool bids_close(Bids* bids);

#endif

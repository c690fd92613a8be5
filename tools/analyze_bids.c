// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tools/analyze_bids.h"

#include "formats/json.h"
#include "formats/number.h"
#include "formats/recording.h"

#include <zlib.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Bids {
    gzFile file;
    unsigned every, until; // one in so many frames is a sample of the file
    bool good;
};

static bool write_sidecar(const char* folder, const SourceInfo* info)
{
    static const char* const names[] = {"cardiac", "respiratory"};
    const char* const name = names[info->kind == SOURCE_BELT];
    Json json = {0};
    char path[4600];
    json_open(&json, NULL, '{');
    json_number(&json, "SamplingFrequency", info->rate_hz, 9);
    json_number(&json, "StartTime", 0.0, 0);
    json_open(&json, "Columns", '[');
    json_string(&json, NULL, name);
    json_close(&json, ']');
    json_open(&json, name, '{');
    json_string(&json, "Description", info->channel);
    json_string(&json, "Units", recording_millivolts(info->unit) > 0.0 ? "mV" : "arbitrary");
    json_close(&json, '}');
    json_close(&json, '}');
    snprintf(path, sizeof path, "%.4200s/%.250s_physio.json", folder, info->name);
    const bool good = json_save(&json, path);
    json_free(&json);
    return good;
}

Bids* bids_open(const char* folder, const SourceInfo* info, char* error)
{
    Bids* const bids = calloc(1, sizeof *bids);
    char path[4600];
    snprintf(path, sizeof path, "%.4200s/%.250s_physio.tsv.gz", folder, info->name);
    if (!bids || !write_sidecar(folder, info) || !(bids->file = gzopen(path, "wb6"))) {
        snprintf(error, RECORDING_ERROR_SIZE, "%.400s: cannot be written", path);
        free(bids);
        return NULL;
    }
    bids->good = true;
    bids->every = (unsigned)(info->chain_hz / info->rate_hz + 0.5);
    return bids;
}

void bids_write(Bids* bids, const float* samples, uint32_t n)
{
    for (uint32_t i = 0; bids && i < n; ++i) {
        char text[NUMBER_SIZE + 1];
        if (bids->until-- > 0) {
            continue;
        }
        bids->until = bids->every - 1;
        // Full scale is 5 mV on voltages
        number_text(text, (double)samples[i] * 5.0, 6);
        strcat(text, "\n");
        bids->good = gzputs(bids->file, text) >= 0 && bids->good;
    }
}

bool bids_close(Bids* bids)
{
    if (!bids) {
        return true;
    }
    const bool good = gzclose(bids->file) == Z_OK && bids->good;
    free(bids);
    return good;
}

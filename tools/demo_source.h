// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Where the demo's heart signal comes from: the simulated person, or a recording.
#ifndef TOOLS_DEMO_SOURCE_H
#define TOOLS_DEMO_SOURCE_H

#include "tools/demo_report.h"

#include <stdint.h>

typedef struct DemoSourceImpl DemoSource;

/// The simulated person (plugin `heart`), whose breathing glides from 15 to 6 per minute.
/// NULL with one line on standard error when that fails; so below.
DemoSource* demo_source_person(const char* bundle, double rate_hz, double seconds);

/// A recording; `column` names its channel (NULL: the one that looks like a heart); seconds 0: all.
DemoSource* demo_source_recording(const char* path, const char* column, double rate_hz,
                                  double seconds);

void demo_source_free(DemoSource* source);

/// Length in seconds; of a recording the best guess.
double demo_source_seconds(const DemoSource* source);

/// The next up to n frames; 0 at the end. Tells the report what is true, where that is known.
uint32_t demo_source_read(DemoSource* source, float* out, uint32_t n, Report* report);

#endif

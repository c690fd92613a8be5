// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What the fuzz harnesses share. Each harness is one libFuzzer program, fuzz_NAME.c; its seeds are
/// made by seeds.py, and corpus/NAME.hex holds inputs that once reached something new (one a line).
/// tests/fuzz/fuzz.sh builds and runs them.
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "host.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What libFuzzer calls; fuzz.c has the second, which calls the harness's fuzz_one(). An input that
/// takes more than 20 s of the processor is a finding.
int LLVMFuzzerInitialize(int* argc, char*** argv);
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

/// A harness: runs one input, returns 0.
int fuzz_one(const uint8_t* data, size_t size);

/// The input, taken from its beginning; zeros after its end.
typedef struct {
    const uint8_t* at;
    size_t left;
} Bytes;

uint8_t bytes_one(Bytes* bytes);
uint32_t bytes_word(Bytes* bytes); ///< 4 bytes, the lowest first
float bytes_float(Bytes* bytes);   ///< any bits
/// At most n of the bytes that follow, in place; *n becomes how many there are.
const uint8_t* bytes_some(Bytes* bytes, size_t* n);
/// A part: its length stands in front in two bytes.
Bytes bytes_part(Bytes* bytes);

/// A folder of this process in memory (/dev/shm) where there is such, else in /tmp; removed at the
/// end.
const char* fuzz_folder(void);
/// Empties it.
void fuzz_clean(void);
/// Writes a file there and gives its path, valid until four further calls.
const char* fuzz_file(const char* name, const uint8_t* bytes, size_t n);

/// Instantiates; a plugin that cannot be loaded is a finding, for nothing of it would be tried.
Host* fuzz_host(HostWorld* world, const LilvPlugin* plugin, const HostConfig* config);

/// Ends the process with a message: a finding.
_Noreturn void fuzz_wrong(const char* format, ...) __attribute__((format(printf, 1, 2)));

#endif

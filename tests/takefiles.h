// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// What stands in the files of a take, read without the project's own readers.
#ifndef TESTS_TAKEFILES_H
#define TESTS_TAKEFILES_H

#include <stdint.h>

/// Removes a folder with all that is in it.
void takefiles_remove(const char* path);

/// The takes in a folder; the path of one of them into `last`, 600 bytes.
int takefiles_count(const char* folder, char* last);

/// Frames of audio.wav, by libsndfile; it opens, or the test fails.
int64_t takefiles_sound_frames(const char* take);

/// Frames of the beats in physio.bdf, by the bytes of its annotations; at most `most` of them.
int takefiles_beats_of_physio(const char* take, double rate, uint64_t* beats, int most);

/// Asserts that events.tsv holds nothing but these beats, each at its very frame, and rr.txt the
/// intervals between them.
void takefiles_expect_tables(const char* take, double rate, const uint64_t* beats, int n);

#endif

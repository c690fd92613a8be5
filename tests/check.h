// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Checks that run on every plugin of the bundle, and the proof that each of them can fail.
///
/// A program of checks is a table of functions and check_main(). Each check runs on each plugin, in
/// a process of its own, so that a plugin that crashes or hangs is refused like any other. Then it
/// runs on the bad plugins of tests/bad that name it (`bad:refusedBy "name of the check"` in their
/// Turtle) and must refuse each of them; a check that no bad plugin names is a failure. The bad
/// bundle's plugin "good" must pass every check.
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include "host.h"

typedef struct {
    HostWorld* world;
    const LilvPlugin* plugin;
    const char* uri;
    bool skipped;   ///< this check cannot be made here (`why` says so)
    char why[1000]; ///< what is wrong, one sentence
} Subject;

/// Says what is wrong; always false. Only the first call counts.
bool subject_wrong(Subject* subject, const char* format, ...) __attribute__((format(printf, 2, 3)));

/// Says why the check cannot be made; always true.
bool subject_skip(Subject* subject, const char* reason);

/// True when the host saw no rule broken, else what it saw is what is wrong.
bool subject_host_fine(Subject* subject, const Host* host);

/// Instantiates the subject; NULL with the reason said when it refuses. NULL config: host_config().
Host* subject_host(Subject* subject, const HostConfig* config);

typedef struct {
    const char* name;
    bool (*run)(Subject* subject); ///< true: nothing wrong
    unsigned seconds;              ///< of the processor: it hangs when it takes more; 0: 300
} Check;

/// Runs the checks as cmocka tests. Arguments, for work on one plugin: its name (or "all"), then
/// one check's name. TONUS_PROVED in the environment leaves the bad plugins out: where the same
/// checks run once more.
int check_main(int argc, char** argv, const char* group, const Check* checks, size_t n_checks);

/// A folder for what a plugin writes in this process; removed at the end of check_main(). Also
/// HOME.
const char* check_folder(void);
/// Removes it, for programs without check_main().
void check_clean(void);

/// A repeatable random number, 32 bits; *state must not be 0.
uint32_t check_random(uint32_t* state);

#endif

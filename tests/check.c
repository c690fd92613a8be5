// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#define _XOPEN_SOURCE 700 // nftw, mkdtemp
#include "check.h"

#include "unit.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_S = 300, WAIT_FACTOR = 4 }; // a check takes seconds, or a minute under a sanitizer

static const char REFUSED_BY[] = "urn:tonus:bad#refusedBy";
static const char GOOD[] = "urn:tonus:bad:good";
static const char* const BAD_BUNDLES[] = {"build/tests/bad/bad.lv2", "../tests/bad/bad.lv2"};

bool subject_wrong(Subject* subject, const char* format, ...)
{
    if (!subject->why[0]) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(subject->why, sizeof subject->why, format, arguments);
        va_end(arguments);
    }
    return false;
}

bool subject_skip(Subject* subject, const char* reason)
{
    subject->skipped = true;
    snprintf(subject->why, sizeof subject->why, "%s", reason);
    return true;
}

bool subject_host_fine(Subject* subject, const Host* host)
{
    return host_fault(host) ? subject_wrong(subject, "%s", host_fault(host)) : true;
}

Host* subject_host(Subject* subject, const HostConfig* config)
{
    Host* const host = host_new(subject->world, subject->uri, config);
    if (!host) {
        subject_wrong(subject, "does not instantiate at %g Hz",
                      config ? config->rate : host_config().rate);
    }
    return host;
}

uint32_t check_random(uint32_t* state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

// ---- A folder of our own
// ---------------------------------------------------------------------------

static char folder[64];

const char* check_folder(void)
{
    if (!folder[0]) {
        snprintf(folder, sizeof folder, "/tmp/tonus-check-XXXXXX");
        if (!mkdtemp(folder)) {
            perror(folder);
            exit(EXIT_FAILURE);
        }
    }
    return folder;
}

static int remove_one(const char* path, const struct stat* status, int kind, struct FTW* where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

void check_clean(void)
{
    if (folder[0]) {
        nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
        folder[0] = '\0';
    }
}

// ---- One check on one plugin
// -------------------------------------------------------------------------

typedef struct {
    HostWorld* world;
    const LilvPlugin* plugin;
    const Check* check;
    bool must_refuse;
    char name[160];
} Case;

typedef enum { FINE, WRONG, SKIPPED, ABSENT } Verdict;

/// A check that turns in circles hangs, and so does one that waits for ever. The processor's time
/// tells the first: the clock on the wall would tell how busy the machine is, and is only there for
/// the second.
static void limit(unsigned seconds)
{
    const struct itimerval busy = {{0, 0}, {(time_t)seconds, 0}};
    setitimer(ITIMER_PROF, &busy, NULL);
    alarm(WAIT_FACTOR * seconds);
}

static void child(const Case* a_case, int pipe_end)
{
    Subject subject = {.world = a_case->world,
                       .plugin = a_case->plugin,
                       .uri = lilv_node_as_uri(lilv_plugin_get_uri(a_case->plugin))};
    // cmocka's handlers would go on with the next test in here
    static const int deadly[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGSYS};
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; ++i) {
        signal(deadly[i], SIG_DFL);
    }
    limit(a_case->check->seconds ? a_case->check->seconds : MOST_S);
    if (a_case->must_refuse) { // for what it does, not for not being there
        Host* const host = host_new(subject.world, subject.uri, NULL);
        if (!host) {
            _exit(4);
        }
        host_free(host);
    }
    const bool fine = a_case->check->run(&subject);
    if (!fine && !subject.why[0]) {
        subject_wrong(&subject, "refused");
    }
    if (subject.why[0] && write(pipe_end, subject.why, strlen(subject.why)) < 0) {
        _exit(3);
    }
    _exit(subject.skipped ? 2 : fine ? 0 : 1);
}

static Verdict judge(const Case* a_case, char* why, size_t size)
{
    int ends[2];
    why[0] = '\0';
    fflush(NULL);
    if (pipe(ends) != 0) {
        perror("pipe");
        exit(EXIT_FAILURE);
    }
    const pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        if (a_case->must_refuse) { // its crash reports would only confuse the reader
            if (!freopen("/dev/null", "w", stderr)) {
                _exit(3);
            }
        }
        child(a_case, ends[1]);
    }
    close(ends[1]);
    size_t length = 0;
    for (ssize_t got; (got = read(ends[0], why + length, size - 1 - length)) > 0;) {
        length += (size_t)got;
    }
    why[length] = '\0';
    close(ends[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    if (WIFSIGNALED(status)) {
        const bool hangs = WTERMSIG(status) == SIGALRM || WTERMSIG(status) == SIGPROF;
        snprintf(why, size, hangs ? "hangs (%s)" : "dies (%s)", strsignal(WTERMSIG(status)));
        return WRONG;
    }
    switch (WEXITSTATUS(status)) {
    case 0:
        return FINE;
    case 2:
        return SKIPPED;
    case 4:
        return ABSENT;
    default:
        if (!length) {
            snprintf(why, size, "ended the process with %d", WEXITSTATUS(status));
        }
        return WRONG;
    }
}

static void run_case(void** state)
{
    const Case* const a_case = *state;
    char why[1024];
    const Verdict verdict = judge(a_case, why, sizeof why);
    if (verdict == SKIPPED) {
        print_message("# skipped %s: %s\n", a_case->name, why);
        skip();
    }
    if (verdict == ABSENT) {
        fail_msg("%s: it does not instantiate", a_case->name);
    }
    if (a_case->must_refuse && verdict == FINE) {
        fail_msg("%s: this bad plugin was not refused", a_case->name);
    }
    if (!a_case->must_refuse && verdict == WRONG) {
        fail_msg("%s: %s", a_case->name, why);
    }
}

static void without_proof(void** state)
{
    const Case* const a_case = *state;
    fail_msg("no bad plugin in tests/bad proves that \"%s\" can fail", a_case->check->name);
}

// ---- All checks on all plugins
// -----------------------------------------------------------------------

typedef struct {
    struct CMUnitTest* tests;
    Case* cases;
    size_t count;
} Plan;

static void add(Plan* plan, HostWorld* world, const LilvPlugin* plugin, const Check* check,
                bool must_refuse, CMUnitTestFunction function)
{
    Case* const a_case = &plan->cases[plan->count];
    *a_case = (Case){world, plugin, check, must_refuse, ""};
    if (plugin) {
        snprintf(a_case->name, sizeof a_case->name, "%s: %s%s", check->name,
                 must_refuse ? "refuses bad " : "", host_plugin_name(plugin));
    } else {
        snprintf(a_case->name, sizeof a_case->name, "%s: can fail", check->name);
    }
    plan->tests[plan->count++] = (struct CMUnitTest){a_case->name, function, NULL, NULL, a_case};
}

/// True when the plugin's list "one check; another" holds this one. (One text: lilv gives only one
/// of several.)
static bool names(HostWorld* world, const LilvPlugin* plugin, const char* check)
{
    LilvNode* const predicate = lilv_new_uri(host_world_lilv(world), REFUSED_BY);
    LilvNodes* const values = lilv_plugin_get_value(plugin, predicate);
    const LilvNode* const list = values ? lilv_nodes_get_first(values) : NULL;
    const size_t length = strlen(check);
    bool found = false;
    for (const char* at = list ? lilv_node_as_string(list) : NULL; at && !found;) {
        found = !strncmp(at, check, length) && (at[length] == '\0' || at[length] == ';');
        at = strstr(at, "; ");
        at = at ? at + 2 : NULL;
    }
    lilv_nodes_free(values);
    lilv_node_free(predicate);
    return found;
}

static HostWorld* bad_world(void)
{
    const char* const given = getenv("TONUS_BAD_BUNDLE");
    if (given) {
        return host_world_new(given);
    }
    for (size_t i = 0; i < sizeof BAD_BUNDLES / sizeof *BAD_BUNDLES; ++i) {
        if (access(BAD_BUNDLES[i], R_OK) == 0) {
            return host_world_new(BAD_BUNDLES[i]);
        }
    }
    fprintf(stderr, "no bad bundle: run this in the project's folder\n");
    exit(EXIT_FAILURE);
}

static void plan_bad(Plan* plan, HostWorld* bad, const Check* check)
{
    size_t n_bad = 0;
    bool proved = false;
    const LilvPlugin* const* const plugins = host_world_plugins(bad, &n_bad);
    for (size_t i = 0; i < n_bad; ++i) {
        if (names(bad, plugins[i], check->name)) {
            add(plan, bad, plugins[i], check, true, run_case);
            proved = true;
        }
    }
    add(plan, bad, host_world_plugin(bad, GOOD), check, false, run_case);
    if (!proved) {
        add(plan, bad, NULL, check, false, without_proof);
    }
}

int check_main(int argc, char** argv, const char* group, const Check* checks, size_t n_checks)
{
    HostWorld* const world = host_world_new(NULL);
    HostWorld* const bad = bad_world();
    size_t n_plugins = 0, n_bad = 0;
    const LilvPlugin* const* const plugins = host_world_plugins(world, &n_plugins);
    host_world_plugins(bad, &n_bad);
    const size_t space = n_checks * (n_plugins + n_bad + 2);
    Plan plan = {calloc(space, sizeof(struct CMUnitTest)), calloc(space, sizeof(Case)), 0};
    setenv("HOME", check_folder(), 1);
    const bool all = argc < 2 || !strcmp(argv[1], "all");
    for (size_t c = 0; c < n_checks; ++c) {
        if (argc > 2 && strcmp(argv[2], checks[c].name) != 0) {
            continue;
        }
        for (size_t i = 0; i < n_plugins; ++i) {
            if (all || strcmp(argv[1], host_plugin_name(plugins[i])) == 0) {
                add(&plan, world, plugins[i], &checks[c], false, run_case);
            }
        }
        if (all && !getenv("TONUS_PROVED")) {
            plan_bad(&plan, bad, &checks[c]);
        }
    }
    const int failed = _cmocka_run_group_tests(group, plan.tests, plan.count, NULL, NULL);
    free(plan.tests);
    free(plan.cases);
    host_world_free(bad);
    host_world_free(world);
    check_clean();
    return failed;
}

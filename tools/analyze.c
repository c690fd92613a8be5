// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// tonus-analyze: the analysis of recordings, with the same parts as the plugins.
#include "tools/analyze.h"
#include "tools/analyze_progress.h"

#include "formats/recording.h"
#include "formats/repair.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_JOBS = 256 };

static const char usage[] =
    "usage: tonus-analyze [options] FILE... --out DIR\n"
    "Finds beats and breaths in recordings and computes heart-rate variability and tone.\n"
    "FILE: WFDB, EDF, BDF, CSV, TSV, WAV, RR intervals as text, or the folder of a take.\n"
    "One FILE's results go into DIR, those of several into DIR/NAME each.\n"
    "  --out DIR          where the results go (created; what is there is replaced)\n"
    "  --sensor KIND      ecg, ppg, belt, rr or auto (auto: by the channel's name and shape)\n"
    "  --column NAME      channel or column, by name or by number from 1\n"
    "  --rate HZ          sample rate where the file does not say it, or instead of it\n"
    "  --beats FILE       take the beats from this beats.tsv (corrected by hand)\n"
    "  --window S         of the rows of hrv.tsv, 30..300 (default 300; 0: all since the start)\n"
    "  --step S           between two rows (default 60)\n"
    "  --raw              leave artefacts in\n"
    "  --bids             also write the signal as BIDS _physio.tsv.gz\n"
    "  --report           also write report.html and report.pdf\n"
    "  --language CODE    of the report: en, no, sv\n"
    "  --events FILE      when the exercises were, for the report (a take has its own)\n"
    "  --repair           only take off what a crash left half-written in takes, EDF and BDF "
    "files\n"
    "  -j N               so many recordings at a time\n"
    "  -q, --quiet        no progress, no warnings\n"
    "  --help, --version\n"
    "Exit status: 0 done, 1 with a line for each FILE that failed, 2 wrong usage.\n";

static int wrong_usage(const char* what, const char* value)
{
    fprintf(stderr, "tonus-analyze: %s%s%s; see --help\n", what, value ? ": " : "",
            value ? value : "");
    return 2;
}

typedef struct {
    AnalyzeOptions options;
    const char* out;
    unsigned jobs;
    bool repair;
} Command;

static bool read_number(const char* text, double low, double high, double* value)
{
    char* end = NULL;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && *value >= low && *value <= high;
}

static bool read_sensor(const char* text, AnalyzeSensor* sensor)
{
    static const char* const names[] = {"auto", "ecg", "ppg", "belt", "rr"};
    for (int i = 0; i < 5; ++i) {
        if (!strcmp(text, names[i])) {
            *sensor = (AnalyzeSensor)i;
            return true;
        }
    }
    return false;
}

// Returns −1 to go on, else the exit status
static int read_options(int argc, char** argv, Command* command)
{
    enum {
        OUT = 256,
        SENSOR,
        COLUMN,
        RATE,
        BEATS,
        WINDOW,
        STEP,
        RAW,
        BIDS,
        REPORT,
        LANGUAGE,
        EVENTS,
        REPAIR,
        HELP,
        VERSION
    };
    static const struct option list[] = {{"out", required_argument, NULL, OUT},
                                         {"sensor", required_argument, NULL, SENSOR},
                                         {"column", required_argument, NULL, COLUMN},
                                         {"rate", required_argument, NULL, RATE},
                                         {"beats", required_argument, NULL, BEATS},
                                         {"window", required_argument, NULL, WINDOW},
                                         {"step", required_argument, NULL, STEP},
                                         {"raw", no_argument, NULL, RAW},
                                         {"bids", no_argument, NULL, BIDS},
                                         {"report", no_argument, NULL, REPORT},
                                         {"language", required_argument, NULL, LANGUAGE},
                                         {"events", required_argument, NULL, EVENTS},
                                         {"repair", no_argument, NULL, REPAIR},
                                         {"quiet", no_argument, NULL, 'q'},
                                         {"help", no_argument, NULL, HELP},
                                         {"version", no_argument, NULL, VERSION},
                                         {NULL, 0, NULL, 0}};
    AnalyzeOptions* const options = &command->options;
    double number = 0.0;
    int c;
    while ((c = getopt_long(argc, argv, "j:q", list, NULL)) != -1) {
        bool good = true;
        switch (c) {
        case OUT:
            command->out = optarg;
            break;
        case SENSOR:
            good = read_sensor(optarg, &options->sensor);
            break;
        case COLUMN:
            options->column = optarg;
            break;
        case RATE:
            good = read_number(optarg, 1.0, 1e6, &options->rate_hz);
            break;
        case BEATS:
            options->beats = optarg;
            break;
        case WINDOW:
            good = read_number(optarg, 0.0, 300.0, &options->window_s) &&
                   (options->window_s == 0.0 || options->window_s >= 30.0);
            break;
        case STEP:
            good = read_number(optarg, 1.0, 86400.0, &options->step_s);
            break;
        case RAW:
            options->clean = false;
            break;
        case BIDS:
            options->bids = true;
            break;
        case REPORT:
            options->report = true;
            break;
        case LANGUAGE:
            options->language = optarg;
            good = !strcmp(optarg, "en") || !strcmp(optarg, "no") || !strcmp(optarg, "sv");
            break;
        case EVENTS:
            options->events = optarg;
            break;
        case REPAIR:
            command->repair = true;
            break;
        case 'j':
            good = read_number(optarg, 1.0, MAX_JOBS, &number);
            command->jobs = (unsigned)number;
            break;
        case 'q':
            options->quiet = true;
            break;
        case HELP:
            fputs(usage, stdout);
            return 0;
        case VERSION:
            puts("tonus-analyze " TONUS_VERSION);
            return 0;
        default:
            return 2; // getopt has said it
        }
        if (!good) {
            return wrong_usage("not understood", optarg);
        }
    }
    if (optind == argc) {
        return wrong_usage("no FILE given", NULL);
    }
    if (!command->out && !command->repair) {
        return wrong_usage("--out DIR is missing", NULL);
    }
    if (options->beats && argc - optind > 1) {
        return wrong_usage("--beats belongs to one FILE", NULL);
    }
    if (options->events && argc - optind > 1) {
        return wrong_usage("--events belongs to one FILE", NULL);
    }
    return -1;
}

// ---- Jobs -------------------------------------------------------------------------------------

// The last word of a path, without its endings
static void base_name(char* name, size_t size, const char* path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/') {
        --n;
    }
    size_t begin = n;
    while (begin > 0 && path[begin - 1] != '/') {
        --begin;
    }
    snprintf(name, size, "%.*s", (int)(n - begin < 200 ? n - begin : 200), path + begin);
    char* const dot = name[0] ? strchr(name + 1, '.') : NULL;
    if (dot) {
        *dot = '\0';
    }
}

// A folder for each file; when two have the same name, the later one gets a number
static void folder_for(char* out, size_t size, const Command* command, char* const* files,
                       unsigned index)
{
    char name[256];
    char other[256];
    unsigned alike = 1;
    base_name(name, sizeof name, files[index]);
    for (unsigned i = 0; i < index; ++i) {
        base_name(other, sizeof other, files[i]);
        alike += !strcmp(name, other);
    }
    if (alike > 1) {
        snprintf(out, size, "%.3800s/%s-%u", command->out, name, alike);
    } else {
        snprintf(out, size, "%.3800s/%s", command->out, name);
    }
}

static bool run_one(const Command* command, char* const* files, unsigned n, unsigned index,
                    Progress* progress)
{
    char out[4200];
    if (n == 1) {
        snprintf(out, sizeof out, "%.4000s", command->out);
    } else {
        folder_for(out, sizeof out, command, files, index);
    }
    return analyze_recording(files[index], out, &command->options, progress ? progress_show : NULL,
                             progress);
}

static bool wait_for_one(unsigned* running)
{
    int status = 0;
    while (waitpid(-1, &status, 0) < 0 && errno == EINTR) {
    }
    --*running;
    if (WIFSIGNALED(status)) {
        char text[80];
        snprintf(text, sizeof text, "a job was ended by signal %d", WTERMSIG(status));
        progress_say(text);
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool run_jobs(const Command* command, char* const* files, unsigned n, Progress* progress)
{
    unsigned running = 0;
    bool good = true;
    for (unsigned i = 0; i < n; ++i) {
        if (running == command->jobs) {
            good = wait_for_one(&running) && good;
            progress_file(progress);
        }
        const pid_t child = fork();
        if (child == 0) {
            _exit(run_one(command, files, n, i, NULL) ? 0 : 1);
        }
        if (child < 0) { // no more processes: do it here
            good = run_one(command, files, n, i, NULL) && good;
            progress_file(progress);
        } else {
            ++running;
        }
    }
    while (running > 0) {
        good = wait_for_one(&running) && good;
        progress_file(progress);
    }
    return good;
}

static bool repair_all(char* const* files, unsigned n, bool quiet)
{
    bool good = true;
    for (unsigned i = 0; i < n; ++i) {
        char told[RECORDING_ERROR_SIZE];
        const bool done = repair(files[i], told);
        if (!done) {
            fprintf(stderr, "tonus-analyze: %s\n", told);
        } else if (!quiet) {
            puts(told);
        }
        good = good && done;
    }
    return good;
}

int main(int argc, char** argv)
{
    Command command = {
        .options = {.window_s = 300.0, .step_s = 60.0, .clean = true, .language = "en"}, .jobs = 1};
    const int status = read_options(argc, argv, &command);
    if (status >= 0) {
        return status;
    }
    char* const* const files = argv + optind;
    const unsigned n = (unsigned)(argc - optind);
    if (command.repair) {
        return repair_all(files, n, command.options.quiet) ? 0 : 1;
    }
    Progress progress = progress_begin(n, command.options.quiet);
    bool good = true;
    if (command.jobs > 1 && n > 1) {
        good = run_jobs(&command, files, n, &progress);
    } else {
        for (unsigned i = 0; i < n; ++i) {
            good = run_one(&command, files, n, i, &progress) && good;
            progress_file(&progress);
        }
    }
    progress_end(&progress);
    return good ? 0 : 1;
}

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

// The whole way, with real programs: a recorded ECG, played by tonus-bridge into a private JACK
// server, heard by urn:tonus:relax in jalv, its beats and its sound recorded.

#include "unit.h"

#include "dsp/beat.h"
#include "formats/annotation.h"
#include "formats/recording.h"
#include "formats/soundout.h"
#include "jackworld.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RATE       48000u
#define SECONDS    100u
#define LEARN_S    10.0  // the detector's first seconds do not count
#define WINDOW_S   0.150 // ANSI/AAMI EC57: a beat is found within 150 ms
#define CLEAN_F1   0.995 // on records without much noise
#define NOTE_ON_16 0x9F  // on channel 16
#define MAX_BEATS  1000u

typedef struct {
    unsigned found, missed, extra;
} Score;

static unsigned reference_beats(const char* record, double* times)
{
    char path[512];
    char error[RECORDING_ERROR_SIZE];
    snprintf(path, sizeof path, "%s/mitdb/%s.atr", unit_data_folder(), record);
    AnnotationFile* const file = annotation_open(path, error);
    assert_non_null(file);
    unsigned n = 0;
    for (Annotation a; n < MAX_BEATS && annotation_next(file, &a);) {
        if (annotation_is_beat(a.code)) {
            times[n++] = (double)a.sample / 360.0;
        }
    }
    annotation_close(file);
    return n;
}

static unsigned found_beats(const JackWorld* world, uint64_t begin, double* times)
{
    unsigned count;
    unsigned n = 0;
    const JackEvent* const events = jackworld_events(world, 0, &count);
    const double delay = beat_delay(RATE);
    for (unsigned i = 0; i < count && n < MAX_BEATS; i++) {
        const uint8_t* const b = events[i].bytes;
        if (events[i].size == 3 && b[0] == NOTE_ON_16 && b[2] > 0 && (b[1] == 36 || b[1] == 37)) {
            times[n++] = ((double)events[i].frame - (double)begin - delay) / RATE;
        }
    }
    return n;
}

/// One-to-one matches of two rising lists between two times
static Score match(const double* truth, unsigned n_truth, const double* found, unsigned n_found,
                   double from, double to)
{
    Score score = {0};
    unsigned i = 0;
    unsigned k = 0;
    while (i < n_truth || k < n_found) {
        const double a = i < n_truth ? truth[i] : INFINITY;
        const double b = k < n_found ? found[k] : INFINITY;
        const bool counts = fmin(a, b) >= from && fmin(a, b) < to;
        if (fabs(a - b) <= WINDOW_S) {
            score.found += counts;
            i++;
            k++;
        } else if (a < b) {
            score.missed += counts;
            i++;
        } else {
            score.extra += counts;
            k++;
        }
    }
    return score;
}

/// The sound, by way of a WAV file: finite, not clipped, not silent
static void check_sound(JackWorld* world, const char* wav, uint64_t begin)
{
    char error[RECORDING_ERROR_SIZE];
    SoundOut* const out = soundout_open(wav, RATE, 2, error);
    assert_non_null(out);
    for (uint64_t i = begin; i < begin + SECONDS * (uint64_t)RATE; i++) {
        const float frame[2] = {jackworld_audio(world, 0)[i], jackworld_audio(world, 1)[i]};
        assert_true(soundout_write(out, frame, 1));
    }
    assert_true(soundout_close(out));
    Recording* const rec = recording_open(wav, 0.0, error);
    assert_non_null(rec);
    for (unsigned channel = 0; channel < 2; channel++) {
        static float second[RATE];
        assert_true(recording_select(rec, channel));
        for (unsigned s = 0; s < SECONDS; s++) {
            assert_int_equal(recording_read(rec, second, RATE), RATE);
            double power = 0.0;
            for (unsigned i = 0; i < RATE; i++) {
                assert_true(fabsf(second[i]) < 0.999f); // false for NAN, too
                power += (double)second[i] * second[i] / RATE;
            }
            const double level_db = 10.0 * log10(power + 1e-20);
            if (s >= 30 && level_db < -60.0) {
                fail_msg("second %u of channel %u: %.0f dB", s, channel, level_db);
            }
        }
    }
    recording_close(rec);
}

static Score play(JackWorld* world, const char* record, const char* folder)
{
    char source[600];
    char wav[128];
    snprintf(source, sizeof source, "file:%s/mitdb/%s.dat", unit_data_folder(), record);
    snprintf(wav, sizeof wav, "%s/%s.wav", folder, record);
    const char* const bridge_words[] = {"build/tonus-bridge", source, "wait=connect", NULL};
    const char* const jalv_words[] = {"jalv", "-x", "-n", "relax", "urn:tonus:relax", NULL};
    const pid_t bridge = jackworld_spawn(world, bridge_words);
    const pid_t jalv = jackworld_spawn(world, jalv_words);
    assert_true(bridge > 0 && jalv > 0);
    if (!jackworld_wait_port(world, "tonus-bridge:beats")) {
        fail_msg("no bridge: %s", jackworld_output(world, bridge));
    }
    if (!jackworld_wait_port(world, "relax:events_out") ||
        !jackworld_wait_port(world, "relax:out_right")) {
        fail_msg("no plugin: %s", jackworld_output(world, jalv));
    }
    const char* const audio[] = {"relax:out_left", "relax:out_right", "tonus-bridge:quality", NULL};
    const char* const midi[] = {"relax:events_out", NULL};
    const char* const links[] = {"tonus-bridge:ECG", "relax:in", NULL};
    const uint64_t frames = (SECONDS + 3) * (uint64_t)RATE;
    assert_true(jackworld_record(world, audio, midi, links, frames, true));
    const float* const quality = jackworld_audio(world, 2);
    uint64_t begin = 0;
    while (begin < frames && quality[begin] == 0.0f) {
        begin++;
    }
    assert_true(begin < 2 * RATE);
    static double truth[MAX_BEATS];
    static double found[MAX_BEATS];
    const unsigned n_truth = reference_beats(record, truth);
    const unsigned n_found = found_beats(world, begin, found);
    const Score score = match(truth, n_truth, found, n_found, LEARN_S, SECONDS - 1.0);
    print_message("%s: %u beats found, %u missed, %u extra\n", record, score.found, score.missed,
                  score.extra);
    check_sound(world, wav, begin);
    unlink(wav);
    assert_int_equal(jackworld_stop(world, bridge), 0);
    jackworld_stop(world, jalv); // jalv's own exit status tells nothing
    return score;
}

static void test_from_recording_to_sound(void** state)
{
    (void)state;
    char reason[200] = "";
    char path[512];
    snprintf(path, sizeof path, "%s/mitdb/101.dat", unit_data_folder());
    const char* const needed[] = {"jalv", "build/tonus-bridge"};
    for (unsigned i = 0; i < 2; i++) {
        if (!jackworld_has(needed[i])) {
            snprintf(reason, sizeof reason, "%s is not there", needed[i]);
        }
    }
    if (access("build/lv2/tonus.lv2/relax.so", R_OK)) {
        strcpy(reason, "urn:tonus:relax is not built");
    } else if (access(path, R_OK)) {
        strcpy(reason, "no recordings (TONUS_DATA)");
    }
    char here[400];
    char lv2_path[512];
    assert_non_null(getcwd(here, sizeof here));
    snprintf(lv2_path, sizeof lv2_path, "%s/build/lv2:/usr/lib/lv2", here);
    setenv("LV2_PATH", lv2_path, 1);
    JackWorld* const world = *reason ? NULL : jackworld_new(RATE, 1024, reason);
    if (!world) {
        print_message("skipped: %s\n", reason);
        skip();
    }
    char folder[] = "/tmp/tonus-chain-XXXXXX";
    assert_non_null(mkdtemp(folder));
    static const char* const records[] = {"101", "122", "230"};
    Score sum = {0};
    for (unsigned i = 0; i < sizeof records / sizeof *records; i++) {
        const Score score = play(world, records[i], folder);
        sum.found += score.found;
        sum.missed += score.missed;
        sum.extra += score.extra;
    }
    rmdir(folder);
    jackworld_free(world);
    const double f1 = 2.0 * sum.found / (2.0 * sum.found + sum.missed + sum.extra);
    print_message("F1 %.2f %%\n", 100.0 * f1);
    assert_true(sum.found > 250);
    assert_true(f1 >= CLEAN_F1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_from_recording_to_sound)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Takes that are closed, killed, cut off by a full disk: every file opens with the libraries that
/// other people read it with.
#define _DEFAULT_SOURCE // usleep, mount-free limits
#include "unit.h"

#include "formats/downsample.h"
#include "formats/recording.h"
#include "formats/repair.h"
#include "formats/take.h"
#include "formats/take_folder.h"
#include "formats/wav_writer.h"
#include "takefiles.h"

#include <sndfile.h>
#if __has_include(<edflib.h>)
#include <edflib.h>
#define HAVE_EDFLIB 1
#endif
#if __has_include(<biosig.h>)
#include <biosig.h>
#define HAVE_BIOSIG 1
#endif

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define RATE 8000.0

static char folder[256];

static int open_folder(void** state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/tonus-take-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int close_folder(void** state)
{
    (void)state;
    takefiles_remove(folder);
    return 0;
}

static TakeSettings settings(void)
{
    const TakeSettings s = {folder, "", "", "test", RATE, TAKE_SENSOR_ECG, 5.0, 0, 0};
    return s;
}

/// Writes whole seconds of a ramp with three events in each; a beat at its very beginning.
static bool write_seconds(Take* take, int seconds)
{
    float frames[TAKE_CHANNELS * 800];
    bool good = true;
    for (int i = 0; i < 10 * seconds; ++i) {
        const uint64_t at = take_frames(take);
        if (i % 10 == 0) {
            take_event(take, TAKE_BEAT, at, NAN);
            take_event(take, TAKE_IN_BREATH, at + 100, NAN);
            take_event(take, TAKE_MARKER, at + 200, i);
        }
        for (int k = 0; k < 800; ++k) {
            const float x = (float)((at + (uint64_t)k) % 1000) / 1000.0f - 0.5f;
            frames[3 * k] = frames[3 * k + 1] = x;
            frames[3 * k + 2] = -x;
        }
        good = take_audio(take, frames, 800) && take_flush(take) && good;
    }
    return good;
}

/// What independent readers find in a take. Whole seconds; −1 when a file does not open.
typedef struct {
    int sound_s, edflib_s, edflib_notes, biosig_s, own_s;
} Found;

static Found look(const char* take)
{
    Found found = {-1, -1, -1, -1, -1};
    char path[700];
    snprintf(path, sizeof path, "%s/audio.wav", take);
    SF_INFO info = {0};
    SNDFILE* const sound = sf_open(path, SFM_READ, &info);
    if (sound) {
        found.sound_s = (int)((double)info.frames / RATE);
        sf_close(sound);
    }
    snprintf(path, sizeof path, "%s/physio.bdf", take);
#ifdef HAVE_EDFLIB
    struct edf_hdr_struct edf;
    if (edfopen_file_readonly(path, &edf, EDFLIB_READ_ALL_ANNOTATIONS) == 0) {
        found.edflib_s = (int)edf.datarecords_in_file;
        found.edflib_notes = (int)edf.annotations_in_file;
        edfclose_file(edf.handle);
    }
#endif
#ifdef HAVE_BIOSIG
    HDRTYPE* const biosig = sopen(path, "r", NULL);
    if (biosig && !serror2(biosig)) {
        found.biosig_s = (int)biosig->NRec;
    }
    if (biosig) {
        destructHDR(biosig);
    }
#endif
    char error[RECORDING_ERROR_SIZE];
    Recording* const own = recording_open(path, 0.0, error);
    if (own) {
        found.own_s = (int)(recording_channel(own, 0)->length / 1000);
    }
    recording_close(own);
    return found;
}

static void a_closed_take_opens_everywhere(void** state)
{
    (void)state;
    char error[RECORDING_ERROR_SIZE];
    char path[TAKE_PATH_SIZE];
    const TakeSettings s = settings();
    Take* const take = take_open(&s, error);
    assert_non_null(take);
    snprintf(path, sizeof path, "%s", take_path(take));
    assert_true(write_seconds(take, 10));
    assert_true(take_close(take));
    const Found found = look(path);
    assert_int_equal(found.sound_s, 10);
    assert_int_equal(found.own_s, 10);
#ifdef HAVE_EDFLIB
    assert_int_equal(found.edflib_s, 10);
    assert_int_equal(found.edflib_notes, 30);
#endif
#ifdef HAVE_BIOSIG
    assert_int_equal(found.biosig_s, 10);
#endif
}

/// The signal in physio.bdf is the sound's, in millivolts, at the same time.
static void physio_is_the_sensor(void** state)
{
    (void)state;
    char error[RECORDING_ERROR_SIZE];
    char path[TAKE_PATH_SIZE + 32];
    const TakeSettings s = settings();
    Take* const take = take_open(&s, error);
    assert_non_null(take);
    snprintf(path, sizeof path, "%s/physio.bdf", take_path(take));
    float frames[TAKE_CHANNELS * 8000] = {0};
    for (int i = 0; i < 8000; ++i) {
        frames[3 * i] = 0.3f * sinf(6.2831853f * 20.0f * (float)i / (float)RATE);
    }
    for (int second = 0; second < 5; ++second) {
        take_audio(take, frames, 8000);
    }
    assert_true(take_close(take));
    Recording* const own = recording_open(path, 0.0, error);
    assert_non_null(own);
    assert_string_equal(recording_channel(own, 0)->unit, "mV");
    float x[5000];
    assert_true(recording_select(own, 0));
    assert_int_equal(recording_read(own, x, 5000), 5000);
    for (int i = 100; i < 4900; ++i) {
        const double expected = 5.0 * 0.3 * sin(6.283185307 * 20.0 * i / 1000.0);
        assert_true(fabs((double)x[i] - expected) < 0.002);
    }
    recording_close(own);
}

static void killed_at_any_moment(void** state)
{
    (void)state;
    unsigned random = 20261122u;
#ifdef HAVE_EDFLIB
    unsigned mended = 0;
#endif
    for (int i = 0; i < 20; ++i) {
        double* const told = mmap(NULL, 4096 + TAKE_PATH_SIZE, PROT_READ | PROT_WRITE,
                                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        assert_true(told != MAP_FAILED);
        char* const path = (char*)told + 4096;
        const pid_t child = fork();
        if (child == 0) {
            char error[RECORDING_ERROR_SIZE];
            const TakeSettings s = settings();
            Take* const take = take_open(&s, error);
            snprintf(path, TAKE_PATH_SIZE, "%s", take ? take_path(take) : "");
            while (take) {
                write_seconds(take, 1);
                take_sync(take);
                told[0] = (double)take_frames(take) / RATE;
            }
            _exit(1);
        }
        random = random * 1664525u + 1013904223u;
        for (int k = 0; k < 2000 && *(volatile double*)told <= 0.0; ++k) {
            usleep(5000); // a busy machine
        }
        usleep((random >> 8) % 150000);
        const double before_s = told[0]; // at the least what had been written before the kill
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        assert_true(before_s > 0.0);
        Found found = look(path);
#ifdef HAVE_EDFLIB
        if (found.edflib_s < 0) {
            // Killed between a record and the count of records: EDFlib wants both at once, and no
            // system call writes both. Rare, and nothing is lost
            char error[RECORDING_ERROR_SIZE];
            assert_true(repair(path, error));
            assert_true(++mended <= 2);
            found = look(path);
        }
#endif
        assert_true(found.sound_s >= (int)before_s);
        assert_true(found.own_s >= (int)before_s - 1); // the last second may lie in no record yet
#ifdef HAVE_EDFLIB
        assert_true(found.edflib_s >= (int)before_s - 1);
        assert_true(found.edflib_notes >= 3 * ((int)before_s - 1));
#endif
#ifdef HAVE_BIOSIG
        assert_true(found.biosig_s >= (int)before_s - 1);
#endif
        munmap(told, 4096 + TAKE_PATH_SIZE);
    }
}

/// A limit on the file size stands for a full disk: writes stop in the middle of a frame.
static void add_bytes(const char* take, const char* name, const char* bytes, size_t n)
{
    char path[TAKE_PATH_SIZE + 32];
    snprintf(path, sizeof path, "%s/%s", take, name);
    FILE* const file = fopen(path, "ab");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

/// As a crash in the middle of a write leaves it: strict readers refuse it until it is mended.
static void half_written_records_are_mended(void** state)
{
    (void)state;
    char error[RECORDING_ERROR_SIZE];
    char path[TAKE_PATH_SIZE];
    static const char half[500];
    const TakeSettings s = settings();
    Take* const take = take_open(&s, error);
    assert_non_null(take);
    snprintf(path, sizeof path, "%s", take_path(take));
    assert_true(write_seconds(take, 7));
    assert_true(take_close(take));
    assert_true(repair(path, error));
    assert_non_null(strstr(error, "nothing to do"));
    add_bytes(path, "physio.bdf", half, sizeof half);
    add_bytes(path, "events.tsv", "7.0012", 6);
    assert_int_equal(look(path).own_s, 7);
#ifdef HAVE_EDFLIB
    assert_int_equal(look(path).edflib_s, -1);
#endif
    assert_true(repair(path, error));
    assert_non_null(strstr(error, "2 files mended"));
    const Found found = look(path);
    assert_int_equal(found.own_s, 7);
#ifdef HAVE_EDFLIB
    assert_int_equal(found.edflib_s, 7);
    assert_int_equal(found.edflib_notes, 21);
#endif
#ifdef HAVE_BIOSIG
    assert_int_equal(found.biosig_s, 7);
#endif
    assert_true(repair(path, error)); // once more: nothing changes
    assert_non_null(strstr(error, "nothing to do"));
    char other[TAKE_PATH_SIZE + 32];
    snprintf(other, sizeof other, "%s/audio.wav", path);
    assert_false(repair(other, error)); // not its affair, and said so
    assert_non_null(strstr(error, "audio.wav"));
    assert_false(repair("/nowhere/at-all", error));
}

static void goes_on_when_there_is_room_again(void** state)
{
    (void)state;
    char error[RECORDING_ERROR_SIZE];
    char path[TAKE_PATH_SIZE + 32];
    const TakeSettings s = settings();
    Take* const take = take_open(&s, error);
    assert_non_null(take);
    snprintf(path, sizeof path, "%s", take_path(take));
    assert_true(write_seconds(take, 2));
    struct rlimit all;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &all);
    const struct rlimit little = {250001, all.rlim_max};
    setrlimit(RLIMIT_FSIZE, &little);
    assert_false(write_seconds(take, 2));
    assert_int_equal(errno, EFBIG);
    const Found full = look(path);
    setrlimit(RLIMIT_FSIZE, &all);
    assert_true(full.sound_s >= 2);
    assert_true(take_flush(take)); // all that waited, in its place
    assert_true(take_gap(take, 8000));
    assert_true(write_seconds(take, 1));
    assert_true(take_close(take));
    const Found found = look(path);
    assert_int_equal(found.sound_s, 6);
    assert_int_equal(found.own_s, 6);
    SF_INFO info = {0};
    strcat(path, "/audio.wav");
    SNDFILE* const sound = sf_open(path, SFM_READ, &info);
    float* const x = calloc(3 * 48000, sizeof(float));
    assert_int_equal(sf_readf_float(sound, x, 48000), 48000);
    for (int i = 0; i < 48000; ++i) {
        const bool gap = i >= 32000 && i < 40000;
        assert_true(x[3 * i] == (gap ? 0.0f : (float)(i % 1000) / 1000.0f - 0.5f));
    }
    sf_close(sound);
    free(x);
}

static void nothing_is_overwritten(void** state)
{
    (void)state;
    char error[RECORDING_ERROR_SIZE];
    TakeSettings s = settings();
    s.pattern = "same";
    char first[TAKE_PATH_SIZE];
    char second[TAKE_PATH_SIZE];
    Take* a = take_open(&s, error);
    Take* b = take_open(&s, error);
    snprintf(first, sizeof first, "%s", take_path(a));
    snprintf(second, sizeof second, "%s", take_path(b));
    assert_string_not_equal(first, second);
    assert_true(write_seconds(a, 3));
    assert_true(take_close(a));
    assert_true(take_close(b));
    assert_int_equal(look(first).sound_s, 3);
    assert_int_equal(look(second).sound_s, 0);
}

static void names_are_safe(void** state)
{
    (void)state;
    char name[64];
    take_folder_name(name, sizeof name, "../%P/x", "a b;c", 0);
    assert_null(strchr(name, '/'));
    assert_true(name[0] != '.');
    take_folder_name(name, sizeof name, "%P_take", "P07", 0);
    assert_string_equal(name, "P07_take");
    take_folder_name(name, sizeof name, "", "", 0);
    assert_int_equal(strlen(name), 19);
}

/// More than 4 GB, most of it a hole: the header turns into RF64.
static void large_files_are_rf64(void** state)
{
    (void)state;
    char error[RECORDING_ERROR_SIZE];
    char path[300];
    snprintf(path, sizeof path, "%s/large.wav", folder);
    const WavHeader header = {48000, 3, "test", 0, 0.0};
    WavWriter* const wav = wav_create(path, &header, error);
    const float frame[3] = {0.25f, 0.5f, 0.75f};
    assert_true(wav_flush(wav));
    assert_true(wav_skip(wav, 400000000u));
    assert_true(wav_frames(wav, frame, 1));
    assert_true(wav_close(wav));
    SF_INFO info = {0};
    SNDFILE* const sound = sf_open(path, SFM_READ, &info);
    assert_non_null(sound);
    assert_int_equal(info.frames, 400000001);
    assert_int_equal(info.format & SF_FORMAT_TYPEMASK, SF_FORMAT_RF64);
    float x[3];
    assert_int_equal(sf_seek(sound, 400000000, SEEK_SET), 400000000);
    assert_int_equal(sf_readf_float(sound, x, 1), 1);
    assert_true(x[0] == 0.25f && x[2] == 0.75f);
    sf_close(sound);
    unlink(path);
}

static void every_rate_has_records(void** state)
{
    (void)state;
    static const double rates[] = {8000,  11025, 16000, 22050,  32000,    44100,
                                   48000, 88200, 96000, 192000, 44123.45, 1234.5678};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; ++i) {
        const RecordShape shape = downsample_shape(rates[i]);
        const double rate = rates[i] / shape.factor;
        assert_true(rate > 500.0 && rate < 2000.0);
        assert_true(fabs(shape.record_s - shape.factor * shape.samples / rates[i]) < 1e-9 ||
                    rates[i] != floor(rates[i]));
        assert_true(shape.record_s > 0.9 && shape.record_s < 1.1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_closed_take_opens_everywhere),
        cmocka_unit_test(physio_is_the_sensor),
        cmocka_unit_test(killed_at_any_moment),
        cmocka_unit_test(half_written_records_are_mended),
        cmocka_unit_test(goes_on_when_there_is_room_again),
        cmocka_unit_test(nothing_is_overwritten),
        cmocka_unit_test(names_are_safe),
        cmocka_unit_test(large_files_are_rf64),
        cmocka_unit_test(every_rate_has_records),
    };
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// A library for LD_PRELOAD that traps what a real-time thread must not do.
///
/// Between rt_enter() and rt_exit() each call of the functions below counts as a violation; the
/// first three print where they came from. The test host calls both around run(); in JACK programs
/// the process callback is wrapped, so that real hosts need no change. RTGUARD_ONLY=name.so counts
/// only what passes through that library. At the end of a process with violations the exit status
/// is 99.
///
/// rt_trap_syscalls() lets the kernel trap every system call of the calling thread while it is in
/// real time (Linux 5.11 and later); such a call ends the process with 98. RTGUARD_SYSCALLS does so
/// in the process callback of a JACK program.
///
/// In real hosts: with RTGUARD_PLUGINS=urn:tonus: the run() of each plugin whose URI begins so is
/// what is guarded, and nothing else of the host, by way of lilv. RTGUARD_REPORT=FILE keeps both
/// counts there (two numbers of 8 bytes: calls, violations), whatever becomes of the host.
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
// initial-exec: the flag itself must need no memory
#define THREAD __thread __attribute__((tls_model("initial-exec")))

static THREAD int in_rt;
static THREAD int busy;
static THREAD volatile char selector; // 1: the kernel traps this thread's system calls
static THREAD bool traps_syscalls;
static uint64_t own_counts[2];
static uint64_t* counts = own_counts; // calls, violations
static const char* only;
static const char* plugins;

void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void __libc_free(void*);
void* __libc_memalign(size_t, size_t);

EXPORT void rt_enter(void);
EXPORT void rt_exit(void);
EXPORT unsigned long rt_violations(void);
EXPORT bool rt_trap_syscalls(void);

void rt_enter(void)
{
    __atomic_add_fetch(&counts[0], 1, __ATOMIC_RELAXED);
    in_rt = 1;
    if (traps_syscalls) {
        selector = 1;
    }
}

void rt_exit(void)
{
    selector = 0;
    in_rt = 0;
}

unsigned long rt_violations(void)
{
    return __atomic_load_n(&counts[1], __ATOMIC_RELAXED);
}

static bool through_library(void* const* frames, int n)
{
    for (int i = 0; i < n; ++i) {
        Dl_info info;
        if (dladdr(frames[i], &info) && info.dli_fname && strstr(info.dli_fname, only)) {
            return true;
        }
    }
    return false;
}

static void say(const char* text)
{
    if (syscall(SYS_write, 2, text, strlen(text)) < 0) {
        return;
    }
}

static void trap(const char* name)
{
    if (!in_rt || busy) {
        return;
    }
    const char was = selector;
    selector = 0;
    busy = 1;
    void* frames[32];
    const int n = only || rt_violations() < 3 ? backtrace(frames, 32) : 0;
    if (!only || through_library(frames, n)) {
        if (__atomic_add_fetch(&counts[1], 1, __ATOMIC_RELAXED) <= 3) {
            say("rtguard: in real time: ");
            say(name);
            say("\n");
            backtrace_symbols_fd(frames, n, 2);
        }
    }
    busy = 0;
    selector = was;
}

static void* real(const char* name)
{
    ++busy;
    void* const function = dlsym(RTLD_NEXT, name);
    --busy;
    return function;
}

/// One wrapper: RETURN NAME(PARAMETERS) traps and calls the real one with (ARGUMENTS).
#define WRAP(RETURN, NAME, PARAMETERS, ARGUMENTS)                                                  \
    EXPORT RETURN NAME PARAMETERS;                                                                 \
    RETURN NAME PARAMETERS                                                                         \
    {                                                                                              \
        static RETURN(*next) PARAMETERS;                                                           \
        if (!next)                                                                                 \
            *(void**)&next = real(#NAME);                                                          \
        trap(#NAME);                                                                               \
        return next ARGUMENTS;                                                                     \
    }

// ---- Memory ----------------------------------------------------------------------------------

EXPORT void* malloc(size_t size)
{
    trap("malloc");
    return __libc_malloc(size);
}

EXPORT void* calloc(size_t count, size_t size)
{
    trap("calloc");
    return __libc_calloc(count, size);
}

EXPORT void* realloc(void* memory, size_t size)
{
    trap("realloc");
    return __libc_realloc(memory, size);
}

EXPORT void free(void* memory)
{
    trap("free");
    __libc_free(memory);
}

EXPORT int posix_memalign(void** memory, size_t alignment, size_t size)
{
    trap("posix_memalign");
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : 12; // ENOMEM
}

EXPORT void* aligned_alloc(size_t alignment, size_t size)
{
    trap("aligned_alloc");
    return __libc_memalign(alignment, size);
}

EXPORT void* memalign(size_t alignment, size_t size);
void* memalign(size_t alignment, size_t size)
{
    trap("memalign");
    return __libc_memalign(alignment, size);
}

WRAP(void*, mmap, (void* a, size_t n, int p, int f, int d, off_t o), (a, n, p, f, d, o))
WRAP(int, munmap, (void* a, size_t n), (a, n))

// ---- Locks and threads -------------------------------------------------------------------------

WRAP(int, pthread_mutex_lock, (pthread_mutex_t * m), (m))
WRAP(int, pthread_mutex_trylock, (pthread_mutex_t * m), (m))
WRAP(int, pthread_mutex_unlock, (pthread_mutex_t * m), (m))
WRAP(int, pthread_cond_wait, (pthread_cond_t * c, pthread_mutex_t* m), (c, m))
WRAP(int, pthread_cond_signal, (pthread_cond_t * c), (c))
WRAP(int, pthread_cond_broadcast, (pthread_cond_t * c), (c))
WRAP(int, pthread_rwlock_rdlock, (pthread_rwlock_t * l), (l))
WRAP(int, pthread_rwlock_wrlock, (pthread_rwlock_t * l), (l))
WRAP(int, pthread_spin_lock, (pthread_spinlock_t * l), (l))
WRAP(int, pthread_join, (pthread_t t, void** r), (t, r))
WRAP(int, sem_wait, (sem_t * s), (s))
WRAP(int, sem_post, (sem_t * s), (s))

EXPORT int pthread_create(pthread_t* t, const pthread_attr_t* a, void* (*f)(void*), void* d)
{
    static int (*next)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
    if (!next) {
        *(void**)&next = real("pthread_create");
    }
    trap("pthread_create");
    return next(t, a, f, d);
}

// ---- Files and text ----------------------------------------------------------------------------

WRAP(FILE*, fopen, (const char* p, const char* m), (p, m))
WRAP(int, fclose, (FILE * f), (f))
WRAP(int, fflush, (FILE * f), (f))
WRAP(size_t, fread, (void* b, size_t s, size_t n, FILE* f), (b, s, n, f))
WRAP(size_t, fwrite, (const void* b, size_t s, size_t n, FILE* f), (b, s, n, f))
WRAP(int, fputs, (const char* s, FILE* f), (s, f))
WRAP(int, fputc, (int c, FILE* f), (c, f))
WRAP(int, puts, (const char* s), (s))
WRAP(ssize_t, read, (int d, void* b, size_t n), (d, b, n))
WRAP(ssize_t, write, (int d, const void* b, size_t n), (d, b, n))
WRAP(int, close, (int d), (d))
WRAP(int, fsync, (int d), (d))
WRAP(int, vfprintf, (FILE * f, const char* t, va_list v), (f, t, v))
WRAP(int, vsnprintf, (char* b, size_t n, const char* t, va_list v), (b, n, t, v))
WRAP(double, strtod, (const char* s, char** e), (s, e))
WRAP(char*, getenv, (const char* n), (n))
WRAP(char*, strdup, (const char* s), (s))
WRAP(void*, dlopen, (const char* f, int m), (f, m))

#define WRAP_OPEN(NAME, PARAMETERS, LAST, ...)                                                     \
    EXPORT int NAME PARAMETERS;                                                                    \
    int NAME PARAMETERS                                                                            \
    {                                                                                              \
        static int(*next) PARAMETERS;                                                              \
        if (!next)                                                                                 \
            *(void**)&next = real(#NAME);                                                          \
        trap(#NAME);                                                                               \
        va_list list;                                                                              \
        va_start(list, LAST);                                                                      \
        const mode_t mode = LAST & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;               \
        va_end(list);                                                                              \
        return next(__VA_ARGS__, mode);                                                            \
    }

WRAP_OPEN(open, (const char* path, int flags, ...), flags, path, flags)
WRAP_OPEN(open64, (const char* path, int flags, ...), flags, path, flags)
WRAP_OPEN(openat, (int folder, const char* path, int flags, ...), flags, folder, path, flags)

/// The printf family ends in its v... functions, called here without a trap of their own.
#define WRAP_PRINT(NAME, PARAMETERS, LAST, CALL)                                                   \
    EXPORT int NAME PARAMETERS;                                                                    \
    int NAME PARAMETERS                                                                            \
    {                                                                                              \
        trap(#NAME);                                                                               \
        va_list list;                                                                              \
        va_start(list, LAST);                                                                      \
        ++busy;                                                                                    \
        const int result = CALL;                                                                   \
        --busy;                                                                                    \
        va_end(list);                                                                              \
        return result;                                                                             \
    }

WRAP_PRINT(printf, (const char* t, ...), t, vfprintf(stdout, t, list))
WRAP_PRINT(fprintf, (FILE * f, const char* t, ...), t, vfprintf(f, t, list))
WRAP_PRINT(sprintf, (char* b, const char* t, ...), t, vsnprintf(b, 1 << 20, t, list))
WRAP_PRINT(snprintf, (char* b, size_t n, const char* t, ...), t, vsnprintf(b, n, t, list))
WRAP_PRINT(__snprintf_chk, (char* b, size_t n, int g, size_t s, const char* t, ...), t,
           ((void)g, (void)s, vsnprintf(b, n, t, list)))
WRAP_PRINT(__sprintf_chk, (char* b, int g, size_t s, const char* t, ...), t,
           ((void)g, vsnprintf(b, s, t, list)))
WRAP_PRINT(__fprintf_chk, (FILE * f, int g, const char* t, ...), t, ((void)g, vfprintf(f, t, list)))
WRAP_PRINT(__printf_chk, (int g, const char* t, ...), t, ((void)g, vfprintf(stdout, t, list)))

// ---- Time and chance
// -----------------------------------------------------------------------------

WRAP(int, nanosleep, (const struct timespec* t, struct timespec* r), (t, r))
WRAP(int, clock_nanosleep, (clockid_t c, int f, const struct timespec* t, struct timespec* r),
     (c, f, t, r))
WRAP(int, usleep, (useconds_t t), (t))
WRAP(unsigned, sleep, (unsigned t), (t))
WRAP(int, sched_yield, (void), ())
WRAP(int, clock_gettime, (clockid_t c, struct timespec* t), (c, t))
WRAP(time_t, time, (time_t * t), (t))
EXPORT int gettimeofday(struct timeval* restrict t, void* restrict z)
{
    static int (*next)(struct timeval*, void*);
    if (!next) {
        *(void**)&next = real("gettimeofday");
    }
    trap("gettimeofday");
    return next(t, z);
}
WRAP(int, rand, (void), ()) // takes a lock
WRAP(long, random, (void), ())

// ---- System calls
// --------------------------------------------------------------------------------

static void on_syscall(int signal_number, siginfo_t* info, void* context)
{
    (void)signal_number;
    (void)context;
    selector = 0;
    busy = 1;
    char text[] = "rtguard: in real time: system call 000\n";
    const int number = info->si_syscall;
    char* const digits = text + sizeof text - 5;
    digits[0] = (char)('0' + number / 100 % 10);
    digits[1] = (char)('0' + number / 10 % 10);
    digits[2] = (char)('0' + number % 10);
    say(text);
    void* frames[32];
    backtrace_symbols_fd(frames, backtrace(frames, 32), 2);
    _exit(98);
}

bool rt_trap_syscalls(void)
{
#ifdef PR_SET_SYSCALL_USER_DISPATCH
    const struct sigaction action = {.sa_sigaction = on_syscall, .sa_flags = SA_SIGINFO};
    sigaction(SIGSYS, &action, NULL);
    traps_syscalls =
        prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, 0L, 0L, &selector) == 0;
#endif
    return traps_syscalls;
}

// ---- JACK programs
// -------------------------------------------------------------------------------

static int (*jack_process)(uint32_t, void*);

static bool wants_syscalls; // trapped, in JACK programs

static int guarded_process(uint32_t n, void* data)
{
    static THREAD bool tried;
    if (wants_syscalls && !tried) {
        tried = true;
        rt_trap_syscalls();
    }
    rt_enter();
    const int result = jack_process(n, data);
    rt_exit();
    return result;
}

EXPORT int jack_set_process_callback(void* client, int (*process)(uint32_t, void*), void* data);
int jack_set_process_callback(void* client, int (*process)(uint32_t, void*), void* data)
{
    int (*next)(void*, int (*)(uint32_t, void*), void*);
    *(void**)&next = real("jack_set_process_callback");
    jack_process = process;
    return next(client, plugins ? process : guarded_process, data);
}

// ---- Plugins in hosts on lilv
// --------------------------------------------------------------------

// As in lv2/core/lv2.h and lilv/lilv.h; this file needs no header of theirs
typedef struct {
    const char* uri;
    void* (*instantiate)(const void*, double, const char*, const void* const*);
    void (*connect_port)(void*, uint32_t, void*);
    void (*activate)(void*);
    void (*run)(void*, uint32_t);
    void (*deactivate)(void*);
    void (*cleanup)(void*);
    const void* (*extension_data)(const char*);
} Descriptor;

typedef struct {
    const Descriptor* descriptor;
    void* handle;
    void* own;
} Instance;

enum { MAX_INSTANCES = 256 };

static struct {
    void* handle;
    void (*run)(void*, uint32_t);
    Descriptor descriptor;
} guarded[MAX_INSTANCES];
static int n_guarded;

static void guarded_run(void* handle, uint32_t n)
{
    int i = __atomic_load_n(&n_guarded, __ATOMIC_ACQUIRE) - 1;
    while (i > 0 && guarded[i].handle != handle) { // the latest: handles come again
        --i;
    }
    rt_enter();
    guarded[i].run(handle, n);
    rt_exit();
}

EXPORT Instance* lilv_plugin_instantiate(const void* plugin, double rate,
                                         const void* const* features);
Instance* lilv_plugin_instantiate(const void* plugin, double rate, const void* const* features)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    Instance* (*next)(const void*, double, const void* const*);
    *(void**)&next = real("lilv_plugin_instantiate");
    Instance* const instance = next(plugin, rate, features);
    if (!instance || !plugins ||
        strncmp(instance->descriptor->uri, plugins, strlen(plugins)) != 0) {
        return instance;
    }
    pthread_mutex_lock(&lock);
    if (n_guarded < MAX_INSTANCES) {
        guarded[n_guarded].handle = instance->handle;
        guarded[n_guarded].run = instance->descriptor->run;
        guarded[n_guarded].descriptor = *instance->descriptor;
        guarded[n_guarded].descriptor.run = guarded_run;
        instance->descriptor = &guarded[n_guarded].descriptor;
        __atomic_add_fetch(&n_guarded, 1, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&lock);
    return instance;
}

// ---- Begin and end
// -------------------------------------------------------------------------------

__attribute__((constructor)) static void begin(void)
{
    void* frames[4];
    backtrace(frames, 4); // its first call takes memory
    only = getenv("RTGUARD_ONLY");
    wants_syscalls = getenv("RTGUARD_SYSCALLS") != NULL;
    plugins = getenv("RTGUARD_PLUGINS");
    const char* const report = getenv("RTGUARD_REPORT");
    const int file = report ? open(report, O_RDWR | O_CREAT, 0600) : -1;
    if (file >= 0 && ftruncate(file, sizeof own_counts) == 0) {
        void* const shared =
            mmap(NULL, sizeof own_counts, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        counts = shared != MAP_FAILED ? shared : own_counts;
    }
}

__attribute__((destructor)) static void end(void)
{
    if (!rt_violations() || getenv("RTGUARD_QUIET")) {
        return;
    }
    busy = 1;
    fflush(NULL);
    char text[100];
    const int length = snprintf(text, sizeof text, "rtguard: %lu real-time calls, %lu violations\n",
                                (unsigned long)counts[0], (unsigned long)counts[1]);
    if (length > 0) {
        say(text);
    }
    _exit(99);
}

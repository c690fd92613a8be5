// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Joins the test host with the run-time library of clang's real-time sanitizer: linked into a test
/// program, it makes that program end at the first violation inside run().

void __rtsan_init(void);
void __rtsan_realtime_enter(void);
void __rtsan_realtime_exit(void);

void rt_enter(void);
void rt_exit(void);
void rtsan_is_here(void);

void rt_enter(void)
{
    __rtsan_realtime_enter();
}
void rt_exit(void)
{
    __rtsan_realtime_exit();
}
void rtsan_is_here(void)
{
    __rtsan_init();
}

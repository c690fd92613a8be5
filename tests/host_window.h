// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// A plugin's window beside its run(), as hosts have it: opened from its binary NAME_ui.so on the
/// screen DISPLAY, used by the thread that opened it, while another one runs the plugin. Between
/// them are two queues only.
#ifndef TESTS_HOST_WINDOW_H
#define TESTS_HOST_WINDOW_H

#include "host.h"

typedef struct HostWindow HostWindow;

/// Opens it, before the plugin is first run. NULL when there is no such binary, or it opens no
/// window (a fault where there is a screen). It takes host_on_block(), and what the host collects
/// is dropped after each block.
HostWindow* host_window_open(Host* host);

/// One turn of the user-interface thread: what the plugin told is passed on, somebody clicks or
/// presses a key (by *random), and the window draws. False when it says that it is gone.
bool host_window_turn(HostWindow* window, uint32_t* random);

/// After the last run(). Gives how many messages came from the plugin and went to it, where not
/// NULL.
void host_window_close(HostWindow* window, uint64_t* told, uint64_t* asked);

#endif

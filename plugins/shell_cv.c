// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/shell_cv.h"

#include <math.h>
#include <string.h>

void shell_cv_init(ShellCv* cv, bool on, uint32_t first_port, uint32_t n)
{
    memset(cv, 0, sizeof(*cv));
    cv->on = on;
    cv->first_port = first_port;
    cv->n = n < SHELL_CV_MAX ? n : SHELL_CV_MAX;
}

void shell_cv_activate(ShellCv* cv)
{
    memset(cv->from, 0, sizeof(cv->from));
    memset(cv->to, 0, sizeof(cv->to));
}

static void look(ShellCv* cv, const Shell* shell, void* plugin,
                 void (*values)(void* plugin, float* now))
{
    float now[SHELL_CV_MAX] = {0.0f};
    values(plugin, now);
    memcpy(cv->from, cv->to, sizeof(cv->to));
    for (uint32_t i = 0; i < cv->n; ++i) {
        const PortInfo* const info = &shell->info[cv->first_port + i];
        cv->to[i] = isfinite(now[i]) ? fminf(fmaxf(now[i], info->minimum), info->maximum) : 0.0f;
    }
}

static void write_ports(const ShellCv* cv, Shell* shell, uint32_t offset, uint32_t in_cell,
                        uint32_t n)
{
    float line[SHELL_CV_GRID];
    for (uint32_t i = 0; i < cv->n; ++i) {
        if (shell->port[cv->first_port + i]) {
            const float step = (cv->to[i] - cv->from[i]) / SHELL_CV_GRID;
            for (uint32_t k = 0; k < n; ++k) {
                line[k] = cv->from[i] + step * (float)(in_cell + k);
            }
            shell_write(shell, cv->first_port + i, offset, n, line);
        }
    }
}

void shell_cv_process(ShellCv* cv, Shell* shell, void* plugin, uint32_t offset, uint32_t n,
                      void (*process)(void* plugin, uint32_t offset, uint32_t n),
                      void (*values)(void* plugin, float* now))
{
    const uint64_t begin = shell->now;
    for (uint32_t done = 0, part = 0; done < n; done += part) {
        shell->now = begin + done;
        const uint32_t in_cell = (uint32_t)(shell->now % SHELL_CV_GRID);
        part = n - done < SHELL_CV_GRID - in_cell ? n - done : SHELL_CV_GRID - in_cell;
        if (in_cell == 0) {
            look(cv, shell, plugin, values);
        }
        process(plugin, offset + done, part);
        write_ports(cv, shell, offset + done, in_cell, part);
    }
    shell->now = begin;
}

float shell_cv_share(double x, double low, double high)
{
    return x > 0.0 ? (float)fmin(fmax((x - low) / (high - low), 0.0), 1.0) : 0.0f;
}

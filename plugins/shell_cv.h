// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// Control-voltage outputs of a plugin's CV variant: values that are looked at on a grid counted
/// from activation and go there in a straight line, so that they do not step.
///
/// Threading: all is real-time safe.
#ifndef PLUGINS_SHELL_CV_H
#define PLUGINS_SHELL_CV_H

#include "plugins/shell.h"

enum { SHELL_CV_GRID = 64, SHELL_CV_MAX = 12 }; // frames; ports

typedef struct {
    bool on;                  ///< this instance is the CV variant
    uint32_t first_port, n;   ///< successive ports
    float from[SHELL_CV_MAX]; ///< at the last line of the grid
    float to[SHELL_CV_MAX];   ///< at the next one
} ShellCv;

/// `on` false: none of this happens. n <= SHELL_CV_MAX.
void shell_cv_init(ShellCv* cv, bool on, uint32_t first_port, uint32_t n);
void shell_cv_activate(ShellCv* cv); ///< all at 0

/// Lets `process` go over the frames, cut at the grid's lines, and writes the ports. `values` tells
/// at each line what they are now, in the ports' order; they are clamped to their ranges.
/// [realtime]
void shell_cv_process(ShellCv* cv, Shell* shell, void* plugin, uint32_t offset, uint32_t n,
                      void (*process)(void* plugin, uint32_t offset, uint32_t n),
                      void (*values)(void* plugin, float* now));

/// x from [low, high] to 0..1, for modulation; 0 stays 0 (not known). [realtime]
float shell_cv_share(double x, double low, double high);

#endif

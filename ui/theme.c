// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme.h"

#include <math.h>

// 0xRRGGBB, as designers write it
static Color hex(unsigned value)
{
    const Color color = {(value >> 16 & 0xFF) / 255.0, (value >> 8 & 0xFF) / 255.0,
                         (value & 0xFF) / 255.0};
    return color;
}

static void set_sizes(Theme* theme, double scale)
{
    theme->font = "sans-serif";
    theme->scale = isfinite(scale) ? fmin(fmax(scale, 0.5), 4.0) : 1.0;
    theme->small = 11.0 * theme->scale;
    theme->body = 14.0 * theme->scale;
    theme->title = 17.0 * theme->scale;
    theme->large = 30.0 * theme->scale;
    theme->margin = 12.0 * theme->scale;
    theme->stroke = 1.8 * theme->scale;
    theme->radius = 10.0 * theme->scale;
}

Theme theme_light(double scale)
{
    Theme theme = {.background = hex(0xF1EEE7),
                   .panel = hex(0xFBFAF7),
                   .line = hex(0xD9D5CB),
                   .ink = hex(0x262C30),
                   .faint = hex(0x5F696F),
                   .person = hex(0xC4700F),
                   .glow = hex(0xE7A64E),
                   .pacer = hex(0x1A5E93),
                   .heart = hex(0x7A2C58),
                   .tone = hex(0x2F9A6E),
                   .good = hex(0x1E8569),
                   .warning = hex(0x7A6200)};
    set_sizes(&theme, scale);
    return theme;
}

Theme theme_dark(double scale)
{
    Theme theme = {.background = hex(0x0F161B),
                   .panel = hex(0x162027),
                   .line = hex(0x2B3840),
                   .ink = hex(0xEAE7E0),
                   .faint = hex(0x96A2A9),
                   .person = hex(0xE0A04E),
                   .glow = hex(0xFFE3B0),
                   .pacer = hex(0x5AA0DA),
                   .heart = hex(0xF0C0DA),
                   .tone = hex(0x96DDB4),
                   .good = hex(0x96DDB4),
                   .warning = hex(0xE6D37A),
                   .dark = true};
    set_sizes(&theme, scale);
    return theme;
}

Theme theme_print(void)
{
    Theme theme = theme_light(1.0);
    theme.background = theme.panel = hex(0xFFFFFF);
    theme.ink = hex(0x111111);
    theme.faint = hex(0x555555);
    theme.small = 9.0;
    theme.body = 11.0;
    theme.title = 13.0;
    theme.large = 20.0;
    theme.margin = 10.0;
    theme.stroke = 1.0;
    theme.radius = 0.0;
    theme.print = true;
    return theme;
}

Color theme_mix(Color first, Color second, double share)
{
    const Color color = {first.red + share * (second.red - first.red),
                         first.green + share * (second.green - first.green),
                         first.blue + share * (second.blue - first.blue)};
    return color;
}

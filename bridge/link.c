// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/link.h"

#include <math.h>

#define ORDER_S 1e-5 // at least between two packets

const LinkModel link_ble = {0.045, 0.05, 0.003, {0.2, 1.0}, 0.0003, 73.0 / 130.0, 0.15};
const LinkModel link_usb1 = {0.001, 0.0, 0.002, {0.0, 0.03}, 0.0003, 0.001, 0.04};
const LinkModel link_usb16 = {0.016, 0.0, 0.002, {0.0, 0.03}, 0.0003, 0.016, 0.04};

Link link_make(const LinkModel* model, uint32_t seed)
{
    return (Link){model, random_make(seed, 1), -INFINITY};
}

double link_arrival(Link* link, double ready_s)
{
    const LinkModel* const model = link->model;
    double at = ceil(ready_s / model->interval_s) * model->interval_s;
    while (random_uniform(&link->random) < model->retransmission) {
        at += model->interval_s;
    }
    if (random_uniform(&link->random) < model->burst) {
        at += model->burst_s[0] +
              random_uniform(&link->random) * (model->burst_s[1] - model->burst_s[0]);
    }
    at -= model->noise_s * log(1.0 - random_uniform(&link->random));
    at = fmax(at, link->last_s + ORDER_S);
    link->last_s = at;
    return at;
}

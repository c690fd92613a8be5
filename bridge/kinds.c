// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "bridge/source.h"

extern const SourceKind source_file, source_sim, source_stdin, source_serial, source_udp,
    source_osc, source_lsl;
#ifdef HAVE_SYSTEMD
extern const SourceKind source_ble;
#endif

const SourceKind* const source_kinds[] = {&source_file, &source_sim, &source_stdin, &source_serial,
                                          &source_udp,  &source_osc, &source_lsl,
#ifdef HAVE_SYSTEMD
                                          &source_ble,
#endif
                                          NULL};

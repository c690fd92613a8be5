// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

/// What chest straps and armbands say over Bluetooth: the Heart Rate Service (any maker) and
/// Polar's measurement data (PMD: ECG, PPG)

#ifndef TONUS_BRIDGE_POLAR_H
#define TONUS_BRIDGE_POLAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEART_RATE_UUID  "00002a37-0000-1000-8000-00805f9b34fb"
#define BATTERY_UUID     "00002a19-0000-1000-8000-00805f9b34fb"
#define PMD_CONTROL_UUID "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
#define PMD_DATA_UUID    "fb005c82-02e7-f387-1cad-8acd2d8df0c8"

#define POLAR_ECG_RATE    130.0 ///< nominal, Hz; straps are off by up to 2 %
#define POLAR_PPG_RATE    55.0  ///< of an armband outside its SDK mode
#define POLAR_MAX_SAMPLES 256u

typedef struct {
    int bpm;
    double rr_ms[12];
    unsigned n_rr;
} HeartRate;

/// A Heart Rate Measurement (characteristic 0x2A37); false when it is cut
bool heart_rate_parse(const uint8_t* bytes, size_t n, HeartRate* out);

typedef enum { PMD_ECG, PMD_PPG } PmdKind;

typedef struct {
    PmdKind kind;
    double device_s;            ///< device time of the last sample
    float x[POLAR_MAX_SAMPLES]; ///< ECG in microvolts; PPG as the sum of its three LEDs
    unsigned n;
} PmdFrame;

/// A data frame; false when it is cut, too long, or of a kind that is not known here
bool pmd_parse(const uint8_t* bytes, size_t n, PmdFrame* out);

/// The command that starts a measurement; returns its length
unsigned pmd_start_command(PmdKind kind, uint8_t out[16]);

#endif

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
/// The bridge's MIDI is that of the plugins.
#include "bridge/midi.h"
#include "plugins/events.h"

#include "unit.h"

static void vocabularies_are_one(void** state)
{
    (void)state;
    assert_int_equal(MIDI_NOTE_BEAT, NOTE_BEAT);
    assert_int_equal(MIDI_NOTE_ODD_BEAT, NOTE_ODD_BEAT);
    assert_int_equal(MIDI_RR, CONTROLLER_RR);
    assert_int_equal(MIDI_QUALITY, CONTROLLER_QUALITY);
    assert_int_equal(MIDI_HEART_RATE, CONTROLLER_HEART_RATE);
    assert_int_equal(MIDI_VELOCITY, EVENTS_VELOCITY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(vocabularies_are_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dsp/guide_words.h"

#include "dsp/words.h"

// Below this chance that the best rate is the best one, say so
#define UNSURE 0.8f

static void say_hints(Words* words, const GuideState* state)
{
    const struct {
        uint32_t hint;
        const char* text;
    } hints[] = {
        {GUIDE_HINT_SIGNAL, "No heartbeat is seen: look after the sensor. "},
        {GUIDE_HINT_RATE, "Your heart beats fast: go easier. "},
        {GUIDE_HINT_REST, "Rest a minute before the next immersion. "},
        {GUIDE_HINT_DIZZY, "Breathe more shallowly, not deeper; stop if you feel dizzy. "},
        {GUIDE_HINT_CAUTION, state->exercise->caution},
    };
    for (size_t i = 0; i < sizeof hints / sizeof *hints; ++i) {
        if (state->hints & hints[i].hint) {
            words_say(words, hints[i].text);
        }
    }
}

static void say_dive(Words* words, const Guide* guide)
{
    const DiveMeasure dive = guide_last_dive(guide);
    if (!guide_state(guide).marks || (!dive.done && !dive.valid)) {
        return;
    }
    words_say(words, "Last immersion: ");
    if (!dive.valid) {
        words_say(words, "not measured, too few sound beats.");
        return;
    }
    words_say(words, "your heart went down by ");
    words_number(words, dive.drop_bpm);
    words_say(words, " per minute, to ");
    words_number(words, dive.lowest_bpm);
    words_say(words, ", within ");
    words_number(words, dive.to_lowest_s);
    words_say(words, " s");
    if (dive.recovery_s > 0.0f) {
        words_say(words, "; half of the way back took ");
        words_number(words, dive.recovery_s);
        words_say(words, " s");
    }
    words_say(words, ".");
}

static void say_search(Words* words, const ResonanceResult* search)
{
    if (!(search->rate_per_min > 0.0f)) {
        words_say(
            words,
            "Your own breathing rate was not found: the search was too short, or too few beats "
            "were sound.");
        return;
    }
    words_say(words, "Your heart swings most at ");
    words_tenths(words, search->rate_per_min);
    words_say(words, " breaths per minute (confidence ");
    words_number(words, 100.0f * search->confidence);
    words_say(words, " %).");
    if (search->confidence < UNSURE) {
        words_say(words, " The rates beside it are nearly as good.");
    }
}

static void say_comparison(Words* words, const Guide* guide)
{
    Comparison comparison = guide_comparison(guide);
    if (!comparison.present) { // a part was skipped
        comparison.present = true;
        comparison.heart_rate.reason = COMPARE_NOT_MEASURED;
    }
    words->length +=
        compare_sentence(&comparison, words->to + words->length, words->size - words->length);
}

size_t guide_words(GuideWords which, const Guide* guide, const ResonanceResult* search, char* text,
                   size_t size)
{
    Words words = words_into(text, size);
    const GuideState state = guide_state(guide);
    switch (which) {
    case GUIDE_WORDS_CAUTION:
        words_say(&words, state.exercise->caution);
        break;
    case GUIDE_WORDS_COMPARISON:
        if (state.phase == GUIDE_DONE) {
            say_comparison(&words, guide);
        }
        break;
    case GUIDE_WORDS_HINT:
        say_hints(&words, &state);
        break;
    case GUIDE_WORDS_HOW:
        words_say(&words, state.exercise->how);
        break;
    case GUIDE_WORDS_RESULT:
        if (state.exercise->kind == EXERCISE_COLD) {
            say_dive(&words, guide);
        } else if (state.exercise->kind == EXERCISE_SEARCH && state.phase > GUIDE_EXERCISE) {
            say_search(&words, search);
        }
        break;
    }
    while (words.length && words.to[words.length - 1] == ' ') {
        --words.length;
    }
    return words_end(&words);
}

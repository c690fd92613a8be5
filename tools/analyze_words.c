// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tools/analyze_words.h"

#include <string.h>

enum { LANGUAGES = 3 };

#define SOURCES                                                                                    \
    "Task Force of the ESC and NASPE (1996), Circulation 93:1043. Lipponen & Tarvainen (2019), J " \
    "Med Eng Technol 43:173. Lomb (1976), Astrophys Space Sci 39:447; Scargle (1982), Astrophys "  \
    "J 263:835. Brennan et al. (2001), IEEE Trans Biomed Eng 48:1342. Hirsch & Bishop (1981), Am " \
    "J Physiol 241:H620. McCraty & Zayas (2014), Front Psychol 5:1090."

static const char* const words[LANGUAGES][N_WORDS] = {
    {[WORD_LANGUAGE] = "en",
     [WORD_TITLE] = "Heart and breath",
     [WORD_RECORDING] = "Recording",
     [WORD_DURATION] = "Duration",
     [WORD_BEATS] = "Heartbeats",
     [WORD_BREATHS] = "Breaths",
     [WORD_LEFT_OUT] = "What was left out",
     [WORD_QUALITY] = "Quality",
     [WORD_MEASURE] = "Measures of the whole recording",
     [WORD_VALUE] = "Value",
     [WORD_OVER_TIME] = "Over time",
     [WORD_RR] = "Interval between beats, ms",
     [WORD_BREATH_RATE] = "Breaths per minute",
     [WORD_TONE] = "Tone, 0 to 1",
     [WORD_USABLE] = "Usable signal, %",
     [WORD_TWO_MINUTES] = "Two minutes from %s: intervals (ms) with the breath behind them",
     [WORD_POINCARE] = "Each interval against the next, ms",
     [WORD_SPECTRUM] = "Spectrum, windows averaged: %u",
     [WORD_BREATHING] = "Breathing",
     [WORD_AS_USUAL] = "as usual",
     [WORD_HEART_RATE] = "Heart rate",
     [WORD_RESP_HRV] = "RespHRV",
     [WORD_EXERCISE] = "Exercise",
     [WORD_BEFORE] = "Before",
     [WORD_DURING] = "Meanwhile",
     [WORD_AFTER] = "After",
     [WORD_CHANGE] = "After against before, with 95 % interval",
     [WORD_CHANGE_WHY] = "A filled dot: the change is larger than chance",
     [WORD_NORMAL] = "normal",
     [WORD_ECTOPIC] = "ectopic",
     [WORD_MISSED] = "after a missed beat",
     [WORD_EXTRA] = "found to be no beat",
     [WORD_UNRELIABLE] = "unreliable",
     [WORD_FIRST] = "first after a gap",
     [WORD_MISSING_SAMPLES] = "samples missing",
     [WORD_COVERED] = "of the time covered",
     [WORD_SETTINGS] = "Settings",
     [WORD_SENSOR] = "Sensor",
     [WORD_CHANNEL] = "Channel",
     [WORD_RATE] = "Sample rate",
     [WORD_WINDOW] = "Window, step",
     [WORD_ARTEFACTS_OUT] = "Artefacts left out",
     [WORD_YES] = "yes",
     [WORD_NO] = "no",
     [WORD_CORRECTED] = "Beats corrected by hand",
     [WORD_PROGRAM] = "tonus-analyze",
     [WORD_SOURCES] = "Sources",
     [WORD_SOURCES_LIST] = SOURCES,
     [WORD_NOT] =
         "Tone is respiratory heart-rate variability or RMSSD relative to the person's own "
         "baseline. It is not a measurement of the vagus nerve. Tonus is not a medical "
         "device.",
     [WORD_WARNING] = "Note"},
    {[WORD_LANGUAGE] = "nb",
     [WORD_TITLE] = "Hjerte og pust",
     [WORD_RECORDING] = "Opptak",
     [WORD_DURATION] = "Varighet",
     [WORD_BEATS] = "Hjerteslag",
     [WORD_BREATHS] = "Åndedrag",
     [WORD_LEFT_OUT] = "Hva som ble utelatt",
     [WORD_QUALITY] = "Kvalitet",
     [WORD_MEASURE] = "Mål for hele opptaket",
     [WORD_VALUE] = "Verdi",
     [WORD_OVER_TIME] = "Over tid",
     [WORD_RR] = "Tid mellom slag, ms",
     [WORD_BREATH_RATE] = "Åndedrag per minutt",
     [WORD_TONE] = "Tone, 0 til 1",
     [WORD_USABLE] = "Brukbart signal, %",
     [WORD_TWO_MINUTES] = "To minutter fra %s: intervaller (ms) med pusten bak",
     [WORD_POINCARE] = "Hvert intervall mot det neste, ms",
     [WORD_SPECTRUM] = "Spektrum, antall vinduer: %u",
     [WORD_BREATHING] = "Pust",
     [WORD_AS_USUAL] = "som vanlig",
     [WORD_HEART_RATE] = "Puls",
     [WORD_RESP_HRV] = "RespHRV",
     [WORD_EXERCISE] = "Øvelse",
     [WORD_BEFORE] = "Før",
     [WORD_DURING] = "Underveis",
     [WORD_AFTER] = "Etter",
     [WORD_CHANGE] = "Etter mot før, med 95 % intervall",
     [WORD_CHANGE_WHY] = "Fylt punkt: endringen er større enn tilfeldigheter",
     [WORD_NORMAL] = "normale",
     [WORD_ECTOPIC] = "ektopiske",
     [WORD_MISSED] = "etter et tapt slag",
     [WORD_EXTRA] = "viste seg å ikke være slag",
     [WORD_UNRELIABLE] = "usikre",
     [WORD_FIRST] = "første etter et hull",
     [WORD_MISSING_SAMPLES] = "målepunkter mangler",
     [WORD_COVERED] = "av tiden dekket",
     [WORD_SETTINGS] = "Innstillinger",
     [WORD_SENSOR] = "Sensor",
     [WORD_CHANNEL] = "Kanal",
     [WORD_RATE] = "Målefrekvens",
     [WORD_WINDOW] = "Vindu, steg",
     [WORD_ARTEFACTS_OUT] = "Artefakter utelatt",
     [WORD_YES] = "ja",
     [WORD_NO] = "nei",
     [WORD_CORRECTED] = "Slag rettet for hånd",
     [WORD_PROGRAM] = "tonus-analyze",
     [WORD_SOURCES] = "Kilder",
     [WORD_SOURCES_LIST] = SOURCES,
     [WORD_NOT] = "Tone er respiratorisk hjertefrekvensvariasjon eller RMSSD i forhold til "
                  "personens eget utgangspunkt. Det er ikke en måling av vagusnerven. Tonus er "
                  "ikke medisinsk utstyr.",
     [WORD_WARNING] = "Merknad"},
    {[WORD_LANGUAGE] = "sv",
     [WORD_TITLE] = "Hjärta och andning",
     [WORD_RECORDING] = "Inspelning",
     [WORD_DURATION] = "Längd",
     [WORD_BEATS] = "Hjärtslag",
     [WORD_BREATHS] = "Andetag",
     [WORD_LEFT_OUT] = "Vad som utelämnades",
     [WORD_QUALITY] = "Kvalitet",
     [WORD_MEASURE] = "Mått för hela inspelningen",
     [WORD_VALUE] = "Värde",
     [WORD_OVER_TIME] = "Över tid",
     [WORD_RR] = "Tid mellan slag, ms",
     [WORD_BREATH_RATE] = "Andetag per minut",
     [WORD_TONE] = "Ton, 0 till 1",
     [WORD_USABLE] = "Användbar signal, %",
     [WORD_TWO_MINUTES] = "Två minuter från %s: intervall (ms) med andningen bakom",
     [WORD_POINCARE] = "Varje intervall mot nästa, ms",
     [WORD_SPECTRUM] = "Spektrum, antal fönster: %u",
     [WORD_BREATHING] = "Andning",
     [WORD_AS_USUAL] = "som vanligt",
     [WORD_HEART_RATE] = "Puls",
     [WORD_RESP_HRV] = "RespHRV",
     [WORD_EXERCISE] = "Övning",
     [WORD_BEFORE] = "Före",
     [WORD_DURING] = "Under tiden",
     [WORD_AFTER] = "Efter",
     [WORD_CHANGE] = "Efter mot före, med 95 % intervall",
     [WORD_CHANGE_WHY] = "Fylld punkt: ändringen är större än slumpen",
     [WORD_NORMAL] = "normala",
     [WORD_ECTOPIC] = "ektopiska",
     [WORD_MISSED] = "efter ett missat slag",
     [WORD_EXTRA] = "visade sig inte vara slag",
     [WORD_UNRELIABLE] = "osäkra",
     [WORD_FIRST] = "första efter ett hål",
     [WORD_MISSING_SAMPLES] = "mätpunkter saknas",
     [WORD_COVERED] = "av tiden täckt",
     [WORD_SETTINGS] = "Inställningar",
     [WORD_SENSOR] = "Sensor",
     [WORD_CHANNEL] = "Kanal",
     [WORD_RATE] = "Samplingsfrekvens",
     [WORD_WINDOW] = "Fönster, steg",
     [WORD_ARTEFACTS_OUT] = "Artefakter utelämnade",
     [WORD_YES] = "ja",
     [WORD_NO] = "nej",
     [WORD_CORRECTED] = "Slag rättade för hand",
     [WORD_PROGRAM] = "tonus-analyze",
     [WORD_SOURCES] = "Källor",
     [WORD_SOURCES_LIST] = SOURCES,
     [WORD_NOT] = "Ton är respiratorisk hjärtfrekvensvariabilitet eller RMSSD i förhållande till "
                  "personens eget utgångsläge. Det är inte en mätning av vagusnerven. Tonus är "
                  "inte en medicinteknisk produkt.",
     [WORD_WARNING] = "Anmärkning"}};

// What is the same in all languages stands in the first alone
static const char* const measures[LANGUAGES][HRV_N_MEASURES] = {
    {[HRV_HEART_RATE] = "Heart rate",
     [HRV_MEAN_RR] = "Mean interval",
     [HRV_SDNN] = "SDNN",
     [HRV_RMSSD] = "RMSSD",
     [HRV_LN_RMSSD] = "ln RMSSD",
     [HRV_SDSD] = "SDSD",
     [HRV_NN50] = "NN50",
     [HRV_PNN50] = "pNN50",
     [HRV_PNN20] = "pNN20",
     [HRV_SD1] = "SD1",
     [HRV_SD2] = "SD2",
     [HRV_RANGE] = "Range",
     [HRV_TRIANGULAR] = "Triangular index",
     [HRV_STRESS] = "Stress index (Baevsky)",
     [HRV_VLF] = "VLF power",
     [HRV_LF] = "LF power",
     [HRV_HF] = "HF power",
     [HRV_TOTAL] = "Total power",
     [HRV_LF_HF] = "LF/HF",
     [HRV_LF_NU] = "LF, normalised",
     [HRV_HF_NU] = "HF, normalised",
     [HRV_LF_PEAK] = "Peak of LF",
     [HRV_RESP] = "RespHRV, range",
     [HRV_RESP_AMPLITUDE] = "RespHRV, sine",
     [HRV_RESP_POWER] = "Power of that sine",
     [HRV_SYNCHRONY] = "Synchrony",
     [HRV_COHERENCE] = "Coherence"},
    {[HRV_HEART_RATE] = "Puls",
     [HRV_MEAN_RR] = "Middelintervall",
     [HRV_RANGE] = "Spenn",
     [HRV_TRIANGULAR] = "Triangelindeks",
     [HRV_STRESS] = "Stressindeks (Baevsky)",
     [HRV_VLF] = "VLF-effekt",
     [HRV_LF] = "LF-effekt",
     [HRV_HF] = "HF-effekt",
     [HRV_TOTAL] = "Samlet effekt",
     [HRV_LF_NU] = "LF, normalisert",
     [HRV_HF_NU] = "HF, normalisert",
     [HRV_LF_PEAK] = "LF-topp",
     [HRV_RESP] = "RespHRV, spenn",
     [HRV_RESP_AMPLITUDE] = "RespHRV, sinus",
     [HRV_RESP_POWER] = "Sinusens effekt",
     [HRV_SYNCHRONY] = "Samklang",
     [HRV_COHERENCE] = "Koherens"},
    {[HRV_HEART_RATE] = "Puls",
     [HRV_MEAN_RR] = "Medelintervall",
     [HRV_RANGE] = "Spann",
     [HRV_TRIANGULAR] = "Triangelindex",
     [HRV_STRESS] = "Stressindex (Baevsky)",
     [HRV_VLF] = "VLF-effekt",
     [HRV_LF] = "LF-effekt",
     [HRV_HF] = "HF-effekt",
     [HRV_TOTAL] = "Total effekt",
     [HRV_LF_NU] = "LF, normaliserad",
     [HRV_HF_NU] = "HF, normaliserad",
     [HRV_LF_PEAK] = "LF-topp",
     [HRV_RESP] = "RespHRV, spann",
     [HRV_RESP_AMPLITUDE] = "RespHRV, sinus",
     [HRV_RESP_POWER] = "Sinusens effekt",
     [HRV_SYNCHRONY] = "Samklang",
     [HRV_COHERENCE] = "Koherens"}};

static const char* const reasons[LANGUAGES][HRV_N_REASONS] = {
    {NULL},
    {"", "venter på hjerteslag", "for kort så langt", "for mange artefakter", "for ujevn rytme",
     "pusten er ikke kjent", "pusten er langsommere enn 9 per minutt",
     "pusten er raskere enn 24 per minutt", "pusten er raskere enn halve pulsen",
     "ingenting varierer", "lærer utgangspunktet"},
    {"", "väntar på hjärtslag", "för kort hittills", "för många artefakter", "för ojämn rytm",
     "andningen är inte känd", "andningen är långsammare än 9 per minut",
     "andningen är snabbare än 24 per minut", "andningen är snabbare än halva pulsen",
     "ingenting varierar", "lär sig utgångsläget"}};

enum { COMPARE_REASONS = COMPARE_MOVING + 1 };
static const char* const compare_reasons[LANGUAGES][COMPARE_REASONS] = {
    {NULL},
    {"", "en av delene mangler", "mindre enn ett minutt med gode slag", "for mange artefakter",
     "den ene delen hadde pusteguide, den andre ikke", "pustefrekvensen var for ulik",
     "pustefrekvensen er ikke kjent", "personen beveget seg"},
    {"", "en av delarna saknas", "mindre än en minut med goda slag", "för många artefakter",
     "den ena delen hade andningsguide, den andra inte", "andningsfrekvensen var för olika",
     "andningsfrekvensen är inte känd", "personen rörde sig"}};

int word_language(const char* code)
{
    return !strcmp(code, "no") ? 1 : !strcmp(code, "sv") ? 2 : 0;
}

const char* word_get(int language, Word word)
{
    return words[language][word];
}

const char* word_measure(int language, HrvMeasure measure)
{
    const char* const own = measures[language][measure];
    return own ? own : measures[0][measure];
}

const char* word_source(int language, const char* name)
{
    static const char* const sources[][LANGUAGES] = {
        {"RR intervals", "RR-intervaller", "RR-intervall"},
        {"beats", "hjerteslag", "hjärtslag"},
        {"take", "opptak", "tagning"},
        {"sound file", "lydfil", "ljudfil"},
        {"belt", "pustebelte", "andningsbälte"},
        {"auto", "automatisk", "automatisk"}};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; ++i) {
        if (!strcmp(name, sources[i][0])) {
            return sources[i][language];
        }
    }
    return name;
}

const char* word_reason(int language, HrvReason reason)
{
    const char* const own = (unsigned)reason < HRV_N_REASONS ? reasons[language][reason] : NULL;
    return own ? own : hrv_reason_text(reason);
}

const char* word_compare_reason(int language, CompareReason reason)
{
    const char* const own =
        (unsigned)reason < COMPARE_REASONS ? compare_reasons[language][reason] : NULL;
    return own ? own : compare_reason_text(reason);
}

// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/shell_guide.h"

void shell_guide_lead(const Shell* shell, const ShellGuidePorts* ports, ShellGuideSwitches* before,
                      Guide* guide, bool may_start)
{
    const ShellGuideSwitches now = {shell_choice(shell, ports->start),
                                    shell_choice(shell, ports->skip),
                                    shell_choice(shell, ports->mark)};
    guide_set_times(guide, shell_control(shell, ports->before),
                    shell_control(shell, ports->exercise_time), shell_control(shell, ports->after));
    guide_set_ceiling(guide, shell_control(shell, ports->ceiling));
    if (now.start && !before->start && may_start) {
        guide_start(guide);
    } else if (!now.start && before->start) {
        guide_stop(guide);
    }
    guide_pause(guide, shell_choice(shell, ports->pause) || !shell_choice(shell, ports->enabled));
    if (now.skip && !before->skip) {
        guide_skip(guide);
    }
    if (now.mark && !before->mark) {
        guide_mark(guide);
    }
    *before = now;
}

static double percent(const CompareMeasure* measure, float factor)
{
    return measure->reason == COMPARE_OK ? 100.0 * ((double)factor - 1.0) : 0.0;
}

static void show_comparison(Shell* shell, const ShellGuidePorts* ports, Comparison c)
{
    if (!c.present) {
        c.heart_rate.reason = c.rmssd.reason = c.resp_hrv.reason = COMPARE_NOT_MEASURED;
    }
    const CompareMeasure* const rate = &c.heart_rate;
    const bool known = rate->reason == COMPARE_OK;
    shell_show(shell, ports->change, percent(&c.rmssd, c.rmssd.change));
    shell_show(shell, ports->change_low, percent(&c.rmssd, c.rmssd.low));
    shell_show(shell, ports->change_high, percent(&c.rmssd, c.rmssd.high));
    shell_show(shell, ports->change_resp_hrv, percent(&c.resp_hrv, c.resp_hrv.change));
    shell_show(shell, ports->change_reason, (int)c.rmssd.reason);
    shell_show(shell, ports->change_heart_rate, known ? (double)rate->change : 0.0);
    shell_show(shell, ports->change_heart_rate_margin,
               known ? (double)(rate->high - rate->change) : 0.0);
    shell_show(shell, ports->heart_rate_reason, (int)rate->reason);
    shell_show(shell, ports->breath_before, (double)c.breath_before);
    shell_show(shell, ports->breath_after, (double)c.breath_after);
    shell_show(shell, ports->heart_rate_before, (double)rate->before);
    shell_show(shell, ports->heart_rate_after, (double)rate->after);
    shell_show(shell, ports->rmssd_before, (double)c.rmssd.before);
    shell_show(shell, ports->rmssd_after, (double)c.rmssd.after);
    shell_show(shell, ports->resp_hrv_before, (double)c.resp_hrv.before);
    shell_show(shell, ports->resp_hrv_after, (double)c.resp_hrv.after);
}

void shell_guide_show(Shell* shell, const ShellGuidePorts* ports, const Guide* guide,
                      const Pacer* pacer)
{
    const GuideState state = guide_state(guide);
    const DiveMeasure dive = guide_last_dive(guide);
    shell_show(shell, ports->phase, state.phase);
    shell_show(shell, ports->elapsed, (double)state.elapsed_s);
    shell_show(shell, ports->remaining, (double)state.remaining_s);
    shell_show(shell, ports->pace, (double)pacer_state(pacer).rate_per_min);
    shell_show(shell, ports->marks, state.marks);
    show_comparison(shell, ports, guide_comparison(guide));
    shell_show(shell, ports->drop, (double)dive.drop_bpm);
    shell_show(shell, ports->time_to_lowest, (double)dive.to_lowest_s);
    shell_show(shell, ports->recovery, (double)dive.recovery_s);
    shell_show(shell, ports->hint_dizzy, !!(state.hints & GUIDE_HINT_DIZZY));
    shell_show(shell, ports->hint_rate, !!(state.hints & GUIDE_HINT_RATE));
    shell_show(shell, ports->hint_caution, !!(state.hints & GUIDE_HINT_CAUTION));
    shell_show(shell, ports->hint_signal, !!(state.hints & GUIDE_HINT_SIGNAL));
    shell_show(shell, ports->hint_rest, !!(state.hints & GUIDE_HINT_REST));
    if (state.exercise->kind == EXERCISE_SEARCH) {
        const ResonanceResult search = pacer_resonance(pacer);
        shell_show(shell, ports->resonance, (double)search.rate_per_min);
        shell_show(shell, ports->resonance_confidence, (double)search.confidence);
    } else {
        shell_show(shell, ports->resonance, 0.0);
        shell_show(shell, ports->resonance_confidence, 0.0);
    }
}

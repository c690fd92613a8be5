// SPDX-FileCopyrightText: 2026 The Tonus developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "scipy.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool scipy_bands(const double* time_s, const double* value, size_t n, double bands[3])
{
    char points[] = "/tmp/tonus-scipy-XXXXXX";
    const int fd = mkstemp(points);
    assert_true(fd >= 0);
    FILE* const file = fdopen(fd, "w");
    assert_non_null(file);
    for (size_t i = 0; i < n; ++i) {
        fprintf(file, "%.9f %.9f\n", time_s[i], value[i]);
    }
    fclose(file);
    char command[1024];
    snprintf(command, sizeof(command),
             "/usr/bin/python3 -c 'import numpy as n, scipy.signal as s\n"
             "t,y=n.loadtxt(\"%s\").T\ny=y-n.polyval(n.polyfit(t,y,1),t)\n"
             "f=n.arange(1,8001)*0.4/8000\np=s.lombscargle(t-t[0],y,2*n.pi*f)\n"
             "d=2*p*(t[-1]-t[0])*len(t)/(len(t)-1)/len(t)\n"
             "print(*[n.trapz(d[(f>=a)&(f<=b)],f[(f>=a)&(f<=b)]) for a,b in "
             "((.0033,.04),(.04,.15),(.15,.4))])' 2>/dev/null",
             points);
    FILE* const pipe = popen(command, "r");
    const int got = pipe ? fscanf(pipe, "%lf %lf %lf", &bands[0], &bands[1], &bands[2]) : 0;
    if (pipe) {
        pclose(pipe);
    }
    remove(points);
    if (got != 3) {
        print_message("no scipy for /usr/bin/python3 here\n");
    }
    return got == 3;
}

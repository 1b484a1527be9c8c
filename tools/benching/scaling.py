# SPDX-License-Identifier: GPL-2.0-only
"""Throughput per hart by the wall clock, on 1, 2, 4 and 8 harts."""

import os
import sys

from benching import figures, machine

HARTS = (1, 2, 4, 8)
ROWS = ('scale_anon_threads', 'scale_anon_procs', 'scale_file_threads', 'scale_file_procs',
        'scale_open', 'scale_read', 'scale_pipe', 'scale_futex', 'scale_fork')


def run(patterns, linux, only_linux):
    names = figures.select(ROWS, patterns)
    kernels = [('Vellum', None)] * (not only_linux) + [('Linux', linux)] * (linux is not None)
    cpus = len(os.sched_getaffinity(0))
    if cpus < HARTS[-1]:
        print(f'bench: this host has {cpus} processors: beyond that, harts share them', file=sys.stderr)
    for title, kernel in kernels:
        got = {name: [] for name in names}
        for harts in HARTS:
            machine.run_rows(kernel, names, lambda name, figure: got[name].append(figure),
                             smp=harts, option='-s', extra=())
        print(f'{title + ", per s and hart":24}' + ''.join(f'{n:>12}' for n in HARTS) + '   8 / 1')
        for name in names:
            values = [figures.number(f) for f in got[name]]
            print(f'{name:24}' + ''.join(f'{figures.show(v):>12}' for v in values) +
                  f'{figures.times(figures.over(values[-1], values[0])):>8}')
    return 0

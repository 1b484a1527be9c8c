# SPDX-License-Identifier: GPL-2.0-only
"""Throughput per hart by the wall clock, on 1, 2, 4 and 8 harts: a table and a plot."""

import os
import sys

from benching import curves, figures, machine

HARTS = (1, 2, 4, 8)
# The best counts: whatever else the host does makes a round slower, nothing makes one faster.
ROUNDS = 5
ROWS = ('scale_user', 'scale_anon_threads', 'scale_anon_procs', 'scale_file_threads',
        'scale_file_procs', 'scale_open', 'scale_read', 'scale_pipe', 'scale_futex', 'scale_fork')
LAST = {'vellum': 'build/bench/scale-vellum.tsv', 'linux': 'build/bench/scale-linux.tsv'}
PATH = 'build/bench/scale.svg'


def draw():
    of_kernel = {kernel: curves.split(figures.load(path)) for kernel, path in LAST.items()}
    if not any(of_kernel.values()):
        return
    chart = curves.Chart('Throughput per hart, as a multiple of that with one (both scales logarithmic)',
                         HARTS, [2.0 ** i for i in range(-8, 2)])
    chart.curves(of_kernel)
    chart.write(PATH)


def table():
    """Each row's throughput per hart with the most harts, as a part of that with one."""
    mine, linux = (curves.split(figures.load(LAST[kernel])) for kernel in ('vellum', 'linux'))
    lines = ['| row | ' + ' | '.join(f'{n}' for n in HARTS[1:]) + ' | ' +
             ' | '.join(f'Linux {n}' for n in HARTS[1:]) + ' |', '|---' + '|---:' * 6 + '|']
    for name in ROWS:
        cells = []
        for curve in (mine, linux):
            points = dict(curves.relative(curve.get(name, [])))
            cells += [figures.times(points.get(n)) for n in HARTS[1:]]
        lines.append(f'| {name[len("scale_"):]} | ' + ' | '.join(cells) + ' |')
    return '\n'.join(lines)


def measure(kernel, image, names, harts):
    best = {}

    def on_row(name, figure):
        value = figures.number(figure)
        if value is None:
            print(f'{kernel:8} {harts} {name:20} {figure}', file=sys.stderr)
        elif value > best.get(name, 0):
            best[name] = value
            figures.store(LAST[kernel], {f'{name}_{harts}': figure})

    machine.run_rows(image, names, on_row, smp=harts, option='-s', extra=(), rounds=ROUNDS)
    for name, value in best.items():
        print(f'{kernel:8} {harts} {name:20} {figures.show(value):>12}', flush=True)


def run(patterns, linux, only_linux):
    names = figures.select(ROWS, patterns)
    kernels = [('vellum', None)] * (not only_linux) + [('linux', linux)] * (linux is not None)
    cpus = len(os.sched_getaffinity(0))
    if cpus < HARTS[-1]:
        print(f'bench: this host has {cpus} processors: beyond that, harts share them', file=sys.stderr)
    for harts in HARTS:
        for kernel, image in kernels:
            measure(kernel, image, names, harts)
    print(table())
    draw()
    return 0

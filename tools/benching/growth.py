# SPDX-License-Identifier: GPL-2.0-only
"""What an operation costs while there is more and more of something: a table and a plot."""

import math

from benching import curves, figures, machine

ROWS = ('vmas', 'mappers', 'processes', 'cached', 'directory', 'file', 'descriptors')
LAST = {'vellum': 'build/bench/grow-vellum.tsv', 'linux': 'build/bench/grow-linux.tsv'}
PATH = 'build/bench/growth.svg'


def draw():
    of_kernel = {kernel: curves.split(figures.load(path)) for kernel, path in LAST.items()}
    if not any(of_kernel.values()):
        return
    most = max(v for of_one in of_kernel.values() for points in of_one.values()
               for _, v in curves.relative(points))
    chart = curves.Chart('Cost, as a multiple of that for the fewest (both scales logarithmic)',
                         [10 ** i for i in range(6)],
                         [0.5 * 2 ** i for i in range(4 + max(0, math.ceil(math.log2(most / 4))))])
    chart.curves(of_kernel)
    chart.write(PATH)


def run(patterns, linux, only_linux):
    names = figures.select(ROWS, patterns)
    kernels = [('vellum', None)] * (not only_linux) + [('linux', linux)] * (linux is not None)
    for kernel, image in kernels:
        def on_row(name, figure, kernel=kernel):
            kind, _, count = name.rpartition('_')
            figures.store(LAST[kernel], {name: figure})
            print(f'{kernel:8} {kind:14} {count:>8} {figure:>14}', flush=True)

        machine.run_rows(image, names, on_row, option='-g')
    draw()
    return 0

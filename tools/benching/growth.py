# SPDX-License-Identifier: GPL-2.0-only
"""What an operation costs while there is more and more of something: a table and a plot."""

import math
import os

from benching import figures, machine

ROWS = ('vmas', 'mappers', 'processes', 'cached', 'directory', 'file', 'descriptors')
COLOURS = ('#2a6f97', '#e09f3e', '#9e2a2b', '#540b0e', '#6a994e', '#7b2cbf', '#333333')
PATH = 'build/bench/growth.svg'
WIDTH, HEIGHT, LEFT, TOP = 640, 400, 60, 40


def measure(names, linux):
    """name -> [(how many, instructions)]"""
    curves = {}

    def on_row(name, figure):
        kind, _, count = name.rpartition('_')
        curves.setdefault(kind, []).append((int(count), figures.number(figure)))
        print(f'{kind:14} {count:>8} {figure:>14}', flush=True)

    machine.run_rows(linux, names, on_row, option='-g')
    return curves


def svg(curves):
    """Each curve in multiples of its first point, both scales logarithmic."""
    lines = {}
    for name, points in curves.items():
        points = [(n, v) for n, v in points if v]
        if points:
            lines[name] = [(n, v / points[0][1]) for n, v in points]
    if not lines:
        return '<svg xmlns="http://www.w3.org/2000/svg"/>\n'
    decades = math.log10(max(n for points in lines.values() for n, _ in points))
    most = max(4.0, max(r for points in lines.values() for _, r in points))

    def x(n):
        return LEFT + WIDTH * math.log10(n) / decades

    def y(ratio):
        return TOP + HEIGHT * (1 - math.log(max(ratio, 0.5) / 0.5) / math.log(most / 0.5))

    parts = [f'<text x="{LEFT}" y="20" font-size="14">Cost, as a multiple of that for the fewest</text>']
    for ratio in (0.5, 1, 2, 4, 8, 16, 32, 64, 128):
        if ratio <= most:
            parts.append(f'<line x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{y(ratio):.1f}" y2="{y(ratio):.1f}" '
                         f'stroke="#ddd"/><text x="{LEFT - 30}" y="{y(ratio) + 4:.1f}">{ratio}</text>')
    for power in range(int(decades) + 1):
        parts.append(f'<text x="{x(10 ** power):.1f}" y="{TOP + HEIGHT + 18}">{10 ** power:,}</text>')
    for i, ((name, points), colour) in enumerate(zip(lines.items(), COLOURS)):
        path = ' '.join(f'{x(n):.1f},{y(r):.1f}' for n, r in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
                     f'<text x="{LEFT + WIDTH + 10}" y="{TOP + 16 * (i + 1)}" fill="{colour}">{name}</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 110}" '
            f'height="{TOP + HEIGHT + 30}" font-family="sans-serif" font-size="11">\n'
            '<rect width="100%" height="100%" fill="#fff"/>\n' + '\n'.join(parts) + '\n</svg>\n')


def run(patterns, linux):
    curves = measure(figures.select(ROWS, patterns), linux)
    os.makedirs(os.path.dirname(PATH), exist_ok=True)
    with open(PATH, 'w') as f:
        f.write(svg(curves))
    print(PATH)
    return 0

# SPDX-License-Identifier: GPL-2.0-only
"""Curves in an SVG, both scales logarithmic: Vellum's drawn through, Linux's dashed."""

import html
import math
import os

COLOURS = ('#2a6f97', '#e09f3e', '#9e2a2b', '#540b0e', '#6a994e', '#7b2cbf', '#333333', '#bc6c25', '#0a9396',
           '#ae2012')
WIDTH, HEIGHT, LEFT, TOP, RIGHT = 640, 400, 60, 40, 150
DASHED = {'vellum': '', 'linux': ' stroke-dasharray="6 4"'}


def relative(points):
    """Each value as a multiple of the first: what is left of a curve is its shape."""
    points = sorted((n, v) for n, v in points if v)
    return [(n, v / points[0][1]) for n, v in points]


def split(figures):
    """{'name_10': '3.5', ...} as name -> [(10, 3.5)]"""
    curves = {}
    for name, text in figures.items():
        kind, _, count = name.rpartition('_')
        try:
            curves.setdefault(kind, []).append((int(count), float(text)))
        except ValueError:
            pass            # absent or failed
    return curves


class Chart:
    """@xs, @ys: where the scales have their lines; curves may not go beyond them."""

    def __init__(self, title, xs, ys):
        self.xs, self.ys = xs, ys
        self.parts = [f'<text x="{LEFT}" y="20" font-size="14">{html.escape(title)}</text>']
        for y in ys:
            self.parts.append(f'<line x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{self.y(y):.1f}" y2="{self.y(y):.1f}" '
                              f'stroke="{"#888" if y == 1 else "#ddd"}"/>'
                              f'<text x="{LEFT - 34}" y="{self.y(y) + 4:.1f}">{y:g}</text>')
        for x in xs:
            self.parts.append(f'<text x="{self.x(x):.1f}" y="{TOP + HEIGHT + 18}" '
                              f'text-anchor="middle">{x:,}</text>')

    @staticmethod
    def place(value, ticks):
        low, high = math.log(ticks[0]), math.log(ticks[-1])
        return (math.log(min(max(value, ticks[0]), ticks[-1])) - low) / (high - low)

    def x(self, value):
        return LEFT + WIDTH * self.place(value, self.xs)

    def y(self, value):
        return TOP + HEIGHT * (1 - self.place(value, self.ys))

    def curves(self, of_kernel):
        """@of_kernel: {'vellum': {name: points}, 'linux': ...}"""
        names = sorted({name for curves in of_kernel.values() for name in curves})
        for i, name in enumerate(names):
            colour = COLOURS[i % len(COLOURS)]
            self.parts.append(f'<text x="{LEFT + WIDTH + 10}" y="{TOP + 16 * (i + 1)}" fill="{colour}">'
                              f'{html.escape(name)}</text>')
            for kernel, curves in of_kernel.items():
                path = ' '.join(f'{self.x(n):.1f},{self.y(v):.1f}' for n, v in relative(curves.get(name, [])))
                if path:
                    self.parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" '
                                      f'stroke-width="2"{DASHED[kernel]}/>')
        if of_kernel.get('linux'):
            self.parts.append(f'<text x="{LEFT + WIDTH + 10}" y="{TOP + HEIGHT}">dashed: Linux</text>')

    def write(self, path):
        body = '\n'.join(self.parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as f:
            f.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + RIGHT}" '
                    f'height="{TOP + HEIGHT + 30}" font-family="sans-serif" font-size="11">\n'
                    f'<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n')
        print(path)

# SPDX-License-Identifier: GPL-2.0-only
"""The last run as SVG: how many times the floor each row costs, on a log scale."""

import html
import math
import os

from benching import figures

STEP, LEFT, WIDTH, TOP = 22, 150, 760, 58
KINDS = (('Vellum', '#2a6f97'), ('lean Linux 6.12', '#e09f3e'), ('Debian Linux', '#c9ada7'))


class Drawing:
    def __init__(self, rows, most):
        self.parts = []
        self.scale = WIDTH / math.log10(most)
        self.height = TOP + STEP * len(rows) + 20
        self.text(LEFT, 20, 'Instructions, as multiples of the floor (log scale; shorter is better)', 'title')
        x = LEFT
        for name, colour in KINDS:
            self.parts.append(f'<rect x="{x}" y="28" width="10" height="10" fill="{colour}"/>')
            self.text(x + 14, 37, name)
            x += 130
        tick = 1
        while tick <= most:
            self.grid(tick)
            tick *= 2 if str(tick)[0] in '15' else 2.5
            tick = int(tick)
        for i, row in enumerate(rows):
            self.bars(TOP + i * STEP, *row)

    def text(self, x, y, text, kind='label', anchor='start'):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">'
                          f'{html.escape(text)}</text>')

    def x(self, ratio):
        return LEFT + max(0.0, math.log10(ratio)) * self.scale

    def grid(self, tick):
        x = self.x(tick)
        self.parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 4}" y2="{self.height - 14}" '
                          f'stroke="{"#666" if tick in (1, 2) else "#ddd"}"/>')
        self.text(x, TOP - 8, f'{tick}', anchor='middle')

    def bars(self, y, name, ratios):
        self.text(LEFT - 8, y + 13, name, anchor='end')
        for i, (ratio, (_, colour)) in enumerate(zip(ratios, KINDS)):
            if ratio:
                width = max(1.0, self.x(ratio) - LEFT)
                self.parts.append(f'<rect x="{LEFT}" y="{y + 6 * i}" width="{width:.1f}" height="5" '
                                  f'fill="{colour}"><title>{ratio:.2f}</title></rect>')

    def svg(self):
        body = '\n'.join(self.parts)
        return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 30}" '
                f'height="{self.height}" font-family="sans-serif">\n'
                '<style>.label{font-size:11px;fill:#333}.title{font-size:14px;fill:#000}</style>\n'
                f'<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n')


def draw(path):
    mine = figures.load(figures.LAST['vellum']) or figures.history()
    linux = figures.load(figures.LAST['linux'])
    rows = []
    for row in figures.reference().values():
        if not row.floor:
            continue
        debian = figures.number(linux[row.name]) if row.name in linux else row.debian
        values = (figures.number(mine.get(row.name, '-')), row.lean, debian)
        rows.append((row.name, [figures.over(v, row.floor) for v in values]))
    most = max(r for _, ratios in rows for r in ratios if r)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as f:
        f.write(Drawing(rows, most).svg())
    print(path)
    return 0

# SPDX-License-Identifier: GPL-2.0-only
"""A snapshot as SVG: address spaces on the left, frames on the right, a curve from each
page to its frame. Where things stand depends on the snapshot alone."""

import html
import itertools

from picturing import snapshot

CELL, GAP = 15, 3                       # height of a cell, and what is between two
LABELS, PAGES, CURVES, FRAMES = 280, 74, 400, 74    # widths, from left to right
MARGIN, RIGHT, TOP = 20, 320, 74
REGION = 34                             # least height of a region: two lines of text
LEGEND = 230                            # from one entry of the legend to the next
X_PAGES = MARGIN + LABELS
X_FRAMES = X_PAGES + PAGES + CURVES
WIDTH = X_FRAMES + FRAMES + RIGHT
KINDS = {'file': 'page cache of a file', 'anon': 'anonymous memory', 'shmem': 'shared memory',
         'zero': 'the page of zeros'}

STYLE = '''
text{font-family:"DejaVu Sans",Verdana,Arial,sans-serif;font-size:12px;fill:#1d2530}
.paper{fill:#fff}.card{fill:#f2f4f7;stroke:#c9d0d9}
.title{font-size:20px;font-weight:bold}.head{font-size:14px;font-weight:bold}
.small{font-size:10.5px;fill:#5b6675}.in{font-size:10.5px;fill:#fff}
.label{font-size:10.5px}
.file{fill:#2563a8;stroke:#2563a8}.anon{fill:#b8530f;stroke:#b8530f}
.shmem{fill:#1b7a4b;stroke:#1b7a4b}.zero{fill:#6b7280;stroke:#6b7280}
.none{fill:none;stroke:#9aa4b2;stroke-dasharray:3 2}.brace{fill:none;stroke:#7d8896}
.curve{fill:none}.meant{stroke-width:3.2}.shared{stroke-width:1.5;stroke-opacity:.55}
.private{stroke-width:1;stroke-opacity:.35}
.alone{fill-opacity:.14;stroke-opacity:.75}
@media (prefers-color-scheme:dark){text{fill:#e4e8ee}.paper{fill:#14181f}.card{fill:#1e242d;stroke:#3a4452}
.small{fill:#9fabba}.in{fill:#fff}.file{fill:#3f83d1;stroke:#3f83d1}.anon{fill:#d2691e;stroke:#d2691e}
.shmem{fill:#2a9d64;stroke:#2a9d64}.zero{fill:#7c8594;stroke:#7c8594}.none,.brace{stroke:#66717f}
.curve{fill:none}}
'''.strip()


WEIGHTS = ('private', 'shared', 'meant')


def counted(n, what):
    return f'{n} {what}' + ('s' if n != 1 else '')


class Column:
    """Where the cells of one side have come to stand: the middle of each."""

    def __init__(self):
        self.middle = {}
        self.bottom = TOP


class Drawing:
    def __init__(self, name, snap):
        self.name, self.snap = name, snap
        self.cards, self.curves, self.parts = [], [], []
        self.group_of = {frame: group for group in snap.frame_cells() for frame in group}
        self.left, self.right = Column(), Column()
        for process in snap.processes:
            self.process(process)
        self.frames()
        self.connect()
        self.height = max(self.left.bottom, self.right.bottom) + 74
        self.words()

    # -- pieces of SVG

    def text(self, x, y, text, kind='', anchor='start'):
        kind = f' class="{kind}"' if kind else ''
        anchor = f' text-anchor="{anchor}"' if anchor != 'start' else ''
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}"{kind}{anchor}>{html.escape(text)}</text>')

    def box(self, x, y, width, height, kind, tip=''):
        tip = f'<title>{html.escape(tip)}</title>' if tip else ''
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width}" height="{height:.1f}" '
                          f'rx="3" class="{kind}">{tip}</rect>')

    def stack(self, x, y, width, kind, many, label, tip):
        """A cell; @many: one that stands for several, which shows by an edge behind it."""
        if many:
            self.box(x + 3, y + 2.5, width, CELL, kind.split()[0] + ' alone')
        self.box(x, y, width, CELL, kind, tip)
        dark = kind != 'none' and not kind.endswith('alone')
        self.text(x + width / 2, y + CELL - 3.8, label, 'in' if dark else 'label', 'middle')

    # -- the left side

    def process(self, process):
        top = self.left.bottom
        self.left.bottom += 30
        before = None
        for region in process.regions:
            cells = self.snap.cells(region)
            if not cells or not region.pages:
                continue
            if before and before.end != region.start:
                self.text(X_PAGES + PAGES / 2, self.left.bottom + 7, '\u22ef', 'small', 'middle')
                self.left.bottom += 11
            self.region(region, cells)
            before = region
        self.left.bottom += 6
        self.cards.append(f'<rect x="{MARGIN}" y="{top:.1f}" width="{LABELS + PAGES + 10}" '
                          f'height="{self.left.bottom - top:.1f}" rx="8" class="card"/>')
        pids = {p.pid for p in self.snap.processes}
        who = f'process {process.pid}' + (f', child of {process.parent}' if process.parent in pids else '')
        self.text(MARGIN + 12, top + 20, who, 'head')
        self.left.bottom += 16

    def region(self, region, cells):
        top = self.left.bottom
        name = region.name or 'anonymous'
        if region.name == region.process.program:
            name = {'x': 'program: code', 'w': 'program: data'}.get(
                'x' if 'x' in region.perms else 'w' if 'w' in region.perms else '', 'program: constants')
        self.text(X_PAGES - 12, top + 12, name, anchor='end')
        about = f'{region.start:x}-{region.end:x} {region.perms}'
        if not region.page_by_page():
            about += f'  {len(region.pages)} of {region.size()} present'
        self.text(X_PAGES - 12, top + 26, about, 'small', 'end')
        for i, cell in enumerate(cells):
            self.page_cell(cell, top + 2 + i * (CELL + GAP))
        self.left.bottom += max(REGION, 6 + len(cells) * (CELL + GAP))

    def page_cell(self, cell, y):
        region, n = cell.region, sum(frame in cell.frames for frame in cell.region.pages.values())
        number = (cell.address - region.start + region.offset) // snapshot.PAGE
        if not cell.frames:
            self.stack(X_PAGES, y, PAGES, 'none', False, f'page {number}', f'{cell.address:x}: no frame yet')
            return
        many = n > 1
        first = cell.frames[0]
        tip = (f'{counted(n, "page")} from {cell.address:x}' if many else
               f'{cell.address:x}: frame {region.pages[cell.address].number:x}') + ', ' + KINDS[first.kind]
        kind = first.kind + ('' if len(first.users) > 1 else ' alone')
        self.stack(X_PAGES, y, PAGES, kind, many, f'\u22ef {n} pages' if many else f'page {number}', tip)
        self.left.middle[cell] = y + CELL / 2

    # -- the right side

    def frames(self):
        """Headed groups, each as near to its pages as the order of the groups allows."""
        ends = {}
        for cell, y in self.left.middle.items():
            ends.setdefault(cell.frames, []).append(y)
        pull = {group: sum(ys) / len(ys) for group, ys in ends.items()}
        headed = {}
        for group in pull:
            headed.setdefault((group[0].kind, snapshot.source(group)), []).append(group)

        def mean(groups):
            return sum(map(pull.get, groups)) / len(groups)

        order = sorted(headed.items(), key=lambda item: (mean(item[1]), item[0]))
        need = sum(len(groups) * (CELL + GAP) + 16 for _, groups in order)
        self.right.bottom = TOP + max(0, (self.left.bottom - TOP - need) / 2)
        for (_, heading), groups in order:
            groups.sort(key=lambda group: (pull[group], group[0].number))
            self.frame_group(heading, groups)

    def frame_group(self, heading, groups):
        top = self.right.bottom
        for i, group in enumerate(groups):
            self.frame_cell(group, top + i * (CELL + GAP))
        bottom = top + len(groups) * (CELL + GAP) - GAP
        x = X_FRAMES + FRAMES + 34
        self.parts.append(f'<path d="M{x} {top:.1f}h5V{bottom:.1f}h-5" class="brace"/>')
        self.text(x + 13, (top + bottom) / 2 + 4, heading)
        self.right.bottom = bottom + 16

    def frame_cell(self, group, y):
        first, many = group[0], len(group) > 1
        users = ', '.join(f'{region.process.pid} at {at:x}' for region, at in first.users)
        tip = counted(len(group), 'frame') if many else f'frame {first.number:x}, mapped by {users}'
        kind = first.kind + ('' if len(first.users) > 1 else ' alone')
        label = f'\u22ef {len(group)} frames' if many else f'{first.number:x}'
        self.stack(X_FRAMES, y, FRAMES, kind, many, label, tip)
        self.text(X_FRAMES + FRAMES + 8, y + CELL - 3.8, f'\u00d7{len(first.users)}', 'small')
        self.right.middle[group] = y + CELL / 2

    @staticmethod
    def weight(frame):
        """Which of WEIGHTS a curve to @frame has: what a program shares on purpose stands out
        from its code and from what is left of a fork."""
        if len(frame.users) < 2:
            return 0
        return 2 if any(region.page_by_page() for region, _ in frame.users) else 1

    def connect(self):
        for cell, y in self.left.middle.items():
            first = cell.frames[0]
            weight = self.weight(first)
            x1, x2, end = X_PAGES + PAGES, X_FRAMES, self.right.middle[cell.frames]
            bend = CURVES * 0.45
            self.curves.append((weight, f'<path class="curve {first.kind} {WEIGHTS[weight]}" '
                                f'data-pid="{cell.region.process.pid}" data-frame="{first.number:x}" '
                                f'd="M{x1} {y:.1f}C{x1 + bend:.1f} {y:.1f} {x2 - bend:.1f} {end:.1f} '
                                f'{x2} {end:.1f}"/>'))

    # -- the rest

    def words(self):
        self.text(MARGIN, 34, f'{self.name}: {self.snap.title}' if self.snap.title else self.name, 'title')
        self.text(MARGIN, 58, 'address spaces, page by page', 'small')
        self.text(X_FRAMES, 58, 'physical frames, by number; \u00d7 how often they are mapped here', 'small')
        y, x = self.height - 62, MARGIN
        used = {frame.kind for frame in self.snap.frames.values()}
        for kind, what in KINDS.items():
            if kind in used:
                self.box(x, y, 24, CELL, kind)
                self.text(x + 32, y + 12, what)
                x += LEGEND
        y, x = y + 23, MARGIN
        for weight, what in (('meant', 'shared by a mapping'), ('shared', 'program, or kept from fork'),
                             ('private', 'mapped once')):
            self.parts.append(f'<path class="curve brace {weight}" d="M{x} {y + 8}h24"/>')
            self.text(x + 32, y + 12, what)
            x += LEGEND
        note = '\u22ef stands for pages that differ in nothing that is shown, and for gaps; a dashed page has no frame yet.'
        if self.snap.left_out:
            note += ' Not drawn: ' + ', '.join(f'process {p.pid}' for p in self.snap.left_out) + \
                ', which shares only its program.'
        self.text(MARGIN, self.height - 8, note, 'small')

    def svg(self):
        # What matters most lies on top.
        curves = [path for _, path in sorted(self.curves, key=lambda c: c[0])]
        body = '\n'.join(itertools.chain(self.cards, curves, self.parts))
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height:.0f}" '
                f'width="{WIDTH}" height="{self.height:.0f}">\n'
                f'<title>{html.escape(self.name)}: who shares which page</title>\n'
                f'<style>{STYLE}</style>\n<rect class="paper" width="100%" height="100%"/>\n{body}\n</svg>\n')

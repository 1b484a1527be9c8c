# SPDX-License-Identifier: GPL-2.0-only
"""Stacks as a flame graph: a box for each function that was called from the one below it,
as wide as the share of samples in which both were running. SVG, for light and dark."""

import html

WIDTH, STEP, TOP, MARGIN = 1200, 17, 64, 10
LETTER = 6.3                # about the width of one
NARROWEST = 0.4             # what is narrower is left out
STYLE = '''
text{font-family:"DejaVu Sans",Verdana,Arial,sans-serif;font-size:11px;fill:#111}
.paper{fill:#fff}.title{font-size:16px;font-weight:bold}.said{fill:#1d2530}rect{stroke:#fff;stroke-width:.6}
.all{fill:#d5d9e0}.mm{fill:#8ecae6}.fs{fill:#a7d7a0}.kernel{fill:#f4b66a}.arch{fill:#f08a80}
.drivers{fill:#cdb4db}.lib{fill:#f3dc7c}.other{fill:#c4c4c4}
@media (prefers-color-scheme:dark){.paper{fill:#14181f}.said{fill:#e4e8ee}rect{stroke:#14181f}}
'''.strip()
FOLDERS = ('mm', 'fs', 'kernel', 'arch', 'drivers', 'lib')


class Node:
    def __init__(self, name):
        self.name, self.count, self.callees = name, 0, {}

    def add(self, stack, n):
        """@stack: the outermost function first."""
        self.count += n
        node = self
        for name in stack:
            node = node.callees.setdefault(name, Node(name))
            node.count += n

    def depth(self):
        return 1 + max((node.depth() for node in self.callees.values()), default=0)


class Graph:
    """@stacks: tuples of names, the outermost function first, and how often; @folder_of(name)."""

    def __init__(self, title, stacks, folder_of):
        self.root, self.folder_of, self.parts = Node('all'), folder_of, []
        for stack, n in stacks.items():
            self.root.add(stack, n)
        self.scale = (WIDTH - 2 * MARGIN) / self.root.count
        self.height = TOP + self.root.depth() * STEP + MARGIN
        self.parts.append(f'<text x="{MARGIN}" y="24" class="title said">{html.escape(title)}</text>')
        x = MARGIN
        for folder in FOLDERS:
            self.parts.append(f'<rect x="{x}" y="36" width="14" height="12" class="{folder}"/>'
                              f'<text x="{x + 19}" y="46" class="said">{folder}/</text>')
            x += 80
        self.parts.append(f'<text x="{x}" y="46" class="said">{self.root.count} samples; '
                          'what calls is below what is called</text>')
        self.node(self.root, MARGIN, 0)

    def node(self, node, x, depth):
        width = node.count * self.scale
        if width < NARROWEST:
            return
        y = self.height - MARGIN - (depth + 1) * STEP
        share = 100 * node.count / self.root.count
        folder = self.folder_of(node.name) if depth else 'all'
        self.parts.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{STEP}" class="'
                          f'{folder if folder in FOLDERS else "all" if not depth else "other"}"><title>'
                          f'{html.escape(node.name)}: {node.count} samples, {share:.2f} %</title></rect>')
        room = int((width - 4) / LETTER)
        if room >= 3:
            name = node.name if len(node.name) <= room else node.name[:room - 1] + '\u2026'
            self.parts.append(f'<text x="{x + 3:.1f}" y="{y + 12}">{html.escape(name)}</text>')
        for callee in sorted(node.callees.values(), key=lambda n: n.name):
            self.node(callee, x, depth + 1)
            x += callee.count * self.scale

    def svg(self):
        body = '\n'.join(self.parts)
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height}" width="{WIDTH}" '
                f'height="{self.height}">\n<style>{STYLE}</style>\n'
                f'<rect class="paper" width="100%" height="100%"/>\n{body}\n</svg>\n')

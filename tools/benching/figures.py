# SPDX-License-Identifier: GPL-2.0-only
"""Figures in files: the references, the last run, the history; and the table of them."""

import fnmatch
import math
import os
import re
import subprocess
import time

REFERENCE = 'tools/benching/reference.tsv'
HISTORY = 'Documentation/bench/history.tsv'
LAST = {'vellum': 'build/bench/last.tsv', 'linux': 'build/bench/linux.tsv'}


class Row:
    """A line of the reference: what a row means, and what it costs elsewhere."""

    def __init__(self, line):
        self.name, self.unit, *figures, self.what = line.rstrip('\n').split('\t')
        self.lean, self.debian, self.floor = (number(f) for f in figures)


def number(text):
    """A figure, or None for one that is absent or failed."""
    try:
        return float(text)
    except ValueError:
        return None


def reference():
    with open(REFERENCE) as f:
        return {row.name: row for row in (Row(line) for line in f if line[0] != '#')}


def select(names, patterns):
    """Those of @names that a pattern matches; a pattern that matches none is an error."""
    for p in patterns:
        if not fnmatch.filter(names, p):
            raise SystemExit(f'bench: no row is called {p!r} (see tools/bench list)')
    return [n for n in names if not patterns or any(fnmatch.fnmatch(n, p) for p in patterns)]


def load(path):
    """name -> what the program printed: a number, "absent" or "failed"."""
    try:
        with open(path) as f:
            return dict(line.rstrip('\n').split('\t')[:2] for line in f if line[0] != '#')
    except FileNotFoundError:
        return {}


def store(path, figures):
    """Put @figures into @path, over those of the same rows that are there already."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    merged = {**load(path), **figures}
    with open(path + '.new', 'w') as f:
        for name, figure in merged.items():
            f.write(f'{name}\t{figure}\n')
    os.rename(path + '.new', path)


def tools():
    """What figures depend on besides the sources: the emulator's and the compiler's version."""
    versions = []
    for name, command in (('QEMU', ['qemu-system-riscv64', '--version']),
                          ('gcc', [os.environ.get('CROSS', 'riscv64-linux-gnu-') + 'gcc', '-dumpfullversion'])):
        said = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout
        versions.append(f'{name} {re.search(r"[0-9]+[.][0-9]+", said)[0]}')
    return ', '.join(versions)


def history_tools():
    """What tools() was when figures were saved last; None: never."""
    found = None
    try:
        with open(HISTORY) as f:
            for line in f:
                if line.startswith('# with '):
                    found = line[len('# with '):].strip()
    except FileNotFoundError:
        pass
    return found


def history():
    """name -> the figure that was saved last."""
    saved = {}
    try:
        with open(HISTORY) as f:
            for line in f:
                if line[0] != '#':
                    _, _, name, figure = line.rstrip('\n').split('\t')
                    saved[name] = figure
    except FileNotFoundError:
        pass
    return saved


def append_history(figures):
    commit = subprocess.run(['git', 'rev-parse', '--short=12', 'HEAD'], check=True, text=True,
                            stdout=subprocess.PIPE).stdout.strip()
    os.makedirs(os.path.dirname(HISTORY), exist_ok=True)
    new = not os.path.exists(HISTORY)
    with open(HISTORY, 'a') as f:
        if new:
            f.write('# date\tcommit\trow\tfigure\n')
        f.write(f'# with {tools()}\n')
        for name, figure in figures.items():
            f.write(f'{time.strftime("%Y-%m-%d")}\t{commit}\t{name}\t{figure}\n')


def mean(ratios):
    """The geometric mean, which does not care what is divided by what."""
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else None


def show(value):
    if value is None:
        return '-'
    return f'{value:,.0f}' if value >= 1000 else f'{value:.1f}'


def times(value):
    return '-' if value is None else f'{value:.2f}'


def over(a, b):
    return a / b if a and b else None


class Table:
    """Vellum's figures beside Linux's, as text or as Markdown."""

    HEAD = ('row', 'unit', 'Vellum', 'before', 'lean Linux', 'Linux', '/ lean', 'floor', '/ floor')

    def __init__(self, vellum, linux, before):
        self.lines = []
        self.to_lean, self.to_floor = [], []
        self.reached = 0
        for row in reference().values():
            if row.name in vellum or row.name in linux:
                self.add(row, vellum, linux, before)

    def add(self, row, vellum, linux, before):
        mine = number(vellum.get(row.name, '-'))
        debian = number(linux[row.name]) if row.name in linux else row.debian
        lean, floor = over(mine, row.lean), over(mine, row.floor)
        if lean:
            self.to_lean.append(lean)
            self.reached += lean <= 0.7
        if floor:
            self.to_floor.append(floor)
        told = show(mine) if mine is not None else vellum.get(row.name, '-')
        self.lines.append((row.name, row.unit, told, show(number(before.get(row.name, '-'))),
                           show(row.lean), show(debian), times(lean), show(row.floor), times(floor)))

    def summary(self):
        if not self.to_lean:
            return 'no figures of Vellum'
        return (f'{len(self.to_lean)} rows; geometric mean: {mean(self.to_lean):.2f} of lean Linux, '
                f'{times(mean(self.to_floor))} times the floor; '
                f'{self.reached} rows at 0.7 of lean Linux or below')

    def text(self):
        widths = [max(len(line[i]) for line in [self.HEAD, *self.lines]) for i in range(len(self.HEAD))]
        out = []
        for line in [self.HEAD, *self.lines]:
            out.append('  '.join(c.ljust(w) if i < 2 else c.rjust(w)
                                 for i, (c, w) in enumerate(zip(line, widths))).rstrip())
        return '\n'.join([*out, '', self.summary()])

    def markdown(self):
        out = ['| ' + ' | '.join(self.HEAD) + ' |', '|---|---' + '|---:' * (len(self.HEAD) - 2) + '|']
        out += ['| ' + ' | '.join(line) + ' |' for line in self.lines]
        return '\n'.join([*out, '', self.summary()])

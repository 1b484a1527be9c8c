# SPDX-License-Identifier: GPL-2.0-only
"""What draws: tools/picture, as "make picture" calls it, on a demonstration with two processes,
and the flame graph of "make profile"."""

import collections
import os
import re
import subprocess
import time
import xml.etree.ElementTree as ET

from benching.flame import STEP
from testing.console import Trouble

SVG = '{http://www.w3.org/2000/svg}'


class Picture:
    """What is drawn is well formed, within its frame, and shows what the demonstration is about."""

    weight = 5

    def __init__(self, name, kernel=''):
        self.demo = name
        self.name = f'picture/{name}'
        self.kernel = kernel

    def selected(self, report):
        return report.selects(self.name)

    def run(self, report, workdir, make_vm):
        start = time.monotonic()
        path = os.path.join(workdir, 'picture.svg')
        why, details = '', ()
        env = dict(os.environ, KERNEL=self.kernel, DEBUG='0')
        for name in ('APPEND', 'SMP', 'MEM', 'CMD', 'OVERLAY'):
            env.pop(name, None)
        done = subprocess.run(['tools/picture', '-o', path, self.demo], env=env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            if done.returncode:
                details = done.stdout.splitlines()[-20:]
                raise Trouble(f'tools/picture ended with status {done.returncode}')
            self.judge(ET.parse(path).getroot())
        except (Trouble, ET.ParseError) as trouble:
            why = str(trouble)
        report.result(self.name, why, time.monotonic() - start, self.__doc__, details)

    def judge(self, svg):
        """Of the six pages of cow, three are still shared when the picture is taken."""
        if svg.tag != SVG + 'svg':
            raise Trouble(f'the root is {svg.tag}')
        pids = collections.defaultdict(set)
        for curve in svg.iter(SVG + 'path'):
            if 'meant' in curve.get('class', '').split() and curve.get('data-frame'):
                pids[curve.get('data-frame')].add(curve.get('data-pid'))
        if len(pids) != 3 or any(len(who) != 2 for who in pids.values()):
            raise Trouble(f'frames with curves from the mapping of the file: {dict(pids)}')
        height = float(svg.get('height'))
        for box in svg.iter(SVG + 'rect'):
            if 'y' in box.attrib and float(box.get('y')) + float(box.get('height')) > height:
                raise Trouble(f'a box at {box.get("y")} does not fit into a height of {height}')


class Flame:
    """A profile knows callers: most of opening a file is below sys_openat."""

    name = 'picture/flame'
    weight = 20
    row = 'open_close_d6'

    def selected(self, report):
        return report.selects(self.name)

    def run(self, report, workdir, make_vm):
        start = time.monotonic()
        why, details = '', ()
        done = subprocess.run(['tools/bench', 'profile', self.row], text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        try:
            if done.returncode:
                details = done.stdout.splitlines()[-20:]
                raise Trouble(f'tools/bench profile ended with status {done.returncode}')
            self.judge(ET.parse(done.stdout.splitlines()[-1]).getroot())
        except (Trouble, ET.ParseError) as trouble:
            why = str(trouble)
        report.result(self.name, why, time.monotonic() - start, self.__doc__, details)

    def judge(self, svg):
        """Each box that is not at the bottom stands upon another; and one is as wide as it must be."""
        boxes = [box for box in svg.iter(SVG + 'rect') if box.find(SVG + 'title') is not None]
        lower = {}
        for box in boxes:
            x, y, width = (float(box.get(name)) for name in ('x', 'y', 'width'))
            lower.setdefault(y, []).append((x, x + width))
        bottom = max(lower)
        for y, spans in lower.items():
            for x, end in spans if y != bottom else ():
                if not any(a - 0.2 <= x and end <= b + 0.2 for a, b in lower.get(y + STEP, ())):
                    raise Trouble(f'the box from {x} to {end} at {y} stands upon nothing')
        titles = ' '.join(box.find(SVG + 'title').text for box in boxes)
        share = re.search(r'sys_openat: \d+ samples, ([\d.]+) %', titles)
        if not share or float(share[1]) < 40:
            raise Trouble(f'sys_openat has {share and share[1]} % of the samples')


def jobs():
    return [Picture('cow'), Flame()]


def linux_jobs():
    return [Picture('cow', 'linux')]

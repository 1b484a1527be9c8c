# SPDX-License-Identifier: GPL-2.0-only
"""What usr/bin/frames printed, and what of it goes into one cell of the picture.

A picture has room for some hundred cells. So pages stand alone only in small mappings
that are there to be shared (files and shared memory, but not the program itself);
elsewhere all pages of a region whose frames have the same users make one cell.
"""

import collections

PAGE = 4096
SMALL = 16              # pages of a region that is drawn page by page
# Bits of /proc/kpageflags.
ANON, SWAPBACKED, ZERO_PAGE = 1 << 12, 1 << 14, 1 << 24
KERNELS_OWN = ('[vvar]', '[vdso]', '[vvar_vclock]')


class Frame:
    def __init__(self, number, flags, mappings):
        self.number = number
        self.mappings = mappings
        self.users = []         # (region, address)
        if flags & ZERO_PAGE:
            self.kind = 'zero'
        elif flags & ANON:
            self.kind = 'anon'
        else:
            self.kind = 'shmem' if flags & SWAPBACKED else 'file'

    def key(self):
        """Frames with the same one may be drawn as one."""
        return self.kind, tuple(sorted({region.order for region, _ in self.users}))

    def pids(self):
        return sorted({region.process.pid for region, _ in self.users})


class Region:
    def __init__(self, process, order, text):
        span, self.perms, offset, *name = text.split(' ', 3)
        self.process, self.order = process, order
        self.start, self.end = (int(x, 16) for x in span.split('-'))
        self.offset = int(offset, 16)
        self.name = name[0] if name else ''
        self.pages = {}         # address: Frame

    def size(self):
        return (self.end - self.start) // PAGE

    def page_by_page(self):
        ours = self.perms[3] == 's' or self.name.startswith('/')
        return ours and self.name != self.process.program and self.size() <= SMALL


class Process:
    def __init__(self, pid, parent, program):
        self.pid, self.parent, self.program = int(pid), int(parent), program
        self.regions = []


class Cell:
    """One or more pages of a region with their frames, drawn as one; without frames, a page
    that has none yet."""

    def __init__(self, region, address, frames):
        self.region, self.address, self.frames = region, address, frames


class Snapshot:
    def __init__(self, text):
        self.title = ''
        self.processes = []
        self.frames = {}
        for line in text.splitlines():
            word, _, rest = line.partition(' ')
            if word == 'title':
                self.title = rest
            elif word == 'process':
                self.processes.append(Process(*rest.split(' ', 2)))
            elif word == 'region':
                self.add_region(rest)
            elif word == 'page':
                self.add_page(*rest.split())
            else:
                raise ValueError(f'not a line of usr/bin/frames: {line!r}')
        self.left_out = self.leave_out()

    def add_region(self, text):
        process = self.processes[-1]
        order = sum(len(p.regions) for p in self.processes)
        process.regions.append(Region(process, order, text))

    def add_page(self, address, number, flags, mappings):
        region = self.processes[-1].regions[-1]
        if region.name in KERNELS_OWN:
            return
        number = int(number, 16)
        frame = self.frames.setdefault(number, Frame(number, int(flags, 16), int(mappings)))
        region.pages[int(address, 16)] = frame
        frame.users.append((region, int(address, 16)))

    def leave_out(self):
        """Take away and return the processes that have nothing but their program in common
        with others, if that leaves somebody."""
        def joins(process):
            return any(len(frame.pids()) > 1 for region in process.regions if region.name != process.program
                       for frame in region.pages.values())

        lonely = [p for p in self.processes if not joins(p)]
        if len(self.processes) - len(lonely) < 2:
            return []
        self.processes = [p for p in self.processes if p not in lonely]
        for frame in self.frames.values():
            frame.users = [(region, at) for region, at in frame.users if region.process not in lonely]
        self.frames = {number: frame for number, frame in self.frames.items() if frame.users}
        return lonely

    def frame_cells(self):
        """The frames, as tuples of those that are drawn as one."""
        groups = collections.defaultdict(list)
        for frame in self.frames.values():
            alone = any(region.page_by_page() for region, _ in frame.users)
            groups[frame.number if alone else frame.key()].append(frame)
        return [tuple(sorted(group, key=lambda f: f.number)) for group in groups.values()]

    def cells(self, region):
        """The cells of @region, in the order of their first pages."""
        group_of = {frame: group for group in self.frame_cells() for frame in group}
        found = {}
        for address, frame in sorted(region.pages.items()):
            group = group_of[frame]
            found.setdefault(group, Cell(region, address, group))
        cells = list(found.values())
        if region.page_by_page():
            cells += [Cell(region, at, ()) for at in range(region.start, region.end, PAGE)
                      if at not in region.pages]
        return sorted(cells, key=lambda cell: cell.address)


def source(frames):
    """Where what is in these frames belongs: a heading for them."""
    first = frames[0]
    if first.kind == 'zero':
        return 'the page of zeros'
    if first.kind == 'anon':
        pids = first.pids()
        if len(pids) == 1:
            return f'anonymous, of {pids[0]} alone'
        return f'anonymous, of {", ".join(map(str, pids[:-1]))} and {pids[-1]}'
    name = first.users[0][0].name
    return f'shared memory, {name}' if first.kind == 'shmem' else f'page cache of {name}'

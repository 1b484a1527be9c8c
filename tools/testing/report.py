# SPDX-License-Identifier: GPL-2.0-only
"""A line a result as it comes, and the count at the end."""

import fnmatch
import threading
import time


class Report:
    def __init__(self, only=''):
        self.only = only
        self.passed = 0
        self.failed = []
        self.lock = threading.Lock()
        self.start = time.monotonic()

    def selects(self, name):
        """Is the test of this name asked for? ONLY is a glob or a part of the name."""
        if any(c in self.only for c in '*?['):
            return fnmatch.fnmatchcase(name, self.only)
        return self.only in name

    def result(self, name, why='', seconds=None, note='', details=()):
        """@why is empty for a test that passed. @details are shown for one that did not."""
        took = '' if seconds is None else f'{seconds:.1f}s'
        remark = ', '.join(x for x in (note, took) if x)
        line = f'{"FAILED" if why else "ok":7} {name}' + (f'  ({remark})' if remark else '')
        if why:
            line += f': {why}' + ''.join(f'\n        | {d}' for d in details)
        with self.lock:
            if why:
                self.failed.append(name)
            else:
                self.passed += 1
            print(line, flush=True)

    def summary(self):
        """Prints the last line; returns the exit status."""
        minutes, seconds = divmod(int(time.monotonic() - self.start), 60)
        print(f'\n{minutes} min {seconds} s')
        if self.failed:
            print('failed:')
            for name in self.failed:
                print(f'  {name}')
        print(f'{self.passed} passed, {len(self.failed)} failed', flush=True)
        return 1 if self.failed or not self.passed else 0

# SPDX-License-Identifier: GPL-2.0-only
"""The TAP programs of usr/tests, and the demonstrations of usr/demos, whose status
alone judges them: all in one boot per machine configuration."""

import base64
import os
import re
import tempfile

import overlay
import vm
from testing import spares
from testing.console import Console, Trouble

LIMIT = 120         # seconds that one program may take; the slowest need a few
BOOT_LIMIT = 90
MAX_BOOTS = 6       # a kernel that dies more often than this is not worth more time
# The kernel's log comes last: the console is kept free of it, and complaints count.
COMMAND = 'testrun -t {limit} -f /root/testlist; status=$?; dmesg; exit $status'
rounds = 0          # of stress/leaks; 0: as many as it wants


def limit():
    """Seconds for one program: a round of stress/leaks takes one on a slow machine."""
    return LIMIT + rounds

BEGIN = re.compile(r'@@test:begin (\S+)@@$')
END = re.compile(r'@@test:end (\S+) (exit|signal|timeout) (\d+) (\d+)@@$')
LEFT = re.compile(r'@@test:left (\S+) (\d+)@@$')
POINT = re.compile(r'(not )?ok\b *(\d*)(.*)')
PLAN = re.compile(r'1\.\.(\d+)\b')


class Tap:
    """What one program said."""

    def __init__(self):
        self.passed = self.skipped = 0
        self.plan = None
        self.failures = []
        self.left = 0
        self.said = []

    def feed(self, line):
        self.said.append(line)
        point, plan = POINT.match(line), PLAN.match(line)
        if plan:
            self.plan = int(plan[1])
        elif point:
            directive = point[3].partition('#')[2].strip().upper()
            if directive.startswith('SKIP'):
                self.skipped += 1
            elif point[1] and not directive.startswith('TODO'):
                self.failures.append(line)
            else:
                self.passed += 1
        elif line.startswith('#') and self.failures:
            self.failures.append(line)

    def verdict(self, how, number, planned=True):
        """Why the program failed, or ''. Without @planned it need not speak TAP."""
        bad = sum(x.startswith('not ok') for x in self.failures)
        points = self.passed + self.skipped + bad
        if how == 'timeout':
            return f'took longer than {number} s'
        if how == 'signal':
            return f'killed by signal {number}'
        if bad:
            return f'{bad} of {points} points failed'
        if number:
            return f'exit status {number}'
        if planned and self.plan is None:
            return 'printed no plan'
        if self.plan and self.plan != points:
            return f'planned {self.plan} points, made {points}'
        if self.left:
            return f'left {self.left} processes behind'
        return ''


def programs():
    """Names of the guest tests, in the order in which the guest runs them."""
    found = [os.path.relpath(os.path.join(here, name), names_below)
             for top, names_below in (('build/tree/usr/tests', 'build/tree/usr/tests'),
                                      ('build/tree/usr/demos', 'build/tree/usr'))
             for here, _, names in os.walk(top) for name in names
             if os.access(os.path.join(here, name), os.X_OK)]
    return sorted(x for x in found if not x.endswith('.tmp'))


class GuestSuite:
    """One configuration's boot (or boots, when a program takes the kernel with it)."""

    def __init__(self, name, **machine):
        self.name = f'guest/{name}'
        self.machine = machine
        self.weight = 100

    def wanted(self, report):
        return [p for p in programs() if report.selects(f'{self.name}/{p}')]

    def selected(self, report):
        return bool(self.wanted(report))

    def run(self, report, workdir, make_vm):
        todo = self.wanted(report)
        for _ in range(MAX_BOOTS):
            todo = self.boot(report, workdir, make_vm, todo)
            if not todo:
                return
        for name in todo:
            report.result(f'{self.name}/{name}', f'not run: {MAX_BOOTS} boots did not get to it')

    def boot(self, report, workdir, make_vm, todo):
        """Run the programs of @todo; returns those that a crash or hang kept from running."""
        disk = os.path.join(workdir, 'disk.img')
        vm.fresh_disk('build/root.img', disk)
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(f'{folder}/root')
            with open(f'{folder}/root/testlist', 'w') as f:
                f.write('\n'.join(todo) + '\n')
            overlay.copy_into(folder, disk)
        command = COMMAND.format(limit=limit())
        if rounds:
            command = f'export ROUNDS={rounds}; {command}'
        cmd = base64.b64encode(command.encode()).decode()
        machine = make_vm(disk=disk, append=f'panic=-1 quiet VELLUM_CMD={cmd}',
                          spares=spares.attach(workdir), **self.machine)
        todo = list(todo)
        with Console(machine, '-no-reboot') as console:
            try:
                console.expect('@@vellum:begin@@\n', BOOT_LIMIT)
                self.follow(console, report, todo)
                console.finish()
            except Trouble as trouble:
                # The program that was running is to blame, or the machine as such.
                name = todo.pop(0) if todo and console.text.count('@@test:begin') else None
                report.result(f'{self.name}/{name or "machine"}', str(trouble),
                              details=console.tail())
                return todo if name else []
        clean, said = vm.fsck(disk)
        report.result(f'{self.name}/e2fsck', '' if clean else 'the disk is not clean',
                      details=said.splitlines()[-20:])
        return []

    def follow(self, console, report, todo):
        """Read the output of testrun; @todo loses each program that came to its end."""
        tap = None
        while True:
            line = console.line(limit() + 60)
            if line is None:
                raise Trouble('the machine ended in the middle of the tests')
            if '@@vellum:end' in line:
                if todo:
                    raise Trouble(f'testrun ended without having run {todo[0]}')
                return
            if BEGIN.search(line):
                tap = Tap()
            elif END.search(line) and tap:
                name, how, number, ms = END.search(line).groups()
                why = tap.verdict(how, int(number), not name.startswith('demos/'))
                points = f'{tap.passed} points' + (f', {tap.skipped} skipped' if tap.skipped else '')
                report.result(f'{self.name}/{name}', why, int(ms) / 1000, points,
                              (tap.failures or tap.said)[-30:])
                if name in todo:
                    todo.remove(name)
                tap = None
            elif LEFT.search(line) and tap:
                tap.left = int(LEFT.search(line)[2])
            elif tap:
                tap.feed(line)

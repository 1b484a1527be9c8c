# SPDX-License-Identifier: GPL-2.0-only
"""Debian's own programs, dynamically linked, on a disk that tools/mkpackages made."""

import os
import tempfile
import time

import overlay
import vm
from testing.console import Console, Trouble
from testing.guest import Tap

DISK = 'build/test-packages.img'
SCRIPT = 'tools/testing/packages.sh'


class Packages:
    """bash, perl, python, sqlite and make do what they do on Linux."""

    weight = 30

    def __init__(self, label, **machine):
        self.name = f'packages/{label}'
        self.machine = machine

    def selected(self, report):
        return report.selects(self.name)

    def run(self, report, workdir, make_vm):
        disk = os.path.join(workdir, 'disk.img')
        vm.fresh_disk(DISK, disk)
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(f'{folder}/root')
            with open(SCRIPT) as script, open(f'{folder}/root/packages', 'w') as copy:
                copy.write(script.read())
            os.chmod(f'{folder}/root/packages', 0o755)
            overlay.copy_into(folder, disk)
        start = time.monotonic()
        tap, why, details = Tap(), '', ()
        # "/root/packages" in base 64
        machine = make_vm(disk=disk, append='panic=-1 quiet VELLUM_CMD=L3Jvb3QvcGFja2FnZXM=', **self.machine)
        with Console(machine, '-no-reboot') as console:
            try:
                console.expect('@@vellum:begin@@\n', 90)
                self.follow(console, tap)
                console.finish()
                why, details = tap.verdict('exit', 0), tap.failures or tap.said[-20:]
                clean, said = vm.fsck(disk)
                if not clean:
                    why, details = 'the disk is not clean', said.splitlines()[-20:]
            except Trouble as trouble:
                why, details = str(trouble), console.tail()
        report.result(self.name, why, time.monotonic() - start, f'{tap.passed} points', details)

    def follow(self, console, tap):
        while True:
            line = console.line(180)
            if line is None:
                raise Trouble('the machine ended in the middle')
            if '@@vellum:end' in line:
                return
            tap.feed(line)


def jobs(linux=False):
    if linux:
        return [Packages('linux', smp=2, mem='512M')]
    return [Packages('smp2', smp=2, mem='256M'), Packages('debug-smp4', smp=4, mem='256M', debug=True)]

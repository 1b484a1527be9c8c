# SPDX-License-Identifier: GPL-2.0-only
"""Run the benchmark program on a kernel, on a machine whose clock counts instructions."""

import base64
import os
import re
import subprocess
import sys
import tempfile

import cpio
import overlay
import vm
from testing.console import Console, Trouble

PROGRAM = 'build/tree/usr/bench/bench'
MEM = 1 << 20           # KiB
# An instruction is a nanosecond. While the guest waits its clock follows the host's: with
# sleep=off it would leap from timer to timer, hours ahead of a disk request.
ICOUNT = ('-icount', 'shift=0,sleep=on')
# A boot waits a few times for the disk, and has no timer yet that could be leapt to.
ICOUNT_BOOT = ('-icount', 'shift=0,sleep=off')
BOOT_ROWS = ('boot', 'mem_used', 'mem_gone')
SILENCE = 900           # seconds without a row; a slow and busy host needs some

LINE = re.compile(r'BENCH\t(\w+)\t(\S+)\t(\S+)$')


def workdir():
    os.makedirs('build/bench', exist_ok=True)
    return tempfile.TemporaryDirectory(dir='build/bench', prefix='run.')


def fresh_disk(folder):
    """A disk whose directories Linux searches from end to end, as ext2 has it."""
    disk = os.path.join(folder, 'disk.img')
    vm.fresh_disk('build/root.img', disk)
    env = dict(os.environ, PATH=os.environ['PATH'] + ':/usr/sbin:/sbin')
    subprocess.run(['tune2fs', '-O', '^dir_index', disk], check=True, env=env, stdout=subprocess.DEVNULL)
    return disk


def virtual_machine(linux, **options):
    """@linux: None for Vellum, '' for Debian's kernel, or the path of an image that needs no initrd."""
    if linux is None:
        return vm.Vm(kernel='build/Image', **options)
    if not linux:
        return vm.Vm.linux(**options)
    return vm.Vm(kernel=linux, **options)


def follow(console, on_row, on_repeats):
    """Read figures until the machine says that the command has ended."""
    while True:
        line = console.line(SILENCE)
        if line is None:
            raise Trouble('the machine ended before the rows did')
        match = LINE.search(line)
        if match:
            on_row(match[1], match[2])
        elif 'BENCH-REPEATS' in line and on_repeats:
            on_repeats()
        elif '@@vellum:end' in line:
            return
        elif line.strip():
            print(line, file=sys.stderr)


def run_rows(linux, names, on_row, smp=1, option='', extra=ICOUNT, on_repeats=None, rounds=1):
    """Boot once and run the rows @names, @rounds times; on_row(name, figure as text) for each."""
    with workdir() as folder:
        disk = fresh_disk(folder)
        # A list of rows may be longer than a command line.
        os.makedirs(f'{folder}/tree/root')
        with open(f'{folder}/tree/root/rows', 'w') as f:
            f.write(' '.join(names) + '\n')
        overlay.copy_into(f'{folder}/tree', disk)
        command = '; '.join([f'/usr/bench/bench -t {option} $(cat /root/rows)'] * rounds)
        code = base64.b64encode(command.encode()).decode()
        machine = virtual_machine(linux, smp=smp, mem=f'{MEM}K', disk=disk,
                                  append=f'quiet panic=-1 VELLUM_CMD={code}')
        with Console(machine, '-no-reboot', *extra) as console:
            try:
                console.expect('@@vellum:begin@@\n', SILENCE)
                follow(console, on_row, on_repeats)
            except Trouble:
                print('\n'.join(console.tail()), file=sys.stderr)
                raise


def run_boot(linux, on_row):
    """Boot to process 1, which is the benchmark program, in an initramfs of nothing else."""
    archive = cpio.Archive()
    archive.folder('dev')
    archive.device('dev/console', 5, 1)
    with open(PROGRAM, 'rb') as f:
        archive.file('init', f.read())
    with workdir() as folder:
        disk, initrd = fresh_disk(folder), os.path.join(folder, 'initrd')
        with open(initrd, 'wb') as f:
            f.write(archive.finish())
        machine = virtual_machine(linux, smp=1, mem=f'{MEM}K', disk=disk, append='quiet panic=-1')
        machine.initrd = initrd
        figures = {}
        with Console(machine, '-no-reboot', *ICOUNT_BOOT) as console:
            while len(figures) < 3:
                line = console.line(SILENCE)
                if line is None:
                    raise Trouble('process 1 told no figures:\n' + '\n'.join(console.tail()))
                match = LINE.search(line)
                if match:
                    figures[match[1]] = int(match[2])
    on_row('boot', str(figures['boot']))
    on_row('mem_used', str(figures['mem_total'] - figures['mem_free']))
    on_row('mem_gone', str(MEM - figures['mem_free']))


def run(linux, names, on_row):
    """All of @names, in a boot for itself and one for all others."""
    rest = [n for n in names if n not in BOOT_ROWS]
    if len(rest) < len(names):
        run_boot(linux, lambda name, figure: name in names and on_row(name, figure))
    if rest:
        run_rows(linux, rest, on_row)

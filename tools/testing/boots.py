# SPDX-License-Identifier: GPL-2.0-only
"""Boots at every machine size, and what a kernel must say about hopeless ones."""

import base64
import hashlib
import os
import re
import select
import subprocess
import time

import cpio
import vm
from testing.console import Console, Trouble

SIZES = ((1, '32M'), (1, '64M'), (2, '128M'), (4, '256M'), (8, '64M'), (8, '512M'), (4, '1G'), (2, '4G'))
PROBE = 'nproc; free | sed -n 2p; sha256sum /bin/busybox; cp -r /etc /var/tmp/; cat /proc/interrupts'


def megabytes(text):
    return int(text[:-1]) * (1024 if text[-1] == 'G' else 1)


class Boot:
    """Boot, look around, power off, check the disk."""

    def __init__(self, smp, mem, label='', **machine):
        self.name = f'boot/{label}smp{smp}-{mem}'
        self.smp, self.mem = smp, mem
        self.machine = machine
        self.weight = 5

    def selected(self, report):
        return report.selects(self.name)

    def run(self, report, workdir, make_vm):
        disk = os.path.join(workdir, 'disk.img')
        vm.fresh_disk('build/root.img', disk)
        cmd = base64.b64encode(PROBE.encode()).decode()
        machine = make_vm(disk=disk, smp=self.smp, mem=self.mem,
                          append=f'panic=-1 VELLUM_CMD={cmd}', **self.machine)
        start = time.monotonic()
        why, details = '', ()
        with Console(machine, '-no-reboot') as console:
            try:
                console.expect('@@vellum:begin@@\n', 120)
                self.judge(console)
                console.finish()
                clean, said = vm.fsck(disk)
                if not clean:
                    why, details = 'the disk is not clean', said.splitlines()[-20:]
            except Trouble as trouble:
                why, details = str(trouble), console.tail()
        report.result(self.name, why, time.monotonic() - start, details=details)

    def judge(self, console):
        start = console.pos
        end = console.expect(r'@@vellum:end (\d+)@@', 90)
        said = console.text[start:end.start()]
        nproc = re.match(r'\d+$', said, re.M)
        if not nproc or int(nproc[0]) != self.smp:
            raise Trouble(f'{nproc and nproc[0]} of {self.smp} harts came up')
        total = re.search(r'Mem: +(\d+)', said)
        size = megabytes(self.mem) * 1024
        # Linux itself, firmware and page descriptors take the rest.
        if not total or not size * 0.4 < int(total[1]) < size:
            raise Trouble(f'free shows {total and total[1]} KiB of {self.mem}')
        with open('build/busybox', 'rb') as f:
            if hashlib.sha256(f.read()).hexdigest() not in said:
                raise Trouble('busybox does not read as it was written')


class BootTime:
    """The way to a shell, in the guest's own time; -icount makes that independent of the host."""

    name = 'boot/time'
    weight = 3
    limit = 1.0

    def selected(self, report):
        return report.selects(self.name)

    def run(self, report, workdir, make_vm):
        disk = os.path.join(workdir, 'disk.img')
        vm.fresh_disk('build/root.img', disk)
        cmd = base64.b64encode(b'cat /proc/uptime').decode()
        machine = make_vm(disk=disk, smp=1, mem='128M', append=f'panic=-1 VELLUM_CMD={cmd}')
        why, details, uptime = '', (), 0
        with Console(machine, '-no-reboot', '-icount', 'shift=0') as console:
            try:
                console.expect('@@vellum:begin@@\n', 120)
                uptime = float(console.expect(r'(\d+\.\d+) \d+\.\d+\n', 30)[1])
                console.finish()
                if uptime >= self.limit:
                    why = f'the shell is there {uptime} s after power-on, not within {self.limit} s'
            except Trouble as trouble:
                why, details = str(trouble), console.tail()
        report.result(self.name, why, note=f'{uptime} s of the machine\'s time', details=details)


INIT = '''#!/bin/busybox sh
PATH=/bin
busybox mount -t proc proc /proc || busybox echo no proc
busybox mount -t devtmpfs devtmpfs /dev 2> /dev/null
busybox ls -l /etc/motto /bin/sh
busybox cat /etc/motto
busybox dd if=/dev/zero of=/big bs=64k count=64 2> /dev/null
busybox stat -c "size %s" /big
busybox cat /etc/long /etc/was-link /etc/was-file /etc/was-folder
busybox stat -c "%F" /etc/was-link /etc/was-file /etc/was-folder /etc/device
busybox ls /etc/folder
busybox echo "arguments: $* greeting: $GREETING"
busybox echo "@@initramfs:end@@"
busybox poweroff -f
'''


class Initramfs:
    """A newc archive as -initrd, its /init as process 1, no disk at all."""

    def __init__(self, name='boot/initramfs', **machine):
        self.name = name
        self.machine = machine
        self.weight = 5

    def selected(self, report):
        return report.selects(self.name)

    @staticmethod
    def archive(path):
        """Two archives, one behind the other: what the second has is right."""
        made = cpio.Archive()
        for folder in ('bin', 'dev', 'etc', 'proc'):
            made.folder(folder)
        with open('build/busybox', 'rb') as f:
            made.file('bin/busybox', f.read())
        made.symlink('bin/sh', 'busybox')
        made.device('dev/console', 5, 1)
        made.file('etc/motto', b'all in one cache\n', 0o640)
        made.file('etc/long', b'what was there before and was longer\n')
        made.symlink('etc/was-link', 'motto')
        made.file('etc/was-file', b'a file\n')
        made.folder('etc/was-folder')
        made.file('etc/device', b'')
        made.folder('etc/folder')
        made.file('etc/folder/inhabitant', b'')
        made.file('init', INIT.encode())
        later = cpio.Archive()
        later.file('etc/long', b'short\n')
        later.file('etc/was-link', b'no link\n')
        later.symlink('etc/was-file', 'motto')
        later.file('etc/was-folder', b'no folder\n')
        later.device('etc/device', 1, 3)
        later.folder('etc/folder')
        with open(path, 'wb') as f:
            f.write(made.finish() + later.finish())

    def run(self, report, workdir, make_vm):
        initrd = os.path.join(workdir, 'initrd')
        self.archive(initrd)
        machine = make_vm(append='panic=-1 quiet GREETING=hello word', smp=2, mem='128M', **self.machine)
        machine.initrd = initrd
        start = time.monotonic()
        why, details = '', ()
        with Console(machine, '-no-reboot') as console:
            try:
                for text in (r'/bin/sh -> busybox', r'-rw-r----- .*/etc/motto', 'all in one cache',
                             'size 4194304', 'short\r?\nno link\r?\nall in one cache\r?\nno folder',
                             'regular file\r?\nsymbolic link\r?\nregular file\r?\ncharacter special file',
                             'inhabitant', 'arguments: word greeting: hello', '@@initramfs:end@@'):
                    console.expect(text, 60)
                console.finish()
            except Trouble as trouble:
                why, details = str(trouble), console.tail()
        report.result(self.name, why, time.monotonic() - start, details=details)


class RunCommand:
    """tools/run, as "make run CMD=..." calls it: output, status, overlay, a disk that stays."""

    name = 'boot/run-command'
    weight = 5

    def __init__(self, kernel=''):
        self.kernel = kernel

    def selected(self, report):
        return report.selects(self.name)

    def run(self, report, workdir, make_vm):
        start = time.monotonic()
        why, details = '', ()
        overlay = os.path.join(workdir, 'overlay')
        os.makedirs(overlay + '/bin')
        with open(overlay + '/bin/greet', 'w') as f:
            f.write('#!/bin/sh\necho "good $1"; echo kept > /root/kept\n')
        os.chmod(overlay + '/bin/greet', 0o755)
        disk = os.path.join(workdir, 'disk.img')
        try:
            self.expect(disk, {'CMD': 'greet day; (exit 3)', 'OVERLAY': overlay}, 'good day\n', 3)
            self.expect(disk, {'CMD': 'cat /root/kept; printf "no newline"'}, 'kept\nno newline', 0)
        except Trouble as trouble:
            why = str(trouble)
        report.result(self.name, why, time.monotonic() - start, details=details)

    def expect(self, disk, settings, output, status):
        env = dict(os.environ, KERNEL=self.kernel, DISK=disk, TIMEOUT='120', DEBUG='0', **settings)
        for name in ('APPEND', 'SMP', 'MEM'):
            env.pop(name, None)
        done = subprocess.run(['tools/run'], env=env, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if (done.stdout, done.returncode) != (output, status):
            raise Trouble(f'{settings["CMD"]!r} gave {done.stdout!r} and status {done.returncode}: '
                          f'{done.stderr[-500:]}')
        clean, said = vm.fsck(disk)
        if not clean:
            raise Trouble('the disk is not clean: ' + said[-500:])


class RunShell:
    """tools/run on a terminal, as "make run" does: a shell, Ctrl-C for it, status 0 at the end."""

    name = 'boot/run-shell'
    weight = 5

    def __init__(self, kernel=''):
        self.kernel = kernel

    def selected(self, report):
        return report.selects(self.name)

    def run(self, report, workdir, make_vm):
        start = time.monotonic()
        why, details = '', ()
        env = dict(os.environ, KERNEL=self.kernel, DISK=os.path.join(workdir, 'disk.img'), DEBUG='0')
        for name in ('APPEND', 'SMP', 'MEM', 'CMD', 'OVERLAY'):
            env.pop(name, None)
        master, slave = os.openpty()
        qemu = subprocess.Popen(['tools/run'], env=env, stdin=slave, stdout=slave, stderr=slave,
                                start_new_session=True)
        os.close(slave)
        self.text = ''
        try:
            self.expect(master, '# ')
            os.write(master, b'echo $((6*7))x\r')
            self.expect(master, '42x')
            os.write(master, b'echo $((6*8))y; cat\r')
            self.expect(master, '48y')          # the shell's line editing is over
            os.write(master, b'ping\r')
            self.expect(master, 'ping')         # the terminal's echo
            self.expect(master, 'ping')         # cat's
            os.write(master, b'\x03')
            self.expect(master, '# ')           # until then cat may take what is typed
            os.write(master, b'poweroff\r')
            self.expect(master, 'Power down')
            status = qemu.wait(timeout=60)
            if status:
                raise Trouble(f'the status is {status}')
        except (Trouble, OSError, subprocess.TimeoutExpired) as trouble:
            why, details = str(trouble), self.text.splitlines()[-15:]
        finally:
            if qemu.poll() is None:
                qemu.kill()
            qemu.wait()
            os.close(master)
        report.result(self.name, why, time.monotonic() - start, details=details)

    def expect(self, fd, text, timeout=60):
        end = time.monotonic() + timeout
        while text not in self.text:
            if not select.select([fd], [], [], max(0, end - time.monotonic()))[0]:
                raise Trouble(f'no {text!r} on the terminal within {timeout} s')
            self.text += os.read(fd, 65536).decode('utf-8', 'replace')
        self.text = self.text.split(text, 1)[1]


class Refusal:
    """A machine that cannot boot: one clear line, and an end by panic=-1."""

    def __init__(self, name, says, append, disk=True, **machine):
        self.name = f'boot/refuses/{name}'
        self.says, self.append, self.with_disk = says, append, disk
        self.machine = machine
        self.weight = 5

    def selected(self, report):
        return report.selects(self.name)

    def run(self, report, workdir, make_vm):
        disk = None
        if self.with_disk:
            disk = os.path.join(workdir, 'disk.img')
            vm.fresh_disk('build/root.img', disk)
        why, details = '', ()
        start = time.monotonic()
        machine = make_vm(disk=disk, append='panic=-1 ' + self.append, **self.machine)
        with Console(machine, '-no-reboot') as console:
            try:
                console.expect(self.says, 60)
                while console.line(60) is not None:
                    pass
            except Trouble as trouble:
                why, details = str(trouble), console.tail()
        report.result(self.name, why, time.monotonic() - start, details=details)


def linux_jobs():
    """Those that show whether the tests themselves are right."""
    return [Boot(2, '512M'), Initramfs(), RunCommand('linux'), RunShell('linux')]


def jobs():
    no_root = r'(?i)panic.*(root|VFS)|(cannot|unable).*root'
    no_init = r'(?i)panic.*init|no (working )?init'
    return ([Boot(smp, mem) for smp, mem in SIZES]
            + [Boot(4, '256M', 'debug-', debug=True), Boot(1, '64M', 'debug-', debug=True),
               Boot(8, '1G', 'debug-', debug=True)]
            + [BootTime(), RunCommand(), RunShell(), Initramfs(), Initramfs('boot/debug-initramfs', debug=True)]
            + [Refusal('no-disk', no_root, '', disk=False),
               Refusal('wrong-root', no_root, 'root=/dev/vdz'),
               Refusal('no-init', no_init, 'init=/nowhere/init')])

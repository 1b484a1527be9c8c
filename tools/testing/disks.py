# SPDX-License-Identifier: GPL-2.0-only
"""What must survive: power off, reboot, a killed machine after sync; other disks than ours."""

import hashlib
import os
import re
import subprocess
import time

import vm
from testing.console import Trouble
from testing.shell import Shell

# Text that the guest makes by itself and whose checksum the host knows.
LINES = 60000
CONTENT = ''.join(f'{i}\n' for i in range(1, LINES + 1)).encode()
MAKE = f'seq 1 {LINES} >'


def debugfs(disk, request):
    env = dict(os.environ, PATH=os.environ['PATH'] + ':/usr/sbin:/sbin')
    return subprocess.run(['debugfs', '-R', request, disk], env=env, check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def on_disk(disk, path):
    if debugfs(disk, f'cat {path}') != CONTENT:
        raise Trouble(f'{path} is not on the disk as it was written')


def sound(disk):
    """A disk after a power cut: e2fsck may say that it was not unmounted, and no more."""
    clean, said = vm.fsck(disk)
    if not clean:
        raise Trouble('e2fsck: ' + ' / '.join(said.splitlines()[-12:]))


class DiskTest:
    """Subclass-free: a function gets (boot, disk); boot() starts a Shell at its prompt."""

    def __init__(self, function, make_disk=None, **machine):
        self.name = 'disk/' + function.__name__
        self.function = function
        self.make_disk = make_disk
        self.machine = machine
        self.weight = 8

    def selected(self, report):
        return report.selects(self.name)

    def run(self, report, workdir, make_vm):
        disk = os.path.join(workdir, 'disk.img')
        if self.make_disk:
            self.make_disk(disk)
        else:
            vm.fresh_disk('build/root.img', disk)
        shells = []

        def boot(append='', extra=('-no-reboot',), **more):
            options = {'smp': 2, 'mem': '128M', **self.machine, **more}
            machine = make_vm(disk=disk, append=f'panic=-1 quiet VELLUM_TTY=24x200 {append}', **options)
            shells.append(Shell(machine, *extra))
            shells[-1].login()
            return shells[-1]

        start = time.monotonic()
        why, details = '', ()
        try:
            self.function(boot, disk)
        except Trouble as trouble:
            why, details = str(trouble), shells[-1].tail() if shells else ()
        finally:
            for shell in shells:
                shell.kill()
        report.result(self.name, why, time.monotonic() - start, self.function.__doc__, details)


def poweroff_keeps(boot, disk):
    """what was written is there after poweroff, without sync"""
    sh = boot()
    sh.run(f'{MAKE} /root/kept; mkdir -p /root/a/b; mv /root/kept /root/a/b/')
    sh.off()
    sound(disk)
    on_disk(disk, '/root/a/b/kept')
    sh = boot()
    sh.gives('md5sum < /root/a/b/kept | cut -c 1-32', hashlib.md5(CONTENT).hexdigest())
    sh.off()
    sound(disk)


def reboot_keeps(boot, disk):
    """reboot comes back to a prompt with everything there"""
    sh = boot(extra=())
    sh.run(f'{MAKE} /root/kept')
    sh.send('reboot\n')
    sh.expect('OpenSBI', 60)
    sh.login()
    sh.gives('md5sum < /root/kept | cut -c 1-32', hashlib.md5(CONTENT).hexdigest())
    sh.off()
    sound(disk)


def sync_survives_kill(boot, disk):
    """after sync has returned, killing the machine loses nothing"""
    sh = boot()
    sh.run(f'for i in 1 2 3; do mkdir /root/d$i; {MAKE} /root/d$i/f; done; ln -s d1/f /root/link; sync')
    sh.kill()
    sound(disk)
    for i in (1, 2, 3):
        on_disk(disk, f'/root/d{i}/f')
    sh = boot()
    sh.gives('md5sum < /root/link | cut -c 1-32', hashlib.md5(CONTENT).hexdigest())
    sh.off()
    sound(disk)


def fsync_survives_kill(boot, disk):
    """after fsync has returned, killing the machine does not lose that file"""
    sh = boot()
    sh.run(f'sync; seq 1 {LINES} | dd of=/root/f bs=64k conv=fsync')
    sh.kill()
    on_disk(disk, '/root/f')


def flusher_writes(boot, disk):
    """what nobody synced is on the disk within a minute"""
    sh = boot()
    sh.run(f'{MAKE} /root/f')
    deadline = time.monotonic() + 90
    while debugfs(disk, 'cat /root/f') != CONTENT:
        if time.monotonic() > deadline:
            raise Trouble('not on the disk after 90 s')
        time.sleep(3)
    sh.off()
    sound(disk)


def full_disk(boot, disk):
    """a full disk is ENOSPC, and whole again after removing"""
    sh = boot()
    before = sh.run('df / | sed -n "\\$p"').split()[3]
    said = sh.run('cat /dev/zero > /root/big; echo status $?', 240)
    if 'No space left' not in said or 'status 0' in said:
        raise Trouble(f'filling the disk gave {said!r}')
    sh.run('echo more > /root/more; rm -f /root/big /root/more; sync', 120)
    after = sh.run('df / | sed -n "\\$p"').split()[3]
    if abs(int(before) - int(after)) > 64:
        raise Trouble(f'{before} KiB were free before, {after} after')
    sh.off()
    sound(disk)


def read_only(boot, disk):
    """booted with "ro", not a byte of the disk changes, and writing is EROFS"""
    with open(disk, 'rb') as f:
        before = hashlib.file_digest(f, 'sha1').hexdigest() if hasattr(hashlib, 'file_digest') else \
            hashlib.sha1(f.read()).hexdigest()
    sh = boot('ro')
    sh.gives('touch /x 2>&1 | grep -c "Read-only"', '1')
    sh.off()
    with open(disk, 'rb') as f:
        if hashlib.sha1(f.read()).hexdigest() != before:
            raise Trouble('the disk changed')


def remount(boot, disk):
    """mount -o remount,ro and back"""
    sh = boot()
    sh.run('echo 1 > /root/f; sync; mount -o remount,ro /')
    sh.gives('touch /x 2>&1 | grep -c "Read-only"', '1')
    sh.run('mount -o remount,rw /; echo 2 > /root/f')
    sh.off()
    sound(disk)
    if debugfs(disk, 'cat /root/f') != b'2\n':
        raise Trouble('what was written after the remount is missing')


def remount_written(boot, disk):
    """what was written until a remount read-only is on the disk, whoever was writing"""
    sh = boot()
    sh.run('writer() { n=0; while : > /root/$1$n; do n=$((n + 1)); done; }')
    sh.run('(writer a; writer b; writer c) 2> /dev/null &')
    sh.run('(writer d; writer e; writer f) 2> /dev/null &')
    sh.run('until mount -o remount,ro / 2> /dev/null; do :; done; wait')
    count = int(sh.run('ls /root | wc -l'))
    sh.kill()
    sound(disk)
    if not count:
        raise Trouble('nothing was written')
    there = len(debugfs(disk, 'ls -p /root').split()) - 2
    if there != count:
        raise Trouble(f'{there} of {count} files are on the disk')


def unpack(boot, disk):
    """thousands of small files, half of them removed again, survive a reboot"""
    sh = boot()
    sh.run('cd /var/tmp; for d in 0 1 2 3 4 5 6 7; do mkdir $d; for f in $(seq 1 150); do '
           'echo $d$f > $d/$f; done; done', 240)
    sh.run('for d in 1 3 5 7; do rm -r $d; done; mv 2 two; cd', 120)
    sh.off()
    sound(disk)
    sh = boot()
    sh.gives('cat /var/tmp/two/77 /var/tmp/6/150', '277\n6150')
    sh.gives('find /var/tmp -type f | wc -l', '600')
    sh.off()
    sound(disk)


def _made_by(*options):
    def make(disk):
        subprocess.run(['tools/mkdisk', *options, '-B', 'build/busybox', '-a', 'build/applets',
                        '-o', disk, 'usr/rootfs', 'build/tree'], check=True)
    return make


def blocks_1k(boot, disk):
    """a disk of 1 KiB blocks"""
    poweroff_keeps(boot, disk)


def blocks_2k(boot, disk):
    """a disk of 2 KiB blocks"""
    poweroff_keeps(boot, disk)


def legacy_virtio(boot, disk):
    """QEMU's default transport, virtio-mmio version 1"""
    poweroff_keeps(lambda **k: boot(extra=('-no-reboot', '-global', 'virtio-mmio.force-legacy=true'), **k),
                   disk)


def last_words(boot, disk):
    """what a program wrote just before the power goes is still printed"""
    for command in ('poweroff', 'reboot'):
        sh = boot()
        sh.send(f'seq 1 3000; {command} -f\n')
        sh.expect(''.join(f'{i}\n' for i in range(1, 3001)), 60)
        sh.finish()


def jobs():
    return [DiskTest(f) for f in (poweroff_keeps, reboot_keeps, sync_survives_kill, fsync_survives_kill,
                                  flusher_writes, full_disk, read_only, remount, remount_written, unpack,
                                  legacy_virtio, last_words)] + \
           [DiskTest(blocks_1k, _made_by('-b', '1024')), DiskTest(blocks_2k, _made_by('-b', '2048'))]

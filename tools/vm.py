# SPDX-License-Identifier: GPL-2.0-only
"""The machine: what QEMU is told, for everything that starts one."""

import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Vm:
    """One way of starting a kernel: image, machine size, disk, command line."""

    def __init__(self, kernel='build/Image', initrd=None, smp=2, mem='256M',
                 disk=None, append='', cpu='rv64', disk_opts='', spares=()):
        self.kernel = kernel
        self.initrd = initrd
        self.smp = smp
        self.mem = mem
        self.disk = disk
        self.append = append
        self.cpu = cpu
        self.disk_opts = disk_opts
        self.spares = spares        # further disks, each what -drive says of it

    @classmethod
    def linux(cls, **kw):
        """Debian's Linux, which needs modules from an initramfs for its disk."""
        return cls(kernel='build/linux/Image', initrd='build/linux/initrd', **kw)

    def command(self, *extra):
        """The argument list for QEMU."""
        cmdline = 'console=ttyS0 root=/dev/vda rw ' + self.append
        args = ['qemu-system-riscv64', '-M', 'virt', '-cpu', self.cpu,
                '-smp', str(self.smp), '-m', str(self.mem), '-bios', 'default',
                '-nodefaults', '-global', 'virtio-mmio.force-legacy=false',
                '-kernel', self.kernel, '-append', cmdline.strip()]
        if self.initrd:
            args += ['-initrd', self.initrd]
        if self.disk:
            disk = self.disk.replace(',', ',,')
            args += ['-drive', f'if=none,id=hd0,format=raw,file={disk}{self.disk_opts}',
                     '-device', 'virtio-blk-device,drive=hd0']
        for n, spare in enumerate(self.spares, 1):
            args += ['-drive', f'if=none,id=hd{n},{spare}',
                     '-device', f'virtio-blk-device,drive=hd{n}']
        return args + list(extra)


def fresh_disk(source, copy):
    """Copy an image, holes and all, as cheaply as the host can."""
    subprocess.run(['cp', '--sparse=always', '--reflink=auto', source, copy], check=True)


def fsck(disk):
    """Check a disk without touching it: (is it clean, what e2fsck said)."""
    env = dict(os.environ, PATH=os.environ['PATH'] + ':/usr/sbin:/sbin')
    done = subprocess.run(['e2fsck', '-fn', disk], env=env, text=True, errors='replace',
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode == 0, done.stdout

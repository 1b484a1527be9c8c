# SPDX-License-Identifier: GPL-2.0-only
"""Write a cpio archive in the "newc" format, which kernels unpack as initramfs."""


class Archive:
    def __init__(self):
        self.data = b''
        self.ino = 0

    def _add(self, name, mode, data=b'', rdev=(0, 0), nlink=1):
        self.ino += 1
        fields = (self.ino, mode, 0, 0, nlink, 0, len(data), 0, 0, *rdev, len(name) + 1, 0)
        head = b'070701' + b''.join(b'%08x' % f for f in fields) + name.encode() + b'\0'
        for part in (head, data):
            self.data += part + b'\0' * (-len(part) % 4)

    def folder(self, name, mode=0o755):
        self._add(name, 0o40000 | mode, nlink=2)

    def file(self, name, data, mode=0o755):
        self._add(name, 0o100000 | mode, data)

    def symlink(self, name, target):
        self._add(name, 0o120777, target.encode())

    def device(self, name, major, minor, mode=0o600):
        """A character device."""
        self._add(name, 0o20000 | mode, rdev=(major, minor))

    def finish(self):
        """The whole archive."""
        self._add('TRAILER!!!', 0)
        return self.data

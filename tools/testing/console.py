# SPDX-License-Identifier: GPL-2.0-only
"""A running machine and its serial line: wait for text, type text, never wait for ever."""

import os
import re
import select
import subprocess
import time

# What a kernel says when it has found itself at fault.
TROUBLE = re.compile(r'^.*(kernel BUG|BUG:|Oops|UBSAN:|WARNING:|lockdep:|Kernel panic|'
                     r'stack smashing|Unable to handle kernel).*$', re.M)
ESCAPES = re.compile(r'\x1b(\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>78])|[\x07\x0f]')


class Trouble(Exception):
    """The machine did not do what was expected; the text says what."""


class Console:
    """Use with "with": the machine is killed at the end if it still runs."""

    def __init__(self, machine, *extra):
        args = machine.command('-display', 'none', '-chardev', 'stdio,id=tty,signal=off',
                               '-serial', 'chardev:tty', *extra)
        self.qemu = subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT)
        self.text = ''          # everything so far, without carriage returns and colours
        self.pos = 0            # how much of that has been consumed
        self.raw = ''           # the beginning of an escape sequence, perhaps
        self.ended = False

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.kill()

    def kill(self):
        if self.qemu.poll() is None:
            self.qemu.kill()
        self.qemu.wait()
        self.qemu.stdin.close()
        self.qemu.stdout.close()

    def _read(self, timeout):
        """Take what has come within @timeout seconds; False if nothing did."""
        fd = self.qemu.stdout.fileno()
        if self.ended or not select.select([fd], [], [], max(0, timeout))[0]:
            return False
        data = os.read(fd, 65536)
        if not data:
            self.ended = True
            return False
        self.raw += data.decode('utf-8', 'replace').replace('\r', '')
        cut = self.raw.rfind('\x1b')
        if cut < 0 or len(self.raw) - cut > 16 or ESCAPES.match(self.raw, cut):
            cut = len(self.raw)
        self.text += ESCAPES.sub('', self.raw[:cut])
        self.raw = self.raw[cut:]
        return True

    def tail(self, lines=25):
        return [x.rstrip() for x in (self.text + self.raw).splitlines()[-lines:]]

    def expect(self, pattern, timeout=60):
        """Wait for a match of @pattern behind what was consumed; consume and return it."""
        end = time.monotonic() + timeout
        pattern = re.compile(pattern, re.M)
        while True:
            match = pattern.search(self.text, self.pos)
            if match:
                self.pos = match.end()
                return match
            if self.ended:
                raise Trouble(f'the machine ended while waiting for {pattern.pattern!r}')
            left = end - time.monotonic()
            if left <= 0:
                raise Trouble(f'no {pattern.pattern!r} within {timeout} s')
            self._read(left)

    def line(self, timeout):
        """The next whole line; None at the end of the machine; Trouble after silence."""
        while True:
            cut = self.text.find('\n', self.pos)
            if cut >= 0:
                line, self.pos = self.text[self.pos:cut], cut + 1
                return line
            if self.ended:
                return None
            if not self._read(timeout) and not self.ended:
                raise Trouble(f'silent for {timeout} s')

    def send(self, text):
        try:
            self.qemu.stdin.write(text.encode())
            self.qemu.stdin.flush()
        except BrokenPipeError:
            raise Trouble('the machine ended before it was typed to') from None

    def finish(self, timeout=60):
        """Wait for the machine to power off by itself; Trouble unless it says all is well."""
        end = time.monotonic() + timeout
        while not self.ended:
            left = end - time.monotonic()
            if left <= 0:
                raise Trouble(f'did not power off within {timeout} s')
            self._read(left)
        status = self.qemu.wait(timeout=10)
        if status:
            raise Trouble(f'QEMU ended with status {status}')
        self.check_log()

    def check_log(self):
        match = TROUBLE.search(self.text)
        if match:
            raise Trouble(f'the kernel complained: {match[0].strip()}')

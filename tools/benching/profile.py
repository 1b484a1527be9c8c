# SPDX-License-Identifier: GPL-2.0-only
"""Where instructions go, by function: the program counter, sampled through QEMU's gdb stub.

The machine is stopped at moments that the host's clock picks, which under -icount
has nothing to do with what the guest does, so that samples are spread as the
instructions are.
"""

import bisect
import collections
import os
import socket
import subprocess
import threading
import time

from benching import machine

NM = os.environ.get('CROSS', 'riscv64-linux-gnu-') + 'nm'
INTERVAL = 0.004        # seconds of the host between samples
SECONDS = 1             # of the guest's clock for each row
KERNEL_START = 1 << 63
PC = 32                 # the number of the register, as the stub counts them


class Symbols:
    def __init__(self, elf):
        listing = subprocess.run([NM, '-n', elf], check=True, text=True, stdout=subprocess.PIPE).stdout
        found = [line.split() for line in listing.splitlines()]
        found = [(int(f[0], 16), f[2]) for f in found if len(f) == 3 and f[1] in 'tTwW' and f[2][0] != '.']
        self.addresses = [address for address, _ in found]
        self.names = [name for _, name in found]

    def name(self, pc):
        if pc < KERNEL_START:
            return '(firmware)' if 0x80000000 <= pc < 0x80200000 else '(user)'
        at = bisect.bisect_right(self.addresses, pc) - 1
        return self.names[at] if at >= 0 else f'{pc:#x}'


class Stub:
    """As much of gdb's remote protocol as it takes to stop a machine and ask where it is."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(3)
        for _ in range(100):
            try:
                self.socket.connect(path)
                break
            except OSError:
                time.sleep(0.1)
        self.data = b''
        # Being connected to stops the machine, of which it tells by itself, or not.
        self.send('?')
        self.stopped()
        time.sleep(0.3)
        self.data = b''
        self.socket.setblocking(False)
        try:
            self.socket.recv(4096)
        except BlockingIOError:
            pass
        self.socket.settimeout(3)
        # Single registers are told only to those who have asked what there is.
        self.ask('qXfer:features:read:target.xml:0,1000')

    def send(self, text):
        body = text.encode()
        self.socket.sendall(b'$' + body + b'#%02x' % (sum(body) & 255))

    def receive(self, kind):
        """The next packet that begins with one of @kind."""
        while True:
            start = self.data.find(b'$')
            end = self.data.find(b'#', start)
            if 0 <= start < end and len(self.data) >= end + 3:
                body, self.data = self.data[start + 1:end], self.data[end + 3:]
                self.socket.sendall(b'+')
                if body[:1] and body[:1] in kind.encode():
                    return body.decode()
                continue
            more = self.socket.recv(4096)
            if not more:
                raise EOFError
            self.data += more

    def ask(self, text):
        self.send(text)
        return self.receive('0123456789abcdefml')

    def stopped(self):
        """Wait until the machine has stopped. A stop may get lost on a busy host: ask, then."""
        for _ in range(10):
            try:
                return self.receive('TS')
            except TimeoutError:
                self.send('?')
        raise ConnectionError

    def sample(self):
        """Let the machine run for a while; where it was then."""
        self.send('c')
        time.sleep(INTERVAL)
        self.socket.sendall(b'\x03')
        self.stopped()
        return int.from_bytes(bytes.fromhex(self.ask(f'p{PC:x}')), 'little')


class Sampler(threading.Thread):
    """Samples, which count while @on is set: neither the boot nor a row's preparation."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path = path
        self.on = threading.Event()
        self.counts = collections.Counter()

    def run(self):
        self.on.wait()      # the boot runs at full speed
        stub = Stub(self.path)
        try:
            while True:
                pc = stub.sample()
                if self.on.is_set():
                    self.counts[pc] += 1
        except (EOFError, ConnectionError):
            pass        # the machine is off


def report(counts, symbols, limit=45):
    by_name = collections.Counter()
    for pc, n in counts.items():
        by_name[symbols.name(pc)] += n
    total = sum(by_name.values())
    if not total:
        print('no samples: the rows were over too soon')
        return
    print(f'{total} samples')
    seen = 0
    for name, n in by_name.most_common(limit):
        seen += n
        print(f'{100 * n / total:6.2f} %  {100 * seen / total:6.2f} %  {name}')


def run(names, linux):
    names = [n for n in names if n not in machine.BOOT_ROWS]
    with machine.workdir() as folder:
        path = os.path.abspath(f'{folder}/gdb')
        sampler = Sampler(path)

        def on_row(name, figure):
            sampler.on.clear()
            print(f'{name:18} {figure}', flush=True)

        sampler.start()
        machine.run_rows(linux, names, on_row, option=f'-d {SECONDS}', on_repeats=sampler.on.set,
                         extra=(*machine.ICOUNT, '-gdb', 'chardev:gdb',
                                '-chardev', f'socket,path={path},server=on,wait=off,id=gdb'))
        sampler.join(10)
    report(sampler.counts, Symbols('build/vellum'))
    return 0

# SPDX-License-Identifier: GPL-2.0-only
"""Where instructions go, by function: the stack, sampled through QEMU's gdb stub.

The machine is stopped at moments that the host's clock picks, which under -icount
has nothing to do with what the guest does, so that samples are spread as the
instructions are.
"""

import bisect
import collections
import glob
import os
import socket
import subprocess
import threading
import time

from benching import flame, machine, unwind

NM = os.environ.get('CROSS', 'riscv64-linux-gnu-') + 'nm'
INTERVAL = 0.004        # seconds of the host between samples
SECONDS = 1             # of the guest's clock for each row
KERNEL_START = 1 << 63
REGISTERS = 33          # the general ones and the program counter, as the stub counts them
CHUNK = 1024            # of a stack, read at once
KERNEL = 'build/vellum'
FLAME = 'build/bench/flame.svg'


class Symbols:
    def __init__(self, elf):
        listing = subprocess.run([NM, '-n', elf], check=True, text=True, stdout=subprocess.PIPE).stdout
        found = [line.split() for line in listing.splitlines()]
        found = [(int(f[0], 16), f[2]) for f in found if len(f) == 3 and f[1] in 'tTwW' and f[2][0] != '.']
        self.addresses = [address for address, _ in found]
        self.names = [name for _, name in found]

        self.folders = {}
        objects = glob.glob('build/obj/**/*.o', recursive=True)
        listing = subprocess.run([NM, '-A', '--defined-only', *objects], text=True, stdout=subprocess.PIPE).stdout
        for line in listing.splitlines():
            path, _, rest = line.partition(':')
            self.folders[rest.split()[-1]] = path.removeprefix('build/obj/')

    def folder(self, name):
        """The first folder of the file that has function @name."""
        return self.folders.get(name, '').partition('/')[0]

    def is_leaf(self, pc):
        """Assembly that is called like a function; not the entry, and what leads into the kernel."""
        return pc >= KERNEL_START and self.folders.get(self.name(pc), '').startswith('arch/riscv/lib/')

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
        return self.receive('0123456789abcdefmlE')

    def stopped(self):
        """Wait until the machine has stopped. A stop may get lost on a busy host: ask, then."""
        for _ in range(10):
            try:
                return self.receive('TS')
            except TimeoutError:
                self.send('?')
        raise ConnectionError

    def sample(self):
        """Let the machine run for a while. Return: its registers then; the last is the program counter."""
        self.send('c')
        time.sleep(INTERVAL)
        self.socket.sendall(b'\x03')
        self.stopped()
        told = bytes.fromhex(self.ask('g'))
        return [int.from_bytes(told[8 * i:8 * i + 8], 'little') for i in range(REGISTERS)]


class Memory:
    """The stopped machine's, read in chunks."""

    def __init__(self, stub):
        self.stub, self.chunks = stub, {}

    def word(self, address):
        start = address // CHUNK * CHUNK
        if start not in self.chunks:
            told = self.stub.ask(f'm{start:x},{CHUNK:x}')
            self.chunks[start] = b'' if told[0] == 'E' else bytes.fromhex(told)
        at = address - start
        return int.from_bytes(self.chunks[start][at:at + 8], 'little')


class Sampler(threading.Thread):
    """Samples, which count while @on is set: neither the boot nor a row's preparation."""

    def __init__(self, path, symbols):
        super().__init__(daemon=True)
        self.path = path
        self.symbols = symbols
        self.frames = unwind.Frames(KERNEL)
        self.on = threading.Event()
        self.counts = collections.Counter()

    def run(self):
        self.on.wait()      # the boot runs at full speed
        stub = Stub(self.path)
        try:
            while True:
                registers = stub.sample()
                if self.on.is_set():
                    self.counts[self.stack(stub, registers)] += 1
        except (EOFError, ConnectionError):
            pass        # the machine is off

    def stack(self, stub, registers):
        """The names of the functions that are running, the outermost first."""
        pc = registers[-1]
        pcs = [pc]
        if pc >= KERNEL_START:
            pcs = self.frames.stack(registers, pc, Memory(stub).word, self.symbols.is_leaf)
        return tuple(map(self.symbols.name, reversed(pcs)))


def report(stacks, limit=45):
    """A table: by itself, summed up so far, and together with what it called."""
    alone, within = collections.Counter(), collections.Counter()
    for stack, n in stacks.items():
        alone[stack[-1]] += n
        for name in set(stack):
            within[name] += n
    total = sum(alone.values())
    print(f'{total} samples\n   alone   summed up   with callees')
    seen = 0
    for name, n in alone.most_common(limit):
        seen += n
        shares = (100 * count / total for count in (n, seen, within[name]))
        print('%6.2f %%    %6.2f %%       %6.2f %%  ' % tuple(shares) + name)


def run(names, linux):
    names = [n for n in names if n not in machine.BOOT_ROWS]
    with machine.workdir() as folder:
        path = os.path.abspath(f'{folder}/gdb')
        symbols = Symbols(KERNEL)
        sampler = Sampler(path, symbols)

        def on_row(name, figure):
            sampler.on.clear()
            print(f'{name:18} {figure}', flush=True)

        sampler.start()
        machine.run_rows(linux, names, on_row, option=f'-d {SECONDS}', on_repeats=sampler.on.set,
                         extra=(*machine.ICOUNT, '-gdb', 'chardev:gdb',
                                '-chardev', f'socket,path={path},server=on,wait=off,id=gdb'))
        sampler.join(10)
    if not sampler.counts:
        print('no samples: the rows were over too soon')
        return 1
    report(sampler.counts)
    with open(FLAME, 'w') as f:
        title = ' '.join(names) if len(names) <= 6 else f'{len(names)} rows'
        f.write(flame.Graph(title, sampler.counts, symbols.folder).svg())
    print(FLAME)
    return 0

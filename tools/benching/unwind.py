# SPDX-License-Identifier: GPL-2.0-only
"""From registers and stack to the callers, by what the compiler left in .debug_frame.

That is the DWARF standard's call frame information (version 3 of the section), as much of
it as a compiler writes for riscv64 code with a stack pointer: the kernel needs neither
frame pointers nor anything else for it. What has none, the entry code, ends a stack.
"""

import bisect
import struct

RA, SP = 1, 2
DEEPEST = 100
WORD = (1 << 64) - 1


def section(elf, name):
    """The bytes of a section of a 64-bit little-endian ELF file."""
    with open(elf, 'rb') as f:
        data = f.read()
    offset, = struct.unpack_from('<Q', data, 40)
    size, count, names = struct.unpack_from('<HHH', data, 58)
    headers = [struct.unpack_from('<IIQQQQ', data, offset + i * size) for i in range(count)]
    strings = headers[names][4]
    for at, _, _, _, start, length in headers:
        if data[strings + at:data.index(b'\0', strings + at)] == name.encode():
            return data[start:start + length]
    return b''


class Reader:
    """Numbers, one after the other."""

    def __init__(self, data, at, end):
        self.data, self.at, self.end = data, at, end

    def more(self):
        return self.at < self.end

    def fixed(self, size, signed=False):
        self.at += size
        return int.from_bytes(self.data[self.at - size:self.at], 'little', signed=signed)

    def leb(self, signed=False):
        value = shift = 0
        while True:
            byte = self.fixed(1)
            value |= (byte & 0x7f) << shift
            shift += 7
            if byte < 0x80:
                return value - (1 << shift) if signed and byte & 0x40 else value


class Row:
    """Where the caller's registers are, for one address: all relative to the CFA, which is
    the value of a register plus an offset."""

    def __init__(self, register=SP, offset=0, saved=()):
        self.register, self.offset = register, offset
        self.saved = dict(saved)

    def copy(self):
        return Row(self.register, self.offset, self.saved)


class Cie:
    """What the functions of a file have in common."""

    def __init__(self, reader):
        version, zero = reader.fixed(1), reader.fixed(1)
        if version not in (3, 4) or zero:
            raise ValueError('.debug_frame is of a kind that is not known here')
        if version == 4:
            reader.fixed(2)     # sizes of an address and of a segment
        self.code, self.data = reader.leb(), reader.leb(signed=True)
        reader.leb()            # the return address's register
        self.row = self.run(reader, 0, WORD, Row())

    def run(self, reader, address, pc, row):
        """Execute a program that begins at @address up to @pc. Return: the row there."""
        first, stack = row.copy(), []
        while reader.more():
            code = reader.fixed(1)
            kind, low = code >> 6, code & 0x3f
            if kind == 1 or code in (2, 3, 4):                      # advance_loc
                address += (low if kind == 1 else reader.fixed({2: 1, 3: 2, 4: 4}[code])) * self.code
                if address > pc:
                    break
            elif kind == 2:                                         # offset
                row.saved[low] = reader.leb() * self.data
            elif kind == 3 or code == 6:                            # restore
                register = low if kind == 3 else reader.leb()
                row.saved.pop(register, None)
                if register in first.saved:
                    row.saved[register] = first.saved[register]
            elif code == 5:                                         # offset_extended
                register = reader.leb()
                row.saved[register] = reader.leb() * self.data
            elif code in (7, 8):                                    # undefined, same_value
                row.saved.pop(reader.leb(), None)
            elif code == 0xa:                                       # remember_state
                stack.append(row.copy())
            elif code == 0xb:                                       # restore_state
                row = stack.pop()
            elif code == 0xc:                                       # def_cfa
                row.register, row.offset = reader.leb(), reader.leb()
            elif code == 0xd:                                       # def_cfa_register
                row.register = reader.leb()
            elif code == 0xe:                                       # def_cfa_offset
                row.offset = reader.leb()
            elif code:                                              # 0 is a nop
                raise ValueError(f'call frame instruction {code:#x}')
        return row


class Frames:
    """The rows of a kernel."""

    def __init__(self, elf):
        self.data = section(elf, '.debug_frame')
        self.functions = []         # (start, end, CIE, where its program begins and ends)
        self.rows = {}
        cies, at = {}, 0
        while at + 4 < len(self.data):
            reader = Reader(self.data, at, len(self.data))
            length = reader.fixed(4)
            reader.end = at + 4 + length
            cie = reader.fixed(4)
            if cie == 0xffffffff:
                cies[at] = Cie(reader)
            else:
                start = reader.fixed(8)
                self.functions.append((start, start + reader.fixed(8), cies[cie], reader.at, reader.end))
            at += 4 + length
        self.functions.sort(key=lambda f: f[0])
        self.starts = [f[0] for f in self.functions]

    def row(self, pc):
        """Return: the row for @pc; None where there is none."""
        if pc not in self.rows:
            self.rows[pc] = None
            i = bisect.bisect_right(self.starts, pc) - 1
            if i >= 0 and pc < self.functions[i][1]:
                start, _, cie, begin, end = self.functions[i]
                self.rows[pc] = cie.run(Reader(self.data, begin, end), start, pc, cie.row.copy())
        return self.rows[pc]

    def stack(self, registers, pc, read, is_leaf):
        """Addresses in the functions that are running, the innermost first. @read(address): the 64
        bits there; @is_leaf(pc): is this a function without a row that uses no stack?"""
        stack, registers = [pc], list(registers)
        row = self.row(pc)
        if not row and is_leaf(pc):
            pc = registers[RA] - 1
            row = self.row(pc)
            stack += [pc] if row else []
        while row and len(stack) < DEEPEST:
            # Only the innermost function may have its return address in the register alone.
            if RA not in row.saved and len(stack) > 1 and row.offset:
                break
            cfa = registers[row.register] + row.offset & WORD
            for register, offset in row.saved.items():
                registers[register] = read(cfa + offset & WORD)
            registers[SP] = cfa
            # Behind a call may be another function already: look at the call itself.
            pc = registers[RA] - 1 & WORD
            row = self.row(pc)
            stack += [pc] if row else []
        return stack

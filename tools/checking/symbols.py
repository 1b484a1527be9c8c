# SPDX-License-Identifier: GPL-2.0-only
"""Globals that only their own file uses, from the symbols and relocations of the objects."""

import os
import re
import subprocess

# Called by the compiler, by assembly through other names, or by the linker script.
KNOWN = re.compile(r'__ubsan_|__stack_chk|_start$|mem(cpy|set|move|cmp|chr)$|str\w+$|'
                   r'init_stack|kallsyms_|sys_\w+$|__')


def objects(top):
    return [os.path.join(here, name) for here, _, names in os.walk(top)
            for name in names if name.endswith('.o')]


def listing(*command):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


def check(top, declared, cross='riscv64-linux-gnu-'):
    """Returns (complaints, names of an interface that nobody uses yet).

    @declared is the text of the public headers: what stands there is offered.
    """
    offered = set(re.findall(r'\w+', declared))
    defined, wanted = {}, {}
    for obj in objects(top):
        source = os.path.relpath(obj, top)[:-2]
        if not os.path.exists(source):      # an object that outlived its source
            continue
        for line in listing(cross + 'nm', obj).splitlines():
            kind, name = line.split()[-2:]
            if kind in 'TDBR' and source.endswith('.c'):
                defined.setdefault(name, (source, obj))
            elif kind == 'U':
                wanted.setdefault(name, set()).add(source)
    own_use = {}
    complaints, unused = [], []
    for name, (source, obj) in sorted(defined.items()):
        if name in wanted or KNOWN.match(name) or source.startswith('lib/'):
            continue
        if obj not in own_use:
            own_use[obj] = set(re.findall(r'R_RISCV_\w+ +([\w.]+)', listing(cross + 'objdump', '-r', obj)))
        if name in own_use[obj] and name not in offered:
            complaints.append(f'{source}: {name} could be static')
        else:
            unused.append(f'{source}: {name}')
    return complaints, unused

# SPDX-License-Identifier: GPL-2.0-only
"""Globals that only their own file uses, or nobody: from symbols and relocations of the objects."""

import os
import re
import subprocess
from collections import Counter

# Called by the compiler, by assembly through other names, or by the linker script.
KNOWN = re.compile(r'__ubsan_|__stack_chk|_start$|mem(cpy|set|move|cmp|chr)$|str\w+$|'
                   r'init_stack|kallsyms_|sys_\w+$|__')


def objects(top):
    return [os.path.join(here, name) for here, _, names in os.walk(top)
            for name in names if name.endswith('.o')]


def listing(*command):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*', re.S)


def words(paths):
    """How often each word stands in these files, outside comments."""
    count = Counter()
    for path in paths:
        with open(path, encoding='utf-8') as f:
            count.update(re.findall(r'\w+', COMMENT.sub(' ', f.read())))
    return count


def check(top, declared, code, cross='riscv64-linux-gnu-'):
    """Returns (could be static, nobody uses it).

    @declared is the text of the public headers: what stands there is offered.
    @code are the files that may use something; a definition and a declaration are no use.
    """
    offered = set(re.findall(r'\w+', declared))
    count = words(code)
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
    local, unused = [], []
    for name, (source, obj) in sorted(defined.items()):
        if name in wanted or KNOWN.match(name) or source.startswith('lib/'):
            continue
        if obj not in own_use:
            own_use[obj] = set(re.findall(r'R_RISCV_\w+ +([\w.]+)', listing(cross + 'objdump', '-r', obj)))
        if name in own_use[obj] and name not in offered:
            local.append(f'{source}: {name} could be static')
        elif name not in own_use[obj] and count[name] <= 2:
            unused.append(f'{source}: {name}')
    return local, unused

# SPDX-License-Identifier: GPL-2.0-only
"""What can be read off the text of a file: licence line, #if, lengths."""

import re

LICENCE = 'SPDX-License-Identifier: GPL-2.0-only'
LONG_FILE, LONG_FUNCTION = 500, 70


def first_lines(files):
    for path in files:
        with open(path, encoding='utf-8') as f:
            head = f.readline() + f.readline()
        if LICENCE not in head:
            yield f'{path}:1: no licence line'


def conditionals(files):
    """#if in a .c file outside arch: "if (CONFIG_X)" keeps both branches compiled."""
    for path in files:
        if not path.endswith('.c') or path.startswith('arch/'):
            continue
        with open(path, encoding='utf-8') as f:
            for number, line in enumerate(f, 1):
                if re.match(r'\s*#\s*(if|ifdef|ifndef)\b', line):
                    yield f'{path}:{number}: #if in a .c file'


def lengths(files):
    """(length, what) of each function and file that is longer than is comfortable."""
    for path in files:
        if not path.endswith(('.c', '.h')):
            continue
        with open(path, encoding='utf-8') as f:
            lines = f.read().splitlines()
        if len(lines) > LONG_FILE:
            yield len(lines), f'{path}: the file'
        start = None
        for number, line in enumerate(lines, 1):
            if line == '{':
                start = number
            elif line == '}' and start:
                if number - start > LONG_FUNCTION:
                    head = next((x for x in reversed(lines[max(0, start - 6):start - 1])
                                 if re.match(r'\w.*\(', x)), '?')
                    name = re.search(r'(\w+)\(', head)
                    yield number - start, f'{path}:{start}: {name[1] if name else "?"}()'
                start = None

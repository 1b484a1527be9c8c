# SPDX-License-Identifier: GPL-2.0-only
"""Pure kernel files, compiled for the host with sanitizers: tools/host/*.c.

A line "SOURCES: mm/vma_tree.c lib/rbtree.c" in a comment near a test's top names
the kernel files that it is linked with.
"""

import os
import re
import subprocess
import time

from testing.guest import Tap

FLAGS = ('-std=gnu17 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all '
         '-fno-omit-frame-pointer -fno-strict-aliasing -Wall -Wextra -Wno-unused-parameter '
         '-Wno-sign-compare -Wno-missing-field-initializers -DCONFIG_DEBUG=1 -DHOST_TEST '
         '-Itools/host/include -Iinclude -I. -include include/kernel/config.h').split()
LIMIT = 300


class HostTest:
    def __init__(self, source):
        self.source = source
        self.name = 'host/' + os.path.basename(source)[:-2]
        self.weight = 20

    def selected(self, report):
        return report.selects(self.name)

    def run(self, report, workdir, make_vm):
        program = os.path.join(workdir, 'test')
        start = time.monotonic()
        with open(self.source, encoding='utf-8') as f:
            needs = re.search(r'SOURCES:(.*)', f.read(2000))
        kernel_files = needs[1].replace('*/', '').split() if needs else []
        made = subprocess.run(['gcc', *FLAGS, '-o', program, self.source, *kernel_files, '-pthread'], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if made.returncode:
            report.result(self.name, 'does not compile', details=made.stdout.splitlines()[:40])
            return
        tap, how, number = Tap(), 'exit', 0
        try:
            ran = subprocess.run([program], text=True, errors='replace', timeout=LIMIT,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            for line in ran.stdout.splitlines():
                tap.feed(line)
            number = ran.returncode
            if number < 0:
                how, number = 'signal', -number
        except subprocess.TimeoutExpired:
            how, number = 'timeout', LIMIT
        report.result(self.name, tap.verdict(how, number), time.monotonic() - start,
                      f'{tap.passed} points', (tap.failures or tap.said)[-40:])


def jobs():
    folder = 'tools/host'
    if not os.path.isdir(folder):
        return []
    return [HostTest(f'{folder}/{name}') for name in sorted(os.listdir(folder)) if name.endswith('.c')]

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
         '-Itools/host/include -Iinclude -Iarch/riscv/include -I. -include include/kernel/config.h').split()
LIMIT = 300


class HostTest:
    def __init__(self, source):
        self.source = source
        self.name = 'host/' + os.path.basename(source)[:-2]
        self.weight = 20

    def selected(self, report):
        return report.selects(self.name)

    def device_tree(self, workdir):
        """The tree that QEMU makes for its machine, for those who read one."""
        path = os.path.join(workdir, 'virt.dtb')
        if 'fdt' in self.name:
            subprocess.run(['qemu-system-riscv64', '-M', f'virt,dumpdtb={path}', '-smp', '3', '-m', '128M',
                            '-display', 'none'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return path

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
            ran = subprocess.run([program], env=dict(os.environ, DTB=self.device_tree(workdir)),
                                 text=True, errors='replace', timeout=LIMIT,
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

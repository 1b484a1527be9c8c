# SPDX-License-Identifier: GPL-2.0-only
"""The disks that the guest tests find beside the root: vdb is sound, with a filesystem
to be damaged; vdc and vdd fail.

QEMU's blkdebug makes the errors. A sector in a list fails for ever, in every request
that touches it. usr/tests/fs/baddisk.h says the same to the programs.
"""

import os
import subprocess

BLOCK = 4096 // 512         # sectors of a block
BAD_READ, BAD_WRITE = 1000, 1100
SIZE = 8 << 20


def sound(path):
    """A disk with a small filesystem of many groups and small blocks."""
    env = dict(os.environ, PATH=os.environ['PATH'] + ':/usr/sbin:/sbin')
    subprocess.run(['mke2fs', '-q', '-F', '-t', 'ext2', '-O', '^resize_inode', '-b', '1024', '-g', '2048',
                    '-N', '512', path, '8M'], env=env, check=True, stdout=subprocess.DEVNULL)
    return f'format=raw,file={_quoted(path)}'


def failing(path, *errors):
    """A disk with @errors: (what fails: read, write or flush; at which sector, None: anywhere)."""
    with open(path, 'wb') as f:
        f.truncate(SIZE)
    told = ['driver=raw', 'file.driver=blkdebug', 'file.image.driver=file',
            f'file.image.filename={_quoted(path)}', 'werror=report', 'rerror=report']
    for n, (what, sector) in enumerate(errors):
        rule = f'file.inject-error.{n}'
        told += [f'{rule}.event=none', f'{rule}.iotype={what}', f'{rule}.errno=5']
        if sector is not None:
            told.append(f'{rule}.sector={sector}')
    return ','.join(told)


def attach(workdir):
    """The spares of a machine of the guest suites, made anew in @workdir."""
    return [sound(os.path.join(workdir, 'vdb.img')),
            failing(os.path.join(workdir, 'vdc.img'),
                    ('read', BAD_READ * BLOCK), ('write', BAD_WRITE * BLOCK)),
            # its super block, and whatever is to be made durable
            failing(os.path.join(workdir, 'vdd.img'), ('read', 2), ('flush', None))]


def _quoted(path):
    return path.replace(',', ',,')

# SPDX-License-Identifier: GPL-2.0-only
"""Copy a host folder into an ext2 image, by debugfs: needs no root and no mount."""

import os
import stat
import subprocess
import tempfile


def quote(name):
    if '"' in name or '\n' in name:
        raise OSError(f'cannot copy a file of this name into a disk: {name!r}')
    return f'"{name}"'


def commands(folder):
    """debugfs commands that put each thing of @folder in its place, root-owned."""
    for here, dirs, files in os.walk(folder):
        inside = '/' + os.path.relpath(here, folder)
        inside = os.path.normpath(inside)
        yield f'cd {quote(inside)}'
        for name in sorted(dirs + files):
            path = os.path.join(here, name)
            mode = os.lstat(path).st_mode
            if stat.S_ISLNK(mode):
                yield f'rm {quote(name)}'
                yield f'symlink {quote(name)} {quote(os.readlink(path))}'
            elif stat.S_ISREG(mode):
                yield f'rm {quote(name)}'
                yield f'write {quote(os.path.abspath(path))} {quote(name)}'
                yield f'sif {quote(name)} mode 0{mode:o}'
            elif stat.S_ISDIR(mode):
                # Says so and goes on when it is there already, a link included.
                yield f'mkdir {quote(name)}'
                continue
            else:
                raise OSError(f'neither file, folder nor link: {path}')
            yield f'sif {quote(name)} uid 0'
            yield f'sif {quote(name)} gid 0'


def copy_into(folder, disk):
    """Raises OSError when @folder or @disk is not there or @disk lacks room."""
    if not os.path.isdir(folder):
        raise OSError(f'OVERLAY={folder} is not a folder')
    env = dict(os.environ, PATH=os.environ['PATH'] + ':/usr/sbin:/sbin')
    # Only a disk whose free blocks are known may be written to.
    subprocess.run(['e2fsck', '-p', disk], env=env, stdout=subprocess.DEVNULL)
    with tempfile.NamedTemporaryFile('w', suffix='.debugfs') as script:
        script.write('\n'.join(commands(folder)) + '\n')
        script.flush()
        done = subprocess.run(['debugfs', '-w', '-f', script.name, disk], env=env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    for line in done.stdout.splitlines():
        if done.returncode or 'No free space' in line or 'Could not allocate' in line:
            raise OSError(f'copying {folder} into {disk}: {line}')

# SPDX-License-Identifier: GPL-2.0-only
"""Copy a host folder into an ext2 image, by debugfs: needs no root and no mount.

Files replace files of their name; a folder that is a link on the disk (/bin) is
followed. debugfs damages a disk when it is told to make what is there already,
so each folder is looked up first.
"""

import os
import posixpath
import re
import stat
import subprocess
import tempfile

MAX_LINKS = 16


def quote(name):
    if '"' in name or '\n' in name:
        raise OSError(f'cannot copy a file of this name into a disk: {name!r}')
    return f'"{name}"'


def debugfs(disk, *options):
    env = dict(os.environ, PATH=os.environ['PATH'] + ':/usr/sbin:/sbin', LC_ALL='C')
    done = subprocess.run(['debugfs', *options, disk], env=env, text=True, errors='replace',
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout


def kind(disk, path):
    """('directory' or 'symlink' or ..., target of a link); (None, None) if there is nothing."""
    said = debugfs(disk, '-R', f'stat {quote(path)}')
    found = re.search(r'Type: (\w+)', said)
    if not found:
        return None, None
    target = re.search(r'Fast link dest: "(.*)"', said)
    if found[1] == 'symlink' and not target:
        target = re.match(r'(.*)', debugfs(disk, '-R', f'cat {quote(path)}').split('\n', 1)[-1])
    return found[1], target and target[1]


def locate(disk, path):
    """Where the folder @path of the overlay is on the disk: (path, is it there)."""
    here = '/'
    todo = [p for p in path.split('/') if p not in ('', '.')]
    links = 0
    while todo:
        there = posixpath.normpath(posixpath.join(here, todo[0]))
        what, target = kind(disk, there)
        if what is None:
            return posixpath.join(here, *todo), False
        if what == 'symlink':
            links += 1
            if links > MAX_LINKS:
                raise OSError(f'too many links on the way to {path}')
            todo[:1] = [p for p in target.split('/') if p not in ('', '.')]
            if target.startswith('/'):
                here = '/'
        elif what == 'directory':
            here = there
            todo.pop(0)
        else:
            raise OSError(f'{there} on the disk is not a folder')
    return here, True


def file_commands(path, name):
    """debugfs commands that put one thing, owned by root, into the current folder."""
    mode = os.lstat(path).st_mode
    yield f'rm {quote(name)}'
    if stat.S_ISLNK(mode):
        yield f'symlink {quote(name)} {quote(os.readlink(path))}'
    elif stat.S_ISREG(mode):
        yield f'write {quote(os.path.abspath(path))} {quote(name)}'
        yield f'sif {quote(name)} mode 0{mode:o}'
    else:
        raise OSError(f'neither file, folder nor link: {path}')
    yield f'sif {quote(name)} uid 0'
    yield f'sif {quote(name)} gid 0'


def commands(folder, disk):
    """debugfs commands for all of @folder."""
    for here, dirs, files in os.walk(folder):
        inside, exists = locate(disk, os.path.relpath(here, folder))
        if not exists:
            parent, name = posixpath.split(inside)
            yield f'cd {quote(parent)}'
            yield f'mkdir {quote(name)}'
            yield f'sif {quote(name)} mode 0{os.stat(here).st_mode:o}'
        yield f'cd {quote(inside)}'
        links = [d for d in dirs if os.path.islink(os.path.join(here, d))]
        for name in sorted(files + links):
            yield from file_commands(os.path.join(here, name), name)


def copy_into(folder, disk):
    """Raises OSError when @folder or @disk is not there or @disk lacks room."""
    if not os.path.isdir(folder):
        raise OSError(f'OVERLAY={folder} is not a folder')
    env = dict(os.environ, PATH=os.environ['PATH'] + ':/usr/sbin:/sbin')
    # Only a disk whose free blocks are known may be written to.
    subprocess.run(['e2fsck', '-p', disk], env=env, stdout=subprocess.DEVNULL)
    with tempfile.NamedTemporaryFile('w', suffix='.debugfs') as script:
        script.write('\n'.join(commands(folder, disk)) + '\n')
        script.flush()
        said = debugfs(disk, '-w', '-f', script.name)
    for line in said.splitlines():
        if re.search(r'No free space|Could not allocate|not enough space|while opening', line):
            raise OSError(f'copying {folder} into {disk}: {line}')

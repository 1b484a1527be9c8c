# SPDX-License-Identifier: GPL-2.0-only
"""Who may include whose headers: the folder table of Documentation, executed.

A file's layer is its folder (a header's: the folder below include/), and an
#include line names the layer that it reaches into: <mm/slab.h>.
"""

import os
import re

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)

# layer -> what it may include: a layer, or one header of it. ABI headers
# (<linux/...>, <asm/...>) and the compiler's own are everybody's.
MAY = {
    'lib': {'lib'},
    # Files, inodes and where their data goes to, by their interface.
    'mm': {'lib', 'mm', 'kernel', 'arch', 'fs/fs.h', 'fs/uio.h'},
    'kernel': {'lib', 'kernel', 'mm', 'arch', 'fs'},
    'arch': {'lib', 'arch', 'kernel', 'mm'},
    # The VFS hands pages and blocks on; it knows neither page tables nor rmap.
    'fs': {'lib', 'fs', 'kernel', 'mm', 'arch/uaccess.h', 'arch/page.h', 'drivers/block.h'},
    # A filesystem knows the VFS and its library, and pages by their interface.
    'fs/*': {'lib', 'fs', 'kernel', 'mm/gfp.h', 'mm/page.h', 'mm/pagemap.h', 'mm/slab.h',
             'mm/vmalloc.h', 'mm/writeback.h', 'arch/page.h'},
    'drivers': {'lib', 'kernel', 'drivers', 'arch', 'mm/gfp.h', 'mm/page.h', 'mm/page_alloc.h',
                'mm/slab.h', 'mm/vmalloc.h', 'mm/vmstat.h', 'fs/fs.h', 'fs/poll.h', 'fs/uio.h', 'fs/seq_file.h'},
    'init': {'lib', 'kernel', 'mm', 'arch', 'fs', 'drivers', 'init'},
}

# Never, whatever the table says: the insides of a layer.
INSIDES = {
    'fs': {'mm/rmap.h', 'arch/pgtable.h', 'arch/tlb.h', 'mm/buddy.h', 'mm/memblock.h'},
}

# file (or folder/) -> header -> why this one may.
EXCEPTIONS = {
    # What a new program starts with is registers, and what it may be told is auxv.
    'fs/exec.c': {'arch/processor.h'},
    'fs/binfmt_elf.c': {'arch/processor.h'},
    # A filesystem supplies vm_operations and answers ioctls; it mounts a device.
    'fs/ext2/file.c': {'mm/mm.h', 'arch/uaccess.h', 'drivers/block.h'},
    'fs/ext2/super.c': {'drivers/block.h'},
    # A cache that goes when memory is short.
    'fs/ext2/dir_index.c': {'mm/reclaim.h'},
    # tmpfs is memory with names: it accounts pages, and supplies vm_operations.
    'fs/tmpfs/': {'mm/mm.h', 'mm/page_alloc.h', 'mm/userfaultfd.h', 'arch/uaccess.h'},
    # Shared anonymous memory is a tmpfs file.
    'mm/mmap.c': {'fs/shmem.h'},
    # Of files, a userfaultfd serves tmpfs alone, whose holes it fills.
    'mm/userfaultfd_fill.c': {'fs/shmem.h'},
    'mm/userfaultfd_register.c': {'fs/shmem.h'},
    # A session has a controlling terminal: it is counted at fork, given up at exit.
    'kernel/exit.c': {'drivers/tty.h'},
    'kernel/fork.c': {'drivers/tty.h'},
    'kernel/fork_signal.c': {'drivers/tty.h'},
    'kernel/sys_pid.c': {'drivers/tty.h'},
    # Before the power goes, what was written to terminals goes out.
    'kernel/sys.c': {'drivers/tty.h'},
    # A block device is a file whose pages are the cache of its metadata.
    'drivers/block/': {'fs/buffer.h', 'mm/pagemap.h', 'mm/writeback.h'},
    # /dev/zero is memory under a file's name.
    'drivers/char/mem.c': {'mm/mm.h', 'fs/shmem.h'},
    # Pseudo-terminals have their names in a filesystem of their own.
    'drivers/tty/pty.c': {'fs/devpts_fs.h'},
    # proc tells about every part of the kernel what that part's interface says.
    'fs/proc/': {'mm/mm.h', 'mm/page_alloc.h', 'mm/reclaim.h', 'mm/userfaultfd.h', 'arch/uaccess.h', 'arch/processor.h',
                 'arch/pgtable.h', 'drivers/block.h', 'drivers/tty.h'},
}

LIB_ARCH = {
    # Constants of the machine, no code: sizes that types and bitmaps are made of.
    'arch/page.h', 'arch/barrier.h', 'arch/atomic.h', 'arch/cmpxchg.h',
}


def layer_of(path):
    parts = path.split('/')
    if path.startswith('arch/riscv/'):
        return 'arch'
    if parts[0] == 'include':
        return parts[1] if len(parts) > 2 else None
    if parts[0] == 'fs' and len(parts) > 2:
        return 'fs/*'
    return parts[0] if parts[0] in MAY else None


def area(path):
    """Folders that share private headers: all of mm, but fs/ext2 and fs/proc apart."""
    folders = path.split('/')[:-1]
    return folders[:2] if folders[0] in ('fs', 'drivers') else folders[:1]


def allowed(path, layer, header):
    target = header.split('/')[0]
    if target not in MAY:           # linux/, asm/, stddef.h
        return True
    for place, headers in EXCEPTIONS.items():
        if (path == place or (place.endswith('/') and path.startswith(place))) and header in headers:
            return True
    if header in INSIDES.get(layer.split('/')[0], ()):
        return False
    if layer == 'lib' and header in LIB_ARCH:
        return True
    may = MAY[layer]
    return target in may or header in may


def check(files):
    """Yields a complaint per #include line that reaches too far."""
    for path in files:
        layer = layer_of(path)
        if not layer:
            continue
        with open(path, encoding='utf-8') as f:
            text = f.read()
        for match in INCLUDE.finditer(text):
            line = text.count('\n', 0, match.start(2)) + 1
            quoted, header = match[1] == '"', match[2]
            if quoted and os.path.exists(os.path.join(os.path.dirname(path), header)):
                there = os.path.normpath(os.path.join(os.path.dirname(path), header))
                if area(there) == area(path):
                    continue
                yield f'{path}:{line}: "{header}" leaves its folder'
            elif not allowed(path, layer, header):
                yield f'{path}:{line}: {layer} must not know <{header}>'

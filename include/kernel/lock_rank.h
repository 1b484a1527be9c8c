/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lock order of the whole kernel, outermost first. A lock may be taken
 * only while every lock already held has a smaller rank; locks of equal rank
 * nest only through the *_nested() calls, whose comment says by which order
 * (parent before child, by address). Debug builds check each acquisition, that
 * nothing sleeps under a spinlock, and that user mode is entered with none held.
 */
#ifndef KERNEL_LOCK_RANK_H
#define KERNEL_LOCK_RANK_H

enum lock_rank {
	/* sleeping locks */
	LR_NONE = 0,
	LR_F_POS,		/* file->f_pos_lock */
	LR_SEQ_FILE,		/* seq_file->lock: what it shows is locked inside */
	LR_MOUNT,		/* namespace: mount, umount */
	LR_EXEC,		/* signal->cred_guard_mutex */
	LR_TTY,			/* tty open/close/termios */
	LR_TTY_READ,		/* one reader of a tty at a time */
	LR_TTY_WRITE,		/* one writer of a tty at a time */
	LR_EPOLL,
	LR_SYSLOG,		/* readers of the log by syslog(2) */
	LR_S_UMOUNT,		/* super_block->s_umount */
	LR_S_RENAME,		/* super_block->s_vfs_rename_mutex */
	LR_I_RWSEM_DIR,		/* directories; nested: parent before child, else by address */
	LR_I_RWSEM,		/* other inodes; two: by address */
	LR_LOOKUP,		/* one filesystem lookup of a name at a time */
	LR_PIPE,		/* pipe->mutex; two pipes: by address */
	LR_MMAP,		/* mm->mmap_lock; two only at fork: parent before child */
	LR_VMA,			/* per-VMA write side */
	LR_IPC,			/* System V ipc tables */
	LR_INVALIDATE,		/* mapping->invalidate_lock: fault in / truncate */
	LR_FOLIO,		/* PG_locked; two of a mapping: by index (not checked) */
	LR_FS_TRUNCATE,		/* a filesystem's block-tree lock of an inode */
	LR_FS_ALLOC,		/* a filesystem's allocation bitmaps */
	LR_I_MMAP,		/* mapping->i_mmap_rwsem */
	LR_ANON_VMA,		/* anon_vma->rwsem */
	LR_FS_META,		/* folio locks of metadata (block device mapping) */
	LR_BDEV,		/* open and close of block devices */
	LR_VMALLOC,
	LR_KERNEL_MUTEX,	/* innermost sleeping lock for small private state */

	/* spinlocks */
	LR_SPIN,
	LR_MM_ARGS = LR_SPIN,	/* mm->arg_lock */
	LR_MMLIST,
	LR_PTL,			/* page-table page lock; two: by address */
	LR_MM_PGTABLE,		/* mm->page_table_lock: installing tables */
	LR_FILES,		/* files_struct->file_lock */
	LR_FS_STRUCT,		/* fs_struct->lock */
	LR_RENAME,		/* the shape of the dentry tree: names and parents */
	LR_D_LOCK,		/* dentry->d_lock; nested: parent before child */
	LR_MOUNT_HASH,
	LR_SB_LIST,
	LR_I_LOCK,		/* inode->i_lock */
	LR_INODE_HASH,
	LR_DCACHE_HASH,
	LR_DCACHE_LRU,
	LR_INODE_LRU,
	LR_DIR_INDEX,		/* a filesystem's list of directory indices */
	LR_WB_LIST,		/* a superblock's dirty inodes */
	LR_F_LOCK,		/* file->f_lock, file locks, fasync */
	LR_I_PAGES,		/* mapping->i_pages lock (irq) */
	LR_BUFFER,		/* per-folio block state */
	LR_LRU,			/* page lists of reclaim */
	LR_TTY_LDISC,		/* tty->lock: line discipline, lines being edited */
	LR_TTY_CTRL,		/* tty->ctrl: pgrp, session, flow */
	LR_TASKLIST,		/* process tree; irq */
	LR_IPC_OBJECT,		/* one System V object */
	LR_IPC_UNDO,		/* what a process is to undo of semaphores */
	LR_FUTEX,		/* hash bucket; two: by address */
	LR_SIGLOCK,		/* sighand->siglock (irq) */
	LR_PIDMAP,
	LR_CRED,
	LR_TIMER_TASK,		/* timerfds that hear of a clock being set */
	LR_WORKQUEUE,
	LR_DRIVER,		/* device queues, uart (irq) */
	LR_TTY_BUF,
	LR_FOLIO_WAIT,		/* hashed page wait queues */
	LR_UFFD,		/* userfaultfd_ctx->lock; wakes inside */
	LR_WAITQUEUE,		/* wait_queue_head.lock (irq) */
	LR_TIMER_BASE,		/* per-CPU timers (irq) */
	LR_WORK_POOL,		/* queued work; wakes workers inside (irq) */
	LR_TASK,		/* task->pi_lock: wakeups (irq) */
	LR_RQ,			/* runqueue (irq); two: by cpu number */
	LR_RCU,
	LR_VMAP_AREA,
	LR_SLAB,		/* kmem_cache lists (irq) */
	LR_ZONE,		/* buddy lists (irq) */
	LR_ASID,
	LR_RANDOM,
	LR_IPI,
	LR_LEAF,		/* takes nothing inside */
	LR_CONSOLE,		/* printk ring and console: may be taken under anything */
	LR_MAX,
};

#endif

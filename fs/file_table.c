// SPDX-License-Identifier: GPL-2.0-only
/*
 * Open files: allocation, references, and the last close.
 *
 * struct file memory stays a struct file for a grace period (SLAB_TYPESAFE_BY_RCU), so a
 * descriptor can be looked up without locks: take a reference unless the count is zero,
 * then look again whether the descriptor still means this file. Freed files keep their
 * locks initialised and their count at zero: that is the constructed state.
 *
 * The last fput() closes at once, in the caller's context, which may sleep.
 */
#include "vfs_internal.h"
#include <fs/eventpoll.h>
#include <mm/mm.h>
#include <kernel/init.h>
#include <fs/pipe_fs.h>

static struct kmem_cache *filp_cache;
static unsigned long files_open;
unsigned long sysctl_max_files;

static void file_ctor(void *p)
{
	struct file *f = p;

	memset(f, 0, sizeof(*f));
	mutex_init(&f->f_pos_lock, LR_F_POS);
	spin_lock_init(&f->f_lock, LR_F_LOCK);
}

/** nr_files - struct files in use. */
unsigned long nr_files(void)
{
	return READ_ONCE(files_open);
}

/**
 * alloc_empty_file - an unopened file.
 * @flags: O_*
 * Context: may sleep.
 * Return: count 1; ERR_PTR(-ENFILE, -ENOMEM).
 */
struct file *alloc_empty_file(int flags, const struct cred *cred)
{
	struct file *f;

	if (unlikely(READ_ONCE(files_open) >= sysctl_max_files) && !capable(CAP_SYS_ADMIN)) {
		printk_once(KERN_INFO "VFS: file-max limit %lu reached\n", sysctl_max_files);
		return ERR_PTR(-ENFILE);
	}
	f = kmem_cache_alloc(filp_cache, GFP_KERNEL);
	if (unlikely(!f))
		return ERR_PTR(-ENOMEM);
	__atomic_fetch_add(&files_open, 1, __ATOMIC_RELAXED);
	f->f_mode = OPEN_FMODE(flags);
	f->f_flags = flags;
	f->f_op = NULL;
	f->f_mapping = NULL;
	f->f_inode = NULL;
	f->private_data = NULL;
	f->f_pos = 0;
	f->f_path.mnt = NULL;
	f->f_path.dentry = NULL;
	f->f_cred = get_cred(cred);
	f->f_wb_err = 0;
	f->f_sb_err = 0;
	f->f_owner_pid = NULL;
	f->f_owner_sig = 0;
	f->f_owner_group = false;
	/* visible to lockless lookups from here */
	__atomic_store_n(&f->f_count.counter, 1, __ATOMIC_RELEASE);
	return f;
}

static void __file_free(struct file *f)
{
	put_cred(f->f_cred);
	if (unlikely(f->f_owner_pid))
		put_pid(f->f_owner_pid);
	__atomic_fetch_sub(&files_open, 1, __ATOMIC_RELAXED);
	kmem_cache_free(filp_cache, f);
}

/* The count is zero. */
static noinline void __fput(struct file *f)
{
	struct inode *inode = f->f_inode;
	fmode_t mode = f->f_mode;

	if (unlikely(!(mode & FMODE_OPENED))) {
		dput(f->f_path.dentry);
		mntput(f->f_path.mnt);
		__file_free(f);
		return;
	}
	if (unlikely(!hlist_empty(&f->f_ep)))
		eventpoll_release(&f->f_ep);
	if (unlikely(inode->i_flctx))
		locks_remove_file(f);
	if (unlikely(f->f_flags & FASYNC) && f->f_op->fasync)
		f->f_op->fasync(-1, f, 0);
	if (f->f_op->release)
		f->f_op->release(inode, f);
	if (mode & FMODE_WRITER) {
		put_write_access(inode);
		mnt_drop_write(f->f_path.mnt);
	}
	dput(f->f_path.dentry);
	mntput(f->f_path.mnt);
	__file_free(f);
}

/**
 * fput - give a reference back; the last closes the file.
 * Context: may sleep; no inode locks held.
 */
void fput(struct file *f)
{
	if (atomic64_dec_and_test(&f->f_count))
		__fput(f);
}

/**
 * alloc_file_pseudo - an open file on a kern_mount, without a name in any directory.
 * @inode: its reference is consumed on success
 * Return: ERR_PTR(-ENFILE, -ENOMEM).
 */
struct file *alloc_file_pseudo(struct inode *inode, struct vfsmount *m, const char *name,
			       int flags, const struct file_operations *fop)
{
	struct qstr q = { .name = (const unsigned char *)name, .len = strlen(name) };
	struct dentry *d = d_alloc_pseudo(m->mnt_sb, &q);
	struct file *f;

	if (!d)
		return ERR_PTR(-ENOMEM);
	f = alloc_empty_file(flags, current_cred());
	if (IS_ERR(f)) {
		dput(d);
		return f;
	}
	d_instantiate(d, inode);
	f->f_path.mnt = mntget(m);
	f->f_path.dentry = d;
	f->f_inode = inode;
	f->f_mapping = inode->i_mapping;
	f->f_wb_err = errseq_sample(&f->f_mapping->wb_err);
	if ((f->f_mode & FMODE_READ) && (fop->read || fop->read_iter))
		f->f_mode |= FMODE_CAN_READ;
	if ((f->f_mode & FMODE_WRITE) && (fop->write || fop->write_iter))
		f->f_mode |= FMODE_CAN_WRITE;
	if (fop->llseek && fop->llseek != no_llseek)
		f->f_mode |= FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE | FMODE_ATOMIC_POS;
	f->f_mode |= FMODE_OPENED;
	f->f_op = fop;
	file_ra_state_init(&f->f_ra, f->f_mapping);
	return f;
}

void __init files_init(void)
{
	filp_cache = kmem_cache_create("filp", sizeof(struct file), 0,
				       SLAB_PANIC | SLAB_TYPESAFE_BY_RCU | SLAB_HWCACHE_ALIGN, file_ctor);
	/* a tenth of memory at most, as files with their inode and dentry take about 1 KiB */
	sysctl_max_files = max(totalram_pages() * (PAGE_SIZE / 1024) / 10, 8192ul);
}

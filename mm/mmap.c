// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmap: what is asked, may it be, where, and then doing it.
 *
 *	sys_mmap -> vm_mmap_pgoff (lock, populate) -> do_mmap (checks, in Linux's order)
 *		-> mmap_region (accounting, the driver's part, the VMA)
 *
 * Everything that can fail is done before an old mapping is given up, so that a
 * MAP_FIXED that fails leaves it alone. The exception is a device, whose ->mmap may
 * fill the page tables at once: there the old mapping must go first.
 *
 * Where to put mappings is decided in unmapped_area.c.
 */
#include "vma_internal.h"
#include <fs/fs.h>
#include <fs/shmem.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <linux/personality.h>

#define MAP_SHIFT_BITS	((unsigned long)MAP_HUGE_MASK << MAP_HUGE_SHIFT)

/* the flags that MAP_SHARED and MAP_PRIVATE have always taken; others they ignore */
#define LEGACY_MAP_MASK (MAP_SHARED | MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_DENYWRITE | \
			 MAP_EXECUTABLE | MAP_GROWSDOWN | MAP_LOCKED | MAP_NORESERVE | \
			 MAP_POPULATE | MAP_NONBLOCK | MAP_STACK | MAP_HUGETLB | MAP_SHIFT_BITS)

static unsigned long prot_flags(unsigned long prot)
{
	return prot & (PROT_READ | PROT_WRITE | PROT_EXEC);	/* VM_ has the same numbers */
}

static unsigned long map_flags(unsigned long flags)
{
	return (flags & MAP_GROWSDOWN ? VM_GROWSDOWN : 0) | (flags & MAP_LOCKED ? VM_LOCKED : 0) |
	       (flags & MAP_SYNC ? VM_SYNC : 0) | (flags & MAP_STACK ? VM_NOHUGEPAGE : 0);
}

static unsigned long round_hint_to_min(unsigned long hint)
{
	hint &= PAGE_MASK;
	return hint && hint < mmap_min_addr ? PAGE_ALIGN(mmap_min_addr) : hint;
}

/* the largest file of its kind must still hold page @pgoff + @len */
static bool file_mmap_ok(struct inode *inode, unsigned long pgoff, unsigned long len)
{
	/* devices know themselves, but bytes are counted in 64 bits */
	u64 maxsize = S_ISREG(inode->i_mode) || S_ISBLK(inode->i_mode) ?
		      (u64)inode->i_sb->s_maxbytes : ULONG_MAX;

	if (maxsize < len)
		return false;
	return pgoff <= (maxsize - len) >> PAGE_SHIFT;
}

/* what @file allows. Return: 0 or -errno; *@vm_flags as the file has it */
static int file_flags(struct file *file, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long pgoff, unsigned long *vm_flags)
{
	struct inode *inode = file_inode(file);

	if (!file_mmap_ok(inode, pgoff, len))
		return -EOVERFLOW;
	switch (flags & MAP_TYPE) {
	case MAP_SHARED:
		flags &= LEGACY_MAP_MASK;
		fallthrough;
	case MAP_SHARED_VALIDATE:
		/* no filesystem here can do MAP_SYNC */
		if (flags & ~LEGACY_MAP_MASK)
			return -EOPNOTSUPP;
		if ((prot & PROT_WRITE) && !(file->f_mode & FMODE_WRITE))
			return -EACCES;
		if (IS_APPEND(inode) && (file->f_mode & FMODE_WRITE))
			return -EACCES;
		*vm_flags |= VM_SHARED | VM_MAYSHARE;
		if (!(file->f_mode & FMODE_WRITE))
			*vm_flags &= ~(VM_MAYWRITE | VM_SHARED);
		fallthrough;
	case MAP_PRIVATE:
		if (!(file->f_mode & FMODE_READ))
			return -EACCES;
		if (path_noexec(&file->f_path)) {
			if (*vm_flags & VM_EXEC)
				return -EPERM;
			*vm_flags &= ~VM_MAYEXEC;
		}
		if (!file->f_op->mmap)
			return -ENODEV;
		return *vm_flags & VM_GROWSDOWN ? -EINVAL : 0;
	default:
		return -EINVAL;
	}
}

static int anon_flags(unsigned long flags, unsigned long *vm_flags)
{
	switch (flags & MAP_TYPE) {
	case MAP_SHARED:
		if (*vm_flags & VM_GROWSDOWN)
			return -EINVAL;
		*vm_flags |= VM_SHARED | VM_MAYSHARE;
		return 0;
	case MAP_PRIVATE:
		return 0;
	default:
		return -EINVAL;
	}
}

/**
 * do_mmap - map @len bytes of @file (NULL: anonymous) from page @pgoff.
 * @vm_flags: more flags for the VMA. @populate: how many bytes the caller is to
 * populate after it has released the lock.
 * Context: mmap_lock of current's mm held for write; may sleep.
 * Return: the address or -errno.
 */
unsigned long do_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long vm_flags, unsigned long pgoff,
		      unsigned long *populate)
{
	struct mm_struct *mm = current->mm;
	int err;

	*populate = 0;
	if (!len)
		return -EINVAL;
	if ((prot & PROT_READ) && (current->personality & READ_IMPLIES_EXEC) &&
	    !(file && path_noexec(&file->f_path)))
		prot |= PROT_EXEC;
	if (flags & MAP_FIXED_NOREPLACE)
		flags |= MAP_FIXED;
	if (!(flags & MAP_FIXED))
		addr = round_hint_to_min(addr);
	len = PAGE_ALIGN(len);
	if (!len)
		return -ENOMEM;
	if (pgoff + (len >> PAGE_SHIFT) < pgoff)
		return -EOVERFLOW;
	if (mm->map_count > sysctl_max_map_count)
		return -ENOMEM;
	addr = __get_unmapped_area(file, addr, len, pgoff, flags);
	if (IS_ERR_VALUE(addr))
		return addr;
	if ((flags & MAP_FIXED_NOREPLACE) && find_vma_intersection(mm, addr, addr + len))
		return -EEXIST;
	if ((flags & MAP_LOCKED) && !can_do_mlock())
		return -EPERM;
	vm_flags |= prot_flags(prot) | map_flags(flags) | mm->def_flags |
		    VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
	if (!mlock_future_ok(mm, vm_flags, len))
		return -EAGAIN;
	err = file ? file_flags(file, len, prot, flags, pgoff, &vm_flags)
		   : anon_flags(flags, &vm_flags);
	if (err)
		return err;
	if (!file)
		pgoff = vm_flags & VM_SHARED ? 0 : addr >> PAGE_SHIFT;
	if ((flags & MAP_NORESERVE) && sysctl_overcommit_memory != OVERCOMMIT_NEVER)
		vm_flags |= VM_NORESERVE;
	addr = mmap_region(file, addr, len, vm_flags, pgoff);
	if (!IS_ERR_VALUE(addr) && ((vm_flags & VM_LOCKED) ||
	    (flags & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE))
		*populate = len;
	return addr;
}

/* pages of [start, end) that are mapped; those of them that are accounted */
static unsigned long count_pages(struct mm_struct *mm, unsigned long start, unsigned long end,
				 unsigned long *accounted)
{
	struct vm_area_struct *vma = find_vma_intersection(mm, start, end);
	unsigned long n = 0, acct = 0;

	for (; vma && vma->vm_start < end; vma = vma->vm_next) {
		unsigned long part = (min(end, vma->vm_end) - max(start, vma->vm_start)) >>
				     PAGE_SHIFT;

		n += part;
		if (vma->vm_flags & VM_ACCOUNT)
			acct += part;
	}
	*accounted = acct;
	return n;
}

static inline bool accountable(unsigned long vm_flags)
{
	return (vm_flags & (VM_NORESERVE | VM_SHARED | VM_WRITE)) == VM_WRITE;
}

/* the driver's part of a new mapping. Return: 0, with references taken; or -errno */
static int map_file(struct vm_area_struct *vma, struct file *file)
{
	atomic_t *writable = &file->f_mapping->i_mmap_writable;
	bool counted;
	int err;

	vma->vm_file = file;
	/* sealed against writing: it may be shared for reading, and stays so */
	if (!(vma->vm_flags & VM_WRITE) && unlikely(atomic_read(writable) < 0))
		vma->vm_flags &= ~(vma->vm_flags & VM_SHARED ? VM_MAYWRITE : 0);
	err = vma_file_get(vma);
	if (err)
		return err;
	counted = (vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == (VM_SHARED | VM_MAYWRITE);
	err = file->f_op->mmap(file, vma);
	if (unlikely(counted && !(vma->vm_flags & VM_MAYWRITE)))
		atomic_dec(writable);		/* the file took the right away */
	if (unlikely(vma->vm_file != file)) {
		/* another file was put in its place (/dev/zero), and this one's reference dropped */
		if ((vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == (VM_SHARED | VM_MAYWRITE)) {
			atomic_dec(&file->f_mapping->i_mmap_writable);
			atomic_inc(&vma->vm_file->f_mapping->i_mmap_writable);
		}
	}
	if (err)
		vma_file_put(vma);
	return err;
}

static int map_shared_anon(struct vm_area_struct *vma)
{
	int err = shmem_zero_setup(vma);

	if (!err && (vma->vm_flags & VM_MAYWRITE))
		atomic_inc(&vma->vm_file->f_mapping->i_mmap_writable);
	return err;
}

/* make the VMA of a new mapping, with everything but its links. ERR_PTR on failure */
static struct vm_area_struct *new_vma(struct mm_struct *mm, struct file *file, unsigned long addr,
				      unsigned long len, unsigned long vm_flags, pgoff_t pgoff)
{
	struct vm_area_struct *vma = vm_area_alloc(mm);
	int err = 0;

	if (!vma)
		return ERR_PTR(-ENOMEM);
	vma->vm_start = addr;
	vma->vm_end = addr + len;
	vma->vm_flags = vm_flags;
	vma->vm_pgoff = pgoff;
	/* a driver may install entries, and needs to know how */
	vma->vm_page_prot = vm_get_page_prot(vm_flags & VM_ACCESS_FLAGS);
	if (file)
		err = map_file(vma, file);
	else if (vm_flags & VM_SHARED)
		err = map_shared_anon(vma);
	if (err) {
		vm_area_free(vma);
		return ERR_PTR(err);
	}
	vma_set_page_prot(vma);
	return vma;
}

/* bookkeeping of a mapping that is in place */
static void account_new(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long npages)
{
	vm_stat_account(mm, vma->vm_flags, npages);
	if (mm->total_vm > mm->hiwater_vm)
		mm->hiwater_vm = mm->total_vm;
	if (unlikely(vma->vm_flags & VM_LOCKED)) {
		if (vma->vm_flags & VM_SPECIAL)
			vma->vm_flags &= ~VM_LOCKED_MASK;
		else
			mm->locked_vm += npages;
	}
}

/* over an old mapping. Context and result as mmap_region(); memory is accounted */
static unsigned long replace_region(struct file *file, unsigned long addr, unsigned long len,
				    unsigned long vm_flags, pgoff_t pgoff)
{
	bool device = file && !S_ISREG(file_inode(file)->i_mode);
	struct vm_area_struct *vma, *prev, *next;
	struct mm_struct *mm = current->mm;
	int err;

	if (device) {
		err = do_munmap(mm, addr, len);
		if (err)
			return err;
	}
	vma = new_vma(mm, file, addr, len, vm_flags, pgoff);
	if (IS_ERR(vma))
		return PTR_ERR(vma);
	if (!device) {
		err = do_munmap(mm, addr, len);
		if (err) {
			remove_vma(vma);
			return err;
		}
	}
	/* the point of no return */
	next = vma_tree_find_prev(mm, addr, &prev);
	vma_link(mm, vma, prev, next);
	account_new(mm, vma, len >> PAGE_SHIFT);
	vma_merge_neighbours(vma);
	return addr;
}

/**
 * mmap_region - make the mapping that do_mmap() has found to be in order.
 * Context: mmap_lock of current's mm held for write; may sleep.
 * Return: @addr or -errno; then nothing has changed.
 */
unsigned long mmap_region(struct file *file, unsigned long addr, unsigned long len,
			  unsigned long vm_flags, pgoff_t pgoff)
{
	unsigned long npages = len >> PAGE_SHIFT, end = addr + len, charged = 0, accounted = 0;
	struct vm_area_struct *vma, *prev, *next;
	struct mm_struct *mm = current->mm;
	unsigned long mapped = 0, ret;
	int err;

	next = vma_tree_find_prev(mm, addr, &prev);
	if (unlikely(next && next->vm_start < end)) {
		mapped = count_pages(mm, addr, end, &accounted);
		err = unmap_check(next, addr, end);
		if (err)
			return err;
	}
	if (unlikely(!may_expand_vm(mm, vm_flags, npages - mapped)))
		return -ENOMEM;
	if (accountable(vm_flags)) {
		/* what the old mapping had is given back when it goes */
		if (npages > accounted && security_vm_enough_memory(mm, npages - accounted))
			return -ENOMEM;
		charged = npages;
		if (accounted)
			vm_unacct_memory(npages > accounted ? -(long)accounted : -(long)npages);
		vm_flags |= VM_ACCOUNT;
	}
	if (unlikely(mapped)) {
		ret = replace_region(file, addr, len, vm_flags, pgoff);
		if (IS_ERR_VALUE(ret) && charged)
			vm_unacct_memory(charged);
		return ret;
	}
	if (file || !(vm_flags & VM_SHARED)) {
		vma = vma_merge_new(mm, prev, next, addr, end, vm_flags, pgoff, file);
		if (vma) {
			account_new(mm, vma, npages);
			return addr;
		}
	}
	vma = new_vma(mm, file, addr, len, vm_flags, pgoff);
	if (IS_ERR(vma)) {
		if (charged)
			vm_unacct_memory(charged);
		return PTR_ERR(vma);
	}
	vma_link(mm, vma, prev, next);
	account_new(mm, vma, npages);
	return addr;
}

static unsigned long vm_mmap_pgoff(struct file *file, unsigned long addr, unsigned long len,
				   unsigned long prot, unsigned long flags, unsigned long pgoff)
{
	struct mm_struct *mm = current->mm;
	unsigned long ret, populate;

	if (mmap_write_lock_killable(mm))
		return -EINTR;
	ret = do_mmap(file, addr, len, prot, flags, 0, pgoff, &populate);
	mmap_write_unlock(mm);
	if (populate)
		mm_populate(ret, populate);
	return ret;
}

/**
 * vm_mmap - mmap for the kernel's own use (exec), into current's mm.
 * @offset: bytes, page-aligned. Return: the address or -errno.
 */
unsigned long vm_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long offset)
{
	if (offset + PAGE_ALIGN(len) < offset || offset_in_page(offset))
		return -EINVAL;
	return vm_mmap_pgoff(file, addr, len, prot, flags, offset >> PAGE_SHIFT);
}

/* no huge page is ever reserved, but the question has to be a proper one */
static long mmap_hugetlb(unsigned long flags)
{
	unsigned int log = (flags >> MAP_HUGE_SHIFT) & MAP_HUGE_MASK;

	return !log || log == PAGE_SHIFT + 9 || log == PAGE_SHIFT + 18 ? -ENOMEM : -EINVAL;
}

SYSCALL_DEFINE6(mmap, unsigned long, addr, unsigned long, len, unsigned long, prot,
		unsigned long, flags, unsigned int, fd, unsigned long, offset)
{
	struct file *file = NULL;
	long ret;

	if (offset_in_page(offset))
		return -EINVAL;
	if (!(flags & MAP_ANONYMOUS)) {
		file = fget(fd);
		if (!file)
			return -EBADF;
		if (flags & MAP_HUGETLB) {
			fput(file);
			return -EINVAL;
		}
	} else if (flags & MAP_HUGETLB) {
		return mmap_hugetlb(flags);
	}
	/* an offset is signed: a negative one is a page that no file has */
	ret = vm_mmap_pgoff(file, addr, len, prot, flags, (long)offset >> PAGE_SHIFT);
	if (file)
		fput(file);
	return ret;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reaching into an address space from the kernel: single pages by reference, and
 * copying to and from other processes (ptrace, /proc/PID/mem, process_vm_*).
 *
 * A page is looked up under its ptl; if the entry is missing or does not allow the
 * access, the fault is resolved and it is looked up again. The page is then used
 * through the linear map, with a reference, and dirtied afterwards if written.
 *
 * Whoever uses the content after mmap_lock was released pins instead (GUP_PIN): an
 * anonymous page must be exclusive then, and counts GUP_PIN_BIAS references, so
 * that no fork makes the process go on with another page (E3 of fault_wp.c).
 */
#include "vma_internal.h"
#include <fs/fs.h>
#include <fs/uio.h>
#include <mm/slab.h>
#include <mm/userfaultfd.h>
#include <arch/uaccess.h>
#include <kernel/ptrace.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <lib/string.h>

/* may the VMA be accessed so? GUP_FORCE: could it be made to? */
static bool gup_allowed(const struct vm_area_struct *vma, unsigned int gup)
{
	if (vma->vm_flags & VM_IO)
		return false;
	if (gup & GUP_WRITE) {
		if (vma->vm_flags & VM_WRITE)
			return true;
		/* by force only into a private copy */
		return (gup & GUP_FORCE) && is_cow_mapping(vma->vm_flags);
	}
	if (vma->vm_flags & VM_READ)
		return true;
	return (gup & GUP_FORCE) && (vma->vm_flags & VM_MAYREAD);
}

/* does the entry, which is present, give what @gup asks for? ptl held */
static bool entry_suffices(const struct vm_area_struct *vma, pte_t e, unsigned int gup)
{
	const struct folio *f = pfn_folio(pte_pfn(e));
	bool anon = !pte_special(e) && folio_test_anon(f);

	if (gup & GUP_WRITE) {
		if (pte_write(e))
			return !anon || pte_dirty(e);	/* a store cancels MADV_FREE */
		/* forced: the private copy has been made, only this process sees it */
		return (gup & GUP_FORCE) && anon && f->anon_exclusive && pte_dirty(e) &&
		       !userfaultfd_pte_wp(vma, e);
	}
	return !(gup & GUP_PIN) || !anon || f->anon_exclusive;
}

/* what @gup adds to the references of @page */
static int gup_refs(const struct page *page, unsigned int gup)
{
	return (gup & GUP_PIN) && page->type == PGTY_ANON ? GUP_PIN_BIAS : 1;
}

/* the page that is mapped at @addr and allows the access, or NULL */
static struct page *lookup_mapped(struct vm_area_struct *vma, unsigned long addr, unsigned int gup,
				  bool *counted) __no_tsa
{
	struct page *page = NULL;
	spinlock_t *ptl;
	pte_t *pte = pte_offset_lock(vma->vm_mm, addr, &ptl), e;

	if (!pte)
		return NULL;
	e = pte_read(pte);
	if (!pte_present(e) || !pfn_valid(pte_pfn(e)))
		goto out;
	if (!entry_suffices(vma, e, gup))
		goto out;
	*counted = !pte_special(e);
	page = pfn_to_page(pte_pfn(e));
	if (*counted)
		atomic_add(gup_refs(page, gup), &page->refcount);
out:
	spin_unlock(ptl);
	return page;
}

static int fault_errno(vm_fault_t fault)
{
	return fault & VM_FAULT_OOM ? -ENOMEM : -EFAULT;
}

/* exec writes a new program's stack before anybody else knows the mm: it grows unlocked */
static struct vm_area_struct *grow_own_stack(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = find_vma(mm, addr);

	if (!vma || !(vma->vm_flags & VM_GROWSDOWN) || mm == current->mm ||
	    atomic_read(&mm->mm_users) != 1 || expand_stack(vma, addr))
		return NULL;
	return vma;
}

/**
 * gup_one - the page at @addr, faulted in.
 * @vmap: set to its VMA, if not NULL. @counted: whether it has a reference to be put
 * (pages of the kernel itself, as the vDSO's, have none).
 * Context: mmap_lock held for reading, and kept; with GUP_UNLOCKABLE it may have been
 * released and taken again on -EAGAIN, that is after a program has served the fault, and
 * the caller looks everything up anew. May sleep.
 * Return: the page, or ERR_PTR(-EFAULT, -ENOMEM, -EINTR, -EAGAIN).
 */
struct page *gup_one(struct mm_struct *mm, unsigned long addr, unsigned int gup,
		     struct vm_area_struct **vmap, bool *counted)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);
	unsigned int flags = FAULT_FLAG_REMOTE;
	struct page *page;

	if (unlikely(!vma))
		vma = grow_own_stack(mm, addr);
	if (!vma || !gup_allowed(vma, gup))
		return ERR_PTR(-EFAULT);
	if (vmap)
		*vmap = vma;
	if (gup & GUP_WRITE)
		flags |= FAULT_FLAG_WRITE;
	else if (gup & GUP_PIN)
		flags |= FAULT_FLAG_UNSHARE;
	if (gup & GUP_UNLOCKABLE)
		flags |= FAULT_FLAG_ALLOW_RETRY;
	for (;;) {
		vm_fault_t fault;

		page = lookup_mapped(vma, addr, gup, counted);
		if (page)
			return page;
		if (fatal_signal_pending(current))
			return ERR_PTR(-EINTR);
		fault = handle_mm_fault(vma, addr, flags);
		if (fault & VM_FAULT_ERROR)
			return ERR_PTR(fault_errno(fault));
		if (fault & VM_FAULT_RETRY) {
			mmap_read_lock(mm);
			return ERR_PTR(-EAGAIN);
		}
		if (vma->vm_flags & VM_PFNMAP) {
			page = lookup_mapped(vma, addr, gup, counted);
			return page ? page : ERR_PTR(-EFAULT);
		}
	}
}

static struct page *user_page(struct mm_struct *mm, unsigned long addr, unsigned int gup)
{
	struct page *page;
	bool counted;

	do {
		page = gup_one(mm, addr, gup | GUP_UNLOCKABLE, NULL, &counted);
	} while (page == ERR_PTR(-EAGAIN));
	if (IS_ERR(page) || counted)
		return page;
	if (page != zero_page)
		return ERR_PTR(-EFAULT);
	get_page(page);
	return page;
}

/**
 * get_user_page - fault in and reference the page at @addr of @mm.
 * Context: mmap_lock held for reading; it may be released for a while meanwhile.
 * Return: page; ERR_PTR(-EFAULT, -ENOMEM, -EINTR).
 */
struct page *get_user_page(struct mm_struct *mm, unsigned long addr, bool write)
{
	return user_page(mm, addr, write ? GUP_WRITE : 0);
}

/**
 * pin_user_page - the same for I/O: until unpin_user_page() this page stays the one
 * that the process sees at @addr, unless it unmaps it.
 */
struct page *pin_user_page(struct mm_struct *mm, unsigned long addr, bool write)
{
	return user_page(mm, addr, GUP_PIN | (write ? GUP_WRITE : 0));
}

/** unpin_user_page - the I/O is done. Context: process. */
void unpin_user_page(struct page *page)
{
	put_page_refs(page, gup_refs(page, GUP_PIN));
}

static void dirty_page(struct page *page)
{
	struct folio *f = page_folio(page);

	if (page->type != PGTY_FILE)
		return;
	folio_lock(f);
	if (f->mapping)
		folio_mark_dirty(f);
	folio_unlock(f);
}

/* done with the page: @wrote says whether its content was changed */
static void finish_page(struct vm_area_struct *vma, struct page *page, bool counted, bool wrote)
{
	if (wrote) {
		dirty_page(page);
		if (vma->vm_flags & VM_EXEC)
			flush_icache_mm(vma->vm_mm);
	}
	if (counted)
		put_page(page);
}

static int access_vm(struct mm_struct *mm, unsigned long addr, void *buf, int len,
		     unsigned int gup)
{
	int done = 0;

	if (mmap_read_lock_killable(mm))
		return 0;
	while (done < len) {
		unsigned long off = offset_in_page(addr);
		int part = min_t(unsigned long, len - done, PAGE_SIZE - off);
		struct vm_area_struct *vma;
		struct page *page;
		bool counted;
		char *at;

		page = gup_one(mm, addr & PAGE_MASK, gup, &vma, &counted);
		if (IS_ERR(page))
			break;
		at = (char *)page_address(page) + off;
		if (gup & GUP_WRITE)
			memcpy(at, (char *)buf + done, part);
		else
			memcpy((char *)buf + done, at, part);
		finish_page(vma, page, counted, gup & GUP_WRITE);
		done += part;
		addr += part;
	}
	mmap_read_unlock(mm);
	return done;
}

/**
 * access_remote_vm - copy between @buf and another's memory, as a debugger may:
 * protections of private mappings do not count.
 * Context: a reference of @mm; may sleep. Return: bytes done, short at the first
 * that cannot be reached.
 */
int access_remote_vm(struct mm_struct *mm, unsigned long addr, void *buf, int len, bool write)
{
	return access_vm(mm, addr, buf, len, GUP_FORCE | (write ? GUP_WRITE : 0));
}

/* ---- process_vm_readv, process_vm_writev ---- */

/* one stretch of the other's memory. Return: bytes done, short when something failed */
static size_t rw_remote(struct mm_struct *mm, unsigned long addr, size_t len,
			struct iov_iter *iter, bool write)
{
	unsigned int gup = GUP_PIN | GUP_UNLOCKABLE | (write ? GUP_WRITE : 0);
	size_t done = 0;

	while (done < len && iov_iter_count(iter)) {
		unsigned long off = offset_in_page(addr + done);
		size_t part = min3(len - done, (size_t)(PAGE_SIZE - off), iov_iter_count(iter)), n;
		struct vm_area_struct *vma;
		struct page *page;
		bool counted;

		if (mmap_read_lock_killable(mm))
			break;
		do {
			page = gup_one(mm, (addr + done) & PAGE_MASK, gup, &vma, &counted);
		} while (page == ERR_PTR(-EAGAIN));
		if (IS_ERR(page)) {
			mmap_read_unlock(mm);
			break;
		}
		if (write && (vma->vm_flags & VM_EXEC))
			flush_icache_mm(mm);
		/* our own memory may fault: not under the other's lock. Uncounted pages are
		 * the kernel's, and stay */
		mmap_read_unlock(mm);
		n = write ? copy_from_iter((char *)page_address(page) + off, part, iter)
			  : copy_to_iter((char *)page_address(page) + off, part, iter);
		if (write)
			dirty_page(page);
		if (counted)
			unpin_user_page(page);
		done += n;
		if (n < part)
			break;
	}
	return done;
}

static ssize_t rw_vectors(struct mm_struct *mm, struct iov_iter *iter, const struct iovec *rv,
			  unsigned long segs, bool write)
{
	ssize_t done = 0;

	for (unsigned long i = 0; i < segs && iov_iter_count(iter); i++) {
		size_t n = rw_remote(mm, (unsigned long)rv[i].iov_base, rv[i].iov_len, iter, write);

		done += n;
		if (n < rv[i].iov_len && iov_iter_count(iter))
			return done ? done : -EFAULT;
	}
	return done;
}

/* A bad address in the other's vector shows when it is its turn; a length at once. */
static bool lengths_ok(const struct iovec *v, unsigned long n)
{
	for (unsigned long i = 0; i < n; i++)
		if ((ssize_t)v[i].iov_len < 0)
			return false;
	return true;
}

/* Return: 0 or -errno, with the task's mm referenced */
static int find_mm(pid_t pid, struct mm_struct **mmp)
{
	struct task_struct *t = find_get_task_by_pid(pid);
	int err;

	if (!t)
		return -ESRCH;
	*mmp = mm_access(t, PTRACE_MODE_ATTACH_REALCREDS);
	put_task_struct(t);
	err = PTR_ERR_OR_ZERO(*mmp);
	return err == -EACCES ? -EPERM : err;
}

static ssize_t process_vm_rw(pid_t pid, const struct iovec __user *lvec, unsigned long liovcnt,
			     const struct iovec __user *rvec, unsigned long riovcnt,
			     unsigned long flags, bool write)
{
	struct iovec lfast[8], rfast[8], *lv = lfast, *rv;
	struct iov_iter local;
	struct mm_struct *mm;
	ssize_t ret;

	if (flags)
		return -EINVAL;
	ret = import_iovec(write ? WRITE_ITER : READ_ITER, lvec, liovcnt, ARRAY_SIZE(lfast), &lv,
			   &local);
	if (ret < 0)
		return ret;
	if (!iov_iter_count(&local))
		goto free_local;
	rv = iovec_from_user(rvec, riovcnt, ARRAY_SIZE(rfast), rfast);
	ret = PTR_ERR_OR_ZERO(rv);
	if (ret)
		goto free_local;
	ret = -EINVAL;
	if (!lengths_ok(rv, riovcnt))
		goto free_remote;
	ret = 0;
	if (!riovcnt)
		goto free_remote;
	ret = find_mm(pid, &mm);
	if (ret)
		goto free_remote;
	ret = rw_vectors(mm, &local, rv, riovcnt, write);
	mmput(mm);
free_remote:
	if (rv != rfast)
		kfree(rv);
free_local:
	if (lv != lfast)
		kfree(lv);
	return ret;
}

SYSCALL_DEFINE6(process_vm_readv, pid_t, pid, const struct iovec __user *, lvec,
		unsigned long, liovcnt, const struct iovec __user *, rvec,
		unsigned long, riovcnt, unsigned long, flags)
{
	return process_vm_rw(pid, lvec, liovcnt, rvec, riovcnt, flags, false);
}

SYSCALL_DEFINE6(process_vm_writev, pid_t, pid, const struct iovec __user *, lvec,
		unsigned long, liovcnt, const struct iovec __user *, rvec,
		unsigned long, riovcnt, unsigned long, flags)
{
	return process_vm_rw(pid, lvec, liovcnt, rvec, riovcnt, flags, true);
}

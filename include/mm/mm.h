/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interface of virtual memory: what fork, exec, faults, filesystems and
 * /proc call. Page cache: mm/pagemap.h. Physical pages: mm/page_alloc.h.
 */
#ifndef MM_MM_H
#define MM_MM_H
#include <mm/mm_types.h>
#include <mm/page.h>
#include <mm/vmstat.h>
#include <kernel/sched.h>
#include <linux/mman.h>

struct inode;

/* --- fault results --- */
#define VM_FAULT_OOM		0x0001
#define VM_FAULT_SIGBUS		0x0002
#define VM_FAULT_MAJOR		0x0004
#define VM_FAULT_SIGSEGV	0x0040
#define VM_FAULT_NOPAGE		0x0100	/* ->fault installed the entry itself */
#define VM_FAULT_LOCKED		0x0200	/* ->fault returns the folio locked */
#define VM_FAULT_RETRY		0x0400	/* lock was dropped: start over */
#define VM_FAULT_ERROR (VM_FAULT_OOM | VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV)

#define FAULT_FLAG_WRITE	0x01
#define FAULT_FLAG_INSTRUCTION	0x02
#define FAULT_FLAG_USER		0x04	/* from user mode */
#define FAULT_FLAG_KILLABLE	0x08	/* ->fault may drop the lock to read, and return VM_FAULT_RETRY;
					 * without it, it reads with the lock held */
#define FAULT_FLAG_VMA_LOCK	0x10	/* holds the per-VMA lock, not mmap_lock */
#define FAULT_FLAG_UNSHARE	0x20
#define FAULT_FLAG_REMOTE	0x40	/* on another's mm (ptrace, process_vm) */
#define FAULT_FLAG_ALLOW_RETRY	0x80	/* a userfaultfd may be waited for, which drops the lock and
					 * ends in VM_FAULT_RETRY; without it: VM_FAULT_SIGBUS */

struct vm_fault {
	struct vm_area_struct *vma;
	unsigned long address;		/* page-aligned */
	unsigned long real_address;
	pgoff_t pgoff;			/* file page */
	unsigned int flags;		/* FAULT_FLAG_* */
	pte_t *pte;			/* entry, once the table exists */
	pte_t orig_pte;
	spinlock_t *ptl;
	struct folio *folio;		/* result of ->fault: referenced */
	struct folio *cow_folio;
};

struct vm_operations_struct {
	void (*open)(struct vm_area_struct *vma);	/* after fork, split, move copy */
	void (*close)(struct vm_area_struct *vma);
	int (*may_split)(struct vm_area_struct *vma, unsigned long addr);
	int (*mremap)(struct vm_area_struct *vma);
	vm_fault_t (*fault)(struct vm_fault *vmf);
	/*
	 * Map cached neighbours around a read fault, without sleeping; may be NULL.
	 * File pages [start, end] (inclusive) lie in the VMA and in one table:
	 * vmf->pte is the entry of vmf->address (file page vmf->pgoff), vmf->ptl its
	 * lock, not held. map_pages takes it once, installs vmf_read_pte() where
	 * pte_none(), with a reference and folio_add_file_rmap() each, and counts
	 * rss once (mm_counter_file()). VM_FAULT_NOPAGE if vmf->address was mapped.
	 */
	vm_fault_t (*map_pages)(struct vm_fault *vmf, pgoff_t start, pgoff_t end);
	/* a clean shared page becomes writable: allocate, or fail now. Folio
	 * comes unlocked, goes back locked (VM_FAULT_LOCKED) and dirty. */
	vm_fault_t (*page_mkwrite)(struct vm_fault *vmf);
	const char *(*name)(struct vm_area_struct *vma);
};

/** handle_mm_fault - resolve a fault. Context: mmap_lock (read) or the VMA lock
 *  (FAULT_FLAG_VMA_LOCK) held; on VM_FAULT_RETRY/COMPLETED it was released. */
vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags);

/**
 * do_user_fault - the whole of a fault on a user address, called by arch's trap
 * code for user mode and for uaccess: finds and locks the VMA, grows stacks,
 * checks rights, handles retry and OOM. Lives in mm/fault.c.
 * Return: 0, or the signal to send (SIGSEGV/SIGBUS) with *@si_code; -1: a signal is
 * pending, or out of memory was handled: just return to user.
 */
int do_user_fault(unsigned long addr, unsigned int flags, int *si_code);

/** lock_vma_under_rcu - read-lock the VMA that covers @addr without mmap_lock.
 *  Return: NULL when there is none or it is busy: fall back to mmap_lock. */
struct vm_area_struct *lock_vma_under_rcu(struct mm_struct *mm, unsigned long addr);
void vma_wake_writer(struct vm_area_struct *vma);
/** vma_end_read - end what lock_vma_under_rcu() began. */
static inline void vma_end_read(struct vm_area_struct *vma)
{
	if (atomic_dec_return(&vma->vm_lock_count) == 0 &&
	    unlikely(READ_ONCE(vma->vm_lock_seq) == READ_ONCE(vma->vm_mm->mm_lock_seq)))
		vma_wake_writer(vma);
}
/** vma_start_write - exclude per-VMA readers; dropped by mmap_write_unlock(). */
void vma_start_write(struct vm_area_struct *vma);

static inline void mmap_read_lock(struct mm_struct *mm) __no_tsa { down_read(&mm->mmap_lock); }
static inline bool mmap_read_trylock(struct mm_struct *mm) __no_tsa { return down_read_trylock(&mm->mmap_lock); }
static inline void mmap_read_unlock(struct mm_struct *mm) __no_tsa { up_read(&mm->mmap_lock); }
static inline int __must_check mmap_read_lock_killable(struct mm_struct *mm) __no_tsa { return down_read_killable(&mm->mmap_lock); }
static inline void mmap_write_lock(struct mm_struct *mm) __no_tsa { down_write(&mm->mmap_lock); }
static inline int __must_check mmap_write_lock_killable(struct mm_struct *mm) __no_tsa { return down_write_killable(&mm->mmap_lock); }
void mmap_write_unlock(struct mm_struct *mm);
void mmap_write_downgrade(struct mm_struct *mm);

/** release_fault_lock - let go of what handle_mm_fault() was called with, before VM_FAULT_RETRY. */
static inline void release_fault_lock(struct vm_fault *vmf)
{
	if (vmf->flags & FAULT_FLAG_VMA_LOCK)
		vma_end_read(vmf->vma);
	else
		mmap_read_unlock(vmf->vma->vm_mm);
}

/* --- address spaces --- */
struct mm_struct *mm_alloc(void);			/* NULL: out of memory */
/** dup_mm - fork: a copy of current's address space. ERR_PTR on failure. */
struct mm_struct *dup_mm(struct task_struct *tsk, struct mm_struct *oldmm);
void mmput(struct mm_struct *mm);			/* may sleep */
void mmdrop(struct mm_struct *mm);
static inline void mmget(struct mm_struct *mm) { atomic_inc(&mm->mm_users); }
static inline bool mmget_not_zero(struct mm_struct *mm) { return atomic_inc_not_zero(&mm->mm_users); }
static inline void mmgrab(struct mm_struct *mm) { atomic_inc(&mm->mm_count); }
struct mm_struct *get_task_mm(struct task_struct *t);	/* NULL for kernel threads */
void set_mm_exe_file(struct mm_struct *mm, struct file *f);
struct file *get_mm_exe_file(struct mm_struct *mm);	/* referenced or NULL */
void exit_mmap(struct mm_struct *mm);
void mm_init(void);					/* caches; from start_kernel */

/* --- VMAs; mmap_lock as said above --- */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr); /* first with vm_end > addr */
struct vm_area_struct *find_vma_intersection(struct mm_struct *mm, unsigned long s, unsigned long e);
static inline struct vm_area_struct *vma_lookup(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *v = find_vma(mm, addr);

	return v && v->vm_start <= addr ? v : NULL;
}
#define for_each_vma(mm, v) for ((v) = (mm)->mmap_first; (v); (v) = (v)->vm_next)
/** do_mmap - Context: mmap_lock for write. Return: address or -errno. @populate:
 *  bytes that the caller populates (mm_populate) after unlocking. */
unsigned long do_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long vm_flags, unsigned long pgoff,
		      unsigned long *populate);
/** vm_mmap - the same with locking and populating; @offset in bytes. For exec. */
unsigned long vm_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long offset);
int vm_munmap(unsigned long addr, unsigned long len);
int do_munmap(struct mm_struct *mm, unsigned long addr, unsigned long len);
int vm_brk_flags(unsigned long addr, unsigned long len, unsigned long flags);	/* exec's bss */
/** setup_stack_vma - exec: the first stack VMA, one page at top. ERR_PTR. */
struct vm_area_struct *setup_stack_vma(struct mm_struct *mm, unsigned long top);
/** relocate_stack/expand: final stack flags; grow to hold what exec wants. */
int finalize_stack(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long shift, bool exec_stack);
int expand_stack(struct vm_area_struct *vma, unsigned long addr);
int mprotect_fixup(struct vm_area_struct *vma, unsigned long s, unsigned long e, unsigned long newflags);
int mm_populate(unsigned long addr, unsigned long len);
unsigned long get_unmapped_area(struct file *f, unsigned long addr, unsigned long len, unsigned long pgoff, unsigned long flags);
void arch_pick_mmap_layout(struct mm_struct *mm);	/* mm/mmap.c */
/** randomize_layout - shall the bases of current's next program be random? */
bool randomize_layout(void);
extern int sysctl_randomize_va_space;
/** randomize_stack_top - where exec puts the end of the stack below STACK_TOP. */
unsigned long randomize_stack_top(unsigned long stack_top);
/** arch_randomize_brk - start of the heap at or above @mm->brk. Page-aligned. */
unsigned long arch_randomize_brk(struct mm_struct *mm);
/** install_special_mapping - vDSO and the like: the pages are never copied or written. */
struct vm_area_struct *install_special_mapping(struct mm_struct *mm, unsigned long addr, unsigned long len,
					       unsigned long flags, struct page **pages, const char *name);
bool may_expand_vm(struct mm_struct *mm, unsigned long flags, unsigned long npages);
void mm_validate(struct mm_struct *mm);			/* debug: I1..I3 and counters */

/* --- page tables (mm/pgtable.c, mm/memory.c) --- */
/** pte_offset_alloc - the level-0 entry for @addr, making tables. NULL: out of memory. */
pte_t *pte_offset_alloc(struct mm_struct *mm, unsigned long addr);
static inline spinlock_t *pte_lockptr(pte_t *pte)
{
	return &virt_to_page(pte)->ptl;
}
/** pte_offset_lock - the level-0 entry for @addr, with its table's ptl held in *@ptlp; NULL: no table. */
pte_t *pte_offset_lock(struct mm_struct *mm, unsigned long addr, spinlock_t **ptlp);
/** walk_page_range - call @fn for each present-or-not entry of level 0 in the range,
 *  under the ptl. For /proc and mincore. Return: first non-zero of @fn. */
int walk_page_range(struct mm_struct *mm, unsigned long s, unsigned long e,
		    int (*fn)(pte_t *pte, unsigned long addr, void *arg),
		    int (*hole)(unsigned long s, unsigned long e, void *arg), void *arg);
void zap_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long len);
/** unmap_mapping_range - remove all mappings of file bytes [start, start+len) (len 0:
 *  to the end); @even_cows: private copies too (truncate). Context: may sleep. */
void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t len, bool even_cows);
int vmf_insert_pfn(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn, pgprot_t prot);
/** get_user_page - fault in and reference the page at @addr of @mm (mmap_lock read
 *  held; released for a while if a userfaultfd serves it). Page, or ERR_PTR(-EFAULT/-ENOMEM). */
struct page *get_user_page(struct mm_struct *mm, unsigned long addr, bool write);
struct page *pin_user_page(struct mm_struct *mm, unsigned long addr, bool write);
void unpin_user_page(struct page *page);
int access_remote_vm(struct mm_struct *mm, unsigned long addr, void *buf, int len, bool write);

/* --- rmap (mm/rmap.c). Caller holds the folio lock. --- */
/** folio_mkclean - write-protect every shared mapping, before write-back.
 *  Return: number of entries that were dirty or writable. */
int folio_mkclean(struct folio *f);
/** folio_referenced - clear accessed bits; Return: how many were set. */
int folio_referenced(struct folio *f, unsigned long *vm_flags);
/** try_to_unmap - remove every entry that maps @f (file-backed or clean); dirty
 *  bits move to the folio. Return: true if none is left. */
bool try_to_unmap(struct folio *f);
/** vmf_read_pte - the entry that maps file folio @f in @vma, not writable unless the
 *  VMA lets writes pass unseen. */
static inline pte_t vmf_read_pte(const struct vm_area_struct *vma, const struct folio *f)
{
	return pte_mkyoung(pfn_pte(folio_pfn(f), vma->vm_page_prot));
}
/** mm_counter_file - which rss counter a file folio belongs to. */
static inline int mm_counter_file(const struct folio *f)
{
	return folio_test_swapbacked(f) ? MM_SHMEMPAGES : MM_FILEPAGES;
}
void folio_add_file_rmap(struct folio *f, struct vm_area_struct *vma);	/* ptl held; no rss */
void folio_add_new_anon_rmap(struct folio *f, struct vm_area_struct *vma, unsigned long addr);
void folio_remove_rmap(struct folio *f);			/* ptl held */
int anon_vma_prepare(struct vm_area_struct *vma);		/* 0, -ENOMEM */

static inline void add_mm_counter(struct mm_struct *mm, int which, long n) { atomic64_add(n, &mm->rss[which]); }
static inline unsigned long get_mm_counter(struct mm_struct *mm, int which)
{
	s64 v = atomic64_read(&mm->rss[which]);

	return v > 0 ? v : 0;
}
static inline unsigned long get_mm_rss(struct mm_struct *mm)
{
	return get_mm_counter(mm, MM_FILEPAGES) + get_mm_counter(mm, MM_ANONPAGES) + get_mm_counter(mm, MM_SHMEMPAGES);
}

/* --- memory accounting --- */
#define OVERCOMMIT_GUESS	0
#define OVERCOMMIT_ALWAYS	1
#define OVERCOMMIT_NEVER	2
extern int sysctl_overcommit_memory, sysctl_overcommit_ratio, sysctl_max_map_count;
extern unsigned long sysctl_overcommit_kbytes, mmap_min_addr, stack_guard_gap;
extern unsigned long sysctl_user_reserve_kbytes, sysctl_admin_reserve_kbytes;
extern atomic64_t vm_committed_as;
unsigned long totalram_pages(void);
unsigned long vm_commit_limit(void);
int security_vm_enough_memory(struct mm_struct *mm, long pages);	/* accounts; 0 or -ENOMEM */
static inline void vm_unacct_memory(long pages) { atomic64_sub(pages, &vm_committed_as); }

#endif

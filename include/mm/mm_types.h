/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Address spaces of processes.
 *
 * Locks: mmap_lock (write) to change the set of VMAs; a VMA may be read under
 * mmap_lock (read) or its own per-VMA read lock (lock_vma_under_rcu()), which
 * is how page faults run without touching mmap_lock. A writer of a VMA holds
 * mmap_lock for write and vma_start_write(). Page-table entries: the ptl in
 * the struct page of their table.
 */
#ifndef MM_TYPES_H
#define MM_TYPES_H
#include <lib/types.h>
#include <lib/rbtree.h>
#include <lib/interval_tree.h>
#include <lib/atomic.h>
#include <arch/pgtable.h>
#include <arch/tlb.h>
#include <kernel/mutex.h>
#include <kernel/rcu.h>
#include <kernel/wait.h>

struct file;
struct linux_binfmt;
struct uffd_event;
struct userfaultfd_ctx;
struct vm_operations_struct;

/* vm_flags: the numbers of Linux, since /proc shows some of them */
#define VM_READ		0x00000001UL
#define VM_WRITE	0x00000002UL
#define VM_EXEC		0x00000004UL
#define VM_SHARED	0x00000008UL
#define VM_MAYREAD	0x00000010UL
#define VM_MAYWRITE	0x00000020UL
#define VM_MAYEXEC	0x00000040UL
#define VM_MAYSHARE	0x00000080UL
#define VM_GROWSDOWN	0x00000100UL
#define VM_UFFD_MISSING	0x00000200UL
#define VM_PFNMAP	0x00000400UL	/* no struct pages: device memory */
#define VM_UFFD_WP	0x00001000UL
#define VM_LOCKED	0x00002000UL
#define VM_IO		0x00004000UL
#define VM_SEQ_READ	0x00008000UL
#define VM_RAND_READ	0x00010000UL
#define VM_DONTCOPY	0x00020000UL
#define VM_DONTEXPAND	0x00040000UL
#define VM_LOCKONFAULT	0x00080000UL
#define VM_ACCOUNT	0x00100000UL
#define VM_NORESERVE	0x00200000UL
#define VM_HUGETLB	0x00400000UL
#define VM_SYNC		0x00800000UL
#define VM_WIPEONFORK	0x02000000UL
#define VM_DONTDUMP	0x04000000UL
#define VM_SOFTDIRTY	0x08000000UL
#define VM_MIXEDMAP	0x10000000UL
#define VM_HUGEPAGE	0x20000000UL
#define VM_NOHUGEPAGE	0x40000000UL
#define VM_SEALED	(1UL << 42)
#define VM_UFFD_MINOR	(1UL << 38)
#define VM_UFFD_FLAGS	(VM_UFFD_MISSING | VM_UFFD_WP | VM_UFFD_MINOR)
#define VM_STACK	VM_GROWSDOWN
#define VM_ACCESS_FLAGS	(VM_READ | VM_WRITE | VM_EXEC)

/*
 * One mapping [vm_start, vm_end), page-aligned.
 * I1 sorted, disjoint in mm->mm_rb; I2 file mappings: vm_pgoff is the file page
 * of vm_start; anonymous: vm_pgoff was vm_start >> PAGE_SHIFT when it was made and
 * moves with splits and mremap, so that folio->index keeps its meaning;
 * I3 a file VMA with vm_file is in i_mmap of its mapping, an anonymous one with
 * anon_vma set is in the anon_vma's tree.
 */
struct vm_area_struct {
	unsigned long vm_start, vm_end;
	struct mm_struct *vm_mm;
	unsigned long vm_flags;
	pgprot_t vm_page_prot;		/* without W if writes must be seen (private, or page_mkwrite) */
	struct rb_node vm_rb;		/* mm->mm_rb */
	unsigned long rb_max_gap;	/* greatest gap before a VMA in this subtree */
	unsigned long gap_before;	/* free bytes between the previous VMA and this */
	struct vm_area_struct *vm_prev, *vm_next;
	unsigned long vm_pgoff;		/* pages */
	struct file *vm_file;
	const struct vm_operations_struct *vm_ops;
	void *vm_private_data;
	struct interval_tree_node shared;	/* in mapping->i_mmap, by pgoff; i_mmap_rwsem */
	struct userfaultfd_ctx *vm_userfaultfd_ctx; /* who serves its faults; NULL: the kernel */
	struct anon_vma *anon_vma;	/* set at the first private page; never changes to another */
	struct interval_tree_node anon_node;	/* in anon_vma->tree; anon_vma->rwsem */
	/* per-VMA lock: readers in vm_lock_count, a writer marks vm_lock_seq */
	u32 vm_lock_seq;		/* == mm->mm_lock_seq: write-locked */
	atomic_t vm_lock_count;		/* readers; bit 30: a writer waits */
	bool detached;			/* no longer in the tree */
	struct rcu_head rcu;
};

enum { MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES, NR_MM_COUNTERS };
#define AT_VECTOR_SIZE 48

struct mm_struct {
	struct rb_root mm_rb;
	struct vm_area_struct *mmap_first;
	seqcount_t mm_seq;		/* odd while the tree changes: lockless lookups retry */
	u32 mm_lock_seq;		/* bumped at mmap_write_unlock(): drops all VMA write locks */
	int map_count;
	pte_t *pgd;
	struct mm_context context;
	atomic_t mm_users;		/* tasks (and /proc readers) using the address space */
	atomic_t mm_count;		/* users as one + lazy users: keeps the struct and pgd */
	struct rw_semaphore mmap_lock;	/* LR_MMAP */
	wait_queue_head_t vma_wait;	/* writers waiting for VMA readers */
	spinlock_t page_table_lock;	/* LR_MM_PGTABLE: installing tables */
	spinlock_t arg_lock;		/* the *_start, *_end, brk fields below */
	unsigned long mmap_base;	/* where the search for room begins */
	bool mmap_bottom_up;		/* old layout: search upwards */
	unsigned long total_vm, locked_vm, data_vm, exec_vm, stack_vm;	/* pages; mmap_lock */
	atomic64_t pinned_vm;
	atomic64_t rss[NR_MM_COUNTERS];	/* pages */
	unsigned long hiwater_rss, hiwater_vm;
	atomic64_t pgtables_bytes;
	unsigned long def_flags;	/* mlockall(MCL_FUTURE) */
	unsigned long start_code, end_code, start_data, end_data;
	unsigned long start_brk, brk, start_stack;
	unsigned long arg_start, arg_end, env_start, env_end;
	unsigned long saved_auxv[AT_VECTOR_SIZE];
	struct file *exe_file;		/* rcu */
	struct task_struct *owner;
	unsigned int dumpable;
	atomic_t membarrier_state;	/* the MEMBARRIER_CMD_*s that are registered */
	unsigned long last_gap_hint;
	struct uffd_event *uffd_events;	/* to be told when mmap_lock, held for write, is released */
	struct rcu_head rcu;
};

extern struct mm_struct init_mm;

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much memory may be promised. Private writable mappings are counted in
 * vm_committed_as when they are made; vm.overcommit_memory says what is too much:
 * 0 a single request that could never be met, 1 nothing, 2 more than CommitLimit.
 */
#include "vma_internal.h"
#include <kernel/cred.h>

int sysctl_overcommit_memory = OVERCOMMIT_GUESS;
int sysctl_overcommit_ratio = 50;		/* per cent of RAM */
unsigned long sysctl_overcommit_kbytes;		/* instead of the ratio, if not 0 */
int sysctl_max_map_count = 65530;
unsigned long mmap_min_addr = 65536;
unsigned long sysctl_user_reserve_kbytes = 1UL << 17;	/* mode 2: left for others */
unsigned long sysctl_admin_reserve_kbytes = 1UL << 13;
atomic64_t vm_committed_as;

/** vm_commit_limit - CommitLimit, in pages. There is no swap to add. */
unsigned long vm_commit_limit(void)
{
	if (sysctl_overcommit_kbytes)
		return sysctl_overcommit_kbytes >> (PAGE_SHIFT - 10);
	return totalram_pages() * sysctl_overcommit_ratio / 100;
}

static bool within_limit(struct mm_struct *mm, unsigned long committed)
{
	long allowed = vm_commit_limit();

	if (!capable(CAP_SYS_ADMIN))
		allowed -= sysctl_admin_reserve_kbytes >> (PAGE_SHIFT - 10);
	if (mm)
		allowed -= min(mm->total_vm / 32,
			       sysctl_user_reserve_kbytes >> (PAGE_SHIFT - 10));
	return (long)committed < allowed;
}

/**
 * security_vm_enough_memory - promise @pages more to @mm (NULL: to the kernel).
 * Return: 0, accounted; -ENOMEM, not.
 */
int security_vm_enough_memory(struct mm_struct *mm, long pages)
{
	unsigned long committed = atomic64_add_return_relaxed(pages, &vm_committed_as);

	if (likely(sysctl_overcommit_memory == OVERCOMMIT_GUESS)) {
		if (likely(pages <= (long)totalram_pages()))
			return 0;
	} else if (sysctl_overcommit_memory == OVERCOMMIT_ALWAYS || within_limit(mm, committed)) {
		return 0;
	}
	vm_unacct_memory(pages);
	return -ENOMEM;
}

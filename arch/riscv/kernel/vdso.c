// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vDSO: an ELF image of arch/riscv/vdso, and behind it the page of data that
 * its code reads, mapped together into each process. Nobody can write to it.
 */
#include <arch/processor.h>
#include <arch/setup.h>
#include <arch/timer.h>
#include <arch/vdso.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/timer.h>
#include <mm/mm.h>

extern char vdso_image_start[];

static union {
	struct vdso_data data;
	char page[PAGE_SIZE];
} vdso_data_page __aligned(PAGE_SIZE) __section(".bss..page_aligned");

#define VDSO_PAGES	(VDSO_DATA / PAGE_SIZE + 1)

static struct page *vdso_pages[VDSO_PAGES];

static int __init vdso_init(void)
{
	for (unsigned int i = 0; i < VDSO_PAGES - 1; i++)
		vdso_pages[i] = phys_to_page(__pa(vdso_image_start + i * PAGE_SIZE));
	vdso_pages[VDSO_PAGES - 1] = phys_to_page(__pa(&vdso_data_page));
	return 0;
}
core_initcall(vdso_init);

/* See arch/vdso.h. */
void update_vsyscall(void)
{
	struct vdso_data *d = &vdso_data_page.data;
	u32 seq = d->seq;

	__atomic_store_n(&d->seq, seq + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	WRITE_ONCE(d->mult, clock_mult);
	WRITE_ONCE(d->shift, clock_shift);
	WRITE_ONCE(d->wall_offset, wall_offset);
	__atomic_store_n(&d->seq, seq + 2, __ATOMIC_RELEASE);
}

/**
 * arch_setup_vdso - map the vDSO into @mm, current's new address space.
 * @vdso_base: set to where its ELF header is
 *
 * Context: may sleep. Return: 0, -EINTR, -ENOMEM.
 */
int arch_setup_vdso(struct mm_struct *mm, unsigned long *vdso_base)
{
	struct vm_area_struct *vma;
	unsigned long addr;
	int err = 0;

	if (mmap_write_lock_killable(mm))
		return -EINTR;
	addr = get_unmapped_area(NULL, 0, VDSO_PAGES * PAGE_SIZE, 0, 0);
	if (IS_ERR_VALUE(addr)) {
		err = (long)addr;
		goto unlock;
	}
	vma = install_special_mapping(mm, addr, VDSO_PAGES * PAGE_SIZE,
				      VM_READ | VM_EXEC | VM_MAYREAD | VM_MAYEXEC,
				      vdso_pages, "[vdso]");
	if (IS_ERR(vma)) {
		err = PTR_ERR(vma);
		goto unlock;
	}
	mm->context.vdso = addr;
	*vdso_base = addr;
unlock:
	mmap_write_unlock(mm);
	return err;
}

unsigned long vdso_sigreturn_addr(void)
{
	unsigned long base = current->mm->context.vdso;

	return base ? base + VDSO_RT_SIGRETURN : 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * ELF programs: ET_EXEC, and ET_DYN with an interpreter or without (static
 * PIE, the interpreter run by itself). Headers are read and checked, and the
 * interpreter opened, before the old program is given up.
 */
#include "binprm.h"
#include <arch/processor.h>
#include <arch/uaccess.h>
#include <kernel/cred.h>
#include <kernel/printk.h>
#include <kernel/random.h>
#include <kernel/signal.h>
#include <lib/err.h>
#include <lib/string.h>
#include <linux/auxvec.h>
#include <linux/elf.h>
#include <linux/elf-em.h>
#include <mm/slab.h>

#define ELF_ET_DYN_BASE	PAGE_ALIGN_DOWN(TASK_SIZE / 3 * 2)
#define PHDRS_MAX_BYTES	65536u
#define PLATFORM_NONE	0

struct elf_image {
	struct file *file;
	Elf64_Ehdr eh;
	Elf64_Phdr *ph;			/* kvmalloc'ed */
};

struct elf_layout {
	unsigned long bias;		/* address = p_vaddr + bias */
	unsigned long entry, phdr;	/* final addresses */
	unsigned long start_code, end_code, start_data, end_data, brk;
};

static bool header_ok(const Elf64_Ehdr *eh)
{
	return !memcmp(eh->e_ident, ELFMAG, SELFMAG) && eh->e_ident[EI_CLASS] == ELFCLASS64 &&
	       eh->e_ident[EI_DATA] == ELFDATA2LSB && eh->e_machine == ELF_ARCH_MACHINE &&
	       (eh->e_type == ET_EXEC || eh->e_type == ET_DYN);
}

static int read_phdrs(struct elf_image *im)
{
	unsigned int bytes = im->eh.e_phnum * sizeof(Elf64_Phdr);
	int err;

	if (im->eh.e_phentsize != sizeof(Elf64_Phdr) || !im->eh.e_phnum || bytes > PHDRS_MAX_BYTES)
		return -ENOEXEC;
	im->ph = kvmalloc(bytes, GFP_KERNEL);
	if (!im->ph)
		return -ENOMEM;
	err = bprm_read(im->file, im->eh.e_phoff, im->ph, bytes);
	if (err) {
		kvfree(im->ph);
		im->ph = NULL;
	}
	return err;
}

/* The interpreter that PT_INTERP names, opened and its headers read. 0 also if there is none. */
static int open_interpreter(const struct elf_image *prog, struct elf_image *in)
{
	const Elf64_Phdr *ph = NULL;
	struct filename *fn;
	char *name;
	int err;

	in->file = NULL;
	in->ph = NULL;
	for (int i = 0; i < prog->eh.e_phnum && !ph; i++)
		if (prog->ph[i].p_type == PT_INTERP)
			ph = &prog->ph[i];
	if (!ph)
		return 0;
	if (ph->p_filesz > PATH_MAX_LEN || ph->p_filesz < 2)
		return -ENOEXEC;
	name = kmalloc(ph->p_filesz, GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	err = bprm_read(prog->file, ph->p_offset, name, ph->p_filesz);
	if (!err && name[ph->p_filesz - 1])
		err = -ENOEXEC;
	if (!err) {
		fn = getname_kernel(name);
		err = PTR_ERR_OR_ZERO(fn);
	}
	kfree(name);
	if (err)
		return err;
	in->file = do_open_execat(AT_FDCWD, fn, 0);
	putname(fn);
	if (IS_ERR(in->file)) {
		err = PTR_ERR(in->file);
		in->file = NULL;
		return err;
	}
	err = bprm_read(in->file, 0, &in->eh, sizeof(in->eh));
	if (!err && !header_ok(&in->eh))
		err = -ELIBBAD;
	if (!err)
		err = read_phdrs(in);
	return err == -ENOEXEC ? -ELIBBAD : err;
}

static void close_interpreter(struct elf_image *in)
{
	kvfree(in->ph);
	if (in->file) {
		allow_write_access(in->file);
		fput(in->file);
	}
}

/* ---- mapping ---- */

static unsigned long seg_prot(const Elf64_Phdr *ph)
{
	return (ph->p_flags & PF_R ? PROT_READ : 0) | (ph->p_flags & PF_W ? PROT_WRITE : 0) |
	       (ph->p_flags & PF_X ? PROT_EXEC : 0);
}

/* Map the file part of one segment. @total: reserve this much from here on (first of ET_DYN). */
static unsigned long map_segment(const struct elf_image *im, const Elf64_Phdr *ph, unsigned long addr,
				 unsigned long flags, unsigned long total)
{
	unsigned long off = offset_in_page(ph->p_vaddr);
	unsigned long size = PAGE_ALIGN(ph->p_filesz + off), at;

	addr -= off;
	if (!size)
		return addr;
	if (ph->p_offset < off)
		return -ENOEXEC;
	if (!total)
		return vm_mmap(im->file, addr, size, seg_prot(ph), flags, ph->p_offset - off);
	at = vm_mmap(im->file, addr, PAGE_ALIGN(total), seg_prot(ph), flags, ph->p_offset - off);
	if (!IS_ERR_VALUE(at) && PAGE_ALIGN(total) > size)
		vm_munmap(at + size, PAGE_ALIGN(total) - size);
	return at;
}

/* What of the segment is not in the file is zeros: the rest of its last page, then fresh pages. */
static int map_bss(const Elf64_Phdr *ph, unsigned long addr)
{
	unsigned long file_end = addr + ph->p_filesz, mem_end = addr + ph->p_memsz;
	unsigned long from = PAGE_ALIGN(file_end), to = PAGE_ALIGN(mem_end);

	if (mem_end <= file_end)
		return 0;
	if (ph->p_filesz && (ph->p_flags & PF_W) && offset_in_page(file_end) &&
	    clear_user((void __user *)file_end, min(from, mem_end) - file_end))
		return -EFAULT;
	if (!ph->p_filesz)
		from = PAGE_ALIGN_DOWN(addr);
	return to > from ? vm_brk_flags(from, to - from, ph->p_flags & PF_X ? VM_EXEC : 0) : 0;
}

/* bytes from the first to the end of the last PT_LOAD; 0: none, or nonsense */
static unsigned long image_size(const struct elf_image *im)
{
	unsigned long lo = ~0UL, hi = 0;

	for (int i = 0; i < im->eh.e_phnum; i++) {
		const Elf64_Phdr *ph = &im->ph[i];

		if (ph->p_type != PT_LOAD)
			continue;
		if (ph->p_filesz > ph->p_memsz || ph->p_memsz > TASK_SIZE || ph->p_vaddr > TASK_SIZE - ph->p_memsz)
			return 0;
		lo = min(lo, PAGE_ALIGN_DOWN(ph->p_vaddr));
		hi = max(hi, (unsigned long)(ph->p_vaddr + ph->p_memsz));
	}
	return hi > lo ? hi - lo : 0;
}

static unsigned long max_align(const struct elf_image *im)
{
	unsigned long align = PAGE_SIZE;

	for (int i = 0; i < im->eh.e_phnum; i++) {
		unsigned long a = im->ph[i].p_align;

		if (im->ph[i].p_type == PT_LOAD && a > align && !(a & (a - 1)))
			align = a;
	}
	return align;
}

/* ET_DYN: where to put it. With an interpreter a place of its own, else the mmap area. */
static unsigned long dyn_base(const struct elf_image *im, bool has_interp)
{
	unsigned long base;

	if (!has_interp)
		return 0;
	base = ELF_ET_DYN_BASE;
	if (randomize_layout())
		base += (get_random_u64() & 0x3ffff) << PAGE_SHIFT;
	return base & ~(max_align(im) - 1);
}

/* Map all segments. The first PT_LOAD of an ET_DYN image fixes the bias. */
static int map_image(const struct elf_image *im, unsigned long base, struct elf_layout *l)
{
	unsigned long total = image_size(im);
	bool placed = im->eh.e_type == ET_EXEC;

	if (!total)
		return -ENOEXEC;
	*l = (struct elf_layout){ .start_code = ~0UL, .start_data = 0 };
	for (int i = 0; i < im->eh.e_phnum; i++) {
		const Elf64_Phdr *ph = &im->ph[i];
		unsigned long flags = MAP_PRIVATE, want, addr;
		int err;

		if (ph->p_type != PT_LOAD)
			continue;
		want = ph->p_vaddr + l->bias;
		if (placed)
			flags |= im->eh.e_type == ET_EXEC ? MAP_FIXED_NOREPLACE : MAP_FIXED;
		else if (base)
			flags |= MAP_FIXED_NOREPLACE;
		if (!placed)
			want = base ? base + ph->p_vaddr : (unsigned long)ph->p_vaddr;
		addr = map_segment(im, ph, want, flags, placed ? 0 : total);
		if (IS_ERR_VALUE(addr))
			return addr;
		if (!placed) {
			l->bias = addr - PAGE_ALIGN_DOWN(ph->p_vaddr);
			placed = true;
		}
		addr = ph->p_vaddr + l->bias;
		err = map_bss(ph, addr);
		if (err)
			return err;
		if (im->eh.e_phoff >= ph->p_offset && im->eh.e_phoff < ph->p_offset + ph->p_filesz)
			l->phdr = im->eh.e_phoff - ph->p_offset + addr;
		l->start_code = ph->p_flags & PF_X ? min(l->start_code, addr) : l->start_code;
		if (ph->p_flags & PF_X)
			l->end_code = max(l->end_code, (unsigned long)(addr + ph->p_filesz));
		l->start_data = max(l->start_data, addr);
		l->end_data = max(l->end_data, (unsigned long)(addr + ph->p_filesz));
		l->brk = max(l->brk, (unsigned long)(addr + ph->p_memsz));
	}
	l->entry = im->eh.e_entry + l->bias;
	return l->entry < TASK_SIZE ? 0 : -EINVAL;
}

/* ---- the stack the program starts with ---- */

struct stack_info {
	unsigned long entry, phdr, phnum, interp_base;
	unsigned long random, execfn;
};

static unsigned int fill_auxv(const struct linux_binprm *bprm, const struct stack_info *s, unsigned long *av)
{
	const struct cred *c = current_cred();
	const unsigned long v[][2] = {
		{ AT_SYSINFO_EHDR, current->mm->context.vdso },
		{ AT_HWCAP, elf_hwcap },
		{ AT_PAGESZ, PAGE_SIZE },
		{ AT_CLKTCK, USER_HZ },
		{ AT_PHDR, s->phdr },
		{ AT_PHENT, sizeof(Elf64_Phdr) },
		{ AT_PHNUM, s->phnum },
		{ AT_BASE, s->interp_base },
		{ AT_FLAGS, 0 },
		{ AT_ENTRY, s->entry },
		{ AT_UID, c->uid }, { AT_EUID, c->euid }, { AT_GID, c->gid }, { AT_EGID, c->egid },
		{ AT_SECURE, bprm->secure },
		{ AT_RANDOM, s->random },
		{ AT_EXECFN, s->execfn },
		{ AT_MINSIGSTKSZ, 2048 },
		{ AT_NULL, 0 },
	};
	unsigned int n = 0;

	static_assert(ARRAY_SIZE(v) * 2 <= AT_VECTOR_SIZE, "the vector fits");
	for (unsigned int i = 0; i < ARRAY_SIZE(v); i++) {
		if (v[i][0] == AT_SYSINFO_EHDR && !v[i][1])
			continue;
		av[n++] = v[i][0];
		av[n++] = v[i][1];
	}
	return n;
}

/* Pointers to @count strings that lie one after another at *@p. */
static int put_vector(unsigned long __user **sp, int count, unsigned long *p)
{
	while (count-- > 0) {
		long len = strnlen_user((const char __user *)*p, PAGE_SIZE * 32);

		if (!len || put_user(*p, *sp))
			return -EFAULT;
		(*sp)++;
		*p += len;
	}
	if (put_user(0UL, *sp))
		return -EFAULT;
	(*sp)++;
	return 0;
}

/* argc, argv[], envp[], auxv below the strings; sp is 16-aligned. 0 or -EFAULT. */
static int create_tables(struct linux_binprm *bprm, struct stack_info *s)
{
	struct mm_struct *mm = current->mm;
	unsigned long p = bprm->p, av[AT_VECTOR_SIZE];
	unsigned long __user *sp;
	unsigned int n;
	u8 rnd[16];

	get_random_bytes(rnd, sizeof(rnd));
	s->random = (bprm->p & ~15UL) - sizeof(rnd);
	if (copy_to_user((void __user *)s->random, rnd, sizeof(rnd)))
		return -EFAULT;
	n = fill_auxv(bprm, s, av);
	sp = (unsigned long __user *)s->random - (1 + bprm->argc + 1 + bprm->envc + 1 + n);
	sp = (unsigned long __user *)((unsigned long)sp & ~15UL);
	bprm->p = (unsigned long)sp;
	mm->start_stack = bprm->p;
	if (put_user((unsigned long)bprm->argc, sp++))
		return -EFAULT;
	mm->arg_start = p;
	if (put_vector(&sp, bprm->argc, &p))
		return -EFAULT;
	mm->arg_end = mm->env_start = p;
	if (put_vector(&sp, bprm->envc, &p))
		return -EFAULT;
	mm->env_end = p;
	memset(mm->saved_auxv, 0, sizeof(mm->saved_auxv));
	memcpy(mm->saved_auxv, av, n * sizeof(av[0]));
	return copy_to_user(sp, av, n * sizeof(av[0])) ? -EFAULT : 0;
}

static bool wants_exec_stack(const struct elf_image *im)
{
	for (int i = 0; i < im->eh.e_phnum; i++)
		if (im->ph[i].p_type == PT_GNU_STACK)
			return im->ph[i].p_flags & PF_X;
	return false;
}

static void set_brk(struct mm_struct *mm, unsigned long brk)
{
	mm->brk = PAGE_ALIGN(brk);
	mm->start_brk = mm->brk = arch_randomize_brk(mm);
}

/* After the point of no return: build the new program. */
static int start_program(struct linux_binprm *bprm, const struct elf_image *prog, const struct elf_image *in)
{
	struct elf_layout l, li = { 0 };
	struct stack_info s = { 0 };
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *stack;
	int err;

	arch_pick_mmap_layout(mm);
	mmap_write_lock(mm);
	stack = find_vma(mm, bprm->p);
	err = stack ? finalize_stack(mm, stack, 0, wants_exec_stack(prog)) : -EFAULT;
	mmap_write_unlock(mm);
	if (err)
		return err;
	err = map_image(prog, prog->eh.e_type == ET_DYN ? dyn_base(prog, in->file) : 0, &l);
	if (err)
		return err;
	if (in->file) {
		err = map_image(in, 0, &li);
		if (err)
			return err;
	}
	mm->start_code = l.start_code;
	mm->end_code = l.end_code;
	mm->start_data = l.start_data;
	mm->end_data = l.end_data;
	/* a static PIE sits in the mmap area: its heap goes where a PIE's would */
	set_brk(mm, prog->eh.e_type == ET_DYN && !in->file ? ELF_ET_DYN_BASE : l.brk);
	err = arch_setup_vdso(mm, &mm->context.vdso);
	if (err)
		return err;

	s.entry = l.entry;
	s.phdr = l.phdr;
	s.phnum = prog->eh.e_phnum;
	s.interp_base = in->file ? li.bias : 0;
	s.execfn = stack->vm_end - sizeof(void *) - strlen(bprm->filename) - 1;
	err = create_tables(bprm, &s);
	if (err)
		return err;
	start_thread(task_pt_regs(current), in->file ? li.entry : l.entry, bprm->p);
	return 0;
}

int load_elf_binary(struct linux_binprm *bprm)
{
	struct elf_image prog = { .file = bprm->file }, in = { 0 };
	int err;

	memcpy(&prog.eh, bprm->buf, sizeof(prog.eh));
	if (!header_ok(&prog.eh))
		return -ENOEXEC;
	err = read_phdrs(&prog);
	if (err)
		return err;
	err = image_size(&prog) ? open_interpreter(&prog, &in) : -ENOEXEC;
	if (!err && in.file)
		would_dump(bprm, in.file);
	if (!err)
		err = begin_new_exec(bprm);
	if (!err)
		err = start_program(bprm, &prog, &in);
	close_interpreter(&in);
	kvfree(prog.ph);
	return err;
}

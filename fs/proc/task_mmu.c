// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/PID/maps: the areas of an address space, a line each.
 *
 * The position of the iterator is the address where the next area is looked for, so a
 * reader who comes back goes on where he was, whatever has been mapped meanwhile.
 * mmap_lock is held while the buffer is filled, not while it is copied out.
 */
#include "internal.h"
#include <lib/err.h>
#include <lib/printf.h>
#include <mm/mm.h>
#include <mm/slab.h>

#define NAME_COLUMN	72	/* of a line: where the name stands, after one blank */
#define LINE_ROOM	128	/* enough for all before the name */
#define AT_END		(-1LL)

struct proc_maps {
	struct mm_struct *mm;		/* mmgrab(); NULL: a kernel thread */
	struct path last;		/* whose name is at buf + at, dentry NULL: none */
	size_t at, len;
};

/** proc_maps_start - and _next, _stop: the iterator over areas; m->private is a struct proc_maps. */
void *proc_maps_start(struct seq_file *m, loff_t *pos)
{
	struct proc_maps *pm = m->private;
	struct mm_struct *mm = pm->mm;
	struct vm_area_struct *vma;

	pm->last.dentry = NULL;
	if (*pos == AT_END || !mm || !mmget_not_zero(mm))
		return NULL;
	if (mmap_read_lock_killable(mm)) {
		mmput(mm);
		return ERR_PTR(-EINTR);
	}
	vma = find_vma(mm, *pos);
	if (!vma) {
		mmap_read_unlock(mm);
		mmput(mm);
	}
	return vma;
}

void *proc_maps_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct mm_struct *mm = ((struct proc_maps *)m->private)->mm;
	struct vm_area_struct *next = ((struct vm_area_struct *)v)->vm_next;

	if (next) {
		*pos = next->vm_start;
		return next;
	}
	*pos = AT_END;
	mmap_read_unlock(mm);
	mmput(mm);
	return NULL;
}

/* At the end, or when there was none, the lock has been released already. */
void proc_maps_stop(struct seq_file *m, void *v)
{
	struct mm_struct *mm = ((struct proc_maps *)m->private)->mm;

	if (IS_ERR_OR_NULL(v))
		return;
	mmap_read_unlock(mm);
	mmput(mm);
}

/* ---- a line ---- */

/* eight digits: nibbles spread over the bytes of a word, all made into digits at once */
static char *put_hex8(char *p, u32 v)
{
	u64 x = (u64)(v & 0xffff) << 32 | v >> 16;
	u64 letter;

	x = (x & 0x000000ff000000ffUL) << 16 | (x >> 8 & 0x000000ff000000ffUL);
	x = (x & 0x000f000f000f000fUL) << 8 | (x >> 4 & 0x000f000f000f000fUL);
	letter = (x + 0x0606060606060606UL) >> 4 & 0x0101010101010101UL;
	x += 0x3030303030303030UL + letter * ('a' - '0' - 10);
	for (int i = 0; i < 8; i++)
		p[i] = x >> (8 * i);
	return p + 8;
}

static char *put_hex(char *p, u64 v, unsigned int min_digits)
{
	unsigned int n = v ? (67 - __builtin_clzll(v)) / 4 : 1;

	for (n = max(n, min_digits); n; n--) {
		unsigned int d = v >> (4 * (n - 1)) & 15;

		*p++ = d < 10 ? '0' + d : 'a' + d - 10;
	}
	return p;
}

/* at least eight digits */
static char *put_address(char *p, u64 v)
{
	if (v >> 32)
		p = put_hex(p, v >> 32, 1);
	return put_hex8(p, v);
}

/* a path where it is to stand: d_path() makes it at the end of the buffer */
static void make_path(struct seq_file *m, const struct path *path)
{
	char *out = m->buf + m->count, *end = m->buf + m->size, *s;

	s = d_path(path, out, end - out);
	if (IS_ERR(s)) {
		m->count = m->size;	/* again, with a larger buffer */
		return;
	}
	/* a newline takes four bytes, so only then the text might run into itself */
	for (; *s; s++) {
		if (unlikely(*s == '\n')) {
			if (s - out < 4) {
				m->count = m->size;
				return;
			}
			memcpy(out, "\\012", 4);
			out += 4;
		} else {
			*out++ = *s;
		}
	}
	m->count = out - m->buf;
}

/* Areas of one file follow each other: its name is in the buffer already, before @line. */
static void put_path(struct seq_file *m, const struct path *path, size_t line)
{
	struct proc_maps *pm = m->private;

	if (path_equal(path, &pm->last) && pm->at + pm->len <= line && m->count + pm->len < m->size) {
		memcpy(m->buf + m->count, m->buf + pm->at, pm->len);
		m->count += pm->len;
		return;
	}
	pm->at = m->count;
	make_path(m, path);
	pm->len = m->count - pm->at;
	pm->last = *path;
	if (seq_has_overflowed(m))
		pm->last.dentry = NULL;
}

static const char *special_name(struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;
	const char *name = vma->vm_ops && vma->vm_ops->name ? vma->vm_ops->name(vma) : NULL;

	if (name)
		return name;
	if (vma->vm_start <= mm->brk && vma->vm_end >= mm->start_brk)
		return "[heap]";
	if (vma->vm_start <= mm->start_stack && vma->vm_end >= mm->start_stack)
		return "[stack]";
	return NULL;
}

static char *put_file(char *p, const struct vm_area_struct *vma, const struct inode *inode)
{
	dev_t dev = inode->i_sb->s_dev;

	*p++ = ' ';
	p = put_address(p, (u64)vma->vm_pgoff << PAGE_SHIFT);
	*p++ = ' ';
	p = put_hex(p, MAJOR(dev), 2);
	*p++ = ':';
	p = put_hex(p, MINOR(dev), 2);
	*p++ = ' ';
	p = put_dec(p, inode->i_ino);
	*p++ = ' ';
	return p;
}

/** proc_show_map_vma - the line of @vma. Context: mmap_lock held; m->private is a struct proc_maps. */
void proc_show_map_vma(struct seq_file *m, struct vm_area_struct *vma)
{
	static const char no_file[] = " 00000000 00:00 0 ";
	size_t start = m->count, pad;
	unsigned long flags = vma->vm_flags;
	const char *name = NULL;
	char *p = m->buf + start;

	if (m->size - start < LINE_ROOM) {
		m->count = m->size;
		return;
	}
	p = put_address(p, vma->vm_start);
	*p++ = '-';
	p = put_address(p, vma->vm_end);
	*p++ = ' ';
	*p++ = flags & VM_READ ? 'r' : '-';
	*p++ = flags & VM_WRITE ? 'w' : '-';
	*p++ = flags & VM_EXEC ? 'x' : '-';
	*p++ = flags & VM_MAYSHARE ? 's' : 'p';
	if (vma->vm_file) {
		p = put_file(p, vma, file_inode(vma->vm_file));
	} else {
		memcpy(p, no_file, sizeof(no_file) - 1);
		p += sizeof(no_file) - 1;
		name = special_name(vma);
	}
	m->count = p - m->buf;
	if (vma->vm_file || name) {
		pad = m->count - start <= NAME_COLUMN ? start + NAME_COLUMN + 1 - m->count : 0;
		memset(p, ' ', pad);
		m->count += pad;
		if (name)
			seq_puts(m, name);
		else
			put_path(m, &vma->vm_file->f_path, start);
	}
	if (!seq_has_overflowed(m))
		seq_putc(m, '\n');
}

static int show_map(struct seq_file *m, void *v)
{
	proc_show_map_vma(m, v);
	return 0;
}

static const struct seq_operations maps_ops = {
	.start = proc_maps_start,
	.next = proc_maps_next,
	.stop = proc_maps_stop,
	.show = show_map,
};

static int maps_open(struct inode *inode, struct file *f)
{
	return proc_maps_open(inode, f, &maps_ops);
}

/** proc_maps_open - for files that show areas one by one, with proc_maps_start() and so
 *  on in @ops. Return: 0 or -errno. */
int proc_maps_open(struct inode *inode, struct file *f, const struct seq_operations *ops)
{
	struct mm_struct *mm = proc_mem_open(inode, PTRACE_MODE_READ_FSCREDS);
	struct proc_maps *pm;
	int err = -ENOMEM;

	if (IS_ERR(mm))
		return PTR_ERR(mm);
	pm = kzalloc(sizeof(*pm), GFP_KERNEL);
	if (pm)
		err = seq_open(f, ops);
	if (err) {
		kfree(pm);
		if (mm)
			mmdrop(mm);
		return err;
	}
	pm->mm = mm;
	((struct seq_file *)f->private_data)->private = pm;
	return 0;
}

int proc_maps_release(struct inode *inode, struct file *f)
{
	struct proc_maps *pm = ((struct seq_file *)f->private_data)->private;

	if (pm->mm)
		mmdrop(pm->mm);
	kfree(pm);
	return seq_release(inode, f);
}

const struct file_operations proc_pid_maps_fops = {
	.open = maps_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = proc_maps_release,
};

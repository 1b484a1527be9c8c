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

/** proc_maps_start - and _next, _stop: the iterator over areas; m->private is the mm. */
void *proc_maps_start(struct seq_file *m, loff_t *pos)
{
	struct mm_struct *mm = m->private;
	struct vm_area_struct *vma;

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
	struct mm_struct *mm = m->private;
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
	struct mm_struct *mm = m->private;

	if (IS_ERR_OR_NULL(v))
		return;
	mmap_read_unlock(mm);
	mmput(mm);
}

/* ---- a line ---- */

static char *put_hex(char *p, u64 v, unsigned int min_digits)
{
	unsigned int n = v ? (67 - __builtin_clzll(v)) / 4 : 1;

	for (n = max(n, min_digits); n; n--) {
		unsigned int d = v >> (4 * (n - 1)) & 15;

		*p++ = d < 10 ? '0' + d : 'a' + d - 10;
	}
	return p;
}

/* a path where it is to stand: d_path() makes it at the end of the buffer */
static void put_path(struct seq_file *m, const struct path *path)
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

/** proc_show_map_vma - the line of @vma. Context: mmap_lock held. */
void proc_show_map_vma(struct seq_file *m, struct vm_area_struct *vma)
{
	size_t start = m->count, pad;
	unsigned long flags = vma->vm_flags;
	const struct inode *inode = NULL;
	const char *name = NULL;
	char *p = m->buf + start;
	dev_t dev = 0;

	if (m->size - m->count < LINE_ROOM) {
		m->count = m->size;
		return;
	}
	if (vma->vm_file) {
		inode = file_inode(vma->vm_file);
		dev = inode->i_sb->s_dev;
	} else {
		name = special_name(vma);
	}
	p = put_hex(p, vma->vm_start, 8);
	*p++ = '-';
	p = put_hex(p, vma->vm_end, 8);
	*p++ = ' ';
	*p++ = flags & VM_READ ? 'r' : '-';
	*p++ = flags & VM_WRITE ? 'w' : '-';
	*p++ = flags & VM_EXEC ? 'x' : '-';
	*p++ = flags & VM_MAYSHARE ? 's' : 'p';
	*p++ = ' ';
	p = put_hex(p, inode ? (u64)vma->vm_pgoff << PAGE_SHIFT : 0, 8);
	*p++ = ' ';
	p = put_hex(p, MAJOR(dev), 2);
	*p++ = ':';
	p = put_hex(p, MINOR(dev), 2);
	*p++ = ' ';
	p = put_dec(p, inode ? inode->i_ino : 0);
	*p++ = ' ';
	m->count = p - m->buf;
	if (inode || name) {
		pad = m->count - start <= NAME_COLUMN ? start + NAME_COLUMN + 1 - m->count : 0;
		memset(p, ' ', pad);
		m->count += pad;
		if (inode)
			put_path(m, &vma->vm_file->f_path);
		else
			seq_puts(m, name);
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
	struct mm_struct *mm = proc_mem_open(inode, PTRACE_MODE_READ);
	int err;

	if (IS_ERR(mm))
		return PTR_ERR(mm);
	err = seq_open(f, ops);
	if (err) {
		if (mm)
			mmdrop(mm);
		return err;
	}
	((struct seq_file *)f->private_data)->private = mm;
	return 0;
}

int proc_maps_release(struct inode *inode, struct file *f)
{
	struct mm_struct *mm = ((struct seq_file *)f->private_data)->private;

	if (mm)
		mmdrop(mm);
	return seq_release(inode, f);
}

const struct file_operations proc_pid_maps_fops = {
	.open = maps_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = proc_maps_release,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * seq_file: a file whose text is made while it is read, record by record.
 *
 * read() fills the buffer with at least one record; one that does not fit makes the buffer
 * grow and is made again. index is the position of the iterator, read_pos that of the
 * reader in bytes: a reader who seeks gets the text made anew up to there.
 */
#include <fs/seq_file.h>
#include <fs/fs.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <mm/slab.h>
#include <arch/uaccess.h>

static struct kmem_cache *seq_cache;

static bool overflowed(const struct seq_file *m)
{
	return m->count == m->size;
}

static void set_overflow(struct seq_file *m)
{
	m->count = m->size;
}

int seq_open(struct file *f, const struct seq_operations *op)
{
	struct seq_file *m;

	if (unlikely(!READ_ONCE(seq_cache))) {
		struct kmem_cache *c = KMEM_CACHE(seq_file, 0), *none = NULL;

		if (!c)
			return -ENOMEM;
		if (!try_cmpxchg(&seq_cache, &none, c))
			kmem_cache_destroy(c);
	}
	m = kmem_cache_zalloc(seq_cache, GFP_KERNEL);
	if (!m)
		return -ENOMEM;
	mutex_init(&m->lock, LR_SEQ_FILE);
	m->op = op;
	m->file = f;
	f->private_data = m;
	f->f_mode &= ~FMODE_PWRITE;
	return 0;
}

int seq_release(struct inode *i, struct file *f)
{
	struct seq_file *m = f->private_data;

	kvfree(m->buf);
	kmem_cache_free(seq_cache, m);
	return 0;
}

static int grow(struct seq_file *m, size_t size)
{
	kvfree(m->buf);
	m->count = 0;
	m->buf = kvmalloc(size, GFP_KERNEL);
	m->size = m->buf ? size : 0;
	return m->buf ? 0 : -ENOMEM;
}

/* Make the text anew and throw away the first @offset bytes. */
static int traverse(struct seq_file *m, loff_t offset)
{
	loff_t pos = 0;
	void *p;
	int err = 0;

	m->index = 0;
	m->count = m->from = 0;
	if (!offset)
		return 0;
	if (!m->buf && grow(m, PAGE_SIZE))
		return -ENOMEM;
	p = m->op->start(m, &m->index);
	while (p) {
		err = PTR_ERR_OR_ZERO(p);
		if (err)
			break;
		err = m->op->show(m, p);
		if (err < 0)
			break;
		if (err) {
			err = 0;
			m->count = 0;
		}
		if (overflowed(m)) {
			m->op->stop(m, p);
			return grow(m, m->size << 1) ? -ENOMEM : -EAGAIN;
		}
		p = m->op->next(m, p, &m->index);
		if (pos + m->count > offset) {
			m->from = offset - pos;
			m->count -= m->from;
			break;
		}
		pos += m->count;
		m->count = 0;
		if (pos == offset)
			break;
	}
	m->op->stop(m, p);
	return err;
}

static int seek_to(struct seq_file *m, loff_t pos)
{
	int err;

	while ((err = traverse(m, pos)) == -EAGAIN)
		;
	if (err) {
		m->read_pos = 0;
		m->index = 0;
		m->count = 0;
	} else {
		m->read_pos = pos;
	}
	return err;
}

/* One record at least, then as many more as fit and are wanted. */
static int fill(struct seq_file *m, size_t want)
{
	size_t good;
	int err = 0;
	void *p;

	m->from = 0;
	for (;;) {
		p = m->op->start(m, &m->index);
		err = PTR_ERR_OR_ZERO(p);
		if (!p || err)
			break;
		err = m->op->show(m, p);
		if (err < 0)
			break;
		if (err)
			m->count = 0;
		if (!m->count) {
			p = m->op->next(m, p, &m->index);
			m->op->stop(m, p);
			err = 0;
			if (!p)
				return 0;
			continue;
		}
		if (!overflowed(m))
			goto more;
		m->op->stop(m, p);
		if (grow(m, m->size << 1))
			return -ENOMEM;
	}
	m->op->stop(m, p);
	m->count = 0;
	return err;
more:
	for (;;) {
		p = m->op->next(m, p, &m->index);
		if (IS_ERR_OR_NULL(p) || m->count >= want)
			break;
		good = m->count;
		err = m->op->show(m, p);
		if (overflowed(m) || err) {
			m->count = good;
			if (err <= 0)
				break;
		}
	}
	m->op->stop(m, p);
	return 0;
}

ssize_t seq_read(struct file *f, char __user *buf, size_t n, loff_t *ppos)
{
	struct seq_file *m = f->private_data;
	size_t done = 0, len;
	int err = 0;

	if (!n)
		return 0;
	mutex_lock(&m->lock);
	if (*ppos == 0) {
		m->index = 0;
		m->count = 0;
		m->read_pos = 0;
	}
	if (unlikely(*ppos != m->read_pos))
		err = seek_to(m, *ppos);
	if (!err && !m->buf)
		err = grow(m, PAGE_SIZE);
	while (!err && n) {
		if (!m->count) {
			if (done)
				break;
			err = fill(m, n);
			if (err || !m->count)
				break;
		}
		len = min(m->count, n);
		if (copy_to_user(buf, m->buf + m->from, len)) {
			err = -EFAULT;
			break;
		}
		m->count -= len;
		m->from += len;
		n -= len;
		buf += len;
		done += len;
	}
	if (done) {
		*ppos += done;
		m->read_pos += done;
		err = 0;
	}
	mutex_unlock(&m->lock);
	return done ? done : err;
}

loff_t seq_lseek(struct file *f, loff_t off, int whence)
{
	struct seq_file *m = f->private_data;
	loff_t ret = -EINVAL;
	int err;

	mutex_lock(&m->lock);
	if (whence == SEEK_CUR)
		off += f->f_pos;
	if ((whence == SEEK_SET || whence == SEEK_CUR) && off >= 0) {
		err = off == m->read_pos ? 0 : seek_to(m, off);
		ret = err ? err : off;
		if (!err)
			f->f_pos = off;
	}
	mutex_unlock(&m->lock);
	return ret;
}

/* ---- files of one record ---- */

static void *single_start(struct seq_file *m, loff_t *pos)
{
	return *pos ? NULL : (void *)1;
}

static void *single_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return NULL;
}

static void single_stop(struct seq_file *m, void *v)
{
}

int single_open(struct file *f, int (*show)(struct seq_file *m, void *v), void *data)
{
	struct seq_operations *op = kmalloc(sizeof(*op), GFP_KERNEL);
	int err;

	if (!op)
		return -ENOMEM;
	op->start = single_start;
	op->next = single_next;
	op->stop = single_stop;
	op->show = show;
	err = seq_open(f, op);
	if (err)
		kfree(op);
	else
		((struct seq_file *)f->private_data)->private = data;
	return err;
}

int single_release(struct inode *i, struct file *f)
{
	const struct seq_operations *op = ((struct seq_file *)f->private_data)->op;

	seq_release(i, f);
	kfree(op);
	return 0;
}

/* ---- output ---- */

void seq_printf(struct seq_file *m, const char *fmt, ...)
{
	va_list ap;
	int len;

	if (m->count >= m->size)
		return;
	va_start(ap, fmt);
	len = vsnprintf(m->buf + m->count, m->size - m->count, fmt, ap);
	va_end(ap);
	if (m->count + len < m->size)
		m->count += len;
	else
		set_overflow(m);
}

void seq_write(struct seq_file *m, const void *data, size_t n)
{
	if (m->count + n < m->size) {
		memcpy(m->buf + m->count, data, n);
		m->count += n;
	} else {
		set_overflow(m);
	}
}

void seq_puts(struct seq_file *m, const char *s)
{
	seq_write(m, s, strlen(s));
}

void seq_putc(struct seq_file *m, char c)
{
	if (m->count < m->size)
		m->buf[m->count++] = c;
}

void seq_put_decimal_ull(struct seq_file *m, const char *delim, u64 v)
{
	char digits[20], *end = put_dec(digits, v);

	if (delim)
		seq_puts(m, delim);
	seq_write(m, digits, end - digits);
}

/** seq_put_hex_ll - @width: at least so many digits. */
void seq_put_hex_ll(struct seq_file *m, const char *delim, u64 v, unsigned int width)
{
	char digits[16];
	unsigned int n = 16;

	do {
		unsigned int d = v & 15;

		digits[--n] = d < 10 ? '0' + d : 'a' + d - 10;
		v >>= 4;
	} while (v || 16 - n < width);
	if (delim)
		seq_puts(m, delim);
	seq_write(m, digits + n, 16 - n);
}

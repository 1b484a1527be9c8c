/* SPDX-License-Identifier: GPL-2.0-only */
/* seq_file: text files made on the fly (proc). fs/seq_file.c */
#ifndef FS_SEQ_FILE_H
#define FS_SEQ_FILE_H
#include <lib/types.h>
#include <kernel/mutex.h>
struct file;
struct inode;
struct path;
struct seq_operations;
struct seq_file {
	char *buf;
	size_t size, from, count;
	loff_t index, read_pos;
	struct mutex lock;
	const struct seq_operations *op;
	struct file *file;
	void *private;
};
struct seq_operations {
	void *(*start)(struct seq_file *m, loff_t *pos);
	void (*stop)(struct seq_file *m, void *v);
	void *(*next)(struct seq_file *m, void *v, loff_t *pos);
	int (*show)(struct seq_file *m, void *v);
};
int seq_open(struct file *f, const struct seq_operations *op);
int seq_release(struct inode *i, struct file *f);
ssize_t seq_read(struct file *f, char __user *buf, size_t n, loff_t *pos);
loff_t seq_lseek(struct file *f, loff_t off, int whence);
int single_open(struct file *f, int (*show)(struct seq_file *m, void *v), void *data);
int single_release(struct inode *i, struct file *f);
void seq_printf(struct seq_file *m, const char *fmt, ...) __printf(2, 3);
void seq_puts(struct seq_file *m, const char *s);
void seq_putc(struct seq_file *m, char c);
void seq_write(struct seq_file *m, const void *data, size_t n);
void seq_put_decimal_ull(struct seq_file *m, const char *delim, u64 v);
void seq_put_hex_ll(struct seq_file *m, const char *delim, u64 v, unsigned int width);
static inline bool seq_has_overflowed(struct seq_file *m) { return m->count == m->size; }
#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/sys: the kernel's adjustable figures, one table. A line names a variable with
 * its kind and limits, or functions that show and store a value.
 */
#include "internal.h"
#include <arch/uaccess.h>
#include <fs/eventpoll.h>
#include <fs/pipe_fs.h>
#include <kernel/cred.h>
#include <kernel/ipc.h>
#include <kernel/printk.h>
#include <kernel/random.h>
#include <kernel/sys.h>
#include <lib/ctype.h>
#include <lib/err.h>
#include <lib/kstrto.h>
#include <lib/printf.h>
#include <mm/mm.h>
#include <mm/page_alloc.h>
#include <mm/reclaim.h>
#include <mm/userfaultfd.h>
#include <mm/writeback.h>
#include <linux/limits.h>

#define TEXT_MAX	256

enum sysctl_kind { SYSCTL_INT, SYSCTL_ULONG, SYSCTL_STRING, SYSCTL_FUNC };

struct sysctl {
	const char *dir, *name;
	umode_t mode;
	enum sysctl_kind kind;
	void *data;
	long min, max;			/* strings: max bytes with NUL */
	void (*changed)(void);
	int (*show)(char *buf, size_t size);	/* Return: length */
	int (*store)(char *text);		/* 0 or -errno */
};

/* ---- values that are not just a variable ---- */

static const char ostype[] = "Linux";
static int zero, cap_last_cap = CAP_LAST_CAP, ngroups_max = NGROUPS_MAX;
static int overflow_id = 65534, random_bits = 256;

static int show_printk(char *buf, size_t size)
{
	return scnprintf(buf, size, "%d\t4\t1\t7\n", console_loglevel);
}

static int store_printk(char *text)
{
	char *end;
	long level = simple_strtol(text, &end, 10);

	if (end == text)
		return -EINVAL;
	console_loglevel = level;
	return 0;
}

static int format_uuid(char *buf, size_t size, const u8 id[16])
{
	return scnprintf(buf, size, "%4phN-%2phN-%2phN-%2phN-%6phN\n", id, id + 4, id + 6, id + 8, id + 10);
}

static void make_uuid(u8 id[16])
{
	get_random_bytes(id, 16);
	id[6] = (id[6] & 0x0f) | 0x40;	/* RFC 4122: version 4 */
	id[8] = (id[8] & 0x3f) | 0x80;
}

static int show_uuid(char *buf, size_t size)
{
	u8 id[16];

	make_uuid(id);
	return format_uuid(buf, size, id);
}

static int show_boot_id(char *buf, size_t size)
{
	static u8 id[16];
	static bool made;

	if (!made) {
		make_uuid(id);
		made = true;
	}
	return format_uuid(buf, size, id);
}

static int drop_what;

static int show_drop_caches(char *buf, size_t size)
{
	return scnprintf(buf, size, "%d\n", drop_what);
}

static int store_drop_caches(char *text)
{
	int what, err = kstrtoint(strim(text), 10, &what);

	if (err)
		return err;
	if (what < 1 || what > 4)
		return -EINVAL;
	drop_what = what;
	if (what & 1)
		drop_pagecache();
	while (what & 2 && drop_slab() > 10 && !fatal_signal_pending(current))
		;
	return 0;
}

static int show_file_nr(char *buf, size_t size)
{
	return scnprintf(buf, size, "%lu\t0\t%lu\n", nr_files(), sysctl_max_files);
}

static int show_inode_nr(char *buf, size_t size)
{
	return scnprintf(buf, size, "%lu\t%lu\n", nr_inodes, nr_inodes_unused);
}

static int show_inode_state(char *buf, size_t size)
{
	return scnprintf(buf, size, "%lu\t%lu\t0\t0\t0\t0\t0\n", nr_inodes, nr_inodes_unused);
}

static int show_dentry_state(char *buf, size_t size)
{
	return scnprintf(buf, size, "%lu\t%lu\t45\t0\t0\t0\n", nr_dentry, nr_dentry_unused);
}

/* of ratio and bytes only one is in force */
static void ratio_changed(void) { vm_dirty_bytes = 0; }
static void bg_ratio_changed(void) { dirty_background_bytes = 0; }
static void bytes_changed(void) { vm_dirty_ratio = 0; }
static void bg_bytes_changed(void) { dirty_background_ratio = 0; }
static void ratio_overcommit_changed(void) { sysctl_overcommit_kbytes = 0; }
static void kbytes_overcommit_changed(void) { sysctl_overcommit_ratio = 0; }

/* ---- the table ---- */

#define INT(d, n, v, lo, hi, ...) \
	{ .dir = d, .name = n, .mode = 0644, .kind = SYSCTL_INT, .data = &(v), .min = lo, .max = hi, ##__VA_ARGS__ }
#define RO_INT(d, n, v) \
	{ .dir = d, .name = n, .mode = 0444, .kind = SYSCTL_INT, .data = &(v) }
#define ULONG(d, n, v, ...) \
	{ .dir = d, .name = n, .mode = 0644, .kind = SYSCTL_ULONG, .data = &(v), .max = LONG_MAX, ##__VA_ARGS__ }
#define RO_STR(d, n, v) \
	{ .dir = d, .name = n, .mode = 0444, .kind = SYSCTL_STRING, .data = (void *)(v) }
#define STR(d, n, v) \
	{ .dir = d, .name = n, .mode = 0644, .kind = SYSCTL_STRING, .data = (v), .max = sizeof(v) }
#define FUNC(d, n, m, sh, st) \
	{ .dir = d, .name = n, .mode = m, .kind = SYSCTL_FUNC, .show = sh, .store = st }

static const struct sysctl table[] = {
	RO_STR("kernel", "ostype", ostype),
	RO_STR("kernel", "osrelease", uts_name.release),
	RO_STR("kernel", "version", uts_name.version),
	STR("kernel", "hostname", uts_name.nodename),
	STR("kernel", "domainname", uts_name.domainname),
	INT("kernel", "pid_max", pid_max, 301, PID_MAX_LIMIT),
	INT("kernel", "threads-max", max_threads, 20, INT_MAX),
	INT("kernel", "sched_rt_period_us", sched_rt_period_us, 1, INT_MAX),
	INT("kernel", "sched_rt_runtime_us", sched_rt_runtime_us, -1, INT_MAX),
	INT("kernel", "randomize_va_space", sysctl_randomize_va_space, INT_MIN, INT_MAX),
	INT("kernel", "panic", panic_timeout, INT_MIN, INT_MAX),
	FUNC("kernel", "printk", 0644, show_printk, store_printk),
	RO_INT("kernel", "tainted", zero),
	INT("kernel", "overflowuid", overflow_id, 65534, 65534),
	INT("kernel", "overflowgid", overflow_id, 65534, 65534),
	RO_INT("kernel", "cap_last_cap", cap_last_cap),
	RO_INT("kernel", "ngroups_max", ngroups_max),
	FUNC("kernel", "shmmax", 0644, show_shmmax, store_shmmax),
	FUNC("kernel", "shmall", 0644, show_shmall, store_shmall),
	FUNC("kernel", "sem", 0644, show_sem, store_sem),
	INT("kernel", "shmmni", shm_ctlmni, 0, 1 << 15),
	INT("kernel", "shm_rmid_forced", shm_rmid_forced, 0, 1, .changed = shm_destroy_orphaned),
	INT("kernel", "msgmax", msg_ctlmax, 0, INT_MAX),
	INT("kernel", "msgmnb", msg_ctlmnb, 0, INT_MAX),
	INT("kernel", "msgmni", msg_ctlmni, 0, 1 << 15),
	FUNC("kernel/random", "boot_id", 0444, show_boot_id, NULL),
	FUNC("kernel/random", "uuid", 0444, show_uuid, NULL),
	RO_INT("kernel/random", "entropy_avail", random_bits),
	RO_INT("kernel/random", "poolsize", random_bits),
	INT("vm", "overcommit_memory", sysctl_overcommit_memory, 0, 2),
	INT("vm", "overcommit_ratio", sysctl_overcommit_ratio, 0, INT_MAX, .changed = ratio_overcommit_changed),
	ULONG("vm", "overcommit_kbytes", sysctl_overcommit_kbytes, .changed = kbytes_overcommit_changed),
	INT("vm", "max_map_count", sysctl_max_map_count, 0, INT_MAX),
	INT("vm", "dirty_ratio", vm_dirty_ratio, 0, 100, .changed = ratio_changed),
	INT("vm", "dirty_background_ratio", dirty_background_ratio, 0, 100, .changed = bg_ratio_changed),
	ULONG("vm", "dirty_bytes", vm_dirty_bytes, .min = 2 * PAGE_SIZE, .changed = bytes_changed),
	ULONG("vm", "dirty_background_bytes", dirty_background_bytes, .min = 1, .changed = bg_bytes_changed),
	INT("vm", "dirty_writeback_centisecs", dirty_writeback_interval_cs, 0, INT_MAX),
	INT("vm", "dirty_expire_centisecs", dirty_expire_interval_cs, 0, INT_MAX),
	FUNC("vm", "drop_caches", 0200, show_drop_caches, store_drop_caches),
	ULONG("vm", "min_free_kbytes", min_free_kbytes, .changed = setup_per_zone_wmarks),
	ULONG("vm", "mmap_min_addr", mmap_min_addr),
	INT("vm", "unprivileged_userfaultfd", sysctl_unprivileged_userfaultfd, 0, 1),
	ULONG("vm", "user_reserve_kbytes", sysctl_user_reserve_kbytes),
	ULONG("vm", "admin_reserve_kbytes", sysctl_admin_reserve_kbytes),
	ULONG("fs", "file-max", sysctl_max_files),
	FUNC("fs", "file-nr", 0444, show_file_nr, NULL),
	FUNC("fs", "inode-nr", 0444, show_inode_nr, NULL),
	FUNC("fs", "inode-state", 0444, show_inode_state, NULL),
	FUNC("fs", "dentry-state", 0444, show_dentry_state, NULL),
	INT("fs", "nr_open", sysctl_nr_open, 64, 0x7fffffc0),
	ULONG("fs/epoll", "max_user_watches", sysctl_max_user_watches),
	INT("fs", "pipe-max-size", pipe_max_size, PAGE_SIZE, INT_MAX),
};

/* ---- reading and writing ---- */

static const struct sysctl *sysctl_of(struct file *f)
{
	return PROC_I(file_inode(f))->pde->data;
}

static int format(const struct sysctl *s, char *buf, size_t size)
{
	switch (s->kind) {
	case SYSCTL_INT:
		return scnprintf(buf, size, "%d\n", READ_ONCE(*(int *)s->data));
	case SYSCTL_ULONG:
		return scnprintf(buf, size, "%lu\n", READ_ONCE(*(unsigned long *)s->data));
	case SYSCTL_STRING:
		return scnprintf(buf, size, "%s\n", (const char *)s->data);
	default:
		return s->show(buf, size);
	}
}

static ssize_t sysctl_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	char text[TEXT_MAX];

	return simple_read_from_buffer(buf, n, pos, text, format(sysctl_of(f), text, sizeof(text)));
}

static int parse_number(const struct sysctl *s, const char *text, long *v)
{
	char *end;
	bool minus = *text == '-';

	*v = simple_strtoull(text + minus, &end, 0);
	if (end == text + minus || (*end && !isspace(*end)))
		return -EINVAL;
	if (minus)
		*v = -*v;
	return *v < s->min || *v > s->max ? -EINVAL : 0;
}

static int store(const struct sysctl *s, char *text)
{
	int err = 0;
	long v;

	switch (s->kind) {
	case SYSCTL_STRING:
		text[strcspn(text, "\n")] = '\0';
		if (strlen(text) >= s->max)
			text[s->max - 1] = '\0';
		strscpy_pad(s->data, text, s->max);
		break;
	case SYSCTL_FUNC:
		return s->store(text);
	default:
		err = parse_number(s, skip_spaces(text), &v);
		if (err)
			return err;
		if (s->kind == SYSCTL_INT)
			WRITE_ONCE(*(int *)s->data, v);
		else
			WRITE_ONCE(*(unsigned long *)s->data, v);
	}
	if (s->changed)
		s->changed();
	return 0;
}

static ssize_t sysctl_write(struct file *f, const char __user *buf, size_t n, loff_t *pos)
{
	const struct sysctl *s = sysctl_of(f);
	char text[TEXT_MAX];
	size_t len = min(n, sizeof(text) - 1);
	int err;

	if (*pos || !n)
		return n;	/* a value is written at once */
	if (copy_from_user(text, buf, len))
		return -EFAULT;
	text[len] = '\0';
	err = store(s, text);
	if (err)
		return err;
	*pos += n;
	return n;
}

static const struct file_operations sysctl_fops = {
	.llseek = generic_file_llseek,
	.read = sysctl_read,
	.write = sysctl_write,
};

static struct proc_dir_entry *make_path(struct proc_dir_entry *parent, const char *path)
{
	const char *slash = strchr(path, '/');

	if (!slash)
		return proc_mkdir(path, parent);
	/* the table has no deeper ones than kernel/random */
	parent = proc_mkdir("kernel", parent);
	return parent ? proc_mkdir(slash + 1, parent) : NULL;
}

void proc_sys_init(void)
{
	struct proc_dir_entry *sys = proc_mkdir("sys", NULL), *dir;

	for (size_t i = 0; sys && i < ARRAY_SIZE(table); i++) {
		dir = make_path(sys, table[i].dir);
		if (dir)
			proc_create(table[i].name, table[i].mode, dir, &sysctl_fops, &table[i]);
	}
}

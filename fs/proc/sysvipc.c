// SPDX-License-Identifier: GPL-2.0-only
/* /proc/sysvipc, and the limits of System V IPC that are more than an int. */
#include "internal.h"
#include <kernel/init.h>
#include <kernel/ipc.h>
#include <lib/err.h>
#include <lib/kstrto.h>
#include <lib/printf.h>

/* unlike other figures, these may be as large as an unsigned long */
static int store_ulong(char *text, unsigned long *v)
{
	unsigned long n;
	int err = kstrtoul(strim(text), 0, &n);

	if (!err)
		WRITE_ONCE(*v, n);
	return err;
}

int show_shmmax(char *buf, size_t size)
{
	return scnprintf(buf, size, "%lu\n", shm_ctlmax);
}

int store_shmmax(char *text)
{
	return store_ulong(text, &shm_ctlmax);
}

int show_shmall(char *buf, size_t size)
{
	return scnprintf(buf, size, "%lu\n", shm_ctlall);
}

int store_shmall(char *text)
{
	return store_ulong(text, &shm_ctlall);
}

int show_sem(char *buf, size_t size)
{
	return scnprintf(buf, size, "%d\t%d\t%d\t%d\n", sem_ctls[0], sem_ctls[1], sem_ctls[2],
			 sem_ctls[3]);
}

/* as many of the four as are given, in their order */
int store_sem(char *text)
{
	for (int i = 0; i < ARRAY_SIZE(sem_ctls); i++) {
		char *word = skip_spaces(text), *end;
		long v;

		if (!*word)
			break;
		v = simple_strtol(word, &end, 0);
		if (end == word || v < 0 || v > INT_MAX)
			return -EINVAL;
		/* an id has room for so many sets */
		if (i == ARRAY_SIZE(sem_ctls) - 1 && v > 1 << 15)
			return -EINVAL;
		WRITE_ONCE(sem_ctls[i], v);
		text = end;
	}
	return 0;
}

static int __init proc_sysvipc_init(void)
{
	struct proc_dir_entry *dir = proc_mkdir("sysvipc", NULL);

	if (!dir)
		return 0;
	proc_create_seq("shm", 0444, dir, &sysvipc_shm_seq);
	proc_create_seq("sem", 0444, dir, &sysvipc_sem_seq);
	proc_create_seq("msg", 0444, dir, &sysvipc_msg_seq);
	return 0;
}
fs_initcall(proc_sysvipc_init);

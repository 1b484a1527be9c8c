// SPDX-License-Identifier: GPL-2.0-only
/* /proc/sysvipc, and the limits of System V IPC that are more than an int. */
#include "internal.h"
#include <kernel/init.h>
#include <kernel/ipc.h>
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

static int __init proc_sysvipc_init(void)
{
	struct proc_dir_entry *dir = proc_mkdir("sysvipc", NULL);

	if (dir)
		proc_create_seq("shm", 0444, dir, &sysvipc_shm_seq);
	return 0;
}
fs_initcall(proc_sysvipc_init);

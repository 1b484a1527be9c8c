// SPDX-License-Identifier: GPL-2.0-only
/*
 * System V shared memory: shmget, shmat, shmdt, shmctl, /proc/sysvipc/shm.
 */
#include "tap.h"
#include <sys/ipc.h>
#include <sys/shm.h>

#ifndef SHM_EXEC
#define SHM_EXEC	0100000
#endif
#ifndef SHM_STAT_ANY
#define SHM_STAT_ANY	15
#endif
#define KEY	0x56000001

static int new_shm(size_t pages)
{
	return must(shmget(IPC_PRIVATE, pages * PG, 0600));
}

static struct shmid_ds stat_of(int id)
{
	struct shmid_ds ds;

	must(shmctl(id, IPC_STAT, &ds));
	return ds;
}

static char *attach(int id, void *at, int flg)
{
	return must((char *)shmat(id, at, flg));
}

static void rm(int id)
{
	must(shmctl(id, IPC_RMID, NULL));
}

static void getting(void)
{
	int id, other;

	fails(shmget(KEY, PG, 0600), ENOENT, "a key that nobody has is ENOENT");
	id = must(shmget(KEY, 3 * PG - 5, IPC_CREAT | 0640));
	is(shmget(KEY, PG, 0600), id, "the key finds it, and may ask for less");
	is(shmget(KEY, 0, 0), id, "size 0 finds it");
	is(shmget(KEY, 0, IPC_CREAT | 0600), id, "IPC_CREAT finds it");
	fails(shmget(KEY, PG, IPC_CREAT | IPC_EXCL | 0600), EEXIST, "IPC_EXCL does not");
	fails(shmget(KEY, 3 * PG, 0600), EINVAL, "more than it has is EINVAL");
	is(stat_of(id).shm_segsz, 3 * PG - 5, "shm_segsz is what was asked for");
	is(stat_of(id).shm_perm.mode, 0640, "mode is that of shmget");
	is(stat_of(id).shm_perm.__key, KEY, "the key is shown");
	is(stat_of(id).shm_cpid, getpid(), "and who made it");
	is(stat_of(id).shm_atime, 0, "never attached");
	ok(labs(stat_of(id).shm_ctime - time(NULL)) < 5, "ctime is now");
	rm(id);
	fails(shmget(KEY, PG, 0600), ENOENT, "IPC_RMID frees the key");
	fails(shmctl(id, IPC_STAT, NOTHING), EINVAL, "and the id");
	other = must(shmget(KEY, PG, IPC_CREAT | 0600));
	ok(other != id, "a new one gets a new id");
	rm(other);
	fails(shmget(IPC_PRIVATE, 0, 0600), EINVAL, "a new one of size 0 is EINVAL");
	fails(shmget(IPC_PRIVATE, -1UL, 0600), EINVAL, "one beyond SHMMAX is EINVAL");
	fails(shmget(IPC_PRIVATE, 1UL << 60, 0600), ENOMEM, "one beyond memory is ENOMEM");
	fails(shmget(IPC_PRIVATE, 2 * MiB, SHM_HUGETLB | 0600), ENOMEM, "huge pages: there are none");
}

/* What a user is told who attaches to address 1, rounded down. */
static int rounded_to_null(void)
{
	int id = must(shmget(IPC_PRIVATE, PG, 0666)), status;
	pid_t pid = must(fork());

	if (!pid) {
		must(setuid(65534));
		_exit(shmat(id, (void *)1, SHM_RND) == (void *)-1 ? errno : 0);
	}
	must(waitpid(pid, &status, 0));
	must(shmctl(id, IPC_RMID, NULL));
	return WEXITSTATUS(status);
}

static void attaching(void)
{
	int id = new_shm(4);
	char *p, *q, *room = must(mmap(NULL, 16 * PG, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	p = attach(id, NULL, 0);
	q = attach(id, NULL, 0);
	ok(all_bytes(p, 0, 4 * PG), "it begins with zeros");
	strcpy(p + PG, "hello");
	ok(!strcmp(q + PG, "hello"), "two attaches are the same memory");
	is(stat_of(id).shm_nattch, 2, "nattch counts them");
	is(stat_of(id).shm_lpid, getpid(), "lpid is us");
	is(shmdt(q), 0, "shmdt");
	ok(!is_mapped(q), "unmaps");
	is(stat_of(id).shm_nattch, 1, "and counts down");
	fails(shmdt(q), EINVAL, "once");
	fails(shmdt(p + 1), EINVAL, "of an address between pages is EINVAL");
	fails(shmdt(p + PG), EINVAL, "of one within is EINVAL");
	fails(shmdt(room), EINVAL, "of other memory is EINVAL");

	fails(shmat(id, room, 0), EINVAL, "at a place that is taken is EINVAL");
	fails(shmat(id, NULL, SHM_REMAP), EINVAL, "SHM_REMAP at NULL is EINVAL");
	fails(shmat(id, (void *)1, SHM_REMAP | SHM_RND), EINVAL, "nor rounded to NULL");
	is(rounded_to_null(), EPERM, "without SHM_REMAP it is page 0, not for everybody");
	fails(shmat(id, room + 5, SHM_REMAP), EINVAL, "between pages is EINVAL");
	is(shmat(id, room + PG + 5, SHM_REMAP | SHM_RND), room + PG, "SHM_RND rounds down, SHM_REMAP replaces");
	ok(!strcmp(room + 2 * PG, "hello"), "the memory is there");
	must(munmap(room + 2 * PG, PG));
	is(stat_of(id).shm_nattch, 3, "a hole makes two of it");
	is(mprotect(room + 3 * PG, PG, PROT_READ), 0, "mprotect splits");
	is(stat_of(id).shm_nattch, 4, "and counts");
	is(shmdt(room + PG), 0, "shmdt of what is in pieces");
	is(stat_of(id).shm_nattch, 1, "takes all of them");
	ok(is_mapped(room) && is_mapped(room + 5 * PG), "and nothing else");

	q = must(mremap(attach(id, NULL, 0), 4 * PG, 4 * PG, MREMAP_MAYMOVE | MREMAP_FIXED, room + 8 * PG));
	is(stat_of(id).shm_nattch, 2, "mremap moves an attach");
	is(shmdt(q), 0, "shmdt where it is now");
	fails(shmat(-1, NULL, 0), EINVAL, "id -1 is EINVAL");
	fails(shmat(id + (1 << 15), NULL, 0), EINVAL, "another sequence number is EINVAL");
	must(shmdt(p));
	ok(labs(stat_of(id).shm_dtime - time(NULL)) < 5, "dtime is now");
	p = attach(id, NULL, 0);
	ok(!strcmp(p + PG, "hello"), "the memory stays while nobody is attached");
	must(shmdt(p));
	rm(id);
	must(munmap(room, 16 * PG));
}

static void rights(void)
{
	static const unsigned char ret[] = { 0x82, 0x80 };	/* c.jr ra */
	int id = must(shmget(IPC_PRIVATE, PG, 0700));
	char *w = attach(id, NULL, 0), *r = attach(id, NULL, SHM_RDONLY), *x;

	no_fault(try_load(r), "SHM_RDONLY can be read");
	is_fault(try_store(r), SIGSEGV, SEGV_ACCERR, r, "not written");
	fails(mprotect(r, PG, PROT_READ | PROT_WRITE), EACCES, "nor made writable");
	memcpy(w, ret, 2);
	is_fault(try_exec(w), SIGSEGV, SEGV_ACCERR, w, "it is not executable");
	x = attach(id, NULL, SHM_EXEC | SHM_RDONLY);
	asm volatile("fence.i" ::: "memory");
	is_fault(try_exec(x), 0, 0, 0, "with SHM_EXEC it is");
	must(shmdt(w) | shmdt(r) | shmdt(x));
	rm(id);
}

static void removal(void)
{
	int id = must(shmget(KEY, PG, IPC_CREAT | 0600)), again;
	char *p = attach(id, NULL, 0), *q;

	*p = 7;
	rm(id);
	is(stat_of(id).shm_perm.mode, 0600 | SHM_DEST, "removed while attached: SHM_DEST");
	is(stat_of(id).shm_perm.__key, IPC_PRIVATE, "the key is gone");
	again = must(shmget(KEY, PG, IPC_CREAT | IPC_EXCL | 0600));
	ok(again != id, "and free for another");
	rm(again);
	q = attach(id, NULL, 0);
	is(*q, 7, "by its id it can still be attached");
	rm(id);
	must(shmdt(p));
	is(stat_of(id).shm_nattch, 1, "it lives as long as one is left");
	must(shmdt(q));
	fails(shmctl(id, IPC_STAT, NOTHING), EINVAL, "the last detach ends it");
}

static int shared_id;

static void attached_child(void *p)
{
	CHECK(stat_of(shared_id).shm_nattch == 2);
	*(char *)p = 9;
}

static void exec_child(void *arg)
{
	(void)arg;
	execl("/proc/self/exe", "sysv_shm", "exit", NULL);
	_exit(1);
}

static void lives(void)
{
	char *p;

	shared_id = new_shm(1);
	p = attach(shared_id, NULL, 0);
	is(child(attached_child, p), 0, "a child is attached too");
	is(*p, 9, "to the same memory");
	is(stat_of(shared_id).shm_nattch, 1, "until it exits");
	is(child(exec_child, NULL), 0, "a child that runs a program");
	is(stat_of(shared_id).shm_nattch, 1, "is not attached");
	must(munmap(p, PG));
	is(stat_of(shared_id).shm_nattch, 0, "munmap detaches");
	p = attach(shared_id, NULL, 0);
	rm(shared_id);
	must(munmap(p, PG));
	fails(shmctl(shared_id, IPC_STAT, NOTHING), EINVAL, "and ends what was removed");
}

static void stranger(void *arg)
{
	struct shmid_ds ds;
	int id = *(int *)arg;

	CHECK(!setresgid(1000, 1000, 1000) && !setresuid(1000, 1000, 1000));
	CHECK_ERR(shmat(id, NULL, 0), EACCES);
	CHECK(shmat(id, NULL, SHM_RDONLY) != (void *)-1);
	CHECK_ERR(shmat(id, NULL, SHM_RDONLY | SHM_EXEC), EACCES);
	CHECK_ERR(shmget(KEY, 0, 0666), EACCES);
	CHECK(shmget(KEY, 0, 0444) == id);
	CHECK(!shmctl(id, IPC_STAT, &ds));
	CHECK_ERR(shmctl(id, IPC_SET, &ds), EPERM);
	CHECK_ERR(shmctl(id, IPC_RMID, NULL), EPERM);
	CHECK_ERR(shmctl(id, SHM_LOCK, NULL), EPERM);
	CHECK_ERR(shmctl(id, SHM_UNLOCK, NULL), EPERM);
}

static void hidden(void *arg)
{
	struct shmid_ds ds;
	int id = *(int *)arg;

	CHECK(!setresgid(1000, 1000, 1000) && !setresuid(1000, 1000, 1000));
	CHECK_ERR(shmctl(id, IPC_STAT, &ds), EACCES);
	CHECK_ERR(shmctl(id & 0x7fff, SHM_STAT, &ds), EACCES);
	CHECK(shmctl(id & 0x7fff, SHM_STAT_ANY, &ds) == id);
	CHECK_ERR(shmat(id, NULL, SHM_RDONLY), EACCES);
}

static void owner(void *arg)
{
	int id = *(int *)arg;

	CHECK(!setresgid(1001, 1001, 1001) && !setresuid(1001, 1001, 1001));
	CHECK(shmat(id, NULL, 0) != (void *)-1);
	CHECK(!shmctl(id, IPC_RMID, NULL));
}

static void controlling(void)
{
	int id = must(shmget(KEY, PG, IPC_CREAT | 0604));
	struct shmid_ds ds = stat_of(id);
	struct shminfo info;
	struct shm_info use;

	is(child(stranger, &id), 0, "others may what the mode says");
	ds.shm_perm.mode = 0600;
	ds.shm_perm.uid = 1001;
	is(shmctl(id, IPC_SET, &ds), 0, "IPC_SET");
	is(stat_of(id).shm_perm.mode, 0600, "sets the mode");
	is(stat_of(id).shm_perm.uid, 1001, "and the owner");
	is(stat_of(id).shm_perm.cuid, 0, "not the maker");
	ds.shm_perm.uid = -1;
	fails(shmctl(id, IPC_SET, &ds), EINVAL, "uid -1 is EINVAL");
	fails(shmctl(id, IPC_SET, NOTHING), EFAULT, "IPC_SET from NULL is EFAULT");
	fails(shmctl(id, IPC_STAT, NOTHING), EFAULT, "IPC_STAT to NULL is EFAULT");
	is(child(hidden, &id), 0, "without read permission there is SHM_STAT_ANY");
	is(shmctl(id, SHM_LOCK, NULL), 0, "SHM_LOCK");
	is(stat_of(id).shm_perm.mode, 0600 | SHM_LOCKED, "shows in the mode");
	is(shmctl(id, SHM_UNLOCK, NULL), 0, "SHM_UNLOCK");
	is(stat_of(id).shm_perm.mode, 0600, "too");
	is(shmctl(id & 0x7fff, SHM_STAT, &ds), id, "SHM_STAT of an index gives the id");
	fails(shmctl(0x7ffe, SHM_STAT, &ds), EINVAL, "of one that is free EINVAL");
	fails(shmctl(id, 99, NULL), EINVAL, "an unknown command is EINVAL");
	fails(shmctl(-1, IPC_STAT, &ds), EINVAL, "id -1 is EINVAL");
	is(shmctl(0, IPC_INFO, (void *)&info), id & 0x7fff, "IPC_INFO gives the highest index");
	is(info.shmmni, 4096, "and SHMMNI");
	is(info.shmmin, 1, "SHMMIN");
	is(info.shmmax, ULONG_MAX - (1 << 24), "SHMMAX");
	is(shmctl(0, SHM_INFO, (void *)&use), id & 0x7fff, "SHM_INFO too");
	is(use.used_ids, 1, "and how many there are");
	is(use.shm_tot, 1, "and their pages");
	is(child(owner, &id), 0, "the owner may attach and remove");
	fails(shmctl(id, IPC_STAT, &ds), EINVAL, "gone at its exit");
}

/* the inode number in the line of @maps that names @what */
static int maps_inode(const char *maps, const char *what)
{
	const char *line = strstr(maps, what);
	int inode = -1;

	while (line && line > maps && line[-1] != '\n')
		line--;
	if (line)
		sscanf(line, "%*s %*s %*s %*s %d", &inode);
	return inode;
}

static void proc(void)
{
	int id = must(shmget(KEY, 2 * PG, IPC_CREAT | 0640));
	char want[128], *p = attach(id, NULL, 0), *s;

	p[0] = 1;
	s = slurp("/proc/self/maps");
	ok(strstr(s, "/SYSV56000001 (deleted)"), "maps names it by its key");
	is(maps_inode(s, "/SYSV56000001"), id, "its inode is the id");
	free(s);
	s = slurp("/proc/sysvipc/shm");
	ok(s && !strncmp(s, "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap\n", 150),
	   "/proc/sysvipc/shm begins with its header");
	snprintf(want, sizeof(want), "\n%10d %10d  %4o %21lu %5u %5u  %5lu ", KEY, id, 0640, 2 * PG, getpid(), getpid(), 1UL);
	ok(s && strstr(s, want), "and has a line of it");
	free(s);
	must(shmdt(p));
	rm(id);
	s = slurp("/proc/sys/kernel/shmmni");
	ok(s && !strcmp(s, "4096\n"), "kernel/shmmni");
	free(s);
	s = slurp("/proc/sys/kernel/shmmax");
	ok(s && !strcmp(s, "18446744073692774399\n"), "kernel/shmmax");
	free(s);
}

static void put(const char *path, const char *text)
{
	int fd = must(open(path, O_WRONLY));

	must(write(fd, text, strlen(text)));
	close(fd);
}

static void maker(void *id)
{
	*(int *)id = new_shm(1);
}

static void limits(void)
{
	int *id = shared_alloc(PG), one = new_shm(1);

	put("/proc/sys/kernel/shmmax", "8192");
	fails(shmget(IPC_PRIVATE, 8193, 0600), EINVAL, "beyond kernel/shmmax is EINVAL");
	put("/proc/sys/kernel/shmmax", "18446744073692774399");
	put("/proc/sys/kernel/shmall", "3");
	fails(shmget(IPC_PRIVATE, 3 * PG, 0600), ENOSPC, "beyond kernel/shmall is ENOSPC");
	put("/proc/sys/kernel/shmall", "18446744073692774399");
	put("/proc/sys/kernel/shmmni", "1");
	fails(shmget(IPC_PRIVATE, PG, 0600), ENOSPC, "beyond kernel/shmmni is ENOSPC");
	put("/proc/sys/kernel/shmmni", "4096");
	is(child(maker, id), 0, "a segment");
	is(stat_of(*id).shm_nattch, 0, "outlives its maker");
	put("/proc/sys/kernel/shm_rmid_forced", "1");
	fails(shmctl(*id, IPC_STAT, NOTHING), EINVAL, "shm_rmid_forced ends those without a maker");
	must(stat_of(one).shm_segsz);
	is(child(maker, id), 0, "and one that is made now");
	fails(shmctl(*id, IPC_STAT, NOTHING), EINVAL, "ends with its maker");
	put("/proc/sys/kernel/shm_rmid_forced", "0");
	rm(one);
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return 0;
	getting();
	attaching();
	rights();
	removal();
	lives();
	controlling();
	proc();
	limits();
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rest of madvise: FREE, REMOVE, DONTFORK, WIPEONFORK, POPULATE_*, COLD,
 * PAGEOUT, DONTDUMP, DONTNEED_LOCKED; mseal; process_vm_readv and writev.
 */
#include "tap.h"
#include <sys/uio.h>

#define RW	(PROT_READ | PROT_WRITE)
#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24
#endif
#ifndef __NR_mseal
#define __NR_mseal 462
#endif

static char *anon(size_t n)
{
	return must(mmap(NULL, n * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static void fork_advice_child(void *arg)
{
	char *p = arg;
	unsigned char v;

	CHECK(mincore(p, PG, &v) == -1 && errno == ENOMEM);		/* DONTFORK */
	CHECK(all_bytes(p + PG, 0, PG));				/* WIPEONFORK */
	CHECK(all_bytes(p + 2 * PG, 'k', PG));				/* undone again */
	CHECK(all_bytes(p + 3 * PG, 'k', PG));
	p[PG] = 'c';
	if (!fork())
		_exit(p[PG] == 0 ? 0 : 1);		/* inherited by grandchildren */
	int st;
	CHECK(wait(&st) > 0 && st == 0);
}

static void fork_advice(void)
{
	char *p = anon(4), *s = shared_alloc(PG);
	int fd = make_file("w", PG, 'w');
	char *f = must(mmap(NULL, PG, RW, MAP_PRIVATE, fd, 0));

	memset(p, 'k', 4 * PG);
	is(madvise(p, PG, MADV_DONTFORK), 0, "MADV_DONTFORK");
	is(madvise(p + PG, PG, MADV_WIPEONFORK), 0, "MADV_WIPEONFORK");
	must(madvise(p + 2 * PG, PG, MADV_WIPEONFORK));
	is(madvise(p + 2 * PG, PG, MADV_KEEPONFORK), 0, "MADV_KEEPONFORK");
	must(madvise(p + 3 * PG, PG, MADV_DONTFORK));
	is(madvise(p + 3 * PG, PG, MADV_DOFORK), 0, "MADV_DOFORK");
	is(child(fork_advice_child, p), 0, "a child lacks the one page, has the next wiped, the others whole");
	ok(all_bytes(p, 'k', 4 * PG), "the parent keeps all");
	fails(madvise(s, PG, MADV_WIPEONFORK), EINVAL, "MADV_WIPEONFORK of shared memory is EINVAL");
	fails(madvise(f, PG, MADV_WIPEONFORK), EINVAL, "and of a file");
	must(munmap(p, 4 * PG)), must(munmap(s, PG)), must(munmap(f, PG));
	close(fd);

}

static void freeing(void)
{
	char *p = anon(8), *s = shared_alloc(PG);
	int bad = 0;

	memset(p, 'f', 8 * PG);
	is(madvise(p, 4 * PG, MADV_FREE), 0, "MADV_FREE");
	for (int i = 0; i < 4; i++)
		bad += p[i * PG] != 'f' && p[i * PG] != 0;
	is(bad, 0, "leaves the old content or zeros");
	p[0] = 'n';
	is(p[0], 'n', "a later store stays");
	ok(all_bytes(p + 4 * PG, 'f', 4 * PG), "other pages are untouched");
	fails(madvise(s, PG, MADV_FREE), EINVAL, "MADV_FREE of shared memory is EINVAL");
	must(munmap(p, 8 * PG)), must(munmap(s, PG));
}

static void removing(void)
{
	int fd = make_file("r", 4 * PG, 'r');
	char *p = must(mmap(NULL, 4 * PG, RW, MAP_SHARED, fd, 0)), *a = anon(1);
	struct stat st;

	is(madvise(p + PG, 2 * PG, MADV_REMOVE), 0, "MADV_REMOVE of a tmpfs mapping");
	ok(all_bytes(p + PG, 0, 2 * PG), "leaves zeros in the mapping");
	is(file_byte(fd, PG), 0, "and in the file");
	ok(p[0] == 'r' && p[3 * PG] == 'r', "only there");
	must(fstat(fd, &st));
	is(st.st_size, 4 * PG, "the size stays");
	fails(madvise(a, PG, MADV_REMOVE), EINVAL, "of private memory it is EINVAL");
	must(munmap(p, 4 * PG)), must(munmap(a, PG));
	close(fd);
}

static void populating(const char *fs)
{
	int fd = make_file("p", 4 * PG, 'p');
	char *p = anon(8), *f = must(mmap(NULL, 8 * PG, PROT_READ, MAP_PRIVATE, fd, 0));
	unsigned char v[8];
	int in = 0;

	if (madvise(p, 4 * PG, MADV_POPULATE_WRITE) && errno == EINVAL) {
		skip("not supported", "%s: MADV_POPULATE_WRITE", fs);
		return;
	}
	must(mincore(p, 8 * PG, v));
	for (int i = 0; i < 8; i++)
		in += v[i] & 1;
	is(in, 4, "%s: MADV_POPULATE_WRITE makes its pages resident", fs);
	is(madvise(f, 4 * PG, MADV_POPULATE_READ), 0, "%s: MADV_POPULATE_READ of a file", fs);
	fails(madvise(f, 8 * PG, MADV_POPULATE_READ), EFAULT, "%s: beyond its end is EFAULT", fs);
	fails(madvise(f, 4 * PG, MADV_POPULATE_WRITE), EINVAL, "%s: POPULATE_WRITE without PROT_WRITE is EINVAL", fs);
	must(mprotect(p, PG, PROT_NONE));
	fails(madvise(p, PG, MADV_POPULATE_READ), EINVAL, "%s: POPULATE_READ of PROT_NONE is EINVAL", fs);
	must(munmap(p + PG, PG));
	fails(madvise(p + PG, PG, MADV_POPULATE_READ), ENOMEM, "%s: a gap is ENOMEM", fs);
	must(munmap(p, 8 * PG)), must(munmap(f, 8 * PG));
	close(fd);
}

static void harmless(const char *fs)
{
	static const struct { int advice; const char *name; } a[] = {
		{ MADV_COLD, "MADV_COLD" }, { MADV_PAGEOUT, "MADV_PAGEOUT" },
		{ MADV_DONTDUMP, "MADV_DONTDUMP" }, { MADV_DODUMP, "MADV_DODUMP" },
		{ MADV_RANDOM, "MADV_RANDOM" }, { MADV_SEQUENTIAL, "MADV_SEQUENTIAL" },
		{ MADV_NORMAL, "MADV_NORMAL" }, { MADV_WILLNEED, "MADV_WILLNEED" },
	};
	int fd = make_file("h", 8 * PG, 'h');
	char *p = anon(8), *s = must(mmap(NULL, 8 * PG, RW, MAP_SHARED, fd, 0));

	memset(p, 'a', 8 * PG);
	s[5] = 'S';
	for (size_t i = 0; i < ARRAY_SIZE(a); i++) {
		works(madvise(p, 8 * PG, a[i].advice), "%s: %s of anonymous memory", fs, a[i].name);
		works(madvise(s, 8 * PG, a[i].advice), "%s: %s of a shared file", fs, a[i].name);
	}
	ok(all_bytes(p, 'a', 8 * PG) && s[5] == 'S' && all_bytes(s + PG, 'h', 7 * PG),
	   "%s: none of them changes what memory holds", fs);
	must(munmap(p, 8 * PG)), must(munmap(s, 8 * PG));
	close(fd);
}

static void locked(void)
{
	char *p = anon(2);

	memset(p, 'l', 2 * PG);
	must(mlock(p, 2 * PG));
	is(madvise(p, PG, MADV_DONTNEED_LOCKED), 0, "MADV_DONTNEED_LOCKED of locked memory");
	is(p[0], 0, "drops it");
	fails(madvise(p + PG, PG, MADV_FREE), EINVAL, "MADV_FREE of locked memory is EINVAL");
	must(munmap(p, 2 * PG));
}

static void sealing(void)
{
	char *p = anon(4);

	memset(p, 's', 4 * PG);
	if (syscall(__NR_mseal, p + PG, 2 * PG, 0UL) && errno == ENOSYS) {
		skip("no mseal", "mseal");
		return;
	}
	fails(munmap(p, 4 * PG), EPERM, "a sealed mapping cannot be unmapped: EPERM");
	fails(munmap(p + PG, PG), EPERM, "nor part of it");
	fails(mprotect(p + PG, PG, PROT_READ), EPERM, "nor protected");
	fails(mmap(p + PG, PG, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), EPERM, "nor mapped over");
	fails(mremap(p + PG, PG, 2 * PG, MREMAP_MAYMOVE), EPERM, "nor moved");
	ok(all_bytes(p, 's', 4 * PG), "everything is as it was");
	p[PG] = 't';
	is(p[PG], 't', "it can be stored to");
	is(munmap(p, PG), 0, "what lies beside it is free");
	fails(syscall(__NR_mseal, p + 1, PG, 0UL), EINVAL, "an unaligned address is EINVAL");
	fails(syscall(__NR_mseal, p, PG, 0UL), ENOMEM, "a gap is ENOMEM");
	fails(syscall(__NR_mseal, p + PG, PG, 1UL), EINVAL, "an unknown flag is EINVAL");
}

struct peer {
	char *p;
	struct gate ready, go;
};

static void peer(void *arg)
{
	struct peer *x = arg;

	memcpy(x->p, "in the child", 12);
	gate_open(x->ready);
	gate_pass(x->go);
	CHECK(!memcmp(x->p + 100, "from the parent", 15));
}

static void stranger(void *arg)
{
	char buf[10];
	struct iovec l = { buf, 10 }, r = { ((struct peer *)arg)->p, 10 };

	CHECK(!setresuid(1000, 1000, 1000));
	CHECK_ERR(process_vm_readv(getppid(), &l, 1, &r, 1, 0), EPERM);
}

static void between_processes(void)
{
	struct peer x = { anon(2), gate_new(), gate_new() };
	char buf[64], more[64];
	struct iovec l[2] = { { buf, 6 }, { more, 6 } }, r = { x.p, 12 }, w = { x.p + 100, 15 };
	struct iovec bad = { (void *)PG, 10 }, src = { "from the parent", 15 };
	struct iovec half[2] = { { x.p, 12 }, { (void *)PG, 5 } };
	pid_t pid = spawn(peer, &x);

	gate_pass(x.ready);
	if (process_vm_readv(pid, l, 2, &r, 1, 0) == -1 && errno == ENOSYS) {
		skip("no process_vm_readv", "process_vm_readv");
		gate_open(x.go);
		kill(pid, SIGKILL);
		reap(pid);
		return;
	}
	is(process_vm_readv(pid, l, 2, &r, 1, 0), 12, "process_vm_readv");
	ok(!memcmp(buf, "in the", 6) && !memcmp(more, " child", 6), "gives the other's memory, scattered");
	is(process_vm_writev(pid, &src, 1, &w, 1, 0), 15, "process_vm_writev");
	fails(process_vm_readv(pid, l, 1, &bad, 1, 0), EFAULT, "a bad address there is EFAULT");
	is(process_vm_readv(pid, l, 2, half, 2, 0), 12, "after some good data it is a short count");
	fails(process_vm_readv(0x7ffffff0, l, 1, &r, 1, 0), ESRCH, "nobody is ESRCH");
	fails(process_vm_readv(pid, l, 1, &r, 1, 1), EINVAL, "a flag is EINVAL");
	is(child(stranger, &x), 0, "another user's process is EPERM");
	gate_open(x.go);
	is(reap(pid), 0, "the other sees what was written");
	gate_free(x.ready), gate_free(x.go);
}

static void both(const char *fs)
{
	populating(fs);
	harmless(fs);
}

int main(void)
{
	work_in(TMPFS);
	fork_advice();
	freeing();
	removing();
	locked();
	sealing();
	between_processes();
	on_both(both);
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * userfaultfd: pages that are missing. Faults of threads and of system calls, on
 * anonymous memory, private and shared tmpfs files; how they are resolved, and by what
 * they end otherwise.
 */
#include "uffd.h"
#include <sys/uio.h>

static int uffd;
static const char *kind;	/* of memory, for the names of the points */

/* ---- resolving ---- */

/* Start @fn at @p, and resolve its fault by a page of @c. */
static long served(void (*fn)(struct job *), char *p, int c)
{
	struct job job = { 0 };

	job_start(&job, fn, p);
	uffd_fault(uffd, (char *)((uintptr_t)p & -PG));
	must(uffd_copy(uffd, (char *)((uintptr_t)p & -PG), page_of(c, 1), PG, 0));
	return job_end(&job);
}

static void basics(char *p)
{
	struct job job = { 0 };
	struct uffd_msg m;

	is(served(job_load, p + 5, 'a'), 'a', "%s: a load gets what was copied", kind);
	ok(all_bytes(p, 'a', PG), "%s: all of the page is there", kind);
	is(served(job_store, p + PG + 7, 'b'), 's', "%s: a store goes on", kind);
	ok(p[PG + 7] == 's' && p[PG + 6] == 'b' && p[PG + 8] == 'b', "%s: into what was copied", kind);

	job_start(&job, job_load, p + 2 * PG + 9);
	m = uffd_fault(uffd, p + 2 * PG);
	is(m.arg.pagefault.flags, 0, "%s: a load's fault has no flags", kind);
	is(m.arg.pagefault.feat.ptid, 0, "%s: nor a thread", kind);
	works(uffd_zero(uffd, p + 2 * PG, PG, 0), "%s: UFFDIO_ZEROPAGE", kind);
	is(uffd_done, PG, "%s: tells how far it came", kind);
	is(job_end(&job), 0, "%s: the load gets a zero", kind);
	p[2 * PG] = 'z';
	ok(p[2 * PG] == 'z' && !p[2 * PG + 1], "%s: such a page can be written to", kind);

	job_start(&job, job_store, p + 3 * PG);
	m = uffd_fault(uffd, p + 3 * PG);
	is(m.arg.pagefault.flags, UFFD_PAGEFAULT_FLAG_WRITE, "%s: a store's fault says WRITE", kind);
	must(uffd_copy(uffd, p + 3 * PG, page_of('d', 1), PG, UFFDIO_COPY_MODE_DONTWAKE));
	is(uffd_done, PG, "%s: UFFDIO_COPY_MODE_DONTWAKE fills", kind);
	works(uffd_wake(uffd, p + 3 * PG, PG), "%s: and UFFDIO_WAKE wakes", kind);
	is(job_end(&job), 's', "%s: the store goes on", kind);
	ok(uffd_quiet(uffd), "%s: no other fault was told", kind);
}

static void copy_errors(char *p)
{
	char *src = page_of('x', 4), *gap = map_anon(2);

	must(munmap(gap + PG, PG));
	must(uffd_copy(uffd, p, src, PG, 0));
	fails(uffd_copy(uffd, p, src, PG, 0), EEXIST, "%s: copy over what is there is EEXIST", kind);
	is(uffd_done, -EEXIST, "%s: and said in .copy", kind);
	fails(uffd_zero(uffd, p, PG, 0), EEXIST, "%s: zeropage too", kind);
	fails(uffd_copy(uffd, p + 5 * PG, src + 1, PG + 1, 0), EINVAL, "%s: an odd length is EINVAL", kind);
	fails(uffd_copy(uffd, p + 5 * PG + 1, src, PG, 0), EINVAL, "%s: an odd address too", kind);
	fails(uffd_copy(uffd, p + 5 * PG, src, 0, 0), EINVAL, "%s: no length too", kind);
	fails(uffd_copy(uffd, p + 5 * PG, src, PG, 1 << 6), EINVAL, "%s: an unknown mode too", kind);
	fails(uffd_copy(uffd, p + 5 * PG, src, PG, UFFDIO_COPY_MODE_WP), EINVAL,
	      "%s: mode WP where it is not registered is EINVAL", kind);
	fails(uffd_copy(uffd, p + 5 * PG, NOTHING, PG, 0), EFAULT, "%s: from address 0 is EFAULT", kind);
	fails(uffd_copy(uffd, p + 5 * PG, (void *)-PG, PG, 0), EINVAL, "%s: from the last page is EINVAL", kind);
	fails(uffd_copy(uffd, p + 5 * PG, gap + PG, PG, 0), EFAULT, "%s: from where nothing is mapped is EFAULT", kind);
	works(uffd_copy(uffd, p + 5 * PG, src + 100, PG, 0), "%s: the source may begin anywhere", kind);
	fails(uffd_copy(uffd, p + 6 * PG, gap, 2 * PG, 0), EAGAIN, "%s: a part is EAGAIN", kind);
	is(uffd_done, PG, "%s: with its length", kind);
	fails(uffd_copy(uffd, p + 7 * PG, src, 2 * PG, 0), ENOENT, "%s: beyond the mapping is ENOENT", kind);
	fails(uffd_copy(uffd, src, src, PG, 0), ENOENT, "%s: where nothing is registered is ENOENT", kind);
	fails(uffd_copy(uffd, gap + PG, src, PG, 0), ENOENT, "%s: where nothing is mapped too", kind);
	fails(ioctl(uffd, UFFDIO_COPY, NOTHING), EFAULT, "%s: no structure is EFAULT", kind);
	fails(uffd_zero(uffd, p + 7 * PG, PG, 1 << 6), EINVAL, "%s: zeropage: an unknown mode is EINVAL", kind);
	fails(uffd_continue(uffd, p + 7 * PG, PG, 1 << 6), EINVAL, "%s: continue: too", kind);
	munmap(gap, PG);
}

/* Sources that are not resident are read in, though they are files or faults themselves. */
static void copy_sources(char *p)
{
	int fd;
	char *src;

	work_in(DISK);
	fd = make_file("f", 2 * PG, 'f');
	src = map_fd(fd, 2, MAP_PRIVATE);
	works(uffd_copy(uffd, p, src, 2 * PG, 0), "%s: the source may be a file not mapped yet", kind);
	ok(all_bytes(p, 'f', 2 * PG), "%s: its bytes arrive", kind);
	munmap(src, 2 * PG);
	close(fd);
}

/* ---- what makes pages missing again ---- */

static void missing_again(char *p, bool shared)
{
	must(uffd_zero(uffd, p, 8 * PG, 0));
	must(madvise(p, PG, MADV_DONTNEED));
	if (shared) {
		is(try_load(p).sig, 0, "%s: MADV_DONTNEED leaves the file's page", kind);
		must(madvise(p, PG, MADV_REMOVE));
		is(served(job_load, p, 'r'), 'r', "%s: MADV_REMOVE makes it missing", kind);
	} else {
		is(served(job_load, p, 'r'), 'r', "%s: MADV_DONTNEED makes a page missing", kind);
	}
	must(mprotect(p + PG, PG, PROT_READ));
	must(madvise(p + PG, PG, shared ? MADV_REMOVE : MADV_DONTNEED));
	is(served(job_load, p + PG, 'q'), 'q', "%s: a part with other rights is still served", kind);
	must(mprotect(p + PG, PG, PROT_NONE));
	must(madvise(p + 2 * PG, PG, shared ? MADV_REMOVE : MADV_DONTNEED));
	is_fault(try_load(p + PG), SIGSEGV, SEGV_ACCERR, p + PG, "%s: but rights come first", kind);
	must(mprotect(p + PG, PG, RW));
	is(served(job_load, p + 2 * PG, 'p'), 'p', "%s: also after the parts were joined", kind);
}

/* ---- system calls that fault ---- */

static int pipe_fd[2];

static void call_read(struct job *job)
{
	job->ret = read(pipe_fd[0], job->p, job->len);
}

static void call_write(struct job *job)
{
	job->ret = write(pipe_fd[1], job->p, job->len);
}

static void call_mlock(struct job *job)
{
	job->ret = mlock(job->p, job->len);
}

static void call_populate(struct job *job)
{
	job->ret = madvise(job->p, job->len, 23 /* MADV_POPULATE_WRITE */);
}

static void call_vm_readv(struct job *job)
{
	static char buf[PG];
	struct iovec local = { buf, job->len }, remote = { job->p, job->len };

	job->ret = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
	must_be(all_bytes(buf, 'v', job->len));
}

static void by_calls(char *p)
{
	struct job job = { .len = 100 };
	int mem = must(open("/proc/self/mem", O_RDONLY));
	char buf[100];

	must(pipe2(pipe_fd, O_CLOEXEC));
	must_be(write(pipe_fd[1], memset(buf, 'i', 100), 100) == 100);
	job_start(&job, call_read, p);
	uffd_fault(uffd, p);
	must(uffd_copy(uffd, p, page_of('a', 1), PG, 0));
	is(job_end(&job), 100, "%s: read(2) into a missing page waits", kind);
	ok(all_bytes(p, 'i', 100) && p[100] == 'a', "%s: and stores into what was copied", kind);

	job_start(&job, call_write, p + PG);
	uffd_fault(uffd, p + PG);
	must(uffd_copy(uffd, p + PG, page_of('o', 1), PG, 0));
	is(job_end(&job), 100, "%s: write(2) from a missing page waits", kind);
	must_be(read(pipe_fd[0], buf, 100) == 100);
	ok(all_bytes(buf, 'o', 100), "%s: and writes what was copied", kind);

	job.len = 2 * PG;
	job_start(&job, call_mlock, p + 2 * PG);
	for (int i = 2; i < 4; i++) {
		uffd_fault(uffd, p + i * PG);
		must(uffd_copy(uffd, p + i * PG, page_of('l', 1), PG, 0));
	}
	is(job_end(&job), 0, "%s: mlock(2) waits for each page", kind);
	must(munlock(p + 2 * PG, 2 * PG));

	job_start(&job, call_populate, p + 4 * PG);
	for (int i = 4; i < 6; i++) {
		uffd_fault(uffd, p + i * PG);
		must(uffd_zero(uffd, p + i * PG, PG, 0));
	}
	is(job_end(&job), 0, "%s: MADV_POPULATE_WRITE too", kind);

	fails(pread(mem, buf, 1, (off_t)p + 6 * PG), EIO, "%s: /proc/self/mem does not wait: EIO", kind);
	job.len = 10;
	job_start(&job, call_vm_readv, p + 6 * PG);
	uffd_fault(uffd, p + 6 * PG);
	must(uffd_copy(uffd, p + 6 * PG, page_of('v', 1), PG, 0));
	is(job_end(&job), 10, "%s: process_vm_readv(2) waits", kind);
	ok(uffd_quiet(uffd), "%s: no other fault was told", kind);
	close(pipe_fd[0]), close(pipe_fd[1]), close(mem);
}

/* ---- kinds of memory ---- */

static void on(const char *name, char *(*map)(void), void (*test)(char *))
{
	char *p = map();

	kind = name;
	uffd = uffd_new(0);
	must(uffd_register(uffd, p, 8 * PG, MISSING));
	test(p);
	must(munmap(p, 8 * PG));
	close(uffd);
}

static char *anonymous(void)
{
	return map_anon(8);
}

static int memory;

static char *shared_file(void)
{
	return map_fd(memory = new_memfd(8), 8, MAP_SHARED);
}

static char *private_file(void)
{
	return map_fd(memory = new_memfd(8), 8, MAP_PRIVATE);
}

static char *shared_anon(void)
{
	return shared_alloc(8 * PG);
}

static void again_private(char *p)
{
	missing_again(p, false);
}

static void again_shared(char *p)
{
	missing_again(p, true);
}

/* What only files have. */
static void file_rules(void)
{
	char *p, *q, c;

	kind = "shared memfd";
	uffd = uffd_new(0);
	p = shared_file();
	q = map_fd(memory, 8, MAP_SHARED);
	must(uffd_register(uffd, p, 8 * PG, MISSING));
	is(served(job_load, p, 'm'), 'm', "memfd: a hole is missing");
	is(*q, 'm', "what fills it, fills the file");
	q[PG] = 'w';
	is(p[PG], 'w', "what the file has is not missing");
	must_be(pwrite(memory, "x", 1, 2 * PG) == 1);
	is(p[2 * PG], 'x', "nor what was written");
	must_be(pread(memory, &c, 1, 3 * PG) == 1 && !c);
	fails(uffd_copy(uffd, p + PG, page_of('y', 1), PG, 0), EEXIST, "copying over the file's page is EEXIST");
	must(ftruncate(memory, 6 * PG + 1));
	fails(uffd_copy(uffd, p + 7 * PG, page_of('y', 1), PG, 0), EFAULT, "copying beyond the end is EFAULT");
	is_fault(try_load(p + 7 * PG), SIGBUS, BUS_ADRERR, p + 7 * PG, "a load beyond the end is SIGBUS, not missing");
	works(uffd_copy(uffd, p + 6 * PG, page_of('y', 1), PG, 0), "the last page can be filled");
	munmap(p, 8 * PG), munmap(q, 8 * PG), close(memory);

	p = private_file();
	must(uffd_register(uffd, p, 8 * PG, MISSING));
	must_be(pwrite(memory, "f", 1, PG) == 1);
	is(p[PG], 'f', "private memfd: what the file has is not missing");
	is(served(job_load, p, 'm'), 'm', "a hole is");
	must_be(pread(memory, &c, 1, 0) == 1);
	is(c, 0, "and what fills it is private");
	munmap(p, 8 * PG), close(memory), close(uffd);
}

int main(void)
{
	static const struct {
		const char *name;
		char *(*map)(void);
		bool shared;
	} kinds[] = {
		{ "anonymous", anonymous, false }, { "shared memfd", shared_file, true },
		{ "private memfd", private_file, false }, { "shared anonymous", shared_anon, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		on(kinds[i].name, kinds[i].map, basics);
		on(kinds[i].name, kinds[i].map, copy_errors);
		on(kinds[i].name, kinds[i].map, copy_sources);
		on(kinds[i].name, kinds[i].map, by_calls);
		on(kinds[i].name, kinds[i].map, kinds[i].shared ? again_shared : again_private);
	}
	file_rules();
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * userfaultfd: write-protection. Stores are told before they happen and wait; loads do
 * not. On anonymous memory and on files, whose pages may come and go meanwhile.
 */
#include "uffd.h"

#define PROTECT	UFFDIO_WRITEPROTECT_MODE_WP

static int uffd;
static const char *kind;

static char *mapped(int memory, uint64_t mode)
{
	char *p = memory < 0 ? map_anon(4) : map_fd(memory, 4, MAP_SHARED);

	memset(p, 'o', 4 * PG);
	must(uffd_register(uffd, p, 4 * PG, mode));
	return p;
}

/* A store to @p waits until the protection is taken away. */
static void expect_wp(char *p, const char *rule)
{
	struct job job = { 0 };
	struct uffd_msg m;
	char old = *p;

	job_start(&job, job_store, p);
	m = uffd_fault(uffd, p);
	ok(m.arg.pagefault.flags == (UFFD_PAGEFAULT_FLAG_WP | UFFD_PAGEFAULT_FLAG_WRITE) && *p == old,
	   "%s: %s", kind, rule);
	must(uffd_protect(uffd, p, PG, 0));
	must_be(job_end(&job) == 's' && *p == 's');
}

static void basics(int memory)
{
	char *p = mapped(memory, WP);
	uint64_t entry = 0;
	int map;

	no_fault(try_store(p), "%s: registered is not protected", kind);
	works(uffd_protect(uffd, p, 3 * PG, PROTECT), "%s: UFFDIO_WRITEPROTECT", kind);
	no_fault(try_load(p), "%s: loads go through", kind);
	map = must(open("/proc/self/pagemap", O_RDONLY));
	must_be(pread(map, &entry, 8, (uintptr_t)p / PG * 8) == 8);
	ok(entry >> 57 & 1, "%s: /proc/self/pagemap shows it", kind);
	close(map);
	expect_wp(p, "a store is told, and waits");
	no_fault(try_store(p), "%s: then the page is free", kind);
	expect_wp(p + PG, "the next page still is protected");
	must(mprotect(p + 2 * PG, PG, PROT_READ));
	must(mprotect(p + 2 * PG, PG, RW));
	expect_wp(p + 2 * PG, "mprotect does not take it away");
	no_fault(try_store(p + 3 * PG), "%s: what was not named is not protected", kind);
	must(uffd_protect(uffd, p, 4 * PG, PROTECT));
	must(uffd_unregister(uffd, p, 4 * PG));
	no_fault(try_store(p), "%s: unregistering frees", kind);
	ok(uffd_quiet(uffd), "%s: nothing else was told", kind);
	munmap(p, 4 * PG);
}

static void call_store(struct job *job)
{
	int fd[2];

	must(pipe(fd));
	must_be(write(fd[1], "c", 1) == 1);
	job->ret = read(fd[0], job->p, 1);
	close(fd[0]), close(fd[1]);
}

static void errors(int memory)
{
	char *p = mapped(memory, WP), *q = map_anon(2);
	struct job job = { 0 };

	fails(uffd_protect(uffd, p + 1, PG, PROTECT), EINVAL, "%s: an odd address is EINVAL", kind);
	fails(uffd_protect(uffd, p, PG, 1 << 5), EINVAL, "%s: an unknown mode too", kind);
	fails(uffd_protect(uffd, p, PG, PROTECT | UFFDIO_WRITEPROTECT_MODE_DONTWAKE), EINVAL,
	      "%s: protecting wakes nobody, so DONTWAKE is EINVAL", kind);
	fails(uffd_protect(uffd, q, PG, PROTECT), ENOENT, "%s: memory that is not registered is ENOENT", kind);
	must(uffd_register(uffd, q, PG, MISSING));
	fails(uffd_protect(uffd, q, PG, PROTECT), ENOENT, "%s: or not for this", kind);
	fails(ioctl(uffd, UFFDIO_WRITEPROTECT, NOTHING), EFAULT, "%s: no structure is EFAULT", kind);
	must(uffd_protect(uffd, p, PG, PROTECT));
	job_start(&job, call_store, p);
	uffd_fault(uffd, p);
	must(uffd_protect(uffd, p, PG, UFFDIO_WRITEPROTECT_MODE_DONTWAKE));
	must(uffd_wake(uffd, p, PG));
	is(job_end(&job), 1, "%s: a system call's store waits too", kind);
	is(*p, 'c', "%s: and arrives", kind);
	munmap(p, 4 * PG), munmap(q, 2 * PG);
}

static void reads_and_writes(void *arg)
{
	char *p = arg;

	CHECK(*p == 'o');
	*p = 'c';
}

/* A child's copy is free, and the parent's stays protected. */
static void forked(int memory)
{
	char *p = mapped(memory, WP);

	must(uffd_protect(uffd, p, 4 * PG, PROTECT));
	is(child(reads_and_writes, p), 0, "%s: a child may write", kind);
	is(*p, memory < 0 ? 'o' : 'c', "%s: to its own, or the shared page", kind);
	expect_wp(p, "the parent's store is told");
	munmap(p, 4 * PG);
}

static void moved(int memory)
{
	char *p = mapped(memory, WP), *q = map_anon(4);

	must(uffd_protect(uffd, p, 4 * PG, PROTECT));
	must(mremap(p, 4 * PG, 4 * PG, MREMAP_MAYMOVE | MREMAP_FIXED, q));
	no_fault(try_store(q), "%s: a mapping that was moved is free", kind);
	must(uffd_register(uffd, q, 4 * PG, WP));
	no_fault(try_store(q + PG), "%s: even when it is registered again", kind);
	munmap(q, 4 * PG);
}

/* Missing and write-protected: pages arrive protected. */
static void copied(int memory)
{
	char *p = memory < 0 ? map_anon(4) : map_fd(memory, 4, MAP_SHARED);
	struct job job = { 0 };

	must(madvise(p, 4 * PG, memory < 0 ? MADV_DONTNEED : MADV_REMOVE));
	must(uffd_register(uffd, p, 4 * PG, MISSING | WP));
	works(uffd_copy(uffd, p, page_of('n', 1), PG, UFFDIO_COPY_MODE_WP), "%s: UFFDIO_COPY_MODE_WP", kind);
	is(*p, 'n', "%s: the page is there", kind);
	expect_wp(p, "and protected");
	job_start(&job, job_store, p + PG);
	must_be(!(uffd_fault(uffd, p + PG).arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WP));
	must(uffd_copy(uffd, p + PG, page_of('n', 1), PG, UFFDIO_COPY_MODE_WP));
	ok(uffd_fault(uffd, p + PG).arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WP,
	   "%s: a store to a missing page that arrives protected is told twice", kind);
	must(uffd_protect(uffd, p + PG, PG, 0));
	is(job_end(&job), 's', "%s: and goes on", kind);
	munmap(p, 4 * PG);
}

/* Only files: pages that are not mapped, or no longer, are protected as well. */
static void of_files(int memory)
{
	char *p = map_fd(memory, 4, MAP_SHARED), *q = map_fd(memory, 4, MAP_SHARED);

	must(uffd_register(uffd, p, 4 * PG, WP));
	must(uffd_protect(uffd, p, 4 * PG, PROTECT));
	q[0] = 'q';
	ok(uffd_quiet(uffd), "%s: another mapping is not protected", kind);
	expect_wp(p, "a page that was never mapped is");
	must(uffd_protect(uffd, p, 4 * PG, PROTECT));
	must(madvise(p, PG, MADV_DONTNEED));
	expect_wp(p, "and one dropped by MADV_DONTNEED");
	must(uffd_protect(uffd, p, 4 * PG, PROTECT));
	must(madvise(q, PG, MADV_REMOVE));
	no_fault(try_load(p), "%s: a page punched out", kind);
	is(*p, 0, "%s: reads as zeros", kind);
	expect_wp(p, "and is protected still");
	must(uffd_protect(uffd, p + PG, PG, 0));
	must(madvise(p + PG, PG, MADV_DONTNEED));
	no_fault(try_store(p + PG), "%s: what was freed is free after MADV_DONTNEED", kind);
	munmap(p, 4 * PG), munmap(q, 4 * PG);
}

/* Anonymous memory without pages is protected only on demand. */
static void unpopulated(uint64_t features)
{
	char *p = map_anon(4);

	kind = "anonymous";
	must(uffd_register(uffd, p, 4 * PG, WP));
	must(uffd_protect(uffd, p, 4 * PG, PROTECT));
	no_fault(try_store(p), "anonymous: what has no page is not protected");
	no_fault(try_load(p + PG), "anonymous: a page of zeros");
	must(uffd_protect(uffd, p, 4 * PG, PROTECT));
	expect_wp(p + PG, "is protected");
	must(uffd_protect(uffd, p, 4 * PG, PROTECT));
	must(madvise(p, PG, MADV_DONTNEED));
	no_fault(try_store(p), "anonymous: MADV_DONTNEED takes the protection along");
	munmap(p, 4 * PG);
	if (!(features & UFFD_FEATURE_WP_UNPOPULATED)) {
		skip("no UFFD_FEATURE_WP_UNPOPULATED", "anonymous memory without pages");
		return;
	}
	close(uffd);
	uffd = uffd_new(UFFD_FEATURE_WP_UNPOPULATED);
	p = map_anon(4);
	must(uffd_register(uffd, p, 4 * PG, WP));
	must(uffd_protect(uffd, p, 4 * PG, PROTECT));
	expect_wp(p, "with UFFD_FEATURE_WP_UNPOPULATED it is");
	no_fault(try_load(p + PG), "anonymous: a load goes through");
	expect_wp(p + PG, "after which it is protected still");
	must(uffd_protect(uffd, p + 2 * PG, PG, 0));
	no_fault(try_store(p + 2 * PG), "anonymous: and can be freed");
	munmap(p, 4 * PG);
}

int main(void)
{
	uint64_t features = uffd_features();
	int memory = new_memfd(4);

	if (!(features & UFFD_FEATURE_PAGEFAULT_FLAG_WP)) {
		skip("no UFFD_FEATURE_PAGEFAULT_FLAG_WP", "write-protection");
		return done();
	}
	uffd = uffd_new(0);
	for (int file = 0; file < 2; file++) {
		if (file && !(features & UFFD_FEATURE_WP_HUGETLBFS_SHMEM)) {
			skip("no UFFD_FEATURE_WP_HUGETLBFS_SHMEM", "write-protection of files");
			break;
		}
		kind = file ? "memfd" : "anonymous";
		basics(file ? memory : -1);
		errors(file ? memory : -1);
		forked(file ? memory : -1);
		moved(file ? memory : -1);
		copied(file ? memory : -1);
		if (file)
			of_files(memory);
	}
	unpopulated(features);
	close(uffd);
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * userfaultfd: minor faults. A page is in the file, put there through another mapping,
 * but each first access by the registered one is told, until UFFDIO_CONTINUE maps it.
 */
#include "uffd.h"

static int uffd, memory;

/* The registered mapping, and another of the same file in *@other. */
static char *mapped(char **other, int flags, uint64_t mode)
{
	char *p;

	memory = new_memfd(4);
	*other = map_fd(memory, 4, MAP_SHARED);
	p = map_fd(memory, 4, flags);
	must(uffd_register(uffd, p, 4 * PG, mode));
	return p;
}

static void unmapped(char *p, char *other)
{
	munmap(p, 4 * PG);
	munmap(other, 4 * PG);
	close(memory);
}

static void shared(void)
{
	char *other, *p = mapped(&other, MAP_SHARED, MINOR);
	struct job job = { 0 };
	struct uffd_msg m;

	memset(other, 'f', 3 * PG);
	job_start(&job, job_load, p);
	m = uffd_fault(uffd, p);
	is(m.arg.pagefault.flags, UFFD_PAGEFAULT_FLAG_MINOR, "a load of a page that the file has is told as minor");
	memset(other, 'g', PG);
	works(uffd_continue(uffd, p, PG, 0), "UFFDIO_CONTINUE");
	is(uffd_done, PG, "tells how far it came");
	is(job_end(&job), 'g', "the load gets what the page has by now");
	no_fault(try_store(p), "the page can be written to");
	is(*other, 0x5a, "for all to see");

	job_start(&job, job_store, p + PG);
	m = uffd_fault(uffd, p + PG);
	is(m.arg.pagefault.flags, UFFD_PAGEFAULT_FLAG_MINOR | UFFD_PAGEFAULT_FLAG_WRITE, "a store says so");
	must(uffd_continue(uffd, p + PG, 2 * PG, 0));
	is(job_end(&job), 's', "and goes on");
	is(p[2 * PG], 'f', "what was continued beforehand is not told");

	no_fault(try_load(p + 3 * PG), "a hole is no minor fault: it is filled");
	is(p[3 * PG], 0, "with zeros");
	ok(uffd_quiet(uffd), "nothing else was told");
	must(madvise(p, PG, MADV_DONTNEED));
	job_start(&job, job_load, p);
	uffd_fault(uffd, p);
	must(uffd_continue(uffd, p, PG, 0));
	is(job_end(&job), 0x5a, "after MADV_DONTNEED it is told again");
	unmapped(p, other);
}

static void errors(void)
{
	char *other, *p = mapped(&other, MAP_SHARED, MINOR), *anon = map_anon(1);

	memset(other, 'f', 2 * PG);
	fails(uffd_continue(uffd, p + 2 * PG, PG, 0), EFAULT, "continuing in a hole is EFAULT");
	fails(uffd_continue(uffd, p + PG, 2 * PG, 0), EAGAIN, "into one is EAGAIN");
	is(uffd_done, PG, "with the part that was done");
	fails(uffd_continue(uffd, p + PG, PG, 0), EEXIST, "twice is EEXIST");
	fails(uffd_continue(uffd, p + 1, PG, 0), EINVAL, "an odd address is EINVAL");
	fails(uffd_continue(uffd, p, PG, 1 << 5), EINVAL, "an unknown mode too");
	fails(uffd_continue(uffd, p + 3 * PG, 2 * PG, 0), ENOENT, "beyond the mapping is ENOENT");
	must(uffd_register(uffd, anon, PG, MISSING));
	fails(uffd_continue(uffd, anon, PG, 0), EINVAL, "anonymous memory has nothing to continue with: EINVAL");
	fails(ioctl(uffd, UFFDIO_CONTINUE, NOTHING), EFAULT, "no structure is EFAULT");
	munmap(anon, PG);
	unmapped(p, other);
}

/* Missing and minor: a hole is told as one, a page as the other. */
static void both(void)
{
	char *other, *p = mapped(&other, MAP_SHARED, MISSING | MINOR);
	struct job job = { 0 };

	job_start(&job, job_load, p);
	is(uffd_fault(uffd, p).arg.pagefault.flags, 0, "with MISSING as well, a hole is missing");
	must(uffd_copy(uffd, p, page_of('c', 1), PG, 0));
	is(job_end(&job), 'c', "and what fills it is mapped");
	other[PG] = 'o';
	job_start(&job, job_load, p + PG);
	is(uffd_fault(uffd, p + PG).arg.pagefault.flags, UFFD_PAGEFAULT_FLAG_MINOR, "a page is minor");
	must(uffd_continue(uffd, p + PG, PG, 0));
	is(job_end(&job), 'o', "and is continued with");
	unmapped(p, other);
}

static void private(void)
{
	char *other, *p = mapped(&other, MAP_PRIVATE, MINOR);
	struct job job = { 0 };

	memset(other, 'f', PG);
	job_start(&job, job_load, p);
	uffd_fault(uffd, p);
	must(uffd_continue(uffd, p, PG, 0));
	is(job_end(&job), 'f', "a private mapping continues with the file's page");
	no_fault(try_store(p), "a store copies it");
	is(*other, 'f', "and leaves the file alone");
	unmapped(p, other);
}

int main(void)
{
	if (!(uffd_features() & UFFD_FEATURE_MINOR_SHMEM)) {
		skip("no UFFD_FEATURE_MINOR_SHMEM", "minor faults");
		return done();
	}
	uffd = uffd_new(0);
	shared();
	errors();
	both();
	private();
	close(uffd);
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * userfaultfd: events. fork, mremap, munmap and pages thrown away are told, and whoever
 * does it waits until that has been read; nothing is filled meanwhile.
 */
#include "uffd.h"

#define EVENTS	(UFFD_FEATURE_EVENT_FORK | UFFD_FEATURE_EVENT_REMAP | \
		 UFFD_FEATURE_EVENT_REMOVE | UFFD_FEATURE_EVENT_UNMAP)

static int uffd;

static char *fresh(void)
{
	char *p = map_anon(4);

	must(uffd_register(uffd, p, 4 * PG, MISSING));
	return p;
}

/* Wait until there is something to read, without reading it. */
static void until_told(void)
{
	struct pollfd p = { uffd, POLLIN, 0 };

	must_be(poll(&p, 1, 60000) == 1 && p.revents == POLLIN);
}

/* ---- fork ---- */

static void job_fork(struct job *job)
{
	pid_t pid = must(fork());

	if (!pid) {
		CHECK(all_bytes(job->p, 'p', PG));	/* what the parent had */
		CHECK(all_bytes(job->p + PG, 'c', PG));	/* served by the child's */
		CHECK(all_bytes(job->p + 2 * PG, 0, PG));	/* by nobody any more */
		_exit(0);
	}
	job->ret = pid;
}

static void of_fork(void)
{
	char *p = fresh();
	struct job job = { 0 }, own = { 0 };
	struct uffd_msg m;
	int childs;

	must(uffd_copy(uffd, p, page_of('p', 1), PG, 0));
	job_start(&job, job_fork, p);
	until_told();
	fails(uffd_copy(uffd, p + PG, page_of('x', 1), PG, 0), EAGAIN, "while a fork is not read, copying is EAGAIN");
	fails(uffd_zero(uffd, p + PG, PG, 0), EAGAIN, "zeropage too");
	m = uffd_next(uffd);
	is(m.event, UFFD_EVENT_FORK, "fork is told");
	childs = m.arg.fork.ufd;
	ok(fcntl(childs, F_GETFL) & O_NONBLOCK && fcntl(childs, F_GETFD) == FD_CLOEXEC,
	   "with a descriptor for the child, that has the flags of the parent's");
	uffd_fault(childs, p + PG);
	job_end(&job);
	ok(true, "the fork goes on; the child's faults are told there");
	must(uffd_copy(childs, p + PG, page_of('c', 1), PG, 0));
	uffd_fault(childs, p + 2 * PG);
	must_be(close(childs) == 0);
	is(reap(job.ret), 0, "the child sees its own pages; after its descriptor's close zeros");
	job_start(&own, job_load, p + PG);
	uffd_fault(uffd, p + PG);
	must(uffd_copy(uffd, p + PG, page_of('q', 1), PG, 0));
	is(job_end(&own), 'q', "the parent's page is another");
	must(uffd_unregister(uffd, p, 4 * PG));
	munmap(p, 4 * PG);
}

/* ---- mappings that change ---- */

static void job_move(struct job *job)
{
	job->ret = (long)mremap(job->p, 4 * PG, 4 * PG, MREMAP_MAYMOVE | MREMAP_FIXED, job->p + 16 * PG);
}

static void of_mremap(void)
{
	char *p = fresh(), *q;
	struct job job = { 0 }, load = { 0 };
	struct uffd_msg m;

	job_start(&job, job_move, p);
	until_told();
	fails(uffd_copy(uffd, p, page_of('x', 1), PG, 0), EAGAIN, "while a move is not read, copying is EAGAIN");
	m = uffd_next(uffd);
	q = p + 16 * PG;
	ok(m.event == UFFD_EVENT_REMAP && m.arg.remap.from == (uintptr_t)p &&
	   m.arg.remap.to == (uintptr_t)q && m.arg.remap.len == 4 * PG, "mremap is told: from, to and length");
	m = uffd_next(uffd);
	ok(m.event == UFFD_EVENT_UNMAP && m.arg.remove.start == (uintptr_t)p, "and that the old place goes");
	is(job_end(&job), (long)q, "then it goes on");
	job_start(&load, job_load, q + PG);
	uffd_fault(uffd, q + PG);
	must(uffd_copy(uffd, q + PG, page_of('m', 1), PG, 0));
	is(job_end(&load), 'm', "the new place is served");
	must(uffd_unregister(uffd, q, 4 * PG));
	munmap(q, 4 * PG);
}

static void job_munmap(struct job *job)
{
	job->ret = munmap(job->p, job->len);
}

static void job_mmap_over(struct job *job)
{
	job->ret = mmap(job->p, job->len, RW, ANON | MAP_FIXED, -1, 0) != job->p;
}

static void of_munmap(void)
{
	char *p = fresh();
	struct job job = { .len = 2 * PG };
	struct uffd_msg m;

	job_start(&job, job_munmap, p + PG);
	m = uffd_next(uffd);
	ok(m.event == UFFD_EVENT_UNMAP && m.arg.remove.start == (uintptr_t)p + PG &&
	   m.arg.remove.end == (uintptr_t)p + 3 * PG, "munmap is told: start and end");
	is(job_end(&job), 0, "and goes on");
	job.len = PG;
	job_start(&job, job_mmap_over, p);
	m = uffd_next(uffd);
	ok(m.event == UFFD_EVENT_UNMAP && m.arg.remove.start == (uintptr_t)p, "a mapping put over it is told");
	is(job_end(&job), 0, "and goes on");
	works(munmap(p, PG), "which is not served: its munmap does not wait");
	must(uffd_unregister(uffd, p + 3 * PG, PG));
	munmap(p + 3 * PG, PG);
	ok(uffd_quiet(uffd), "nothing else was told");
}

/* ---- pages that go ---- */

static int advice;

static void job_advise(struct job *job)
{
	job->ret = madvise(job->p, job->len, advice);
}

static void of_pages(const char *name, char *p, int how)
{
	struct job job = { .len = PG }, load = { 0 };
	struct uffd_msg m;

	advice = how;
	must(uffd_copy(uffd, p, page_of('o', 1), PG, 0));
	job_start(&job, job_advise, p);
	until_told();
	fails(uffd_copy(uffd, p + PG, page_of('x', 1), PG, 0), EAGAIN, "%s: until it is read, copying is EAGAIN", name);
	m = uffd_next(uffd);
	ok(m.event == UFFD_EVENT_REMOVE && m.arg.remove.start == (uintptr_t)p &&
	   m.arg.remove.end == (uintptr_t)p + PG, "%s is told: start and end", name);
	is(job_end(&job), 0, "%s goes on", name);
	if (how != MADV_FREE) {
		job_start(&load, job_load, p);
		uffd_fault(uffd, p);
		must(uffd_copy(uffd, p, page_of('n', 1), PG, 0));
		is(job_end(&load), 'n', "%s: the page is missing then", name);
	}
}

static void of_removal(void)
{
	int memory = new_memfd(4);
	char *p = fresh(), *q = map_fd(memory, 4, MAP_SHARED);

	of_pages("MADV_DONTNEED", p, MADV_DONTNEED);
	of_pages("MADV_FREE", p + PG, MADV_FREE);
	must(uffd_register(uffd, q, 4 * PG, MISSING));
	of_pages("MADV_REMOVE", q, MADV_REMOVE);
	must(uffd_unregister(uffd, p, 4 * PG));
	must(uffd_unregister(uffd, q, 4 * PG));
	munmap(p, 4 * PG), munmap(q, 4 * PG);
	close(memory);
}

/* ---- nobody reads ---- */

static void closed(void)
{
	int keep = uffd;
	struct job job = { .len = PG };
	char *p;

	uffd = uffd_new(EVENTS);
	p = fresh();
	job_start(&job, job_munmap, p);
	until_told();
	close(uffd);
	is(job_end(&job), 0, "closing lets go on who waits for a reader");
	munmap(p, 4 * PG);
	uffd = keep;
}

struct victim {
	volatile int fd;
	bool forks;
};

static void waits_for_ever(void *arg)
{
	struct victim *v = arg;
	char *p;

	uffd = uffd_new(EVENTS);
	p = fresh();
	v->fd = uffd;
	if (v->forks)
		(void)!fork();
	else
		munmap(p, PG);
}

static void killed(void)
{
	struct victim *v = shared_alloc(PG);

	for (int forks = 0; forks < 2; forks++) {
		pid_t pid;

		*v = (struct victim){ .forks = forks };
		pid = spawn(waits_for_ever, v);
		while (!v->fd)
			sched_yield();
		wait_state(pid, 'D');
		must(kill(pid, SIGKILL));
		is(reap(pid), -SIGKILL, "SIGKILL ends the wait of %s for a reader", forks ? "fork" : "munmap");
	}
}

int main(void)
{
	if ((uffd_features() & EVENTS) != EVENTS) {
		skip("no events", "events");
		return done();
	}
	uffd = uffd_new(EVENTS);
	of_fork();
	of_mremap();
	of_munmap();
	of_removal();
	closed();
	killed();
	close(uffd);
	return done();
}

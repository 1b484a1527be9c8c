// SPDX-License-Identifier: GPL-2.0-only
/*
 * userfaultfd: what ends the wait of a fault other than a page (munmap, close, signals,
 * SIGKILL), whom it does not concern (children, moved mappings, a new program), and the
 * features that change what is told or who waits.
 */
#include "uffd.h"

static char *fresh(int fd)
{
	char *p = map_anon(4);

	must(uffd_register(fd, p, 4 * PG, MISSING));
	return p;
}

/* ---- the end of a wait ---- */

static void caught_load(struct job *job)
{
	struct fault f = try_load(job->p);

	job->ret = f.sig;
}

static void by_munmap(void)
{
	int fd = uffd_new(0);
	struct job job = { 0 };
	char *p = fresh(fd);

	job_start(&job, caught_load, p);
	uffd_fault(fd, p);
	works(munmap(p, 4 * PG), "munmap works while a thread waits there");
	fails(uffd_copy(fd, p, page_of('x', 1), PG, 0), ENOENT, "then nothing can be filled");
	must(uffd_wake(fd, p, PG));
	is(job_end(&job), SIGSEGV, "the thread, woken, gets SIGSEGV");

	p = fresh(fd);
	job_start(&job, caught_load, p);
	uffd_fault(fd, p);
	must(mprotect(p, PG, PROT_NONE));
	must(uffd_wake(fd, p, PG));
	is(job_end(&job), SIGSEGV, "after mprotect to PROT_NONE too");
	ok(uffd_quiet(fd), "and no fault is told");

	must(mprotect(p, PG, RW));
	job_start(&job, job_load, p);
	uffd_fault(fd, p);
	must(mmap(p, PG, RW, ANON | MAP_FIXED, -1, 0));
	must(uffd_wake(fd, p, PG));
	is(job_end(&job), 0, "a mapping put over it is not served");
	munmap(p, 4 * PG);
	close(fd);
}

static void by_close(void)
{
	struct job pending = { 0 }, waiting = { 0 };
	int fd = uffd_new(0);
	char *p = fresh(fd);

	job_start(&waiting, job_load, p);
	uffd_fault(fd, p);
	job_start(&pending, job_store, p + PG);
	while (!pending.tid)
		sched_yield();
	wait_state(pending.tid, 'S');
	close(fd);
	is(job_end(&waiting), 0, "closing lets go on who was read");
	is(job_end(&pending), 's', "and who was not");
	is(p[2 * PG], 0, "the kernel serves the mapping again");
	munmap(p, 4 * PG);
}

static void by_wake(void)
{
	int fd = uffd_new(0);
	struct job job = { 0 };
	char *p = fresh(fd);

	job_start(&job, job_load, p);
	uffd_fault(fd, p);
	must(uffd_wake(fd, p, 4 * PG));
	uffd_fault(fd, p);
	ok(true, "UFFDIO_WAKE without a page: it faults again, and is told again");
	must(uffd_wake(fd, p + PG, 3 * PG));
	must(uffd_copy(fd, p, page_of('w', 1), PG, UFFDIO_COPY_MODE_DONTWAKE));
	wait_state(job.tid, 'S');
	ok(uffd_quiet(fd), "a wake beside it does not reach it");
	must(uffd_wake(fd, p, PG));
	is(job_end(&job), 'w', "the right one does");
	munmap(p, 4 * PG);
	close(fd);
}

static volatile int handled;

static void on_usr1(int sig)
{
	(void)sig;
	handled++;
}

static void by_signal(void)
{
	struct sigaction sa = { .sa_handler = on_usr1 };
	int fd = uffd_new(0);
	struct job job = { 0 };
	char *p = fresh(fd);

	must(sigaction(SIGUSR1, &sa, NULL));
	job_start(&job, job_load, p);
	uffd_fault(fd, p);
	must_be(!pthread_kill(job.thread, SIGUSR1));
	uffd_fault(fd, p);
	is(handled, 1, "a signal's handler runs while its thread waits, which then faults again");
	must(uffd_zero(fd, p, PG, 0));
	is(job_end(&job), 0, "and is served");
	munmap(p, 4 * PG);
	close(fd);
}

/* A process whose only thread faults; @in_kernel: by a system call. */
struct victim {
	volatile int fd;
	bool in_kernel;
};

/* nobody else has the descriptor: the fault is nobody's to serve */
static void victim(void *arg)
{
	struct victim *v = arg;
	int pipefd[2], fd = uffd_new(0);
	char *p = fresh(fd);

	CHECK(!pipe(pipefd));
	v->fd = fd;
	if (v->in_kernel)
		CHECK(write(pipefd[1], p, 10) == 10);
	else
		(void)*(volatile char *)p;
}

static bool has_pending_fault(pid_t pid, int fd)
{
	char path[64], *info;
	bool pending;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", pid, fd);
	info = slurp(path);
	pending = info && strstr(info, "pending:\t1");
	free(info);
	return pending;
}

static void by_kill(void)
{
	struct victim *v = shared_alloc(PG);

	for (int in_kernel = 0; in_kernel < 2; in_kernel++) {
		pid_t pid;

		*v = (struct victim){ .in_kernel = in_kernel };
		pid = spawn(victim, v);
		while (!v->fd || !has_pending_fault(pid, v->fd))
			sched_yield();
		must(kill(pid, SIGKILL));
		is(reap(pid), -SIGKILL, "SIGKILL ends a fault from %s", in_kernel ? "a system call" : "user mode");
	}
}

/* ---- whom it does not concern ---- */

static void reads_zeros(void *arg)
{
	CHECK(all_bytes(arg, 0, PG));
}

static void others(void)
{
	int fd = uffd_new(0);
	char *p = fresh(fd), *q;

	is(child(reads_zeros, p), 0, "a child's copy is not served: it reads zeros");
	ok(uffd_quiet(fd), "and nothing is told");
	q = must(mremap(p, 4 * PG, 4 * PG, MREMAP_MAYMOVE | MREMAP_FIXED, p + 64 * PG));
	is(*q, 0, "a mapping that was moved is not served");
	must(munmap(q, 4 * PG));
	p = fresh(fd);
	must(uffd_zero(fd, p, PG, 0));
	q = must(mremap(p, 4 * PG, 4 * PG, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL));
	is(q[PG], 0, "MREMAP_DONTUNMAP: nor the new place");
	{
		struct job job = { 0 };

		job_start(&job, job_load, p);
		uffd_fault(fd, p);
		must(uffd_copy(fd, p, page_of('k', 1), PG, 0));
		is(job_end(&job), 'k', "but the old one is, and all of it is missing");
	}
	munmap(p, 4 * PG), munmap(q, 4 * PG);
	p = fresh(fd);
	must(munmap(p + 2 * PG, 2 * PG));
	q = mremap(p, 2 * PG, 3 * PG, 0);
	if (q != MAP_FAILED) {
		struct job job = { 0 };

		job_start(&job, job_load, p + 2 * PG);
		uffd_fault(fd, p + 2 * PG);
		must(uffd_zero(fd, p + 2 * PG, PG, 0));
		is(job_end(&job), 0, "what a mapping grows by is served as well");
	}
	close(fd);
}

struct served {
	int fd;
	char *p;
};

/* In a child: the fault is the parent's, the page comes from here. */
static void serves_parent(void *arg)
{
	struct served *s = arg;
	char *mine = map_anon(1);

	memset(mine, 'c', PG);
	uffd_fault(s->fd, s->p);
	CHECK(!uffd_copy(s->fd, s->p, mine, PG, 0));
	CHECK(!uffd_unregister(s->fd, s->p, 4 * PG));
}

static void by_another_process(void)
{
	struct served s = { .fd = uffd_new(0) };
	pid_t pid;

	s.p = fresh(s.fd);
	pid = spawn(serves_parent, &s);
	is(*(volatile char *)s.p, 'c', "another process that has the descriptor can serve: from its own memory");
	is(reap(pid), 0, "and unregister");
	is(s.p[PG], 0, "after which the kernel serves it");
	munmap(s.p, 4 * PG);
	close(s.fd);
}

/* The descriptor outlives the memory: exec keeps it, when asked. */
static void after_exec(int fd)
{
	char *p = map_anon(1);

	fails(uffd_copy(fd, p, page_of('x', 1), PG, 0), ESRCH, "after exec there is nothing to fill: ESRCH");
	is(uffd_done, 12345, "not even a result is given");
	fails(uffd_register(fd, p, PG, MISSING), ENOMEM, "nor to register: ENOMEM");
	ok(uffd_quiet(fd), "nor to read");
	exit(done());
}

static void exec_self(void *arg)
{
	int fd = uffd_new(0);
	char name[16];

	(void)arg;
	must(fcntl(fd, F_SETFD, 0));
	snprintf(name, sizeof(name), "%d", fd);
	CHECK(dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO) >= 0);
	execl("/proc/self/exe", "userfaultfd_end", name, NULL);
	CHECK(false);
}

/* ---- features ---- */

static void sigbus(void)
{
	int fd = uffd_new(UFFD_FEATURE_SIGBUS), pipefd[2];
	char *p = fresh(fd);

	is_fault(try_load(p + 5), SIGBUS, BUS_ADRERR, p + 5, "UFFD_FEATURE_SIGBUS: a load gets SIGBUS");
	must(pipe2(pipefd, O_CLOEXEC));
	fails(write(pipefd[1], p, 1), EFAULT, "and a system call EFAULT");
	works(uffd_copy(fd, p, page_of('c', 1), PG, 0), "pages can be filled");
	is(*p, 'c', "and then used");
	ok(uffd_quiet(fd), "nothing is told");
	munmap(p, 4 * PG);
	close(pipefd[0]), close(pipefd[1]), close(fd);
}

static void user_mode_only(void)
{
	int fd = must(uffd_open(UFFD_USER_MODE_ONLY | O_NONBLOCK)), pipefd[2];
	struct job job = { 0 };
	char *p;

	must(uffd_api(fd, 0));
	p = fresh(fd);
	must(pipe2(pipefd, O_CLOEXEC));
	fails(write(pipefd[1], p, 1), EFAULT, "UFFD_USER_MODE_ONLY: a system call gets EFAULT");
	job_start(&job, job_load, p);
	uffd_fault(fd, p);
	must(uffd_copy(fd, p, page_of('c', 1), PG, 0));
	is(job_end(&job), 'c', "a load is served");
	munmap(p, 4 * PG);
	close(pipefd[0]), close(pipefd[1]), close(fd);
}

static void details(void)
{
	int fd = uffd_new(UFFD_FEATURE_THREAD_ID | UFFD_FEATURE_EXACT_ADDRESS);
	struct job job = { 0 };
	char *p = fresh(fd);
	struct uffd_msg m;

	job_start(&job, job_load, p + 77);
	m = uffd_fault(fd, p + 77);
	ok(true, "UFFD_FEATURE_EXACT_ADDRESS: the address is that of the access");
	is(m.arg.pagefault.feat.ptid, job.tid, "UFFD_FEATURE_THREAD_ID: the thread is told");
	must(uffd_copy(fd, p, page_of('c', 1), PG, 0));
	is(job_end(&job), 'c', "and is served");
	munmap(p, 4 * PG);
	close(fd);
}

/* ---- reading ---- */

static void reading(void)
{
	int fd = uffd_new(0);
	struct job job[3] = { { 0 } };
	struct uffd_msg m[4];
	char *p = fresh(fd);

	for (int i = 0; i < 3; i++) {
		job_start(&job[i], job_load, p + i * PG);
		while (!job[i].tid)
			sched_yield();
		wait_state(job[i].tid, 'S');
	}
	is(read(fd, m, 2 * sizeof(m[0]) + 5), 2 * sizeof(m[0]), "one read gets as many messages as fit");
	is(read(fd, NOTHING, sizeof(m[0])), -1, "a bad buffer");
	is(errno, EFAULT, "is EFAULT");
	must(uffd_zero(fd, p, 3 * PG, 0));
	for (int i = 0; i < 3; i++)
		must_be(!job_end(&job[i]));
	ok(uffd_quiet(fd), "one UFFDIO_ZEROPAGE wakes all in its range, read or not");
	munmap(p, 4 * PG);
	close(fd);
}

static void poisoned(void)
{
	int fd;
	char *p;

	if (!(uffd_features() & UFFD_FEATURE_POISON)) {
		skip("no UFFDIO_POISON", "poison");
		return;
	}
	fd = uffd_new(UFFD_FEATURE_POISON);
	p = fresh(fd);
	works(uffd_poison(fd, p, 2 * PG), "UFFDIO_POISON");
	is(uffd_done, 2 * PG, "tells how far it came");
	is_fault(try_load(p), SIGBUS, BUS_ADRERR, p, "a poisoned page is SIGBUS");
	is_fault(try_store(p + PG), SIGBUS, BUS_ADRERR, p + PG, "for stores too");
	ok(strstr(slurp("/proc/self/smaps_rollup"), "Swap:                  0 kB"), "which is not in swap");
	fails(uffd_poison(fd, p, PG), EEXIST, "poisoning twice is EEXIST");
	fails(uffd_zero(fd, p, PG, 0), EEXIST, "and so is a page of zeros");
	must(madvise(p, PG, MADV_DONTNEED));
	works(uffd_zero(fd, p, PG, 0), "MADV_DONTNEED makes it a missing page again");
	is(*p, 0, "that can be filled");
	munmap(p, 4 * PG);
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		after_exec(atoi(argv[1]));
	by_munmap();
	by_close();
	by_wake();
	by_signal();
	by_kill();
	others();
	by_another_process();
	is(child(exec_self, NULL), 0, "exec: the descriptor stays, the memory is another");
	sigbus();
	user_mode_only();
	details();
	reading();
	poisoned();
	return done();
}

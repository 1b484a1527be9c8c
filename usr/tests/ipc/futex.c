// SPDX-License-Identifier: GPL-2.0-only
/*
 * futex: private and shared by file, anonymous memory and hard copies of the
 * mapping at other addresses; time limits, bitsets, requeue, wake_op, robust
 * lists.
 */
#include "tap.h"
#include <linux/futex.h>
#include <pthread.h>

typedef volatile uint32_t word;

static long futex(word *w, int op, uint32_t v, const void *t, word *w2, uint32_t v3)
{
	return syscall(SYS_futex, w, op, v, t, w2, v3);
}

static void errors(void)
{
	static word w = 5;
	struct timespec bad = { 0, 2000000000 }, neg = { -1, 0 }, zero = { 0, 0 };
	char *p = must(mmap(NULL, PG, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	fails(futex(&w, FUTEX_WAIT, 4, NULL, NULL, 0), EAGAIN, "WAIT on another value is EAGAIN");
	fails(futex(&w, FUTEX_WAIT_PRIVATE, 4, NULL, NULL, 0), EAGAIN, "private too");
	fails(futex((word *)((char *)&w + 1), FUTEX_WAIT, 5, NULL, NULL, 0), EINVAL, "an unaligned word is EINVAL");
	fails(futex((word *)p, FUTEX_WAIT, 0, NULL, NULL, 0), EFAULT, "an unreadable word is EFAULT");
	fails(futex((word *)p, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0), EFAULT, "private too");
	fails(futex(&w, FUTEX_WAIT, 5, &bad, NULL, 0), EINVAL, "too many nanoseconds are EINVAL");
	fails(futex(&w, FUTEX_WAIT, 5, &neg, NULL, 0), EINVAL, "a negative time is EINVAL");
	fails(futex(&w, FUTEX_WAIT, 5, &zero, NULL, 0), ETIMEDOUT, "no time is ETIMEDOUT");
	fails(futex(&w, 99, 0, NULL, NULL, 0), ENOSYS, "an unknown operation is ENOSYS");
	fails(futex(&w, FUTEX_WAIT_BITSET, 5, NULL, NULL, 0), EINVAL, "an empty bitset is EINVAL");
	is(futex(&w, FUTEX_WAKE, 1, NULL, NULL, 0), 0, "WAKE of nobody is 0");
	is(futex((word *)p, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), 0, "a private WAKE does not look at the word");
	must(munmap(p, PG));
	fails(futex((word *)p, FUTEX_WAKE, 1, NULL, NULL, 0), EFAULT, "a shared WAKE needs a page");
}

static void limits(void)
{
	static word w;
	struct timespec ts = { 0, 30000000 };
	double t = now();

	fails(futex(&w, FUTEX_WAIT, 0, &ts, NULL, 0), ETIMEDOUT, "WAIT ends with ETIMEDOUT");
	t = now() - t;
	ok(t >= 0.030, "not before its time (%.3f s)", t);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	fails(futex(&w, FUTEX_WAIT_BITSET, 0, &ts, NULL, FUTEX_BITSET_MATCH_ANY), ETIMEDOUT,
	      "WAIT_BITSET's time is absolute, on the monotonic clock");
	clock_gettime(CLOCK_REALTIME, &ts);
	fails(futex(&w, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &ts, NULL, FUTEX_BITSET_MATCH_ANY),
	      ETIMEDOUT, "or on the real-time clock");
	fails(futex(&w, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 0, &ts, NULL, 0), ENOSYS,
	      "WAIT's time from now on has no clock to choose");
}

/* Wait until *w is not 0; returns what the waiter saw. */
static void waiter(void *arg)
{
	word *w = arg;

	while (!*w)
		CHECK(!futex(w, FUTEX_WAIT, 0, NULL, NULL, 0) || errno == EAGAIN);
}

static void wake_one(word *mine, word *theirs, const char *what)
{
	pid_t pid = spawn(waiter, (void *)theirs);

	must_be(wait_state(pid, 'S'));
	*mine = 1;
	is(futex(mine, FUTEX_WAKE, 1, NULL, NULL, 0), 1, "a waiter is found %s", what);
	is(reap(pid), 0, "and goes on");
	*mine = 0;
}

static void shared(const char *fs)
{
	int fd = make_file("f", 2 * PG, 0);
	char *a = must(mmap(NULL, 2 * PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	char *b = must(mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, PG)), what[100];
	char *ro = must(mmap(NULL, 2 * PG, PROT_READ, MAP_SHARED, fd, 0));

	snprintf(what, sizeof(what), "through a shared mapping of a file on %s", fs);
	wake_one((word *)a, (word *)a, what);
	snprintf(what, sizeof(what), "through another mapping at another address (%s)", fs);
	wake_one((word *)(a + PG + 8), (word *)(b + 8), what);
	snprintf(what, sizeof(what), "through a read-only mapping (%s)", fs);
	wake_one((word *)(a + 16), (word *)(ro + 16), what);
	must(munmap(a, 2 * PG)), must(munmap(b, PG)), must(munmap(ro, 2 * PG));
	close(fd);
}

struct pages {
	word *priv, *shared;
	struct gate ready, go;
};

/* A private word is another word after fork, also for the shared operation. */
static void apart(void *arg)
{
	struct pages *x = arg;
	struct timespec ts = { 0, 50000000 };

	x->priv[1] = 0;		/* take our own copy */
	gate_open(x->ready);
	CHECK_ERR(futex(x->priv, FUTEX_WAIT, 0, &ts, NULL, 0), ETIMEDOUT);
}

static void private_pages(void)
{
	struct pages x = { must(mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)),
			   NULL, gate_new(), gate_new() };
	pid_t pid;

	x.priv[0] = 0;
	pid = spawn(apart, &x);
	gate_pass(x.ready);
	wait_state(pid, 'S');
	is(futex(x.priv, FUTEX_WAKE, 10, NULL, NULL, 0), 0, "private memory: no waiter of another process is found");
	is(reap(pid), 0, "who waits to the end");
	gate_free(x.ready), gate_free(x.go);
}

static void sleeper(void *arg)
{
	CHECK(!futex(arg, FUTEX_WAIT, 0, NULL, NULL, 0));
}

static void bit_sleeper(void *arg)
{
	CHECK(!futex(arg, FUTEX_WAIT_BITSET, 0, NULL, NULL, 2));
}

static void counting(void)
{
	word *w = shared_alloc(PG);
	pid_t pid[5];
	int bad = 0;

	for (int i = 0; i < 5; i++) {
		pid[i] = spawn(sleeper, (void *)w);
		must_be(wait_state(pid[i], 'S'));
	}
	is(futex(w, FUTEX_WAKE, 2, NULL, NULL, 0), 2, "WAKE wakes as many as asked");
	is(futex(w, FUTEX_CMP_REQUEUE, 1, (void *)2, w + 1, 7), -1, "CMP_REQUEUE with another value fails");
	is(errno, EAGAIN, "EAGAIN");
	is(futex(w, FUTEX_CMP_REQUEUE, 1, (void *)2, w + 1, 0), 3, "CMP_REQUEUE wakes one and moves two");
	is(futex(w, FUTEX_WAKE, 10, NULL, NULL, 0), 0, "nobody is left at the first word");
	is(futex(w + 1, FUTEX_WAKE, 10, NULL, NULL, 0), 2, "the moved ones wait at the second");
	for (int i = 0; i < 5; i++)
		bad += reap(pid[i]) != 0;
	is(bad, 0, "each wait ends with success");
	pid[0] = spawn(bit_sleeper, (void *)w);
	must_be(wait_state(pid[0], 'S'));
	is(futex(w, FUTEX_WAKE_BITSET, 9, NULL, NULL, 4), 0, "WAKE_BITSET of other bits finds nobody");
	is(futex(w, FUTEX_WAKE_BITSET, 9, NULL, NULL, 6), 1, "of a common bit it does");
	is(reap(pid[0]), 0, "who goes on");
	pid[0] = spawn(sleeper, (void *)w), pid[1] = spawn(sleeper, (void *)(w + 1));
	must_be(wait_state(pid[0], 'S') && wait_state(pid[1], 'S'));
	is(futex(w, FUTEX_WAKE_OP, 1, (void *)1, w + 1, FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 0)), 2,
	   "WAKE_OP wakes at both words when the old value compares");
	is(w[1], 3, "and adds");
	is(reap(pid[0]) | reap(pid[1]), 0, "both go on");
	is(futex(w, FUTEX_WAKE_OP, 1, (void *)1, w + 1,
		 FUTEX_OP((FUTEX_OP_SET | FUTEX_OP_OPARG_SHIFT), 31, FUTEX_OP_CMP_EQ, 0)), 0, "with nobody there: 0");
	is((uint32_t)w[1], 1U << 31, "FUTEX_OP_OPARG_SHIFT reaches the highest bit");
}

static void on_signal(int sig)
{
	(void)sig;
}

static void interrupted(void *arg)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGUSR1, &sa, NULL);
	CHECK_ERR(futex(arg, FUTEX_WAIT, 0, NULL, NULL, 0), EINTR);
}

static void signals(void)
{
	word *w = shared_alloc(PG);
	pid_t pid = spawn(interrupted, (void *)w);

	must_be(wait_state(pid, 'S'));
	kill(pid, SIGUSR1);
	is(reap(pid), 0, "a signal ends WAIT with EINTR");
}

/* A lock of three states over processes: the count must come out exact. */
static void lock(word *w)
{
	uint32_t c = 0;

	if (__atomic_compare_exchange_n(w, &c, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return;
	while (__atomic_exchange_n(w, 2, __ATOMIC_ACQUIRE) != 0)
		futex(w, FUTEX_WAIT, 2, NULL, NULL, 0);
}

static void unlock(word *w)
{
	if (__atomic_exchange_n(w, 0, __ATOMIC_RELEASE) == 2)
		futex(w, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void adder(void *arg)
{
	word *w = arg;

	for (int i = 0; i < 2000; i++) {
		lock(w);
		w[16]++;
		if (i % 50 == 0)
			sched_yield();
		unlock(w);
	}
}

static void mutual_exclusion(const char *fs)
{
	int fd = make_file("m", PG, 0), bad = 0;
	word *w = must(mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	pid_t pid[4];

	for (int i = 0; i < 4; i++)
		pid[i] = spawn(adder, (void *)w);
	for (int i = 0; i < 4; i++)
		bad += reap(pid[i]) != 0;
	is(bad, 0, "%s: four processes with a lock in a mapped file", fs);
	is(w[16], 8000, "%s: count exactly", fs);
	must(munmap((void *)w, PG));
	close(fd);
}

static void *dying(void *m)
{
	pthread_mutex_lock(m);
	return NULL;
}

static void dying_process(void *m)
{
	pthread_mutex_lock(m);
	raise(SIGKILL);
}

static void robust(void)
{
	pthread_mutex_t *m = shared_alloc(PG);
	pthread_mutexattr_t a;
	pthread_t t;

	pthread_mutexattr_init(&a);
	pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(m, &a);
	must_be(!pthread_create(&t, NULL, dying, m));
	pthread_join(t, NULL);
	is(pthread_mutex_lock(m), EOWNERDEAD, "robust list: a lock of a dead thread is EOWNERDEAD");
	pthread_mutex_consistent(m), pthread_mutex_unlock(m);
	is(child(dying_process, m), -SIGKILL, "a process is killed holding the lock");
	is(pthread_mutex_lock(m), EOWNERDEAD, "its lock is EOWNERDEAD too");
	pthread_mutex_consistent(m), pthread_mutex_unlock(m);
	is(pthread_mutex_lock(m), 0, "made consistent, it is an ordinary lock again");
	pthread_mutex_unlock(m);
}

struct holder {
	struct gate ready, end;
	pid_t pid;
};

/* as a program that root has lent its rights to, and which a user has started */
static void lent(void *arg)
{
	struct holder *h = arg;

	CHECK(!setresgid(1000, 1000, 1000) && !setresuid(1000, 0, 0));
	gate_open(h->ready);
	gate_pass(h->end);
}

static long ask_list(pid_t pid)
{
	void *head;
	size_t len;

	return syscall(SYS_get_robust_list, pid, &head, &len);
}

static void asks(void *arg)
{
	struct holder *h = arg;

	CHECK(!setresgid(1000, 1000, 1000) && !setresuid(1000, 1000, 1000));
	CHECK_ERR(ask_list(h->pid), EPERM);
	CHECK(!ask_list(0) && !ask_list(getpid()));
	CHECK_ERR(ask_list(0x7ffffff0), ESRCH);
}

static void whose_list(void)
{
	struct holder h = { gate_new(), gate_new(), 0 };

	h.pid = spawn(lent, &h);
	gate_pass(h.ready);
	is(ask_list(h.pid), 0, "root may ask for anybody's robust list");
	is(child(asks, &h), 0, "others only for that of whom they may look into");
	gate_open(h.end);
	reap(h.pid);
	gate_free(h.ready), gate_free(h.end);
}

static void both(const char *fs)
{
	shared(fs);
	mutual_exclusion(fs);
}

int main(void)
{
	word *w;

	errors();
	limits();
	w = shared_alloc(PG);
	wake_one(w, w, "through shared anonymous memory");
	private_pages();
	counting();
	signals();
	robust();
	whose_list();
	on_both(both);
	return done();
}

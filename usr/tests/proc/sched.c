// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scheduling policies side by side: a real-time task goes first, but one that never
 * sleeps leaves ordinary tasks of its processor a share.
 */
#include "tap.h"
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define PATIENCE	20		/* s: what never comes counts as not coming */

static volatile int *spins;

static void pin(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	must(sched_setaffinity(0, sizeof(one), &one));
}

static double seconds(clockid_t clock)
{
	struct timespec t;

	must(clock_gettime(clock, &t));
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* spins at real-time priority; ends by itself only if nobody else gets to run */
static pid_t start_spinner(int policy)
{
	struct sched_param sp = { .sched_priority = 50 };
	pid_t pid;

	*spins = 0;
	pid = must(fork());
	if (pid)
		return pid;
	must(sched_setscheduler(0, policy, &sp));
	for (double start = seconds(CLOCK_MONOTONIC); seconds(CLOCK_MONOTONIC) < start + PATIENCE;)
		++*spins;
	_exit(1);
}

static void spinner(int policy, const char *name)
{
	pid_t pid = start_spinner(policy);
	double cpu = seconds(CLOCK_THREAD_CPUTIME_ID), start;
	clockid_t spinners;
	int status = 0;

	while (!*spins && !waitpid(pid, &status, WNOHANG))
		sched_yield();
	start = seconds(CLOCK_MONOTONIC);
	/* more than what is left over in one period of a second, and for some of them */
	while ((seconds(CLOCK_THREAD_CPUTIME_ID) < cpu + 0.06 || seconds(CLOCK_MONOTONIC) < start + 3) &&
	       !waitpid(pid, &status, WNOHANG))
		;
	ok(!status, "an ordinary task goes on beside a %s one that spins", name);
	CHECK(!clock_getcpuclockid(pid, &spinners));
	ok(seconds(spinners) > (seconds(CLOCK_MONOTONIC) - start) / 2, "the %s one gets most of the time", name);
	kill(pid, SIGKILL);
	ok(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status), "and can be killed");
}

/* as in <linux/sched/types.h>, which <sched.h> does not go with */
struct attr {
	unsigned int size, policy;
	unsigned long long flags;
	int nice;
	unsigned int priority;
	unsigned long long rest[3];
};

#define KEEP_POLICY	0x08
#define KEEP_PARAMS	0x10

static int set_attr(unsigned int policy, unsigned long long flags, int nice, unsigned int priority)
{
	struct attr a = { 48, policy, flags, nice, priority, { 0 } };

	return syscall(SYS_sched_setattr, 0, &a, 0);
}

static bool is_now(unsigned int policy, int nice, unsigned int priority)
{
	struct attr a;

	must(syscall(SYS_sched_getattr, 0, &a, 48, 0));
	return a.policy == policy && a.nice == nice && a.priority == priority;
}

static void keeping(void *arg __attribute__((unused)))
{
	CHECK(!set_attr(SCHED_BATCH, 0, 3, 0) && is_now(SCHED_BATCH, 3, 0));
	CHECK(!set_attr(SCHED_OTHER, KEEP_POLICY, 5, 0) && is_now(SCHED_BATCH, 5, 0));
	CHECK(!set_attr(SCHED_BATCH, KEEP_PARAMS, 9, 0) && is_now(SCHED_BATCH, 5, 0));
	CHECK(!set_attr(SCHED_OTHER, KEEP_POLICY | KEEP_PARAMS, 9, 0) && is_now(SCHED_BATCH, 5, 0));
	CHECK(set_attr(SCHED_OTHER, KEEP_POLICY, 5, 1) == -1 && errno == EINVAL);
	CHECK(!set_attr(SCHED_FIFO, 0, 0, 7) && is_now(SCHED_FIFO, 0, 7));
	CHECK(!set_attr(SCHED_OTHER, KEEP_POLICY, 5, 8) && is_now(SCHED_FIFO, 0, 8));
	CHECK(!set_attr(SCHED_FIFO, KEEP_PARAMS, 0, 9) && is_now(SCHED_FIFO, 0, 8));
	CHECK(set_attr(SCHED_OTHER, 0x1000, 0, 0) == -1 && errno == EINVAL);
}

int main(void)
{
	is(child(keeping, NULL), 0, "SCHED_FLAG_KEEP_POLICY and SCHED_FLAG_KEEP_PARAMS");
	spins = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (spins == MAP_FAILED)
		return 1;
	pin(sched_getcpu());
	spinner(SCHED_FIFO, "SCHED_FIFO");
	spinner(SCHED_RR, "SCHED_RR");
	return done();
}

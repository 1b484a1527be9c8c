// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timers: alarm, setitimer, timer_create and friends.
 */
#include "tap.h"
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>

static volatile sig_atomic_t fired, value, code, signo;

static void on_timer(int sig, siginfo_t *si, void *uc)
{
	(void)uc;
	signo = sig;
	value = si->si_value.sival_int;
	code = si->si_code;
	fired++;
}

static sigset_t armed(int sig)
{
	struct sigaction sa = { .sa_sigaction = on_timer, .sa_flags = SA_SIGINFO };
	sigset_t s, old;

	must(sigaction(sig, &sa, NULL));
	sigemptyset(&s), sigaddset(&s, sig);
	must(sigprocmask(SIG_BLOCK, &s, &old));
	fired = 0;
	return old;
}

static void wait_for(const sigset_t *mask, int n)
{
	while (fired < n)
		sigsuspend(mask);
}

static void drop_pending(int sig)
{
	struct timespec none = { 0 };
	sigset_t s;

	sigemptyset(&s), sigaddset(&s, sig);
	while (sigtimedwait(&s, NULL, &none) > 0)
		;
}

static void interval(void)
{
	struct itimerval it = { { 0, 10000 }, { 0, 20000 } }, got, off = { 0 };
	sigset_t open = armed(SIGALRM);
	double t = now();

	is(setitimer(ITIMER_REAL, &it, NULL), 0, "setitimer");
	must(getitimer(ITIMER_REAL, &got));
	ok(got.it_interval.tv_usec == 10000 && got.it_value.tv_usec <= 20001 && !got.it_value.tv_sec,
	   "getitimer shows what is left");
	wait_for(&open, 5);
	t = now() - t;
	ok(t >= 0.060, "first after 20 ms, then every 10: five take 60 (%.3f s)", t);
	is(setitimer(ITIMER_REAL, &off, &got), 0, "switching it off");
	is(got.it_interval.tv_usec, 10000, "gives the old setting");
	must(getitimer(ITIMER_REAL, &got));
	ok(!got.it_value.tv_sec && !got.it_value.tv_usec, "then nothing is left");
	it.it_value.tv_usec = 1000000;
	fails(setitimer(ITIMER_REAL, &it, NULL), EINVAL, "a million microseconds are EINVAL");
	fails(setitimer(9, &off, NULL), EINVAL, "an unknown timer is EINVAL");
	it = (struct itimerval){ { 0, 0 }, { 0, 10000 } };
	drop_pending(SIGALRM);		/* on a slow machine a sixth came before it was off */
	fired = 0;
	must(setitimer(ITIMER_REAL, &it, NULL));
	wait_for(&open, 1);
	must(getitimer(ITIMER_REAL, &got));
	ok(!got.it_value.tv_usec, "without an interval it fires once");
	is(alarm(50), 0, "alarm");
	is(alarm(0), 50, "tells what was left, rounded up");
	is(code, SI_KERNEL, "its signal has SI_KERNEL");
}

static void cpu_timers(void)
{
	struct itimerval it = { { 0, 0 }, { 0, 30000 } };
	struct timespec t0, t1;

	armed(SIGVTALRM), armed(SIGPROF);
	sigset_t s;
	sigemptyset(&s), sigaddset(&s, SIGVTALRM), sigaddset(&s, SIGPROF);
	must(sigprocmask(SIG_UNBLOCK, &s, NULL));
	for (int i = 0; i < 2; i++) {
		fired = 0;
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t0);
		must(setitimer(i ? ITIMER_PROF : ITIMER_VIRTUAL, &it, NULL));
		while (!fired)
			;
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t1);
		is(signo, i ? SIGPROF : SIGVTALRM, "%s", i ? "ITIMER_PROF sends SIGPROF" : "ITIMER_VIRTUAL sends SIGVTALRM");
		ok((t1.tv_sec - t0.tv_sec) * 1e9 + t1.tv_nsec - t0.tv_nsec >= 20e6, "after its processor time");
	}
}

static int64_t left(timer_t id)
{
	struct itimerspec it;

	must(timer_gettime(id, &it));
	return it.it_value.tv_sec * 1000000000LL + it.it_value.tv_nsec;
}

static void posix(void)
{
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 5,
			       .sigev_value.sival_int = 88 };
	struct itimerspec it = { { 0, 5000000 }, { 0, 10000000 } }, off = { 0 }, old;
	sigset_t open = armed(SIGRTMIN + 5);
	timer_t id, other;
	struct timespec ts;

	is(timer_create(CLOCK_MONOTONIC, &ev, &id), 0, "timer_create");
	is(left(id), 0, "it is not armed at first");
	is(timer_settime(id, 0, &it, NULL), 0, "timer_settime");
	ok(left(id) > 0 && left(id) <= 10000000, "timer_gettime shows what is left");
	wait_for(&open, 3);
	ok(value == 88 && code == SI_TIMER && signo == SIGRTMIN + 5, "its signal has SI_TIMER and the value");
	is(timer_settime(id, 0, &off, &old), 0, "disarming");
	is(old.it_interval.tv_nsec, 5000000, "gives the old setting");
	is(left(id), 0, "nothing is left");
	clock_gettime(CLOCK_MONOTONIC, &ts);
	it = (struct itimerspec){ { 0, 0 }, ts };
	fired = 0;
	is(timer_settime(id, TIMER_ABSTIME, &it, NULL), 0, "an absolute time that has passed");
	wait_for(&open, 1);
	ok(fired == 1, "fires at once");
	it.it_value.tv_nsec = 1000000000;
	fails(timer_settime(id, 0, &it, NULL), EINVAL, "a bad time is EINVAL");
	is(timer_create(CLOCK_REALTIME, NULL, &other), 0, "a second timer, by default SIGALRM");
	is(timer_delete(id), 0, "timer_delete");
	is(left(other), 0, "leaves the other");
	is(timer_delete(other), 0, "which is deleted too");
	fails(syscall(SYS_timer_delete, 12345), EINVAL, "an unknown timer is EINVAL");
	fails(syscall(SYS_timer_gettime, 12345, &it), EINVAL, "for timer_gettime too");
	fails(timer_create(77, &ev, &id), EINVAL, "an unknown clock is EINVAL");
	ev.sigev_signo = 100;
	fails(timer_create(CLOCK_MONOTONIC, &ev, &id), EINVAL, "an unknown signal is EINVAL");
}

/* A blocked timer signal is queued once; the rest is counted. */
static void overruns(void)
{
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 6 };
	struct itimerspec it = { { 0, 1000000 }, { 0, 1000000 } }, off = { 0 };
	struct timespec ts = { 0, 30000000 };
	sigset_t s;
	siginfo_t si;
	timer_t id;

	armed(SIGRTMIN + 6);
	must(timer_create(CLOCK_MONOTONIC, &ev, &id));
	must(timer_settime(id, 0, &it, NULL));
	nanosleep(&ts, NULL);
	sigemptyset(&s), sigaddset(&s, SIGRTMIN + 6);
	is(sigwaitinfo(&s, &si), SIGRTMIN + 6, "a timer of 1 ms that was blocked for 30");
	ok(si.si_overrun >= 20, "has one signal with an overrun count (%d)", si.si_overrun);
	is(timer_getoverrun(id), si.si_overrun, "timer_getoverrun tells the same");
	must(timer_settime(id, 0, &off, NULL));
	must(timer_delete(id));
}

/* A time so far away that it cannot be counted up to is never. */
static void far_away(void)
{
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 7 };
	struct itimerspec it = { { 0, 0 }, { LONG_MAX, 0 } };
	struct timespec ts = { 0, 5000000 };
	sigset_t s;
	timer_t id;

	armed(SIGRTMIN + 7);
	must(timer_create(CLOCK_MONOTONIC, &ev, &id));
	is(timer_settime(id, 0, &it, NULL), 0, "the longest time that can be written down");
	sigemptyset(&s), sigaddset(&s, SIGRTMIN + 7);
	fails(sigtimedwait(&s, NULL, &ts), EAGAIN, "is not over at once");
	must(timer_delete(id));
}

/* Only the kernel can say that a timer's signal was taken. */
static void pretended(void)
{
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 8 };
	struct itimerspec it = { { 0, 1000000 }, { 0, 1000000 } }, off = { 0 };
	siginfo_t si = { .si_code = SI_TIMER };
	struct timespec ts = { 0, 10000000 }, none = { 0, 0 };
	sigset_t s, other;
	int id;

	armed(SIGRTMIN + 8), armed(SIGRTMIN + 9);
	sigemptyset(&s), sigaddset(&s, SIGRTMIN + 8);
	sigemptyset(&other), sigaddset(&other, SIGRTMIN + 9);
	must(syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id));
	must(syscall(SYS_timer_settime, id, 0, &it, NULL));
	do
		must(sigpending(&s));
	while (!sigismember(&s, SIGRTMIN + 8));
	si.si_timerid = id;
	must(syscall(SYS_rt_sigqueueinfo, getpid(), SIGRTMIN + 9, &si));
	is(sigtimedwait(&other, NULL, &none), SIGRTMIN + 9, "a signal that pretends to be a timer's");
	nanosleep(&ts, NULL);
	must(syscall(SYS_timer_settime, id, 0, &off, NULL));
	sigemptyset(&s), sigaddset(&s, SIGRTMIN + 8);
	is(sigtimedwait(&s, NULL, &none), SIGRTMIN + 8, "leaves the timer's own pending");
	fails(sigtimedwait(&s, NULL, &none), EAGAIN, "and no other was sent meanwhile");
	must(syscall(SYS_timer_delete, id));
}

static void limited(void *arg)
{
	struct sigevent ev = { .sigev_notify = SIGEV_NONE };
	struct rlimit few = { 5, 5 };
	int id, n = 0;

	(void)arg;
	CHECK(!setrlimit(RLIMIT_SIGPENDING, &few));
	while (n <= 5 && !syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id))
		n++;
	CHECK(n >= 1 && n <= 5 && errno == EAGAIN);
	CHECK_ERR(syscall(SYS_timer_create, 77, &ev, &id), EINVAL);
	CHECK(!syscall(SYS_timer_delete, id));
	CHECK(!syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id));
}

static void quiet(void)
{
	struct sigevent ev = { .sigev_notify = SIGEV_NONE };
	struct itimerspec it = { { 0, 0 }, { 0, 10000000 } };
	timer_t id;

	is(timer_create(CLOCK_MONOTONIC, &ev, &id), 0, "SIGEV_NONE");
	must(timer_settime(id, 0, &it, NULL));
	while (left(id))
		;
	ok(true, "runs out without a signal");
	must(timer_delete(id));
}

static void thread_id(void)
{
	struct sigevent ev = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR2 };
	struct itimerspec it = { { 0, 0 }, { 0, 5000000 } };
	sigset_t open = armed(SIGUSR2);
	timer_t id;

	ev._sigev_un._tid = syscall(SYS_gettid);
	is(timer_create(CLOCK_MONOTONIC, &ev, &id), 0, "SIGEV_THREAD_ID of oneself");
	must(timer_settime(id, 0, &it, NULL));
	wait_for(&open, 1);
	is(signo, SIGUSR2, "sends to that thread");
	must(timer_delete(id));
	ev._sigev_un._tid = 1;
	fails(timer_create(CLOCK_MONOTONIC, &ev, &id), EINVAL, "of a stranger is EINVAL");
}

static void no_timers(void *arg)
{
	struct itimerspec it;

	CHECK(syscall(SYS_timer_gettime, *(int *)arg, &it) == -1 && errno == EINVAL);
}

static void inheritance(void)
{
	int id;

	must(syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, &id));
	is(child(no_timers, &id), 0, "timers are not inherited by fork");
	must(syscall(SYS_timer_delete, id));
}

/* A timer interrupts a busy process, again and again. */
static void preemption(void)
{
	struct itimerval it = { { 0, 2000 }, { 0, 2000 } }, off = { 0 };
	sigset_t none;

	armed(SIGALRM);
	sigemptyset(&none);
	must(sigprocmask(SIG_SETMASK, &none, NULL));
	must(setitimer(ITIMER_REAL, &it, NULL));
	while (fired < 50)
		;
	must(setitimer(ITIMER_REAL, &off, NULL));
	ok(fired >= 50, "fifty ticks reach a busy loop");
}

/*
 * An interval shorter than handling it takes: while the signal is pending the
 * timer must not go on interrupting, or nothing else would run on that hart.
 */
static void too_fast(void *arg)
{
	struct itimerval it = { { 0, 1 }, { 0, 1 } };
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM };
	struct itimerspec its = { { 0, 1 }, { 0, 1 } };
	timer_t id;

	armed(SIGALRM);
	if (!arg) {
		CHECK(!setitimer(ITIMER_REAL, &it, NULL));
	} else {
		CHECK(!timer_create(CLOCK_MONOTONIC, &ev, &id));
		CHECK(!timer_settime(id, 0, &its, NULL));
	}
	for (volatile int i = 0; i < 2000000; i++)
		;
}

int main(void)
{
	is(child(too_fast, NULL), 0, "an interval timer of 1 us with SIGALRM blocked does not stop the process");
	is(child(too_fast, (void *)1), 0, "nor does a timer of 1 ns");
	interval();
	cpu_timers();
	posix();
	overruns();
	far_away();
	pretended();
	is(child(limited, NULL), 0, "RLIMIT_SIGPENDING is the end of timer_create too: EAGAIN");
	quiet();
	thread_id();
	inheritance();
	preemption();
	return done();
}

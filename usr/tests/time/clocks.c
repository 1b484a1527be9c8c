// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clocks and sleeping: clock_gettime, clock_getres, clock_settime, nanosleep,
 * clock_nanosleep, gettimeofday, times, getrusage.
 */
#include "tap.h"
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>

static int64_t ns(struct timespec t)
{
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int64_t raw(clockid_t id)
{
	struct timespec t = { 0, 0 };

	return syscall(SYS_clock_gettime, id, &t) ? -1 : ns(t);
}

static void reading(void)
{
	static const struct { clockid_t id; const char *name; } c[] = {
		{ CLOCK_REALTIME, "CLOCK_REALTIME" }, { CLOCK_MONOTONIC, "CLOCK_MONOTONIC" },
		{ CLOCK_MONOTONIC_RAW, "CLOCK_MONOTONIC_RAW" }, { CLOCK_BOOTTIME, "CLOCK_BOOTTIME" },
		{ CLOCK_REALTIME_COARSE, "CLOCK_REALTIME_COARSE" },
		{ CLOCK_MONOTONIC_COARSE, "CLOCK_MONOTONIC_COARSE" },
		{ CLOCK_PROCESS_CPUTIME_ID, "CLOCK_PROCESS_CPUTIME_ID" },
		{ CLOCK_THREAD_CPUTIME_ID, "CLOCK_THREAD_CPUTIME_ID" },
	};
	struct timespec t, res;

	for (size_t i = 0; i < ARRAY_SIZE(c); i++) {
		bool good = true;
		int64_t prev = 0;

		for (int j = 0; j < 200; j++) {
			good &= !clock_gettime(c[i].id, &t) && t.tv_nsec >= 0 && t.tv_nsec < 1000000000;
			good &= c[i].id == CLOCK_REALTIME || ns(t) >= prev;
			prev = ns(t);
		}
		ok(good, "%s can be read and does not go backwards", c[i].name);
		ok(!clock_getres(c[i].id, &res) && !res.tv_sec && res.tv_nsec > 0, "%s has a resolution", c[i].name);
		ok(raw(c[i].id) >= prev || c[i].id == CLOCK_REALTIME,
		   "%s by system call follows that by the vDSO", c[i].name);
	}
	fails(clock_gettime(99, &t), EINVAL, "an unknown clock is EINVAL");
	fails(clock_getres(99, &t), EINVAL, "for clock_getres too");
	clock_getres(CLOCK_MONOTONIC, &res);
	ok(res.tv_nsec <= 1000, "the monotonic clock resolves a microsecond or better");
}

static void relations(void)
{
	struct timespec a, b;
	struct timeval tv;
	struct tms tms;
	time_t t;

	clock_gettime(CLOCK_REALTIME, &a);
	gettimeofday(&tv, NULL);
	t = time(NULL);
	clock_gettime(CLOCK_REALTIME, &b);
	ok(tv.tv_sec >= a.tv_sec && tv.tv_sec <= b.tv_sec, "gettimeofday agrees with CLOCK_REALTIME");
	ok(t >= a.tv_sec - 1 && t <= b.tv_sec, "so does time");
	ok(a.tv_sec > 1700000000, "it is later than 2023: the machine's clock has been read");
	clock_gettime(CLOCK_BOOTTIME, &a), clock_gettime(CLOCK_MONOTONIC, &b);
	ok(llabs(ns(a) - ns(b)) < 1000000000LL, "without suspend boot time is monotonic time");
	ok(times(&tms) != -1, "times");
}

static void sleeping(void)
{
	static const long len[] = { 1, 1000, 1000000, 20000000, 110000000 };
	struct timespec t, bad = { 0, 1000000000 }, neg = { -1, 0 };
	int64_t start, took;
	bool good = true;

	for (size_t i = 0; i < ARRAY_SIZE(len); i++) {
		t = (struct timespec){ 0, len[i] };
		start = raw(CLOCK_MONOTONIC);
		good &= !nanosleep(&t, NULL);
		took = raw(CLOCK_MONOTONIC) - start;
		if (took < len[i])
			note("sleep of %ld took %ld ns", len[i], (long)took);
		good &= took >= len[i];
	}
	ok(good, "nanosleep never returns early");
	t = (struct timespec){ 0, 0 };
	is(nanosleep(&t, NULL), 0, "a sleep of nothing returns");
	fails(nanosleep(&bad, NULL), EINVAL, "too many nanoseconds are EINVAL");
	fails(nanosleep(&neg, NULL), EINVAL, "a negative time is EINVAL");
	clock_gettime(CLOCK_MONOTONIC, &t);
	start = ns(t);
	t.tv_nsec += 30000000;
	if (t.tv_nsec >= 1000000000)
		t.tv_sec++, t.tv_nsec -= 1000000000;
	is(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL), 0, "clock_nanosleep until a time");
	ok(raw(CLOCK_MONOTONIC) >= ns(t), "returns after it");
	is(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL), 0, "a time in the past returns at once");
	clock_gettime(CLOCK_REALTIME, &t);
	is(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, NULL), 0, "on the real-time clock too");
	is(clock_nanosleep(99, 0, &t, NULL), EINVAL, "an unknown clock is EINVAL");
	for (int type = 0; type < 3; type++) {
		clockid_t by_pid = ~(clockid_t)gettid() * 8 | 4 | type;
		struct timespec now;

		CHECK(!clock_gettime(by_pid, &now));
		is(clock_nanosleep(by_pid, 0, &t, NULL), EINVAL, "one's own thread's time by number is EINVAL, type %d", type);
		is(clock_nanosleep(~(clockid_t)0 * 8 | 4 | type, 0, &t, NULL), EINVAL, "and by number 0, type %d", type);
	}
	is(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &t, NULL), EINVAL, "one's own thread's time is EINVAL");
}

static void on_signal(int sig)
{
	(void)sig;
}

static void abs_interrupted(void *arg)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct timespec t, left = { 77, 77 };

	(void)arg;
	sigaction(SIGUSR1, &sa, NULL);
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += 50;
	CHECK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, &left) == EINTR);
	CHECK(left.tv_sec == 77);
}

static void burn(int64_t ns)
{
	int64_t end = raw(CLOCK_PROCESS_CPUTIME_ID) + ns;

	while (raw(CLOCK_PROCESS_CPUTIME_ID) < end)
		;
}

static void burner(void *arg)
{
	(void)arg;
	burn(100000000);
}

/* us of CPU time between two readings */
static int64_t used(const struct rusage *a, const struct rusage *b)
{
	return (b->ru_utime.tv_sec + b->ru_stime.tv_sec - a->ru_utime.tv_sec - a->ru_stime.tv_sec) * 1000000LL +
	       b->ru_utime.tv_usec + b->ru_stime.tv_usec - a->ru_utime.tv_usec - a->ru_stime.tv_usec;
}

/* A busy host stops a machine now and then, and that looks like work of whoever ran. */
static void cpu_time(void)
{
	struct rusage a, b;
	int64_t before, cpu, us;
	struct timespec t = { 0, 50000000 };

	for (int try = 0; try < 50; try++) {
		before = raw(CLOCK_PROCESS_CPUTIME_ID);
		nanosleep(&t, NULL);
		cpu = raw(CLOCK_PROCESS_CPUTIME_ID) - before;
		if (cpu < 40000000)
			break;
	}
	ok(cpu < 40000000, "sleeping uses no processor time (%ld us of 50 ms)", (long)cpu / 1000);

	before = raw(CLOCK_PROCESS_CPUTIME_ID);
	getrusage(RUSAGE_SELF, &a);
	burn(200000000);
	getrusage(RUSAGE_SELF, &b);
	cpu = (raw(CLOCK_PROCESS_CPUTIME_ID) - before) / 1000;
	us = used(&a, &b);
	ok(us > 150000 && us < cpu + 50000, "getrusage counts what was burnt (%ld us of %ld)", (long)us, (long)cpu);

	before = raw(CLOCK_MONOTONIC);
	getrusage(RUSAGE_CHILDREN, &a);
	must_be(child(burner, NULL) == 0);
	getrusage(RUSAGE_CHILDREN, &b);
	cpu = (raw(CLOCK_MONOTONIC) - before) / 1000;
	us = used(&a, &b);
	ok(us > 70000 && us < cpu + 50000, "a reaped child's time counts for RUSAGE_CHILDREN (%ld us in %ld)", (long)us, (long)cpu);
	fails(getrusage(7, &a), EINVAL, "an unknown target is EINVAL");
	getrusage(RUSAGE_SELF, &a);
	char *p = must(mmap(NULL, 50 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	for (int i = 0; i < 50; i++)
		p[i * PG] = 1;
	getrusage(RUSAGE_SELF, &b);
	ok(b.ru_minflt - a.ru_minflt >= 50 && b.ru_minflt - a.ru_minflt < 100,
	   "fifty first touches are about fifty minor faults (%ld)", b.ru_minflt - a.ru_minflt);
	is(b.ru_majflt, a.ru_majflt, "and no major ones");
}

static void unprivileged(void *arg)
{
	struct timespec t = { 1, 0 };

	(void)arg;
	CHECK(!setresuid(1000, 1000, 1000));
	CHECK_ERR(clock_settime(CLOCK_REALTIME, &t), EPERM);
}

static void setting(void)
{
	struct timespec old, t;
	int64_t mono = raw(CLOCK_MONOTONIC), mono2;

	clock_gettime(CLOCK_REALTIME, &old);
	t = old, t.tv_sec += 100000;
	is(clock_settime(CLOCK_REALTIME, &t), 0, "root sets the clock");
	clock_gettime(CLOCK_REALTIME, &t);
	mono2 = raw(CLOCK_MONOTONIC);
	ok(t.tv_sec - old.tv_sec >= 100000 && t.tv_sec - old.tv_sec < 100030, "it is what was set");
	ok(mono2 >= mono && mono2 - mono < 30000000000LL, "the monotonic clock does not jump");
	t.tv_sec -= 100000;
	must(clock_settime(CLOCK_REALTIME, &t));
	fails(clock_settime(CLOCK_MONOTONIC, &t), EINVAL, "the monotonic clock cannot be set: EINVAL");
	is(child(unprivileged, NULL), 0, "an ordinary user may not set the clock: EPERM");
}

int main(void)
{
	pid_t pid;

	reading();
	relations();
	sleeping();
	pid = spawn(abs_interrupted, NULL);
	must_be(wait_state(pid, 'S'));
	kill(pid, SIGUSR1);
	is(reap(pid), 0, "an absolute sleep is ended by a handler, without a remainder");
	cpu_time();
	setting();
	return done();
}

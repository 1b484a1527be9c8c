// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signals between processes: default actions, permission, groups, stop and
 * continue, interrupted system calls, floating-point state, storms.
 */
#include "tap.h"
#include <sys/syscall.h>

static void sleeper(void *arg)
{
	(void)arg;
	for (;;)
		pause();
}

static void busy(void *arg)
{
	(void)arg;
	for (volatile unsigned long i = 0; ; i++)
		;
}

static int killed_by(void (*fn)(void *), int sig)
{
	pid_t pid = spawn(fn, NULL);
	int st;

	kill(pid, sig);
	must(waitpid(pid, &st, 0));
	return WIFSIGNALED(st) ? WTERMSIG(st) : -1;
}

static void defaults(void)
{
	static const int deadly[] = { SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS,
		SIGFPE, SIGKILL, SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGSTKFLT,
		SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGSYS, 34, 50, 64 };
	static const int harmless[] = { SIGCHLD, SIGCONT, SIGURG, SIGWINCH };
	static const int stops[] = { SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU };
	int bad = 0, st;
	pid_t pid;

	for (size_t i = 0; i < ARRAY_SIZE(deadly); i++)
		bad += killed_by(sleeper, deadly[i]) != deadly[i];
	is(bad, 0, "26 signals kill by default");
	is(killed_by(busy, SIGTERM), SIGTERM, "also a process that makes no system calls");
	pid = spawn(sleeper, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		kill(pid, harmless[i]);
	is(waitpid(pid, &st, WNOHANG), 0, "SIGCHLD, SIGCONT, SIGURG, SIGWINCH do nothing");
	for (size_t i = 0; i < ARRAY_SIZE(stops); i++) {
		setpgid(pid, 0);
		kill(pid, stops[i]);
		must(waitpid(pid, &st, WUNTRACED));
		bad += !WIFSTOPPED(st) || WSTOPSIG(st) != stops[i];
		kill(pid, SIGCONT);
		must(waitpid(pid, &st, WCONTINUED));
		bad += !WIFCONTINUED(st);
	}
	is(bad, 0, "SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU stop, SIGCONT continues");
	kill(pid, SIGSTOP);
	must(waitpid(pid, &st, WUNTRACED));
	kill(pid, SIGTERM);
	is(waitpid(pid, &st, WNOHANG), 0, "a stopped process does not die of SIGTERM");
	kill(pid, SIGCONT);
	is(reap(pid), -SIGTERM, "until it continues");
}

static volatile sig_atomic_t seen;

static void on_signal(int sig)
{
	seen = sig;
}

static void counter(void *arg)
{
	volatile long *n = arg;

	for (;;)
		(*n)++;
}

/* A stopped process makes no progress; decided without waiting for time. */
static void stopping(void)
{
	volatile long *n = shared_alloc(PG), at;
	pid_t pid = spawn(counter, (void *)n), tick;
	int st;

	while (!*n)
		sched_yield();
	kill(pid, SIGSTOP);
	must(waitpid(pid, &st, WUNTRACED));
	at = *n;
	for (int i = 0; i < 5; i++) {
		tick = spawn(counter, (void *)(n + 8 + i));
		while (n[8 + i] < 10000)
			sched_yield();
		kill(tick, SIGKILL);
		reap(tick);
	}
	is(*n, at, "a stopped process makes no progress");
	kill(pid, SIGCONT);
	while (*n == at)
		sched_yield();
	ok(*n > at, "continued, it does");
	kill(pid, SIGKILL);
	reap(pid);
}

struct target {
	pid_t pid;
	int sig, expect;
};

static void outsider(void *arg)
{
	struct target *t = arg;

	CHECK(!setresuid(1000, 1000, 1000));
	errno = 0;
	CHECK(kill(t->pid, t->sig) == (t->expect ? -1 : 0));
	CHECK(errno == t->expect);
}

static void idle_user(void *arg)
{
	struct gate *g = arg;

	CHECK(!setresuid(1000, 1000, 1000));
	gate_open(*g);
	sleeper(NULL);
}

static void permission(void)
{
	struct gate g = gate_new();
	struct target t = { spawn(sleeper, NULL), 0, EPERM };

	is(child(outsider, &t), 0, "an ordinary user may not signal root's process: EPERM, even with 0");
	t.sig = SIGKILL;
	is(child(outsider, &t), 0, "nor kill it");
	kill(t.pid, SIGKILL);
	reap(t.pid);
	t = (struct target){ spawn(idle_user, &g), SIGTERM, 0 };
	gate_pass(g);
	is(child(outsider, &t), 0, "but his own");
	is(reap(t.pid), -SIGTERM, "which dies of it");
	gate_free(g);
}

static void member(void *arg)
{
	struct gate *g = arg;

	gate_open(*g);
	sleeper(NULL);
}

static void groups(void)
{
	struct gate g = gate_new();
	pid_t pid[4], leader;
	int bad = 0;

	for (int i = 0; i < 4; i++) {
		pid[i] = spawn(member, &g);
		must(setpgid(pid[i], i < 3 ? pid[0] : pid[3]));
	}
	for (int i = 0; i < 4; i++)
		gate_pass(g);
	leader = pid[0];
	is(kill(-leader, SIGUSR1), 0, "kill of a group");
	for (int i = 0; i < 3; i++)
		bad += reap(pid[i]) != -SIGUSR1;
	is(bad, 0, "reaches all of its processes");
	is(kill(pid[3], 0), 0, "and no other");
	kill(pid[3], SIGKILL);
	reap(pid[3]);
	fails(kill(-leader, 0), ESRCH, "the group is gone then");
	gate_free(g);
}

static void sleep_eintr(void *arg)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = (int)(long)arg };
	struct timespec ts = { 60, 0 }, left = { 0, 0 };

	sigaction(SIGUSR1, &sa, NULL);
	CHECK_ERR(nanosleep(&ts, &left), EINTR);
	CHECK(left.tv_sec >= 30 && left.tv_sec <= 60);
	CHECK(seen == SIGUSR1);
}

static void wait_restart(void *arg)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	pid_t me = getpid(), pid = fork();
	int st;

	(void)arg;
	if (!pid) {
		wait_state(me, 'S');
		kill(me, SIGUSR1);
		while (proc_state(me) != 'S')
			sched_yield();
		_exit(3);
	}
	sigaction(SIGUSR1, &sa, NULL);
	CHECK(waitpid(pid, &st, 0) == pid && WEXITSTATUS(st) == 3);
}

static void stop_sleep(void *arg)
{
	struct timespec ts = { 0, 200000000 };

	(void)arg;
	CHECK(!nanosleep(&ts, NULL));
}

static void interrupted(void)
{
	pid_t pid;
	int st;

	for (int i = 0; i < 2; i++) {
		pid = spawn(sleep_eintr, (void *)(long)(i ? SA_RESTART : 0));
		must_be(wait_state(pid, 'S'));
		kill(pid, SIGUSR1);
		is(reap(pid), 0, "nanosleep is ended by a handler%s, with the rest of its time",
		   i ? " even with SA_RESTART" : "");
	}
	is(child(wait_restart, NULL), 0, "waitpid is restarted with SA_RESTART");
	pid = spawn(stop_sleep, NULL);
	must_be(wait_state(pid, 'S'));
	kill(pid, SIGSTOP);
	must(waitpid(pid, &st, WUNTRACED));
	kill(pid, SIGCONT);
	is(reap(pid), 0, "stop and continue do not end a nanosleep");
}

static volatile double junk;

static void fp_handler(int sig)
{
	double x = sig;

	for (int i = 0; i < 20; i++)
		x = x * 1.5 + junk;
	junk = x;
	/* Overwrite every register and the rounding mode too. */
	asm volatile("fmv.d.x fs0, zero\n fmv.d.x fs1, zero\n fmv.d.x ft0, zero\n"
		     "fmv.d.x fa0, zero\n fmv.d.x ft11, zero\n fsrmi 2"
		     ::: "fs0", "fs1", "ft0", "fa0", "ft11");
	seen++;
}

static void floating_point(void)
{
	register double a asm("fs0") = 1.25;
	register double b asm("ft0") = 2.5;
	register double c asm("ft11") = 5.0;
	register long a0 asm("a0") = getpid();
	register long a1 asm("a1") = SIGUSR1;
	register long a7 asm("a7") = SYS_kill;
	unsigned long rm;
	double ra, rb, rc;

	signal(SIGUSR1, fp_handler);
	a0 = getpid(), a1 = SIGUSR1, a7 = SYS_kill;
	a = 1.25, b = 2.5, c = 5.0;
	asm volatile("fsrmi 1\n ecall\n frrm %4\n fsrmi 0"
		     : "+f"(a), "+f"(b), "+f"(c), "+r"(a0), "=r"(rm) : "r"(a1), "r"(a7) : "memory");
	ra = a, rb = b, rc = c;
	ok(ra == 1.25 && rb == 2.5 && rc == 5.0, "a handler's floating point does not disturb the program's");
	is(rm, 1, "nor its rounding mode");
}

static volatile sig_atomic_t storm;

static void on_storm(int sig)
{
	(void)sig;
	storm++;
}

static void stormer(void *arg)
{
	pid_t to = *(pid_t *)arg;

	for (int i = 0; i < 2000; i++)
		CHECK(!kill(to, i & 1 ? SIGUSR1 : SIGUSR2));
}

/* Signals hit a computation at random places: it must still come out right. */
static void storms(void)
{
	pid_t me = getpid(), pid[2];
	unsigned long sum = 0, want = 0;
	double f = 0, fwant = 0;
	int st, done_children = 0;

	signal(SIGUSR1, on_storm), signal(SIGUSR2, on_storm);
	for (int i = 0; i < 10000; i++)
		want += (unsigned long)i * i ^ i, fwant += i * 0.5;
	for (int i = 0; i < 2; i++)
		pid[i] = spawn(stormer, &me);
	int bad = 0, rounds = 0;
	while (done_children < 2) {
		sum = 0, f = 0;
		for (int i = 0; i < 10000; i++) {
			sum += (unsigned long)i * i ^ i;
			f += i * 0.5;
		}
		bad += sum != want || f != fwant;
		rounds++;
		if (waitpid(-1, &st, WNOHANG) > 0) {
			bad += st != 0;
			done_children++;
		}
	}
	(void)pid;
	is(bad, 0, "computations under 4000 signals come out right");
	ok(storm > 0 && rounds > 0, "which did arrive");
}

int main(void)
{
	defaults();
	stopping();
	permission();
	groups();
	interrupted();
	floating_point();
	storms();
	return done();
}

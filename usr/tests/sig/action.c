// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signals: handlers, masks, pending and queued signals, siginfo, SA_ flags,
 * waiting for signals.
 */
#include "tap.h"
#include <pthread.h>
#include <sys/syscall.h>
#include <ucontext.h>

static volatile sig_atomic_t count, last, order[100];
static volatile int value[100], code[100];
static volatile pid_t from;

static void plain(int sig)
{
	order[count++] = last = sig;
}

static void info(int sig, siginfo_t *si, void *uc)
{
	(void)uc;
	order[count] = last = sig;
	value[count] = si->si_value.sival_int;
	code[count++] = si->si_code;
	from = si->si_pid;
}

static void handle(int sig, void (*fn)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa = { .sa_sigaction = fn, .sa_flags = flags | SA_SIGINFO };

	must(sigaction(sig, &sa, NULL));
	count = 0;
}

static sigset_t set_of(int a, int b, int c)
{
	sigset_t s;

	sigemptyset(&s);
	if (a)
		sigaddset(&s, a);
	if (b)
		sigaddset(&s, b);
	if (c)
		sigaddset(&s, c);
	return s;
}

static void block(int how, int a, int b, int c)
{
	sigset_t s = set_of(a, b, c);

	must(sigprocmask(how, &s, NULL));
}

static void actions(void)
{
	struct sigaction sa = { .sa_handler = plain }, old;

	is(sigaction(SIGUSR1, &sa, &old), 0, "sigaction");
	ok(old.sa_handler == SIG_DFL, "gives the old action");
	is(raise(SIGUSR1), 0, "raise");
	ok(count == 1 && last == SIGUSR1, "runs the handler before it returns");
	must(sigaction(SIGUSR1, NULL, &old));
	ok(old.sa_handler == plain, "the handler stays");
	fails(sigaction(SIGKILL, &sa, NULL), EINVAL, "SIGKILL cannot be caught");
	fails(sigaction(SIGSTOP, &sa, NULL), EINVAL, "nor SIGSTOP");
	fails(syscall(SYS_rt_sigaction, 0, NULL, NULL, 8), EINVAL, "signal 0 is EINVAL");
	fails(syscall(SYS_rt_sigaction, 65, NULL, NULL, 8), EINVAL, "signal 65 is EINVAL");
	fails(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4), EINVAL, "a wrong size of the mask is EINVAL");
	sa.sa_flags = SA_RESETHAND;
	must(sigaction(SIGUSR1, &sa, NULL));
	raise(SIGUSR1);
	must(sigaction(SIGUSR1, NULL, &old));
	ok(old.sa_handler == SIG_DFL, "SA_RESETHAND: once only");
	signal(SIGUSR1, SIG_IGN);
	is(raise(SIGUSR1), 0, "an ignored signal does nothing");
}

/* what the headers of the C library do not know yet: sigaction(2) */
#define SA_IS_UNKNOWN	0x400
#define SA_TAGBITS	0x800

/* the way to find out which flags there are */
static void flags(void)
{
	struct sigaction sa = { .sa_handler = SIG_DFL, .sa_flags = SA_RESTART | SA_TAGBITS | SA_IS_UNKNOWN | 0x10000 };

	must(sigaction(SIGUSR1, &sa, NULL)), must(sigaction(SIGUSR1, NULL, &sa));
	is(sa.sa_flags, SA_RESTART | SA_TAGBITS, "of sa_flags only those stay that mean something");
	sa.sa_flags = 0;
	must(sigaction(SIGUSR1, &sa, NULL));
}

static void masks(void)
{
	sigset_t s, old;

	handle(SIGUSR1, info, 0);
	block(SIG_BLOCK, SIGUSR1, 0, 0);
	raise(SIGUSR1);
	is(count, 0, "a blocked signal waits");
	must(sigpending(&s));
	ok(sigismember(&s, SIGUSR1) && !sigismember(&s, SIGUSR2), "sigpending shows it");
	raise(SIGUSR1), raise(SIGUSR1);
	block(SIG_UNBLOCK, SIGUSR1, 0, 0);
	is(count, 1, "three of one kind are delivered once, when it is unblocked");
	must(sigpending(&s));
	ok(!sigismember(&s, SIGUSR1), "then nothing is pending");
	sigfillset(&s);
	must(sigprocmask(SIG_BLOCK, &s, &old));
	must(sigprocmask(SIG_BLOCK, NULL, &s));
	ok(!sigismember(&s, SIGKILL) && !sigismember(&s, SIGSTOP) && sigismember(&s, SIGTERM),
	   "SIGKILL and SIGSTOP cannot be blocked");
	must(sigprocmask(SIG_SETMASK, &old, NULL));
	fails(sigprocmask(77, &s, NULL), EINVAL, "an unknown operation is EINVAL");
	block(SIG_BLOCK, SIGUSR1, 0, 0);
	raise(SIGUSR1);
	signal(SIGUSR1, SIG_IGN);
	handle(SIGUSR1, info, 0);
	block(SIG_UNBLOCK, SIGUSR1, 0, 0);
	is(count, 0, "setting SIG_IGN throws a pending signal away");
}

static volatile sig_atomic_t depth, deepest, in_mask;

static void nesting(int sig, siginfo_t *si, void *uc)
{
	sigset_t s;

	(void)si, (void)uc;
	depth++;
	if (depth > deepest)
		deepest = depth;
	sigprocmask(SIG_BLOCK, NULL, &s);
	in_mask = sigismember(&s, SIGUSR1) | sigismember(&s, SIGUSR2) << 1;
	if (count++ < 3)
		raise(sig);
	depth--;
}

static void handler_masks(void)
{
	struct sigaction sa = { .sa_sigaction = nesting, .sa_flags = SA_SIGINFO };
	sigset_t s;

	handle(SIGUSR1, nesting, 0);
	deepest = 0;
	raise(SIGUSR1);
	ok(deepest == 1 && count == 4, "a signal is blocked while its handler runs");
	is(in_mask, 1, "as the mask shows");
	must(sigprocmask(SIG_BLOCK, NULL, &s));
	ok(!sigismember(&s, SIGUSR1), "and not afterwards");
	handle(SIGUSR1, nesting, SA_NODEFER);
	deepest = 0;
	raise(SIGUSR1);
	is(deepest, 4, "with SA_NODEFER handlers nest");
	sa.sa_mask = set_of(SIGUSR2, 0, 0);
	must(sigaction(SIGUSR1, &sa, NULL));
	count = 9;
	raise(SIGUSR1);
	is(in_mask, 3, "sa_mask is added while the handler runs");
}

static void sources(void)
{
	union sigval v = { .sival_int = 4711 };

	handle(SIGUSR1, info, 0);
	kill(getpid(), SIGUSR1);
	ok(code[0] == SI_USER && from == getpid(), "kill: SI_USER with the sender");
	count = 0;
	syscall(SYS_tgkill, getpid(), getpid(), SIGUSR1);
	is(code[0], SI_TKILL, "tgkill: SI_TKILL");
	count = 0;
	is(sigqueue(getpid(), SIGUSR1, v), 0, "sigqueue");
	ok(code[0] == SI_QUEUE && value[0] == 4711 && from == getpid(), "SI_QUEUE with the value");
	is(kill(getpid(), 0), 0, "signal 0 only asks");
	fails(kill(getpid(), 65), EINVAL, "signal 65 is EINVAL");
	fails(kill(0x7ffffff0, 0), ESRCH, "no such process is ESRCH");
	fails(kill(-0x7ffffff0, 0), ESRCH, "no such group is ESRCH");
	fails(syscall(SYS_tgkill, -1, getpid(), 0), EINVAL, "tgkill of a negative group is EINVAL");
}

static void queued(void)
{
	sigset_t s;
	siginfo_t si;
	union sigval v;
	int rt = SIGRTMIN + 3, bad = 0;

	handle(rt, info, 0), handle(rt + 1, info, 0), handle(SIGUSR2, info, 0);
	block(SIG_BLOCK, rt, rt + 1, SIGUSR2);
	for (int i = 0; i < 20; i++) {
		v.sival_int = i;
		must(sigqueue(getpid(), rt + 1, v));
		v.sival_int = 100 + i;
		must(sigqueue(getpid(), rt, v));
		must(sigqueue(getpid(), SIGUSR2, v));
	}
	count = 0;
	block(SIG_UNBLOCK, rt, rt + 1, SIGUSR2);
	is(count, 41, "real-time signals are queued one by one, others once");
	/* Frames are pushed lowest number first, so that handler runs last. */
	for (int i = 0; i < count; i++)
		if (order[i] == rt)
			bad += value[i] < 100;
	is(bad, 0, "each with its own value");
	handle(rt, info, 0);
	block(SIG_BLOCK, rt, 0, 0);
	for (int i = 0; i < 5; i++) {
		v.sival_int = i;
		must(sigqueue(getpid(), rt, v));
	}
	s = set_of(rt, 0, 0);
	for (int i = 0; i < 5; i++) {
		bad += sigwaitinfo(&s, &si) != rt || si.si_value.sival_int != i;
	}
	is(bad, 0, "of one number they come in the order of sending");
	block(SIG_BLOCK, rt + 1, 0, 0);
	must(sigqueue(getpid(), rt + 1, v)), must(sigqueue(getpid(), rt, v));
	s = set_of(rt, rt + 1, 0);
	is(sigwaitinfo(&s, &si), rt, "of several numbers the lowest comes first");
	is(sigwaitinfo(&s, &si), rt + 1, "then the next");
	block(SIG_UNBLOCK, rt, rt + 1, 0);
}

static void waiter(void *arg)
{
	sigset_t s = set_of(SIGUSR1, SIGTERM, 0);
	siginfo_t si;
	int sig;

	(void)arg;
	CHECK(sigwaitinfo(&s, &si) == SIGUSR1 && si.si_pid == getppid() && si.si_code == SI_USER);
	CHECK(!sigwait(&s, &sig) && sig == SIGTERM);
}

static void waiting(void)
{
	sigset_t s = set_of(SIGUSR1, 0, 0), none;
	struct timespec ts = { 0, 20000000 }, bad = { 0, -1 };
	siginfo_t si;
	pid_t pid;
	double t;

	block(SIG_BLOCK, SIGUSR1, SIGTERM, 0);
	t = now();
	fails(sigtimedwait(&s, &si, &ts), EAGAIN, "sigtimedwait ends with EAGAIN");
	ok(now() - t >= 0.020, "not before its time");
	fails(sigtimedwait(&s, &si, &bad), EINVAL, "a bad time is EINVAL");
	pid = spawn(waiter, NULL);
	must_be(wait_state(pid, 'S'));
	kill(pid, SIGUSR1), kill(pid, SIGTERM);
	is(reap(pid), 0, "sigwaitinfo and sigwait take blocked signals without a handler");
	raise(SIGUSR1);
	is(sigtimedwait(&s, &si, &ts), SIGUSR1, "a pending signal is taken at once");
	must(sigpending(&none));
	ok(!sigismember(&none, SIGUSR1), "and is not pending any more");
	handle(SIGUSR1, info, 0);
	raise(SIGUSR1);
	sigemptyset(&none);
	fails(sigsuspend(&none), EINTR, "sigsuspend with a pending signal: EINTR");
	is(count, 1, "after its handler has run");
	must(sigprocmask(SIG_BLOCK, NULL, &s));
	ok(sigismember(&s, SIGUSR1), "and the mask is as before");
	block(SIG_UNBLOCK, SIGUSR1, SIGTERM, 0);
}

#define PAIRS	500

static volatile int lost;
static int taken;		/* atomic */

/* The time is for the failure only: when it is over, a signal that nobody was told of is found. */
static void *wait_for_signals(void *arg)
{
	struct timespec long_enough = { 20, 0 }, start, end;
	sigset_t s = set_of(SIGRTMIN + 4, 0, 0);

	(void)arg;
	for (int i = 0; i < PAIRS && !lost; i++) {
		clock_gettime(CLOCK_MONOTONIC, &start);
		while (sigtimedwait(&s, NULL, &long_enough) < 0 && !lost)
			must_be(errno == EINTR || errno == EAGAIN);
		clock_gettime(CLOCK_MONOTONIC, &end);
		if (end.tv_sec - start.tv_sec >= long_enough.tv_sec)
			lost = 1;
		__atomic_add_fetch(&taken, 1, __ATOMIC_SEQ_CST);
		while (!lost && __atomic_load_n(&taken, __ATOMIC_SEQ_CST) < 2 * (i + 1))
			sched_yield();
	}
	return NULL;
}

/* The second signal may come while the thread that took the first is still on its way. */
static void waiting_threads(void)
{
	pthread_t t[2];

	block(SIG_BLOCK, SIGRTMIN + 4, 0, 0);
	for (int i = 0; i < 2; i++)
		must_be(!pthread_create(&t[i], NULL, wait_for_signals, NULL));
	for (int i = 0; i < PAIRS && !lost; i++) {
		must(kill(getpid(), SIGRTMIN + 4)), must(kill(getpid(), SIGRTMIN + 4));
		while (!lost && __atomic_load_n(&taken, __ATOMIC_SEQ_CST) < 2 * (i + 1))
			sched_yield();
	}
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	is(lost, 0, "two signals end the waiting of two threads");
	block(SIG_UNBLOCK, SIGRTMIN + 4, 0, 0);
}

static pthread_barrier_t met;

static void *bystander(void *tid)
{
	*(pid_t *)tid = syscall(SYS_gettid);
	pthread_barrier_wait(&met);
	pthread_barrier_wait(&met);
	return NULL;
}

/* Who says that a signal is from kill or the kernel may say it to itself, a thread. */
static void claims(void)
{
	siginfo_t si = { .si_code = SI_USER };
	pid_t me = getpid(), other;
	pthread_t t;

	pthread_barrier_init(&met, NULL, 2);
	must_be(!pthread_create(&t, NULL, bystander, &other));
	pthread_barrier_wait(&met);
	handle(SIGUSR1, info, 0);
	is(syscall(SYS_rt_tgsigqueueinfo, me, me, SIGUSR1, &si), 0, "a thread may tell itself SI_USER");
	fails(syscall(SYS_rt_tgsigqueueinfo, me, other, SIGUSR1, &si), EPERM, "not another of its process");
	fails(syscall(SYS_rt_tgsigqueueinfo, 0, 0, SIGUSR1, NOTHING), EFAULT, "the siginfo is read first");
	pthread_barrier_wait(&met);
	pthread_join(t, NULL);
	pthread_barrier_destroy(&met);
}

/* A siginfo is 128 bytes, of which 48 are used; of an unknown kind the rest must be 0. */
static void siginfo_rest(void)
{
	union {
		siginfo_t si;
		char c[128];
	} u = { .si.si_code = SI_QUEUE };
	struct timespec ts = { 60, 0 };
	sigset_t set;

	block(SIG_BLOCK, SIGUSR1, 0, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	u.c[47] = u.c[48] = u.c[127] = 7;
	is(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &u.si), 0, "a siginfo may have more behind its fields");
	memset(u.c + 48, 8, 80);
	must_be(sigtimedwait(&set, &u.si, &ts) == SIGUSR1);
	is(u.c[47], 7, "its first 48 bytes arrive");
	is(u.c[48] | u.c[127], 0, "and zeros for the rest");
	u.si.si_code = -8;
	u.c[127] = 7;
	fails(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &u.si), E2BIG, "of an unknown kind it is E2BIG");
	u.c[127] = 0;
	works(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &u.si), "but not if the rest is 0");
	must_be(sigtimedwait(&set, &u.si, &ts) == SIGUSR1);
	block(SIG_UNBLOCK, SIGUSR1, 0, 0);
}

static void adjust(int sig, siginfo_t *si, void *ctx)
{
	ucontext_t *uc = ctx;

	(void)sig, (void)si;
	count++;
	sigaddset(&uc->uc_sigmask, SIGUSR2);
	uc->uc_mcontext.__gregs[REG_S0 + 1] ^= 0x100;	/* s1 */
	uc->uc_mcontext.__gregs[REG_A0] = 1234;
}

/* What the handler changes in its frame is what the program goes on with. */
static void frames(void)
{
	register long s1 asm("s1") = 0x20;
	register long a0 asm("a0") = getpid();
	register long a1 asm("a1") = SIGUSR1;
	register long a7 asm("a7") = SYS_kill;
	long r, r1;
	sigset_t s;

	handle(SIGUSR1, adjust, 0);
	a0 = getpid(), a1 = SIGUSR1, a7 = SYS_kill, s1 = 0x20;
	asm volatile("ecall" : "+r"(a0), "+r"(s1) : "r"(a1), "r"(a7) : "memory");
	r = a0, r1 = s1;
	is(r1, 0x120, "a register changed in the signal frame is changed");
	is(r, 1234, "also the one with the system call's result");
	must(sigprocmask(SIG_BLOCK, NULL, &s));
	ok(sigismember(&s, SIGUSR2), "and the mask");
	block(SIG_UNBLOCK, SIGUSR2, 0, 0);
}

static sigjmp_buf jump;

static void jumper(int sig, siginfo_t *si, void *uc)
{
	(void)sig, (void)si, (void)uc;
	siglongjmp(jump, 1);
}

static void jumps(void)
{
	volatile int n = 0;
	sigset_t s;

	handle(SIGUSR1, jumper, 0);
	if (sigsetjmp(jump, 1) == 0 || n < 100) {
		n++;
		raise(SIGUSR1);
	}
	is(n, 100, "a hundred handlers left by siglongjmp");
	must(sigprocmask(SIG_BLOCK, NULL, &s));
	ok(!sigismember(&s, SIGUSR1), "leave the mask as it was");
}

int main(void)
{
	actions();
	flags();
	masks();
	handler_masks();
	sources();
	claims();
	siginfo_rest();
	queued();
	waiting();
	waiting_threads();
	frames();
	jumps();
	return done();
}

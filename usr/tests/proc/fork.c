// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork, vfork, clone, clone3: what is inherited, what is shared, ids, errors.
 */
#include "tap.h"
#include <linux/sched.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>

static void on_signal(int sig)
{
	(void)sig;
}

static void inherited(void *arg)
{
	struct sigaction sa;
	struct itimerval it;
	struct rlimit rl;
	sigset_t set;
	char cwd[200];
	struct tms t;

	CHECK(getppid() == *(pid_t *)arg);
	CHECK(getpgrp() == getpgid(getppid()) && getsid(0) == getsid(getppid()));
	CHECK(!sigaction(SIGUSR1, NULL, &sa) && sa.sa_handler == on_signal);
	CHECK(!sigprocmask(SIG_BLOCK, NULL, &set) && sigismember(&set, SIGUSR2));
	CHECK(!sigpending(&set) && !sigismember(&set, SIGUSR2));
	CHECK(!getitimer(ITIMER_REAL, &it) && !it.it_value.tv_sec);
	CHECK(!getrlimit(RLIMIT_CORE, &rl) && rl.rlim_cur == 12345);
	CHECK(umask(0) == 031);
	CHECK(getcwd(cwd, sizeof(cwd)) && !strcmp(cwd, "/tmp"));
	CHECK(times(&t) != -1 && t.tms_cutime == 0 && t.tms_utime < 100);
}

static void attributes(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct itimerval it = { .it_value = { 100, 0 } }, none = { 0 };
	struct rlimit rl = { 12345, RLIM_INFINITY }, old;
	sigset_t set, oldset;
	pid_t me = getpid();

	sigaction(SIGUSR1, &sa, NULL);
	sigemptyset(&set), sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, &oldset);
	raise(SIGUSR2);
	must(setitimer(ITIMER_REAL, &it, NULL));
	must(getrlimit(RLIMIT_CORE, &old));
	must(setrlimit(RLIMIT_CORE, &rl));
	umask(031);
	must(chdir("/tmp"));
	is(child(inherited, &me), 0, "a child inherits handlers, mask, limits, umask, directory; not pending signals, timers, times");
	must(getitimer(ITIMER_REAL, &it));
	ok(it.it_value.tv_sec > 50, "the parent's timer runs on");
	must(setitimer(ITIMER_REAL, &none, NULL));
	signal(SIGUSR2, SIG_IGN);
	sigprocmask(SIG_SETMASK, &oldset, NULL);
	signal(SIGUSR2, SIG_DFL);
	must(setrlimit(RLIMIT_CORE, &old));
}

static int shared_value;

static void vforking(void)
{
	volatile int local = 1;
	pid_t pid;

	pid = vfork();
	if (!pid) {
		shared_value = 5;
		_exit(6);
	}
	ok(pid > 0, "vfork");
	is(shared_value, 5, "the child has run, in the parent's memory, before vfork returns");
	is(reap(pid), 6, "it is waited for like any child");
	pid = vfork();
	if (!pid) {
		execl("/proc/self/exe", "fork", "exit-17", (char *)NULL);
		_exit(99);
	}
	is(local, 1, "the parent's stack is intact");
	is(reap(pid), 17, "vfork and execve");
	(void)local;
}

static long raw_clone(unsigned long flags, void *stack, int *ptid, unsigned long tls, int *ctid)
{
	return syscall(SYS_clone, flags, stack, ptid, tls, ctid);
}

static void cloning(void)
{
	int *ids = shared_alloc(PG);
	pid_t pid;
	int st;

	pid = raw_clone(SIGCHLD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID, NULL, &ids[0], 0, &ids[1]);
	if (!pid)
		_exit(ids[1] == getpid() && syscall(SYS_gettid) == getpid() ? 0 : 1);
	is(ids[0], pid, "CLONE_PARENT_SETTID stores the id in the parent");
	is(reap(pid), 0, "CLONE_CHILD_SETTID stores it in the child");
	is(ids[1], pid, "here in memory that both share");
	pid = raw_clone(SIGCHLD | CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID, NULL, NULL, 0, &ids[2]);
	if (!pid)
		_exit(0);
	is(reap(pid), 0, "CLONE_CHILD_CLEARTID");
	pid = raw_clone(CLONE_VFORK | CLONE_VM | SIGCHLD, NULL, NULL, 0, NULL);
	if (!pid) {
		shared_value = 77;
		_exit(3);
	}
	is(shared_value, 77, "CLONE_VFORK|CLONE_VM is vfork");
	is(reap(pid), 3, "reaped as usual");
	pid = raw_clone(0, NULL, NULL, 0, NULL);
	if (!pid)
		_exit(4);
	fails(waitpid(pid, &st, 0), ECHILD, "a child without an exit signal is not waited for");
	is(waitpid(pid, &st, __WALL), pid, "except with __WALL");
	is(WEXITSTATUS(st), 4, "and has its status");
	pid = raw_clone(0, NULL, NULL, 0, NULL);
	if (!pid)
		_exit(5);
	is(waitpid(pid, &st, __WCLONE), pid, "or with __WCLONE");
	pid = raw_clone(CLONE_PARENT | SIGCHLD, NULL, NULL, 0, NULL);
	if (!pid)
		_exit(0);
	fails(waitpid(pid, &st, 0), ECHILD, "a child by CLONE_PARENT is one's sibling");
}

static void flag_errors(void)
{
	fails(raw_clone(CLONE_SIGHAND | SIGCHLD, NULL, NULL, 0, NULL), EINVAL,
	      "CLONE_SIGHAND without CLONE_VM is EINVAL");
	fails(raw_clone(CLONE_THREAD | CLONE_VM | SIGCHLD, NULL, NULL, 0, NULL), EINVAL,
	      "CLONE_THREAD without CLONE_SIGHAND is EINVAL");
	fails(raw_clone(CLONE_FS | CLONE_NEWNS | SIGCHLD, NULL, NULL, 0, NULL), EINVAL,
	      "CLONE_FS with CLONE_NEWNS is EINVAL");
}


/* The child opens, changes directory and umask; by flag the parent sees it. */
static int fd_of_child(unsigned long flags)
{
	int *fd = shared_alloc(PG);
	pid_t pid = raw_clone(flags | SIGCHLD, NULL, NULL, 0, NULL);

	if (!pid) {
		*fd = dup2(must(open("/dev/zero", O_RDONLY)), 333);
		umask(0765);
		_exit(0);
	}
	must_be(reap(pid) == 0);
	return fcntl(333, F_GETFD);
}

static void sharing(void)
{
	umask(022);
	is(fd_of_child(0), -1, "without CLONE_FILES a child's descriptor is its own");
	is(umask(022), 022, "without CLONE_FS its umask is its own");
	is(fd_of_child(CLONE_FILES), 0, "with CLONE_FILES it is the parent's too");
	close(333);
	is(umask(022), 022, "the umask is not");
	is(fd_of_child(CLONE_FS), -1, "with CLONE_FS the descriptor is not");
	is(umask(022), 0765, "the umask is");
}

static void third(void)
{
	struct clone_args a = { .exit_signal = SIGCHLD };
	pid_t pid = syscall(SYS_clone3, &a, sizeof(a));

	if (pid < 0 && errno == ENOSYS) {
		skip("no clone3", "clone3");
		return;
	}
	if (!pid)
		_exit(21);
	is(reap(pid), 21, "clone3 as fork");
	fails(syscall(SYS_clone3, &a, 8), EINVAL, "a size too small is EINVAL");
	a.exit_signal = 200;
	fails(syscall(SYS_clone3, &a, sizeof(a)), EINVAL, "a wrong exit signal is EINVAL");
	a = (struct clone_args){ .flags = 1ULL << 63 };
	fails(syscall(SYS_clone3, &a, sizeof(a)), EINVAL, "an unknown flag is EINVAL");
	a = (struct clone_args){ .exit_signal = SIGCHLD, .stack = 4096 };
	fails(syscall(SYS_clone3, &a, sizeof(a)), EINVAL, "a stack without a size is EINVAL");
}

static void limited(void *arg)
{
	struct rlimit rl = { 1, 1 };

	(void)arg;
	CHECK(!setresuid(54321, 54321, 54321));
	CHECK(!setrlimit(RLIMIT_NPROC, &rl));
	CHECK(fork() == -1 && errno == EAGAIN);
}

static void many(void)
{
	pid_t pid[60];
	int i, bad = 0;

	for (i = 0; i < 60; i++) {
		pid[i] = must(fork());
		if (!pid[i])
			_exit(i);
		for (int j = 0; j < i; j++)
			bad += pid[j] == pid[i];
	}
	while (i--)
		bad += reap(pid[i]) != i;
	is(bad, 0, "sixty children at once, each with its own id and status");
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "exit-17"))
		return 17;
	attributes();
	vforking();
	cloning();
	flag_errors();
	sharing();
	third();
	is(child(limited, NULL), 0, "RLIMIT_NPROC bounds an ordinary user's processes: EAGAIN");
	many();
	return done();
}

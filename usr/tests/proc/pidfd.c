// SPDX-License-Identifier: GPL-2.0-only
/*
 * pidfd_open, CLONE_PIDFD, pidfd_send_signal, pidfd_getfd, waitid(P_PIDFD),
 * poll of a pidfd, and what /proc shows of one.
 */
#include "tap.h"
#include <linux/sched.h>
#include <poll.h>
#include <pthread.h>
#include <sys/vfs.h>

#define THREAD		0200	/* PIDFD_THREAD */
#define TO_THREAD	1	/* PIDFD_SIGNAL_* */
#define TO_PROCESS	2
#define TO_PGRP		4
#ifndef P_PIDFD
#define P_PIDFD		3
#endif

static int pidfd_open_(pid_t pid, unsigned int flags)
{
	return syscall(SYS_pidfd_open, pid, flags);
}

static int send_signal(int fd, int sig, siginfo_t *info, unsigned int flags)
{
	return syscall(SYS_pidfd_send_signal, fd, sig, info, flags);
}

static int getfd(int pidfd, int fd, unsigned int flags)
{
	return syscall(SYS_pidfd_getfd, pidfd, fd, flags);
}

/* by the system call: the C library knows better than to pass on all that is passed here */
static int wait_fd(int fd, siginfo_t *info, int options)
{
	return syscall(SYS_waitid, P_PIDFD, fd, info, options, NULL);
}

static short ready(int fd, int ms)
{
	struct pollfd pf = { fd, POLLIN, 0 };

	return poll(&pf, 1, ms) < 0 ? -1 : pf.revents;
}

static void leave(void *arg)
{
	_exit((int)(long)arg);
}

static void sleep_on(void *arg)
{
	(void)arg;
	for (;;)
		pause();
}

static void *park(void *arg)
{
	pid_t *tid = arg;

	__atomic_store_n(tid, gettid(), __ATOMIC_RELEASE);
	sleep_on(NULL);
	return NULL;
}

/* a thread that only waits for signals; its id */
static pid_t park_thread(void)
{
	static pid_t tid;
	pthread_t t;

	__atomic_store_n(&tid, 0, __ATOMIC_RELEASE);
	must_be(!pthread_create(&t, NULL, park, &tid));
	while (!__atomic_load_n(&tid, __ATOMIC_ACQUIRE))
		sched_yield();
	return tid;
}

/* ---- pidfd_open, and what the descriptor is ---- */

static void opening(void)
{
	pid_t pid = spawn(sleep_on, NULL);
	char path[64], link[64];
	struct stat a, b, c;
	struct statfs fs;
	int fd, again, own;
	ssize_t n;
	char *info;

	fails(pidfd_open_(pid, 1), EINVAL, "pidfd_open: an unknown flag is EINVAL");
	fails(pidfd_open_(0, 0), EINVAL, "pid 0 is EINVAL");
	fails(pidfd_open_(-1, 0), EINVAL, "a negative pid is EINVAL");
	fails(pidfd_open_(4194303, 0), ESRCH, "a pid that nobody has is ESRCH");
	fails(pidfd_open_(4194303, 1), EINVAL, "flags are looked at first");
	works(fd = pidfd_open_(pid, 0), "pidfd_open of a child");
	is(fcntl(fd, F_GETFD), FD_CLOEXEC, "it is close-on-exec");
	is(fcntl(fd, F_GETFL), O_RDWR, "its flags are O_RDWR");
	again = must(pidfd_open_(pid, O_NONBLOCK));
	is(fcntl(again, F_GETFL), O_RDWR | O_NONBLOCK, "PIDFD_NONBLOCK is kept");
	own = must(pidfd_open_(getpid(), THREAD));
	is(fcntl(own, F_GETFL), O_RDWR | THREAD, "so is PIDFD_THREAD");
	must(fstat(fd, &a)), must(fstat(again, &b)), must(fstat(own, &c));
	ok(a.st_ino == b.st_ino && a.st_dev == b.st_dev, "pidfds of one process have one inode");
	ok(a.st_ino != c.st_ino && a.st_dev == c.st_dev, "those of another have another");
	is(a.st_mode & 07777, 0700, "its mode is rwx for the owner");
	must(fstatfs(fd, &fs));
	is(fs.f_type, 0x50494446, "its filesystem is pidfs");
	fails(read(fd, path, 1), EINVAL, "it cannot be read");
	fails(write(fd, "x", 1), EINVAL, "nor written");
	fails(lseek(fd, 0, SEEK_CUR), ESPIPE, "nor sought");
	fails(fchmod(fd, 0777), EPERM, "its mode cannot be changed");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, link, sizeof(link) - 1);
	link[n < 0 ? 0 : n] = 0;
	ok(!strcmp(link, "anon_inode:[pidfd]"), "/proc/PID/fd calls it %s", link);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	snprintf(link, sizeof(link), "\nPid:\t%d\nNSpid:\t%d\n", pid, pid);
	info = slurp(path);
	ok(info && strstr(info, link), "fdinfo tells Pid and NSpid");
	ok(info && strstr(info, "flags:\t02000002\n"), "and the flags");
	free(info);
	kill(pid, SIGKILL);
	must_be(wait_state(pid, 'Z'));
	info = slurp(path);
	ok(info && strstr(info, link), "of a zombie too");
	free(info);
	reap(pid);
	info = slurp(path);
	ok(info && strstr(info, "\nPid:\t-1\nNSpid:\t-1\n"), "once it is reaped, -1");
	free(info);
	close(fd), close(again), close(own);
}

static void threads(void)
{
	pid_t tid = park_thread();
	int fd;

	fails(pidfd_open_(tid, 0), EINVAL, "a thread that is no leader is EINVAL");
	works(fd = pidfd_open_(tid, THREAD), "but not with PIDFD_THREAD");
	close(fd);
	works(fd = pidfd_open_(getpid(), THREAD), "a leader is a thread, too");
	close(fd);
}

/* ---- clone ---- */

static long sys_clone(unsigned long flags, int *ptid)
{
	return syscall(SYS_clone, flags, NULL, ptid, 0, NULL);
}

static void cloning(void)
{
	struct clone_args a = { .flags = CLONE_PIDFD, .exit_signal = SIGCHLD };
	int fd = -1, tid = -1;
	siginfo_t si = { 0 };
	pid_t pid;

	pid = must(sys_clone(CLONE_PIDFD | SIGCHLD, &fd));
	if (!pid)
		_exit(7);
	ok(fd >= 0, "clone(CLONE_PIDFD) stores a descriptor where the thread id would go");
	is(fcntl(fd, F_GETFD), FD_CLOEXEC, "it is close-on-exec");
	is(wait_fd(fd, &si, WEXITED), 0, "the child can be waited for by it");
	ok(si.si_pid == pid && si.si_status == 7 && si.si_code == CLD_EXITED, "with its status");
	close(fd);
	fails(sys_clone(CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD, &fd), EINVAL,
	      "both into one place is EINVAL");
	fails(sys_clone(CLONE_PIDFD | 0x400000 | SIGCHLD, &fd), EINVAL,
	      "with CLONE_DETACHED it is EINVAL");
	fails(sys_clone(CLONE_PIDFD | SIGCHLD, NOTHING), EFAULT, "nowhere to store it is EFAULT");
	fails(waitpid(-1, NULL, WNOHANG), ECHILD, "and there is no child then");
	fd = must(open("/dev/null", O_RDONLY));
	close(fd);
	fails(sys_clone(CLONE_PIDFD | SIGCHLD, NOTHING), EFAULT, "again");
	is(must(open("/dev/null", O_RDONLY)), fd, "nor a descriptor");
	close(fd);

	a.pidfd = (uintptr_t)&fd;
	a.flags |= CLONE_PARENT_SETTID;
	a.parent_tid = (uintptr_t)&tid;
	fd = -1;
	pid = must(syscall(SYS_clone3, &a, sizeof(a)));
	if (!pid)
		_exit(9);
	ok(fd >= 0 && tid == pid, "clone3 has room for both");
	is(wait_fd(fd, &si, WEXITED), 0, "its pidfd is waited for");
	is(si.si_status, 9, "with its status");
	close(fd);
	a.parent_tid = a.pidfd;
	fails(syscall(SYS_clone3, &a, sizeof(a)), EINVAL, "into one place it is EINVAL here too");
}

/* ---- waitid ---- */

static void waiting(void)
{
	siginfo_t si = { 0 };
	int fd, file, other;
	pid_t pid = spawn(sleep_on, NULL);

	fd = must(pidfd_open_(pid, 0));
	is(wait_fd(fd, &si, WEXITED | WNOHANG), 0, "WNOHANG of a running child is 0");
	is(si.si_pid, 0, "and tells of nobody");
	must(fcntl(fd, F_SETFL, O_NONBLOCK));
	fails(wait_fd(fd, &si, WEXITED), EAGAIN, "a nonblocking pidfd says EAGAIN");
	is(wait_fd(fd, &si, WEXITED | WNOHANG), 0, "but not to WNOHANG");
	must(fcntl(fd, F_SETFL, 0));
	kill(pid, SIGSTOP);
	is(wait_fd(fd, &si, WSTOPPED), 0, "a stop is told");
	ok(si.si_code == CLD_STOPPED && si.si_status == SIGSTOP, "as one");
	fails(wait_fd(-1, &si, WEXITED), EINVAL, "a negative descriptor is EINVAL");
	fails(wait_fd(999, &si, WEXITED), EBADF, "one that is not open is EBADF");
	file = must(open("/proc/self", O_RDONLY | O_DIRECTORY));
	fails(wait_fd(file, &si, WEXITED), EBADF, "one that is no pidfd is EBADF");
	fails(wait_fd(999, &si, 0), EINVAL, "options are looked at first");
	close(file);
	other = must(pidfd_open_(getppid(), 0));
	fails(wait_fd(other, &si, WEXITED), ECHILD, "somebody else's child is ECHILD");
	fails(wait_fd(other, &si, WEXITED | WNOHANG), ECHILD, "without waiting, too");
	must(fcntl(other, F_SETFL, O_NONBLOCK));
	fails(wait_fd(other, &si, WEXITED), ECHILD, "which a nonblocking pidfd says as well");
	close(other);
	kill(pid, SIGKILL);
	is(wait_fd(fd, &si, WEXITED | WNOWAIT), 0, "WNOWAIT leaves it");
	is(wait_fd(fd, &si, WEXITED), 0, "for the next");
	ok(si.si_code == CLD_KILLED && si.si_status == SIGKILL && si.si_pid == pid, "to see how it died");
	fails(wait_fd(fd, &si, WEXITED), ECHILD, "a reaped child is ECHILD");
	close(fd);
}

/* ---- poll ---- */

static void tell_end(void *arg)
{
	struct gate *g = arg;

	gate_pass(*g);
	_exit(3);
}

static void polling(void)
{
	struct gate g = gate_new();
	pid_t pid = spawn(tell_end, &g), killer;
	int fd = must(pidfd_open_(pid, 0));

	is(ready(fd, 0), 0, "a running process's pidfd is not readable");
	gate_open(g);
	is(ready(fd, -1), POLLIN, "its end wakes a poller: readable");
	is(proc_state(pid), 'Z', "it is a zombie then");
	is(reap(pid), 3, "to be reaped");
	is(ready(fd, 0), POLLIN | POLLHUP, "after that there is POLLHUP");
	close(fd);
	pid = spawn(sleep_on, NULL);
	fd = must(pidfd_open_(pid, 0));
	killer = must(fork());
	if (!killer) {
		must_be(wait_state(getppid(), 'S'));
		_exit(send_signal(fd, SIGKILL, NULL, 0));
	}
	is(ready(fd, -1), POLLIN, "so does the end by a signal");
	is(reap(killer), 0, "which anyone with the pidfd can send");
	is(reap(pid), -SIGKILL, "and it is the signal that killed it");
	close(fd);
	gate_free(g);
	/* a child that nobody waits for */
	signal(SIGCHLD, SIG_IGN);
	g = gate_new();
	pid = spawn(tell_end, &g);
	fd = must(pidfd_open_(pid, 0));
	gate_open(g);
	is(ready(fd, -1) & POLLIN, POLLIN, "one that reaps itself is seen to end");
	while (!(ready(fd, 0) & POLLHUP))
		sched_yield();
	is(kill(pid, 0), -1, "with POLLHUP it is gone");
	signal(SIGCHLD, SIG_DFL);
	close(fd);
	gate_free(g);
}

static struct gate leader_gone;

static void *outlive(void *arg)
{
	gate_pass(leader_gone);
	_exit((int)(long)arg);
}

/* the leader ends first, with a thread that goes on */
static void leader_first(void *arg)
{
	pthread_t t;

	must_be(!pthread_create(&t, NULL, outlive, arg));
	syscall(SYS_exit, 1);
}

static void groups(void)
{
	int process, thread;
	pid_t pid;

	leader_gone = gate_new();
	pid = spawn(leader_first, (void *)5);
	process = must(pidfd_open_(pid, 0));
	thread = must(pidfd_open_(pid, THREAD));
	must_be(wait_state(pid, 'Z'));
	is(ready(process, 0), 0, "a process whose leader has ended goes on");
	is(ready(thread, 0), 0, "its leader's pidfd does not tell, since exec may revive that");
	is(wait_fd(process, NULL, WEXITED | WNOHANG), 0, "and it cannot be waited for yet");
	is(send_signal(process, 0, NULL, 0), 0, "though it can be signalled");
	gate_open(leader_gone);
	is(ready(process, -1), POLLIN, "the last thread ends the process");
	is(reap(pid), 5, "with its status");
	is(ready(thread, 0), POLLIN | POLLHUP, "and both hang up");
	close(process), close(thread);
	gate_free(leader_gone);
}

static void *wait_then_end(void *arg)
{
	struct { struct gate g; pid_t tid; } *a = arg;

	__atomic_store_n(&a->tid, gettid(), __ATOMIC_RELEASE);
	gate_pass(a->g);
	return NULL;
}

static void thread_end(void)
{
	struct { struct gate g; pid_t tid; } a = { .g = gate_new() };
	siginfo_t si;
	pthread_t t;
	int fd;

	must_be(!pthread_create(&t, NULL, wait_then_end, &a));
	while (!__atomic_load_n(&a.tid, __ATOMIC_ACQUIRE))
		sched_yield();
	fd = must(pidfd_open_(a.tid, THREAD));
	is(ready(fd, 0), 0, "a running thread's pidfd is not readable");
	fails(wait_fd(fd, &si, WEXITED | WNOHANG), ECHILD, "a thread is nobody's child");
	gate_open(a.g);
	is(ready(fd, -1) & POLLIN, POLLIN, "its end wakes a poller");
	pthread_join(t, NULL);
	while (!(ready(fd, 0) & POLLHUP))
		sched_yield();
	fails(send_signal(fd, 0, NULL, 0), ESRCH, "and then it cannot be signalled");
	close(fd);
	gate_free(a.g);
}

/* ---- pidfd_send_signal ---- */

static volatile int got_code, got_pid, got_count, got_tid;

static void on_signal(int sig, siginfo_t *si, void *uc)
{
	(void)sig, (void)uc;
	got_code = si->si_code;
	got_pid = si->si_pid;
	got_tid = gettid();
	__atomic_fetch_add(&got_count, 1, __ATOMIC_SEQ_CST);
}

static void own_signals(void)
{
	struct sigaction sa = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	siginfo_t si = { .si_signo = SIGUSR1, .si_code = SI_QUEUE };
	int fd = must(pidfd_open_(getpid(), 0)), thread = must(pidfd_open_(getpid(), THREAD));
	int dir = must(open("/proc/self", O_RDONLY | O_DIRECTORY)), task;
	char path[64];

	sigaction(SIGUSR1, &sa, NULL);
	works(send_signal(fd, SIGUSR1, NULL, 0), "a signal to oneself");
	ok(got_code == SI_USER && got_pid == getpid(), "looks like kill()'s");
	works(send_signal(thread, SIGUSR1, NULL, 0), "to one's thread");
	is(got_code, SI_TKILL, "it looks like tgkill()'s");
	works(send_signal(fd, SIGUSR1, NULL, TO_THREAD), "flags choose the thread");
	is(got_code, SI_TKILL, "whatever the pidfd is");
	works(send_signal(thread, SIGUSR1, NULL, TO_PROCESS), "or the process");
	is(got_code, SI_USER, "as well");
	works(send_signal(fd, SIGUSR1, &si, 0), "with a siginfo");
	is(got_code, SI_QUEUE, "it arrives");
	si.si_code = 5;
	works(send_signal(fd, SIGUSR1, &si, 0), "to oneself also one that the kernel sends");
	is(got_code, 5, "it arrives");
	is(got_count, 6, "each was delivered once");
	works(send_signal(dir, SIGUSR1, NULL, 0), "an open /proc/PID does for a pidfd");
	is(got_count, 7, "it arrives");
	snprintf(path, sizeof(path), "/proc/self/task/%d", gettid());
	task = must(open(path, O_RDONLY | O_DIRECTORY));
	fails(send_signal(task, SIGUSR1, NULL, 0), EBADF, "that of a thread does not");
	is(send_signal(fd, 0, NULL, 0), 0, "signal 0 only asks");
	fails(send_signal(fd, 65, NULL, 0), EINVAL, "a signal that there is none of is EINVAL");
	fails(send_signal(fd, SIGUSR2, &si, 0), EINVAL, "another number in the siginfo is EINVAL");
	fails(send_signal(fd, SIGUSR1, (siginfo_t *)8, 0), EFAULT, "a bad pointer is EFAULT");
	fails(send_signal(fd, SIGUSR1, NULL, 8), EINVAL, "an unknown flag is EINVAL");
	fails(send_signal(fd, SIGUSR1, NULL, 3), EINVAL, "two scopes are EINVAL");
	fails(send_signal(999, SIGUSR1, NULL, 8), EINVAL, "flags are looked at first");
	fails(send_signal(999, SIGUSR1, (siginfo_t *)8, 0), EBADF, "then the descriptor");
	fails(send_signal(0, SIGUSR1, (siginfo_t *)8, 0), EBADF, "which has to be a pidfd");
	is(got_count, 7, "nothing came of those");
	close(fd), close(thread), close(dir), close(task);
}

static void member(void *arg)
{
	struct gate *g = arg;

	setpgid(0, 0);
	gate_open(g[0]);
	sleep_on(NULL);
}

static void follower(void *arg)
{
	struct gate *g = arg;

	gate_open(g[0]);
	sleep_on(NULL);
}

static void others_signals(void)
{
	siginfo_t si = { .si_signo = SIGUSR1, .si_code = SI_QUEUE };
	struct gate g[1] = { gate_new() };
	int fd, second_fd;
	pid_t pid, second;

	pid = spawn(member, g);
	gate_pass(g[0]);
	second = spawn(follower, g);
	must(setpgid(second, pid));
	gate_pass(g[0]);
	fd = must(pidfd_open_(pid, 0));
	second_fd = must(pidfd_open_(second, 0));
	si.si_code = SI_USER;
	fails(send_signal(fd, SIGUSR1, &si, 0), EPERM, "what kill() says cannot be said to others");
	si.si_code = SI_TKILL;
	fails(send_signal(fd, SIGUSR1, &si, 0), EPERM, "nor what tgkill() says");
	fails(send_signal(second_fd, SIGTERM, NULL, TO_PGRP), ESRCH,
	      "a pid that is no process group's is ESRCH");
	is(send_signal(fd, 0, NULL, TO_PGRP), 0, "one that is can be asked");
	works(send_signal(fd, SIGTERM, NULL, TO_PGRP), "PIDFD_SIGNAL_PROCESS_GROUP");
	is(reap(pid), -SIGTERM, "reaches the leader");
	is(reap(second), -SIGTERM, "and the others");
	fails(send_signal(fd, 0, NULL, 0), ESRCH, "a reaped process is ESRCH");
	fails(send_signal(fd, 65, NULL, 0), ESRCH, "before the signal is looked at");
	close(fd), close(second_fd);
	gate_free(g[0]);
}

static void as_nobody(void *arg)
{
	int fd = *(int *)arg;

	CHECK(!setresuid(65534, 65534, 65534));
	CHECK_ERR(send_signal(fd, SIGTERM, NULL, 0), EPERM);
	CHECK_ERR(getfd(fd, 0, 0), EPERM);
}

/* a number that is another's by now: the pidfd is not */
static void recycled(void)
{
	const char *limit = "/proc/sys/kernel/pid_max";
	char *max = slurp(limit);
	int set = must(open(limit, O_WRONLY)), fd;
	pid_t pid, other = 0;

	/* few numbers, so that they come again soon */
	must_be(max && write(set, "600", 3) == 3);
	while ((pid = spawn(leave, (void *)0)) < 300)
		reap(pid);		/* the first ones do not come again */
	fd = must(pidfd_open_(pid, 0));
	reap(pid);
	for (int i = 0; i < 600 && other != pid; i++) {
		other = spawn(leave, (void *)0);
		if (other != pid)
			reap(other);
	}
	is(other, pid, "a number is used again");
	fails(send_signal(fd, SIGKILL, NULL, 0), ESRCH, "the pidfd does not signal its new owner");
	is(ready(fd, 0), POLLIN | POLLHUP, "stays hung up");
	fails(wait_fd(fd, NULL, WEXITED), ECHILD, "and does not wait for it");
	is(reap(other), 0, "it is reaped by its number");
	must_be(pwrite(set, max, strlen(max), 0) > 0);
	close(set), close(fd);
	free(max);
}

/* ---- pidfd_getfd ---- */

struct shared_file {
	int fd;
	struct gate ready;
};

static void open_one(void *arg)
{
	struct shared_file *s = arg;
	int fd = open("/proc/self/status", O_RDONLY);

	CHECK(dup2(fd, 200) == 200);
	gate_open(s->ready);
	sleep_on(NULL);
}

static void taking(void)
{
	struct shared_file s = { .ready = gate_new() };
	pid_t pid = spawn(open_one, &s), nobody;
	int fd = must(pidfd_open_(pid, 0)), got;
	char buf[64] = "";

	gate_pass(s.ready);
	works(got = getfd(fd, 200, 0), "pidfd_getfd of a child's file");
	is(fcntl(got, F_GETFD), FD_CLOEXEC, "it is close-on-exec");
	is(read(got, buf, 5), 5, "it can be read");
	ok(!strncmp(buf, "Name:", 5), "and is that file");
	close(got);
	fails(getfd(fd, 201, 0), EBADF, "what is not open there is EBADF");
	fails(getfd(fd, -1, 0), EBADF, "also -1");
	fails(getfd(fd, 200, 1), EINVAL, "flags are EINVAL");
	fails(getfd(999, 200, 1), EINVAL, "which is looked at first");
	fails(getfd(999, 200, 0), EBADF, "no such pidfd is EBADF");
	fails(getfd(0, 200, 0), EBADF, "one that is none is EBADF");
	got = must(open("/proc/self", O_RDONLY | O_DIRECTORY));
	fails(getfd(got, 0, 0), EBADF, "/proc/PID is none here");
	close(got);
	nobody = spawn(as_nobody, &fd);
	is(reap(nobody), 0, "another user is refused, here and by pidfd_send_signal");
	kill(pid, SIGKILL);
	must_be(wait_state(pid, 'Z'));
	fails(getfd(fd, 200, 0), ESRCH, "a zombie has no files: ESRCH");
	reap(pid);
	fails(getfd(fd, 200, 0), ESRCH, "when it is reaped it is ESRCH");
	close(fd);
	fd = must(pidfd_open_(getpid(), 0));
	works(got = getfd(fd, 0, 0), "of oneself it is a dup");
	close(got), close(fd);
	gate_free(s.ready);
}

int main(void)
{
	opening();
	cloning();
	waiting();
	polling();
	groups();
	thread_end();
	own_signals();
	others_signals();
	recycled();
	taking();
	threads();
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/* signalfd: reading pending signals, what is told of each, waiting, epoll, other processes. */
#include "tap.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

static sigset_t set_of(int a, int b)
{
	sigset_t s;

	sigemptyset(&s);
	sigaddset(&s, a);
	sigaddset(&s, b);
	return s;
}

static int new_signalfd(int a, int b, int flags)
{
	sigset_t s = set_of(a, b);

	return must(signalfd(-1, &s, flags));
}

static bool readable(int fd)
{
	struct pollfd pf = { fd, POLLIN | POLLOUT, 0 };

	return poll(&pf, 1, 0) == 1 && pf.revents == POLLIN;
}

static struct signalfd_siginfo next(int fd)
{
	struct signalfd_siginfo si = { 0 };

	if (read(fd, &si, sizeof(si)) != sizeof(si))
		note("read: errno %d", errno);
	return si;
}

static void calls(void)
{
	sigset_t s = set_of(SIGUSR1, SIGKILL);
	struct signalfd_siginfo si;
	char path[64], *info;
	int fd, p[2];

	must(pipe(p));
	fails(syscall(SYS_signalfd4, -1, &s, 4, 0), EINVAL, "a set of another size is EINVAL");
	fails(syscall(SYS_signalfd4, -1, 8, 8, 0), EFAULT, "a bad pointer is EFAULT");
	fails(signalfd(-1, &s, 1), EINVAL, "an unknown flag is EINVAL");
	fails(signalfd(999, &s, 0), EBADF, "a closed descriptor is EBADF");
	fails(signalfd(p[0], &s, 0), EINVAL, "another file is EINVAL");
	fd = must(signalfd(-1, &s, SFD_CLOEXEC | SFD_NONBLOCK));
	is(fcntl(fd, F_GETFD), FD_CLOEXEC, "SFD_CLOEXEC");
	is(fcntl(fd, F_GETFL), O_RDWR | O_NONBLOCK, "SFD_NONBLOCK");
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = slurp(path);
	ok(info && strstr(info, "sigmask:\t0000000000000200\n"), "fdinfo shows the set, and SIGKILL is not in it");
	free(info);
	fails(read(fd, &si, sizeof(si)), EAGAIN, "nothing is pending: EAGAIN");
	fails(read(fd, &si, sizeof(si) - 1), EINVAL, "a small buffer is EINVAL");
	fails(write(fd, &si, sizeof(si)), EINVAL, "it cannot be written");
	ok(!readable(fd), "nor is it readable");
	close(fd), close(p[0]), close(p[1]);
}

static void told(void)
{
	int fd = new_signalfd(SIGUSR1, SIGRTMIN, SFD_NONBLOCK), chld = new_signalfd(SIGCHLD, SIGCHLD, 0);
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN,
			       .sigev_value.sival_int = 77 };
	struct itimerspec soon = { .it_value.tv_nsec = 1 };
	struct pollfd pf = { fd, POLLIN, 0 };
	struct signalfd_siginfo si, two[3];
	timer_t timer;
	pid_t pid;

	kill(getpid(), SIGUSR1);
	ok(readable(fd), "a pending signal makes it readable");
	si = next(fd);
	ok(si.ssi_signo == SIGUSR1 && si.ssi_code == SI_USER && (pid_t)si.ssi_pid == getpid() &&
	   si.ssi_uid == getuid(), "kill: number, code, process, user");
	ok(!readable(fd), "reading takes it");
	sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_ptr = &fd });
	sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = -5 });
	kill(getpid(), SIGUSR1);
	is(read(fd, two, sizeof(two) - 1), 2 * sizeof(two[0]), "one read gives as many as fit");
	ok(two[0].ssi_signo == SIGUSR1 && two[1].ssi_signo == (unsigned int)SIGRTMIN, "the lowest first");
	ok(two[1].ssi_code == SI_QUEUE && two[1].ssi_ptr == (unsigned long)&fd, "sigqueue: a pointer");
	is(read(fd, two, sizeof(two)), sizeof(two[0]), "or as many as there are");
	is(two[0].ssi_int, -5, "sigqueue: a number");

	must(timer_create(CLOCK_MONOTONIC, &ev, &timer));
	must(timer_settime(timer, 0, &soon, NULL));
	must(poll(&pf, 1, -1));
	si = next(fd);
	ok(si.ssi_code == SI_TIMER && si.ssi_int == 77 && si.ssi_overrun == 0, "a timer: value, overrun");
	must(timer_delete(timer));

	pid = must(fork());
	if (!pid)
		_exit(23);
	si = next(chld);
	ok(si.ssi_signo == SIGCHLD && si.ssi_code == CLD_EXITED && (pid_t)si.ssi_pid == pid && si.ssi_status == 23,
	   "a child: process, status");
	reap(pid);
	kill(getpid(), SIGUSR1);
	fails(syscall(SYS_read, fd, 8, sizeof(si)), EFAULT, "a bad buffer is EFAULT");
	ok(!readable(fd), "and the signal is gone");
	close(fd), close(chld);
}

static void changed(void)
{
	sigset_t other = set_of(SIGUSR2, SIGUSR2);
	int fd = new_signalfd(SIGUSR1, SIGUSR1, SFD_NONBLOCK), ep = must(epoll_create1(0));
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET };

	must(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
	kill(getpid(), SIGUSR2);
	ok(!readable(fd) && epoll_wait(ep, &ev, 1, 0) == 0, "a signal outside the set does not show");
	is(signalfd(fd, &other, 0), fd, "the set can be changed");
	ok(readable(fd), "and then it does");
	is(epoll_wait(ep, &ev, 1, 0), 1, "epoll hears of that");
	is(next(fd).ssi_signo, SIGUSR2, "it is read");
	close(fd), close(ep);
}

struct job {
	int fd, ep;
};

static void reads_one(void *arg)
{
	struct job *j = arg;

	CHECK(next(j->fd).ssi_signo == SIGUSR1);
}

static void nothing(int sig)
{
	(void)sig;
}

static void is_interrupted(void *arg)
{
	struct sigaction sa = { .sa_handler = nothing };
	struct signalfd_siginfo si;
	struct job *j = arg;

	CHECK(!sigaction(SIGHUP, &sa, NULL));
	CHECK(read(j->fd, &si, sizeof(si)) == -1 && errno == EINTR);
}

static void waits_in_epoll(void *arg)
{
	struct epoll_event ev = { .events = EPOLLIN };
	struct job *j = arg;

	CHECK(!epoll_ctl(j->ep, EPOLL_CTL_ADD, j->fd, &ev));
	CHECK(epoll_wait(j->ep, &ev, 1, -1) == 1);
	CHECK(next(j->fd).ssi_signo == SIGUSR1);
}

static int while_asleep(void (*fn)(void *), struct job *j, int sig)
{
	pid_t pid = spawn(fn, j);

	must_be(wait_state(pid, 'S'));
	kill(pid, sig);
	return reap(pid);
}

static void waiting(void)
{
	struct job j = { .fd = new_signalfd(SIGUSR1, SIGUSR1, 0), .ep = must(epoll_create1(0)) };

	is(while_asleep(reads_one, &j, SIGUSR1), 0, "read waits for a signal of the reader's");
	is(while_asleep(is_interrupted, &j, SIGHUP), 0, "another that is handled ends the wait: EINTR");
	is(while_asleep(waits_in_epoll, &j, SIGUSR1), 0, "epoll_wait wakes for it");
	ok(!readable(j.fd), "what others were sent is not here");
	close(j.fd), close(j.ep);
}

static void watches(void *arg)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET };
	struct job *j = arg;

	CHECK(!epoll_ctl(j->ep, EPOLL_CTL_ADD, j->fd, &ev));
}

static void gets_a_signal(void *arg)
{
	(void)arg;
	kill(getpid(), SIGUSR1);
}

/*
 * The epoll watches for a process that is gone, and the next may have its memory. The
 * signal that is pending here shows when the epoll was woken.
 */
static void outlived(void)
{
	int at_the_end = 0, later = 0;

	kill(getpid(), SIGUSR1);
	for (int i = 0; i < 100; i++) {
		struct job j = { .fd = new_signalfd(SIGUSR1, SIGUSR1, 0), .ep = must(epoll_create1(0)) };
		struct epoll_event ev;

		must_be(!child(watches, &j));
		at_the_end += epoll_wait(j.ep, &ev, 1, 0);
		must_be(!child(gets_a_signal, NULL));
		later += epoll_wait(j.ep, &ev, 1, 0);
		if (i == 99)
			is(next(j.fd).ssi_signo, SIGUSR1, "a signal is read after all");
		if (i & 1)
			close(j.fd), close(j.ep);
		else
			close(j.ep), close(j.fd);
	}
	is(at_the_end, 100, "an epoll hears when the process ends for which it watches");
	is(later, 0, "and watches no other");
}

int main(void)
{
	sigset_t all;

	sigemptyset(&all);
	sigaddset(&all, SIGUSR1), sigaddset(&all, SIGUSR2), sigaddset(&all, SIGCHLD), sigaddset(&all, SIGRTMIN);
	must(sigprocmask(SIG_BLOCK, &all, NULL));
	calls();
	told();
	changed();
	waiting();
	outlived();
	return done();
}

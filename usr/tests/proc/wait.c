// SPDX-License-Identifier: GPL-2.0-only
/*
 * wait4, waitpid, waitid: status, options, stopped and continued children,
 * WNOWAIT, orphans, SIGCHLD.
 */
#include "tap.h"
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static void leave(void *arg)
{
	_exit((int)(long)arg);
}

static void die(void *arg)
{
	signal((int)(long)arg, SIG_DFL);
	raise((int)(long)arg);
}

static void sleep_on(void *arg)
{
	(void)arg;
	for (;;)
		pause();
}

static void statuses(void)
{
	const int sigs[] = { SIGHUP, SIGINT, SIGKILL, SIGTERM, SIGUSR1, SIGALRM, SIGRTMIN };
	int st;
	pid_t pid;

	pid = spawn(leave, (void *)300);
	is(waitpid(pid, &st, 0), pid, "waitpid gives the child's id");
	is(st, 44 << 8, "exit status: the low eight bits");
	fails(waitpid(pid, &st, 0), ECHILD, "a second wait is ECHILD");
	fails(waitpid(-1, &st, 0), ECHILD, "without children it is ECHILD");
	fails(waitpid(1, &st, 0), ECHILD, "of somebody else's child too");
	fails(waitpid(-1, &st, 0x1000), EINVAL, "an unknown option is EINVAL");
	for (size_t i = 0; i < ARRAY_SIZE(sigs); i++)
		is(child(die, (void *)(long)sigs[i]), -sigs[i], "killed by signal %d", sigs[i]);
	is(child(die, (void *)SIGCHLD), 0, "SIGCHLD is ignored by default");
	is(child(die, (void *)SIGURG), 0, "SIGURG too");
	pid = spawn(die, (void *)SIGKILL);
	must(waitpid(pid, &st, 0));
	is(st, SIGKILL, "the raw status of a kill is the signal");
}

static void options(void)
{
	struct rusage ru;
	int st = 77;
	pid_t pid = spawn(sleep_on, NULL), other;

	is(waitpid(pid, &st, WNOHANG), 0, "WNOHANG of a running child is 0");
	is(st, 77, "and leaves the status alone");
	kill(pid, SIGSTOP);
	is(waitpid(pid, &st, WUNTRACED), pid, "WUNTRACED tells of a stop");
	ok(WIFSTOPPED(st) && WSTOPSIG(st) == SIGSTOP, "with the signal");
	is(waitpid(pid, &st, WUNTRACED | WNOHANG), 0, "once");
	is(proc_state(pid), 'T', "its state is T");
	kill(pid, SIGCONT);
	is(waitpid(pid, &st, WCONTINUED), pid, "WCONTINUED tells that it goes on");
	ok(WIFCONTINUED(st), "with its own status");
	is(waitpid(pid, &st, WCONTINUED | WNOHANG), 0, "once");
	kill(pid, SIGSTOP);
	must_be(wait_state(pid, 'T'));
	is(waitpid(pid, &st, WNOHANG), 0, "without WUNTRACED a stop is not told");
	kill(pid, SIGKILL);
	is(wait4(pid, &st, 0, &ru), pid, "SIGKILL ends a stopped child");
	is(st, SIGKILL, "as its status says");
	ok(ru.ru_utime.tv_sec >= 0 && ru.ru_minflt > 0, "wait4 tells its resource use");
	pid = spawn(leave, (void *)1);
	must_be(wait_state(pid, 'Z'));
	other = spawn(leave, (void *)2);
	is(waitpid(other, &st, 0), other, "a certain child is waited for although another is dead");
	is(waitpid(-1, &st, 0), pid, "any child: the one that is left");
	is(kill(pid, 0), -1, "a reaped child is gone");
	is(errno, ESRCH, "ESRCH");
}

static void groups(void)
{
	int st;
	pid_t a = must(fork()), b;

	if (!a) {
		setpgid(0, 0);
		_exit(1);
	}
	setpgid(a, a);
	b = spawn(leave, (void *)2);
	is(waitpid(-a, &st, 0), a, "waitpid of a group");
	is(waitpid(0, &st, 0), b, "waitpid of one's own group");
	fails(waitpid(-a, &st, 0), ECHILD, "a group without children is ECHILD");
}

static void with_id(void)
{
	siginfo_t si;
	pid_t pid = spawn(leave, (void *)5);

	memset(&si, 0xff, sizeof(si));
	is(waitid(P_PID, pid, &si, WEXITED | WNOWAIT), 0, "waitid with WNOWAIT");
	ok(si.si_pid == pid && si.si_signo == SIGCHLD && si.si_code == CLD_EXITED && si.si_status == 5,
	   "fills siginfo");
	is(si.si_uid, getuid(), "with the user");
	is(proc_state(pid), 'Z', "and leaves the child");
	is(waitid(P_ALL, 0, &si, WEXITED), 0, "waitid of any takes it");
	fails(waitid(P_ALL, 0, &si, WEXITED), ECHILD, "no more children: ECHILD");
	fails(waitid(P_ALL, 0, &si, 0), EINVAL, "waiting for nothing is EINVAL");
	fails(waitid(9, 0, &si, WEXITED), EINVAL, "an unknown kind of id is EINVAL");
	pid = spawn(sleep_on, NULL);
	memset(&si, 0xff, sizeof(si));
	is(waitid(P_PID, pid, &si, WEXITED | WNOHANG), 0, "WNOHANG of a running child is 0");
	ok(!si.si_pid && !si.si_signo, "with zeros in siginfo");
	kill(pid, SIGSTOP);
	is(waitid(P_PID, pid, &si, WSTOPPED), 0, "WSTOPPED");
	ok(si.si_code == CLD_STOPPED && si.si_status == SIGSTOP, "CLD_STOPPED with the signal");
	kill(pid, SIGCONT);
	is(waitid(P_PID, pid, &si, WCONTINUED), 0, "WCONTINUED");
	ok(si.si_code == CLD_CONTINUED && si.si_status == SIGCONT, "CLD_CONTINUED");
	kill(pid, SIGTERM);
	is(waitid(P_PID, pid, &si, WEXITED), 0, "WEXITED of a killed child");
	ok(si.si_code == CLD_KILLED && si.si_status == SIGTERM, "CLD_KILLED with the signal");
}

static volatile sig_atomic_t chld, chld_code, chld_status, chld_pid;

static void on_chld(int sig, siginfo_t *si, void *uc)
{
	(void)sig, (void)uc;
	chld++;
	chld_code = si->si_code, chld_status = si->si_status, chld_pid = si->si_pid;
}

static void notification(void)
{
	struct sigaction sa = { .sa_sigaction = on_chld, .sa_flags = SA_SIGINFO };
	sigset_t block, old;
	pid_t pid;
	int st;

	sigaction(SIGCHLD, &sa, NULL);
	sigemptyset(&block), sigaddset(&block, SIGCHLD);
	sigprocmask(SIG_BLOCK, &block, &old);
	pid = spawn(leave, (void *)9);
	while (!chld)
		sigsuspend(&old);
	ok(chld_pid == pid && chld_code == CLD_EXITED && chld_status == 9, "SIGCHLD tells who and how");
	is(proc_state(pid), 'Z', "when it comes the child is a zombie");
	must(waitpid(pid, &st, 0));
	chld = 0;
	pid = spawn(sleep_on, NULL);
	kill(pid, SIGSTOP);
	while (!chld)
		sigsuspend(&old);
	ok(chld_pid == pid && chld_code == CLD_STOPPED, "SIGCHLD comes for stops");
	sa.sa_flags |= SA_NOCLDSTOP;
	sigaction(SIGCHLD, &sa, NULL);
	chld = 0;
	kill(pid, SIGCONT);
	must_be(wait_state(pid, 'S'));
	kill(pid, SIGSTOP);
	must_be(wait_state(pid, 'T'));
	sigprocmask(SIG_SETMASK, &old, NULL);
	is(chld, 0, "not with SA_NOCLDSTOP");
	kill(pid, SIGKILL);
	must(waitpid(pid, &st, 0));
	signal(SIGCHLD, SIG_IGN);
	pid = spawn(leave, (void *)1);
	fails(waitpid(pid, &st, 0), ECHILD, "with SIGCHLD ignored children vanish: ECHILD after the last");
	signal(SIGCHLD, SIG_DFL);
	sa = (struct sigaction){ .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT };
	sigaction(SIGCHLD, &sa, NULL);
	pid = spawn(leave, (void *)1);
	fails(waitpid(-1, &st, 0), ECHILD, "so they do with SA_NOCLDWAIT");
	signal(SIGCHLD, SIG_DFL);
}

struct orphan {
	struct gate reported, orphaned;
	pid_t grandchild;
	pid_t parent;
};

static void grandchild(struct orphan *o)
{
	gate_pass(o->orphaned);
	while (getppid() == o->grandchild)
		sched_yield();
	o->parent = getppid();
	_exit(11);
}

static void middle(void *arg)
{
	struct orphan *o = arg;

	o->grandchild = getpid();	/* what its parent is now */
	if (!fork())
		grandchild(o);
}

static void orphans(void)
{
	struct orphan *o = shared_alloc(PG);
	int st;
	pid_t pid;

	*o = (struct orphan){ gate_new(), gate_new(), 0, 0 };
	must(prctl(PR_SET_CHILD_SUBREAPER, 1));
	is(child(middle, o), 0, "a child leaves a grandchild behind");
	gate_open(o->orphaned);
	pid = waitpid(-1, &st, 0);
	ok(pid > 0 && WEXITSTATUS(st) == 11, "a child subreaper inherits and reaps it");
	is(o->parent, getpid(), "and is its parent then");
	must(prctl(PR_SET_CHILD_SUBREAPER, 0));
}

static void death_signal(void *arg)
{
	struct gate *g = arg;
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		gate_open(g[0]);
		for (;;)
			pause();
	}
	gate_pass(g[0]);
	_exit(0);
}

static void parent_death(void)
{
	struct gate g = gate_new();
	int st;

	must(prctl(PR_SET_CHILD_SUBREAPER, 1));
	must_be(child(death_signal, &g) == 0);
	must(waitpid(-1, &st, 0));
	is(st, SIGKILL, "PR_SET_PDEATHSIG comes when the parent dies");
	must(prctl(PR_SET_CHILD_SUBREAPER, 0));
	gate_free(g);
}

int main(void)
{
	statuses();
	options();
	groups();
	with_id();
	notification();
	orphans();
	parent_death();
	return done();
}

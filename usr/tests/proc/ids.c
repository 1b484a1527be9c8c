// SPDX-License-Identifier: GPL-2.0-only
/*
 * Credentials; sessions and process groups.
 */
#include "tap.h"
#include <grp.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static void check_ids(uid_t r, uid_t e, uid_t s)
{
	uid_t a, b, c;

	CHECK(!getresuid(&a, &b, &c));
	CHECK(a == r && b == e && c == s);
	CHECK(getuid() == r && geteuid() == e);
}

static void by_root(void *arg)
{
	(void)arg;
	CHECK(!setuid(1000));
	check_ids(1000, 1000, 1000);
	CHECK_ERR(setuid(0), EPERM);
	CHECK_ERR(setuid(1001), EPERM);
	CHECK(!setuid(1000));
}

static void effective(void *arg)
{
	(void)arg;
	CHECK(!seteuid(1000));
	check_ids(0, 1000, 0);
	CHECK_ERR(setgid(5), EPERM);
	CHECK(!seteuid(0));
	check_ids(0, 0, 0);
	CHECK(!setresuid(1, 2, 3));
	check_ids(1, 2, 3);
	CHECK(!seteuid(3));
	CHECK(!seteuid(1));
	CHECK_ERR(seteuid(4), EPERM);
	CHECK(!setresuid(-1, -1, -1));
	check_ids(1, 1, 3);
	CHECK(!setresuid(3, -1, 1));
	check_ids(3, 1, 1);
	CHECK_ERR(setresuid(9, -1, -1), EPERM);
}

static void real_effective(void *arg)
{
	(void)arg;
	CHECK(!setreuid(1, 2));
	check_ids(1, 2, 2);
	CHECK(!setreuid(2, 1));
	check_ids(2, 1, 1);
	CHECK_ERR(setreuid(5, -1), EPERM);
}

static void group_ids(void *arg)
{
	gid_t a, b, c, list[3] = { 10, 70000, 30 }, got[10];

	(void)arg;
	CHECK(!setgroups(3, list));
	CHECK(getgroups(0, NULL) == 3);
	CHECK(getgroups(10, got) == 3);
	CHECK(got[0] + got[1] + got[2] == 70040);
	CHECK_ERR(getgroups(2, got), EINVAL);
	CHECK_ERR(syscall(SYS_getgroups, -1, got), EINVAL);
	CHECK_ERR(syscall(SYS_setgroups, 65537, got), EINVAL);
	CHECK(!setresgid(1, 2, 3));
	CHECK(!getresgid(&a, &b, &c) && a == 1 && b == 2 && c == 3);
	CHECK(!setuid(1000));
	CHECK_ERR(setgid(5), EPERM);
	CHECK(!setgid(3));
	CHECK(getegid() == 3 && getgid() == 1);
	CHECK_ERR(setgroups(0, NULL), EPERM);
	CHECK(!setregid(3, 1));
}

static void filesystem_id(void *arg)
{
	(void)arg;
	CHECK(setfsuid(1000) == 0);
	CHECK(setfsuid(-1) == 1000);
	CHECK(open("root600", O_RDONLY) == -1 && errno == EACCES);
	CHECK(setfsuid(0) == 1000);
	CHECK(open("root600", O_RDONLY) >= 0);
	CHECK(!seteuid(2000));
	CHECK(setfsuid(-1) == 2000);
}

static void inherited(void *arg)
{
	(void)arg;
	CHECK(!setresuid(11, 22, 33));
	if (!fork()) {
		check_ids(11, 22, 33);
		_exit(0);
	}
	int st;
	CHECK(wait(&st) > 0 && st == 0);
}

static void credentials(void)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };

	is(syscall(SYS_capget, &h, NULL), 0, "capget without room for an answer looks at the version only");
	close(make_file("root600", 1, 1));
	must(chmod("root600", 0600));
	must(chmod(".", 0755));
	is(child(by_root, NULL), 0, "setuid by root sets all three ids for good");
	is(child(effective, NULL), 0, "seteuid and setresuid switch among the three");
	is(child(real_effective, NULL), 0, "setreuid sets the saved id as Linux does");
	is(child(group_ids, NULL), 0, "groups: the list, setresgid, EPERM and EINVAL");
	is(child(filesystem_id, NULL), 0, "setfsuid counts for files and follows the effective id");
	is(child(inherited, NULL), 0, "a child inherits all of them");
}

static void new_session(void *arg)
{
	(void)arg;
	CHECK(setsid() == getpid());
	CHECK(getpgrp() == getpid() && getsid(0) == getpid());
	CHECK_ERR(setsid(), EPERM);
	CHECK_ERR(setpgid(0, 0), EPERM);
	CHECK(open("/dev/tty", O_RDWR) == -1 && errno == ENXIO);
}

static void follower(void *arg)
{
	struct gate *g = arg;

	gate_pass(g[0]);
	CHECK(getpgrp() != getppid());
}

static void in_session(void *arg)
{
	struct gate *g = arg;

	CHECK(setsid() > 0);
	gate_open(g[1]);
	gate_pass(g[0]);
}

static void groups(void)
{
	struct gate g[2] = { gate_new(), gate_new() };
	pid_t a, b, me = getpgrp();

	is(child(new_session, NULL), 0, "setsid makes a session and a group without a terminal; a leader cannot again");
	a = spawn(follower, g), b = spawn(follower, g);
	is(getpgid(a), me, "a child is in its parent's group");
	is(setpgid(a, 0), 0, "setpgid");
	is(getpgid(a), a, "makes it a leader");
	is(setpgid(b, a), 0, "another child joins");
	is(getpgid(b), a, "the group");
	is(getsid(b), getsid(0), "the session stays the same");
	fails(setpgid(a, 0x7ffffff0), EPERM, "a group that does not exist is EPERM");
	fails(setpgid(a, -1), EINVAL, "a negative group is EINVAL");
	fails(setpgid(1, 0), ESRCH, "a process that is no child is ESRCH");
	fails(getpgid(0x7ffffff0), ESRCH, "getpgid of nobody is ESRCH");
	fails(getsid(0x7ffffff0), ESRCH, "getsid of nobody is ESRCH");
	gate_open(g[0]), gate_open(g[0]);
	is(reap(a) | reap(b), 0, "both leave");
	a = spawn(in_session, g);
	gate_pass(g[1]);
	fails(setpgid(a, 0), EPERM, "a child in another session is EPERM");
	is(getsid(a), a, "getsid shows its session");
	gate_open(g[0]);
	is(reap(a), 0, "it leaves");
	gate_free(g[0]), gate_free(g[1]);
}

static void execed_child(void)
{
	int in[2], out[2], st;
	char c;
	pid_t pid;

	must(pipe2(out, O_CLOEXEC)), must(pipe(in));
	pid = must(fork());
	if (!pid) {
		char num[20];

		snprintf(num, sizeof(num), "%d", in[0]);
		close(in[1]);
		execl("/proc/self/exe", "ids", num, (char *)NULL);
		_exit(1);
	}
	close(out[1]), close(in[0]);
	must_be(read(out[0], &c, 1) == 0);	/* closed by execve */
	fails(setpgid(pid, 0), EACCES, "setpgid of a child that has called execve is EACCES");
	close(in[1]), close(out[0]);
	must(waitpid(pid, &st, 0));
}

int main(int argc, char **argv)
{
	char c;

	if (argc > 1)
		return read(atoi(argv[1]), &c, 1) == 0 ? 0 : 1;
	work_in(TMPFS);
	credentials();
	groups();
	execed_child();
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Resource limits; nice values, affinity, scheduling calls; prctl; uname,
 * sysinfo, getrandom, hostname.
 */
#include "tap.h"
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

static void ordinary(void *arg)
{
	struct rlimit rl;

	(void)arg;
	CHECK(!setresuid(1000, 1000, 1000));
	CHECK(!getrlimit(RLIMIT_NOFILE, &rl));
	rl.rlim_cur = 50;
	CHECK(!setrlimit(RLIMIT_NOFILE, &rl));
	rl.rlim_cur = rl.rlim_max;
	CHECK(!setrlimit(RLIMIT_NOFILE, &rl));
	rl.rlim_max++;
	CHECK_ERR(setrlimit(RLIMIT_NOFILE, &rl), EPERM);
	rl.rlim_max = rl.rlim_cur = 100;
	CHECK(!setrlimit(RLIMIT_NOFILE, &rl));
	rl.rlim_max = 101;
	CHECK_ERR(setrlimit(RLIMIT_NOFILE, &rl), EPERM);
	CHECK_ERR(prlimit(1, RLIMIT_CORE, &rl, NULL), EPERM);
}

static void burn(void *arg)
{
	struct rlimit rl = { 1, 2 };

	(void)arg;
	CHECK(!setrlimit(RLIMIT_CPU, &rl));
	for (;;)
		;
}

static void resource_limits(void)
{
	struct rlimit rl, old;
	int bad = 0;

	for (int i = 0; i < 16; i++)
		bad += getrlimit(i, &rl) != 0 || rl.rlim_cur > rl.rlim_max;
	is(bad, 0, "all 16 limits can be read");
	fails(getrlimit(16, &rl), EINVAL, "the 17th is EINVAL");
	must(getrlimit(RLIMIT_CORE, &old));
	rl = (struct rlimit){ 5, 4 };
	fails(setrlimit(RLIMIT_CORE, &rl), EINVAL, "soft above hard is EINVAL");
	rl = (struct rlimit){ 3, 40 };
	is(prlimit(0, RLIMIT_CORE, &rl, &old), 0, "prlimit of oneself");
	must(getrlimit(RLIMIT_CORE, &rl));
	ok(rl.rlim_cur == 3 && rl.rlim_max == 40, "sets both");
	is(setrlimit(RLIMIT_CORE, &old), 0, "root may raise a hard limit");
	fails(prlimit(0x7ffffff0, RLIMIT_CORE, NULL, &rl), ESRCH, "prlimit of nobody is ESRCH");
	is(child(ordinary, NULL), 0, "an ordinary user moves within the hard limit and lowers it: EPERM else");
	is(child(burn, NULL), -SIGXCPU, "RLIMIT_CPU: SIGXCPU after its second");
}

static void priorities(void)
{
	errno = 0;
	is(getpriority(PRIO_PROCESS, 0), 0, "the nice value is 0");
	is(setpriority(PRIO_PROCESS, 0, 5), 0, "setpriority");
	is(getpriority(PRIO_PROCESS, 0), 5, "sets it");
	is(setpriority(PRIO_PROCESS, 0, 100), 0, "too much");
	is(getpriority(PRIO_PROCESS, 0), 19, "is 19");
	is(setpriority(PRIO_PROCESS, 0, -100), 0, "root goes down");
	is(syscall(SYS_getpriority, PRIO_PROCESS, 0), 40, "to -20; the bare call gives 20 - nice");
	must(setpriority(PRIO_PROCESS, 0, 0));
	fails(setpriority(9, 0, 0), EINVAL, "an unknown kind is EINVAL");
	fails(setpriority(PRIO_PROCESS, 0x7ffffff0, 0), ESRCH, "nobody is ESRCH");
}

static void affinity(void)
{
	cpu_set_t all, one;
	unsigned int cpu = 99, node;
	int n, bad = 0, online = 0;
	struct sched_param sp;

	CPU_ZERO(&all);
	n = syscall(SYS_sched_getaffinity, 0, sizeof(all), &all);
	ok(n > 0 && n % 8 == 0, "sched_getaffinity gives a size of whole longs");
	online = CPU_COUNT(&all);
	ok(online >= 1, "at least one processor is allowed");
	for (int i = 0; i < 64; i++) {
		if (!CPU_ISSET(i, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(i, &one);
		bad += sched_setaffinity(0, sizeof(one), &one) != 0;
		bad += syscall(SYS_getcpu, &cpu, &node, NULL) != 0 || (int)cpu != i;
	}
	is(bad, 0, "sched_setaffinity moves the process to each of them");
	CPU_ZERO(&one);
	fails(sched_setaffinity(0, sizeof(one), &one), EINVAL, "no processor at all is EINVAL");
	must(sched_setaffinity(0, sizeof(all), &all));
	fails(syscall(SYS_sched_getaffinity, 0, 1, &all), EINVAL, "too small a mask is EINVAL");
	fails(syscall(SYS_sched_getaffinity, 0x7ffffff0, sizeof(all), &all), ESRCH, "nobody is ESRCH");
	is(sched_yield(), 0, "sched_yield");
	is(sched_getscheduler(0), SCHED_OTHER, "the policy is SCHED_OTHER");
	ok(!sched_getparam(0, &sp) && sp.sched_priority == 0, "with priority 0");
	is(sched_get_priority_max(SCHED_FIFO), 99, "SCHED_FIFO goes up to 99");
	is(sched_get_priority_min(SCHED_RR), 1, "SCHED_RR from 1");
}

static void names(void *arg)
{
	char name[17], *s;

	(void)arg;
	CHECK(!prctl(PR_SET_NAME, "a-name-of-more-than-16"));
	CHECK(!prctl(PR_GET_NAME, name) && !strcmp(name, "a-name-of-more-"));
	s = slurp("/proc/self/comm");
	CHECK(s && !strcmp(s, "a-name-of-more-\n"));
}

static void process_controls(void)
{
	int sig = -1;

	is(child(names, NULL), 0, "PR_SET_NAME: 15 bytes, shown in /proc/self/comm");
	is(prctl(PR_SET_PDEATHSIG, SIGUSR1), 0, "PR_SET_PDEATHSIG");
	ok(!prctl(PR_GET_PDEATHSIG, &sig) && sig == SIGUSR1, "can be read back");
	must(prctl(PR_SET_PDEATHSIG, 0));
	fails(prctl(PR_SET_PDEATHSIG, 100), EINVAL, "an unknown signal is EINVAL");
	is(prctl(PR_GET_DUMPABLE), 1, "PR_GET_DUMPABLE");
	is(prctl(PR_GET_KEEPCAPS), 0, "PR_GET_KEEPCAPS");
	is(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0, "PR_GET_NO_NEW_PRIVS");
	fails(prctl(123456), EINVAL, "an unknown option is EINVAL");
}

static void set_host_name(void *arg)
{
	struct utsname u;

	(void)arg;
	CHECK(!sethostname("test-host", 9));
	CHECK(!uname(&u) && !strcmp(u.nodename, "test-host"));
	CHECK_ERR(syscall(SYS_sethostname, "x", -1), EINVAL);
	CHECK_ERR(syscall(SYS_sethostname, "x", 65), EINVAL);
	CHECK(!setresuid(1000, 1000, 1000));
	CHECK_ERR(sethostname("no", 2), EPERM);
}

static void machine(void)
{
	struct utsname u;
	struct sysinfo si;

	must(uname(&u));
	ok(!strcmp(u.machine, "riscv64"), "uname: the machine is riscv64");
	ok(!strcmp(u.sysname, "Linux"), "the system calls itself Linux");
	ok(atoi(u.release) >= 5 && strchr(u.release, '.'), "the release is a version number");
	is(child(set_host_name, NULL), 0, "sethostname sets what uname shows: EINVAL, EPERM");
	must(sethostname(u.nodename, strlen(u.nodename)));
	must(sysinfo(&si));
	ok(si.totalram * si.mem_unit >= 16 * MiB && si.freeram < si.totalram, "sysinfo: memory");
	ok(si.procs > 0 && si.uptime >= 0, "processes and uptime");
}

static void random_bytes(void)
{
	unsigned char a[300] = { 0 }, b[300] = { 0 };

	is(getrandom(a, sizeof(a), 0), sizeof(a), "getrandom gives what is asked for");
	is(getrandom(b, sizeof(b), GRND_NONBLOCK), sizeof(b), "GRND_NONBLOCK too, after boot");
	ok(memcmp(a, b, sizeof(a)), "other bytes each time");
	is(getrandom(a, 0, 0), 0, "none if none are asked for");
	fails(getrandom(a, 1, 0x100), EINVAL, "an unknown flag is EINVAL");
	is(getrandom(a, 16, GRND_RANDOM), 16, "GRND_RANDOM");
}

int main(void)
{
	resource_limits();
	priorities();
	affinity();
	process_controls();
	machine();
	random_bytes();
	return done();
}

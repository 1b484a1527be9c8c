// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many short processes: trees of forks, fork and exec, vfork and exec, orphans,
 * children killed while they fork; and that nothing is left over.
 */
#include "tap.h"
#include <sys/prctl.h>

/* A tree of @depth generations with two children each; sums the leaves. */
static int tree(int depth)
{
	int sum = 0;
	pid_t pid[2];

	if (!depth)
		return 1;
	for (int i = 0; i < 2; i++) {
		pid[i] = fork();
		CHECK(pid[i] >= 0);
		if (!pid[i])
			_exit(tree(depth - 1));
	}
	for (int i = 0; i < 2; i++)
		sum += reap(pid[i]);
	return sum;
}

static void run_tree(void *arg)
{
	_exit(tree((int)(long)arg));
}

/* Run this program with @code as its exit status. */
__attribute__((noinline)) static pid_t start(const char *code, bool by_vfork)
{
	pid_t pid = by_vfork ? vfork() : fork();

	if (!pid) {
		execl("/proc/self/exe", "forkstorm", code, (char *)NULL);
		_exit(200);
	}
	return pid;
}

static void exec_many(void)
{
	int bad = 0;

	for (int i = 0; i < 60; i++) {
		char code[10];

		snprintf(code, sizeof(code), "%d", i);
		bad += reap(start(code, i & 1)) != i;
	}
	is(bad, 0, "sixty times fork or vfork, exec, exit status");
}

static void exec_worker(void *arg)
{
	char code[10];

	snprintf(code, sizeof(code), "%d", 100 + (int)(long)arg);
	for (int i = 0; i < 15; i++)
		CHECK(reap(start(code, false)) == 100 + (int)(long)arg);
}

static void exec_parallel(void)
{
	pid_t pid[8];
	int bad = 0;

	for (long i = 0; i < 8; i++)
		pid[i] = spawn(exec_worker, (void *)i);
	for (int i = 0; i < 8; i++)
		bad += reap(pid[i]) != 0;
	is(bad, 0, "eight processes do so at once, fifteen times each");
}

/* Forks as fast as it can until it is killed with its whole group. */
static void breeder(void *arg)
{
	char *p = must(mmap(NULL, 64 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	(void)arg;
	setpgid(0, 0);
	memset(p, 1, 64 * PG);
	for (;;) {
		pid_t pid = fork();

		if (!pid) {
			memset(p, 2, 64 * PG);
			_exit(0);
		}
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
}

static void killed_breeders(void)
{
	int bad = 0, st;

	must(prctl(PR_SET_CHILD_SUBREAPER, 1));
	for (int i = 0; i < 20; i++) {
		pid_t pid = spawn(breeder, NULL);

		while (getpgid(pid) != pid)
			sched_yield();
		for (int j = 0; j < i * 20; j++)
			sched_yield();
		kill(-pid, SIGKILL);
		bad += waitpid(pid, &st, 0) != pid || st != SIGKILL;
		while (waitpid(-1, &st, 0) > 0)		/* orphans of it */
			kill(-pid, SIGKILL);
	}
	is(bad, 0, "twenty processes are killed in the middle of forking");
	fails(waitpid(-1, &st, 0), ECHILD, "and nobody is left over");
	must(prctl(PR_SET_CHILD_SUBREAPER, 0));
}

static long free_kb(void)
{
	char *s = slurp("/proc/meminfo"), *a = s ? strstr(s, "MemAvailable:") : NULL;
	long kb = a ? atol(a + 13) : -1;

	free(s);
	return kb;
}

static void toucher(void *arg)
{
	char *p = must(mmap(NULL, 256 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	memset(p, 1, 256 * PG);
	if (arg)
		raise(SIGKILL);
}

/* 300 processes of 1 MiB each must leave far less than that behind. */
static void leaks(void)
{
	long before, after;

	for (long i = 0; i < 20; i++)
		child(toucher, (void *)(i & 1));
	before = free_kb();
	for (long i = 0; i < 300; i++)
		child(toucher, (void *)(i & 1));
	after = free_kb();
	if (before < 0)
		skip("no MemAvailable", "memory comes back");
	else
		ok(before - after < 20 * 1024, "300 processes of 1 MiB, half of them killed, leave less than 20 MiB (%ld KiB)",
		   before - after);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return atoi(argv[1]);
	is(child(run_tree, (void *)7), 128, "a tree of 255 processes: 128 leaves");
	exec_many();
	exec_parallel();
	killed_breeders();
	leaks();
	return done();
}

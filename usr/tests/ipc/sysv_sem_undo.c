// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose SEM_UNDO is whose: lists that CLONE_SYSVSEM shares, lists of processes that are
 * killed, arrays that go before those who would give back.
 */
#include "tap.h"
#include <sys/ipc.h>
#include <sys/sem.h>

#define OP(n, o, f)	{ .sem_num = n, .sem_op = o, .sem_flg = f }
#define semops(id, ...) ({						\
	struct sembuf ops_[] = { __VA_ARGS__ };				\
	semop(id, ops_, ARRAY_SIZE(ops_)); })

static int the_id;

static void make(int n, int v)
{
	the_id = must(semget(IPC_PRIVATE, n, 0600));
	for (int i = 0; i < n; i++)
		must(semctl(the_id, i, SETVAL, v));
}

static int val(int n)
{
	return semctl(the_id, n, GETVAL);
}

static void rm(void)
{
	must(semctl(the_id, 0, IPC_RMID));
}

/* fork(), but with one undo list */
static pid_t fork_sharing(void)
{
	pid_t pid = syscall(SYS_clone, CLONE_SYSVSEM | SIGCHLD, 0, 0, 0, 0);

	CHECK(pid >= 0);
	return pid;
}

/* ---- shared lists; the value is 10 at first ---- */

static void take_one(void)
{
	CHECK(!semops(the_id, OP(0, -1, SEM_UNDO)));
}

static void sharer_exits(void *arg)
{
	(void)arg;
	if (!fork_sharing()) {
		take_one();
		_exit(0);
	}
	CHECK(!wait(NULL) || val(0) == 9);
}

static void sharers_balance(void *arg)
{
	pid_t pid;

	(void)arg;
	take_one();
	pid = fork_sharing();
	if (!pid) {
		/* what the one took the other gives back: nothing is left to undo */
		CHECK(!semops(the_id, OP(0, 1, SEM_UNDO)));
		_exit(0);
	}
	CHECK(reap(pid) == 0 && val(0) == 10);
}

static void sharer_leaves(void *arg)
{
	(void)arg;
	take_one();
	if (!fork_sharing()) {
		take_one();
		CHECK(!unshare(CLONE_SYSVSEM) && val(0) == 8);
		take_one();
		_exit(0);
	}
	/* its own new list is undone at its exit, the shared one is not */
	CHECK(wait(NULL) > 0 && val(0) == 8);
	CHECK(!unshare(CLONE_SYSVSEM) && val(0) == 10);
}

static void forked_does_not_share(void *arg)
{
	(void)arg;
	take_one();
	if (!fork()) {
		take_one();
		_exit(0);
	}
	CHECK(wait(NULL) > 0 && val(0) == 9);
}

static void exec_keeps(void *arg)
{
	(void)arg;
	take_one();
	execl("/bin/true", "true", NULL);
	_exit(1);
}

static void parent_goes_first(void *arg)
{
	const struct gate *g = arg;

	take_one();
	if (!fork_sharing()) {
		gate_pass(*g);
		take_one();
		_exit(0);
	}
}

static void wait_for_value(int v)
{
	double end = now() + 20;

	while (val(0) != v && now() < end)
		sched_yield();
}

static void sharing(void)
{
	struct gate g = gate_new();

	make(1, 10);
	is(child(sharer_exits, NULL), 0, "who shares a list undoes nothing at its exit");
	is(val(0), 10, "the last of them does");
	is(child(sharers_balance, NULL), 0, "all of them count in one list");
	is(val(0), 10, "which may come out even");
	is(child(sharer_leaves, NULL), 0, "unshare(CLONE_SYSVSEM) leaves it to the others");
	is(val(0), 10, "who undo it");
	is(child(forked_does_not_share, NULL), 0, "fork does not share");
	is(val(0), 10, "so each undoes its own");
	is(child(exec_keeps, NULL), 0, "exec keeps the list");
	is(val(0), 10, "until exit");
	is(child(parent_goes_first, &g), 0, "the parent may go first");
	is(val(0), 9, "and what it took stays taken");
	gate_open(g);
	wait_for_value(10);
	is(val(0), 10, "until the child goes");
	gate_free(g);
	rm();
}

/* ---- what cannot be given back as it was ---- */

static void gives_five(void *arg)
{
	(void)arg;
	CHECK(!semops(the_id, OP(0, 5, SEM_UNDO)));
	CHECK(!semctl(the_id, 0, SETVAL, 3));
	CHECK(!semops(the_id, OP(0, 5, SEM_UNDO)));
	CHECK(!semops(the_id, OP(0, -6, 0)));
}

static void many_arrays(int *id, int n)
{
	for (int i = 0; i < n; i++) {
		id[i] = must(semget(IPC_PRIVATE, 2, 0600));
		CHECK(!semops(id[i], OP(1, 3, SEM_UNDO)));
	}
}

static void array_goes_first(void *arg)
{
	int old = the_id, others[3];

	(void)arg;
	CHECK(!semctl(the_id, 0, SETVAL, 10));
	take_one();
	many_arrays(others, 3);
	rm();
	CHECK(!semctl(others[1], 0, IPC_RMID));
	make(1, 10);
	CHECK(the_id != old);
	take_one();
	CHECK(!semctl(others[0], 0, IPC_RMID) && !semctl(others[2], 0, IPC_RMID));
	rm();
}

static void limits(void *arg)
{
	(void)arg;
	CHECK(!semctl(the_id, 0, SETVAL, 0));
	CHECK(!semops(the_id, OP(0, 32767, SEM_UNDO)));
	CHECK(!semops(the_id, OP(0, -32767, 0)));
	CHECK(!semops(the_id, OP(0, 1, SEM_UNDO)));
	/* -32768 is all that can be remembered */
	CHECK_ERR(semops(the_id, OP(0, 1, SEM_UNDO)), ERANGE);
	CHECK(val(0) == 1);
}

static void bounds(void)
{
	make(1, 10);
	is(child(gives_five, NULL), 0, "what others have taken");
	is(val(0), 0, "cannot be undone below 0");
	is(child(array_goes_first, NULL), 0, "removed arrays have nothing to be undone");
	make(1, 10);
	is(child(limits, NULL), 0, "what cannot be undone is ERANGE");
	is(val(0), 0, "what can is");
	rm();
}

/* ---- killed ---- */

#define SEMS	5
#define TAKERS	12

static void taker(void *arg)
{
	uint64_t state = 77 + (long)arg;

	for (;;) {
		int a = rnd(&state, SEMS), b = rnd(&state, SEMS), n = 1 + rnd(&state, 3);

		CHECK(!semops(the_id, OP(a, -n, SEM_UNDO), OP(b, -1, SEM_UNDO)));
		CHECK(!semops(the_id, OP(b, 1, SEM_UNDO)));
		if (rnd(&state, 2))
			CHECK(!semops(the_id, OP(a, n, SEM_UNDO)));
		else
			while (n--)
				CHECK(!semops(the_id, OP(a, 1, SEM_UNDO)));
	}
}

static void killing(void)
{
	pid_t pid[TAKERS];
	int good = 0;

	make(SEMS, 8);
	for (long i = 0; i < TAKERS; i++)
		pid[i] = spawn(taker, (void *)i);
	for (int i = 0; i < TAKERS; i++) {
		double end = now() + 20;

		/* it has been at it just now */
		for (int n = 0; semctl(the_id, n, GETPID) != pid[i] && now() < end; n = (n + 1) % SEMS)
			sched_yield();
		must(kill(pid[i], SIGKILL));
		good += reap(pid[i]) == -SIGKILL;
	}
	is(good, TAKERS, "%d processes that take and give are killed one by one", TAKERS);
	good = 0;
	for (int i = 0; i < SEMS; i++)
		good += val(i) == 8;
	is(good, SEMS, "and all is given back");
	rm();
}

int main(void)
{
	sharing();
	bounds();
	killing();
	return done();
}

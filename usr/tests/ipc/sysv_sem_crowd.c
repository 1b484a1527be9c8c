// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many who wait in one semaphore set, with several operations each: who goes first, that
 * all go who can and nobody else, and that removal finds them all.
 */
#include "tap.h"
#include <sys/ipc.h>
#include <sys/sem.h>

#define OP(n, o, f)	{ .sem_num = n, .sem_op = o, .sem_flg = f }
#define semops(id, ...) ({						\
	struct sembuf ops_[] = { __VA_ARGS__ };				\
	semop(id, ops_, ARRAY_SIZE(ops_)); })

#define CROWD	200
#define SEMS	8		/* and one more, that holds all back */
#define GATE	SEMS

static int the_id;

static void make(int n)
{
	the_id = must(semget(IPC_PRIVATE, n, 0600));
}

static void rm(void)
{
	must(semctl(the_id, 0, IPC_RMID));
}

static int val(int n)
{
	return semctl(the_id, n, GETVAL);
}

static void set(int n, int v)
{
	must(semctl(the_id, n, SETVAL, v));
}

/* ---- order ---- */

struct wait {
	int n;
	struct sembuf ops[3];
};

static void waiter(void *arg)
{
	struct wait *w = arg;

	CHECK(!semop(the_id, w->ops, w->n));
}

static pid_t asleep(struct wait w)
{
	pid_t pid = spawn(waiter, &w);

	wait_state(pid, 'S');
	return pid;
}

#define ASLEEP(count, ...)	asleep((struct wait){ count, { __VA_ARGS__ } })

static void order(void)
{
	pid_t up, zero, early, giver, late;

	make(2);
	set(0, 1);
	up = ASLEEP(2, OP(0, 0, 0), OP(0, 5, 0));
	zero = ASLEEP(1, OP(0, 0, 0));
	must(semops(the_id, OP(0, -1, 0)));
	is(reap(zero), 0, "who only waits for zero sees it before somebody adds");
	is(reap(up), 0, "even who was there first");
	is(val(0), 5, "and adds then");

	set(0, 1);
	early = ASLEEP(1, OP(0, -2, 0));
	giver = ASLEEP(2, OP(1, -1, 0), OP(0, 1, 0));
	late = ASLEEP(1, OP(0, -2, 0));
	must(semops(the_id, OP(1, 1, 0)));
	is(reap(giver), 0, "one who could go lets another go");
	is(reap(early), 0, "the first in the queue");
	is(semctl(the_id, 0, GETNCNT), 1, "not the next");
	must(semops(the_id, OP(0, 2, 0)));
	is(reap(late), 0, "who waits for more");

	early = ASLEEP(1, OP(0, -3, 0));
	late = ASLEEP(1, OP(0, -1, 0));
	must(semops(the_id, OP(0, 2, 0)));
	is(reap(late), 0, "who wants too much does not hold up others");
	must(semops(the_id, OP(0, 2, 0)));
	is(reap(early), 0, "and goes when there is enough");
	rm();
}

/* ---- crowds ---- */

/* one of each of two neighbours, but only while the gate is open */
static void take_pair(long i, int flg)
{
	CHECK(!semops(the_id, OP(GATE, 0, 0), OP(i % SEMS, -1, flg), OP((i + 1) % SEMS, -1, flg)));
}

static void taker(void *arg)
{
	take_pair((long)arg, 0);
}

static void undoing_taker(void *arg)
{
	take_pair((long)arg, SEM_UNDO);
}

/* how many wait, for more or for zero */
static int waiting(void)
{
	int n = 0;

	for (int i = 0; i <= SEMS; i++)
		n += semctl(the_id, i, GETNCNT) + semctl(the_id, i, GETZCNT);
	return n;
}

static pid_t crowd[CROWD];

static bool gather(void (*fn)(void *), int n)
{
	double end = now() + 60;

	for (long i = 0; i < n; i++)
		crowd[i] = spawn(fn, (void *)i);
	for (int i = 0; i < n; i++)
		wait_state(crowd[i], 'S');
	while (waiting() < n && now() < end)
		sched_yield();
	return waiting() == n;
}

static int reap_crowd(int n)
{
	int good = 0;

	for (int i = 0; i < n; i++)
		good += !reap(crowd[i]);
	return good;
}

static bool values_are(int v)
{
	for (int i = 0; i < SEMS; i++)
		if (val(i) != v)
			return note("value %d is %d", i, val(i)), false;
	return true;
}

static void set_all(int v)
{
	for (int i = 0; i < SEMS; i++)
		set(i, v);
}

static void at_once(void)
{
	make(SEMS + 1);
	set_all(2 * CROWD / SEMS);
	set(GATE, 1);
	ok(gather(taker, CROWD), "%d wait for a gate", CROWD);
	must(semops(the_id, OP(GATE, -1, 0)));
	ok(values_are(0) && waiting() == 0, "when it opens all have gone through at once");
	is(reap_crowd(CROWD), CROWD, "and return");
	rm();
}

static void bit_by_bit(void)
{
	uint64_t state = 4242;
	int given[SEMS] = { 0 }, left = 2 * CROWD;

	make(SEMS + 1);
	ok(gather(taker, CROWD), "%d wait for two semaphores each", CROWD);
	while (left) {
		int i = rnd(&state, SEMS);

		if (given[i] == 2 * CROWD / SEMS)
			continue;
		must(semops(the_id, OP(i, 1, 0)));
		given[i]++, left--;
	}
	is(reap_crowd(CROWD), CROWD, "all go when there is just enough");
	ok(values_are(0), "which is used up");
	rm();
}

static void one_after_another(void)
{
	make(SEMS + 1);
	ok(gather(undoing_taker, CROWD), "%d wait for what there is but once", CROWD);
	set_all(1);
	is(reap_crowd(CROWD), CROWD, "each lets others go when its exit gives back");
	ok(values_are(1), "until all is there again");
	rm();
}

/* ---- removal ---- */

#define STIRRERS	6

static void shut_out(void *arg)
{
	long i = (long)arg;

	if (i & 1)
		CHECK_ERR(semops(the_id, OP(i % SEMS, -1, i & 2 ? SEM_UNDO : 0), OP(GATE, 0, 0)), EIDRM);
	else
		CHECK_ERR(semops(the_id, OP(GATE, 0, 0), OP(i % SEMS, 1, SEM_UNDO)), EIDRM);
}

/* The gate is never zero, but goes up and down, and some wait for it but briefly. */
static void stirrer(void *arg)
{
	struct sembuf zero = OP(GATE, 0, 0), down = OP(GATE, -1, SEM_UNDO), up = OP(GATE, 1, SEM_UNDO);
	struct timespec brief = { 0, 1000 * (long)arg };
	int err = 0;

	/* EINTR: the removal came with the end of the time, and Linux means neither */
	while (!err || err == EAGAIN || err == EINTR) {
		err = semtimedop(the_id, (long)arg & 1 ? &zero : &up, 1, &brief) ? errno : 0;
		if (!((long)arg & 1) && !err)
			err = semop(the_id, &down, 1) ? errno : 0;
	}
	CHECK(err == EIDRM || err == EINVAL);
}

static void removal(int n)
{
	pid_t pid[STIRRERS];
	int good = 0;

	make(SEMS + 1);
	set(GATE, 1);
	ok(gather(shut_out, n), "%d wait, %d more come and go", n, STIRRERS);
	for (long i = 0; i < STIRRERS; i++)
		pid[i] = spawn(stirrer, (void *)i);
	for (int i = 0; i < n; i += 5) {
		must(kill(crowd[i], SIGKILL));
		must_be(reap(crowd[i]) == -SIGKILL);
		crowd[i] = spawn(shut_out, (void *)(long)i);
	}
	/* the new ones are there too, or will find nothing */
	for (int i = 0; i < n; i += 5)
		wait_state(crowd[i], 'S');
	rm();
	for (int i = 0; i < STIRRERS; i++)
		good += !reap(pid[i]);
	is(good, STIRRERS, "they find out");
	is(reap_crowd(n), n, "all who wait get EIDRM");
}

int main(void)
{
	order();
	at_once();
	bit_by_bit();
	one_after_another();
	for (int i = 0; i < 3; i++)
		removal(CROWD / 4);
	removal(CROWD);
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * System V semaphores: semget, semop, semtimedop, semctl, SEM_UNDO, /proc/sysvipc/sem.
 */
#include "tap.h"
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/syscall.h>

#define KEY	0x56000002
#define OP(n, o, f)	{ .sem_num = n, .sem_op = o, .sem_flg = f }
#define semops(id, ...) ({						\
	struct sembuf ops_[] = { __VA_ARGS__ };				\
	semop(id, ops_, ARRAY_SIZE(ops_)); })

static int new_sem(int n)
{
	return must(semget(IPC_PRIVATE, n, 0600));
}

static int val(int id, int n)
{
	return semctl(id, n, GETVAL);
}

static void set(int id, int n, int v)
{
	must(semctl(id, n, SETVAL, v));
}

static void rm(int id)
{
	must(semctl(id, 0, IPC_RMID));
}

static void getting(void)
{
	int id, other;

	fails(semget(KEY, 1, 0600), ENOENT, "a key that nobody has is ENOENT");
	id = must(semget(KEY, 3, IPC_CREAT | 0600));
	is(semget(KEY, 2, 0600), id, "the key finds it");
	is(semget(KEY, 0, 0), id, "with 0 too");
	fails(semget(KEY, 4, 0600), EINVAL, "more than there are is EINVAL");
	fails(semget(KEY, 3, IPC_CREAT | IPC_EXCL | 0600), EEXIST, "IPC_EXCL is EEXIST");
	fails(semget(IPC_PRIVATE, 0, 0600), EINVAL, "a new set of none is EINVAL");
	fails(semget(IPC_PRIVATE, -1, 0600), EINVAL, "of -1 too");
	fails(semget(IPC_PRIVATE, 32001, 0600), EINVAL, "and of more than SEMMSL");
	rm(id);
	other = must(semget(KEY, 1, IPC_CREAT | 0600));
	ok(other != id, "a new one gets a new id");
	fails(semctl(id, 0, GETVAL), EINVAL, "and the old one is gone");
	rm(other);
}

static void operations(void)
{
	struct timespec soon = { 0, 10000000 }, bad = { 0, 1000000000 };
	struct sembuf op = OP(0, -1, 0), many[501] = {};
	int id = new_sem(3);

	is(semops(id, OP(0, 5, 0), OP(1, 2, 0)), 0, "two operations");
	ok(val(id, 0) == 5 && val(id, 1) == 2, "add");
	fails(semops(id, OP(0, -1, 0), OP(1, -3, IPC_NOWAIT)), EAGAIN, "what would wait is EAGAIN");
	is(val(id, 0), 5, "and changes nothing");
	fails(semops(id, OP(0, 0, IPC_NOWAIT)), EAGAIN, "nor is it zero");
	is(semops(id, OP(2, 0, 0), OP(2, 1, 0)), 0, "zero and up");
	fails(semops(id, OP(0, 32767, 0)), ERANGE, "beyond SEMVMX is ERANGE");
	fails(semops(id, OP(3, 1, 0)), EFBIG, "a semaphore that is not there is EFBIG");
	fails(semop(id, many, 501), E2BIG, "more than SEMOPM is E2BIG");
	set(id, 0, 0);
	is(semop(id, many, 500), 0, "500 are allowed");
	fails(semop(id, &op, 0), EINVAL, "none is EINVAL");
	fails(semop(id, NOTHING, 1), EFAULT, "at NULL is EFAULT");
	fails(semop(-1, &op, 1), EINVAL, "id -1 is EINVAL");
	set(id, 0, 0);
	is(syscall(SYS_semop, id, many, 500), 0, "semop as a system call, which the C library may not use");
	fails(semtimedop(id, &op, 1, &soon), EAGAIN, "a timeout is EAGAIN");
	fails(semtimedop(id, &op, 1, &bad), EINVAL, "a bad one is EINVAL");
	rm(id);
}

static int the_id;

static void waiter(void *arg)
{
	struct sembuf op = OP(0, 0, 0);

	op.sem_op = *(int *)arg;
	CHECK(!semop(the_id, &op, 1));
}

static void removed(void *arg)
{
	(void)arg;
	CHECK_ERR(semops(the_id, OP(0, -1, 0)), EIDRM);
}

static void nothing(int sig)
{
	(void)sig;
}

static void interrupted(void *arg)
{
	struct sigaction sa = { .sa_handler = nothing, .sa_flags = SA_RESTART };

	(void)arg;
	sigaction(SIGUSR1, &sa, NULL);
	CHECK_ERR(semops(the_id, OP(0, -1, 0)), EINTR);
}

static void waiting(void)
{
	int down = -2, zero = 0;
	pid_t pid;

	the_id = new_sem(1);
	pid = spawn(waiter, &down);
	wait_state(pid, 'S');
	is(semctl(the_id, 0, GETNCNT), 1, "GETNCNT counts who waits for more");
	is(semctl(the_id, 0, GETZCNT), 0, "GETZCNT does not");
	must(semops(the_id, OP(0, 1, 0)));
	is(val(the_id, 0), 1, "one is not enough");
	must(semops(the_id, OP(0, 1, 0)));
	is(reap(pid), 0, "two let it go");
	is(val(the_id, 0), 0, "and are gone");
	is(semctl(the_id, 0, GETPID), pid, "GETPID is who did it");
	set(the_id, 0, 1);
	pid = spawn(waiter, &zero);
	wait_state(pid, 'S');
	is(semctl(the_id, 0, GETZCNT), 1, "GETZCNT counts who waits for zero");
	must(semops(the_id, OP(0, -1, 0)));
	is(reap(pid), 0, "zero lets it go");
	pid = spawn(interrupted, NULL);
	wait_state(pid, 'S');
	must(kill(pid, SIGUSR1));
	is(reap(pid), 0, "a signal is EINTR");
	is(semctl(the_id, 0, GETNCNT), 0, "and nobody waits");
	pid = spawn(removed, NULL);
	wait_state(pid, 'S');
	rm(the_id);
	is(reap(pid), 0, "removal is EIDRM");
}

static void undoer(void *arg)
{
	(void)arg;
	CHECK(!semops(the_id, OP(0, -3, SEM_UNDO), OP(1, 2, SEM_UNDO), OP(2, 1, 0)));
}

static void undo_then_set(void *arg)
{
	undoer(arg);
	CHECK(!semctl(the_id, 0, SETVAL, 4));
}

static void undo_thread(void *arg)
{
	(void)arg;
	CHECK(!semops(the_id, OP(0, -1, SEM_UNDO)));
	CHECK(!unshare(CLONE_SYSVSEM));
	CHECK(val(the_id, 0) == 5);
}

static void undoing(void)
{
	the_id = new_sem(3);
	set(the_id, 0, 5);
	is(child(undoer, NULL), 0, "SEM_UNDO");
	ok(val(the_id, 0) == 5 && val(the_id, 1) == 0, "gives back at exit");
	is(val(the_id, 2), 1, "only what was said");
	is(child(undo_then_set, NULL), 0, "after SETVAL");
	ok(val(the_id, 0) == 4 && val(the_id, 1) == 0, "there is nothing of that one to undo");
	set(the_id, 0, 5);
	is(child(undo_thread, NULL), 0, "unshare(CLONE_SYSVSEM) undoes");
	fails(semops(the_id, OP(0, 32000, SEM_UNDO), OP(0, -32000, SEM_UNDO), OP(0, -32000, IPC_NOWAIT)), EAGAIN,
	      "what fails is taken back");
	is(val(the_id, 0), 5, "all of it");
	rm(the_id);
}

static void stranger(void *arg)
{
	struct semid_ds ds;
	int id = *(int *)arg;

	CHECK(!setresgid(1000, 1000, 1000) && !setresuid(1000, 1000, 1000));
	CHECK_ERR(semops(id, OP(0, 1, 0)), EACCES);
	CHECK(!semops(id, OP(0, 0, 0)));
	CHECK_ERR(semctl(id, 0, SETVAL, 1), EACCES);
	CHECK(semctl(id, 0, GETVAL) == 0);
	CHECK_ERR(semctl(id, 0, IPC_RMID), EPERM);
	CHECK(!semctl(id, 0, IPC_STAT, &ds));
	CHECK_ERR(semctl(id, 0, IPC_SET, &ds), EPERM);
}

static void controlling(void)
{
	unsigned short v[3] = { 1, 2, 3 }, got[3], big[3] = { 1, 40000, 1 };
	int id = must(semget(KEY, 3, IPC_CREAT | 0604));
	struct semid_ds ds;
	struct seminfo info;
	char want[96], *s;

	is(child(stranger, &id), 0, "others may what the mode says");
	is(semctl(id, 0, SETALL, v), 0, "SETALL");
	is(semctl(id, 0, GETALL, got), 0, "GETALL");
	ok(!memcmp(v, got, sizeof(v)), "gives it back");
	fails(semctl(id, 0, SETALL, big), ERANGE, "SETALL beyond SEMVMX is ERANGE");
	fails(semctl(id, 0, SETALL, NULL), EFAULT, "from NULL is EFAULT");
	fails(semctl(id, 0, SETVAL, -1), ERANGE, "SETVAL of -1 is ERANGE");
	fails(semctl(id, 3, SETVAL, 1), EINVAL, "of a semaphore that is not there EINVAL");
	fails(semctl(id, -1, GETVAL), EINVAL, "GETVAL too");
	fails(semctl(id, 0, 99), EINVAL, "an unknown command is EINVAL");
	is(semctl(id, 0, IPC_STAT, &ds), 0, "IPC_STAT");
	is(ds.sem_nsems, 3, "says how many");
	ok(labs(ds.sem_otime - time(NULL)) < 5 && labs(ds.sem_ctime - time(NULL)) < 5, "and when");
	ds.sem_perm.mode = 0660;
	is(semctl(id, 0, IPC_SET, &ds), 0, "IPC_SET");
	is(semctl(id & 0x7fff, 0, SEM_STAT, &ds), id, "SEM_STAT gives the id");
	is(ds.sem_perm.mode, 0660, "and the new mode");
	is(semctl(0, 0, IPC_INFO, &info), id & 0x7fff, "IPC_INFO gives the highest index");
	ok(info.semmsl == 32000 && info.semopm == 500 && info.semvmx == 32767, "and the limits");
	is(semctl(0, 0, SEM_INFO, &info), id & 0x7fff, "SEM_INFO too");
	ok(info.semusz == 1 && info.semaem == 3, "and what is in use");
	s = slurp("/proc/sysvipc/sem");
	snprintf(want, sizeof(want), "\n%10d %10d  %4o %10u %5u ", KEY, id, 0660, 3, 0);
	ok(s && strstr(s, want), "/proc/sysvipc/sem has a line of it");
	free(s);
	s = slurp("/proc/sys/kernel/sem");
	ok(s && !strcmp(s, "32000\t1024000000\t500\t32000\n"), "kernel/sem");
	free(s);
	rm(id);
}

int main(void)
{
	getting();
	operations();
	waiting();
	undoing();
	controlling();
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random system calls with hostile arguments by an ordinary user.  Nothing is
 * expected of them but that the machine goes on: the parent works as before,
 * and no memory is lost.
 *
 *	hostile [-s seed] [-n children] [-c calls of each] [-x call not to make]...
 *		[-d directory] [-v]
 */
#include "options.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/time.h>

#define RW	(PROT_READ | PROT_WRITE)

static struct options opt = { .seed = 12345, .n = 60 };
static uint64_t state;
static int calls = 2000;
static int unwanted[16], unwanted_len;
static unsigned long pool[64];
static int pool_len;

/* Not to be called: they end, multiply or replace the child, or trace it. */
static const int excluded[] = {
	SYS_exit, SYS_exit_group, SYS_clone, 435 /* clone3 */, SYS_execve, SYS_execveat,
	SYS_unshare, SYS_setns, SYS_ptrace, SYS_seccomp, SYS_reboot, SYS_kexec_load,
	SYS_rt_sigreturn, SYS_rt_sigsuspend, SYS_pivot_root,
	425, 426, 427 /* io_uring: kernel threads that outlive us */,
};

static void add(unsigned long v)
{
	if (pool_len < (int)ARRAY_SIZE(pool))
		pool[pool_len++] = v;
}

static void fill_pool(void)
{
	char *p = mmap(NULL, 16 * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *s = mmap(NULL, 4 * PG, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int fd = open("file", O_RDWR | O_CREAT, 0600), pfd[2];
	char *f;

	(void)!ftruncate(fd, 8 * PG);
	f = mmap(NULL, 8 * PG, RW, MAP_SHARED, fd, 0);
	(void)!pipe2(pfd, O_NONBLOCK);
	(void)!(open("/dev/zero", O_RDWR) + open(".", O_RDONLY) + open("/proc/self/maps", O_RDONLY) +
		open("/proc/self/mem", O_RDWR) + open("/dev/null", O_RDWR) + memfd_create("m", 2));
	mprotect(p + 4 * PG, PG, PROT_READ);
	mprotect(p + 6 * PG, PG, PROT_NONE);
	munmap(p + 8 * PG, PG);
	strcpy(p, "file"), strcpy(p + 100, "."), strcpy(p + 200, "/proc/self/fd/3");
	strcpy(p + 300, "dir/../../x"), memset(p + PG, 'n', 2 * PG);
	add(0), add(1), add(2), add(3), add(7), add(8), add(64), add(PG), add(-1UL), add(-2UL);
	add(-100UL), add(1UL << 31), add(1UL << 32), add(1UL << 63), add((1UL << 63) - 1);
	add(0x7fffffff), add(0xffffffff), add(1UL << 38), add((1UL << 38) - PG), add(1UL << 47);
	add(0xffffffff80000000UL), add(0xffffffd600000000UL), add(-PG), add(0x55aa55aa);
	add((unsigned long)p), add((unsigned long)p + 100), add((unsigned long)p + 200);
	add((unsigned long)p + 300), add((unsigned long)p + 4 * PG - 4), add((unsigned long)p + 4 * PG);
	add((unsigned long)p + 6 * PG), add((unsigned long)p + 8 * PG - 1), add((unsigned long)p + 8 * PG);
	add((unsigned long)s), add((unsigned long)s + PG + 1), add((unsigned long)f);
	add((unsigned long)f + 8 * PG - 8), add((unsigned long)f + 9 * PG), add(getpid());
	for (int i = 0; i < 12; i++)
		add(i);
}

static unsigned long argument(void)
{
	switch (rnd(&state, 8)) {
	case 0:
		return rnd(&state, 20);
	case 1:
		return 1UL << rnd(&state, 64);
	case 2:
		return rnd_next(&state);
	case 3:
		return pool[rnd(&state, pool_len)] + rnd(&state, 64) - 32;
	default:
		return pool[rnd(&state, pool_len)];
	}
}

static void nothing(int sig)
{
	(void)sig;
}

static void limit(int what, unsigned long n)
{
	struct rlimit rl = { n, n };

	setrlimit(what, &rl);
}

static void attacker(void *arg)
{
	struct itimerval it = { { 0, 10000 }, { 0, 10000 } };
	struct sigaction sa = { .sa_handler = nothing };
	int null = open("/dev/null", O_RDWR);

	state = opt.seed + (long)arg * 7919;
	dup2(null, 0), dup2(null, 1);
	if (!opt.verbose)
		dup2(null, 2);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	limit(RLIMIT_AS, 256 * MiB), limit(RLIMIT_FSIZE, MiB), limit(RLIMIT_CPU, 5);
	limit(RLIMIT_MEMLOCK, MiB), limit(RLIMIT_NOFILE, 200);
	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		_exit(1);
	fill_pool();
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL);	/* ends what blocks */
	for (int i = 0; i < calls; i++) {
		long nr = rnd(&state, 470), a[6], r;
		bool skipped = false;

		for (int j = 0; j < 6; j++)
			a[j] = argument();
		for (size_t j = 0; j < ARRAY_SIZE(excluded); j++)
			skipped |= nr == excluded[j];
		for (int j = 0; j < unwanted_len; j++)
			skipped |= nr == unwanted[j];
		if (skipped)
			continue;
		if (opt.verbose)
			dprintf(2, "# %ld(%lx, %lx, %lx, %lx, %lx, %lx)\n", nr, a[0], a[1], a[2], a[3], a[4], a[5]);
		r = syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
		(void)r;
	}
}

static long available_kb(void)
{
	char *s = slurp("/proc/meminfo"), *p = s ? strstr(s, "MemAvailable:") : NULL;
	long kb = p ? atol(p + 13) : -1;

	free(s);
	return kb;
}

/* Reap @pid, with SIGKILL when it takes longer than @seconds. */
static int reap_within(pid_t pid, double seconds)
{
	double end = now() + seconds;
	int st;

	while (waitpid(pid, &st, WNOHANG) == 0) {
		struct timespec ts = { 0, 1000000 };

		if (now() > end) {
			kill(pid, SIGKILL);
			kill(pid, SIGCONT);
			end += 5;
		}
		nanosleep(&ts, NULL);
	}
	return st;
}

static void ordinary(void *arg)
{
	int fd = make_file("ordinary", 10000, 'o'), p[2];
	char c;

	(void)arg;
	CHECK(file_byte(fd, 9999) == 'o');
	CHECK(!pipe(p) && write(p[1], "x", 1) == 1 && read(p[0], &c, 1) == 1 && c == 'x');
	CHECK(!unlink("ordinary"));
}

/* What System V queues, semaphores and shared memory the children made stays behind them. */
static void remove_ipc(void)
{
	struct msqid_ds msg;
	struct semid_ds sem;
	struct shmid_ds shm;
	struct msginfo msgs;
	struct seminfo sems;
	struct shminfo shms;
	int id;

	for (int i = msgctl(0, IPC_INFO, (void *)&msgs); i >= 0; i--)
		if ((id = msgctl(i, MSG_STAT, &msg)) >= 0)
			must(msgctl(id, IPC_RMID, NULL));
	for (int i = semctl(0, 0, IPC_INFO, &sems); i >= 0; i--)
		if ((id = semctl(i, 0, SEM_STAT, &sem)) >= 0)
			must(semctl(id, 0, IPC_RMID));
	for (int i = shmctl(0, IPC_INFO, (void *)&shms); i >= 0; i--)
		if ((id = shmctl(i, SHM_STAT, &shm)) >= 0)
			must(shmctl(id, IPC_RMID, NULL));
}

static void run(const char *fs)
{
	long before, after = 0;
	int exited = 0, killed = 0;

	must(chmod(".", 0777));
	umask(0);
	must_be(child(ordinary, NULL) == 0);
	for (long i = 0; i < 5; i++)	/* warm the caches */
		reap_within(spawn(attacker, (void *)i), 1);
	before = available_kb();
	for (long i = 0; i < opt.n; i++) {
		int st = reap_within(spawn(attacker, (void *)i), 1);

		WIFEXITED(st) ? exited++ : killed++;
	}
	ok(true, "%s: %ld children made random calls: %d came to their end, %d were killed", fs,
	   opt.n, exited, killed);
	is(child(ordinary, NULL), 0, "%s: the machine goes on", fs);
	remove_ipc();
	after = available_kb();
	if (before < 0)
		skip("no MemAvailable", "%s: no memory is lost", fs);
	else
		ok(before - after < 24 * 1024, "%s: no memory is lost (%ld KiB)", fs, before - after);
}

static void call_options(int c)
{
	if (c == 'c')
		calls = atoi(optarg);
	else if (unwanted_len < (int)ARRAY_SIZE(unwanted))
		unwanted[unwanted_len++] = atoi(optarg);
}

int main(int argc, char **argv)
{
	get_options(&opt, argc, argv, "c:x:", call_options);
	run_in(opt.dir, run);
	return done();
}

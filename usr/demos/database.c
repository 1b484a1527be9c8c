// SPDX-License-Identifier: GPL-2.0-only
/*
 * database: accounts in a mapped file, between which several processes move money, and
 * which is whole again after any of them was killed at any moment. A robust mutex in the
 * file tells the next owner that the last one died; what it left half done is undone
 * from a record that it wrote before it began.
 */
#include "demo.h"
#include <pthread.h>
#include <signal.h>

#define FILE_NAME	DISK_FILE("database")
#define ACCOUNTS	64
#define BALANCE		1000
#define WORKERS		4
#define KILLS		40

struct database {
	pthread_mutex_t mutex;
	struct {			/* what to put back if the owner dies */
		uint32_t valid, a, b;
		int64_t old_a, old_b;
	} undo;
	uint64_t transfers, recoveries;
	int64_t balance[ACCOUNTS];
};

/* The order of stores counts: a killed process stops between any two instructions. */
#define THEN() __atomic_signal_fence(__ATOMIC_SEQ_CST)

static void recover(struct database *d)
{
	if (d->undo.valid) {
		d->balance[d->undo.a] = d->undo.old_a;
		d->balance[d->undo.b] = d->undo.old_b;
		THEN();
		d->undo.valid = 0;
	}
	d->recoveries++;
}

static void take(struct database *d)
{
	int err = pthread_mutex_lock(&d->mutex);

	if (err == EOWNERDEAD) {
		recover(d);
		err = pthread_mutex_consistent(&d->mutex);
	}
	HOLDS(!err);
}

static void transfer(struct database *d, uint32_t a, uint32_t b, int64_t amount)
{
	take(d);
	d->undo.a = a;
	d->undo.b = b;
	d->undo.old_a = d->balance[a];
	d->undo.old_b = d->balance[b];
	THEN();
	d->undo.valid = 1;
	THEN();
	d->balance[a] -= amount;
	THEN();
	d->balance[b] += amount;
	THEN();
	d->undo.valid = 0;
	d->transfers++;
	pthread_mutex_unlock(&d->mutex);
}

static int64_t total(const struct database *d)
{
	int64_t sum = 0;

	for (int i = 0; i < ACCOUNTS; i++)
		sum += d->balance[i];
	return sum;
}

/* A worker maps the file anew: it shares nothing else with the others. */
static pid_t start_worker(unsigned int seed)
{
	pid_t pid = fork();

	HOLDS(pid >= 0);
	if (!pid) {
		struct database *d = map_file(FILE_NAME, sizeof(*d));

		for (;;) {
			uint32_t a = rand_r(&seed) % ACCOUNTS, b = rand_r(&seed) % ACCOUNTS;

			if (a != b)
				transfer(d, a, b, rand_r(&seed) % 100);
		}
	}
	return pid;
}

static void kill_worker(pid_t pid)
{
	int status;

	HOLDS(!kill(pid, SIGKILL) && waitpid(pid, &status, 0) == pid);
	HOLDS(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static struct database *create(void)
{
	pthread_mutexattr_t attr;
	struct database *d;

	unlink(FILE_NAME);
	d = map_file(FILE_NAME, sizeof(*d));
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	HOLDS(!pthread_mutex_init(&d->mutex, &attr));
	for (int i = 0; i < ACCOUNTS; i++)
		d->balance[i] = BALANCE;
	return d;
}

int main(void)
{
	struct database *d = create(), on_file;
	pid_t worker[WORKERS];
	int fd;

	for (int i = 0; i < WORKERS; i++)
		worker[i] = start_worker(i + 1);
	for (int i = 0; i < KILLS; i++) {
		uint64_t before = d->transfers;

		while (__atomic_load_n(&d->transfers, __ATOMIC_RELAXED) < before + 50)
			sleep_ms(1);
		if (i == KILLS / 2)
			telling_moment("the workers and their parent, over one file");
		kill_worker(worker[i % WORKERS]);
		worker[i % WORKERS] = start_worker(100 + i);
	}
	for (int i = 0; i < WORKERS; i++)
		kill_worker(worker[i]);
	take(d);
	pthread_mutex_unlock(&d->mutex);
	printf("%lu transfers by %d processes at a time; %d were killed.\n", d->transfers, WORKERS,
	       KILLS + WORKERS);
	printf("%lu died with the lock; who came next put their accounts right.\n", d->recoveries);

	fd = open(FILE_NAME, O_RDONLY);
	HOLDS(fd >= 0 && read(fd, &on_file, sizeof(on_file)) == sizeof(on_file));
	printf("The accounts in the file sum up to %ld, as at the start.\n", total(&on_file));
	HOLDS(total(&on_file) == ACCOUNTS * BALANCE && !memcmp(on_file.balance, d->balance, sizeof(d->balance)));
	unlink(FILE_NAME);
	return 0;
}

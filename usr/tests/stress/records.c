// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several processes on one file of checksummed records: some use read and
 * write, some map it; all under a lock in the file itself.  Meanwhile one
 * process syncs, and some are killed and started anew.
 */
#include "tap.h"
#include <linux/futex.h>
#include <stddef.h>

#define RECORDS	64
#define WORKERS	4

struct record {
	uint64_t seq, who, body[60], sum;
} __attribute__((aligned(512)));

struct file {
	volatile uint32_t lock[RECORDS];
	char pad[PG - RECORDS * 4];
	struct record rec[RECORDS];
};

static struct file *map;
static int fd;

static uint64_t sum_of(const struct record *r)
{
	uint64_t s = r->seq * 3 + r->who * 5;

	for (int i = 0; i < 60; i++)
		s = s * 1000003 + r->body[i];
	return s;
}

static void lock(volatile uint32_t *w)
{
	uint32_t c = 0;

	if (__atomic_compare_exchange_n(w, &c, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return;
	while (__atomic_exchange_n(w, 2, __ATOMIC_ACQUIRE) != 0)
		syscall(SYS_futex, w, FUTEX_WAIT, 2, NULL, NULL, 0);
}

static void unlock(volatile uint32_t *w)
{
	if (__atomic_exchange_n(w, 0, __ATOMIC_RELEASE) == 2)
		syscall(SYS_futex, w, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static off_t pos_of(int i)
{
	return offsetof(struct file, rec) + i * sizeof(struct record);
}

/* Odd workers read and write, even ones use the mapping. */
static void worker(void *arg)
{
	long me = (long)arg;
	uint64_t s = me + 1;

	for (int n = 0; n < 500; n++) {
		int i = rnd(&s, RECORDS);
		struct record r;

		lock(&map->lock[i]);
		if (me & 1)
			CHECK(pread(fd, &r, sizeof(r), pos_of(i)) == sizeof(r));
		else
			r = map->rec[i];
		CHECK(r.sum == sum_of(&r));
		r.seq++;
		r.who = me;
		for (int j = 0; j < 60; j++)
			r.body[j] = rnd_next(&s);
		r.sum = sum_of(&r);
		if (me & 1)
			CHECK(pwrite(fd, &r, sizeof(r), pos_of(i)) == sizeof(r));
		else
			map->rec[i] = r;
		unlock(&map->lock[i]);
	}
}

static void syncer(void *arg)
{
	volatile int *stop = arg;

	while (!*stop) {
		CHECK(!msync(map, sizeof(*map), MS_SYNC));
		CHECK(!fsync(fd));
		CHECK(!fdatasync(fd));
	}
}

/* Reads without the lock must give one byte after the other, if mixed ones. */
static void bystander(void *arg)
{
	volatile int *stop = arg;
	struct record r;

	while (!*stop) {
		char *p = mmap(NULL, sizeof(*map), PROT_READ, MAP_PRIVATE, fd, 0);

		CHECK(p != MAP_FAILED);
		for (int i = 0; i < RECORDS; i++) {
			CHECK(pread(fd, &r, sizeof(r), pos_of(i)) == sizeof(r));
			CHECK(((struct file *)p)->rec[i].seq >= r.seq);
		}
		CHECK(!munmap(p, sizeof(*map)));
	}
}

static void both(const char *fs)
{
	volatile int *stop = shared_alloc(PG);
	pid_t pid[WORKERS], sync_pid, by_pid;
	uint64_t total = 0;
	int bad = 0;

	fd = must(open("records", O_RDWR | O_CREAT | O_TRUNC, 0644));
	must(ftruncate(fd, sizeof(struct file)));
	map = must(mmap(NULL, sizeof(*map), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	for (int i = 0; i < RECORDS; i++)
		map->rec[i].sum = sum_of(&map->rec[i]);
	sync_pid = spawn(syncer, (void *)stop);
	by_pid = spawn(bystander, (void *)stop);
	for (long i = 0; i < WORKERS; i++)
		pid[i] = spawn(worker, (void *)i);
	for (int i = 0; i < WORKERS; i++)
		bad += reap(pid[i]) != 0;
	*stop = 1;
	bad += reap(sync_pid) != 0;
	is(bad, 0, "%s: two processes with read and write, two by mapping, one syncing: no record is ever wrong", fs);
	is(reap(by_pid), 0, "%s: a bystander's fresh mapping is never older than what it has read", fs);
	for (int i = 0; i < RECORDS; i++) {
		struct record r;

		must_be(pread(fd, &r, sizeof(r), pos_of(i)) == sizeof(r));
		bad += r.sum != sum_of(&r) || memcmp(&r, &map->rec[i], sizeof(r));
		total += r.seq;
	}
	is(bad, 0, "%s: at the end file and mapping agree", fs);
	is(total, WORKERS * 500, "%s: and no update is lost", fs);
	must(munmap(map, sizeof(*map)));
	close(fd);
}

int main(void)
{
	on_both(both);
	return done();
}

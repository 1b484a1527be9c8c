// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that a device or another process is using, against fork: an O_DIRECT
 * read or process_vm_writev into private memory arrives in the page that the
 * process sees, though a fork and a store to that page came in between; and a
 * page that is pinned for reading is not shared with a child any more.
 */
#include "tap.h"
#include <pthread.h>
#include <sys/uio.h>

#define RW	(PROT_READ | PROT_WRITE)
#define PAGES	64UL
#define SECTOR	512UL
#define LEN	(PAGES * PG - 2 * SECTOR)	/* leaves a sector at both ends to others */
#define ROUNDS	60

static char *buf;		/* PAGES private pages */

/* a second thread forks, and stores beside the target, as long as the first transfers */
struct race {
	int round;		/* odd: running */
	int forks;
	bool stop;
};

static void *forker(void *arg)
{
	struct race *r = arg;

	while (!__atomic_load_n(&r->stop, __ATOMIC_ACQUIRE)) {
		pid_t pid;

		if (!(__atomic_load_n(&r->round, __ATOMIC_ACQUIRE) & 1)) {
			sched_yield();
			continue;
		}
		pid = fork();
		if (!pid)
			_exit(0);
		/* the first store after a fork is what copies */
		buf[0]++;
		buf[PAGES * PG - 1]++;
		if (pid > 0)
			reap(pid);
		__atomic_add_fetch(&r->forks, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* @transfer fills LEN bytes at @to with @c. Return: rounds in which some did not arrive. */
static int race(bool (*transfer)(char *to, int c))
{
	struct race r = { 0 };
	int lost = 0, before;
	pthread_t t;

	must_be(!pthread_create(&t, NULL, forker, &r));
	for (int i = 0; i < ROUNDS; i++) {
		int c = 'a' + i % 26;

		memset(buf + SECTOR, '-', LEN);
		before = __atomic_load_n(&r.forks, __ATOMIC_RELAXED);
		__atomic_add_fetch(&r.round, 1, __ATOMIC_RELEASE);
		must_be(transfer(buf + SECTOR, c));
		/* a fork and its store at least */
		while (__atomic_load_n(&r.forks, __ATOMIC_RELAXED) == before)
			sched_yield();
		__atomic_add_fetch(&r.round, 1, __ATOMIC_RELEASE);
		for (size_t n = 0; n < LEN; n++)
			if (buf[SECTOR + n] != c) {
				note("round %d: byte %zu of %lu is old", i, n, LEN);
				lost++;
				break;
			}
	}
	__atomic_store_n(&r.stop, true, __ATOMIC_RELEASE);
	pthread_join(t, NULL);
	return lost;
}

static int direct = -1;		/* a file: PAGES pages of each letter */

static bool by_device(char *to, int c)
{
	return pread(direct, to, LEN, (c - 'a') * PAGES * PG) == (ssize_t)LEN;
}

static void make_letters(void)
{
	int fd = must(open("letters", O_RDWR | O_CREAT, 0600));
	char *page = must(mmap(NULL, PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	for (int c = 'a'; c <= 'z'; c++) {
		memset(page, c, PG);
		for (size_t i = 0; i < PAGES; i++)
			must_be(write(fd, page, PG) == (ssize_t)PG);
	}
	must(fsync(fd));
	must(munmap(page, PG));
	close(fd);
}

/* a child that writes into our memory, from pages of a file that must be read first */
struct writer {
	struct gate go, done;
	char *at;		/* in the parent */
	int letter;
};
static struct writer *writer;

static void write_remotely(void *arg)
{
	int fd = must(open("letters", O_RDONLY));
	pid_t parent = getppid();

	(void)arg;
	for (;;) {
		off_t pos;
		char *from;

		gate_pass(writer->go);
		if (!writer->letter)
			return;
		pos = (writer->letter - 'a') * PAGES * PG;
		posix_fadvise(fd, pos, PAGES * PG, POSIX_FADV_DONTNEED);
		from = must(mmap(NULL, PAGES * PG, PROT_READ, MAP_SHARED, fd, pos));
		CHECK(process_vm_writev(parent, &(struct iovec){ from, LEN }, 1,
					&(struct iovec){ writer->at, LEN }, 1, 0) == (ssize_t)LEN);
		must(munmap(from, PAGES * PG));
		gate_open(writer->done);
	}
}

static bool by_process(char *to, int c)
{
	writer->at = to;
	writer->letter = c;
	gate_open(writer->go);
	gate_pass(writer->done);
	return true;
}

static void lost_to_fork(void)
{
	pid_t pid;

	writer = shared_alloc(PG);
	writer->go = gate_new();
	writer->done = gate_new();
	pid = spawn(write_remotely, NULL);
	is(race(by_process), 0, "what process_vm_writev writes is seen, forks and stores or not");
	writer->letter = 0;
	gate_open(writer->go);
	is(reap(pid), 0, "the writer is content");
	direct = open("letters", O_RDONLY | O_DIRECT);
	if (direct < 0) {
		skip("no O_DIRECT here", "O_DIRECT reads against fork");
		return;
	}
	is(race(by_device), 0, "what an O_DIRECT read brings is seen, forks and stores or not");
	close(direct);
}

static uint64_t frame(const void *p)
{
	int fd = must(open("/proc/self/pagemap", O_RDONLY));
	uint64_t e;

	must_be(pread(fd, &e, 8, (unsigned long)p / PG * 8) == 8);
	close(fd);
	return e & ((1ULL << 55) - 1);
}

static void keep(void *arg)
{
	gate_pass(*(struct gate *)arg);
}

/* a reader pins: the page must be ours alone, since what we store next is to be read */
static void unshared(void)
{
	int fd = open("out", O_RDWR | O_CREAT | O_DIRECT, 0600);
	struct gate g = gate_new();
	uint64_t before, mine;
	pid_t pid;

	if (fd < 0) {
		skip("no O_DIRECT here", "O_DIRECT writes from shared pages");
		return;
	}
	must(ftruncate(fd, PG));
	must_be(pwrite(fd, buf, PG, 0) == (ssize_t)PG);
	memset(buf, 'u', PG);
	before = frame(buf);
	pid = spawn(keep, &g);
	is(frame(buf), before, "a child does not move its parent's pages");
	is(pwrite(fd, buf, PG, 0), PG, "O_DIRECT write from a page that a child has too");
	mine = frame(buf);
	ok(mine != before, "the writer has a page of its own then");
	buf[0]++;
	is(frame(buf), mine, "and keeps it with the next store");
	gate_open(g);
	reap(pid);
	close(fd);
	fd = must(open("out", O_RDONLY));
	is(file_byte(fd, 0), 'u', "the file has what was there");
	close(fd);
}

int main(void)
{
	buf = must(mmap(NULL, PAGES * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	work_in(DISK);
	make_letters();
	lost_to_fork();
	unshared();
	return done();
}

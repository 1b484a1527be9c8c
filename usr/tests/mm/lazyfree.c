// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_FREE: the pages stay until memory is short, are shown as LazyFree, and a
 * store before that makes them ordinary again; under pressure they become zeros,
 * and what was stored to since survives.
 */
#include "tap.h"
#include <sys/uio.h>

#define RW	(PROT_READ | PROT_WRITE)
#define PAGES	512UL
#define BATCH	64	/* pages that may be on their way between lists, per hart */

static char *anon(size_t n)
{
	return must(mmap(NULL, n * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

/* LazyFree of the area at @p, in pages */
static long lazy_pages(const void *p)
{
	char *text = slurp("/proc/self/smaps"), line[64], *at;
	long kb = -1;

	must_be(text);
	snprintf(line, sizeof(line), "%lx-", (unsigned long)p);
	at = strstr(text, line);
	at = at ? strstr(at, "LazyFree:") : NULL;
	if (at)
		kb = atol(at + strlen("LazyFree:"));
	free(text);
	return kb < 0 ? -1 : kb / 4;
}

static void errors(void)
{
	int fd = make_file("f", 2 * PG, 'f');
	char *shared = shared_alloc(PG), *p = anon(3);
	char *priv = must(mmap(NULL, PG, RW, MAP_PRIVATE, fd, 0));
	char *file = must(mmap(NULL, PG, RW, MAP_SHARED, fd, 0));

	fails(madvise(shared, PG, MADV_FREE), EINVAL, "shared memory: EINVAL");
	fails(madvise(file, PG, MADV_FREE), EINVAL, "a shared file: EINVAL");
	priv[0] = 'p';
	fails(madvise(priv, PG, MADV_FREE), EINVAL, "a private file, even a page stored to: EINVAL");
	is(priv[0], 'p', "it keeps its content");
	fails(madvise(p + 1, PG, MADV_FREE), EINVAL, "an unaligned address: EINVAL");
	must(mlock(p + PG, PG));
	memset(p, 'l', 3 * PG);
	fails(madvise(p, 3 * PG, MADV_FREE), EINVAL, "locked memory: EINVAL");
	is(p[PG], 'l', "it keeps its content, too");
	must(munlock(p + PG, PG));
	works(madvise(p, 3 * PG, MADV_FREE), "unlocked again it works");
	must(mprotect(p, PG, PROT_NONE));
	works(madvise(p, PG, MADV_FREE), "without any right to it, too");
	must(munmap(p + PG, PG));
	fails(madvise(p, 3 * PG, MADV_FREE), ENOMEM, "with a gap: ENOMEM");
	works(madvise(p, 0, MADV_FREE), "of nothing: works");
	must(munmap(p, 3 * PG)), must(munmap(shared, PG));
	must(munmap(priv, PG)), must(munmap(file, PG));
	close(fd);
}

/* nobody needs the memory, so nothing is lost */
static void no_pressure(void)
{
	char *p = anon(PAGES);
	long before = vm_counter("pglazyfree");
	pid_t pid;

	memset(p, 'k', PAGES * PG);
	is(lazy_pages(p), 0, "LazyFree of memory in use is 0");
	works(madvise(p, PAGES * PG, MADV_FREE), "MADV_FREE of %lu pages", PAGES);
	ok(lazy_pages(p) >= (long)PAGES - BATCH, "smaps shows them as LazyFree");
	ok(vm_counter("pglazyfree") - before >= (long)PAGES - BATCH, "vmstat counts pglazyfree");
	ok(all_bytes(p, 'k', PAGES * PG), "they keep their content while memory is free");
	ok(lazy_pages(p) >= (long)PAGES - BATCH, "reading them changes nothing");
	memset(p, 'w', PAGES / 2 * PG);
	ok(lazy_pages(p) <= (long)PAGES / 2, "pages stored to are not LazyFree any more");
	must_be(process_vm_writev(getpid(), &(struct iovec){ (char[]){ "x" }, 1 }, 1,
				  &(struct iovec){ p + (PAGES - 1) * PG, 1 }, 1, 0) == 1);
	ok(lazy_pages(p) < (long)PAGES / 2, "neither are those that another wrote to");
	works(madvise(p, PAGES * PG, MADV_FREE), "again");
	ok(lazy_pages(p) >= (long)PAGES - BATCH, "all are LazyFree again");
	pid = fork();
	if (!pid) {
		CHECK(all_bytes(p, 'w', PAGES / 2 * PG));
		memset(p, 'c', PAGES * PG);
		_exit(0);
	}
	is(reap(pid), 0, "a child has the content too");
	ok(all_bytes(p, 'w', PAGES / 2 * PG), "its stores are not seen here");
	works(madvise(p, PAGES * PG, MADV_DONTNEED), "MADV_DONTNEED after MADV_FREE");
	ok(all_bytes(p, 0, PAGES * PG), "frees at once");
	must(munmap(p, PAGES * PG));
}

/* fill memory, as the first to be killed, until reclaim has taken @want pages more */
struct hog {
	long want;
};

static void fill_memory(void *arg)
{
	struct hog *h = arg;
	int fd = must(open("/proc/self/oom_score_adj", O_WRONLY));

	must_be(write(fd, "1000", 4) == 4);
	while (vm_counter("pglazyfreed") < h->want) {
		char *p = mmap(NULL, MiB, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		CHECK(p != MAP_FAILED);
		memset(p, 'h', MiB);
	}
}

static void pressure(void)
{
	int adj = must(open("/proc/self/oom_score_adj", O_WRONLY)), st;
	struct hog h = { vm_counter("pglazyfreed") + (long)PAGES / 4 };
	char *p = anon(PAGES), *kept = anon(PAGES);
	int zero = 0, other = 0, wrong = 0;

	must_be(write(adj, "-1000", 5) == 5);
	memset(p, 'q', PAGES * PG);
	memset(kept, 'r', PAGES * PG);
	must(madvise(p, PAGES * PG, MADV_FREE));
	must(madvise(kept, PAGES * PG, MADV_FREE));
	/* every second one is used again */
	for (size_t i = 0; i < PAGES; i += 2)
		p[i * PG + i] = 'Q';
	memset(kept, 's', PAGES * PG);
	st = child(fill_memory, &h);
	ok(st == 0 || st == -SIGKILL, "another process fills the memory");
	for (size_t i = 0; i < PAGES; i++) {
		char *at = p + i * PG;

		if (!(i & 1))
			wrong += at[i] != 'Q' || at[(i + 1) % PG] != 'q' || at[PG - 1] != 'q';
		else if (at[0] == 0 && all_bytes(at, 0, PG))
			zero++;
		else
			other += at[0] != 'q' || !all_bytes(at, 'q', PG);
	}
	ok(zero >= (int)PAGES / 8, "pages freed lazily are taken then (%d), and read as zeros", zero);
	is(other, 0, "each of the others has its content whole");
	is(wrong, 0, "pages stored to since survive, all of each");
	ok(all_bytes(kept, 's', PAGES * PG), "also those stored to as a whole");
	p[PG] = 'n';
	is(p[PG], 'n', "a page taken away can be used again");
	must_be(write(adj, "0", 1) == 1);
	close(adj);
	must(munmap(p, PAGES * PG)), must(munmap(kept, PAGES * PG));
}

/* reclaim among stores: a value written is never lost */
static void torn(void)
{
	struct hog h = { vm_counter("pglazyfreed") + 64 };
	char *p = anon(PAGES);
	int adj = must(open("/proc/self/oom_score_adj", O_WRONLY)), lost = 0;
	unsigned char round = 0;
	pid_t pid;

	must_be(write(adj, "-1000", 5) == 5);
	pid = spawn(fill_memory, &h);
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		round++;
		for (size_t i = 0; i < PAGES; i++)
			p[i * PG] = round;
		must(madvise(p, PAGES * PG, MADV_FREE));
		for (size_t i = 0; i < PAGES; i++)
			p[i * PG + 8] = round;
		for (size_t i = 0; i < PAGES; i++)
			lost += p[i * PG + 8] != (char)round;
	}
	is(lost, 0, "what is stored after MADV_FREE is there in %d rounds, whatever reclaim does", round);
	must_be(write(adj, "0", 1) == 1);
	close(adj);
	must(munmap(p, PAGES * PG));
}

int main(void)
{
	work_in(DISK);
	errors();
	no_pressure();
	pressure();
	torn();
	return done();
}

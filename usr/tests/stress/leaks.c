// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nothing is leaked: rounds of this suite's own programs, and the figures of /proc
 * before and after.
 *
 *	leaks [-n rounds] [-v]		or the environment's ROUNDS; 50 without
 *
 * Each round runs one program of the list below, in turn. Before the first and
 * after the last figure caches are dropped, and the machine is given time to free
 * what waits for its turn. Some rounds go before the first figures, so that what
 * is made once (page tables of the kernel, slabs, directories) is there.
 *
 * Bounds: free memory may be MEM_SLACK pages less, for slabs that are partly used
 * and lists per hart; of each kind of object there may be OBJ_SLACK more, or
 * OBJ_SLACK_VAGUE where slabinfo counts free objects in a hart's slabs as used. A
 * leak of one page or object a round exceeds these at a thousand rounds, and one of
 * an object per call, as most are, at fifty.
 */
#include "tap.h"
#include <libgen.h>
#include <sys/prctl.h>

#define MEM_SLACK	512L		/* pages */
#define OBJ_SLACK	48L
#define OBJ_SLACK_VAGUE	500L

static const char *const programs[] = {
	"mm/exec_map", "mm/memfd", "mm/mmap_anon", "mm/mmap_errno", "mm/mmap_private",
	"mm/mmap_shared", "mm/mprotect", "mm/mremap", "mm/munmap", "mm/advice",
	"mm/remap_pages", "mm/rlimits", "mm/procmem", "mm/labs", "fs/links", "fs/rename",
	"ipc/pipe", "proc/fork", "mm/userfaultfd", "mm/userfaultfd_missing",
	"mm/userfaultfd_minor", "mm/userfaultfd_wp", "mm/userfaultfd_end",
	"mm/userfaultfd_events", "mm/pinned", "mm/lazyfree", "mm/mlocked", "mm/matrix",
	"mm/process_madvise", "mm/unmap_threads", "ipc/sysv_shm", "ipc/sysv_sem",
	"ipc/sysv_sem_undo", "ipc/sysv_msg", "ipc/eventfd", "ipc/epoll", "proc/pidfd",
	"time/timerfd", "time/timers", "fs/direct", "mm/seal", "mm/cachestat",
};

/* In Linux's names; where they differ here, both. */
static const char *const caches[] = {
	"vm_area_struct", "anon_vma", "anon_vma_chain", "mm_struct", "task_struct",
	"signal_struct", "sighand_struct", "files_struct", "files_cache", "fs_struct", "fs_cache",
	"filp", "dentry", "inode_cache", "ext2_inode", "ext2_inode_cache", "ext4_inode_cache",
	"shmem_inode_cache", "pid", "file_lock", "file_lock_cache", "sigqueue",
};

struct figures {
	long free_pages;
	long objects[ARRAY_SIZE(caches)];	/* -1: there is no such cache */
};

static bool verbose;
static long obj_slack = OBJ_SLACK;

static long field(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *p = text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (!strncmp(p, key, len) && (p[len] == ' ' || p[len] == ':'))
			return strtol(p + len + 1, NULL, 10);
	}
	return -1;
}

static void look(struct figures *f)
{
	char *mem = slurp("/proc/meminfo"), *slab = slurp("/proc/slabinfo");

	must_be(mem);
	f->free_pages = field(mem, "MemFree") / 4;
	for (size_t i = 0; i < ARRAY_SIZE(caches); i++)
		f->objects[i] = slab ? field(slab, caches[i]) : -1;
	free(mem), free(slab);
}

static long files_in_use(void)
{
	char *slab = slurp("/proc/slabinfo");
	long n = slab ? field(slab, "filp") : -1;

	free(slab);
	return n;
}

/* Does slabinfo count what is in use? Then a hundred files are a hundred more. */
static bool exact_figures(void)
{
	long before = files_in_use(), more;
	int fd[100];

	for (size_t i = 0; i < ARRAY_SIZE(fd); i++)
		fd[i] = must(open("/dev/null", O_RDONLY));
	more = files_in_use() - before;
	for (size_t i = 0; i < ARRAY_SIZE(fd); i++)
		close(fd[i]);
	return labs(more - (long)ARRAY_SIZE(fd)) < 5;
}

static bool grown(const struct figures *a, const struct figures *b)
{
	bool bad = a->free_pages - b->free_pages > MEM_SLACK;

	for (size_t i = 0; i < ARRAY_SIZE(caches); i++)
		bad |= b->objects[i] - a->objects[i] > obj_slack;
	return bad;
}

static void settle(void)
{
	int fd = must(open("/proc/sys/vm/drop_caches", O_WRONLY));

	sync();
	must_be(write(fd, "3\n", 2) == 2);
	close(fd);
}

static const char *last_failed;

static bool run(const char *top, const char *name)
{
	char path[PATH_MAX + 64];
	pid_t pid;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	pid = must(fork());
	if (!pid) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, STDOUT_FILENO), dup2(null, STDERR_FILENO);
		execl(path, path, (char *)NULL);
		_exit(126);
	}
	if (verbose)
		note("%s", name);
	bool good = reap(pid) == 0;

	if (!good)
		last_failed = name;

	while (wait(NULL) > 0)	/* what it orphaned */
		;
	return good;
}

int main(int argc, char **argv)
{
	long rounds = atol(tap_env("ROUNDS", "50"));
	char self[PATH_MAX] = "";
	struct figures before, after;
	int c, failed = 0;
	double end;

	while ((c = getopt(argc, argv, "n:v")) != -1) {
		if (c == 'n')
			rounds = atol(optarg);
		else if (c == 'v')
			verbose = true;
		else
			return 2;
	}
	must(prctl(PR_SET_CHILD_SUBREAPER, 1));
	if (!exact_figures())
		obj_slack = OBJ_SLACK_VAGUE;
	must(readlink("/proc/self/exe", self, sizeof(self) - 1));
	dirname(dirname(self));
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		failed += !run(self, programs[i]);
	settle();
	look(&before);
	for (long i = 0; i < rounds; i++)
		failed += !run(self, programs[i % ARRAY_SIZE(programs)]);
	is(failed, 0, "%ld rounds of the suite's programs, all pass", rounds);
	if (failed)
		note("the last that failed: %s", last_failed);
	end = now() + 10;
	do {
		settle();
		look(&after);
	} while (grown(&before, &after) && now() < end);
	note("free pages: %ld, then %ld", before.free_pages, after.free_pages);
	ok(before.free_pages - after.free_pages <= MEM_SLACK, "no memory is leaked");
	for (size_t i = 0; i < ARRAY_SIZE(caches); i++)
		if (before.objects[i] >= 0)
			ok(after.objects[i] - before.objects[i] <= obj_slack, "no %s is leaked (%ld, then %ld)",
			   caches[i], before.objects[i], after.objects[i]);
	return done();
}

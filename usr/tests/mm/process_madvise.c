// SPDX-License-Identifier: GPL-2.0-only
/* process_madvise and process_mrelease: another's memory, by pidfd. */
#include "tap.h"
#include <linux/capability.h>
#include <sys/uio.h>

#define LEN	(16 * MiB)

static int pidfd_open_(pid_t pid)
{
	return must(syscall(SYS_pidfd_open, pid, 0));
}

static long advise(int fd, const struct iovec *v, size_t n, int advice, unsigned int flags)
{
	return syscall(SYS_process_madvise, fd, v, n, advice, flags);
}

static int release(int fd, unsigned int flags)
{
	return syscall(SYS_process_mrelease, fd, flags);
}

static char *area;		/* the same address in the children */
static struct gate filled, checked;

static void hold_memory(void *arg)
{
	(void)arg;
	memset(area, 0x5a, LEN);
	gate_open(filled);
	gate_pass(checked);
	CHECK(all_bytes(area, 0x5a, LEN));
}

static void as_nobody(void *arg)
{
	int fd = *(int *)arg;
	struct iovec v = { area, PG };

	CHECK(!setresgid(65534, 65534, 65534) && !setresuid(65534, 65534, 65534));
	errno = 0;
	CHECK_ERR(advise(fd, &v, 1, MADV_COLD, 0), EACCES);
}

static void without_nice(void *arg)
{
	int fd = *(int *)arg;
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2];
	int own = pidfd_open_(getpid());
	struct iovec v = { area, PG };

	CHECK(!syscall(SYS_capget, &h, d));
	d[0].effective &= ~(1U << CAP_SYS_NICE);
	CHECK(!syscall(SYS_capset, &h, d));
	CHECK_ERR(advise(fd, &v, 1, MADV_COLD, 0), EPERM);
	CHECK_ERR(advise(fd, &v, 1, 4711, 0), EINVAL);
	CHECK(advise(own, &v, 1, MADV_COLD, 0) == PG);
	CHECK_ERR(advise(own, &v, 1, MADV_DONTNEED, 0), EINVAL);
}

static void arguments(int fd)
{
	static struct iovec many[1025];
	struct iovec v = { area, PG };

	fails(advise(fd, &v, 1, MADV_COLD, 1), EINVAL, "flags are EINVAL");
	fails(advise(999, (void *)8, 1, MADV_COLD, 1), EINVAL, "which is looked at first");
	fails(advise(999, (void *)8, 1, MADV_COLD, 0), EFAULT, "then the vector: EFAULT");
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = v;
	fails(advise(999, many, 1025, MADV_COLD, 0), EINVAL, "more than 1024 ranges are EINVAL");
	is(advise(fd, many, 1024, MADV_COLD, 0), 1024 * PG, "1024 are not");
	v.iov_len = -1;
	fails(advise(999, &v, 1, MADV_COLD, 0), EINVAL, "a negative length is EINVAL");
	v.iov_len = PG;
	fails(advise(999, &v, 1, 4711, 0), EBADF, "then the pidfd: EBADF");
	fails(advise(0, &v, 1, MADV_COLD, 0), EBADF, "which has to be one");
	fails(advise(fd, &v, 1, 4711, 0), EINVAL, "advice that there is none of is EINVAL");
	fails(advise(fd, &v, 1, MADV_DONTNEED, 0), EINVAL, "advice that destroys is EINVAL");
	fails(advise(fd, &v, 1, MADV_NORMAL, 0), EINVAL, "so is what changes the mapping");
	is(advise(fd, NULL, 0, MADV_COLD, 0), 0, "no range at all is 0");
}

static void ranges(int fd)
{
	char *hole = area + LEN;	/* the children have nothing there */
	struct iovec v[3] = { { area, PG }, { area + 4 * PG, 2 * PG }, { hole, PG } };

	is(advise(fd, v, 2, MADV_COLD, 0), 3 * PG, "it returns the bytes advised");
	is(advise(fd, v, 3, MADV_COLD, 0), 3 * PG, "which are those before the first failure");
	fails(advise(fd, v + 2, 1, MADV_COLD, 0), ENOMEM, "nothing mapped there: ENOMEM");
	v[1].iov_base = area + 1;
	is(advise(fd, v, 2, MADV_COLD, 0), PG, "also before an address that is no page's");
	fails(advise(fd, v + 1, 1, MADV_COLD, 0), EINVAL, "which alone is EINVAL");
	v[1] = (struct iovec){ area, 0 };
	v[2] = (struct iovec){ area + PG, 3 };
	is(advise(fd, v, 3, MADV_COLD, 0), PG + 3, "an empty range does not matter, a part of a page is a page");
	v[0] = (struct iovec){ area, LEN };
	is(advise(fd, v, 1, MADV_PAGEOUT, 0), LEN, "MADV_PAGEOUT");
	is(advise(fd, v, 1, MADV_WILLNEED, 0), LEN, "MADV_WILLNEED");
}

static void advice(void)
{
	pid_t pid = spawn(hold_memory, NULL), nobody;
	struct iovec v = { area, PG };
	int fd = pidfd_open_(pid);

	gate_pass(filled);
	arguments(fd);
	ranges(fd);
	nobody = spawn(as_nobody, &fd);
	is(reap(nobody), 0, "another user's process is EACCES");
	is(child(without_nice, &fd), 0, "without CAP_SYS_NICE it is EPERM, except on oneself");
	fails(release(fd, 0), EINVAL, "process_mrelease of a living process is EINVAL");
	gate_open(checked);
	must_be(wait_state(pid, 'Z'));
	fails(advise(fd, &v, 1, MADV_COLD, 0), ESRCH, "a zombie has no memory: ESRCH");
	fails(release(fd, 0), ESRCH, "process_mrelease says so, too");
	is(reap(pid), 0, "nothing of it changed the memory");
	fails(advise(fd, &v, 1, MADV_COLD, 0), ESRCH, "a reaped one is ESRCH");
	fails(release(fd, 0), ESRCH, "process_mrelease: as well");
	fails(release(fd, 1), EINVAL, "its flags are EINVAL");
	fails(release(999, 1), EINVAL, "which is looked at first");
	fails(release(999, 0), EBADF, "then the pidfd: EBADF");
	close(fd);
}

static unsigned long resident(pid_t pid)
{
	char path[32], *s;
	unsigned long pages = 0;

	snprintf(path, sizeof(path), "/proc/%d/statm", pid);
	s = slurp(path);
	if (s)
		sscanf(s, "%*u %lu", &pages);
	free(s);
	return pages;
}

static void hold_and_sleep(void *arg)
{
	memset(area, 1, LEN);
	memset(arg, 2, LEN);
	gate_open(filled);
	for (;;)
		pause();
}

/* A killed process that cannot run, as we do not let it: we are real-time, on its hart. */
static void releasing(void)
{
	struct sched_param fifo = { .sched_priority = 1 }, other = { 0 };
	unsigned long before, after, again;
	char *shared = shared_alloc(LEN);
	int fd, ret, second;
	cpu_set_t all, one;
	pid_t pid;

	must(sched_getaffinity(0, sizeof(all), &all));
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	must(sched_setaffinity(0, sizeof(one), &one));
	pid = spawn(hold_and_sleep, shared);
	fd = pidfd_open_(pid);
	gate_pass(filled);
	must_be(wait_state(pid, 'S'));
	must(sched_setscheduler(0, SCHED_FIFO, &fifo));
	kill(pid, SIGKILL);
	before = resident(pid);
	ret = release(fd, 0);
	after = resident(pid);
	second = release(fd, 0);
	again = resident(pid);
	must(sched_setscheduler(0, SCHED_OTHER, &other));
	is(ret, 0, "process_mrelease of a killed process");
	is(second, 0, "and once more");
	ok(before >= 2 * LEN / PG, "it had %lu pages", before);
	ok(after < before - LEN / PG + 64 && after >= LEN / PG, "what was private is free: %lu", after);
	is(again, after, "the second time there is nothing to do");
	ok(all_bytes(shared, 2, LEN), "what is shared is still there");
	is(reap(pid), -SIGKILL, "then it dies");
	must(sched_setaffinity(0, sizeof(all), &all));
	munmap(shared, LEN);
	close(fd);
}

int main(void)
{
	/* with nothing behind it */
	area = must(mmap(NULL, LEN + PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	must(munmap(area + LEN, PG));
	filled = gate_new();
	checked = gate_new();
	advice();
	releasing();
	return done();
}

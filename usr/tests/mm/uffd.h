/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For the tests of userfaultfd: opening one, its ioctls as functions, threads that fault,
 * and reading messages without ever waiting for one that does not come.
 */
#ifndef TESTS_UFFD_H
#define TESTS_UFFD_H

#include "tap.h"
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>

#define RW	(PROT_READ | PROT_WRITE)
#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)

/* newer than some UAPI headers */
#ifndef UFFD_FEATURE_WP_UNPOPULATED
#define UFFD_FEATURE_WP_UNPOPULATED (1 << 13)
#endif
#ifndef UFFD_FEATURE_POISON
#define UFFD_FEATURE_POISON (1 << 14)
#define _UFFDIO_POISON 8
#endif
struct poison_arg {
	struct uffdio_range range;
	__u64 mode;
	__s64 updated;
};
#define POISON_IOCTL _IOWR(UFFDIO, _UFFDIO_POISON, struct poison_arg)

#define MISSING	UFFDIO_REGISTER_MODE_MISSING
#define WP	UFFDIO_REGISTER_MODE_WP
#define MINOR	UFFDIO_REGISTER_MODE_MINOR

static inline int uffd_open(int flags)
{
	return syscall(__NR_userfaultfd, flags);
}

static inline int uffd_api(int fd, uint64_t features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };

	return ioctl(fd, UFFDIO_API, &api);
}

/* A ready one; its reads do not block. */
static inline int uffd_new(uint64_t features)
{
	int fd = must(uffd_open(O_CLOEXEC | O_NONBLOCK));

	must(uffd_api(fd, features));
	return fd;
}

/* What the kernel can do. */
static inline uint64_t uffd_features(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	int fd = must(uffd_open(O_CLOEXEC));

	must(ioctl(fd, UFFDIO_API, &api));
	close(fd);
	return api.features;
}

static inline int uffd_register(int fd, void *p, size_t len, uint64_t mode)
{
	struct uffdio_register r = { .range = { (uintptr_t)p, len }, .mode = mode };

	return ioctl(fd, UFFDIO_REGISTER, &r);
}

static inline int uffd_unregister(int fd, void *p, size_t len)
{
	struct uffdio_range r = { (uintptr_t)p, len };

	return ioctl(fd, UFFDIO_UNREGISTER, &r);
}

static inline int uffd_wake(int fd, void *p, size_t len)
{
	struct uffdio_range r = { (uintptr_t)p, len };

	return ioctl(fd, UFFDIO_WAKE, &r);
}

static long uffd_done;		/* how far the last of the following came */

static inline int uffd_copy(int fd, void *dst, const void *src, size_t len, uint64_t mode)
{
	struct uffdio_copy c = { (uintptr_t)dst, (uintptr_t)src, len, mode, 12345 };
	int ret = ioctl(fd, UFFDIO_COPY, &c);

	uffd_done = c.copy;
	return ret;
}

static inline int uffd_zero(int fd, void *p, size_t len, uint64_t mode)
{
	struct uffdio_zeropage z = { { (uintptr_t)p, len }, mode, 12345 };
	int ret = ioctl(fd, UFFDIO_ZEROPAGE, &z);

	uffd_done = z.zeropage;
	return ret;
}

static inline int uffd_continue(int fd, void *p, size_t len, uint64_t mode)
{
	struct uffdio_continue c = { { (uintptr_t)p, len }, mode, 12345 };
	int ret = ioctl(fd, UFFDIO_CONTINUE, &c);

	uffd_done = c.mapped;
	return ret;
}

static inline int uffd_poison(int fd, void *p, size_t len)
{
	struct poison_arg a = { { (uintptr_t)p, len }, 0, 12345 };
	int ret = ioctl(fd, POISON_IOCTL, &a);

	uffd_done = a.updated;
	return ret;
}

static inline int uffd_protect(int fd, void *p, size_t len, uint64_t mode)
{
	struct uffdio_writeprotect w = { { (uintptr_t)p, len }, mode };

	return ioctl(fd, UFFDIO_WRITEPROTECT, &w);
}

/* The next message, waited for; the program ends if none comes. */
static inline struct uffd_msg uffd_next(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	struct uffd_msg m;

	for (;;) {
		must_be(poll(&p, 1, 60000) == 1 && p.revents == POLLIN);
		if (read(fd, &m, sizeof(m)) == sizeof(m))
			return m;
		must_be(errno == EAGAIN);
	}
}

/* The next message is a fault at @p. */
static inline struct uffd_msg uffd_fault(int fd, const void *p)
{
	struct uffd_msg m = uffd_next(fd);

	must_be(m.event == UFFD_EVENT_PAGEFAULT);
	must_be(m.arg.pagefault.address == (uintptr_t)p);
	return m;
}

static inline bool uffd_quiet(int fd)
{
	struct uffd_msg m;

	return read(fd, &m, sizeof(m)) == -1 && errno == EAGAIN;
}

/* A thread that does something that may fault. */
struct job {
	void (*fn)(struct job *job);
	char *p;		/* where */
	size_t len;
	long ret;		/* what it found */
	int err;
	volatile pid_t tid;
	pthread_t thread;
};

static inline void *job_main(void *arg)
{
	struct job *job = arg;

	job->tid = syscall(SYS_gettid);
	errno = 0;
	job->fn(job);
	job->err = errno;
	return NULL;
}

static inline void job_start(struct job *job, void (*fn)(struct job *), void *p)
{
	job->fn = fn;
	job->p = p;
	must_be(!pthread_create(&job->thread, NULL, job_main, job));
}

static inline long job_end(struct job *job)
{
	pthread_join(job->thread, NULL);
	return job->ret;
}

static inline void job_load(struct job *job)
{
	job->ret = *(volatile unsigned char *)job->p;
}

static inline void job_store(struct job *job)
{
	*(volatile unsigned char *)job->p = 's';
	job->ret = 's';
}

static char uffd_buf[4 * PG] __attribute__((aligned(PG)));

/* uffd_buf with @c in its first @pages pages. */
static inline char *page_of(int c, int pages)
{
	return memset(uffd_buf, c, pages * PG);
}

static inline char *map_anon(size_t pages)
{
	return must(mmap(NULL, pages * PG, RW, ANON, -1, 0));
}

/* A memfd of @pages holes. */
static inline int new_memfd(size_t pages)
{
	int fd = must(memfd_create("uffd", MFD_CLOEXEC));

	must(ftruncate(fd, pages * PG));
	return fd;
}

static inline char *map_fd(int fd, size_t pages, int flags)
{
	return must(mmap(NULL, pages * PG, RW, flags, fd, 0));
}

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * userfaultfd: the descriptor. Who may have one, the handshake, what can be registered,
 * what reading and poll say, how /proc shows it. Faults: userfaultfd_missing and others.
 */
#include "uffd.h"

#define SYSCTL "/proc/sys/vm/unprivileged_userfaultfd"

static void unprivileged(void *arg)
{
	(void)arg;
	CHECK(!setresuid(1000, 1000, 1000));
	CHECK_ERR(uffd_open(0), EPERM);
	CHECK_ERR(uffd_open(1 << 20), EPERM);
	CHECK(uffd_open(UFFD_USER_MODE_ONLY) >= 0);
	CHECK_ERR(uffd_open(UFFD_USER_MODE_ONLY | 1 << 20), EINVAL);
	CHECK_ERR(open("/dev/userfaultfd", O_RDWR), EACCES);
}

static void allowed(void *arg)
{
	int fd;

	(void)arg;
	CHECK(!setresuid(1000, 1000, 1000));
	fd = uffd_open(0);
	CHECK(fd >= 0);
	CHECK_ERR(uffd_api(fd, UFFD_FEATURE_EVENT_FORK), EPERM);
	CHECK(!uffd_api(fd, 0));
}

static void opening(void)
{
	int fd = must(uffd_open(0)), dev;

	is(fcntl(fd, F_GETFD), 0, "userfaultfd(0) is not closed on exec");
	is(fcntl(fd, F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_RDONLY, "and blocks");
	close(fd);
	fd = must(uffd_open(O_CLOEXEC | O_NONBLOCK));
	is(fcntl(fd, F_GETFD), FD_CLOEXEC, "O_CLOEXEC");
	ok(fcntl(fd, F_GETFL) & O_NONBLOCK, "O_NONBLOCK");
	close(fd);
	fails(uffd_open(O_APPEND), EINVAL, "another flag is EINVAL");
	is(child(unprivileged, NULL), 0, "without privilege: EPERM before EINVAL, but UFFD_USER_MODE_ONLY works");
	fd = must(open(SYSCTL, O_RDWR));
	must_be(write(fd, "1\n", 2) == 2);
	is(child(allowed, NULL), 0, "vm.unprivileged_userfaultfd = 1 allows it, but not UFFD_FEATURE_EVENT_FORK");
	must_be(pwrite(fd, "0\n", 2, 0) == 2);
	close(fd);
	dev = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC);
	if (!ok(dev >= 0, "/dev/userfaultfd can be opened by root"))
		return;
	fd = ioctl(dev, USERFAULTFD_IOC_NEW, O_CLOEXEC);
	ok(fd >= 0 && !uffd_api(fd, 0), "and makes one");
	fails(ioctl(dev, USERFAULTFD_IOC_NEW, O_APPEND), EINVAL, "with the same flags only");
	fails(ioctl(dev, UFFDIO_API, NOTHING), EINVAL, "and can nothing else");
	close(fd);
	close(dev);
}

static void handshake(void)
{
	struct uffdio_api api = { .api = UFFD_API + 1, .features = 7, .ioctls = 7 };
	struct uffdio_range r = { 0, PG };
	struct pollfd p = { .events = POLLIN };
	struct uffd_msg m;
	int fd = must(uffd_open(O_NONBLOCK));

	fails(read(fd, &m, sizeof(m)), EINVAL, "before UFFDIO_API: read is EINVAL");
	fails(ioctl(fd, UFFDIO_WAKE, &r), EINVAL, "another ioctl too");
	p.fd = fd;
	ok(poll(&p, 1, 0) == 1 && p.revents == POLLERR, "poll says POLLERR");
	fails(ioctl(fd, UFFDIO_API, NOTHING), EFAULT, "UFFDIO_API of nothing is EFAULT");
	fails(ioctl(fd, UFFDIO_API, &api), EINVAL, "another API is EINVAL");
	ok(!api.api && !api.features && !api.ioctls, "and the structure is zeroed");
	fails(uffd_api(fd, 1ULL << 40), EINVAL, "an unknown feature is EINVAL");
	api = (struct uffdio_api){ .api = UFFD_API };
	works(ioctl(fd, UFFDIO_API, &api), "UFFDIO_API");
	ok(api.features & UFFD_FEATURE_MISSING_SHMEM, "it tells the features: shmem");
	ok(api.features & UFFD_FEATURE_SIGBUS, "SIGBUS");
	ok(api.features & UFFD_FEATURE_THREAD_ID, "THREAD_ID");
	ok(api.features & UFFD_FEATURE_EXACT_ADDRESS, "EXACT_ADDRESS");
	is(api.ioctls, 1ULL << _UFFDIO_API | 1 << _UFFDIO_REGISTER | 1 << _UFFDIO_UNREGISTER, "and the ioctls");
	fails(uffd_api(fd, 0), EINVAL, "a second time is EINVAL");
	fails(read(fd, &m, sizeof(m)), EAGAIN, "after it: nothing to read is EAGAIN");
	fails(read(fd, &m, sizeof(m) - 1), EINVAL, "a buffer too small for a message is EINVAL");
	fails(write(fd, &m, sizeof(m)), EBADF, "it cannot be written to");
	is(poll(&p, 1, 0), 0, "poll finds nothing");
	must(fcntl(fd, F_SETFL, 0));
	ok(poll(&p, 1, 0) == 1 && p.revents == POLLERR, "poll without O_NONBLOCK is POLLERR");
	fails(ioctl(fd, _IO(UFFDIO, 0x3e), 0), EINVAL, "an unknown ioctl is EINVAL");
	close(fd);
}

static void range_errors(int fd, char *p)
{
	fails(uffd_register(fd, p, 2 * PG, 0), EINVAL, "register: no mode is EINVAL");
	fails(uffd_register(fd, p, 2 * PG, 1 << 7), EINVAL, "an unknown mode too");
	fails(uffd_register(fd, p + 1, 2 * PG, MISSING), EINVAL, "an odd address");
	fails(uffd_register(fd, p, PG + 1, MISSING), EINVAL, "an odd length");
	fails(uffd_register(fd, p, 0, MISSING), EINVAL, "no length");
	fails(uffd_register(fd, NOTHING, PG, MISSING), EINVAL, "address 0");
	fails(uffd_register(fd, p, -PG, MISSING), EINVAL, "beyond the address space");
	fails(ioctl(fd, UFFDIO_REGISTER, NOTHING), EFAULT, "no structure is EFAULT");
	fails(uffd_unregister(fd, p + 1, PG), EINVAL, "unregister: an odd address is EINVAL");
	fails(ioctl(fd, UFFDIO_UNREGISTER, NOTHING), EFAULT, "no structure is EFAULT");
	fails(uffd_wake(fd, p, 1), EINVAL, "wake: an odd length is EINVAL");
	fails(ioctl(fd, UFFDIO_WAKE, NOTHING), EFAULT, "no structure is EFAULT");
	works(uffd_wake(fd, p, PG), "waking nobody works");
}

static void registering(int fd)
{
	char *p = map_anon(4), *ro, *gone = map_anon(2);
	int disk, mem = new_memfd(2), other = uffd_new(0);
	struct uffdio_register r = { .range = { (uintptr_t)p, 4 * PG }, .mode = MISSING };

	range_errors(fd, p);
	works(uffd_unregister(fd, p, PG), "a part of what is not registered can be unregistered");
	works(ioctl(fd, UFFDIO_REGISTER, &r), "anonymous memory can be registered");
	is(r.ioctls & 0x1df, 1 << _UFFDIO_COPY | 1 << _UFFDIO_WAKE | 1 << _UFFDIO_ZEROPAGE | 1 << _UFFDIO_POISON,
	   "for missing pages: copy, zeropage, wake and poison");
	works(uffd_register(fd, p + PG, PG, MISSING), "again, in part");
	fails(uffd_register(other, p, PG, MISSING), EBUSY, "but not with another: EBUSY");
	works(uffd_unregister(fd, p + PG, PG), "a part can be unregistered");
	works(uffd_register(other, p + PG, PG, MISSING), "and be registered with the other");
	works(uffd_unregister(fd, p, 4 * PG), "all can be unregistered");
	works(uffd_unregister(fd, p, 4 * PG), "even if it is not registered");
	fails(uffd_register(fd, p, 4 * PG, MINOR), EINVAL, "anonymous memory has no minor faults: EINVAL");
	must(munmap(gone, 2 * PG));
	fails(uffd_register(fd, gone, 2 * PG, MISSING), EINVAL, "where nothing is mapped it is EINVAL");
	fails(uffd_unregister(fd, gone, 2 * PG), EINVAL, "unregistering too");
	must(munmap(p + PG, PG));
	works(uffd_register(fd, p, 4 * PG, MISSING), "a hole in the range does not matter");
	must(munmap(p, 4 * PG));
	work_in(DISK);
	disk = make_file("f", 2 * PG, 'f');
	p = map_fd(disk, 2, MAP_SHARED);
	fails(uffd_register(fd, p, 2 * PG, MISSING), EINVAL, "a file on the disk cannot be registered");
	fails(uffd_unregister(fd, p, 2 * PG), EINVAL, "nor unregistered");
	munmap(p, 2 * PG);
	close(disk);
	p = map_fd(mem, 2, MAP_SHARED);
	r = (struct uffdio_register){ .range = { (uintptr_t)p, 2 * PG }, .mode = MISSING | MINOR };
	if (uffd_features() & UFFD_FEATURE_MINOR_SHMEM) {
		works(ioctl(fd, UFFDIO_REGISTER, &r), "a memfd can be registered, for minor faults as well");
		ok(r.ioctls & 1 << _UFFDIO_CONTINUE, "and then has UFFDIO_CONTINUE");
	}
	munmap(p, 2 * PG);
	ro = must(mmap(NULL, PG, PROT_READ, MAP_PRIVATE, mem, 0));
	works(uffd_register(fd, ro, PG, MISSING), "what could be made writable can be registered");
	munmap(ro, PG);
	close(mem);
	close(other);
}

static void read_only_shared(int fd)
{
	int mem = new_memfd(2), ro;
	char path[64], *p;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", mem);
	ro = must(open(path, O_RDONLY));
	p = must(mmap(NULL, PG, PROT_READ, MAP_SHARED, ro, 0));
	fails(uffd_register(fd, p, PG, MISSING), EPERM, "a shared mapping by a read-only descriptor is EPERM");
	munmap(p, PG);
	close(ro);
	close(mem);
}

/* The VmFlags of the mapping at @p in /proc/self/smaps. */
static bool has_flag(const char *p, const char *flag)
{
	char *text = slurp("/proc/self/smaps"), start[32], *line, *end;
	bool found;

	snprintf(start, sizeof(start), "%lx-", (unsigned long)p);
	line = strstr(text, start);
	must_be(line);
	line = strstr(line, "VmFlags:");
	end = strchr(line, '\n');
	*end = 0;
	found = strstr(line, flag);
	free(text);
	return found;
}

static void in_proc(int fd)
{
	char path[64], link[64] = "", *info, *p = map_anon(3);
	struct job job;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	must(readlink(path, link, sizeof(link) - 1));
	ok(!strcmp(link, "anon_inode:[userfaultfd]"), "/proc/self/fd shows anon_inode:[userfaultfd]");
	must(uffd_register(fd, p + PG, PG, MISSING));
	ok(has_flag(p + PG, " um "), "smaps shows um for what is registered");
	ok(!has_flag(p, " um ") && !has_flag(p + 2 * PG, " um "), "and only there");
	job_start(&job, job_load, p + PG);
	uffd_fault(fd, p + PG);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = slurp(path);
	ok(info && strstr(info, "pending:\t0\ntotal:\t1\nAPI:\taa:"), "fdinfo counts who sleeps");
	free(info);
	must(uffd_unregister(fd, p, 3 * PG));
	is(job_end(&job), 0, "unregistering lets a sleeper go on: to a page of zeros");
	ok(!has_flag(p, " um "), "and the mappings are one again");
	munmap(p, 3 * PG);
}

int main(void)
{
	int fd;

	opening();
	handshake();
	fd = uffd_new(0);
	registering(fd);
	read_only_shared(fd);
	in_proc(fd);
	close(fd);
	return done();
}

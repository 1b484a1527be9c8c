// SPDX-License-Identifier: GPL-2.0-only
/*
 * Another process's memory: /proc/PID/mem, and process_vm_readv and writev at the
 * edges of mappings.
 */
#include "tap.h"
#include <sys/uio.h>

#define RW	(PROT_READ | PROT_WRITE)
#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)

struct room {		/* as the peer has it, at the same addresses here */
	char *rw, *ro, *none, *shared, *file, *gap;
	struct gate ready, go;
};

static void peer(void *arg)
{
	struct room *r = arg;

	memset(r->rw, 'c', 2 * PG);
	gate_open(r->ready);
	gate_pass(r->go);
	CHECK(r->rw[5] == 'P' && r->ro[5] == 'Q' && r->shared[5] == 'S' && r->file[5] == 'F');
	CHECK(!munmap(r->rw, PG));
	gate_open(r->ready);
	gate_pass(r->go);
}

static void build(struct room *r, int fd)
{
	r->rw = must(mmap(NULL, 4 * PG, RW, ANON, -1, 0));
	r->gap = r->rw + 2 * PG;
	r->ro = must(mmap(NULL, PG, RW, ANON, -1, 0));
	memset(r->ro, 'o', PG);
	must(mprotect(r->ro, PG, PROT_READ));
	r->none = must(mmap(NULL, PG, PROT_NONE, ANON, -1, 0));
	r->shared = shared_alloc(PG);
	r->file = must(mmap(NULL, 2 * PG, PROT_READ, MAP_PRIVATE, fd, 0));
	r->ready = gate_new(), r->go = gate_new();
	memset(r->rw, 'p', 2 * PG);
	must(munmap(r->gap, PG));	/* last, so that nothing is put there */
}

static void by_file(struct room *r, pid_t pid, int fd)
{
	char path[64], buf[3 * PG];
	int mem;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	mem = must(open(path, O_RDWR));
	is(pread(mem, buf, 100, (off_t)r->rw), 100, "/proc/PID/mem reads");
	ok(all_bytes(buf, 'c', 100), "the other's memory");
	ok(all_bytes(r->rw, 'p', 2 * PG), "which is not ours");
	is(pread(mem, buf, 3 * PG, (off_t)r->rw), 2 * PG, "up to a gap");
	fails(pread(mem, buf, 1, (off_t)r->gap), EIO, "in the gap it is EIO");
	fails(pread(mem, buf, 1, 0), EIO, "at 0 too");
	is(pwrite(mem, "P", 1, (off_t)r->rw + 5), 1, "it writes");
	is(pwrite(mem, "Q", 1, (off_t)r->ro + 5), 1, "to read-only private memory, as debuggers do");
	is(r->ro[5], 'o', "making a copy for the other");
	is(pwrite(mem, "S", 1, (off_t)r->shared + 5), 1, "to shared memory");
	is(r->shared[5], 'S', "which we see");
	is(pwrite(mem, "F", 1, (off_t)r->file + 5), 1, "to a read-only private mapping of a file");
	is(file_byte(fd, 5), 'f', "which leaves the file alone");
	fails(pread(mem, buf, 1, (off_t)r->file + PG), EIO, "beyond the file's end it is EIO");
	fails(pread(mem, NOTHING, 1, (off_t)r->rw), EFAULT, "a bad buffer is EFAULT");
	is(lseek(mem, (off_t)r->rw + 7, SEEK_SET), (off_t)r->rw + 7, "lseek");
	must_be(read(mem, buf, 2) == 2);
	is(lseek(mem, 0, SEEK_CUR), (off_t)r->rw + 9, "and read moves the position");
	gate_open(r->go);
	gate_pass(r->ready);
	fails(pread(mem, buf, 1, (off_t)r->rw), EIO, "what the other unmaps is gone at once");
	gate_open(r->go);
	is(reap(pid), 0, "the other sees all that was written");
	is(pread(mem, buf, 10, (off_t)r->ro), 0, "after its end there is nothing to read");
	close(mem);
	fails(open(path, O_RDONLY), ENOENT, "nor to open");
}

static void by_call(struct room *r, pid_t pid)
{
	char buf[3 * PG];
	struct iovec l = { buf, sizeof(buf) }, two[2] = { { r->rw + PG - 3, 6 }, { r->shared, 4 } };
	struct iovec v = { r->rw + PG, 2 * PG }, none = { r->none, 1 }, ro = { r->ro, 1 };
	struct iovec over = { r->file + PG - 10, 20 }, bad_local = { NOTHING, 10 };
	struct iovec huge = { r->rw, -1UL }, outside[2] = { { r->shared, 4 }, { (void *)-PG, 4 } };

	is(process_vm_readv(pid, &l, 1, two, 2, 0), 10, "process_vm_readv over a page boundary and of two pieces");
	is(process_vm_readv(pid, &l, 1, &v, 1, 0), PG, "stops at a gap");
	is(process_vm_readv(pid, &l, 1, &over, 1, 0), 10, "and at a file's end");
	fails(process_vm_readv(pid, &l, 1, &none, 1, 0), EFAULT, "PROT_NONE is EFAULT");
	fails(process_vm_writev(pid, &l, 1, &ro, 1, 0), EFAULT, "writing to read-only memory too: not even root");
	fails(process_vm_readv(pid, &bad_local, 1, &v, 1, 0), EFAULT, "a bad buffer of one's own is EFAULT");
	fails(process_vm_readv(pid, &l, 1, &huge, 1, 0), EINVAL, "a negative length is EINVAL");
	is(process_vm_readv(pid, &l, 1, outside, 2, 0), 4, "an address that no process has ends it where it stands");
	fails(process_vm_readv(pid, &l, 1, outside + 1, 1, 0), EFAULT, "alone it is EFAULT");
	fails(process_vm_readv(0x7ffffff0, &l, 1, outside + 1, 1, 0), ESRCH, "and no such process comes first");
	is(process_vm_readv(pid, &l, 0, &v, 1, 0), 0, "no buffer is 0");
	is(process_vm_readv(pid, &l, 1, &v, 0, 0), 0, "no source is 0");
	fails(process_vm_readv(pid, &l, IOV_MAX + 1, &v, 1, 0), EINVAL, "too many are EINVAL");
}

static void stranger(void *arg)
{
	char path[64];

	CHECK(!setresuid(1000, 1000, 1000));
	snprintf(path, sizeof(path), "/proc/%d/mem", *(pid_t *)arg);
	CHECK_ERR(open(path, O_RDONLY), EACCES);
}

int main(void)
{
	struct room r;
	pid_t pid;
	int fd;

	work_in(TMPFS);
	fd = make_file("f", PG, 'f');
	build(&r, fd);
	pid = spawn(peer, &r);
	gate_pass(r.ready);
	is(child(stranger, &pid), 0, "/proc/PID/mem of another user's process is EACCES");
	by_call(&r, pid);
	by_file(&r, pid, fd);
	return done();
}

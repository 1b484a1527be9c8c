// SPDX-License-Identifier: GPL-2.0-only
/*
 * read, write, their positional and vector forms, lseek.
 */
#include "tap.h"
#include <sys/uio.h>

static void basics(const char *fs)
{
	int fd = must(open("f", O_RDWR | O_CREAT | O_EXCL, 0644));
	char buf[100];

	is(read(fd, buf, 10), 0, "%s: read of an empty file is 0", fs);
	is(write(fd, "hello, world", 12), 12, "%s: write takes all", fs);
	is(read(fd, buf, 10), 0, "%s: read at the end is 0", fs);
	is(lseek(fd, 0, SEEK_SET), 0, "%s: lseek to the start", fs);
	is(read(fd, buf, 5), 5, "%s: read gives what it was asked for", fs);
	is(read(fd, buf + 5, 90), 7, "%s: and less at the end", fs);
	ok(!memcmp(buf, "hello, world", 12), "%s: the data is right", fs);
	is(pwrite(fd, "HELL", 4, 0), 4, "%s: pwrite", fs);
	is(lseek(fd, 0, SEEK_CUR), 12, "%s: pwrite does not move the position", fs);
	is(pread(fd, buf, 5, 0), 5, "%s: pread", fs);
	ok(!memcmp(buf, "HELLo", 5), "%s: sees it", fs);
	is(lseek(fd, 0, SEEK_CUR), 12, "%s: pread does not move the position", fs);
	is(pread(fd, buf, 5, 12), 0, "%s: pread at the end is 0", fs);
	is(pread(fd, buf, 5, 1000000), 0, "%s: pread far behind the end is 0", fs);
	fails(pread(fd, buf, 5, -1), EINVAL, "%s: pread at a negative position is EINVAL", fs);
	fails(pwrite(fd, buf, 5, -1), EINVAL, "%s: pwrite too", fs);
	fails(pread(fd, buf, 5, LLONG_MAX - 2), EINVAL, "%s: or at one whose end is no position", fs);
	is(pread(fd, buf, 5, LLONG_MAX - 5), 0, "%s: at the last that is, it is 0", fs);
	is(write(fd, buf, 0), 0, "%s: write of nothing is 0", fs);
	is(file_size(fd), 12, "%s: and does not grow the file", fs);
	is(pwrite(fd, buf, 0, 100), 0, "%s: pwrite of nothing behind the end is 0", fs);
	is(file_size(fd), 12, "%s: and does not grow it either", fs);
	close(fd);
	fails(read(fd, buf, 1), EBADF, "%s: read of a closed descriptor is EBADF", fs);
	fails(write(fd, buf, 1), EBADF, "%s: write too", fs);
}

static void seeking(const char *fs)
{
	int fd = make_file("g", 1000, 'g'), dup_fd, fds[2];
	char c;

	is(lseek(fd, -10, SEEK_END), 990, "%s: SEEK_END counts from the end", fs);
	is(lseek(fd, 5, SEEK_CUR), 995, "%s: SEEK_CUR from the position", fs);
	is(lseek(fd, 5000, SEEK_SET), 5000, "%s: lseek behind the end is allowed", fs);
	is(file_size(fd), 1000, "%s: and does not grow the file", fs);
	fails(lseek(fd, -1, SEEK_SET), EINVAL, "%s: a negative position is EINVAL", fs);
	fails(lseek(fd, -6000, SEEK_CUR), EINVAL, "%s: also by SEEK_CUR", fs);
	fails(lseek(fd, 0, 99), EINVAL, "%s: an unknown whence is EINVAL", fs);
	is(lseek(fd, 0, SEEK_CUR), 5000, "%s: a failed lseek does not move", fs);
	is(write(fd, "x", 1), 1, "%s: write behind the end", fs);
	is(file_size(fd), 5001, "%s: grows the file", fs);
	is(pread(fd, &c, 1, 3000), 1, "%s: the gap can be read", fs);
	is(c, 0, "%s: as zeros", fs);
	dup_fd = must(dup(fd));
	is(lseek(dup_fd, 7, SEEK_SET), 7, "%s: a dup", fs);
	is(lseek(fd, 0, SEEK_CUR), 7, "%s: shares the position", fs);
	close(dup_fd);
	dup_fd = must(open("g", O_RDONLY));
	is(lseek(dup_fd, 0, SEEK_CUR), 0, "%s: a second open has its own", fs);
	close(dup_fd), close(fd);
	must(pipe(fds));
	fails(lseek(fds[0], 0, SEEK_CUR), ESPIPE, "%s: lseek of a pipe is ESPIPE", fs);
	fails(pread(fds[0], &c, 1, 0), ESPIPE, "%s: pread of a pipe is ESPIPE", fs);
	close(fds[0]), close(fds[1]);
}

static void modes(const char *fs)
{
	int ro, wo, ap, fd = make_file("h", 10, 'h');
	char buf[20];

	ro = must(open("h", O_RDONLY)), wo = must(open("h", O_WRONLY));
	ap = must(open("h", O_WRONLY | O_APPEND));
	fails(write(ro, "x", 1), EBADF, "%s: write to O_RDONLY is EBADF", fs);
	fails(read(wo, buf, 1), EBADF, "%s: read of O_WRONLY is EBADF", fs);
	is(write(ap, "1", 1), 1, "%s: O_APPEND", fs);
	is(file_byte(fd, 10), '1', "%s: writes at the end", fs);
	must(lseek(ap, 0, SEEK_SET));
	is(write(ap, "2", 1), 1, "%s: after lseek to the start", fs);
	is(file_byte(fd, 11), '2', "%s: as well", fs);
	is(lseek(ap, 0, SEEK_CUR), 12, "%s: and leaves the position there", fs);
	is(pwrite(ap, "3", 1, 0), 1, "%s: even pwrite", fs);
	is(file_byte(fd, 12), '3', "%s: appends, as on Linux", fs);
	is(pwrite(fd, "4", 1, 20), 1, "%s: another descriptor grows the file", fs);
	is(write(ap, "5", 1), 1, "%s: the next append", fs);
	is(file_byte(fd, 21), '5', "%s: goes to the new end", fs);
	close(fd), close(ro), close(wo), close(ap);
	fd = must(open(".", O_RDONLY));
	fails(read(fd, buf, 1), EISDIR, "%s: read of a directory is EISDIR", fs);
	fails(write(fd, buf, 1), EBADF, "%s: write to one is EBADF", fs);
	close(fd);
	fd = must(open("h", O_PATH));
	fails(read(fd, buf, 1), EBADF, "%s: read of O_PATH is EBADF", fs);
	close(fd);
}

static void vectors(const char *fs)
{
	int fd = must(open("i", O_RDWR | O_CREAT | O_TRUNC, 0644));
	char a[10], b[10], c[30];
	struct iovec out[4] = { { "one", 3 }, { "", 0 }, { "twelve", 6 }, { "!", 1 } };
	struct iovec in[3] = { { a, 2 }, { b, 5 }, { c, 30 } };
	struct iovec bad = { a, -1UL };

	is(writev(fd, out, 4), 10, "%s: writev writes all pieces", fs);
	must(lseek(fd, 0, SEEK_SET));
	is(readv(fd, in, 3), 10, "%s: readv fills the pieces in order", fs);
	ok(!memcmp(a, "on", 2) && !memcmp(b, "etwel", 5) && !memcmp(c, "ve!", 3), "%s: right", fs);
	is(pwritev(fd, out, 3, 100), 9, "%s: pwritev", fs);
	is(preadv(fd, in, 3, 98), 11, "%s: preadv", fs);
	ok(!a[0] && !a[1] && !memcmp(b, "onetw", 5), "%s: at their positions", fs);
	is(lseek(fd, 0, SEEK_CUR), 10, "%s: without moving", fs);
	is(writev(fd, NULL, 0), 0, "%s: writev of no pieces is 0", fs);
	fails(syscall(SYS_writev, fd, out, -1), EINVAL, "%s: a negative count is EINVAL", fs);
	fails(syscall(SYS_writev, fd, out, 1025), EINVAL, "%s: more than IOV_MAX is EINVAL", fs);
	fails(readv(fd, &bad, 1), EINVAL, "%s: a negative length is EINVAL", fs);
	close(fd);
}

/* Every size and alignment around block and page boundaries. */
static void sizes(const char *fs)
{
	static const int at[] = { 0, 1, 511, 512, 1023, 1024, 2047, 4095, 4096, 4097, 8191, 12288 };
	static unsigned char model[64 * KiB], buf[64 * KiB], src[20000];
	int fd = must(open("j", O_RDWR | O_CREAT | O_TRUNC, 0644)), bad = 0;
	size_t size = 0;

	for (size_t i = 0; i < sizeof(src); i++)
		src[i] = i * 7 + i / 256;
	for (size_t i = 0; i < ARRAY_SIZE(at); i++)
		for (size_t j = 0; j < ARRAY_SIZE(at); j++) {
			size_t len = at[j] + 1;

			memcpy(model + at[i], src + i * 13, len);
			bad += pwrite(fd, src + i * 13, len, at[i]) != (ssize_t)len;
			size = size > at[i] + len ? size : at[i] + len;
			bad += file_size(fd) != (off_t)size;
			bad += pread(fd, buf, sizeof(buf), 0) != (ssize_t)size;
			bad += !!memcmp(buf, model, size);
			bad += pread(fd, buf, len, at[i]) != (ssize_t)len;
			bad += !!memcmp(buf, model + at[i], len);
		}
	is(bad, 0, "%s: 144 writes over block and page boundaries read back right", fs);
	close(fd);
}

static void large(const char *fs)
{
	size_t len = 8 * MiB;
	uint32_t *buf = must(mmap(NULL, len, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	int fd = must(open("k", O_RDWR | O_CREAT | O_TRUNC, 0644)), bad = 0;

	for (size_t i = 0; i < len / 4; i++)
		buf[i] = i * 2654435761u;
	is(write(fd, buf, len), len, "%s: 8 MiB in one write", fs);
	memset(buf, 0, len);
	must(fsync(fd));
	is(pread(fd, buf, len + 100, 0), len, "%s: and in one read", fs);
	for (size_t i = 0; i < len / 4; i++)
		bad += buf[i] != (uint32_t)(i * 2654435761u);
	is(bad, 0, "%s: every byte right", fs);
	must(munmap(buf, len));
	close(fd);
}

/* Descriptors made by one open share the position across fork. */
static void reader(void *arg)
{
	char buf[10];

	CHECK(read(*(int *)arg, buf, 10) == 10);
	CHECK(buf[0] == 'a');
}

static void appender(void *arg)
{
	char rec[16];

	for (int i = 0; i < 200; i++) {
		memset(rec, *(int *)arg, sizeof(rec));
		CHECK(write(((int *)arg)[1], rec, sizeof(rec)) == sizeof(rec));
	}
}

static void shared(const char *fs)
{
	int fd = make_file("l", 30, 'a'), ap, bad = 0;
	pid_t pid[3];
	char rec[16];

	is(child(reader, &fd), 0, "%s: a child reads from an inherited descriptor", fs);
	is(lseek(fd, 0, SEEK_CUR), 10, "%s: which moves the parent's position", fs);
	close(fd);
	ap = must(open("m", O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0644));
	for (int i = 0; i < 3; i++) {
		int arg[2] = { 'A' + i, i == 2 ? ap : must(open("m", O_WRONLY | O_APPEND)) };

		pid[i] = spawn(appender, arg);
	}
	for (int i = 0; i < 3; i++)
		bad += reap(pid[i]) != 0;
	for (int i = 0; i < 600; i++)
		bad += pread(ap, rec, 16, i * 16) != 16 || memcmp(rec, rec + 1, 15);
	is(bad, 0, "%s: three processes append 600 records, none torn or lost", fs);
	is(file_size(ap), 9600, "%s: the size is exact", fs);
	close(ap);
}

static void noappend(void)
{
	char text[] = "XY", buf[8] = "";
	struct iovec v = { text, 2 };
	int fd = must(open("na", O_CREAT | O_RDWR | O_APPEND, 0600));

	must_be(write(fd, "abcd", 4) == 4);
	is(pwritev2(fd, &v, 1, 1, 0x20 /* RWF_NOAPPEND */), 2, "RWF_NOAPPEND writes where it is told");
	is(pwritev2(fd, &v, 1, 0, 0), 2, "without, O_APPEND appends");
	must_be(pread(fd, buf, 7, 0) == 6);
	is(strcmp(buf, "aXYdXY"), 0, "both are there");
	fails(pwritev2(fd, &v, 1, 0, 0x20 | RWF_APPEND), EINVAL, "RWF_APPEND and RWF_NOAPPEND: EINVAL");
	fails(pwritev2(fd, &v, 1, 0, 0x10000), EOPNOTSUPP, "an unknown RWF_ flag is EOPNOTSUPP");
	close(fd);
	must(unlink("na"));
}

static void both(const char *fs)
{
	basics(fs);
	seeking(fs);
	modes(fs);
	vectors(fs);
	sizes(fs);
	large(fs);
	shared(fs);
	noappend();
}

int main(void)
{
	on_both(both);
	return done();
}

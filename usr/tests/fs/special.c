// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device nodes, the memory devices in /dev, FIFOs by name.
 */
#include "tap.h"
#include <dirent.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

static void nodes(const char *fs)
{
	struct stat st;
	char c = 1;
	int fd;

	is(mknod("zero", S_IFCHR | 0666, makedev(1, 5)), 0, "%s: mknod of a character device", fs);
	must(stat("zero", &st));
	ok(S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 5), "%s: stat shows it", fs);
	fd = open("zero", O_RDWR);
	ok(fd >= 0 && read(fd, &c, 1) == 1 && c == 0, "%s: it is /dev/zero", fs);
	close(fd);
	is(mknod("big", S_IFCHR | 0600, makedev(300, 70000)), 0, "%s: large device numbers", fs);
	must(stat("big", &st));
	ok(major(st.st_rdev) == 300 && minor(st.st_rdev) == 70000, "%s: are kept", fs);
	fails(open("big", O_RDONLY), ENXIO, "%s: a device that does not exist is ENXIO", fs);
	is(mknod("blk", S_IFBLK | 0600, makedev(4000, 1)), 0, "%s: mknod of a block device", fs);
	fails(open("blk", O_RDONLY), ENXIO, "%s: which does not exist either", fs);
	is(mknod("reg", S_IFREG | 0600, 0), 0, "%s: mknod of a file", fs);
	must(stat("reg", &st));
	ok(S_ISREG(st.st_mode) && !st.st_size, "%s: makes an empty one", fs);
	is(mknod("reg2", 0600, 0), 0, "%s: also without a type", fs);
	fails(mknod("dir", S_IFDIR | 0700, 0), EPERM, "%s: of a directory is EPERM", fs);
	fails(mknod("lnk", S_IFLNK | 0700, 0), EINVAL, "%s: of a link EINVAL", fs);
	fails(mknod("zero", S_IFCHR | 0666, 0), EEXIST, "%s: an existing name is EEXIST", fs);
	is(mknod("sock", S_IFSOCK | 0600, 0), 0, "%s: of a socket works", fs);
	fails(open("sock", O_RDONLY), ENXIO, "%s: opening it is ENXIO", fs);
}

/* What nobody has said anything about is root's alone. */
static void node_modes(void)
{
	DIR *dir = opendir("/dev");
	int disks = 0, bad = 0;
	struct dirent *e;
	struct stat st;

	must_be(dir != NULL);
	while ((e = readdir(dir)))
		if (!fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
		    (S_ISBLK(st.st_mode) || !strncmp(e->d_name, "ttyS", 4))) {
			disks++;
			bad += (st.st_mode & 07777) != 0600 || st.st_uid || st.st_gid;
		}
	closedir(dir);
	ok(disks > 0 && !bad, "disks and serial ports in /dev are 0600 of root (%d)", disks);
}

static void memory_devices(void)
{
	char buf[PG], zero[PG] = { 0 };
	int fd = must(open("/dev/null", O_RDWR));
	struct stat st;

	must(fstat(fd, &st));
	ok(S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3), "/dev/null is character device 1:3");
	is(write(fd, buf, 100), 100, "/dev/null takes what is written");
	is(read(fd, buf, 100), 0, "/dev/null reads as the end of file");
	is(lseek(fd, 1000, SEEK_SET), 0, "/dev/null's position stays 0");
	close(fd);
	fd = must(open("/dev/null", O_RDWR | O_TRUNC | O_APPEND));
	is(write(fd, buf, 1), 1, "O_TRUNC and O_APPEND do not matter");
	close(fd);
	fd = must(open("/dev/zero", O_RDWR));
	memset(buf, 1, sizeof(buf));
	is(read(fd, buf, sizeof(buf)), sizeof(buf), "/dev/zero gives what is asked for");
	ok(!memcmp(buf, zero, sizeof(buf)), "all zeros");
	is(write(fd, buf, 100), 100, "/dev/zero takes what is written");
	is(pread(fd, buf, 10, 1L << 40), 10, "/dev/zero at any position");
	close(fd);
	fd = must(open("/dev/full", O_RDWR));
	is(read(fd, buf, 100), 100, "/dev/full reads zeros");
	fails(write(fd, buf, 1), ENOSPC, "/dev/full is full: ENOSPC");
	close(fd);
	fails(open("/dev/null/x", O_RDONLY), ENOTDIR, "a path through a device is ENOTDIR");
}

static void random_devices(void)
{
	unsigned char a[64], b[64];
	int fd, bits = 0;

	for (int i = 0; i < 2; i++) {
		const char *name = i ? "/dev/random" : "/dev/urandom";

		fd = open(name, O_RDWR);
		if (!ok(fd >= 0, "%s opens", name))
			continue;
		is(read(fd, a, sizeof(a)), sizeof(a), "%s gives 64 bytes", name);
		is(read(fd, b, sizeof(b)), sizeof(b), "and again");
		ok(memcmp(a, b, sizeof(a)), "different ones");
		is(write(fd, a, sizeof(a)), sizeof(a), "%s takes bytes", name);
		close(fd);
	}
	for (int i = 0; i < 64; i++)
		bits += __builtin_popcount(a[i] ^ b[i]);
	ok(bits > 150 && bits < 360, "about half of the bits differ (%d of 512)", bits);
}

static void kmsg(void)
{
	static const char text[] = "<6>guest test says hello\n";
	char buf[2048];
	bool found = false;
	int fd;

	fd = open("/dev/kmsg", O_RDWR | O_NONBLOCK);
	if (!ok(fd >= 0, "/dev/kmsg opens"))
		return;
	is(write(fd, text, sizeof(text) - 1), sizeof(text) - 1, "/dev/kmsg takes a line");
	for (;;) {
		ssize_t n = read(fd, buf, sizeof(buf) - 1);

		if (n < 0 && errno == EPIPE)
			continue;
		if (n <= 0)
			break;
		buf[n] = 0;
		found |= strstr(buf, "guest test says hello") && strchr(buf, ';');
	}
	is(errno, EAGAIN, "reading on ends with EAGAIN when O_NONBLOCK");
	ok(found, "the line is among the records, with its prefix and semicolon");
	close(fd);
}

struct fifo {
	struct gate g;
	const char *name;
};

static void writer(void *arg)
{
	struct fifo *f = arg;
	int fd = open(f->name, O_WRONLY);

	CHECK(fd >= 0);
	CHECK(write(fd, "through", 7) == 7);
	gate_pass(f->g);
}

static void fifos(const char *fs)
{
	struct fifo f = { gate_new(), "fifo" };
	struct pollfd pf;
	char buf[20];
	int r, w;
	pid_t pid;

	must(mkfifo("fifo", 0644));
	fails(open("fifo", O_WRONLY | O_NONBLOCK), ENXIO, "%s: a FIFO without a reader is ENXIO for O_WRONLY|O_NONBLOCK", fs);
	works(r = open("fifo", O_RDONLY | O_NONBLOCK), "%s: O_RDONLY|O_NONBLOCK opens at once", fs);
	is(read(r, buf, 5), 0, "%s: without a writer it reads as the end", fs);
	works(w = open("fifo", O_WRONLY | O_NONBLOCK), "%s: with a reader O_WRONLY|O_NONBLOCK opens", fs);
	fails(read(r, buf, 5), EAGAIN, "%s: with a writer an empty one is EAGAIN", fs);
	is(write(w, "abc", 3), 3, "%s: data goes through", fs);
	is(read(r, buf, 5), 3, "%s: and comes out", fs);
	fails(lseek(r, 0, SEEK_SET), ESPIPE, "%s: it cannot seek: ESPIPE", fs);
	fails(pread(r, buf, 5, 0), ESPIPE, "%s: nor has it positions: pread", fs);
	fails(pwrite(w, buf, 5, 0), ESPIPE, "%s: and pwrite are ESPIPE", fs);
	close(w);
	is(read(r, buf, 5), 0, "%s: after the last writer has closed it is the end", fs);
	pf = (struct pollfd){ r, POLLIN, 0 };
	is(poll(&pf, 1, 0), 1, "%s: poll tells", fs);
	is(pf.revents & POLLHUP, POLLHUP, "%s: POLLHUP", fs);
	close(r);
	pid = spawn(writer, &f);
	must_be(wait_state(pid, 'S'));
	r = open("fifo", O_RDONLY);
	ok(r >= 0, "%s: a blocking writer and a blocking reader meet", fs);
	is(read(r, buf, 20), 7, "%s: and pass data", fs);
	gate_open(f.g);
	is(reap(pid), 0, "%s: the writer is content", fs);
	is(read(r, buf, 20), 0, "%s: and its end is seen", fs);
	close(r);
	works(r = open("fifo", O_RDWR), "%s: O_RDWR opens at once, as on Linux", fs);
	is(write(r, "self", 4), 4, "%s: writes to itself", fs);
	is(read(r, buf, 20), 4, "%s: and reads it", fs);
	must(unlink("fifo"));
	is(write(r, "still", 5), 5, "%s: an unlinked FIFO goes on", fs);
	close(r);
	gate_free(f.g);
}

static void both(const char *fs)
{
	nodes(fs);
	fifos(fs);
}

int main(void)
{
	node_modes();
	memory_devices();
	random_devices();
	kmsg();
	on_both(both);
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * mount, umount, statfs; sync, fsync, fdatasync; tmpfs sizes.
 */
#include "tap.h"
#include <sched.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

static void mounting(void)
{
	struct stat up, in;
	int fd;

	must(mkdir("m", 0700));
	close(make_file("m/below", 1, 'b'));
	must(stat(".", &up));
	fails(mount("none", "m", "nosuchfs", 0, NULL), ENODEV, "an unknown filesystem is ENODEV");
	fails(mount("none", "nothing", "tmpfs", 0, NULL), ENOENT, "a missing directory is ENOENT");
	fails(mount("none", "m/below", "tmpfs", 0, NULL), ENOTDIR, "a file is ENOTDIR");
	is(mount("none", "m", "tmpfs", 0, "mode=0755"), 0, "mount of tmpfs");
	must(stat("m", &in));
	ok(in.st_dev != up.st_dev, "is another device");
	is(in.st_mode & 07777, 0755, "mode= gives its root's mode");
	fails(access("m/below", F_OK), ENOENT, "what was below is hidden");
	close(make_file("m/f", 100, 'f'));
	fails(rename("m/f", "f"), EXDEV, "rename across is EXDEV");
	fails(link("m/f", "f"), EXDEV, "link too");
	fails(rmdir("m"), EBUSY, "rmdir of a mount point is EBUSY");
	must(stat("m/..", &in));
	is(in.st_ino, up.st_ino, "dot-dot leads up out of it");
	fd = must(open("m/f", O_RDONLY));
	fails(umount("m"), EBUSY, "umount with an open file is EBUSY");
	close(fd);
	must(chdir("m"));
	fails(umount("../m"), EBUSY, "as a working directory too");
	must(chdir(".."));
	fd = must(open("m/f", O_RDWR));
	void *p = must(mmap(NULL, PG, PROT_READ, MAP_SHARED, fd, 0));
	close(fd);
	fails(umount("m"), EBUSY, "and with a mapping alone");
	must(munmap(p, PG));
	is(mount("none", "m", "tmpfs", 0, NULL), 0, "a second mount on top");
	fails(access("m/f", F_OK), ENOENT, "hides the first");
	is(umount("m"), 0, "umount");
	is(access("m/f", F_OK), 0, "brings it back");
	is(umount("m"), 0, "umount of the first");
	is(access("m/below", F_OK), 0, "what was below is back");
	fails(umount("m"), EINVAL, "umount of what is not mounted is EINVAL");
	fails(umount("nothing"), ENOENT, "of nothing ENOENT");
}

static void lazily(void)
{
	int fd;

	must(mount("none", "m", "tmpfs", 0, NULL));
	fd = make_file("m/f", 10, 'f');
	is(umount2("m", MNT_DETACH), 0, "MNT_DETACH of a busy mount");
	is(access("m/below", F_OK), 0, "takes it out of the tree");
	is(file_byte(fd, 0), 'f', "open files go on");
	close(fd);
}

static void read_only(void)
{
	int fd;

	must(mount("none", "m", "tmpfs", 0, NULL));
	fd = make_file("m/f", 10, 'f');
	fails(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL), EBUSY,
	      "remount read-only with a file open for writing is EBUSY");
	close(fd);
	close(make_file("m/nameless", 10, 'n'));
	fd = must(open("m/nameless", O_RDONLY));
	must(unlink("m/nameless"));
	fails(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL), EBUSY, "with a file without a name open too");
	close(fd);
	must(mkdir("m2", 0700));
	must(mount("m", "m2", NULL, MS_BIND, NULL));
	fd = must(open("m2/f", O_WRONLY));
	must(umount2("m2", MNT_DETACH));
	must(rmdir("m2"));
	fails(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL), EBUSY,
	      "and with one open for writing by a mount that has left the tree");
	close(fd);
	is(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL), 0, "else it works");
	fails(open("m/f", O_RDWR), EROFS, "open for writing is EROFS");
	fails(open("m/new", O_RDWR | O_CREAT, 0644), EROFS, "creating is EROFS");
	fails(mkdir("m/d", 0755), EROFS, "mkdir is EROFS");
	fails(unlink("m/f"), EROFS, "unlink is EROFS");
	fails(chmod("m/f", 0), EROFS, "chmod is EROFS");
	fails(truncate("m/f", 0), EROFS, "truncate is EROFS");
	fails(access("m/f", W_OK), EROFS, "access for writing is EROFS");
	works(fd = open("m/f", O_RDONLY), "reading is allowed");
	close(fd);
	must(mount(NULL, "m", NULL, MS_REMOUNT, NULL));
	works(fd = open("m/f", O_RDWR), "remounted writable it opens again");
	close(fd);
	must(umount("m"));
}

static void options(void)
{
	struct statfs sf;
	char buf[64 * KiB] = { 0 }, *text;
	ssize_t n, sum = 0;
	int fd;

	must(mount("label", "m", "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,nr_inodes=50"));
	must(statfs("m", &sf));
	is(sf.f_type, 0x01021994, "statfs tells tmpfs");
	is(sf.f_blocks * sf.f_bsize, 1 * MiB, "size= is its size");
	fd = must(open("m/f", O_RDWR | O_CREAT, 0644));
	while ((n = write(fd, buf, sizeof(buf))) > 0)
		sum += n;
	ok(n < 0 && errno == ENOSPC, "a full tmpfs is ENOSPC");
	ok(sum > (ssize_t)(900 * KiB) && sum <= (ssize_t)MiB, "after about its size");
	must(statfs("m", &sf));
	is(sf.f_bfree, 0, "statfs shows it full");
	must(ftruncate(fd, 0));
	must(statfs("m", &sf));
	ok(sf.f_bfree * sf.f_bsize > 900 * KiB, "and empty after ftruncate");
	close(fd);
	for (n = 0; n < 100; n++) {
		snprintf(buf, 100, "m/i%zd", n);
		fd = open(buf, O_RDWR | O_CREAT, 0644);
		if (fd < 0)
			break;
		close(fd);
	}
	ok(n < 50 && errno == ENOSPC, "nr_inodes= bounds the number of files");
	must(mknod("null", S_IFCHR | 0666, makedev(1, 3)));
	text = slurp("/proc/mounts");
	ok(text && strstr(text, "label ") && strstr(text, " tmpfs rw,nosuid,nodev"),
	   "/proc/mounts shows source, type and flags");
	free(text);
	must(umount("m"));
	must(mount("none", "m", "tmpfs", MS_NODEV, NULL));
	must(mknod("m/null", S_IFCHR | 0666, makedev(1, 3)));
	fails(open("m/null", O_RDWR), EACCES, "MS_NODEV: devices cannot be opened: EACCES");
	must(umount("m"));
}

static void no_links(void)
{
	struct statfs sf;
	char buf[10];
	char *text;

	must(mount("none", "m", "tmpfs", MS_NOSYMFOLLOW, NULL));
	close(make_file("m/f", 1, 'f')), must(symlink("f", "m/l")), must(symlink("m/f", "to"));
	fails(open("m/l", O_RDONLY), ELOOP, "MS_NOSYMFOLLOW: a link cannot be followed: ELOOP");
	is(readlink("m/l", buf, sizeof(buf)), 1, "but read");
	is(access("to", F_OK), 0, "and one from elsewhere leads there");
	must(statfs("m", &sf));
	ok(sf.f_flags & 0x2000, "statfs tells");
	text = slurp("/proc/mounts");
	ok(text && strstr(text, ",nosymfollow"), "and /proc/mounts");
	free(text);
	must(umount("m")), must(unlink("to"));
}

static void binding(void)
{
	struct stat a, b;

	must(mkdir("src", 0755)), close(make_file("src/f", 3, 's'));
	is(mount("src", "m", NULL, MS_BIND, NULL), 0, "MS_BIND");
	must(stat("src/f", &a)), must(stat("m/f", &b));
	ok(a.st_ino == b.st_ino && a.st_dev == b.st_dev, "shows the same files");
	must(mkdir("src/d", 0755)), must(mkdir("src/d/e", 0755));
	int home = must(open(".", O_PATH)), in = must(open("m/d", O_PATH));

	must(rename("src/d", "moved"));
	is(faccessat(in, "e", F_OK, 0), 0, "a directory that was moved out of a bind mount still is one");
	fails(faccessat(in, "..", F_OK, 0), ENOENT, "but dot-dot does not lead out of the mount");
	fails(faccessat(in, "e/../../src", F_OK, 0), ENOENT, "nor on a longer way");
	must(fchdir(in));
	fails(access("../src", F_OK), ENOENT, "nor from the working directory");
	must(fchdir(home));
	close(in), close(home);
	must(rmdir("moved/e")), must(rmdir("moved"));
	must(umount("m"));
}

static void unprivileged(void *arg)
{
	(void)arg;
	CHECK(!setresuid(1000, 1000, 1000));
	CHECK_ERR(mount("none", "m", "tmpfs", 0, NULL), EPERM);
	CHECK_ERR(umount("m"), EPERM);
}

static void syncing(const char *fs)
{
	int fd = make_file("s", 100000, 's'), p[2], d, ro;
	struct statfs sf, sf2;

	is(fsync(fd), 0, "%s: fsync", fs);
	is(fdatasync(fd), 0, "%s: fdatasync", fs);
	ro = must(open("s", O_RDONLY));
	is(fsync(ro), 0, "%s: fsync of O_RDONLY works", fs);
	d = must(open(".", O_RDONLY));
	is(fsync(d), 0, "%s: fsync of a directory works", fs);
	is(syncfs(fd), 0, "%s: syncfs", fs);
	sync();
	fails(fsync(999), EBADF, "%s: fsync of a closed descriptor is EBADF", fs);
	must(pipe(p));
	fails(fsync(p[0]), EINVAL, "%s: fsync of a pipe is EINVAL", fs);
	close(p[0]), close(p[1]), close(d), close(ro);
	is(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE), 0, "%s: sync_file_range", fs);
	fails(sync_file_range(fd, -1, 0, 0), EINVAL, "%s: of a negative offset is EINVAL", fs);
	is(statfs(".", &sf), 0, "%s: statfs", fs);
	is(fstatfs(fd, &sf2), 0, "%s: fstatfs", fs);
	ok(sf.f_type == sf2.f_type && sf.f_bsize == sf2.f_bsize && sf.f_blocks == sf2.f_blocks,
	   "%s: agree", fs);
	ok(sf.f_bavail <= sf.f_bfree && sf.f_bfree <= sf.f_blocks && sf.f_ffree <= sf.f_files,
	   "%s: with sane figures", fs);
	is(sf.f_namelen, 255, "%s: names have up to 255 bytes", fs);
	if (!strcmp(fs, "ext2"))
		is(sf.f_type, 0xef53, "%s: the type is ext2's", fs);
	fails(statfs("none", &sf), ENOENT, "%s: statfs of nothing is ENOENT", fs);
	fails(fstatfs(999, &sf), EBADF, "%s: fstatfs of a closed descriptor is EBADF", fs);
	close(fd);
}

#define SPARE	"/dev/vdb"
#define ROUNDS	100

/* wait until both processes have come here @times times */
static void meet(atomic_int *met, int times)
{
	atomic_fetch_add(met, 1);
	while (atomic_load(met) < 2 * times)
		sched_yield();
}

static atomic_int *met;

/* mounts the spare disk as @arg, again and again, at the same time as another process does */
static void mounts_at_once(void *arg)
{
	const char *dir = arg, *other = dir[0] == 'p' ? "q" : "p";
	char mine[8], his[8];
	struct stat a, b;
	int times = 0;

	alarm(120);	/* the other one has failed, and does not come */
	snprintf(mine, sizeof(mine), "%s/%s", dir, dir);
	snprintf(his, sizeof(his), "%s/%s", dir, other);
	for (int i = 0; i < ROUNDS; i++) {
		meet(met, ++times);
		CHECK(!mount(SPARE, dir, "ext2", 0, NULL));
		close(make_file(mine, 1, 'm'));
		meet(met, ++times);
		CHECK(!stat(dir, &a) && !stat(other, &b) && a.st_dev == b.st_dev);
		CHECK(!access(his, F_OK));
		meet(met, ++times);
		CHECK(!unlink(mine));
		meet(met, ++times);
		CHECK(!umount(dir));
	}
}

static void one_super_block(void)
{
	pid_t pid;

	must(mkdir("p", 0700));
	must(mkdir("q", 0700));
	if (mount(SPARE, "p", "ext2", 0, NULL)) {
		skip("no spare disk", "two mounts of one device at once get one filesystem");
		return;
	}
	must(umount("p"));
	met = must(mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	pid = spawn(mounts_at_once, "p");
	is(child(mounts_at_once, "q") | reap(pid), 0, "two mounts of one device at once get one filesystem");
	must(munmap(met, PG));
}

int main(void)
{
	work_in(TMPFS);
	umask(022);
	mounting();
	lazily();
	read_only();
	options();
	no_links();
	binding();
	one_super_block();
	is(child(unprivileged, NULL), 0, "an ordinary user may not mount or umount: EPERM");
	on_both(syncing);
	return done();
}

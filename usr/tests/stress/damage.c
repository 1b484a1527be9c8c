// SPDX-License-Identifier: GPL-2.0-only
/*
 * A disk that holds nonsense.  Metadata of a small filesystem is damaged at
 * random; then it is mounted, walked, read, written by two processes, and
 * unmounted, twice, so that the second time meets what the first has made of
 * the damage.  Nothing is expected of the calls but that each comes back, that
 * the filesystem can be unmounted, and that the undamaged one is whole at the end.
 *
 *	damage [-s seed] [-n rounds] [-b spare block device] [-d scratch directory] [-v]
 *
 * The device holds an empty ext2 filesystem of 1 KiB blocks; it is lost.
 * Without a device there is nothing to be done here, and the test says so.
 */
#include "options.h"
#include <dirent.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

#define BS	1024U
#define FILL	'D'		/* what data blocks are made of, to tell them from metadata */
#define BIG	(600 * KiB)	/* reaches the double indirect block */
#define FAR	(70 * MiB)	/* and this the triple one */
#define MANY	300		/* names of a directory with several pages */
#define USERS	2		/* processes that use a damaged filesystem at a time */

static struct options opt = { .seed = 20202, .n = 25 };
static const char *device = "/dev/vdb";
static size_t size;
static unsigned char *empty;	/* the filesystem as we got it */
static unsigned char *sound;	/* and before it is damaged */
static uint64_t state;

/* ---- the filesystem ---- */

static void populate(void *arg)
{
	char name[64];
	int fd;

	(void)arg;
	close(make_file("small", 3000, FILL));
	close(make_file("big", BIG, FILL));
	fd = make_file("sparse", BS, FILL);
	CHECK(pwrite(fd, "end", 3, FAR) == 3);
	CHECK(!close(fd) && !mkdir("dir", 0755) && !mkdir("dir/sub", 0755) && !mkdir("dir/sub/low", 0755));
	close(make_file("dir/sub/low/file", 100, FILL));
	CHECK(!mkdir("many", 0755) && !link("small", "dir/hard"));
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "many/%0*d", 1 + i % 50, i);
		CHECK(!link("small", name));
	}
	CHECK(!symlink("dir/sub", "short"));
	CHECK(!symlink("many/../many/../many/../many/../many/../many/../many/../many/../small", "long"));
	CHECK(!mkfifo("fifo", 0644) && !mknod("node", S_IFCHR | 0644, makedev(1, 3)));
}

/* the undamaged one has what populate() made */
static void intact(void *arg)
{
	char buf[BS];
	int fd = open("big", O_RDONLY), n = 0;
	DIR *d = opendir("many");

	(void)arg;
	CHECK(fd >= 0 && file_size(fd) == BIG && d);
	for (size_t done = 0; done < BIG; done += BS)
		CHECK(read(fd, buf, BS) == BS && all_bytes(buf, FILL, BS));
	while (readdir(d))
		n++;
	CHECK(n == MANY + 2);
	CHECK(!access("dir/sub/low/file", R_OK) && !access("long", R_OK) && !access("short/low", R_OK));
}

static int in_fs(void (*fn)(void *))
{
	int status;

	must(mount(device, "m", "ext2", 0, ""));
	must(chdir("m"));
	status = child(fn, NULL);
	must(chdir(".."));
	must(umount("m"));
	return status;
}

/* ---- damage ---- */

static bool is_data(const unsigned char *block)
{
	return block[0] == FILL && !memcmp(block, block + 1, BS - 1);
}

static bool is_empty(const unsigned char *block)
{
	return !block[0] && !memcmp(block, block + 1, BS - 1);
}

/* a block that says something about others: where the damage goes */
static size_t metadata_block(void)
{
	size_t at;

	if (rnd(&state, 8) == 0)
		return (1 + rnd(&state, 2)) * BS;	/* super block, group descriptors */
	do
		at = rnd(&state, size / BS) * BS;
	while (is_data(sound + at) || is_empty(sound + at));
	return at;
}

static uint32_t word_at(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Something else for the word @old: slightly wrong, extreme, plausible, anything. */
static uint32_t nonsense(uint32_t old)
{
	switch (rnd(&state, 9)) {
	case 0:
		return old ^ 1U << rnd(&state, 32);
	case 1:
		return old + 1;
	case 2:
		return old - 1;
	case 3:
		return 0;
	case 4:
		return UINT32_MAX >> rnd(&state, 32);
	case 5:
		return rnd(&state, size / BS);			/* a block or an inode */
	case 6:
		return (old & 0xffff0000) | rnd(&state, 65536);
	case 7:
		return (old & 0xffff) | (uint32_t)rnd(&state, 65536) << 16;
	default:
		return rnd_next(&state);
	}
}

static void damage_word(int fd)
{
	size_t block = metadata_block(), at;
	uint32_t old, new;
	int tries = 20;

	do	/* of a block, a word that is in use */
		at = block + rnd(&state, block == BS ? 34 : BS / 4) * 4;
	while (!word_at(sound + at) && --tries);
	old = word_at(sound + at);
	new = nonsense(old);
	must_be(pwrite(fd, &new, sizeof(new), at) == sizeof(new));
	if (opt.verbose)
		note("block %zu, byte %zu: %#x is %#x", at / BS, at % BS, old, new);
}

/*
 * Between mounts the device is open only here: with the last close its cache
 * goes, which knows nothing of what was written to the blocks of files.
 */
static void damage(int words)
{
	static unsigned char now_there[64 * KiB];
	int fd = must(open(device, O_RDWR));

	for (size_t at = 0; at < size; at += sizeof(now_there)) {
		must_be(pread(fd, now_there, sizeof(now_there), at) == sizeof(now_there));
		if (memcmp(now_there, sound + at, sizeof(now_there)))
			must_be(pwrite(fd, sound + at, sizeof(now_there), at) == sizeof(now_there));
	}
	while (words-- > 0)
		damage_word(fd);
	must(close(fd));
}

static unsigned char *image(void)
{
	unsigned char *p = must(mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	int fd = must(open(device, O_RDONLY));

	must_be(pread(fd, p, size, 0) == (ssize_t)size);
	must(close(fd));
	return p;
}

/* ---- what is done with it ---- */

static char found[400][300];
static int nfound;

static void look_for_names(const char *path, int depth)
{
	struct dirent *e;
	DIR *d = opendir(path);

	while (d && nfound < (int)ARRAY_SIZE(found) && (e = readdir(d))) {
		struct stat st;
		char *name = found[nfound];

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (strlen(path) + 1 + strlen(e->d_name) >= sizeof(found[0]))
			continue;
		stpcpy(stpcpy(stpcpy(name, path), "/"), e->d_name);
		nfound++;
		if (!lstat(name, &st) && S_ISDIR(st.st_mode) && depth < 8)
			look_for_names(name, depth + 1);
	}
	if (d)
		closedir(d);
}

static void read_mapped(int fd, off_t len)
{
	volatile unsigned char *p = mmap(NULL, PG, PROT_READ, MAP_SHARED, fd, (len / 2) & -PG);

	if (p != MAP_FAILED && try_load((void *)p).sig == 0 && len < (off_t)PG)
		try_load((void *)(p + len / 2));
	munmap((void *)p, PG);
}

static void use_file(const char *name)
{
	static char buf[20000];
	int fd = open(name, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		fd = open(name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		(void)!readlink(name, buf, sizeof(buf));
		close(fd);
		return;
	}
	(void)!pread(fd, buf, sizeof(buf), 0);
	(void)!pread(fd, buf, sizeof(buf), rnd(&state, st.st_size | 1));
	read_mapped(fd, st.st_size);
	lseek(fd, 0, SEEK_HOLE);
	switch (rnd(&state, 6)) {
	case 0:
		(void)!pwrite(fd, buf, sizeof(buf), rnd(&state, st.st_size | 1));
		break;
	case 1:
		(void)!pwrite(fd, buf, sizeof(buf), st.st_size);
		break;
	case 2:
		(void)!ftruncate(fd, rnd(&state, st.st_size | 1));
		break;
	case 3:
		(void)!fsync(fd);
		break;
	}
	close(fd);
}

/* change the names of the directory that @name is in */
static void use_name(const char *name)
{
	const char *other = found[rnd(&state, nfound)];
	char fresh[310];

	snprintf(fresh, sizeof(fresh), "%.280s-%d", name, (int)rnd(&state, 1000));
	switch (rnd(&state, 9)) {
	case 0:
		unlink(name);
		break;
	case 1:
		rmdir(name);
		break;
	case 2:
		rename(name, other);
		break;
	case 3:
		rename(name, fresh);
		break;
	case 4:
		(void)!link(name, fresh);
		break;
	case 5:
		mkdir(fresh, 0755);
		break;
	case 6:
		(void)!symlink(name, fresh);
		break;
	case 7:
		close(open(fresh, O_CREAT | O_EXCL | O_RDWR, 0644));
		break;
	}
}

static void use(void *user)
{
	struct statfs fs;

	state += (long)user * 7919;
	statfs(".", &fs);
	look_for_names(".", 0);
	for (int i = 0; i < nfound; i++)
		if (i < 40 || rnd(&state, 8) == 0)
			use_file(found[i]);
	for (int i = 0; nfound && i < 60; i++)
		use_name(found[rnd(&state, nfound)]);
	sync();
	nfound = 0;
	look_for_names(".", 0);
	for (int i = 0; nfound && i < 20; i++)
		unlink(found[rnd(&state, nfound)]);
}

/* Mount what is there and use it. Return: was it mounted? */
static bool visit(void)
{
	const char *how = rnd(&state, 2) ? "errors=continue" : "errors=remount-ro";
	pid_t users[USERS];

	if (mount(device, "m", "ext2", rnd(&state, 8) ? 0 : MS_RDONLY, how))
		return false;
	must(chdir("m"));
	for (long i = 0; i < USERS; i++)
		users[i] = spawn(use, (void *)i);
	for (int i = 0; i < USERS; i++)
		must_be(reap(users[i]) == 0);
	must(chdir(".."));
	must(umount("m"));
	rnd_next(&state);	/* the child's numbers are not ours */
	return true;
}

static void run(void)
{
	int mounted = 0;

	state = opt.seed;
	must(mkdir("m", 0755));
	empty = image();
	must_be(in_fs(populate) == 0);
	sound = image();
	for (long i = 0; i < opt.n; i++) {
		damage(1 + rnd(&state, 4));
		mounted += visit();
		mounted += visit();
	}
	ok(mounted >= opt.n, "%ld damaged filesystems, mounted %d times, could be unmounted", opt.n, mounted);
	damage(0);
	is(in_fs(intact), 0, "the sound one is whole afterwards");
	sound = empty;
	damage(0);
}

static void device_option(int c)
{
	(void)c;
	device = optarg;
}

int main(int argc, char **argv)
{
	int fd;

	get_options(&opt, argc, argv, "b:", device_option);
	fd = open(device, O_RDONLY);
	if (fd < 0) {
		skip("no spare block device", "damaged filesystems");
		return done();
	}
	size = must(lseek(fd, 0, SEEK_END));
	close(fd);
	work_in(opt.dir ? opt.dir : TMPFS);
	run();
	work_out();
	return done();
}

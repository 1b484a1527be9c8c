// SPDX-License-Identifier: GPL-2.0-only
/*
 * Permissions: who may open, execute, search, create, remove, change; umask,
 * sticky and set-group-id directories, clearing of set-id bits.
 */
#include "tap.h"
#include <grp.h>
#include <sys/syscall.h>

#define USER	1000
#define GROUP	500

/* Become an ordinary user with GROUP as the only supplementary group. */
static void drop(void)
{
	gid_t g = GROUP;

	CHECK(!setgroups(1, &g));
	CHECK(!setresgid(100, 100, 100));
	CHECK(!setresuid(USER, USER, USER));
}

static void make(const char *name, mode_t mode, uid_t uid, gid_t gid)
{
	close(make_file(name, 10, 'x'));
	must(chown(name, uid, gid));
	must(chmod(name, mode));
}

static int opens(const char *name, int how)
{
	int fd = open(name, how);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? errno : 0;
}

static void classes(void *arg)
{
	(void)arg;
	drop();
	CHECK(opens("own600", O_RDWR) == 0);
	CHECK(opens("own077", O_RDONLY) == EACCES);	/* the owner's bits, no others */
	CHECK(opens("grp060", O_RDWR) == 0);
	CHECK(opens("grp606", O_RDONLY) == EACCES);	/* the group's bits, no others */
	CHECK(opens("oth006", O_RDWR) == 0);
	CHECK(opens("oth004", O_RDONLY) == 0);
	CHECK(opens("oth004", O_WRONLY) == EACCES);
	CHECK(opens("oth004", O_RDONLY | O_TRUNC) == EACCES);
	CHECK(opens("oth002", O_WRONLY) == 0);
	CHECK(opens("oth002", O_RDWR) == EACCES);
	CHECK(opens("oth660", O_RDONLY) == EACCES);
	CHECK(opens("oth660", O_PATH) == 0);
	CHECK_ERR(truncate("oth004", 0), EACCES);
}

static void search(void *arg)
{
	struct stat st;

	(void)arg;
	drop();
	CHECK(!stat("d711/f", &st));
	CHECK(opens("d711", O_RDONLY) == EACCES);
	CHECK_ERR(stat("d644/f", &st), EACCES);
	CHECK(opens("d744", O_RDONLY) == 0);
	CHECK_ERR(chdir("d744"), EACCES);
	CHECK(!chdir("d711"));
	CHECK_ERR(stat("../d644/none", &st), EACCES);
}

static void changing(void *arg)
{
	(void)arg;
	drop();
	CHECK_ERR(mkdir("d755/x", 0755), EACCES);
	CHECK_ERR(unlink("d755/f"), EACCES);
	CHECK_ERR(rename("d755/f", "d755/g"), EACCES);
	CHECK_ERR(symlink("x", "d755/x"), EACCES);
	CHECK(open("d755/new", O_CREAT | O_RDWR, 0644) == -1 && errno == EACCES);
	CHECK(opens("d755/f", O_CREAT | O_RDONLY) == 0);
	CHECK_ERR(chmod("d755/f", 0777), EPERM);
	CHECK_ERR(chown("d755/f", USER, -1), EPERM);
	CHECK_ERR(utimensat(AT_FDCWD, "d755/f", (struct timespec[2]){ { 1, 0 }, { 1, 0 } }, 0), EPERM);
	CHECK_ERR(utimensat(AT_FDCWD, "d755/f", NULL, 0), EACCES);
	CHECK(!utimensat(AT_FDCWD, "oth006", NULL, 0));
	CHECK(!chmod("own600", 0640));
	CHECK(!chown("own600", -1, GROUP));
	CHECK_ERR(chown("own600", -1, 777), EPERM);
	CHECK_ERR(chown("own600", 0, -1), EPERM);
	CHECK_ERR(mknod("d777/null", S_IFCHR | 0666, 0x103), EPERM);
	CHECK(!mkfifo("d777/fifo", 0644));
	CHECK(!unlink("d777/rootfile"));	/* the directory decides */
}

static void sticky(void *arg)
{
	(void)arg;
	drop();
	CHECK_ERR(unlink("d1777/rootfile"), EPERM);
	CHECK_ERR(rename("d1777/rootfile", "d1777/x"), EPERM);
	CHECK_ERR(rmdir("d1777/rootdir"), EPERM);
	CHECK(open("d1777/mine", O_CREAT | O_RDWR, 0644) >= 0);
	CHECK_ERR(rename("d1777/mine", "d1777/rootfile"), EPERM);
	CHECK(!rename("d1777/mine", "d1777/mine2"));
	CHECK(!unlink("d1777/mine2"));
}

static void setgid_dir(void *arg)
{
	struct stat st;

	(void)arg;
	umask(0);
	drop();
	CHECK(open("d2777/f", O_CREAT | O_RDWR, 0644) >= 0);
	CHECK(!stat("d2777/f", &st) && st.st_gid == GROUP && st.st_uid == USER);
	CHECK(!mkdir("d2777/d", 0755));
	CHECK(!stat("d2777/d", &st) && st.st_gid == GROUP && st.st_mode == (S_IFDIR | 02755));
	CHECK(open("d777/f", O_CREAT | O_RDWR, 0644) >= 0);
	CHECK(!stat("d777/f", &st) && st.st_gid == 100);
	/* no program of a group that one is not in, whatever the umask makes of it */
	umask(077);
	CHECK(open("d2777o/f", O_CREAT | O_RDWR, 02777) >= 0);
	CHECK(!stat("d2777o/f", &st) && st.st_gid == 777 && st.st_mode == (S_IFREG | 0700));
	CHECK(!mknod("d2777o/n", S_IFREG | 02777, 0));
	CHECK(!stat("d2777o/n", &st) && st.st_mode == (S_IFREG | 0700));
	CHECK(open("d2777o/g", O_CREAT | O_RDWR, 02666) >= 0);
	CHECK(!stat("d2777o/g", &st) && st.st_mode == (S_IFREG | 02600));
}

static mode_t mode_of(const char *name)
{
	struct stat st;

	CHECK(!stat(name, &st));
	return st.st_mode & 07777;
}

static void set_id_bits(void *arg)
{
	int fd;

	(void)arg;
	drop();
	fd = open("s6777", O_WRONLY);
	CHECK(fd >= 0 && write(fd, "x", 1) == 1);
	CHECK(mode_of("s6777") == 0777);
	CHECK(!truncate("s6777t", 1));
	CHECK(mode_of("s6777t") == 0777);
	CHECK(!truncate("s2666", 1));		/* no program, but of another's group */
	CHECK(mode_of("s2666") == 0666);
	CHECK(!chmod("own-other-group", 02755));	/* not in that group: bit refused */
	CHECK(mode_of("own-other-group") == 0755);
}

/* chown takes S_ISGID of a program, not where it means something else; and it is a change in any case */
static void by_root(const char *fs)
{
	struct stat a, b;

	must(chown("s2644", USER, -1));
	is(mode_of("s2644"), 02644, "%s: root's chown leaves S_ISGID without group execute", fs);
	must(chmod("s2644", 02755)), must(chown("s2644", 0, -1));
	is(mode_of("s2644"), 0755, "%s: and takes it from a program", fs);
	if (strcmp(fs, "tmpfs"))
		return;			/* its clock has seconds only */
	must(utimensat(AT_FDCWD, "s2644", NULL, 0)), must(stat("s2644", &a));
	do
		must(chown("s2644", -1, -1)), must(stat("s2644", &b));
	while (b.st_ctim.tv_nsec == a.st_ctim.tv_nsec && time(NULL) < a.st_ctime + 5);
	ok(b.st_ctim.tv_nsec != a.st_ctim.tv_nsec,
	   "%s: a chown of neither owner nor group changes the time of change", fs);
}

static void stores_set_id(void *arg)
{
	int fd;
	char *p;

	(void)arg;
	drop();
	fd = open("s4777", O_RDWR);
	p = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(p != MAP_FAILED);
	CHECK(try_store(p).sig == 0);
}

static void umasks(const char *fs)
{
	mode_t old = umask(027);
	struct stat st;

	close(must(open("u1", O_CREAT | O_RDWR, 0777)));
	must(mkdir("u2", 0777)), must(mkfifo("u3", 0666)), must(symlink("x", "u4"));
	must(stat("u1", &st));
	is(st.st_mode & 07777, 0750, "%s: umask is taken from a new file's mode", fs);
	must(stat("u2", &st));
	is(st.st_mode & 07777, 0750, "%s: from a directory's", fs);
	must(stat("u3", &st));
	is(st.st_mode & 07777, 0640, "%s: from a fifo's", fs);
	must(lstat("u4", &st));
	is(st.st_mode & 07777, 0777, "%s: not from a link's", fs);
	must(chmod("u1", 0777));
	must(stat("u1", &st));
	is(st.st_mode & 07777, 0777, "%s: nor from chmod's", fs);
	is(umask(0777), 027, "%s: umask returns the old one", fs);
	is(umask(07777), 0777, "%s: cut to nine bits", fs);
	is(umask(old), 0777, "%s: always", fs);
}

static void prepare(void)
{
	static const struct { const char *name; mode_t mode; } dir[] = {
		{ "d711", 0711 }, { "d644", 0644 }, { "d744", 0744 }, { "d755", 0755 },
		{ "d777", 0777 }, { "d1777", 01777 }, { "d2777", 02777 },
	};
	char name[64];

	must(chmod(".", 0755));
	make("own600", 0600, USER, 0), make("own077", 0077, USER, GROUP);
	make("grp060", 0060, 0, GROUP), make("grp606", 0606, 0, GROUP);
	make("oth006", 0006, 0, 0), make("oth004", 0004, 0, 0);
	make("oth002", 0002, 0, 0), make("oth660", 0660, 0, 0);
	make("s6777", 06777, 0, 0), make("s6777t", 06777, 0, 0), make("s4777", 04777, 0, 0);
	make("own-other-group", 0755, USER, 777), make("s2666", 02666, 0, 777);
	make("s2644", 02644, 0, 777);
	for (size_t i = 0; i < ARRAY_SIZE(dir); i++) {
		must(mkdir(dir[i].name, 0755));
		snprintf(name, sizeof(name), "%s/f", dir[i].name);
		if (strcmp(dir[i].name, "d2777") && strcmp(dir[i].name, "d777"))
			make(name, 0644, 0, 0);
		must(chmod(dir[i].name, dir[i].mode));
	}
	must(chown("d2777", 0, GROUP)), must(chmod("d2777", 02777));
	must(mkdir("d2777o", 0755)), must(chown("d2777o", 0, 777)), must(chmod("d2777o", 02777));
	make("d777/rootfile", 0600, 0, 0), make("d1777/rootfile", 0666, 0, 0);
	must(mkdir("d1777/rootdir", 0777));
}

static void both(const char *fs)
{
	umask(022);
	prepare();
	is(child(classes, NULL), 0, "%s: owner, group and other bits, exactly one class counts", fs);
	is(child(search, NULL), 0, "%s: directories need x to be searched and r to be listed", fs);
	is(child(changing, NULL), 0, "%s: creating and removing need w of the directory, changing the owner", fs);
	is(child(sticky, NULL), 0, "%s: in a sticky directory only the owner removes: EPERM", fs);
	is(child(setgid_dir, NULL), 0, "%s: a set-group-id directory hands its group down", fs);
	is(child(set_id_bits, NULL), 0, "%s: write and truncate by others clear set-id bits", fs);
	is(child(stores_set_id, NULL), 0, "%s: a writable mapping of a set-id file works", fs);
	umasks(fs);
	by_root(fs);
}

int main(void)
{
	on_both(both);
	return done();
}

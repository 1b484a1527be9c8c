// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc: the files that ps, top, free, mount and programs read, in Linux's
 * formats, with true content.
 */
#include "tap.h"
#include <dirent.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* The number behind "Key:" at the start of a line, -1 when there is none. */
static long field(const char *text, const char *key)
{
	size_t n = strlen(key);

	for (const char *p = text; p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
		if (!strncmp(p, key, n) && p[n] == ':')
			return atol(p + n + 1);
	return -1;
}

/* Field @n (from 1, as in proc(5)) of a stat line, the name being one field. */
static long long stat_field(const char *text, int n)
{
	const char *p = strrchr(text, ')');

	if (!p)
		return -1;
	p += 2;
	for (int i = 3; i < n && p; i++) {
		p = strchr(p, ' ');
		if (p)
			p++;
	}
	return p ? strtoll(p, NULL, 10) : -1;
}

static int stat_fields(const char *text)
{
	int n = 2;

	for (const char *p = strrchr(text, ')'); p && *p; p++)
		n += *p == ' ';
	return n;
}

static void own_stat(void)
{
	char *s = slurp("/proc/self/stat");

	if (!ok(s != NULL, "/proc/self/stat"))
		return;
	is(atoi(s), getpid(), "stat: the process id");
	is(stat_fields(s), 52, "stat: 52 fields");
	is(strrchr(s, ')')[2], 'R', "stat: it runs");
	is(stat_field(s, 4), getppid(), "stat: the parent");
	is(stat_field(s, 5), getpgrp(), "stat: the group");
	is(stat_field(s, 6), getsid(0), "stat: the session");
	is(stat_field(s, 20), 1, "stat: one thread");
	ok(stat_field(s, 23) > 100 * 1024, "stat: the size in bytes");
	ok(stat_field(s, 24) > 10, "stat: resident pages");
	ok(stat_field(s, 22) > 0, "stat: the start time");
	free(s);
	must(prctl(PR_SET_NAME, "a) (b 1"));
	s = slurp("/proc/self/stat");
	ok(s && strstr(s, "(a) (b 1) R "), "stat: an odd name stands in parentheses as it is");
	free(s);
	s = slurp("/proc/self/comm");
	ok(s && !strcmp(s, "a) (b 1\n"), "comm: the same");
	free(s);
}

static void own_status(void)
{
	char *s = slurp("/proc/self/status"), *t = slurp("/proc/self/statm"), *p;
	unsigned long size = 0, rss = 0, shared = 0;
	sigset_t set;

	if (!ok(s != NULL, "/proc/self/status"))
		return;
	is(field(s, "Pid"), getpid(), "status: Pid");
	is(field(s, "PPid"), getppid(), "status: PPid");
	is(field(s, "Tgid"), getpid(), "status: Tgid");
	is(field(s, "Threads"), 1, "status: Threads");
	is(field(s, "Uid"), getuid(), "status: Uid");
	is(field(s, "Gid"), getgid(), "status: Gid");
	ok(strstr(s, "State:\tR (running)\n"), "status: State");
	ok(!strncmp(s, "Name:\t", 6), "status: Name comes first");
	ok(field(s, "VmSize") > field(s, "VmRSS") && field(s, "VmRSS") > 0, "status: VmSize and VmRSS");
	ok((p = strstr(s, "VmRSS:")) && strstr(p, " kB\n"), "status: in kB");
	ok(t && sscanf(t, "%lu %lu %lu", &size, &rss, &shared) == 3, "/proc/self/statm");
	is(size, field(s, "VmSize") / 4, "statm: the size in pages agrees");
	free(s), free(t);
	sigemptyset(&set), sigaddset(&set, SIGUSR1), sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGUSR2, SIG_IGN);
	s = slurp("/proc/self/status");
	ok(s && strstr(s, "SigBlk:\t0000000000004200\n"), "status: SigBlk");
	ok(s && strstr(s, "SigIgn:\t0000000000000800\n"), "status: SigIgn");
	free(s);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	signal(SIGUSR2, SIG_DFL);
}

static void own_files(int argc, char **argv)
{
	char buf[PATH_MAX], cwd[PATH_MAX], *s, name[64];
	int fd, n, found = 0;
	struct dirent *e;
	DIR *d;

	s = slurp("/proc/self/cmdline");
	ok(s && !strcmp(s, argv[0]), "cmdline: argv[0], ended by NUL");
	free(s);
	(void)argc;
	n = readlink("/proc/self/exe", buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = 0;
	ok(n > 0 && buf[0] == '/' && access(buf, X_OK) == 0, "exe: a link to the program");
	n = readlink("/proc/self/cwd", buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = 0;
	ok(getcwd(cwd, sizeof(cwd)) && !strcmp(cwd, buf), "cwd: a link to the working directory");
	fd = must(open("/dev/zero", O_RDONLY));
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = 0;
	ok(!strcmp(buf, "/dev/zero"), "fd/N: a link to the file");
	n = must(open(name, O_RDONLY));
	is(read(n, buf, 1), 1, "fd/N can be opened");
	close(n);
	d = opendir("/proc/self/fd");
	while (d && (e = readdir(d)))
		found += !strcmp(e->d_name, strrchr(name, '/') + 1);
	if (d)
		closedir(d);
	is(found, 1, "fd: lists it");
	close(fd);
	fails(readlink(name, buf, sizeof(buf)), ENOENT, "a closed one is gone: ENOENT");
	n = readlink("/proc/self", buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = 0;
	is(atoi(buf), getpid(), "/proc/self is a link to one's own directory");
	must_be(!access("/proc/self/maps", R_OK));
}

struct line {
	unsigned long from, to, off, ino;
	char perm[5], path[256];
};

/* Parse every line; false on anything that is not Linux's format or order. */
static bool parse_maps(const char *text, const void *at, struct line *out)
{
	unsigned long last = 0;
	char dev[20];

	memset(out, 0, sizeof(*out));
	while (*text) {
		struct line l = { 0 };
		int n = sscanf(text, "%lx-%lx %4s %lx %19s %lu %255[^\n]", &l.from, &l.to, l.perm,
			       &l.off, dev, &l.ino, l.path);

		if (n < 6 || l.from >= l.to || l.from < last || l.from % PG || l.to % PG ||
		    strlen(l.perm) != 4 || !strchr(dev, ':'))
			return note("bad line: %.80s", text), false;
		last = l.to;
		if ((unsigned long)at >= l.from && (unsigned long)at < l.to)
			*out = l;
		text = strchr(text, '\n');
		if (!text)
			return false;
		text++;
	}
	return true;
}

static struct line mapping_at(const void *p)
{
	char *s = slurp("/proc/self/maps");
	struct line l;

	if (!s || !parse_maps(s, p, &l))
		memset(&l, 0, sizeof(l));
	free(s);
	return l;
}

static int data = 5;

static void maps(void)
{
	int fd = make_file("mapped file", 4 * PG, 'm');
	struct stat st;
	struct line l;
	char *p, *a, *s = slurp("/proc/self/maps");

	ok(s && parse_maps(s, s, &l), "maps: every line has Linux's form, in order");
	ok(s && strstr(s, "[stack]"), "maps: [stack] is named");
	ok(s && strstr(s, "[heap]"), "maps: [heap] is named");
	free(s);
	must(fstat(fd, &st));
	p = must(mmap(NULL, 2 * PG, PROT_READ, MAP_SHARED, fd, PG));
	l = mapping_at(p);
	ok(l.from == (unsigned long)p && l.to == l.from + 2 * PG && l.off == PG, "maps: bounds and offset of a file mapping");
	ok(l.ino == st.st_ino && !strcmp(l.perm, "r--s"), "maps: inode and protection");
	ok(strstr(l.path, "/mapped file"), "maps: the path, blanks as they are");
	must(unlink("mapped file"));
	l = mapping_at(p);
	ok(strstr(l.path, "/mapped file (deleted)"), "maps: (deleted) after unlink");
	must(munmap(p, 2 * PG));
	ok(!mapping_at(p).to, "maps: gone after munmap");
	close(fd);
	a = must(mmap(NULL, 3 * PG, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	must(mprotect(a + PG, PG, PROT_NONE));
	l = mapping_at(a + PG);
	ok(l.from == (unsigned long)a + PG && l.to == l.from + PG && !strcmp(l.perm, "---p") && !l.ino,
	   "maps: a protected part stands alone");
	must(munmap(a, 3 * PG));
	l = mapping_at((void *)own_stat);
	ok(!strcmp(l.perm, "r-xp") && l.path[0] == '/', "maps: the program's text");
	l = mapping_at(&data);
	ok(!strcmp(l.perm, "rw-p"), "maps: its data");
	a = shared_alloc(PG);
	l = mapping_at(a);
	ok(!strcmp(l.perm, "rw-s") && !strcmp(l.path, "/dev/zero (deleted)"),
	   "maps: shared anonymous memory is /dev/zero (deleted)");
	must(munmap(a, PG));
}

static void sleeper(void *arg)
{
	(void)arg;
	for (;;)
		pause();
}

/* What a process has open is for its user to see. */
static void curious(void *arg)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fdinfo", *(pid_t *)arg);
	CHECK(!setresgid(1000, 1000, 1000) && !setresuid(1000, 1000, 1000));
	CHECK(open(path, O_RDONLY) == -1 && errno == EACCES);
	strcat(path, "/0");
	CHECK_ERR(access(path, F_OK), EACCES);
	CHECK(open("/proc/self/fdinfo", O_RDONLY) >= 0);
}

static void adjust(void *arg)
{
	int fd = must(open("/proc/self/oom_score_adj", O_RDWR));

	(void)arg;
	CHECK(pwrite(fd, "100", 3, 0) == 3);
	CHECK(!setresuid(1000, 1000, 1000));
	CHECK(pwrite(fd, "500", 3, 0) == 3);
	CHECK(pwrite(fd, "100", 3, 0) == 3);
	CHECK_ERR(pwrite(fd, "99", 2, 0), EACCES);
}

static bool in_proc(pid_t pid)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	bool found = false;

	while (d && (e = readdir(d)))
		found |= atoi(e->d_name) == pid;
	if (d)
		closedir(d);
	return found;
}

static void others(void)
{
	pid_t pid = spawn(sleeper, NULL);
	char path[64], *s, buf[10];
	int fd;

	must_be(wait_state(pid, 'S'));
	ok(in_proc(pid), "a child is listed in /proc");
	is(child(adjust, NULL), 0, "oom_score_adj can be lowered to what root has set: EACCES below");
	is(child(curious, &pid), 0, "its fdinfo is not for other users");
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = must(open(path, O_RDONLY));
	kill(pid, SIGKILL);
	must_be(wait_state(pid, 'Z'));
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	s = slurp(path);
	ok(s && strstr(s, "State:\tZ (zombie)\n"), "a zombie says so");
	ok(s && field(s, "VmRSS") == -1, "and has no memory");
	free(s);
	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	s = slurp(path);
	ok(s && !*s, "its cmdline is empty");
	free(s);
	reap(pid);
	ok(!in_proc(pid), "once reaped it is not listed");
	fails(access(path, F_OK), ENOENT, "and not found");
	fails(read(fd, buf, sizeof(buf)), ESRCH, "an open stat of it is ESRCH");
	close(fd);
	fails(access("/proc/999999999", F_OK), ENOENT, "nobody is ENOENT");
}

/* vmstat, sar and test suites look for these */
static void vmstat(void)
{
	static const char *const names[] = { "nr_free_pages", "nr_inactive_anon", "nr_active_anon",
		"nr_inactive_file", "nr_active_file", "nr_unevictable", "nr_mlock", "nr_anon_pages",
		"nr_mapped", "nr_file_pages", "nr_dirty", "nr_writeback", "nr_shmem", "nr_dirtied",
		"nr_written", "pgpgin", "pgpgout", "pswpin", "pswpout", "pgfree", "pgactivate",
		"pgdeactivate", "pglazyfree", "pglazyfreed", "pgfault", "pgmajfault", "pgscan_kswapd",
		"pgscan_direct", "pgsteal_kswapd", "pgsteal_direct", "oom_kill" };
	char *s = slurp("/proc/vmstat"), line[64];
	int bad = 0;

	for (size_t i = 0; s && i < ARRAY_SIZE(names); i++) {
		snprintf(line, sizeof(line), "%s%s ", i ? "\n" : "", names[i]);
		if (!strstr(s, line)) {
			note("no %s", names[i]);
			bad++;
		}
	}
	ok(s && !bad, "vmstat: the usual lines");
	free(s);
}

static void system_wide(void)
{
	static const char *const keys[] = { "MemTotal", "MemFree", "MemAvailable", "Buffers", "Cached",
		"SwapTotal", "SwapFree", "Dirty", "Writeback", "AnonPages", "Mapped", "Shmem", "Slab" };
	char *s = slurp("/proc/meminfo");
	double up = 0, idle = -1, a, b, c;
	int run, all, last, bad = 0;

	for (size_t i = 0; s && i < ARRAY_SIZE(keys); i++)
		if (field(s, keys[i]) < 0) {
			note("no %s", keys[i]);
			bad++;
		}
	ok(s && !bad, "meminfo: the usual lines");
	ok(s && field(s, "MemTotal") > 16 * 1024 && field(s, "MemFree") < field(s, "MemTotal") &&
	   field(s, "MemAvailable") <= field(s, "MemTotal"), "meminfo: sane figures");
	free(s);
	vmstat();
	s = slurp("/proc/uptime");
	ok(s && sscanf(s, "%lf %lf", &up, &idle) == 2 && up > 0 && idle >= 0, "uptime: two numbers");
	ok(up <= now() + 0.1 && up > now() - 60, "the first is the time since boot");
	free(s);
	s = slurp("/proc/loadavg");
	ok(s && sscanf(s, "%lf %lf %lf %d/%d %d", &a, &b, &c, &run, &all, &last) == 6 && run >= 1 && all >= run,
	   "loadavg: three loads, running and all, the last process");
	free(s);
	s = slurp("/proc/stat");
	ok(s && !strncmp(s, "cpu  ", 5) && strstr(s, "\ncpu0 ") && strstr(s, "\nbtime ") &&
	   strstr(s, "\nctxt ") && strstr(s, "\nprocesses "), "stat: cpu lines, ctxt, btime, processes");
	free(s);
	s = slurp("/proc/version");
	ok(s && !strncmp(s, "Linux version ", 14), "version: begins like Linux's");
	free(s);
	s = slurp("/proc/filesystems");
	ok(s && strstr(s, "nodev\ttmpfs\n") && strstr(s, "nodev\tproc\n") && strstr(s, "\text2\n"),
	   "filesystems: tmpfs, proc, ext2");
	free(s);
	s = slurp("/proc/mounts");
	ok(s && strstr(s, " /proc proc rw") && strstr(s, " 0 0\n"), "mounts: /proc itself is there");
	free(s);
	s = slurp("/proc/cmdline");
	ok(s && *s && s[strlen(s) - 1] == '\n', "cmdline: one line");
	free(s);
	s = slurp("/proc/cpuinfo");
	ok(s && strstr(s, "processor\t: 0\n") && strstr(s, "isa\t\t: rv64i"), "cpuinfo: processors and isa");
	free(s);
	s = slurp("/proc/sys/kernel/osrelease");
	ok(s && atoi(s) >= 5, "sys/kernel/osrelease");
	free(s);
	s = slurp("/proc/sys/kernel/pid_max");
	ok(s && atoi(s) >= 301, "sys/kernel/pid_max");
	free(s);
}

/* The number behind @key, which stands alone in a line of its own indent. */
static long indented(const char *s, const char *key)
{
	const char *at = s ? strstr(s, key) : NULL;

	return at ? atol(at + strlen(key)) : -1;
}

static void memory_wide(void)
{
	char *s = slurp("/proc/zoneinfo"), *zone = s;
	unsigned long objs, all;
	int node, at = 0;
	char name[32];

	/* Linux has empty zones, too */
	while (zone && indented(zone, "\n        managed ") == 0)
		zone = strstr(zone + 1, "\nNode ");
	ok(zone && sscanf(s, "Node %d, zone %31s", &node, name) == 2 && strstr(s, "\n  per-node stats\n"),
	   "zoneinfo: a node, its zone, its statistics");
	ok(indented(zone, "\n        min ") > 0 && indented(zone, "\n        low ") > indented(zone, "\n        min ") &&
	   indented(zone, "\n        high ") > indented(zone, "\n        low "), "zoneinfo: min < low < high");
	ok(indented(zone, "\n  pages free ") > 0 &&
	   indented(zone, "\n        managed ") >= indented(zone, "\n  pages free ") &&
	   indented(zone, "\n        present ") >= indented(zone, "\n        managed ") &&
	   indented(zone, "\n        spanned ") >= indented(zone, "\n        present "),
	   "zoneinfo: free <= managed <= present <= spanned");
	ok(zone && strstr(zone, "\n    cpu: 0\n              count: ") && strstr(zone, "\n  start_pfn: "),
	   "zoneinfo: each CPU's list of pages, the first frame");
	free(s);
	s = slurp("/proc/buddyinfo");
	ok(s && sscanf(s, "Node %d, zone %31s %lu %lu%n", &node, name, &objs, &all, &at) == 4 && at,
	   "buddyinfo: node, zone, blocks of each order");
	free(s);
	s = slurp("/proc/slabinfo");
	ok(s && strstr(s, "slabinfo - version: 2.1\n# name ") == s, "slabinfo: version 2.1");
	zone = s ? strstr(s, "\nkmalloc-64 ") : NULL;
	ok(zone && sscanf(zone, "\nkmalloc-64 %lu %lu", &objs, &all) == 2 && objs <= all && all,
	   "slabinfo: objects in use and all of a cache");
	free(s);
}

/* debug builds alone have it; Linux's looks otherwise */
static void locks(void)
{
	char *s = slurp("/proc/lock_stat"), *dirs = s ? strstr(s, "\nI_RWSEM_DIR ") : NULL;
	unsigned long taken, waited, us;

	if (!s || strncmp(s, "rank ", 5)) {
		skip("only in debug builds", "lock_stat");
	} else {
		ok(dirs && sscanf(dirs, "\nI_RWSEM_DIR %lu %lu %lu", &taken, &waited, &us) == 3 &&
		   taken > 0 && waited <= taken, "lock_stat: directories' locks were taken, and waited for less often");
		ok(!strstr(s, "unnamed"), "lock_stat: each rank has a name");
	}
	free(s);
}

static void errors(void)
{
	fails(open("/proc/self/maps", O_WRONLY | O_CREAT | O_EXCL, 0644), EEXIST, "O_EXCL of a proc file is EEXIST");
	fails(open("/proc/newfile", O_WRONLY | O_CREAT, 0644), ENOENT, "no file can be made in /proc: ENOENT");
	fails(mkdir("/proc/newdir", 0755), ENOENT, "no directory: ENOENT");
	fails(unlink("/proc/meminfo"), EPERM, "none can be removed: EPERM");
}

static void offsets(void)
{
	char whole[PG] = "", piece[PG] = "", c;
	int fd = must(open("/proc/filesystems", O_RDONLY)), n;

	n = must(read(fd, whole, sizeof(whole) - 1));
	is(read(fd, piece, 10), 0, "a proc file ends");
	must(lseek(fd, 0, SEEK_SET));
	for (int i = 0; i < n && read(fd, &c, 1) == 1; i++)
		piece[i] = c;
	ok(!strcmp(whole, piece), "read byte by byte it is the same text");
	is(pread(fd, piece, 10, 5), 10, "pread in the middle");
	ok(!memcmp(piece, whole + 5, 10), "gives the middle");
	close(fd);
}

int main(int argc, char **argv)
{
	work_in(TMPFS);
	own_stat();
	own_status();
	own_files(argc, argv);
	maps();
	others();
	system_wide();
	memory_wide();
	locks();
	errors();
	offsets();
	return done();
}

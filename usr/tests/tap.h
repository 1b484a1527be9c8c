/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TAP output and small helpers for the guest tests.
 *
 * A test program is one .c file that includes this header, is linked
 * statically, and talks TAP on stdout.  Recipe:
 *
 *	int main(void)
 *	{
 *		work_in(TMPFS);			// private directory, removed at exit
 *		int fd = must(open("f", O_CREAT | O_RDWR, 0600));
 *		fails(write(fd, NOTHING, 1), EFAULT, "write from NULL is EFAULT");
 *		is(lseek(fd, 0, SEEK_CUR), 0, "a failed write does not move");
 *		return done();
 *	}
 *
 * ok/is/fails/works make one test point each; must() is for steps that are not
 * what is being tested and ends the program when they fail.  Only the main
 * process makes test points: a child uses CHECK() and its exit status is
 * judged by the parent, see child().  Nothing here is buffered, so fork() does
 * not double any output.
 *
 * Synchronise with struct gate, a futex or wait_state(), never by sleeping.
 */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PG		4096UL
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define KiB		1024UL
#define MiB		(1024UL * KiB)
#define GiB		(1024UL * MiB)

/* Where the two writable filesystems are; the environment may move them. */
#define DISK	tap_env("TEST_DISK", "/var/tmp")
#define TMPFS	tap_env("TMPDIR", "/tmp")

static int tap_count, tap_failed;
static void *volatile tap_null __attribute__((unused));
#define NOTHING	tap_null	/* NULL, where the compiler would object to it */
static pid_t tap_owner;
static char tap_dir[PATH_MAX];
static int tap_home = -1;

static inline const char *tap_env(const char *name, const char *otherwise)
{
	const char *v = getenv(name);

	return v && *v ? v : otherwise;
}

/* ---- test points ---- */

__attribute__((format(printf, 1, 2)))
static inline void note(const char *fmt, ...)
{
	char buf[1024];
	va_list ap;
	int n, saved = errno;

	n = snprintf(buf, sizeof(buf), "# ");
	va_start(ap, fmt);
	n += vsnprintf(buf + n, sizeof(buf) - n - 1, fmt, ap);
	va_end(ap);
	if (n > (int)sizeof(buf) - 2)
		n = sizeof(buf) - 2;
	buf[n++] = '\n';
	if (write(STDOUT_FILENO, buf, n) < 0)
		_exit(1);
	errno = saved;
}

__attribute__((format(printf, 2, 3)))
static inline bool tap_point(bool good, const char *fmt, ...)
{
	char buf[1024];
	va_list ap;
	int n, saved = errno;

	tap_owner = tap_owner ? tap_owner : getpid();
	if (!good)
		tap_failed++;
	n = snprintf(buf, sizeof(buf), "%sok %d - ", good ? "" : "not ", ++tap_count);
	va_start(ap, fmt);
	n += vsnprintf(buf + n, sizeof(buf) - n - 1, fmt, ap);
	va_end(ap);
	if (n > (int)sizeof(buf) - 2)
		n = sizeof(buf) - 2;
	buf[n++] = '\n';
	if (write(STDOUT_FILENO, buf, n) < 0)
		_exit(1);
	errno = saved;
	return good;
}

/* ok(condition, "rule %s", ...) */
#define ok(cond, ...) ({						\
	bool ok_ = (cond);						\
	tap_point(ok_, __VA_ARGS__);					\
	if (!ok_)							\
		note("%s:%d: expected %s (errno %d %s)", __FILE__,	\
		     __LINE__, #cond, errno, strerror(errno));		\
	ok_; })

/* is(got, wanted, "rule"): two integers (or pointers) are equal. */
#define is(got, want, ...) ({						\
	long got_ = (long)(got), want_ = (long)(want);			\
	tap_point(got_ == want_, __VA_ARGS__);				\
	if (got_ != want_)						\
		note("%s:%d: expected %s == %ld (0x%lx), got %ld (0x%lx), errno %d", \
		     __FILE__, __LINE__, #got, want_, want_, got_, got_, errno); \
	got_ == want_; })

/* fails(call, EWHY, "rule"): the call returns -1 (MAP_FAILED) with that errno. */
#define fails(call, err, ...) ({					\
	errno = 0;							\
	long ret_ = (long)(call);					\
	int errno_ = errno;						\
	bool ok_ = ret_ == -1 && errno_ == (err);			\
	tap_point(ok_, __VA_ARGS__);					\
	if (!ok_)							\
		note("%s:%d: expected %s to fail with %d (%s), got %ld, errno %d (%s)", \
		     __FILE__, __LINE__, #call, (err), strerror(err),	\
		     ret_, errno_, strerror(errno_));			\
	ok_; })

/* works(call, "rule"): the call does not return -1. */
#define works(call, ...) ({						\
	errno = 0;							\
	long ret_ = (long)(call);					\
	tap_point(ret_ != -1, __VA_ARGS__);				\
	if (ret_ == -1)							\
		note("%s:%d: expected %s to work, errno %d (%s)",	\
		     __FILE__, __LINE__, #call, errno, strerror(errno)); \
	ret_ != -1; })

#define skip(why, ...) ({						\
	char name_[512];						\
	snprintf(name_, sizeof(name_), __VA_ARGS__);			\
	tap_point(true, "%s # SKIP %s", name_, why); })

/* A step that must work for the test to mean anything; yields its value. */
#define must(call) ({							\
	errno = 0;							\
	__typeof__(call) must_ = (call);				\
	if ((long)must_ == -1) {					\
		note("%s:%d: %s: errno %d (%s)", __FILE__, __LINE__,	\
		     #call, errno, strerror(errno));			\
		tap_bail();						\
	}								\
	must_; })

#define must_be(cond) ({						\
	if (!(cond)) {							\
		note("%s:%d: %s is false (errno %d)", __FILE__,		\
		     __LINE__, #cond, errno);				\
		tap_bail();						\
	} })

__attribute__((noreturn)) static inline void tap_bail(void)
{
	if (tap_owner && tap_owner != getpid())
		_exit(99);
	(void)!write(STDOUT_FILENO, "Bail out! a needed step failed\n", 31);
	exit(1);
}

/* The plan and the exit status of main(). */
static inline int done(void)
{
	dprintf(STDOUT_FILENO, "1..%d\n", tap_count);
	return tap_failed ? 1 : 0;
}

/* ---- a private directory ---- */

static inline int tap_remove_one(const char *path, const struct stat *st,
				 int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path), 0;
}

static inline void work_out(void)
{
	if (!tap_dir[0] || tap_owner != getpid())
		return;
	if (fchdir(tap_home))
		return;
	close(tap_home);
	nftw(tap_dir, tap_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	tap_dir[0] = 0;
}

/* Make a directory of our own under @base and move there. */
static inline void work_in(const char *base)
{
	static bool registered;

	tap_owner = getpid();
	if (!registered)
		atexit(work_out);
	registered = true;
	work_out();
	tap_home = must(open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	snprintf(tap_dir, sizeof(tap_dir), "%s/t-%d", base, getpid());
	must(mkdir(tap_dir, 0755));
	must(chdir(tap_dir));
}

/* Run @fn once in a directory on the disk and once on tmpfs. */
static inline void on_both(void (*fn)(const char *fs))
{
	work_in(DISK);
	fn("ext2");
	work_in(TMPFS);
	fn("tmpfs");
	work_out();
}

/* ---- children ---- */

/* In a child: leave with status 1, saying why, unless @cond holds. */
#define CHECK(cond) ({							\
	if (!(cond)) {							\
		note("%s:%d: in child: expected %s (errno %d %s)",	\
		     __FILE__, __LINE__, #cond, errno, strerror(errno)); \
		_exit(1);						\
	} })

/* In a child: the call must return -1 with errno @err. */
#define CHECK_ERR(call, err) ({						\
	errno = 0;							\
	long ret_ = (long)(call);					\
	if (ret_ != -1 || errno != (err)) {				\
		note("%s:%d: in child: expected %s to fail with %d, got %ld errno %d", \
		     __FILE__, __LINE__, #call, (err), ret_, errno);	\
		_exit(1);						\
	} })

/* Reap @pid: its exit status, or minus the signal that killed it. */
static inline int reap(pid_t pid)
{
	int st;

	while (waitpid(pid, &st, 0) < 0)
		if (errno != EINTR)
			return 1000 + errno;
	return WIFSIGNALED(st) ? -WTERMSIG(st) : WEXITSTATUS(st);
}

/* Fork; the child runs @fn(@arg) and leaves with 0 unless CHECK() fails. */
static inline pid_t spawn(void (*fn)(void *), void *arg)
{
	pid_t pid;

	tap_owner = tap_owner ? tap_owner : getpid();
	pid = must(fork());
	if (!pid) {
		fn(arg);
		_exit(0);
	}
	return pid;
}

static inline int child(void (*fn)(void *), void *arg)
{
	return reap(spawn(fn, arg));
}

/* A one-way gate between processes: whoever passes waits for one opening. */
struct gate {
	int fd[2];
};

static inline struct gate gate_new(void)
{
	struct gate g;

	must(pipe2(g.fd, O_CLOEXEC));
	return g;
}

static inline void gate_open(struct gate g)
{
	if (write(g.fd[1], "x", 1) != 1)
		_exit(98);
}

static inline void gate_pass(struct gate g)
{
	char c;
	ssize_t n;

	do
		n = read(g.fd[0], &c, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(97);
}

static inline void gate_free(struct gate g)
{
	close(g.fd[0]);
	close(g.fd[1]);
}

static inline double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* The state letter of a process or thread, 0 when it is gone. */
static inline char proc_state(pid_t pid)
{
	char path[64], buf[512], *p;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	if (n <= 0)
		return 0;
	buf[n] = 0;
	p = strrchr(buf, ')');
	return p ? p[2] : 0;
}

/* Wait until @pid is in state @state ('S' asleep, 'T' stopped, 'Z' zombie). */
static inline bool wait_state(pid_t pid, char state)
{
	double end = now() + 20;

	while (now() < end) {
		if (proc_state(pid) == state)
			return true;
		sched_yield();
	}
	note("process %d did not reach state %c, it is in %c", pid, state,
	     proc_state(pid));
	return false;
}

/* ---- memory ---- */

/* Zeroed memory that children share. */
static inline void *shared_alloc(size_t len)
{
	return must(mmap(NULL, len, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0));
}

static inline bool all_bytes(const volatile void *p, int c, size_t len)
{
	const volatile unsigned char *b = p;

	for (size_t i = 0; i < len; i++)
		if (b[i] != (unsigned char)c) {
			note("byte %zu is 0x%02x, not 0x%02x", i, b[i],
			     (unsigned char)c);
			return false;
		}
	return true;
}

struct fault {
	int sig;		/* 0: the access went through */
	int code;
	unsigned long addr;
};

static sigjmp_buf tap_jump;
static struct fault tap_fault;

static inline void tap_on_fault(int sig, siginfo_t *si, void *uc)
{
	(void)uc;
	tap_fault = (struct fault){ sig, si->si_code, (unsigned long)si->si_addr };
	siglongjmp(tap_jump, 1);
}

/* Call @fn(@arg) and tell which fault, if any, ended it. */
__attribute__((noinline, unused))
static struct fault try_call(void (*fn)(void *), void *arg)
{
	static const int sigs[] = { SIGSEGV, SIGBUS, SIGILL };
	struct sigaction old[3], sa = { .sa_sigaction = tap_on_fault,
					.sa_flags = SA_SIGINFO };

	sigemptyset(&sa.sa_mask);
	tap_fault = (struct fault){ 0 };
	for (int i = 0; i < 3; i++)
		sigaction(sigs[i], &sa, &old[i]);
	if (!sigsetjmp(tap_jump, 1))
		fn(arg);
	for (int i = 0; i < 3; i++)
		sigaction(sigs[i], &old[i], NULL);
	return tap_fault;
}

static inline void tap_do_load(void *p)
{
	(void)*(volatile unsigned char *)p;
}

static inline void tap_do_store(void *p)
{
	*(volatile unsigned char *)p = 0x5a;
}

static inline void tap_do_exec(void *p)
{
	((void (*)(void))p)();
}

#define try_load(p)	try_call(tap_do_load, (void *)(p))
#define try_store(p)	try_call(tap_do_store, (void *)(p))
#define try_exec(p)	try_call(tap_do_exec, (void *)(p))

/* is_fault(fault, SIGSEGV, SEGV_MAPERR, address, "rule") */
#define is_fault(f, s, c, a, ...) ({					\
	struct fault f_ = (f);						\
	unsigned long a_ = (unsigned long)(a);				\
	bool ok_ = f_.sig == (s) && f_.code == (c) && f_.addr == a_;	\
	tap_point(ok_, __VA_ARGS__);					\
	if (!ok_)							\
		note("%s:%d: expected signal %d code %d address 0x%lx, got %d, %d, 0x%lx", \
		     __FILE__, __LINE__, (s), (c), a_, f_.sig, f_.code,	\
		     f_.addr);						\
	ok_; })

#define no_fault(f, ...) is_fault(f, 0, 0, 0, __VA_ARGS__)

/* Is any page mapped at @p?  Does not touch it. */
static inline bool is_mapped(const void *p)
{
	return msync((void *)((unsigned long)p & ~(PG - 1)), PG, MS_ASYNC) == 0;
}

/* ---- files ---- */

/* A new file of @len bytes of @c, open for reading and writing. */
static inline int make_file(const char *name, size_t len, int c)
{
	int fd = must(open(name, O_RDWR | O_CREAT | O_TRUNC, 0644));
	char buf[PG];

	memset(buf, c, sizeof(buf));
	while (len) {
		size_t n = len < sizeof(buf) ? len : sizeof(buf);

		must_be(write(fd, buf, n) == (ssize_t)n);
		len -= n;
	}
	must(lseek(fd, 0, SEEK_SET));
	return fd;
}

/* One byte of a file through read(2), -1 when it is past the end. */
static inline int file_byte(int fd, off_t pos)
{
	unsigned char c;

	return pread(fd, &c, 1, pos) == 1 ? c : -1;
}

static inline void file_poke(int fd, off_t pos, int c)
{
	unsigned char b = c;

	must_be(pwrite(fd, &b, 1, pos) == 1);
}

static inline off_t file_size(int fd)
{
	struct stat st;

	must(fstat(fd, &st));
	return st.st_size;
}

/* The whole of a (small, perhaps /proc) file as a string, NULL on error. */
static inline char *slurp(const char *path)
{
	size_t len = 0, room = 4096;
	char *buf = malloc(room);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0 || !buf) {
		free(buf);
		return NULL;
	}
	while ((n = read(fd, buf + len, room - len - 1)) > 0) {
		len += n;
		if (room - len < 2048)
			buf = realloc(buf, room *= 2);
	}
	close(fd);
	buf[len] = 0;
	return buf;
}

/* A counter of /proc/vmstat, not its first; -1: there is none of that name. */
static inline long vm_counter(const char *name)
{
	char *text = slurp("/proc/vmstat"), line[64], *at;
	long n = -1;

	snprintf(line, sizeof(line), "\n%s ", name);
	at = text ? strstr(text, line) : NULL;
	if (at)
		n = atol(at + strlen(line));
	free(text);
	return n;
}

/* A reproducible stream of numbers (xorshift64*). */
static inline uint64_t rnd_next(uint64_t *s)
{
	*s ^= *s >> 12;
	*s ^= *s << 25;
	*s ^= *s >> 27;
	return *s * 0x2545F4914F6CDD1DULL;
}

static inline uint64_t rnd(uint64_t *s, uint64_t below)
{
	return (rnd_next(s) >> 11) % below;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of bench: processes and threads. */
#include <linux/futex.h>
#include <pthread.h>
#include <spawn.h>

static double fork_exit_with(size_t touched, long n)
{
	if (touched)
		touch(anon(touched, 0), touched, true);
	return TIMES(n, pid_t pid = fork(); if (!pid) _exit(0); reap(pid));
}

static double fork_exit(void) { return fork_exit_with(0, 200); }
static double fork_exit_64m(void) { return fork_exit_with(64 * MiB, 4); }

/* the smallest program there is: exit(0), written as an ELF file by hand */
static const char *tiny(void)
{
	static const struct {
		unsigned char ident[16];
		uint16_t type, machine;
		uint32_t version;
		uint64_t entry, phoff, shoff;
		uint32_t flags;
		uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
		uint32_t ptype, pflags;
		uint64_t off, vaddr, paddr, filesz, memsz, align;
		uint32_t code[3];
	} elf = {
		.ident = { 0x7f, 'E', 'L', 'F', 2, 1, 1 },
		.type = 2, .machine = 243, .version = 1, .entry = 0x10000 + 120, .phoff = 64,
		.ehsize = 64, .phentsize = 56, .phnum = 1,
		.ptype = 1, .pflags = 5, .vaddr = 0x10000, .filesz = 132, .memsz = 132, .align = 4096,
		.code = { 0x05d00893, 0x00000513, 0x00000073 },	/* li a7,93; li a0,0; ecall */
	};
	static char name[256];
	int fd;

	snprintf(name, sizeof(name), "%s", path("tiny"));
	fd = CHECK(open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755));
	CHECK(write(fd, &elf, 132));
	CHECK(fsync(fd));
	close(fd);
	return name;
}

static double fork_exec_tiny(void)
{
	const char *prog = tiny();
	char *const av[] = { (char *)prog, NULL };

	return TIMES(100, pid_t pid = fork(); if (!pid) { execv(prog, av); _exit(127); } reap(pid));
}

static double vfork_exec_tiny(void)
{
	const char *prog = tiny();
	char *const av[] = { (char *)prog, NULL };

	return TIMES(100, pid_t pid = vfork(); if (!pid) { execv(prog, av); _exit(127); } reap(pid));
}

static double spawn(const char *prog, char *const *av, long n)
{
	extern char **environ;

	return TIMES(n, pid_t pid; if (posix_spawn(&pid, prog, NULL, NULL, av, environ)) die("spawn"); reap(pid));
}

static double spawn_tiny(void)
{
	const char *prog = tiny();
	char *const av[] = { (char *)prog, NULL };

	return spawn(prog, av, 100);
}

static double spawn_libc(void)
{
	char *const av[] = { (char *)self, "--nothing", NULL };

	return spawn("/proc/self/exe", av, 50);
}

static double bb_true(void)
{
	char *const av[] = { "true", NULL };

	return spawn("/bin/busybox", av, 30);
}

static double shell(const char *script, long n)
{
	char *const av[] = { "sh", "-c", (char *)script, NULL };

	return ONCE(1, pid_t pid = fork(); if (!pid) { execv("/bin/busybox", av); _exit(127); } reap(pid)) / n;
}

static double bb_sh_loop(void)
{
	return shell("i=0; while [ $i -lt 50 ]; do /bin/busybox true; i=$((i+1)); done", 50);
}

static double bb_sh_pipe(void)
{
	return shell("i=0; while [ $i -lt 20 ]; do echo x | /bin/busybox cat | /bin/busybox cat >/dev/null; i=$((i+1)); done", 20);
}

static void *nothing(void *arg)
{
	return arg;
}

static double thread_row(void)
{
	return TIMES(200, pthread_t t; if (pthread_create(&t, NULL, nothing, NULL)) die("thread"); pthread_join(t, NULL));
}

static double exit_64m(void)
{
	size_t len = 64 * MiB;
	uint64_t t0;
	pid_t pid;
	int fds[2];

	CHECK(pipe(fds));
	pid = CHECK(fork());
	if (!pid) {
		touch(anon(len, 0), len, true);
		t0 = now();
		if (write(fds[1], &t0, 8) != 8)
			_exit(1);
		_exit(0);
	}
	reap(pid);
	CHECK(read(fds[0], &t0, 8));
	return (double)(now() - t0) / NPAGES(len);
}

static long futex(int *w, int op, int val)
{
	return syscall(SYS_futex, w, op, val, NULL, NULL, 0);
}

static void turn(int *w, int mine, long n)
{
	for (long i = 0; i < n; i++) {
		while (__atomic_load_n(w, __ATOMIC_ACQUIRE) != mine)
			futex(w, FUTEX_WAIT, !mine);
		__atomic_store_n(w, !mine, __ATOMIC_RELEASE);
		futex(w, FUTEX_WAKE, 1);
	}
}

static double futex_procs(void)
{
	int *w = map(PAGE, MAP_SHARED | MAP_ANONYMOUS, -1);
	pid_t pid = CHECK(fork());
	uint64_t t0;

	if (!pid) {
		turn(w, 1, 3300);
		_exit(0);
	}
	turn(w, 0, 300);
	t0 = now();
	turn(w, 0, 3000);
	t0 = now() - t0;
	reap(pid);
	return (double)t0 / 6000;
}

#define PROCESS_ROWS \
	{ "futex_procs", "instr", "futex ping-pong on MAP_SHARED, per hop", futex_procs }, \
	{ "fork_exit", "instr", "fork + _exit + wait, small process", fork_exit }, \
	{ "fork_exit_64m", "instr", "the same with 64 MiB touched", fork_exit_64m }, \
	{ "fork_exec_tiny", "instr", "fork + exec + wait, tiny static program", fork_exec_tiny }, \
	{ "vfork_exec_tiny", "instr", "vfork + exec + wait", vfork_exec_tiny }, \
	{ "spawn_tiny", "instr", "posix_spawn + wait", spawn_tiny }, \
	{ "spawn_libc", "instr", "posix_spawn of this program, which returns at once", spawn_libc }, \
	{ "bb_true", "instr", "posix_spawn of busybox true", bb_true }, \
	{ "bb_sh_loop", "instr", "a shell that starts /bin/true, per start", bb_sh_loop }, \
	{ "bb_sh_pipe", "instr", "echo | cat | cat in a shell", bb_sh_pipe }, \
	{ "thread", "instr", "pthread_create + join", thread_row }, \
	{ "exit_64m", "instr/page", "exit of a process with 64 MiB touched", exit_64m },

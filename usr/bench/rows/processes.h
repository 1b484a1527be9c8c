/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of bench: processes and threads. */
#include <elf.h>
#include <spawn.h>

#define BUSYBOX "/bin/busybox"

static pid_t start_exiting(void)
{
	pid_t pid = CHECK(fork());

	if (!pid)
		_exit(0);
	return pid;
}

static double fork_exit(void)
{
	return TIMES(200, reap(start_exiting()));
}

static double fork_exit_64m(void)
{
	touch(anon(HUGE, MAP_PRIVATE), HUGE, true);
	return TIMES(6, reap(start_exiting()));
}

static double exit_64m(void)
{
	uint64_t *t0 = map(PAGE, MAP_SHARED | MAP_ANONYMOUS, -1);
	pid_t pid = CHECK(fork());

	if (!pid) {
		touch(anon(HUGE, MAP_PRIVATE), HUGE, true);
		*t0 = now();
		_exit(0);
	}
	reap(pid);
	return (double)(now() - *t0) / PAGES(HUGE);
}

/* ---- programs ---- */

/* the smallest program there is: exit(0), as an ELF file written by hand */
static const char *make_tiny(void)
{
	static const struct {
		Elf64_Ehdr eh;
		Elf64_Phdr ph;
		uint32_t code[3];
	} elf = {
		.eh = {
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_EXEC, .e_machine = EM_RISCV, .e_version = EV_CURRENT,
			.e_entry = 0x10000 + sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr),
			.e_phoff = sizeof(Elf64_Ehdr), .e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 1,
		},
		.ph = {
			.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = 0x10000,
			.p_filesz = sizeof(elf), .p_memsz = sizeof(elf), .p_align = PAGE,
		},
		.code = { 0x05d00893, 0x00000513, 0x00000073 },	/* li a7, 93; li a0, 0; ecall */
	};
	static char name[256];
	int fd;

	snprintf(name, sizeof(name), "%s", path("tiny"));
	fd = CHECK(open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755));
	CHECK(write(fd, &elf, sizeof(elf)));
	CHECK(fsync(fd));
	close(fd);
	return name;
}

/* not inlined, so that a loop around vfork() has no variables that it could clobber */
static pid_t __attribute__((noinline)) vfork_exec(const char *prog, char **argv)
{
	pid_t pid = vfork();

	if (!pid) {
		execv(prog, argv);
		_exit(127);
	}
	return pid;
}

static pid_t fork_exec(const char *prog, char **argv)
{
	pid_t pid = CHECK(fork());

	if (!pid) {
		execv(prog, argv);
		_exit(127);
	}
	return pid;
}

static pid_t spawn(const char *prog, char **argv)
{
	extern char **environ;
	pid_t pid;

	errno = posix_spawn(&pid, prog, NULL, NULL, argv, environ);
	if (errno)
		die("posix_spawn");
	return pid;
}

/* a program that did not come to run would be a fine figure */
static void reap_well(pid_t pid)
{
	int status;

	CHECK(waitpid(pid, &status, 0));
	if (status) {
		fprintf(stderr, "bench: the program ended with status %#x\n", status);
		_exit(2);
	}
}

static double start_tiny(pid_t (*start)(const char *prog, char **argv))
{
	const char *prog = make_tiny();
	char *argv[] = { (char *)prog, NULL };

	return TIMES(100, reap_well(start(prog, argv)));
}

static double fork_exec_tiny(void) { return start_tiny(fork_exec); }
static double vfork_exec_tiny(void) { return start_tiny(vfork_exec); }
static double spawn_tiny(void) { return start_tiny(spawn); }

static double spawn_libc(void)
{
	char *argv[] = { "bench", "--nothing", NULL };

	return TIMES(50, reap_well(spawn("/proc/self/exe", argv)));
}

static double bb_true(void)
{
	char *argv[] = { "true", NULL };

	return TIMES(50, reap_well(spawn(BUSYBOX, argv)));
}

/* per turn of a loop in a shell: the difference of two lengths, without start and end */
static double shell(const char *body, long n)
{
	uint64_t t[3];
	char script[512];

	for (int round = 0; round < 3; round++) {
		char *argv[] = { "sh", "-c", script, NULL };

		snprintf(script, sizeof(script), "i=0; while [ $i -lt %ld ]; do %s; i=$((i + 1)); done",
			 round == 2 ? 2 * n : n, body);
		t[round] = now();
		reap_well(fork_exec(BUSYBOX, argv));
		t[round] = now() - t[round];
	}
	return (double)(t[2] - t[1]) / n;
}

static double bb_sh_loop(void) { return shell("/bin/true", 30); }
static double bb_sh_pipe(void) { return shell("/bin/echo x | /bin/cat | /bin/cat > /dev/null", 15); }

static double bb_find(void)
{
	char *argv[] = { "find", path("many"), "-name", "none", NULL };
	double v = 0;

	close(many_names());
	for (int round = 0; round < 2; round++)
		v = ONCE(1, reap_well(fork_exec(BUSYBOX, argv)));
	return v / MANY;
}

static void *nothing(void *arg)
{
	return arg;
}

static void start_and_join(void)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, nothing, NULL);
	if (errno)
		die("pthread_create");
	pthread_join(thread, NULL);
}

static double thread_row(void)
{
	return TIMES(200, start_and_join());
}

#define PROCESS_ROWS \
	{ "fork_exit", "instr", "fork + _exit + wait, small process", fork_exit }, \
	{ "fork_exit_64m", "instr", "the same with 64 MiB touched", fork_exit_64m }, \
	{ "fork_exec_tiny", "instr", "fork + exec + wait, tiny static program", fork_exec_tiny }, \
	{ "vfork_exec_tiny", "instr", "vfork + exec + wait", vfork_exec_tiny }, \
	{ "spawn_tiny", "instr", "posix_spawn + wait", spawn_tiny }, \
	{ "spawn_libc", "instr", "posix_spawn of this program, which returns at once", spawn_libc }, \
	{ "bb_true", "instr", "posix_spawn of busybox true", bb_true }, \
	{ "bb_sh_loop", "instr", "a shell that starts /bin/true, per start", bb_sh_loop }, \
	{ "bb_sh_pipe", "instr", "echo | cat | cat in a shell", bb_sh_pipe }, \
	{ "bb_find", "instr/entry", "find over 10,000 files", bb_find }, \
	{ "thread", "instr", "pthread_create + join", thread_row }, \
	{ "exit_64m", "instr/page", "exit of a process with 64 MiB touched", exit_64m },

// SPDX-License-Identifier: GPL-2.0-only
/*
 * execve: arguments, environment, auxiliary vector, what is kept and what is
 * reset, scripts, limits, errors.  The program runs itself in several roles.
 */
#include "tap.h"
#include <elf.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

extern char **environ;

static char self[PATH_MAX];

/* Run @path with these; exit status, or 100 + errno when execve fails. */
static int run_env(const char *path, char *const argv[], char *const env[])
{
	pid_t pid = must(fork());

	if (!pid) {
		execve(path, argv, env);
		_exit(100 + errno);
	}
	return reap(pid);
}

static int run(const char *path, char *const argv[])
{
	return run_env(path, argv, environ);
}

static int role(const char *name, char *arg)
{
	char *argv[] = { "exec", "--role", (char *)name, arg, NULL };

	return run(self, argv);
}

/* ---- roles ---- */

static int check_vectors(int argc, char **argv)
{
	CHECK(argc == 6 && !argv[6]);
	CHECK(!strcmp(argv[0], "exec") && !strcmp(argv[3], "") && !strcmp(argv[4], "two words"));
	CHECK(strlen(argv[5]) == 1);
	CHECK(!strcmp(environ[0], "A=1") && !strcmp(environ[1], "B=") && !environ[2]);
	return 0;
}

static int check_auxv(void)
{
	const unsigned char *random = (void *)getauxval(AT_RANDOM);
	Elf64_Ehdr *eh;
	Elf64_Phdr *ph = (void *)getauxval(AT_PHDR);
	unsigned long av[64] = { 0 };
	int loads = 0;

	CHECK(prctl(0x41555856 /* PR_GET_AUXV */, av, sizeof(av), 0, 0) > (int)sizeof(av[0]));
	for (int i = 0; i < 64 && av[i]; i += 2)
		CHECK(getauxval(av[i]) == av[i + 1]);
	CHECK(av[0] && prctl(0x41555856, av, 0, 0, 0) > 0);
	CHECK(prctl(0x41555856, av, 0, 1, 0) == -1 && errno == EINVAL);
	CHECK(getauxval(AT_PAGESZ) == PG);
	CHECK(getauxval(AT_CLKTCK) == 100);
	CHECK(getauxval(AT_UID) == getuid() && getauxval(AT_EUID) == geteuid());
	CHECK(getauxval(AT_GID) == getgid() && getauxval(AT_EGID) == getegid());
	CHECK(getauxval(AT_SECURE) == 0);
	CHECK(getauxval(AT_PHENT) == sizeof(Elf64_Phdr));
	for (size_t i = 0; i < getauxval(AT_PHNUM); i++)
		loads += ph[i].p_type == PT_LOAD;
	CHECK(loads >= 2);
	eh = (void *)((unsigned long)ph & ~(PG - 1));
	CHECK(!memcmp(eh->e_ident, ELFMAG, SELFMAG) && eh->e_entry == getauxval(AT_ENTRY));
	CHECK(random);
	CHECK(getauxval(AT_HWCAP) & (1 << ('i' - 'a')));
	CHECK(!strcmp((char *)getauxval(AT_EXECFN), self));
	CHECK(getauxval(AT_BASE) == 0);
	return 0;
}

static int check_random(const char *arg)
{
	int fd = atoi(arg);

	CHECK(write(fd, (void *)getauxval(AT_RANDOM), 16) == 16);
	return 0;
}

static int check_state(const char *arg)
{
	struct sigaction sa;
	sigset_t set;
	stack_t ss;

	CHECK(getppid() == atoi(arg));
	CHECK(fcntl(200, F_GETFD) == 0);
	CHECK(fcntl(201, F_GETFD) == -1 && errno == EBADF);
	CHECK(!sigaction(SIGUSR1, NULL, &sa) && sa.sa_handler == SIG_DFL);
	CHECK(!sigaction(SIGUSR2, NULL, &sa) && sa.sa_handler == SIG_IGN);
	CHECK(!sigprocmask(SIG_BLOCK, NULL, &set) && sigismember(&set, SIGHUP) && !sigismember(&set, SIGINT));
	CHECK(!sigpending(&set) && sigismember(&set, SIGHUP));
	CHECK(!sigaltstack(NULL, &ss) && ss.ss_flags == SS_DISABLE);
	CHECK(alarm(0) > 50);
	CHECK(umask(0) == 035);
	return 0;
}

static int check_stack(void)
{
	unsigned long sp = (unsigned long)__builtin_frame_address(0);

	CHECK((sp & 15) == 0);
	CHECK(environ && (unsigned long)environ > sp);
	return 0;
}

/* @arg: lets the child end that was made before exec, to report by SIGUSR1 */
static int check_exit_signal(const char *arg)
{
	struct gate g = { { -1, atoi(arg) } };
	sigset_t s;

	sigemptyset(&s), sigaddset(&s, SIGUSR1), sigaddset(&s, SIGCHLD);
	gate_open(g);
	CHECK(sigwaitinfo(&s, NULL) == SIGCHLD);
	return 0;
}

static int play(int argc, char **argv)
{
	if (!strcmp(argv[2], "vectors"))
		return check_vectors(argc, argv);
	if (!strcmp(argv[2], "auxv"))
		return check_auxv();
	if (!strcmp(argv[2], "random"))
		return check_random(argv[3]);
	if (!strcmp(argv[2], "state"))
		return check_state(argv[3]);
	if (!strcmp(argv[2], "stack"))
		return check_stack();
	if (!strcmp(argv[2], "exit-signal"))
		return check_exit_signal(argv[3]);
	if (!strcmp(argv[2], "dumpable"))
		return prctl(PR_GET_DUMPABLE);
	if (!strcmp(argv[2], "effective"))
		return geteuid() == 1234 ? 1 : geteuid() == 1000 && getauxval(AT_SECURE) ? 2 : 3;
	if (!strcmp(argv[2], "exit"))
		return atoi(argv[3]);
	if (!strcmp(argv[2], "length"))
		return strlen(argv[3]) == 100000 ? 0 : 1;
	if (!strcmp(argv[2], "euid"))
		return geteuid() == 1234 && getuid() == 1000 && getauxval(AT_SECURE) ? 0 : 1;
	return 98;
}

/* ---- tests ---- */

static void vectors(void)
{
	char *argv[] = { "exec", "--role", "vectors", "", "two words", "\xff", NULL };
	char *env[] = { "A=1", "B=", NULL };
	char *none[] = { NULL };
	int fd[2];
	char a[16], b[16], text[10];

	is(run_env(self, argv, env), 0, "arguments and environment arrive as they are");
	is(role("auxv", NULL), 0, "the auxiliary vector is complete and true");
	is(role("stack", NULL), 0, "the stack pointer is aligned to 16");
	must(pipe(fd));
	snprintf(text, sizeof(text), "%d", fd[1]);
	must_be(role("random", text) == 0 && read(fd[0], a, 16) == 16);
	must_be(role("random", text) == 0 && read(fd[0], b, 16) == 16);
	ok(memcmp(a, b, 16), "AT_RANDOM differs from run to run");
	close(fd[0]), close(fd[1]);
	is(run_env(self, none, none), 55, "no arguments at all: an empty argv[0] is supplied");
}

static void on_signal(int sig)
{
	(void)sig;
}

static void state(void)
{
	char parent[20];
	pid_t pid;

	snprintf(parent, sizeof(parent), "%d", getpid());
	pid = must(fork());
	if (!pid) {
		static char alt[64 * KiB];
		stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt) };
		char *argv[] = { "exec", "--role", "state", parent, NULL };
		sigset_t set;

		CHECK(dup2(0, 200) == 200 && dup3(0, 201, O_CLOEXEC) == 201);
		signal(SIGUSR1, on_signal), signal(SIGUSR2, SIG_IGN);
		sigemptyset(&set), sigaddset(&set, SIGHUP);
		sigprocmask(SIG_BLOCK, &set, NULL);
		raise(SIGHUP);
		CHECK(!sigaltstack(&ss, NULL));
		alarm(100);
		umask(035);
		execv(self, argv);
		_exit(99);
	}
	is(reap(pid), 0, "kept: parent, descriptors, mask, pending signals, alarm, umask; reset: handlers, close-on-exec, alternate stack");
}

static void script(const char *name, const char *text, mode_t mode)
{
	int fd = must(open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600));

	must_be(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	must(fchmod(fd, mode));
	close(fd);
}

static void scripts(const char *fs)
{
	char text[PATH_MAX + 64], *argv[] = { "x", "23", NULL };

	snprintf(text, sizeof(text), "#!%s --role=exit\n", self);
	script("s1", text, 0755);
	is(run("./s1", argv), 23, "%s: a script runs its interpreter with one argument, its name and the arguments", fs);
	snprintf(text, sizeof(text), "#! \t%s \t --role=exit \t \nrest", self);
	script("s2", text, 0755);
	is(run("./s2", argv), 23, "%s: blanks around them are cut off", fs);
	script("s3", "#!./s1\n", 0755);
	is(run("./s3", argv), 66, "%s: the interpreter may be a script", fs);
	script("s4", "#!./s4\n", 0755);
	is(run("./s4", argv), 100 + ELOOP, "%s: a script that interprets itself is ELOOP", fs);
	script("s5", "#!/no/such/interpreter\n", 0755);
	is(run("./s5", argv), 100 + ENOENT, "%s: a missing interpreter is ENOENT", fs);
	script("s6", "#!\n", 0755);
	is(run("./s6", argv), 100 + ENOEXEC, "%s: none at all is ENOEXEC", fs);
	script("s7", "echo hello\n", 0755);
	is(run("./s7", argv), 100 + ENOEXEC, "%s: a text without #! is ENOEXEC", fs);
	script("s8", "", 0755);
	is(run("./s8", argv), 100 + ENOEXEC, "%s: an empty file is ENOEXEC", fs);
	script("s9", text, 0644);
	is(run("./s9", argv), 100 + EACCES, "%s: a file without x is EACCES, for root too", fs);
}

static void copy_self(const char *name)
{
	char buf[64 * KiB];
	int in = must(open(self, O_RDONLY)), out = must(open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755));
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) > 0)
		must_be(write(out, buf, n) == n);
	close(in), close(out);
}

static void files(const char *fs)
{
	char *argv[] = { "exec", "--role", "exit", "9", NULL };
	struct gate g = gate_new();
	pid_t pid;
	int fd;

	copy_self("copy");
	is(run("./copy", argv), 9, "%s: a copy of this program, just written, runs", fs);
	must(symlink("copy", "link"));
	is(run("./link", argv), 9, "%s: through a symbolic link", fs);
	fd = must(open("copy", O_WRONLY));
	is(run("./copy", argv), 100 + ETXTBSY, "%s: a program that is open for writing is ETXTBSY", fs);
	close(fd);
	pid = must(fork());
	if (!pid) {
		char num[20];

		snprintf(num, sizeof(num), "%d", g.fd[0]);
		fcntl(g.fd[0], F_SETFD, 0);
		execl("./copy", "exec", "--wait", num, (char *)NULL);
		_exit(100);
	}
	must_be(wait_state(pid, 'S'));
	fails(open("copy", O_WRONLY), ETXTBSY, "%s: writing a running program is ETXTBSY", fs);
	fails(truncate("copy", 0), ETXTBSY, "%s: truncating it too", fs);
	works(fd = open("copy", O_RDONLY), "%s: reading it is fine", fs);
	close(fd);
	is(unlink("copy"), 0, "%s: and removing it", fs);
	gate_open(g);
	is(reap(pid), 31, "%s: it runs on without its name", fs);
	gate_free(g);
	fails(execve("none", argv, environ), ENOENT, "%s: a missing program is ENOENT", fs);
	fails(execve(".", argv, environ), EACCES, "%s: a directory is EACCES", fs);
	fails(execve("link/x", argv, environ), ENOENT, "%s: below a dangling link is ENOENT", fs);
}

/* Damaged ELF files are refused, not believed. */
static void damaged(const char *fs)
{
	static const struct { size_t at; unsigned char v; int n; int err; const char *what; } bad[] = {
		{ 4, 1, 1, ENOEXEC, "32 bits" }, { 16, 9, 1, ENOEXEC, "an unknown type" },
		{ 18, 3, 1, ENOEXEC, "another machine" }, { 54, 1, 1, ENOEXEC, "a wrong header size" },
		{ 32, 0xff, 8, 0, "program headers nowhere" },
		{ 56, 0, 2, 0, "no program headers" },
	};
	char *argv[] = { "exec", "--role", "exit", "0", NULL };
	int fd, r;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		copy_self("bad");
		fd = must(open("bad", O_RDWR));
		for (int j = 0; j < bad[i].n; j++)
			file_poke(fd, bad[i].at + j, bad[i].v);
		close(fd);
		r = run("./bad", argv);
		ok(bad[i].err ? r == 100 + bad[i].err : r > 100 || r < 0,
		   "%s: an ELF file with %s is refused (%d)", fs, bad[i].what, r);
	}
	copy_self("bad");
	must(truncate("bad", 100));
	r = run("./bad", argv);
	ok(r > 100 || r < 0, "%s: one cut off in its headers is refused", fs);
	must(unlink("bad"));
}

static void limits(void)
{
	char *big = malloc(300000), **many = calloc(200002, sizeof(char *));
	char *argv[] = { "exec", "--role", "length", big, NULL };
	struct rlimit rl;

	memset(big, 'x', 300000);
	big[100000] = 0;
	is(run(self, argv), 0, "an argument of 100,000 bytes arrives");
	big[100000] = 'x', big[131072] = 0;
	is(run(self, argv), 100 + E2BIG, "one of 131,072 is E2BIG");
	big[131072] = 'x', big[1000] = 0;
	for (int i = 0; i < 200000; i++)
		many[i] = big;
	is(run(self, many), 100 + E2BIG, "200 MB of arguments are E2BIG");
	must(getrlimit(RLIMIT_STACK, &rl));
	many[0] = "exec", many[1] = "--count";
	for (int i = 2; i < 20000; i++)
		many[i] = "12345678";
	many[20000] = NULL;
	is(run(self, many), 20000 % 251, "20,000 arguments arrive");
	free(big), free(many);
}

static void privileges(void)
{
	char *argv[] = { "exec", "--role", "euid", NULL };
	pid_t pid;

	copy_self("suid");
	must(chown("suid", 1234, 0)), must(chmod("suid", 04755)), must(chmod(".", 0755));
	pid = must(fork());
	if (!pid) {
		CHECK(!setresuid(1000, 1000, 1000));
		execv("./suid", argv);
		_exit(99);
	}
	is(reap(pid), 0, "a set-user-id program runs as its owner, with AT_SECURE");
	pid = must(fork());
	if (!pid) {
		CHECK(!setresuid(1000, 1000, 1000) && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		execv("./suid", argv);
		_exit(99);
	}
	is(reap(pid), 1, "not with PR_SET_NO_NEW_PRIVS");
}

/* Run @file as user 1000 in @name's role. */
static int run_as_user(const char *file, const char *name)
{
	char *argv[] = { "exec", "--role", (char *)name, NULL };
	pid_t pid = must(fork());

	if (!pid) {
		CHECK(!setresgid(1000, 1000, 1000) && !setresuid(1000, 1000, 1000));
		execv(file, argv);
		_exit(100 + errno);
	}
	return reap(pid);
}

/* A task that may do less shares root, directory and umask, and could move them about. */
static void shares_fs(void *arg)
{
	char *argv[] = { "exec", "--role", "effective", NULL };
	struct gate *end = arg;
	pid_t pid;

	CHECK(!setresgid(1000, 1000, 1000) && !setresuid(1000, 1000, 1000));
	pid = syscall(SYS_clone, CLONE_FS | SIGCHLD, NULL, NULL, NULL, NULL);
	if (!pid) {
		gate_pass(*end);
		_exit(0);
	}
	CHECK(pid > 0);
	execv("./suid", argv);
	_exit(99);
}

static void little_trusted(void)
{
	struct gate end = gate_new();
	pid_t pid = spawn(shares_fs, &end);

	is(reap(pid), 2, "not while another process shares what CLONE_FS shares");
	gate_open(end);
	gate_free(end);
	is(run_as_user("./suid", "effective"), 1, "else it is");
	copy_self("secret");
	must(chmod("secret", 0711));
	is(run_as_user("./secret", "dumpable"), 0, "who may not read a program may not look into its process");
	must(chmod("secret", 0755));
	is(run_as_user("./secret", "dumpable"), 1, "who may read it may");
}

static void runs_other(void *arg)
{
	char *argv[] = { "exec", "--role", "exit", "0", NULL };

	gate_pass(*(struct gate *)arg);
	execv(self, argv);
	_exit(1);
}

/* What was opened before execve is of the program before. */
static void auxv_of_before(void)
{
	struct gate go = gate_new();
	char own[2 * KiB], its[2 * KiB], path[32];
	pid_t pid = spawn(runs_other, &go);
	int fd, own_fd = must(open("/proc/self/auxv", O_RDONLY));
	ssize_t n = must(read(own_fd, own, sizeof(own)));

	snprintf(path, sizeof(path), "/proc/%d/auxv", pid);
	fd = must(open(path, O_RDONLY));
	gate_open(go);
	is(reap(pid), 0, "a child executes another program");
	ok(read(fd, its, sizeof(its)) == n && !memcmp(own, its, n), "its auxv, opened before, is the one it had then");
	close(fd);
	close(own_fd);
	gate_free(go);
}

static void too_many(void *arg)
{
	char *argv[] = { "exec", "--role", "exit", "7", NULL };
	struct rlimit none = { 0, 0 };
	struct gate ready = gate_new();
	pid_t pid = fork();

	if (!pid) {
		CHECK(!setresuid(1235, 1235, 1235));
		gate_open(ready);
		pause();
	}
	gate_pass(ready);
	CHECK(!setrlimit(RLIMIT_NPROC, &none));
	CHECK(!setresuid(1235, 1235, 1235));
	CHECK_ERR(execv(arg, argv), EAGAIN);
	kill(pid, SIGKILL);
	reap(pid);
}

static void exit_signal(void *arg)
{
	struct gate end = gate_new();
	char number[16];
	char *argv[] = { "exec", "--role", "exit-signal", number, NULL };
	pid_t pid;
	sigset_t s;

	(void)arg;
	sigemptyset(&s), sigaddset(&s, SIGUSR1), sigaddset(&s, SIGCHLD);
	CHECK(!sigprocmask(SIG_BLOCK, &s, NULL));
	pid = syscall(SYS_clone, SIGUSR1, NULL, NULL, NULL, NULL);
	if (!pid) {
		close(end.fd[1]);
		gate_pass(end);
		_exit(0);
	}
	CHECK(pid > 0);
	snprintf(number, sizeof(number), "%d", dup(end.fd[1]));
	execv(self, argv);
	_exit(99);
}

static void both(const char *fs)
{
	umask(022);
	scripts(fs);
	files(fs);
	damaged(fs);
	privileges();
	little_trusted();
	auxv_of_before();
	is(child(too_many, "./secret"), 0, "who has become a user with too many processes cannot exec");
}

int main(int argc, char **argv)
{
	char c;

	/* Refused to a set-user-id program, which does not need it. */
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		self[0] = 0;
	if (argc == 1 && !argv[0][0])
		return 55;
	if (argc > 3 && !strcmp(argv[1], "--role=exit"))	/* by a script */
		return argc == 4 && strchr(argv[2], 's') ? atoi(argv[3]) : 66;
	if (argc > 2 && !strcmp(argv[1], "--wait"))
		return read(atoi(argv[2]), &c, 1) == 1 ? 31 : 32;
	if (argc > 2 && !strcmp(argv[1], "--count"))
		return argc % 251;
	if (argc > 2 && !strcmp(argv[1], "--role"))
		return play(argc, argv);
	vectors();
	state();
	limits();
	is(child(exit_signal, NULL), 0, "a child made before exec reports by SIGCHLD, whatever it was to be");
	on_both(both);
	return done();
}

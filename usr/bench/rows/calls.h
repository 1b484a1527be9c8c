/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of bench: system calls that do little, and signals. */
/* a system call without the C library's instructions around it */
static long ecall2(long nr, long arg0, void *arg1)
{
	register long a0 __asm__("a0") = arg0;
	register void *a1 __asm__("a1") = arg1;
	register long a7 __asm__("a7") = nr;

	__asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a7) : "memory");
	return a0;
}

static double getppid_row(void)
{
	return TIMES(20000, ecall2(SYS_getppid, 0, NULL));
}

static double clock_user(void)
{
	struct timespec t;

	return TIMES(20000, clock_gettime(CLOCK_MONOTONIC, &t));
}

static double clock_call(void)
{
	struct timespec t;

	return TIMES(20000, ecall2(SYS_clock_gettime, CLOCK_MONOTONIC, &t));
}

static double read_zero(void)
{
	int fd = CHECK(open("/dev/zero", O_RDONLY));
	char c;

	return TIMES(20000, if (read(fd, &c, 1) != 1) die("read"));
}

static double write_null(void)
{
	int fd = CHECK(open("/dev/null", O_WRONLY));
	char c = 0;

	return TIMES(20000, if (write(fd, &c, 1) != 1) die("write"));
}

static double dup_close(void)
{
	int fd = CHECK(open("/dev/null", O_WRONLY));

	return TIMES(10000, close(dup(fd)));
}

/* ---- signals ---- */

static void on_signal(int sig)
{
	(void)sig;
}

static double sig_install(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	return TIMES(10000, sigaction(SIGUSR1, &sa, NULL));
}

static double sig_deliver(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	pid_t me = getpid();

	CHECK(sigaction(SIGUSR1, &sa, NULL));
	return TIMES(5000, kill(me, SIGUSR1));
}

static char *guarded;

static void on_segv(int sig)
{
	(void)sig;
	if (mprotect(guarded, PAGE, PROT_READ | PROT_WRITE))
		_exit(2);
}

static double segv_mprotect(void)
{
	struct sigaction sa = { .sa_handler = on_segv };

	CHECK(sigaction(SIGSEGV, &sa, NULL));
	guarded = map(PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	guarded[0] = 1;
	return TIMES(2000, CHECK(mprotect(guarded, PAGE, PROT_READ)); *(volatile char *)guarded = 1);
}

#define CALL_ROWS \
	{ "getppid", "instr", "null system call", getppid_row }, \
	{ "clock_user", "instr", "clock_gettime, vDSO if there is one", clock_user }, \
	{ "clock_call", "instr", "clock_gettime by system call", clock_call }, \
	{ "read_zero", "instr", "read 1 byte from /dev/zero", read_zero }, \
	{ "write_null", "instr", "write 1 byte to /dev/null", write_null }, \
	{ "dup_close", "instr", "dup + close", dup_close },

#define SIGNAL_ROWS \
	{ "sig_install", "instr", "sigaction", sig_install }, \
	{ "sig_deliver", "instr", "kill self, handler, sigreturn", sig_deliver }, \
	{ "segv_mprotect", "instr", "mprotect RO, write, SIGSEGV, mprotect RW in the handler", segv_mprotect },

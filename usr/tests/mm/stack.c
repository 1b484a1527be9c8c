// SPDX-License-Identifier: GPL-2.0-only
/*
 * The stack grows by faults, up to RLIMIT_STACK.
 */
#include "tap.h"
#include <sys/resource.h>

/* Touch one byte on every page of @depth bytes of stack, from the top. */
__attribute__((noinline)) static int deep(size_t depth)
{
	volatile char frame[8 * KiB];

	frame[0] = depth;
	frame[sizeof(frame) - 1] = 1;
	if (depth <= sizeof(frame))
		return frame[0];
	return deep(depth - sizeof(frame)) + frame[sizeof(frame) - 1];
}

static void recurse(void *arg)
{
	CHECK(deep((size_t)arg) > 0);
}

/* One big step: the kernel does not insist on touching page after page. */
static void leap(void *arg)
{
	size_t n = (size_t)arg;
	char *sp = __builtin_frame_address(0);

	*(volatile char *)(sp - n) = 1;
	CHECK(*(volatile char *)(sp - n) == 1);
	CHECK(*(volatile char *)(sp - n / 2) == 0);
}

static void read_first(void *arg)
{
	char *sp = __builtin_frame_address(0);

	(void)arg;
	CHECK(*(volatile char *)(sp - MiB) == 0);
}

static void by_the_kernel(void *arg)
{
	char *sp = __builtin_frame_address(0);
	int fd[2];

	(void)arg;
	CHECK(!pipe(fd));
	CHECK(write(fd[1], "abc", 3) == 3);
	CHECK(read(fd[0], sp - MiB, 3) == 3);
	CHECK(!memcmp(sp - MiB, "abc", 3));
}

static void with_limit(void *arg)
{
	struct rlimit rl;
	char *sp = __builtin_frame_address(0);
	struct fault f;

	CHECK(!getrlimit(RLIMIT_STACK, &rl));
	rl.rlim_cur = (size_t)arg;
	CHECK(!setrlimit(RLIMIT_STACK, &rl));
	f = try_store(sp - (size_t)arg / 2);
	CHECK(f.sig == 0);
	f = try_store(sp - 2 * (size_t)arg);
	CHECK(f.sig == SIGSEGV && f.code == SEGV_MAPERR);
}

static void overflow_handled(void *arg)
{
	static char alt[64 * KiB];
	stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt) };

	(void)arg;
	CHECK(!sigaltstack(&ss, NULL));
	deep(64 * MiB);
}

static void overflow(void *arg)
{
	(void)arg;
	deep(1 * GiB);
}

static sigjmp_buf out;

static void on_segv(int sig)
{
	(void)sig;
	siglongjmp(out, 1);
}

static void overflow_caught(void *arg)
{
	static char alt[64 * KiB];
	stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt) };
	struct sigaction sa = { .sa_handler = on_segv, .sa_flags = SA_ONSTACK };

	(void)arg;
	CHECK(!sigaltstack(&ss, NULL));
	CHECK(!sigaction(SIGSEGV, &sa, NULL));
	if (!sigsetjmp(out, 1)) {
		deep(1 * GiB);
		_exit(5);
	}
}

static bool stack_line(unsigned long *from, unsigned long *to)
{
	char *text = slurp("/proc/self/maps"), *p = text ? strstr(text, "[stack]") : NULL;
	bool found;

	if (!p)
		return false;
	while (p > text && p[-1] != '\n')
		p--;
	found = sscanf(p, "%lx-%lx", from, to) == 2;
	free(text);
	return found;
}

static void shown(void *arg)
{
	unsigned long a, b, a2, b2;

	(void)arg;
	CHECK(stack_line(&a, &b));
	CHECK((unsigned long)&a >= a && (unsigned long)&a < b);
	deep(2 * MiB);
	CHECK(stack_line(&a2, &b2));
	CHECK(b2 == b);
	CHECK(a2 + 1 * MiB < a);
}

int main(void)
{
	struct rlimit rl = { 8 * MiB, RLIM_INFINITY };

	must(setrlimit(RLIMIT_STACK, &rl));
	is(child(recurse, (void *)(4 * MiB)), 0, "the stack grows to 4 MiB page by page");
	is(child(leap, (void *)(1 * MiB)), 0, "it grows by 1 MiB in one step, zeros between");
	is(child(leap, (void *)(6 * MiB)), 0, "and by 6 MiB");
	is(child(read_first, NULL), 0, "a load grows it too");
	is(child(by_the_kernel, NULL), 0, "so does a system call's access");
	is(child(with_limit, (void *)(1 * MiB)), 0, "not beyond RLIMIT_STACK: SEGV_MAPERR");
	is(child(overflow, NULL), -SIGSEGV, "endless recursion is killed by SIGSEGV");
	is(child(overflow_handled, NULL), -SIGSEGV, "an alternate stack alone does not change that");
	is(child(overflow_caught, NULL), 0, "a handler on an alternate stack survives it");
	is(child(shown, NULL), 0, "[stack] in /proc/self/maps grows downwards");
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Floating-point and integer registers survive preemption, system calls,
 * faults and fork, with more processes than processors.
 */
#include "tap.h"

#define FREGS(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) \
	X(14) X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) \
	X(28) X(29) X(30) X(31)
#define LOAD(n) "fld f" #n ", 8*" #n "(%0)\n"
#define SAVE(n) "fsd f" #n ", 8*" #n "(%1)\n"

/*
 * Fill all 32 registers, spin, and store them: nothing in between may change
 * any of them.  The loop runs long enough to be preempted now and then.
 */
static int hold(uint64_t seed, long spins)
{
	uint64_t in[32], out[32], rm_in = seed % 5, rm_out;

	for (int i = 0; i < 32; i++)
		in[i] = rnd_next(&seed);
	asm volatile(FREGS(LOAD)
		     "fsrm %4\n mv t0, %3\n"
		     "1: addi t0, t0, -1\n bnez t0, 1b\n"
		     FREGS(SAVE)
		     "frrm t0\n sd t0, 0(%2)\n fsrmi 0\n"
		     : : "r"(in), "r"(out), "r"(&rm_out), "r"(spins), "r"(rm_in)
		     : "t0", "memory", "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7",
		       "fs0", "fs1", "fa0", "fa1", "fa2", "fa3", "fa4", "fa5", "fa6", "fa7",
		       "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11",
		       "ft8", "ft9", "ft10", "ft11");
	return memcmp(in, out, sizeof(in)) != 0 || rm_in != rm_out;
}

static void holder(void *arg)
{
	int n = (int)(long)arg;

	for (int i = 0; i < 60; i++)
		CHECK(!hold(1 + n * 1000 + i, 20000 + 1000 * n));
}

static void computer(void *arg)
{
	double x = (long)arg, sum = 0, want = 0;

	for (int i = 1; i < 3000; i++)
		want += x / i;
	for (int round = 0; round < 30; round++) {
		sum = 0;
		for (int i = 1; i < 3000; i++)
			sum += x / i;
		CHECK(sum == want);
		if (round % 5 == 0)
			sched_yield();
	}
}

/* Never touches floating point; its neighbours' must not leak into it. */
static void integer(void *arg)
{
	uint64_t s = (long)arg + 1, a = 0, b = 0, t = s;

	for (int i = 0; i < 300000; i++)
		a ^= rnd_next(&s);
	for (int i = 0; i < 300000; i++)
		b ^= rnd_next(&t);
	CHECK(a == b);
}

/* A fresh program starts with clean floating-point registers. */
static int clean(void)
{
	uint64_t f[32], csr;

	asm volatile("mv t1, %0\n"
		     "fsd f0, 0(t1)\n fsd f1, 8(t1)\n fsd f8, 16(t1)\n fsd f9, 24(t1)\n"
		     "fsd f18, 32(t1)\n fsd f27, 40(t1)\n fsd f31, 48(t1)\n"
		     : : "r"(f) : "t1", "memory");
	asm volatile("frcsr %0" : "=r"(csr));
	/* libc may have used some already: the saved ones it must have kept. */
	return f[2] || f[3] || f[4] || f[5] || csr >> 5;
}

static void dirty_exec(void *arg)
{
	(void)arg;
	asm volatile("li t0, -1\n fmv.d.x fs0, t0\n fmv.d.x fs1, t0\n fmv.d.x fs2, t0\n"
		     "fmv.d.x fs11, t0\n fsrmi 3" ::: "t0", "fs0", "fs1", "fs2", "fs11");
	execl("/proc/self/exe", "fpu", "clean", (char *)NULL);
	_exit(9);
}

static void across_fork(void)
{
	register double a asm("fs3") = 3.75;
	double got;
	pid_t pid;

	asm volatile("" : "+f"(a));
	pid = fork();
	asm volatile("" : "+f"(a));
	got = a;
	if (!pid)
		_exit(got == 3.75 ? 0 : 1);
	is(reap(pid), 0, "a child has its parent's floating-point registers");
	ok(got == 3.75, "the parent keeps them");
}

/* A page fault in the middle of floating-point work. */
static void across_faults(void)
{
	double *p = must(mmap(NULL, 64 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	double x = 1.5;
	int bad = 0;

	for (int i = 0; i < 64; i++) {
		double *q = p + i * PG / sizeof(double);

		*q = x * i;		/* fsd to an untouched page */
		bad += *q != 1.5 * i;
	}
	is(bad, 0, "floating-point stores to untouched pages");
	must(munmap(p, 64 * PG));
}

static int run_many(void (*fn)(void *), int n)
{
	pid_t pid[24];
	int bad = 0;

	for (int i = 0; i < n; i++)
		pid[i] = spawn(fn, (void *)(long)i);
	for (int i = 0; i < n; i++)
		bad += reap(pid[i]) != 0;
	return bad;
}

int main(int argc, char **argv)
{
	pid_t pid[24];
	int bad = 0;

	if (argc > 1 && !strcmp(argv[1], "clean"))
		return clean();
	is(run_many(holder, 12), 0, "twelve processes keep all 32 registers over preemption");
	is(run_many(computer, 12), 0, "twelve processes compute the same sum again and again");
	for (int i = 0; i < 18; i++)
		pid[i] = spawn(i % 3 == 0 ? holder : i % 3 == 1 ? computer : integer, (void *)(long)i);
	for (int i = 0; i < 18; i++)
		bad += reap(pid[i]) != 0;
	is(bad, 0, "mixed with processes that use integers only");
	is(child(dirty_exec, NULL), 0, "a new program starts with clean registers and rounding mode");
	across_fork();
	across_faults();
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What user programs may ask without entering the kernel: the time, and which
 * hart they run on. This is a shared library of its own, in user mode: no kernel
 * header but the layout of the data page, no global that is written.
 */
#include <arch/vdso.h>
#include <linux/errno.h>
#include <linux/time.h>
#include <linux/time_types.h>
#include <asm/unistd.h>

#define NSEC_PER_SEC 1000000000UL

struct timeval_user {
	long tv_sec, tv_usec;
};

extern const struct vdso_data _vdso_data __attribute__((visibility("hidden")));

int __vdso_clock_gettime(__kernel_clockid_t clock, struct __kernel_timespec *ts);
int __vdso_clock_getres(__kernel_clockid_t clock, struct __kernel_timespec *ts);
int __vdso_gettimeofday(struct timeval_user *tv, struct timezone *tz);
long __vdso_getcpu(unsigned int *cpu, unsigned int *node, void *unused);
long __vdso_flush_icache(void *start, void *end, unsigned long flags);

static inline long syscall3(long nr, long a, long b, long c)
{
	register long a0 asm("a0") = a;
	register long a1 asm("a1") = b;
	register long a2 asm("a2") = c;
	register long a7 asm("a7") = nr;

	asm volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a7) : "memory");
	return a0;
}

/* Nanoseconds of the monotonic clock; @wall: add the offset of the wall clock. */
static inline __u64 read_clock(int wall)
{
	const volatile struct vdso_data *d = &_vdso_data;
	__u64 ns, cycles;
	__u32 seq;

	do {
		while ((seq = __atomic_load_n(&d->seq, __ATOMIC_ACQUIRE)) & 1)
			;
		asm volatile("rdtime %0" : "=r"(cycles));
		ns = (__u64)(((unsigned __int128)cycles * d->mult) >> d->shift);
		if (wall)
			ns += d->wall_offset;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while (__atomic_load_n(&d->seq, __ATOMIC_RELAXED) != seq);
	return ns;
}

int __vdso_clock_gettime(__kernel_clockid_t clock, struct __kernel_timespec *ts)
{
	__u64 ns;

	if (clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_RAW ||
	    clock == CLOCK_MONOTONIC_COARSE || clock == CLOCK_BOOTTIME)
		ns = read_clock(0);
	else if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
		ns = read_clock(1);
	else
		return syscall3(__NR_clock_gettime, clock, (long)ts, 0);
	ts->tv_sec = ns / NSEC_PER_SEC;
	ts->tv_nsec = ns % NSEC_PER_SEC;
	return 0;
}

int __vdso_gettimeofday(struct timeval_user *tv, struct timezone *tz)
{
	__u64 ns;

	if (tz)
		return syscall3(__NR_gettimeofday, (long)tv, (long)tz, 0);
	if (tv) {
		ns = read_clock(1);
		tv->tv_sec = ns / NSEC_PER_SEC;
		tv->tv_usec = ns % NSEC_PER_SEC / 1000;
	}
	return 0;
}

int __vdso_clock_getres(__kernel_clockid_t clock, struct __kernel_timespec *ts)
{
	return syscall3(__NR_clock_getres, clock, (long)ts, 0);
}

long __vdso_getcpu(unsigned int *cpu, unsigned int *node, void *unused)
{
	return syscall3(__NR_getcpu, (long)cpu, (long)node, (long)unused);
}

long __vdso_flush_icache(void *start, void *end, unsigned long flags)
{
	return syscall3(259, (long)start, (long)end, (long)flags);
}

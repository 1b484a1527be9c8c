// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a handler is told about a fault: signal, si_code, si_addr; that it may
 * repair the cause and return; and that first accesses of every kind work.
 */
#include "tap.h"
#include <ucontext.h>

#define RW	(PROT_READ | PROT_WRITE)

static char *anon(size_t n, int prot)
{
	return must(mmap(NULL, n * PG, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static void codes(void)
{
	char *p = anon(3, RW), *odd;

	must(munmap(p + PG, PG));
	is_fault(try_load(p + PG), SIGSEGV, SEGV_MAPERR, p + PG, "load without a mapping: SEGV_MAPERR");
	is_fault(try_store(p + PG + 7), SIGSEGV, SEGV_MAPERR, p + PG + 7,
		 "store without a mapping: the exact address");
	is_fault(try_exec(p + PG + 8), SIGSEGV, SEGV_MAPERR, p + PG + 8,
		 "jump without a mapping: the address jumped to");
	is_fault(try_load(NULL), SIGSEGV, SEGV_MAPERR, 0, "load from NULL");
	is_fault(try_store(NULL), SIGSEGV, SEGV_MAPERR, 0, "store to NULL");
	is_fault(try_exec(NULL), SIGSEGV, SEGV_MAPERR, 0, "jump to NULL");
	is_fault(try_load((void *)-PG), SIGSEGV, SEGV_MAPERR, -PG, "load from the kernel's half");
	is_fault(try_store((void *)0xffffffff80000000UL), SIGSEGV, SEGV_MAPERR,
		 0xffffffff80000000UL, "store to the kernel's half");
	is_fault(try_exec((void *)0xffffffff80000000UL), SIGSEGV, SEGV_MAPERR,
		 0xffffffff80000000UL, "jump to the kernel's half");
	is_fault(try_exec(p), SIGSEGV, SEGV_ACCERR, p, "jump to data: SEGV_ACCERR");
	odd = p + 2 * PG;
	must(mprotect(odd, PG, PROT_READ));
	is_fault(try_store(odd + 4095), SIGSEGV, SEGV_ACCERR, odd + 4095, "store to read-only: SEGV_ACCERR");
	must(mprotect(odd, PG, PROT_NONE));
	is_fault(try_load(odd + 1), SIGSEGV, SEGV_ACCERR, odd + 1, "load of PROT_NONE: SEGV_ACCERR");
	is_fault(try_load((void *)0x123456789abcdef0UL), SIGSEGV, SEGV_MAPERR,
		 0x123456789abcdef0UL, "an address that no page table can hold: SEGV_MAPERR");
}

static void do_illegal(void *arg)
{
	(void)arg;
	asm volatile(".4byte 0xffffffff");
}

static void do_break(void *arg)
{
	(void)arg;
	asm volatile("ebreak");
}

static volatile sig_atomic_t traps;
static volatile unsigned long trap_pc, trap_addr;
static volatile int trap_code;

static void on_trap(int sig, siginfo_t *si, void *ctx)
{
	ucontext_t *uc = ctx;

	(void)sig;
	traps++;
	trap_code = si->si_code;
	trap_addr = (unsigned long)si->si_addr;
	trap_pc = uc->uc_mcontext.__gregs[REG_PC];
	/* c.ebreak is 2 bytes, ebreak 4: the low bits of the parcel tell. */
	uc->uc_mcontext.__gregs[REG_PC] += (*(unsigned short *)trap_pc & 3) == 3 ? 4 : 2;
}

static void instructions(void)
{
	struct fault f = try_call(do_illegal, NULL);
	struct sigaction sa = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO }, old;

	ok(f.sig == SIGILL && f.code == ILL_ILLOPC, "an illegal instruction is SIGILL, ILL_ILLOPC");
	ok(f.addr > (unsigned long)do_illegal - 64 && f.addr < (unsigned long)do_illegal + 64,
	   "si_addr is the instruction");
	must(sigaction(SIGTRAP, &sa, &old));
	do_break(NULL);
	is(traps, 1, "ebreak is SIGTRAP, and a handler may step over it");
	is(trap_code, TRAP_BRKPT, "its code is TRAP_BRKPT");
	is(trap_addr, trap_pc, "si_addr is the program counter of the signal frame");
	must(sigaction(SIGTRAP, &old, NULL));
}

static volatile int repairs;

static void repair(int sig, siginfo_t *si, void *uc)
{
	char *page = (char *)((unsigned long)si->si_addr & ~(PG - 1));

	(void)sig, (void)uc;
	repairs++;
	if (mprotect(page, PG, RW))
		_exit(3);
}

/* A pager in user space: the faulting access is run again. */
static void restartable(void)
{
	struct sigaction sa = { .sa_sigaction = repair, .sa_flags = SA_SIGINFO }, old;
	char *p = anon(64, PROT_NONE);
	unsigned long v = 0;

	must(sigaction(SIGSEGV, &sa, &old));
	for (int i = 0; i < 64; i++)
		*(volatile unsigned long *)(p + i * PG) = i * 3;
	for (int i = 0; i < 64; i++)
		v += *(volatile unsigned long *)(p + i * PG);
	must(sigaction(SIGSEGV, &old, NULL));
	is(repairs, 64, "a handler that repairs the page is called once for each");
	is(v, 3 * 63 * 64 / 2, "and every store then happens");
	must(munmap(p, 64 * PG));
}

static void wild_store(void *arg)
{
	*(volatile char *)arg = 1;
}

static void blocked_store(void *arg)
{
	sigset_t s;

	sigemptyset(&s);
	sigaddset(&s, SIGSEGV);
	sigprocmask(SIG_BLOCK, &s, NULL);
	*(volatile char *)arg = 1;
}

static void ignored_store(void *arg)
{
	signal(SIGSEGV, SIG_IGN);
	*(volatile char *)arg = 1;
}

static void fatal(void)
{
	char *p = anon(1, PROT_NONE);

	is(child(wild_store, p), -SIGSEGV, "without a handler SIGSEGV kills");
	is(child(wild_store, NULL), -SIGSEGV, "a store to NULL kills");
	is(child(wild_store, (void *)-8L), -SIGSEGV, "a store to the kernel's half kills");
	is(child(blocked_store, p), -SIGSEGV, "a fault kills although SIGSEGV is blocked");
	is(child(ignored_store, p), -SIGSEGV, "a fault kills although SIGSEGV is ignored");
}

/* Each kind of first touch of a fresh page, atomics included. */
static void first_touch(void)
{
	char *p = anon(8, RW | PROT_EXEC), *s = shared_alloc(4 * PG);

	is(*(volatile char *)p, 0, "first touch by a load");
	*(volatile char *)(p + PG) = 1;
	is(p[PG], 1, "first touch by a store");
	is(__atomic_fetch_add((int *)(p + 2 * PG), 5, __ATOMIC_SEQ_CST), 0, "first touch by an atomic add");
	is(*(int *)(p + 2 * PG), 5, "which takes effect once");
	is(__sync_val_compare_and_swap((int *)(p + 3 * PG), 0, 7), 0, "first touch by LR/SC");
	is(*(int *)(p + 3 * PG), 7, "which succeeds");
	is(__sync_val_compare_and_swap((int *)(s), 0, 7), 0, "the same of shared memory");
	is(try_exec(p + 4 * PG).sig, SIGILL, "first touch by a jump: zeros are an illegal instruction");
	*(volatile long *)(s + 2 * PG - 4) = 0x1122334455667788;
	is(*(volatile int *)(s + 2 * PG), 0x11223344, "an unaligned store over two fresh pages");
	is(*(volatile int *)(s + 2 * PG - 4), 0x55667788, "reaches both");
	must(munmap(p, 8 * PG)), must(munmap(s, 4 * PG));
}

int main(void)
{
	codes();
	instructions();
	restartable();
	fatal();
	first_touch();
	return done();
}

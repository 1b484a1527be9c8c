// SPDX-License-Identifier: GPL-2.0-only
/* The alternate signal stack: sigaltstack, SA_ONSTACK, SS_AUTODISARM. */
#include "tap.h"
#include <ucontext.h>

#define AUTODISARM	(1U << 31)	/* SS_AUTODISARM: not in all headers */

static char alt[64 * KiB] __attribute__((aligned(16)));
static volatile bool on_alt;
static volatile int flags, err;

static void handle(void (*fn)(int, siginfo_t *, void *), int sa_flags)
{
	struct sigaction sa = { .sa_sigaction = fn, .sa_flags = sa_flags | SA_SIGINFO };

	must(sigaction(SIGUSR1, &sa, NULL));
}

static void where(int sig, siginfo_t *si, void *uc)
{
	char here;
	stack_t ss;

	(void)sig, (void)si, (void)uc;
	on_alt = &here >= alt && &here < alt + sizeof(alt);
	sigaltstack(NULL, &ss);
	flags = ss.ss_flags;
	errno = 0;
	err = sigaltstack(&(stack_t){ .ss_flags = SS_DISABLE }, NULL) == -1 ? errno : 0;
}

static void saved(int sig, siginfo_t *si, void *uc)
{
	(void)sig, (void)si;
	flags = ((ucontext_t *)uc)->uc_stack.ss_flags;
}

/* They are kept as they were set, and a handler's frame has them for sigreturn. */
static void kept_flags(void)
{
	stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt), .ss_flags = SS_ONSTACK }, old;

	must(sigaltstack(&ss, NULL));
	handle(saved, 0);
	raise(SIGUSR1);
	is(flags, SS_ONSTACK, "a frame has the flags that were set");
	ss.ss_flags = AUTODISARM;
	must(sigaltstack(&ss, NULL));
	handle(where, SA_ONSTACK);
	raise(SIGUSR1);
	ok(on_alt && flags == SS_DISABLE, "SS_AUTODISARM: none while the handler runs there");
	must(sigaltstack(NULL, &old));
	ok(old.ss_sp == alt && old.ss_flags == (int)AUTODISARM, "and afterwards again");
	ss.ss_flags = AUTODISARM | SS_DISABLE;
	must(sigaltstack(&ss, NULL));
	must(sigaltstack(NULL, &old));
	is((unsigned)old.ss_flags, AUTODISARM | SS_DISABLE, "the flag stays with SS_DISABLE");
}

static void basics(void)
{
	stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt) }, old;

	is(sigaltstack(NULL, &old), 0, "sigaltstack");
	is(old.ss_flags, SS_DISABLE, "there is none at first");
	is(sigaltstack(&ss, NULL), 0, "is set");
	handle(where, SA_ONSTACK);
	raise(SIGUSR1);
	ok(on_alt, "SA_ONSTACK runs the handler there");
	is(flags, SS_ONSTACK, "sigaltstack says so");
	is(err, EPERM, "and refuses to change it: EPERM");
	handle(where, 0);
	raise(SIGUSR1);
	ok(!on_alt, "without SA_ONSTACK it runs on the ordinary stack");
	is(flags, 0, "and sigaltstack shows no flag");
	ss.ss_size = 100;
	fails(sigaltstack(&ss, NULL), ENOMEM, "too small is ENOMEM");
	ss = (stack_t){ .ss_sp = alt, .ss_size = sizeof(alt), .ss_flags = 0x55 };
	fails(sigaltstack(&ss, NULL), EINVAL, "an unknown flag is EINVAL");
}

int main(void)
{
	basics();
	kept_flags();
	return done();
}

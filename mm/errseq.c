// SPDX-License-Identifier: GPL-2.0-only
/*
 * errseq: tell every observer of an object once about each error. The value
 * holds the last errno in the low 12 bits, a bit that says whether anybody has
 * seen it, and above that a counter that grows with each new error after one
 * was seen. An observer keeps a copy of the value and compares.
 *
 * 0 means "never an error". Lockless: all changes are compare-and-exchange.
 */
#include <lib/err.h>
#include <lib/atomic.h>
#include <mm/pagemap.h>
#include <kernel/printk.h>

#define ERRSEQ_SEEN	(1U << 12)
#define ERRSEQ_INC	(1U << 13)
static_assert(MAX_ERRNO < ERRSEQ_SEEN, "errno fits below the flag");

/**
 * errseq_set - record @err (negative). Context: any. Return: the old value.
 */
errseq_t errseq_set(errseq_t *e, int err)
{
	errseq_t old = READ_ONCE(*e), new;

	if (WARN_ON(err == 0 || (unsigned int)-err > MAX_ERRNO))
		return old;
	for (;;) {
		new = (old & ~(MAX_ERRNO | ERRSEQ_SEEN)) | -err;
		/* Only once somebody has seen the last one must this be told apart. */
		if (old & ERRSEQ_SEEN)
			new += ERRSEQ_INC;
		if (new == old || try_cmpxchg(e, &old, new))
			return old;
	}
}

/**
 * errseq_sample - the value with which a new observer begins. An error that
 * nobody has seen yet is still news to it.
 * Context: any. Return: the sample.
 */
errseq_t errseq_sample(errseq_t *e)
{
	errseq_t old = READ_ONCE(*e);

	return old & ERRSEQ_SEEN ? old : 0;
}

/**
 * errseq_check - has there been an error since @since was sampled?
 * Context: any. Return: 0 or the last -errno.
 */
int errseq_check(errseq_t *e, errseq_t since)
{
	errseq_t cur = READ_ONCE(*e);

	return likely(cur == since) ? 0 : -(int)(cur & MAX_ERRNO);
}

/**
 * errseq_check_and_advance - the same, once: *@since moves on.
 * Context: the caller serialises users of @since. Return: 0 or -errno.
 */
int errseq_check_and_advance(errseq_t *e, errseq_t *since)
{
	errseq_t old = READ_ONCE(*e), new;

	if (likely(old == *since))
		return 0;
	new = old | ERRSEQ_SEEN;
	/* If this fails a newer error came, which the next check reports. */
	if (new != old)
		cmpxchg(e, old, new);
	*since = new;
	return -(int)(new & MAX_ERRNO);
}

// SPDX-License-Identifier: GPL-2.0-only
/* The slow half of reference counts: saturate and report. */
#include <lib/refcount.h>
#include <lib/hooks.h>

/**
 * refcount_warn_saturate - stop counting @r for good, so that its object leaks
 * instead of being used after it was freed.
 * Context: any.
 */
void refcount_warn_saturate(refcount_t *r, const char *what)
{
	atomic_set(&r->refs, REFCOUNT_SATURATED);
	lib_warn(what, r);
}

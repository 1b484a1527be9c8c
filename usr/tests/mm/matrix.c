// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every call of the mmap family with every kind of range, and every advice with
 * every kind of mapping: the errno of each, as a table. A row is a call, a column a
 * range; the order of Linux's checks decides which of several faults is named. What
 * depends on the layout of the process, or on the filesystem, is "*".
 * With -p it prints the tables as this kernel fills them.
 */
#include "tap.h"

#define RW	(PROT_READ | PROT_WRITE)

#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24
#endif

static bool print;
static unsigned long top;	/* the end of user addresses */

static const char *const errnos[] = {
	[0] = "-", [EINVAL] = "INVAL", [ENOMEM] = "NOMEM", [EFAULT] = "FAULT", [EACCES] = "ACCES",
	[EPERM] = "PERM", [EBUSY] = "BUSY", [EAGAIN] = "AGAIN", [EBADF] = "BADF",
	[EOPNOTSUPP] = "OPNOTSUPP", [EOVERFLOW] = "OVERFLOW", [EEXIST] = "EXIST", [EIO] = "IO",
	[ENODEV] = "NODEV",
};

static const char *errno_of(long ret)
{
	int e = ret == -1 ? errno : 0;

	return e < (int)ARRAY_SIZE(errnos) && errnos[e] ? errnos[e] : "?";
}

/* one row: words in @want, one for each column; "*" is not judged */
static void judge(const char *row, const char *want, const char *const *columns, int n,
		  const char *(*cell)(int column, void *arg), void *arg)
{
	char got[512] = "", bad[512] = "", word[16];
	int at = 0;

	for (int i = 0; i < n; i++) {
		const char *e = cell(i, arg);

		strcat(got, i ? " " : ""), strcat(got, e);
		want += at;
		at = 0;
		if (sscanf(want, "%15s%n", word, &at) != 1)
			strcpy(word, "nothing");
		if (strcmp(word, "*") && strcmp(word, e))
			snprintf(bad + strlen(bad), sizeof(bad) - strlen(bad), " %s: %s, not %s;",
				 columns[i], e, word);
	}
	if (print)
		printf("\t{ \"%s\", \"%s\" },\n", row, got);
	else
		ok(!*bad, "%s%s", row, bad);
}

/* ---- calls and ranges ---- */

enum { WHOLE, ODD_ADDR, ODD_LEN, EMPTY, ODD_EMPTY, GAP, NOWHERE, WRAPS, WRAPS_ALIGNED, ACROSS_TOP,
	ABOVE, LAST, NR_RANGES };
static const char *const ranges[NR_RANGES] = {
	"mapped", "odd address", "odd length", "no length", "odd address, no length", "a gap inside",
	"nothing mapped", "end wraps", "aligned length wraps to 0", "across the top", "above the top",
	"the last page",
};

static char *pages;		/* four pages, the third of which is missing with GAP */

static void set_up(int range)
{
	/* nothing of ours lies right behind */
	pages = must(mmap(NULL, 5 * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	must(munmap(pages + 4 * PG, PG));
	memset(pages, 'm', 4 * PG);
	if (range == GAP)
		must(munmap(pages + 2 * PG, PG));
	if (range == NOWHERE)
		must(munmap(pages, 4 * PG));
}

static void take_down(void)
{
	munlockall();
	munmap(pages, 4 * PG);
}

static void range_of(int range, char **p, size_t *len)
{
	*p = pages;
	*len = 4 * PG;
	switch (range) {
	case ODD_ADDR:		*p += 1, *len = PG; break;
	case ODD_LEN:		*len = PG + 1; break;
	case EMPTY:		*len = 0; break;
	case ODD_EMPTY:		*p += 1, *len = 0; break;
	case WRAPS:		*len = -(unsigned long)pages + PG; break;
	case WRAPS_ALIGNED:	*len = -1UL; break;
	case ACROSS_TOP:	*len = top - (unsigned long)pages + PG; break;
	case ABOVE:		*p = (char *)top, *len = PG; break;
	case LAST:		*p = (char *)-PG, *len = PG; break;
	}
}

static unsigned char *vec;	/* for mincore */

static long do_mmap_fixed(char *p, size_t n)
{
	void *q = mmap(p, n, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	return q == MAP_FAILED ? -1 : 0;
}

static long do_noreplace(char *p, size_t n)
{
	void *q = mmap(p, n, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	return q == MAP_FAILED ? -1 : 0;
}

static long do_remap(char *p, size_t n, size_t to, int flags)
{
	char *q = mremap(p, n, to, flags, NULL);

	if (q == MAP_FAILED)
		return -1;
	if (q != p)
		munmap(q, to);
	return 0;
}

static long do_munmap(char *p, size_t n)	{ return munmap(p, n); }
static long do_msync_async(char *p, size_t n)	{ return msync(p, n, MS_ASYNC); }
static long do_msync_sync(char *p, size_t n)	{ return msync(p, n, MS_SYNC); }
static long do_msync_inval(char *p, size_t n)	{ return msync(p, n, MS_INVALIDATE); }
static long do_msync_both(char *p, size_t n)	{ return msync(p, n, MS_SYNC | MS_ASYNC); }
static long do_msync_none(char *p, size_t n)	{ return msync(p, n, 0); }
static long do_msync_flag(char *p, size_t n)	{ return msync(p, n, 8); }
static long do_mincore(char *p, size_t n)	{ return mincore(p, n, vec); }
static long do_mincore_null(char *p, size_t n)	{ return mincore(p, n, NOTHING); }
static long do_mlock(char *p, size_t n)		{ return mlock(p, n); }
static long do_onfault(char *p, size_t n)	{ return mlock2(p, n, MLOCK_ONFAULT); }
static long do_mlock2_flag(char *p, size_t n)	{ return mlock2(p, n, 2); }
static long do_munlock(char *p, size_t n)	{ return munlock(p, n); }
static long do_protect(char *p, size_t n)	{ return mprotect(p, n, PROT_READ); }
static long do_protect_bits(char *p, size_t n)	{ return mprotect(p, n, 0x100); }
static long do_grows(char *p, size_t n)		{ return mprotect(p, n, RW | PROT_GROWSDOWN); }
static long do_grows_both(char *p, size_t n)	{ return mprotect(p, n, PROT_GROWSDOWN | PROT_GROWSUP); }
static long do_dontneed(char *p, size_t n)	{ return madvise(p, n, MADV_DONTNEED); }
static long do_free(char *p, size_t n)		{ return madvise(p, n, MADV_FREE); }
static long do_normal(char *p, size_t n)	{ return madvise(p, n, MADV_NORMAL); }
static long do_willneed(char *p, size_t n)	{ return madvise(p, n, MADV_WILLNEED); }
static long do_cold(char *p, size_t n)		{ return madvise(p, n, MADV_COLD); }
static long do_pageout(char *p, size_t n)	{ return madvise(p, n, MADV_PAGEOUT); }
static long do_populate(char *p, size_t n)	{ return madvise(p, n, MADV_POPULATE_WRITE); }
static long do_remove(char *p, size_t n)	{ return madvise(p, n, MADV_REMOVE); }
static long do_dontfork(char *p, size_t n)	{ return madvise(p, n, MADV_DONTFORK); }
static long do_advice(char *p, size_t n)	{ return madvise(p, n, 9999); }
static long do_same(char *p, size_t n)		{ return do_remap(p, n, n, 0); }
static long do_shrink(char *p, size_t n)	{ return do_remap(p, n, PG, 0); }
static long do_move(char *p, size_t n)		{ return do_remap(p, n, 8 * PG, MREMAP_MAYMOVE); }
static long do_to_zero(char *p, size_t n)	{ return do_remap(p, n, 0, MREMAP_MAYMOVE); }
static long do_remap_flag(char *p, size_t n)	{ return do_remap(p, n, PG, 8); }
static long do_dontunmap(char *p, size_t n)	{ return do_remap(p, n, n, MREMAP_MAYMOVE | MREMAP_DONTUNMAP); }
static long do_only_dontunmap(char *p, size_t n) { return do_remap(p, n, n, MREMAP_DONTUNMAP); }
static long do_pages(char *p, size_t n)		{ return remap_file_pages(p, n, 0, 0, 0); }

struct call {
	const char *name;
	long (*call)(char *p, size_t len);
	const char *want;
};

static const struct call calls[] = {
	{ "munmap", do_munmap,
	  "- INVAL - INVAL INVAL - - INVAL INVAL INVAL INVAL INVAL" },
	{ "mmap MAP_FIXED", do_mmap_fixed,
	  "- INVAL - INVAL INVAL - - NOMEM NOMEM NOMEM NOMEM NOMEM" },
	{ "mmap MAP_FIXED_NOREPLACE", do_noreplace,
	  "EXIST INVAL EXIST INVAL INVAL EXIST - NOMEM NOMEM NOMEM NOMEM NOMEM" },
	{ "msync MS_ASYNC", do_msync_async,
	  "- INVAL - - INVAL NOMEM NOMEM NOMEM - NOMEM NOMEM NOMEM" },
	{ "msync MS_SYNC", do_msync_sync,
	  "- INVAL - - INVAL NOMEM NOMEM NOMEM - NOMEM NOMEM NOMEM" },
	{ "msync MS_INVALIDATE", do_msync_inval,
	  "- INVAL - - INVAL NOMEM NOMEM NOMEM - NOMEM NOMEM NOMEM" },
	{ "msync MS_SYNC and MS_ASYNC", do_msync_both,
	  "INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL" },
	{ "msync 0", do_msync_none,
	  "- INVAL - - INVAL NOMEM NOMEM NOMEM - NOMEM NOMEM NOMEM" },
	{ "msync of an unknown flag", do_msync_flag,
	  "INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL" },
	{ "mincore", do_mincore,
	  "- INVAL - - INVAL NOMEM NOMEM NOMEM NOMEM NOMEM NOMEM NOMEM" },
	{ "mincore into NULL", do_mincore_null,
	  "FAULT INVAL FAULT - INVAL FAULT NOMEM NOMEM NOMEM NOMEM NOMEM NOMEM" },
	{ "mlock", do_mlock,
	  "- - - - - NOMEM NOMEM INVAL - NOMEM NOMEM INVAL" },
	{ "mlock2 MLOCK_ONFAULT", do_onfault,
	  "- - - - - NOMEM NOMEM INVAL - NOMEM NOMEM INVAL" },
	{ "mlock2 of an unknown flag", do_mlock2_flag,
	  "INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL" },
	{ "munlock", do_munlock,
	  "- - - - - NOMEM NOMEM INVAL - NOMEM NOMEM INVAL" },
	{ "mprotect", do_protect,
	  "- INVAL - - INVAL NOMEM NOMEM NOMEM NOMEM NOMEM NOMEM NOMEM" },
	{ "mprotect of an unknown bit", do_protect_bits,
	  "INVAL INVAL INVAL - INVAL INVAL INVAL NOMEM NOMEM INVAL INVAL NOMEM" },
	{ "mprotect PROT_GROWSDOWN", do_grows,
	  "INVAL INVAL INVAL - INVAL INVAL NOMEM NOMEM NOMEM INVAL NOMEM NOMEM" },
	{ "mprotect PROT_GROWSDOWN and UP", do_grows_both,
	  "INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL" },
	{ "MADV_DONTNEED", do_dontneed,
	  "- INVAL - - INVAL NOMEM NOMEM INVAL INVAL * NOMEM INVAL" },
	{ "MADV_FREE", do_free,
	  "- INVAL - - INVAL NOMEM NOMEM INVAL INVAL * NOMEM INVAL" },
	{ "MADV_NORMAL", do_normal,
	  "- INVAL - - INVAL NOMEM NOMEM INVAL INVAL * NOMEM INVAL" },
	{ "MADV_WILLNEED", do_willneed,
	  "- INVAL - - INVAL NOMEM NOMEM INVAL INVAL * NOMEM INVAL" },
	{ "MADV_COLD", do_cold,
	  "- INVAL - - INVAL NOMEM NOMEM INVAL INVAL * NOMEM INVAL" },
	{ "MADV_PAGEOUT", do_pageout,
	  "- INVAL - - INVAL NOMEM NOMEM INVAL INVAL * NOMEM INVAL" },
	{ "MADV_POPULATE_WRITE", do_populate,
	  "- INVAL - - INVAL NOMEM NOMEM INVAL INVAL * NOMEM INVAL" },
	{ "MADV_REMOVE", do_remove,
	  "INVAL INVAL INVAL - INVAL INVAL NOMEM INVAL INVAL * NOMEM INVAL" },
	{ "MADV_DONTFORK", do_dontfork,
	  "- INVAL - - INVAL NOMEM NOMEM INVAL INVAL * NOMEM INVAL" },
	{ "an unknown advice", do_advice,
	  "INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL" },
	{ "mremap to the same size", do_same,
	  "- INVAL - INVAL INVAL - FAULT - INVAL - FAULT FAULT" },
	{ "mremap to one page", do_shrink,
	  "- INVAL - INVAL INVAL - FAULT INVAL INVAL INVAL FAULT FAULT" },
	{ "mremap to eight pages", do_move,
	  "- INVAL - INVAL INVAL FAULT FAULT INVAL INVAL INVAL FAULT FAULT" },
	{ "mremap to size 0", do_to_zero,
	  "INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL" },
	{ "mremap of an unknown flag", do_remap_flag,
	  "INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL" },
	{ "mremap MREMAP_DONTUNMAP", do_dontunmap,
	  "- INVAL - INVAL INVAL FAULT FAULT INVAL INVAL * FAULT FAULT" },
	{ "mremap MREMAP_DONTUNMAP alone", do_only_dontunmap,
	  "INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL" },
	{ "remap_file_pages", do_pages,
	  "INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL INVAL" },
};

/* in a child: a call may damage what the program needs */
static const char *cell_of_call(int range, void *arg)
{
	const struct call *c = arg;
	static int *result;
	pid_t pid;

	if (!result)
		result = shared_alloc(PG);
	*result = 0;
	fflush(stdout);
	pid = must(fork());
	if (!pid) {
		char *p;
		size_t len;
		long ret;

		set_up(range);
		range_of(range, &p, &len);
		errno = 0;
		ret = c->call(p, len);
		*result = ret == -1 ? errno : 0;
		take_down();
		_exit(0);
	}
	if (reap(pid))
		return "killed";
	errno = *result;
	return errno_of(errno ? -1 : 0);
}

/* ---- advice and mappings ---- */

enum { ANON, NONE, SHARED, PRIV_FILE, FILE_RW, FILE_RO, TMPFS_RW, TMPFS_RO, DEV_ZERO, LOCKED,
	LOCKED_FILE, NR_MAPS };
static const char *const maps[NR_MAPS] = {
	"anonymous", "PROT_NONE", "shared anonymous", "private file", "shared file",
	"shared file read-only", "shared tmpfs", "shared tmpfs read-only", "private /dev/zero",
	"locked", "locked file",
};

static int file = -1, file_ro = -1, tmp = -1, tmp_ro = -1;

static char *map_of(int kind)
{
	int prot = RW, flags = MAP_SHARED, fd = -1;
	char *p;

	switch (kind) {
	case NONE:	prot = PROT_NONE;	/* fall through */
	case ANON:
	case LOCKED:	flags = MAP_PRIVATE | MAP_ANONYMOUS; break;
	case SHARED:	flags = MAP_SHARED | MAP_ANONYMOUS; break;
	case PRIV_FILE:	flags = MAP_PRIVATE, fd = file; break;
	case LOCKED_FILE:
	case FILE_RW:	fd = file; break;
	case FILE_RO:	fd = file_ro, prot = PROT_READ; break;
	case TMPFS_RW:	fd = tmp; break;
	case TMPFS_RO:	fd = tmp_ro, prot = PROT_READ; break;
	case DEV_ZERO:	flags = MAP_PRIVATE, fd = must(open("/dev/zero", O_RDWR)); break;
	}
	p = must(mmap(NULL, 2 * PG, prot, flags, fd, 0));
	if (kind == LOCKED || kind == LOCKED_FILE)
		must(mlock(p, 2 * PG));
	if (kind == DEV_ZERO)
		close(fd);
	return p;
}

struct advice {
	const char *name;
	int advice;
	const char *want;
};

static const struct advice advices[] = {
	{ "advice MADV_NORMAL", MADV_NORMAL,
	  "- - - - - - - - - - -" },
	{ "advice MADV_RANDOM", MADV_RANDOM,
	  "- - - - - - - - - - -" },
	{ "advice MADV_SEQUENTIAL", MADV_SEQUENTIAL,
	  "- - - - - - - - - - -" },
	{ "advice MADV_WILLNEED", MADV_WILLNEED,
	  "- - - - - - - - - - -" },
	{ "advice MADV_DONTNEED", MADV_DONTNEED,
	  "- - - - - - - - - INVAL INVAL" },
	{ "advice MADV_FREE", MADV_FREE,
	  "- - INVAL INVAL INVAL INVAL INVAL INVAL - INVAL INVAL" },
	{ "advice MADV_REMOVE", MADV_REMOVE,
	  "INVAL INVAL - ACCES * ACCES - ACCES ACCES INVAL INVAL" },
	{ "advice MADV_DONTFORK", MADV_DONTFORK,
	  "- - - - - - - - - - -" },
	{ "advice MADV_DOFORK", MADV_DOFORK,
	  "- - - - - - - - - - -" },
	{ "advice MADV_DONTDUMP", MADV_DONTDUMP,
	  "- - - - - - - - - - -" },
	{ "advice MADV_DODUMP", MADV_DODUMP,
	  "- - - - - - - - - - -" },
	{ "advice MADV_WIPEONFORK", MADV_WIPEONFORK,
	  "- - INVAL INVAL INVAL INVAL INVAL INVAL INVAL - INVAL" },
	{ "advice MADV_KEEPONFORK", MADV_KEEPONFORK,
	  "- - - - - - - - - - -" },
	{ "advice MADV_COLD", MADV_COLD,
	  "- - - - - - - - - INVAL INVAL" },
	{ "advice MADV_PAGEOUT", MADV_PAGEOUT,
	  "- - - - - - - - - INVAL INVAL" },
	{ "advice MADV_POPULATE_READ", MADV_POPULATE_READ,
	  "- INVAL - - - - - - - - -" },
	{ "advice MADV_POPULATE_WRITE", MADV_POPULATE_WRITE,
	  "- INVAL - - - INVAL - INVAL - - -" },
	{ "advice MADV_DONTNEED_LOCKED", MADV_DONTNEED_LOCKED,
	  "- - - - - - - - - - -" },
};

static const char *cell_of_advice(int kind, void *arg)
{
	const struct advice *a = arg;
	char *p = map_of(kind);
	const char *e = errno_of(madvise(p, 2 * PG, a->advice));

	munlock(p, 2 * PG);
	must(munmap(p, 2 * PG));
	return e;
}

int main(int argc, char **argv)
{
	print = argc > 1 && !strcmp(argv[1], "-p");
	/* Sv39, Sv48 or Sv57: unmapping what cannot be mapped is an error */
	for (top = 1UL << 38; munmap((char *)top, PG) == 0; top <<= 9)
		;
	vec = must(mmap(NULL, PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		judge(calls[i].name, calls[i].want, ranges, NR_RANGES, cell_of_call,
		      (void *)&calls[i]);
	work_in(TMPFS);
	tmp = make_file("t", 4 * PG, 't');
	tmp_ro = must(open("t", O_RDONLY));
	work_in(DISK);
	file = make_file("f", 4 * PG, 'f');
	file_ro = must(open("f", O_RDONLY));
	for (size_t i = 0; i < ARRAY_SIZE(advices); i++)
		judge(advices[i].name, advices[i].want, maps, NR_MAPS, cell_of_advice,
		      (void *)&advices[i]);
	return print ? 0 : done();
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of bench: changing mappings. */
#define RW (PROT_READ | PROT_WRITE)

static char *touched(size_t len);

static double mmap_n(size_t len, bool touching)
{
	char *p;

	return TIMES(1000, p = map(len, MAP_PRIVATE | MAP_ANONYMOUS, -1);
		     for (size_t k = 0; touching && k < len; k += PAGE)
			p[k] = 1;
		     munmap(p, len));
}

static double mmap_1(void) { return mmap_n(PAGE, false); }
static double mmap_64(void) { return mmap_n(64 * PAGE, false); }
static double mmap_touch_1(void) { return mmap_n(PAGE, true); }
static double mmap_touch_64(void) { return mmap_n(64 * PAGE, true); }

static double mmap_file(void)
{
	int fd = make_file("mmap", 16 * PAGE);
	volatile char *p;

	return TIMES(1000, p = map(16 * PAGE, MAP_SHARED, fd);
		     (void)p[0];
		     munmap((char *)p, 16 * PAGE));
}

static double mprotect_n(long n)
{
	char *p = touched(n * PAGE);

	return TIMES(300, CHECK(mprotect(p, n * PAGE, PROT_READ)); CHECK(mprotect(p, n * PAGE, RW))) / 2;
}

static double mprotect_1(void) { return mprotect_n(1); }
static double mprotect_1024(void) { return mprotect_n(1024); }

static double mprotect_split(void)
{
	char *p = map(64 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1) + 32 * PAGE;

	return TIMES(1000, CHECK(mprotect(p, PAGE, PROT_READ)); CHECK(mprotect(p, PAGE, RW))) / 2;
}

static double mremap_grow(void)
{
	char *p = map(32 * MiB, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	munmap(p + 16 * MiB, 16 * MiB);
	return TIMES(500, if (mremap(p, 16 * MiB, 32 * MiB, 0) != p) die("mremap");
		     if (mremap(p, 32 * MiB, 16 * MiB, 0) != p) die("mremap")) / 2;
}

/* to and fro between places that differ by @off modulo 2 MiB */
static double mremap_move_by(size_t off)
{
	const int how = MREMAP_MAYMOVE | MREMAP_FIXED;
	size_t len = 16 * MiB;
	char *a, *b, *p;

	a = mmap(NULL, 6 * len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (a == MAP_FAILED)
		die("mmap");
	munmap(a, 6 * len);
	a += -(uintptr_t)a & (2 * MiB - 1);
	b = a + 2 * len + off;
	p = touched(len);
	if (mremap(p, len, len, how, a) != a)
		die("mremap");
	return TIMES(20, if (mremap(a, len, len, how, b) != b) die("mremap");
		     if (mremap(b, len, len, how, a) != a) die("mremap")) / 2;
}

static double mremap_move(void) { return mremap_move_by(0); }
static double mremap_move_4k(void) { return mremap_move_by(PAGE); }

static double mincore_row(void)
{
	static unsigned char vec[16 * MiB / PAGE];
	char *p = touched(16 * MiB);

	return TIMES(20, CHECK(mincore(p, 16 * MiB, vec))) / (16 * MiB / PAGE);
}

/* ---- 10,000 areas ---- */

#define NVMA 10000

/* every other page of the range is an area of its own */
static char *many_areas(void)
{
	char *p = mmap(NULL, 2 * NVMA * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	for (long i = 0; i < NVMA; i++)
		CHECK(munmap(p + (2 * i + 1) * PAGE, PAGE));
	return p;
}

static char *one_of(char *p, long i)
{
	return p + 2 * (i * 7919 % NVMA) * PAGE;
}

static double vma_10k_map(void)
{
	many_areas();
	/* of a protection that does not merge with what is beside it */
	return TIMES(500, if (mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
			die("mmap"));
}

static double vma_10k_fault(void)
{
	char *p = many_areas();

	return ONCE(2000, *(volatile char *)one_of(p, i) = 1);
}

static double vma_10k_unmap(void)
{
	char *p = many_areas();

	return ONCE(2000, CHECK(munmap(one_of(p, i), PAGE)));
}

/* ---- the heap ---- */

static double brk_by(bool touching)
{
	char *p = sbrk(0);

	return TIMES(500, if (sbrk(16 * PAGE) == (void *)-1) die("sbrk");
		     for (size_t k = 0; touching && k < 16; k++)
			p[k * PAGE] = 1;
		     sbrk(-16 * (long)PAGE));
}

static double brk_plain(void) { return brk_by(false); }
static double brk_touch(void) { return brk_by(true); }

/* private memory, each page of it written */
static char *touched(size_t len)
{
	char *p = map(len, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	madvise(p, len, MADV_NOHUGEPAGE);
	for (size_t k = 0; k < len; k += PAGE)
		p[k] = 1;
	return p;
}

#define MEMORY_ROWS \
	{ "mmap_1", "instr", "mmap + munmap 1 page", mmap_1 }, \
	{ "mmap_64", "instr", "mmap + munmap 64 pages", mmap_64 }, \
	{ "mmap_touch_1", "instr", "mmap + touch + munmap 1 page", mmap_touch_1 }, \
	{ "mmap_touch_64", "instr", "mmap + touch + munmap 64 pages", mmap_touch_64 }, \
	{ "mmap_file", "instr", "mmap 16 pages of a cached file, read one, munmap", mmap_file }, \
	{ "mprotect_1", "instr", "mprotect of an area of 1 page", mprotect_1 }, \
	{ "mprotect_1024", "instr", "mprotect of an area of 1,024 touched pages", mprotect_1024 }, \
	{ "mprotect_split", "instr", "mprotect of one page inside an area: split, merge", mprotect_split }, \
	{ "mremap_grow", "instr", "mremap 16 to 32 MiB in place and back", mremap_grow }, \
	{ "mremap_move", "instr", "mremap to another place, 16 MiB touched", mremap_move }, \
	{ "mremap_move_4k", "instr", "the same, places not congruent modulo 2 MiB", mremap_move_4k }, \
	{ "mincore", "instr/page", "mincore of 16 MiB touched", mincore_row }, \
	{ "vma_10k_map", "instr", "mmap one of 10,000 areas", vma_10k_map }, \
	{ "vma_10k_fault", "instr", "first write in a random one of 10,000 areas", vma_10k_fault }, \
	{ "vma_10k_unmap", "instr", "munmap a random one", vma_10k_unmap }, \
	{ "brk", "instr", "brk up and down by 16 pages", brk_plain }, \
	{ "brk_touch", "instr", "the same, all touched", brk_touch },

// SPDX-License-Identifier: GPL-2.0-only
/*
 * One test for each thing that kernels of the teaching labs on mmap commonly get
 * wrong. Other programs here test the same rules in more depth; these are the
 * shortest programs that show each mistake.
 */
#include "tap.h"

#define RW	(PROT_READ | PROT_WRITE)
#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)

static char *anon(size_t n)
{
	return must(mmap(NULL, n * PG, RW, ANON, -1, 0));
}

/* Mistake: an array of 16 VMAs in the process, and mmap fails with the 17th. */
static void many_mappings(void)
{
	static char *p[2000];
	int bad = 0;

	for (size_t i = 0; i < ARRAY_SIZE(p); i++) {	/* alternately, so that none can merge */
		p[i] = mmap(NULL, PG, i & 1 ? RW : PROT_READ, ANON, -1, 0);
		bad += p[i] == MAP_FAILED;
	}
	is(bad, 0, "2000 mappings of one page each");
	for (size_t i = 1; i < ARRAY_SIZE(p); i += 2)
		*p[i] = i;
	for (size_t i = 1; i < ARRAY_SIZE(p); i += 2)
		bad += *p[i] != (char)i;
	is(bad, 0, "every one is usable");
	for (size_t i = 0; i < ARRAY_SIZE(p); i++)
		bad += munmap(p[i], PG) != 0;
	is(bad, 0, "and can be unmapped");
}

/* Mistake: munmap may only cut a mapping's head or tail; a hole is refused or panics. */
static void holes(void)
{
	char *p = anon(5);

	memset(p, 'h', 5 * PG);
	is(munmap(p + 2 * PG, PG), 0, "a hole in the middle of a mapping");
	ok(all_bytes(p, 'h', 2 * PG) && all_bytes(p + 3 * PG, 'h', 2 * PG), "leaves both sides");
	is_fault(try_load(p + 2 * PG), SIGSEGV, SEGV_MAPERR, p + 2 * PG, "and is one");
	must(munmap(p, 5 * PG));
}

/* Mistake: the second half of a split mapping starts at the file's beginning again. */
static void offset_after_split(const char *fs)
{
	int fd = make_file("split", 6 * PG, 0);
	char *p;

	for (int i = 0; i < 6; i++)
		file_poke(fd, i * PG, 'a' + i);
	p = must(mmap(NULL, 5 * PG, RW, MAP_SHARED, fd, PG));
	must(munmap(p + 2 * PG, PG));
	is(p[3 * PG], 'e', "%s: behind a split the right page of the file is loaded", fs);
	p[4 * PG] = 'F';
	is(file_byte(fd, 5 * PG), 'F', "%s: and stored to", fs);
	must(munmap(p, PG));
	is(p[PG], 'c', "%s: a cut head moves the offset too", fs);
	must(munmap(p, 5 * PG));
	close(fd);
}

/* Mistake: munmap writes whole pages, so that the file grows to a multiple of 4096. */
static void write_back_past_end(const char *fs)
{
	int fd = make_file("end", 100, 'e');
	char *p = must(mmap(NULL, PG, RW, MAP_SHARED, fd, 0)), buf[200];

	p[0] = 'E';
	p[150] = '!';
	must(msync(p, PG, MS_SYNC));
	must(munmap(p, PG));
	is(file_size(fd), 100, "%s: write-back does not make the file longer", fs);
	is(pread(fd, buf, sizeof(buf), 0), 100, "%s: for read neither", fs);
	must(ftruncate(fd, 200));
	if (!strcmp(fs, "ext2"))	/* on tmpfs it does on some Linuxes */
		is(file_byte(fd, 150), 0, "%s: what was stored behind the end never appears", fs);
	close(fd);
}

/* Mistake: munmap writes back all pages, or those of MAP_PRIVATE, or by the hardware's
 * dirty bit forgotten: another's newer data is overwritten. */
static void write_back_of_the_clean(const char *fs)
{
	int fd = make_file("clean", 2 * PG, 'c');
	char *s = must(mmap(NULL, 2 * PG, RW, MAP_SHARED, fd, 0));
	char *p = must(mmap(NULL, 2 * PG, RW, MAP_PRIVATE, fd, 0));

	(void)*(volatile char *)s;
	p[PG] = 'P';
	file_poke(fd, 0, 'N');
	must(munmap(s, 2 * PG));
	is(file_byte(fd, 0), 'N', "%s: unmapping a page only read does not undo a write", fs);
	must(msync(p, 2 * PG, MS_SYNC));
	must(munmap(p, 2 * PG));
	is(file_byte(fd, PG), 'c', "%s: private pages are not written back", fs);
	close(fd);
}

/* Mistake: write-back calls the file's write function, at and moving its position. */
static void write_back_by_position(const char *fs)
{
	int fd = make_file("pos", 2 * PG, 'p');
	char *p = must(mmap(NULL, 2 * PG, RW, MAP_SHARED, fd, 0)), c;

	must(lseek(fd, PG + 10, SEEK_SET));
	p[5] = 'X';
	must(munmap(p, 2 * PG));
	is(lseek(fd, 0, SEEK_CUR), PG + 10, "%s: write-back does not move the position", fs);
	must_be(read(fd, &c, 1) == 1);
	is(c, 'p', "%s: nor does it write there", fs);
	is(file_byte(fd, 5), 'X', "%s: but where the store was", fs);
	close(fd);
}

static void store_first(void *p)
{
	((char *)p)[0] = 'C';
	((char *)p)[PG] = 'D';		/* untouched before the fork */
}

/* Mistake: fork copies every page, or loads the child's from the file again. */
static void fork_shares(const char *fs)
{
	int fd = make_file("fork", 2 * PG, 'f');
	char *p = must(mmap(NULL, 2 * PG, RW, MAP_SHARED, fd, 0));

	p[0] = 'A';
	is(child(store_first, p), 0, "%s: a child stores to inherited shared pages", fs);
	ok(p[0] == 'C' && p[PG] == 'D', "%s: the parent sees it at once", fs);
	must(munmap(p, 2 * PG));
	close(fd);
}

/* Mistake: mmap takes the addresses just above the heap, and sbrk runs into them. */
static void heap_and_mappings(void)
{
	char *heap = sbrk(0), *p;
	int bad = 0;

	for (int i = 0; i < 64; i++) {
		p = anon(16);
		memset(p, 'm', 16 * PG);
		must_be(sbrk(64 * KiB) != (void *)-1);
		memset(heap + i * 64 * KiB, 'h', 64 * KiB);
		bad += !all_bytes(p, 'm', 16 * PG);
	}
	is(bad, 0, "the heap grows by 4 MiB among 64 mappings, none overwrites another");
	ok(all_bytes(heap, 'h', 64 * 64 * KiB), "nor they the heap");
	must_be(brk(heap) == 0);
}

/* Mistake: only load faults bring pages; a first store, or a jump, kills the process. */
static void first_access(const char *fs)
{
	static const uint32_t ret = 0x00008067;		/* ret */
	int fd = make_file("first", 3 * PG, 'f');
	char *p;

	must_be(pwrite(fd, &ret, 4, PG) == 4);
	must_be(pwrite(fd, &ret, 4, 2 * PG) == 4);
	p = must(mmap(NULL, 3 * PG, RW, MAP_SHARED, fd, 0));
	no_fault(try_store(p), "%s: a store is the first access", fs);
	ok(p[0] == 0x5a && p[1] == 'f', "%s: to a page that has the file's other bytes", fs);
	must(munmap(p, 3 * PG));
	p = must(mmap(NULL, 3 * PG, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0));
	no_fault(try_exec(p + PG), "%s: an instruction fetch is the first access", fs);
	must(munmap(p, 3 * PG));
	p = must(mmap(NULL, 3 * PG, PROT_EXEC, MAP_SHARED, fd, 0));
	no_fault(try_exec(p + 2 * PG), "%s: also of a shared mapping that is only executable", fs);
	must(munmap(p, 3 * PG));
	close(fd);
}

/* Mistake: arguments are believed, and the kernel panics. */
static void nonsense(void)
{
	static const unsigned long odd[] = { 0, 1, 7, PG - 1, PG, PG + 1, 1UL << 38, (1UL << 38) - PG,
		1UL << 47, 1UL << 63, -PG, -1UL, 0xffffffc000000000, 0xffffffff80000000 };
	char *p = anon(1);
	pid_t pid = must(fork());

	if (!pid) {
		for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
			for (size_t j = 0; j < ARRAY_SIZE(odd); j++) {
				if (odd[i] & (PG - 1) || odd[i] >> 63)	/* not our own memory */
					syscall(SYS_munmap, odd[i], odd[j]);
				syscall(SYS_mmap, odd[i], odd[j], 7, MAP_PRIVATE, 1, odd[j]);
				syscall(SYS_mmap, odd[i] | 1UL << 62, odd[j], 7, ANON | MAP_FIXED, -1, 0);
				syscall(SYS_mremap, odd[i], odd[j], odd[j], 3, odd[i]);
				syscall(SYS_msync, odd[i], odd[j], MS_SYNC);
				syscall(SYS_madvise, odd[i], odd[j], MADV_WILLNEED);
				syscall(SYS_mincore, odd[i], odd[j] & 0xffff, odd[j]);
			}
		_exit(0);
	}
	is(reap(pid), 0, "odd addresses and lengths are answered, the process goes on");
	p[0] = 'g';
	is(p[0], 'g', "and the machine");
	must(munmap(p, PG));
}

/* Mistake: the fault handler maps whatever lies in a VMA, whatever its protection. */
static void protection(const char *fs)
{
	int fd = make_file("prot", PG, 'p');
	char *r = must(mmap(NULL, PG, PROT_READ, MAP_SHARED, fd, 0));
	char *n = must(mmap(NULL, PG, PROT_NONE, MAP_SHARED, fd, 0));

	is_fault(try_store(r), SIGSEGV, SEGV_ACCERR, r, "%s: a first store to a read-only mapping is a fault", fs);
	is(r[0], 'p', "%s: a load is not", fs);
	is_fault(try_store(r), SIGSEGV, SEGV_ACCERR, r, "%s: a store after a load is one", fs);
	is_fault(try_exec(r), SIGSEGV, SEGV_ACCERR, r, "%s: so is a jump", fs);
	is_fault(try_load(n), SIGSEGV, SEGV_ACCERR, n, "%s: and a load of PROT_NONE", fs);
	is(file_byte(fd, 0), 'p', "%s: the file is unchanged", fs);
	must(munmap(r, PG)), must(munmap(n, PG));
	close(fd);
}

/* Mistake: munmap of what is not (wholly) mapped fails, or walks off a missing table. */
static void unmap_nothing(void)
{
	char *p = anon(600);

	must(munmap(p, 600 * PG));
	is(munmap(p, 600 * PG), 0, "munmap of nothing is no error");
	p = must(mmap(p + 300 * PG, PG, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0));
	is(munmap(p - 300 * PG, 600 * PG), 0, "nor with gaps before and behind");
	ok(!is_mapped(p), "what was there is gone");
}

static void both(const char *fs)
{
	offset_after_split(fs);
	write_back_past_end(fs);
	write_back_of_the_clean(fs);
	write_back_by_position(fs);
	fork_shares(fs);
	first_access(fs);
	protection(fs);
}

int main(void)
{
	many_mappings();
	holes();
	heap_and_mappings();
	nonsense();
	unmap_nothing();
	on_both(both);
	return done();
}

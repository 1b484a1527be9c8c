// SPDX-License-Identifier: GPL-2.0-only
/*
 * pager: an array of 1 GiB that nobody has. A thread of the program is its pager: it gets
 * the faults as messages (userfaultfd), computes the page, and the reader never knows. It
 * keeps 64 pages; for each more the oldest goes, and would be computed again.
 *
 * The array: for each n, how many steps it takes to 1 by "halve if even, else 3n + 1".
 */
#include "demo.h"
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#define SIZE		(1UL << 30)
#define PAGES		(SIZE / PAGE)
#define PER_PAGE	(PAGE / sizeof(uint16_t))
#define NUMBERS		(SIZE / sizeof(uint16_t))
#define KEPT		64
#define LOOKUPS		150

static const volatile uint16_t *table;
static int uffd;
static bool talkative = true;
static unsigned long served, evicted;	/* the pager's */

static uint16_t steps(uint64_t n)
{
	uint16_t count = 0;

	for (; n > 1; count++)
		n = n % 2 ? 3 * n + 1 : n / 2;
	return count;
}

/* Make room for page @n: the oldest of those that are kept goes. */
static void evict_for(unsigned long n)
{
	static unsigned long kept[KEPT];
	unsigned long *oldest = &kept[served % KEPT];

	if (served >= KEPT) {
		HOLDS(!madvise((char *)table + *oldest * PAGE, PAGE, MADV_DONTNEED));
		evicted++;
	}
	*oldest = n;
}

static void serve(unsigned long n)
{
	static uint16_t page[PER_PAGE] __attribute__((aligned(PAGE)));
	struct uffdio_copy copy = {
		.dst = (uintptr_t)table + n * PAGE, .src = (uintptr_t)page, .len = PAGE,
	};

	evict_for(n);
	for (size_t i = 0; i < PER_PAGE; i++)
		page[i] = steps(n * PER_PAGE + i);
	served++;
	if (talkative)
		printf("        pager: page %lu is missing; computed\n", n);
	/* the page appears as a whole, and whoever waits for it goes on */
	HOLDS(!ioctl(uffd, UFFDIO_COPY, &copy));
}

static void *pager(void *arg)
{
	struct uffd_msg msg;

	(void)arg;
	for (;;) {
		HOLDS(read(uffd, &msg, sizeof(msg)) == sizeof(msg));
		HOLDS(msg.event == UFFD_EVENT_PAGEFAULT);
		serve((msg.arg.pagefault.address - (uintptr_t)table) / PAGE);
	}
	return NULL;
}

/* Address space, and a pager for it: not a byte of memory. */
static void make_table(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	pthread_t thread;

	table = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	HOLDS(table != MAP_FAILED);
	uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	HOLDS(uffd >= 0 && !ioctl(uffd, UFFDIO_API, &api));
	range.range.start = (uintptr_t)table;
	range.range.len = SIZE;
	HOLDS(!ioctl(uffd, UFFDIO_REGISTER, &range));
	HOLDS(!pthread_create(&thread, NULL, pager, NULL));
}

static unsigned long resident(void)
{
	static unsigned char in_core[PAGES];
	unsigned long pages = 0;

	HOLDS(!mincore((void *)table, SIZE, in_core));
	for (size_t i = 0; i < PAGES; i++)
		pages += in_core[i] & 1;
	return pages;
}

static void look_up(uint64_t n, uint16_t expected)
{
	uint16_t found = table[n];	/* nothing but a load */

	printf("reader: table[%lu] is %u\n", n, found);
	HOLDS(found == expected);
}

/* Far apart, and yet the table agrees with itself: 2n is one step before n. */
static void look_around(void)
{
	uint64_t n = 1;

	for (int i = 0; i < LOOKUPS; i++) {
		n = (n * 6364136223846793005 + 1442695040888963407) % (NUMBERS / 2);
		HOLDS(table[2 * n] == table[n] + 1 || n == 0);
		HOLDS(resident() <= KEPT);
	}
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	make_table();
	printf("A table of %lu numbers, %lu pages; in memory: %lu.\n", NUMBERS, PAGES, resident());
	look_up(27, 111);
	look_up(97, 118);
	look_up(837799, 524);
	look_up(63728127, 949);
	look_up(NUMBERS - 1, steps(NUMBERS - 1));
	printf("In memory now: %lu pages. %d times two numbers at random...\n", resident(), LOOKUPS);
	talkative = false;
	look_around();
	printf("%lu pages were computed, %lu thrown away; in memory: %lu.\n", served, evicted, resident());
	HOLDS(evicted == served - KEPT && resident() == KEPT);
	talkative = true;
	look_up(27, 111);
	printf("The reader only ever loaded from an array.\n");
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * cow: after fork() a parent and its child have every page in common, although each may
 * write. The child stores to one page after the other, and with each store exactly that
 * page becomes two. What the parent and the file see does not change.
 */
#include "demo.h"

#define FILE_NAME	DISK_FILE("cow")
#define PAGES		6

static void step(int to_child, int from_child, const char *go)
{
	char c;

	HOLDS(write(to_child, go, 1) == 1);
	HOLDS(read(from_child, &c, 1) == 1);
}

/* The child: for each byte that comes, a store to that page. */
static _Noreturn void child(char *p, int in, int out)
{
	unsigned char n;

	while (read(in, &n, 1) == 1) {
		if (n < PAGES)
			p[n * PAGE] = 'C';
		else	/* have a look at all of them */
			for (int i = 0; i < PAGES; i++)
				(void)*(volatile char *)&p[i * PAGE];
		HOLDS(write(out, "", 1) == 1);
	}
	_exit(0);
}

/* A row of frames; those that differ from the parent's in brackets. */
static int show(const char *when, pid_t pid, const char *p)
{
	int own = 0;

	printf("%-16s", when);
	for (int i = 0; i < PAGES; i++) {
		uint64_t mine = my_frame(p + i * PAGE), theirs = frame_of(pid, p + i * PAGE);
		bool differs = theirs != mine;

		printf(differs ? " [%6lx]" : "  %6lx ", theirs);
		HOLDS(theirs && mine);
		own += differs;
	}
	putchar('\n');
	return own;
}

int main(void)
{
	int to[2], from[2], fd;
	char *p, when[32], c;
	pid_t pid;

	unlink(FILE_NAME);
	fd = open(FILE_NAME, O_RDWR | O_CREAT, 0600);
	for (int i = 0; i < PAGES; i++) {
		HOLDS(pwrite(fd, "F", 1, i * PAGE) == 1);
	}
	HOLDS(!ftruncate(fd, PAGES * PAGE));
	p = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	HOLDS(p != MAP_FAILED && !pipe(to) && !pipe(from));
	p[0] = 'P';	/* the parent's first page is no longer the file's: anonymous */
	fflush(stdout);
	pid = fork();
	HOLDS(pid >= 0);
	if (!pid) {
		close(to[1]);
		child(p, to[0], from[1]);
	}

	step(to[1], from[0], "\xff");
	printf("A private mapping of %d pages; frames of the child, [its own] in brackets.\n", PAGES);
	show("the parent's", getpid(), p);
	HOLDS(show("after fork", pid, p) == 0);
	for (unsigned char i = 0; i < PAGES; i++) {
		uint64_t before = frame_of(pid, p + i * PAGE), parents = my_frame(p + i * PAGE);

		step(to[1], from[0], (char *)&i);
		snprintf(when, sizeof(when), "store to page %d", i);
		HOLDS(show(when, pid, p) == i + 1);
		HOLDS(frame_of(pid, p + i * PAGE) != before);
		HOLDS(my_frame(p + i * PAGE) == parents);
		if (i == PAGES / 2 - 1)
			telling_moment("the child has stored to half of the pages");
	}
	for (int i = 0; i < PAGES; i++) {
		HOLDS(p[i * PAGE] == (i ? 'F' : 'P'));
		HOLDS(pread(fd, &c, 1, i * PAGE) == 1 && c == 'F');
	}
	printf("The parent still reads P F F F F F, and the file F F F F F F.\n");
	close(to[1]);
	HOLDS(ended_well(pid));
	unlink(FILE_NAME);
	return 0;
}

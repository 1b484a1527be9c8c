// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmtop -1 shows mappings whose every page is known as they are: sizes, what is resident,
 * dirty, whose it is, and page by page what is behind the addresses.
 */
#include "tap.h"

#define RW	(PROT_READ | PROT_WRITE)
#define VMTOP	"/usr/bin/vmtop -1 "

struct areas {
	char *file, *anon, *shm;
	struct gate ready, go;
};

/* What vmtop says of the region at @p of this process, behind its address, with single blanks. */
static const char *line_of(const void *p)
{
	static char found[PATH_MAX];
	char line[PATH_MAX], *end;
	size_t n = 0;
	FILE *out;

	snprintf(line, sizeof(line), VMTOP "%d", getpid());
	out = popen(line, "r");
	must_be(out);
	while (fgets(line, sizeof(line), out)) {
		if (strtoul(line, &end, 16) != (unsigned long)p)
			continue;
		for (n = 0; *++end != '\n' && *end; )
			if (*end != ' ' || (n && found[n - 1] != ' '))
				found[n++] = *end;
	}
	found[n] = 0;
	must_be(pclose(out) == 0);
	return found;
}

/* PERM SIZE RSS DIRTY PSS BY PAGES and the name's beginning are @wanted. */
static void shows(const void *p, const char *wanted, const char *rule)
{
	const char *got = line_of(p);

	if (!ok(!strncmp(got, wanted, strlen(wanted)), "%s", rule))
		note("\"%s\", not \"%s\"", got, wanted);
}

/* @pages of anonymous memory with PROT_NONE on both sides, so that it merges with nothing. */
static char *apart(size_t pages)
{
	char *p = must(mmap(NULL, (pages + 2) * PG, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	must(mprotect(p + PG, pages * PG, RW));
	return p + PG;
}

/* Two pages are dirty, even if the flusher has just been there. */
static void soil(char *file)
{
	file[2 * PG] = file[5 * PG] = 'x';
}

static void kid(void *arg)
{
	struct areas *a = arg;

	for (int i = 0; i < 8; i++)
		(void)*(volatile char *)(a->file + i * PG);
	a->shm[0] = 'k';
	gate_open(a->ready);
	gate_pass(a->go);
	a->anon[0] = 'k';
	gate_open(a->ready);
	gate_pass(a->go);
}

int main(void)
{
	struct areas a = { .ready = gate_new(), .go = gate_new() };
	int fd;
	pid_t pid;

	work_in(DISK);
	fd = make_file("f", 8 * PG, 'f');
	must(fsync(fd));
	a.file = must(mmap(NULL, 8 * PG, RW, MAP_SHARED, fd, 0));
	shows(a.file, "rw-s 32K 0K 0K 0K - ........ /", "a mapping that was not touched");
	for (int i = 0; i < 8; i++)
		(void)*(volatile char *)(a.file + i * PG);
	shows(a.file, "rw-s 32K 32K 0K 32K 1 ffffffff /", "a file's pages, read");
	soil(a.file);
	shows(a.file, "rw-s 32K 32K 8K 32K 1 ffffffff /", "two of them written to");

	a.anon = apart(6);
	a.anon[0] = a.anon[2 * PG] = a.anon[3 * PG] = 'x';
	(void)*(volatile char *)(a.anon + 4 * PG);
	shows(a.anon, "rw-p 24K 12K 12K 12K 1 a.aaz. (anonymous)", "private memory: three pages, and one of zeros");

	a.shm = must(mmap(NULL, 3 * PG, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	a.shm[0] = a.shm[2 * PG] = 'x';
	shows(a.shm, "rw-s 12K 8K 8K 8K 1 s.s /dev/zero (deleted)", "shared anonymous memory");

	pid = spawn(kid, &a);
	gate_pass(a.ready);
	soil(a.file);
	shows(a.file, "rw-s 32K 32K 8K 16K 2 FFFFFFFF /", "a child has the file's pages too");
	shows(a.anon, "rw-p 24K 12K 12K 6K 2 A.AAz. (anonymous)", "and still all of the private memory");
	shows(a.shm, "rw-s 12K 8K 8K 6K 2 S.s /dev/zero (deleted)", "and a page of the shared memory");
	gate_open(a.go);
	gate_pass(a.ready);
	shows(a.anon, "rw-p 24K 12K 12K 8K 2 a.AAz. (anonymous)", "after a store of the child a page is ours alone");
	gate_open(a.go);
	is(reap(pid), 0, "the child is done");
	soil(a.file);
	shows(a.file, "rw-s 32K 32K 8K 32K 1 ffffffff /", "then everything is ours alone");

	is(WEXITSTATUS(system(VMTOP "999999 2> /dev/null")), 1, "a process that does not exist is status 1");
	is(WEXITSTATUS(system("/usr/bin/vmtop < /dev/null 2> /dev/null")), 2, "without a terminal is status 2");
	return done();
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For vmtop: an address space, as Linux's /proc tells of it.
 *
 * struct space holds the regions of a process with their figures (smaps). What is behind
 * the single pages (pagemap, /proc/kpagecount, /proc/kpageflags) is asked for only where
 * it is to be shown: page_states(). Who may not see frame numbers learns from pagemap
 * alone whether a page is a file's and whether it is mapped once only.
 *
 * All of it was true at some moment while we read; the process goes on meanwhile.
 */
#ifndef VMSPACE_H
#define VMSPACE_H

#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/kernel-page-flags.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PM_FRAME	((1ULL << 55) - 1)
#define PM_EXCLUSIVE	(1ULL << 56)
#define PM_FILE		(1ULL << 61)
#define PM_SWAP		(1ULL << 62)
#define PM_PRESENT	(1ULL << 63)

/* What is behind a page, by the letters that show it: capitals are mapped more than once. */
enum page_state {
	NO_FRAME = '.', SWAPPED = '~', ZEROS = 'z', FILE_PAGE = 'f', ANON_PAGE = 'a', SHM_PAGE = 's',
	DIRTY = 1 << 8,			/* or'ed to one of these: not yet written to where it belongs */
};

/* Figures are KiB. */
struct region {
	unsigned long start, end;
	unsigned long size, rss, pss, dirty, swap;
	char perms[5];
	char *name;
};

struct space {
	int pid;
	char command[64], state;
	unsigned long minor_faults, major_faults;
	struct region *regions;
	size_t nr;
	struct region total;		/* only its figures */
	unsigned long page_size;
	int pagemap;			/* -1: may not be read */
	int pagecount, pageflags;	/* -1: frames are not told */
};

static FILE *proc_open(int pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return fopen(path, "re");
}

static void space_init(struct space *s)
{
	*s = (struct space){
		.page_size = sysconf(_SC_PAGESIZE), .pagemap = -1,
		.pagecount = open("/proc/kpagecount", O_RDONLY | O_CLOEXEC),
		.pageflags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC),
	};
}

static void space_clear(struct space *s)
{
	for (size_t i = 0; i < s->nr; i++)
		free(s->regions[i].name);
	free(s->regions);
	s->regions = NULL;
	s->nr = 0;
	s->total = (struct region){};
	if (s->pagemap >= 0)
		close(s->pagemap);
	s->pagemap = -1;
}

static bool read_stat(struct space *s)
{
	FILE *f = proc_open(s->pid, "stat");
	char line[1024], *open, *close;
	bool ok = f && fgets(line, sizeof(line), f);

	if (f)
		fclose(f);
	if (!ok)
		return false;
	open = strchr(line, '(');
	close = strrchr(line, ')');
	if (!open || !close)
		return false;
	*close = 0;
	snprintf(s->command, sizeof(s->command), "%s", open + 1);
	return sscanf(close + 1, " %c %*d %*d %*d %*d %*d %*u %lu %*u %lu", &s->state, &s->minor_faults,
		      &s->major_faults) == 3;
}

/* The first line of a region, as in maps. */
static bool add_region(struct space *s, char *line)
{
	struct region r = {};
	int name = 0;

	if (sscanf(line, "%lx-%lx %4s %*x %*s %*s %n", &r.start, &r.end, r.perms, &name) != 3 || !name)
		return false;
	line[strcspn(line, "\n")] = 0;
	s->regions = reallocarray(s->regions, s->nr + 1, sizeof(r));
	r.name = strdup(line + name);
	if (!s->regions || !r.name)
		err(1, "regions");
	s->regions[s->nr++] = r;
	return true;
}

/* "Rss:   12 kB", to be added to both the region and the total. */
static void add_figure(struct space *s, const char *line)
{
	static const struct { const char *name; size_t offset; } fields[] = {
		{ "Size:", offsetof(struct region, size) }, { "Rss:", offsetof(struct region, rss) },
		{ "Pss:", offsetof(struct region, pss) }, { "Swap:", offsetof(struct region, swap) },
		{ "Shared_Dirty:", offsetof(struct region, dirty) },
		{ "Private_Dirty:", offsetof(struct region, dirty) },
	};
	struct region *last = &s->regions[s->nr - 1];

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		size_t n = strlen(fields[i].name);
		unsigned long kib;

		if (strncmp(line, fields[i].name, n))
			continue;
		kib = strtoul(line + n, NULL, 10);
		*(unsigned long *)((char *)last + fields[i].offset) += kib;
		*(unsigned long *)((char *)&s->total + fields[i].offset) += kib;
	}
}

/* Read what there is of process @pid. Return: is there such a process, with user memory? */
static bool space_read(struct space *s, int pid)
{
	char *line = NULL, path[64];
	size_t room = 0;
	FILE *smaps;

	space_clear(s);
	s->pid = pid;
	smaps = proc_open(pid, "smaps");
	if (!smaps || !read_stat(s)) {
		if (smaps)
			fclose(smaps);
		return false;
	}
	while (getline(&line, &room, smaps) > 0) {
		/* Names of figures begin with a capital; addresses are in small letters. */
		if (!isupper((unsigned char)*line))
			add_region(s, line);
		else if (s->nr)
			add_figure(s, line);
	}
	free(line);
	fclose(smaps);
	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	s->pagemap = open(path, O_RDONLY | O_CLOEXEC);
	return s->nr;
}

static bool word_at(int fd, uint64_t index, uint64_t *word)
{
	return fd >= 0 && pread(fd, word, sizeof(*word), index * sizeof(*word)) == sizeof(*word);
}

/* Return: the state of a page by its entry in pagemap; @mappings grows to how often it is mapped. */
static int page_state(const struct space *s, uint64_t entry, unsigned long *mappings)
{
	uint64_t frame = entry & PM_FRAME, flags, count;
	int state;

	if (entry & PM_SWAP)
		return SWAPPED;
	if (!(entry & PM_PRESENT))
		return NO_FRAME;
	state = entry & PM_FILE ? FILE_PAGE : ANON_PAGE;
	count = entry & PM_EXCLUSIVE ? 1 : 2;
	if (frame && word_at(s->pageflags, frame, &flags) && word_at(s->pagecount, frame, &count)) {
		if (flags >> KPF_ZERO_PAGE & 1)
			return ZEROS;
		if (flags >> KPF_SWAPBACKED & 1 && !(flags >> KPF_ANON & 1))
			state = SHM_PAGE;
		if (flags >> KPF_DIRTY & 1)
			state |= DIRTY;
		if (count > *mappings)
			*mappings = count;
	}
	return count > 1 ? state - 'a' + 'A' : state;
}

/* A look at a frame is two system calls, and the screen is drawn every second: of a chunk with
 * more than SAMPLE pages so many are looked at, spread over the first LOOK. */
#define SAMPLE	32
#define LOOK	512

/*
 * What most of the pages [@first, @first + @n) of @r that have a frame are. @mappings grows
 * to how often any of those looked at is mapped.
 */
static int chunk_state(const struct space *s, const struct region *r, unsigned long first, unsigned long n,
		       unsigned long *mappings)
{
	unsigned int seen[2 * DIRTY] = {};
	uint64_t entries[LOOK];
	int most = NO_FRAME;
	ssize_t got, step;

	n = n < LOOK ? n : LOOK;
	step = (n + SAMPLE - 1) / SAMPLE;
	got = pread(s->pagemap, entries, n * sizeof(*entries), (r->start / s->page_size + first) * sizeof(*entries));
	for (ssize_t i = 0; i < got / (ssize_t)sizeof(*entries); i += step) {
		int state = page_state(s, entries[i], mappings);

		if (state == NO_FRAME)
			continue;
		if (++seen[state] > seen[most])
			most = state;
	}
	return most;
}

/*
 * Fill @bar with the states of the region's pages, or, when they are more than @room, of
 * as many chunks. @mappings: how often the most shared page is mapped; 0: not known.
 * Return: how much of @bar is filled.
 */
static size_t page_states(const struct space *s, const struct region *r, int *bar, size_t room,
			  unsigned long *mappings)
{
	unsigned long pages = (r->end - r->start) / s->page_size;
	size_t n = pages < room ? pages : room;

	*mappings = 0;
	if (s->pagemap < 0 || !(r->rss + r->swap))
		room = 0;	/* nothing to see, and perhaps much of it */
	for (size_t i = 0; i < n; i++) {
		unsigned long first = pages / n * i + pages % n * i / n;
		unsigned long next = pages / n * (i + 1) + pages % n * (i + 1) / n;

		bar[i] = room ? chunk_state(s, r, first, next - first, mappings) : NO_FRAME;
	}
	return n;
}

#endif

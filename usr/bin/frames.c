// SPDX-License-Identifier: GPL-2.0-only
/*
 * frames [-o FILE] [-t TITLE] PID|PROGRAM...: which physical frames are behind the pages
 * of these processes, or of all that run that program (a path), a line a page:
 *
 *	title TITLE
 *	process PID PARENT PROGRAM
 *	region START-END PERMISSIONS OFFSET NAME
 *	page ADDRESS FRAME FLAGS MAPPINGS
 *
 * Numbers are in base 16 but for PID, PARENT and MAPPINGS; FLAGS is what
 * /proc/kpageflags says of the frame, MAPPINGS what /proc/kpagecount says. Pages without
 * a frame are left out. tools/picture draws this. It takes root.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE		4096UL
#define CHUNK		512
#define PM_PRESENT	(1ULL << 63)
#define PM_FRAME	((1ULL << 55) - 1)

static int pagecount, pageflags;

static FILE *open_of(int pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return fopen(path, "re");
}

static uint64_t word_of(int fd, uint64_t index)
{
	uint64_t word = 0;

	if (pread(fd, &word, sizeof(word), index * sizeof(word)) != sizeof(word))
		return 0;	/* beyond the memory that has descriptors */
	return word;
}

static void print_pages(int pagemap, unsigned long start, unsigned long end)
{
	uint64_t entry[CHUNK];

	for (unsigned long at = start; at < end; at += CHUNK * PAGE) {
		size_t want = (end - at) / PAGE < CHUNK ? (end - at) / PAGE : CHUNK;
		ssize_t got = pread(pagemap, entry, want * sizeof(*entry), at / PAGE * sizeof(*entry));

		for (ssize_t i = 0; i < got / (ssize_t)sizeof(*entry); i++) {
			uint64_t frame = entry[i] & PM_FRAME;

			if (entry[i] & PM_PRESENT)
				printf("page %lx %" PRIx64 " %" PRIx64 " %" PRIu64 "\n", at + i * PAGE, frame,
				       word_of(pageflags, frame), word_of(pagecount, frame));
		}
	}
}

static void print_regions(int pid)
{
	FILE *maps = open_of(pid, "maps"), *pagemap = open_of(pid, "pagemap");
	unsigned long start, end, offset;
	char line[PATH_MAX + 100], perms[5];
	int name;

	while (maps && pagemap && fgets(line, sizeof(line), maps)) {
		line[strcspn(line, "\n")] = 0;
		if (sscanf(line, "%lx-%lx %4s %lx %*s %*s %n", &start, &end, perms, &offset, &name) != 4)
			continue;
		printf("region %lx-%lx %s %lx %s\n", start, end, perms, offset, line + name);
		print_pages(fileno(pagemap), start, end);
	}
	if (maps)
		fclose(maps);
	if (pagemap)
		fclose(pagemap);
}

static bool program_of(int pid, char program[PATH_MAX])
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	n = readlink(path, program, PATH_MAX - 1);
	program[n > 0 ? n : 0] = 0;
	return n > 0;
}

static void print_process(int pid)
{
	char program[PATH_MAX], line[512], *behind_name;
	FILE *stat = open_of(pid, "stat");
	int parent = 0;

	if (stat && fgets(line, sizeof(line), stat)) {
		behind_name = strrchr(line, ')');
		if (behind_name)
			sscanf(behind_name, ") %*c %d", &parent);
	}
	if (stat)
		fclose(stat);
	if (!program_of(pid, program))
		return;		/* it has ended, or is the kernel's */
	printf("process %d %d %s\n", pid, parent, program);
	print_regions(pid);
}

static int is_process(const struct dirent *d)
{
	return isdigit((unsigned char)*d->d_name);
}

static void print_program(const char *program)
{
	struct dirent **found;
	char path[PATH_MAX];
	int n = scandir("/proc", &found, is_process, versionsort);

	if (n < 0)
		err(1, "/proc");
	for (int i = 0; i < n; i++) {
		int pid = atoi(found[i]->d_name);

		if (program_of(pid, path) && !strcmp(path, program))
			print_process(pid);
		free(found[i]);
	}
	free(found);
}

int main(int argc, char **argv)
{
	const char *title = NULL;
	int option;

	while ((option = getopt(argc, argv, "o:t:")) != -1) {
		if (option == 'o' && !freopen(optarg, "we", stdout))
			err(1, "%s", optarg);
		if (option == 't')
			title = optarg;
		if (option == '?')
			return 2;
	}
	if (optind == argc)
		errx(2, "which process? frames [-o file] [-t title] PID|PROGRAM...");
	pagecount = open("/proc/kpagecount", O_RDONLY | O_CLOEXEC);
	pageflags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	if (pagecount < 0 || pageflags < 0)
		err(1, "/proc/kpagecount, /proc/kpageflags");
	if (title)
		printf("title %s\n", title);
	for (int i = optind; i < argc; i++) {
		if (isdigit((unsigned char)*argv[i]))
			print_process(atoi(argv[i]));
		else
			print_program(argv[i]);
	}
	return fflush(stdout) || ferror(stdout);
}

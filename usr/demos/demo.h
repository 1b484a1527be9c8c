/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the demonstrations share: looking behind an address, and insisting.
 *
 * Frame numbers need root; so the demonstrations run as root.
 */
#ifndef DEMOS_DEMO_H
#define DEMOS_DEMO_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096UL

/* Where a demonstration's files lie: on the disk, so that there is something to see. */
#define DISK_FILE(name) "/var/tmp/" name

/* What is claimed on the screen must be so: otherwise say which, and end with 1. */
#define HOLDS(claim) ({								\
	if (!(claim)) {								\
		dprintf(2, "%s:%d: does not hold: %s (errno: %s)\n",		\
			__FILE__, __LINE__, #claim, strerror(errno));		\
		_exit(1);							\
	} })

/* The 64 bits at 8 times @index of a file below /proc. */
static inline uint64_t word_at(const char *path, uint64_t index)
{
	uint64_t word = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	HOLDS(fd >= 0);
	HOLDS(pread(fd, &word, sizeof(word), index * sizeof(word)) == sizeof(word));
	close(fd);
	return word;
}

/* The physical frame behind @p in process @pid; 0: none yet. */
static inline uint64_t frame_of(pid_t pid, const volatile void *p)
{
	char path[32];
	uint64_t entry;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	entry = word_at(path, (uintptr_t)p / PAGE);
	return entry >> 63 ? entry & ((1ULL << 55) - 1) : 0;
}

/* The frame behind @p here; touched first, so that there is one. */
static inline uint64_t my_frame(const volatile void *p)
{
	(void)*(const volatile char *)p;
	return frame_of(getpid(), p);
}

/* How often @frame is mapped, in all processes together. */
static inline uint64_t mappings_of(uint64_t frame)
{
	return word_at("/proc/kpagecount", frame);
}

/* Wait for @pid: true if it came to a good end. */
static inline bool ended_well(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && status == 0;
}

/*
 * The moment for a picture. With SNAPSHOT in the environment (tools/picture sets it), write
 * to the file of that name what frames are behind the pages of all processes of this
 * program. By posix_spawn, which unlike fork does not touch what is to be looked at.
 */
static inline void telling_moment(const char *what)
{
	char program[256] = "", *file = getenv("SNAPSHOT");
	pid_t pid;

	if (!file)
		return;
	HOLDS(readlink("/proc/self/exe", program, sizeof(program) - 1) > 0);
	HOLDS(!posix_spawn(&pid, "/usr/bin/frames", NULL, NULL,
			   (char *[]){ "frames", "-o", file, "-t", (char *)what, program, NULL }, environ));
	HOLDS(ended_well(pid));
}

/* A file of @bytes, mapped shared and writable: by its name alone. */
static inline void *map_file(const char *path, size_t bytes)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	void *p;

	HOLDS(fd >= 0 && !ftruncate(fd, bytes));
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	HOLDS(p != MAP_FAILED);
	close(fd);
	return p;
}

/* Memory that our children will share with us. */
static inline void *map_shared(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	HOLDS(p != MAP_FAILED);
	return p;
}

static inline void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * writeback: stores into a mapped file make pages dirty, and nothing else happens. Then
 * the flusher finds them old enough, and they drain to the disk while we watch. The
 * pages stay where they are; only their dirt is gone.
 */
#include "demo.h"

#define FILE_NAME	DISK_FILE("writeback")
#define PAGES		512
#define KPF_DIRTY	4
#define SYSCTL(name)	"/proc/sys/vm/dirty_" name "_centisecs"

/* KiB that /proc/meminfo says of @field */
static long meminfo(const char *field)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[128];
	long kib = -1;

	HOLDS(f);
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, field, strlen(field)) && line[strlen(field)] == ':')
			kib = atol(line + strlen(field) + 1);
	fclose(f);
	return kib;
}

/* Set a figure of the flusher. Return: what it was. */
static int set(const char *path, int value)
{
	FILE *f = fopen(path, "r+");
	int old;

	HOLDS(f && fscanf(f, "%d", &old) == 1);
	rewind(f);
	HOLDS(fprintf(f, "%d\n", value) > 0 && !fclose(f));
	return old;
}

static int count_dirty(const uint64_t frame[PAGES])
{
	int n = 0;

	for (int i = 0; i < PAGES; i++)
		n += word_at("/proc/kpageflags", frame[i]) >> KPF_DIRTY & 1;
	return n;
}

int main(void)
{
	static uint64_t frame[PAGES];
	int interval, expire, dirty, last;
	char *p;

	unlink(FILE_NAME);
	p = map_file(FILE_NAME, PAGES * PAGE);
	interval = set(SYSCTL("writeback"), 50);
	expire = set(SYSCTL("expire"), 150);
	printf("The flusher comes twice a second and takes what is dirty for 1.5 s.\n\n");

	memset(p, 'd', PAGES * PAGE);
	for (int i = 0; i < PAGES; i++)
		frame[i] = my_frame(p + i * PAGE);
	dirty = last = count_dirty(frame);
	printf("stored to %d pages:  %4d of them dirty, Dirty: %6ld KiB\n", PAGES, dirty, meminfo("Dirty"));
	for (int i = 0; i < 1200 && dirty; i++) {
		sleep_ms(50);
		dirty = count_dirty(frame);
		if (dirty != last || i % 10 == 9)
			printf("%20s %5d of them dirty, Dirty: %6ld KiB\n", "", dirty, meminfo("Dirty"));
		fflush(stdout);
		last = dirty;
	}
	set(SYSCTL("writeback"), interval);
	set(SYSCTL("expire"), expire);
	HOLDS(!dirty);

	for (int i = 0; i < PAGES; i++) {
		HOLDS(my_frame(p + i * PAGE) == frame[i] && p[i * PAGE] == 'd');
	}
	p[0] = 'e';
	printf("\nAll are clean, in the frames where they were. One store more:\n");
	printf("%20s %5d of them dirty\n", "", count_dirty(frame));
	HOLDS(count_dirty(frame) == 1);
	unlink(FILE_NAME);
	return 0;
}

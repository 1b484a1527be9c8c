// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cpio reader: two archives behind each other, then the same with damage.
 *
 * SOURCES: lib/cpio.c
 */
#include "host.h"
#include <lib/cpio.h>
#include <lib/err.h>

static char image[4096];
static size_t len;

static void pad(void)
{
	while (len % 4)
		image[len++] = 0;
}

static void add(const char *name, unsigned int mode, const char *data, unsigned int size)
{
	len += sprintf(image + len, "070701%08X%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
		       7, mode, 1, 2, 1, 99, size, 3, 4, 5, 6, (unsigned int)strlen(name) + 1, 0);
	memcpy(image + len, name, strlen(name) + 1);
	len += strlen(name) + 1;
	pad();
	memcpy(image + len, data, size);
	len += size;
	pad();
}

int main(void)
{
	struct cpio_reader r;
	struct cpio_entry e;
	int entries = 0;

	add("bin", 040755, "", 0);
	add("bin/sh", 0100755, "#!program", 9);
	add("TRAILER!!!", 0, "", 0);
	len += 300;
	len &= ~3UL;
	add("etc/motd", 0100644, "hello", 5);
	add("TRAILER!!!", 0, "", 0);

	cpio_open(&r, image, len);
	must(cpio_next(&r, &e) == 1 && !strcmp(e.name, "bin") && e.mode == 040755 && !e.size);
	must(e.uid == 1 && e.gid == 2 && e.mtime == 99 && e.rmajor == 5 && e.rminor == 6);
	must(cpio_next(&r, &e) == 1 && e.size == 9 && !memcmp(e.data, "#!program", 9));
	must(e.archive == 0 && e.name_len == 6);
	must(cpio_next(&r, &e) == 1 && !strcmp(e.name, "etc/motd") && e.archive == 1);
	must(cpio_next(&r, &e) == 0 && cpio_next(&r, &e) == 0);
	ok(1, "cpio: entries of two archives");

	for (int i = 0; i < 50000; i++) {
		size_t n = rnd(3) ? len : rnd(len + 1);
		char *copy = malloc(n + 1);
		int rounds = 0;

		memcpy(copy, image, n);
		copy = realloc(copy, n ? n : 1);
		for (unsigned long k = rnd(5); k && n; k--)
			copy[rnd(n)] = rnd(2) ? rnd(256) : "0123456789abcdefF"[rnd(17)];
		cpio_open(&r, copy, n);
		while (cpio_next(&r, &e) > 0) {
			must(strlen(e.name) == e.name_len && ++rounds < 100);
			must((char *)e.data >= copy && (char *)e.data + e.size <= copy + n);
			entries++;
		}
		free(copy);
	}
	ok(entries > 10000, "cpio: damaged archives are read without harm");
	return done();
}

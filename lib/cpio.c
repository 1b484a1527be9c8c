// SPDX-License-Identifier: GPL-2.0-only
/* The "newc" cpio format: cpio(5); Linux's Documentation/driver-api/early-userspace/buffer-format. */
#include <lib/cpio.h>
#include <lib/string.h>
#include <lib/err.h>

#define HEADER_LEN	110
#define TRAILER		"TRAILER!!!"

/* header fields behind the magic number, each eight hexadecimal digits */
enum { C_INO, C_MODE, C_UID, C_GID, C_NLINK, C_MTIME, C_SIZE, C_MAJOR, C_MINOR, C_RMAJOR,
	C_RMINOR, C_NAMESIZE, C_CHKSUM, C_FIELDS };

void cpio_open(struct cpio_reader *r, const void *data, size_t size)
{
	*r = (struct cpio_reader){ .data = data, .size = size };
}

static bool read_hex(const u8 *p, u32 *v)
{
	int i;

	*v = 0;
	for (i = 0; i < 8; i++) {
		unsigned int c = p[i], d;

		if (c - '0' < 10)
			d = c - '0';
		else if ((c | 32) - 'a' < 6)
			d = (c | 32) - 'a' + 10;
		else
			return false;
		*v = *v << 4 | d;
	}
	return true;
}

/* everything is aligned to 4 from the archive's beginning, which is itself */
static size_t aligned(size_t pos)
{
	return (pos + 3) & ~3UL;
}

static int read_entry(struct cpio_reader *r, struct cpio_entry *e)
{
	const u8 *h = r->data + r->pos;
	size_t left = r->size - r->pos, body, name_end;
	u32 f[C_FIELDS];
	int i;

	if (left < HEADER_LEN || (memcmp(h, "070701", 6) && memcmp(h, "070702", 6)))
		return -EINVAL;
	for (i = 0; i < C_FIELDS; i++)
		if (!read_hex(h + 6 + 8 * i, &f[i]))
			return -EINVAL;
	name_end = r->pos + HEADER_LEN + f[C_NAMESIZE];
	if (!f[C_NAMESIZE] || f[C_NAMESIZE] > left - HEADER_LEN || r->data[name_end - 1])
		return -EINVAL;
	body = aligned(name_end);
	if (body > r->size || f[C_SIZE] > r->size - body)
		return -EINVAL;
	*e = (struct cpio_entry){
		.name = (const char *)h + HEADER_LEN,
		.name_len = strlen((const char *)h + HEADER_LEN),
		.data = r->data + body, .size = f[C_SIZE],
		.ino = f[C_INO], .mode = f[C_MODE], .uid = f[C_UID], .gid = f[C_GID],
		.nlink = f[C_NLINK], .mtime = f[C_MTIME],
		.major = f[C_MAJOR], .minor = f[C_MINOR],
		.rmajor = f[C_RMAJOR], .rminor = f[C_RMINOR],
		.archive = r->archive,
	};
	r->pos = min(aligned(body + f[C_SIZE]), r->size);
	return 1;
}

int cpio_next(struct cpio_reader *r, struct cpio_entry *e)
{
	for (;;) {
		int err;

		while (r->pos < r->size && !r->data[r->pos])
			r->pos++;
		if (r->pos == r->size)
			return 0;
		err = read_entry(r, e);
		if (err < 0)
			return err;
		if (strcmp(e->name, TRAILER))
			return 1;
		r->archive++;
	}
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reader of "newc" cpio archives in memory (Linux's initramfs format): several
 * archives may follow each other, padded with zeros.
 *
 *	struct cpio_reader r;
 *	cpio_open(&r, data, size);
 *	while ((err = cpio_next(&r, &entry)) > 0)
 *		...
 */
#ifndef LIB_CPIO_H
#define LIB_CPIO_H
#include <lib/types.h>

struct cpio_reader {
	const u8 *data;
	size_t size, pos;
	unsigned int archive;	/* which archive of the concatenation, from 0 */
};

struct cpio_entry {
	const char *name;	/* in the image, NUL-terminated */
	u32 name_len;		/* without the NUL */
	const void *data;
	u32 size;
	u32 ino, mode, uid, gid, nlink, mtime;
	u32 major, minor;	/* of the archive's device: with ino they identify hard links */
	u32 rmajor, rminor;
	unsigned int archive;
};

void cpio_open(struct cpio_reader *r, const void *data, size_t size);
/** cpio_next - Return: 1 with an entry, 0 at the end, -EINVAL where it is no cpio
 *  (r->pos says where: a compressed archive, perhaps). */
int cpio_next(struct cpio_reader *r, struct cpio_entry *e);

#endif

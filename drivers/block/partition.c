// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading partition tables through the disk's page cache: the MBR with its
 * chain of logical partitions, and GPT (UEFI specification, chapter 5; the
 * primary table only, its entries bounded by what the disk can hold).
 *
 * A boot sector of a filesystem (FAT, or a disk with no table at all) also
 * ends in 55 AA: an entry counts only if its boot flag is 0 or 0x80.
 */
#include <drivers/block.h>
#include <fs/fs.h>
#include <lib/byteorder.h>
#include <lib/err.h>
#include <lib/string.h>
#include "partition.h"

#define MBR_TABLE	446
#define MBR_MAGIC	0xaa55
#define TYPE_GPT	0xee
#define MAX_PARTITIONS	15		/* minors of a disk */
#define GPT_MAGIC	"EFI PART"
#define GPT_MAX_ENTRIES	128

struct mbr_entry {
	u8 boot, chs1[3], type, chs2[3];
	__le32 start, sectors;
} __packed;

struct gpt_header {
	char magic[8];
	__le32 revision, size, crc, reserved;
	__le64 this_lba, other_lba, first, last;
	u8 guid[16];
	__le64 entries_lba;
	__le32 entries, entry_size, entries_crc;
} __packed;

struct gpt_entry {
	u8 type[16], guid[16];
	__le64 first, last, attributes;
} __packed;

/* copy @len bytes at byte @pos of the disk, within one page. 0 or -errno */
static int read_bytes(struct block_device *disk, u64 pos, void *buf, unsigned int len)
{
	struct folio *f;

	if (offset_in_page(pos) + len > PAGE_SIZE || pos + len > disk->bd_nr_sectors << 9)
		return -EINVAL;
	f = read_mapping_folio(disk->bd_inode->i_mapping, pos >> PAGE_SHIFT, NULL);
	if (IS_ERR(f))
		return PTR_ERR(f);
	memcpy(buf, folio_address(f) + offset_in_page(pos), len);
	folio_put(f);
	return 0;
}

static bool is_extended(u8 type)
{
	return type == 0x05 || type == 0x0f || type == 0x85;
}

static int read_table(struct block_device *disk, u64 sector, struct mbr_entry t[4])
{
	u8 buf[66];
	int err = read_bytes(disk, (sector << 9) + MBR_TABLE, buf, sizeof(buf));

	if (err)
		return err;
	if (buf[64] != 0x55 || buf[65] != 0xaa)
		return -ENOENT;
	memcpy(t, buf, 4 * sizeof(*t));
	for (int i = 0; i < 4; i++)
		if (t[i].boot & 0x7f)
			return -ENOENT;
	return 0;
}

/* logical partitions: a chain of tables, each with one partition and one link */
static void scan_extended(struct block_device *disk, u64 base, partition_fn add)
{
	struct mbr_entry t[4];
	u64 at = base;
	unsigned int nr = 5;

	while (nr <= MAX_PARTITIONS && !read_table(disk, at, t)) {
		u64 next = 0;

		for (int i = 0; i < 4; i++) {
			if (!t[i].sectors)
				continue;
			if (is_extended(t[i].type))
				next = base + le32_to_cpu(t[i].start);
			else if (nr <= MAX_PARTITIONS)
				add(disk, nr++, at + le32_to_cpu(t[i].start), le32_to_cpu(t[i].sectors));
		}
		if (next <= at)		/* chains lead forwards only, so they end */
			break;
		at = next;
	}
}

static void scan_gpt(struct block_device *disk, partition_fn add)
{
	static const u8 unused[16];
	unsigned int lbs = disk->bd_logical_block_size;
	struct gpt_header h;
	u32 entries, size;

	if (read_bytes(disk, lbs, &h, sizeof(h)) || memcmp(h.magic, GPT_MAGIC, 8))
		return;
	entries = min(le32_to_cpu(h.entries), (u32)GPT_MAX_ENTRIES);
	size = le32_to_cpu(h.entry_size);
	if (size < sizeof(struct gpt_entry) || size > 4096 || (size & (size - 1)))
		return;
	if (le64_to_cpu(h.entries_lba) >= (disk->bd_nr_sectors << 9) / lbs)
		return;
	for (u32 i = 0; i < entries && i < MAX_PARTITIONS; i++) {
		struct gpt_entry e;
		u64 first, last;

		if (read_bytes(disk, le64_to_cpu(h.entries_lba) * lbs + (u64)i * size, &e, sizeof(e)))
			return;
		first = le64_to_cpu(e.first);
		last = le64_to_cpu(e.last);
		if (!memcmp(e.type, unused, 16) || last < first ||
		    last >= (disk->bd_nr_sectors << 9) / lbs)
			continue;
		add(disk, i + 1, first * (lbs >> 9), (last - first + 1) * (lbs >> 9));
	}
}

void scan_partitions(struct block_device *disk, partition_fn add)
{
	struct mbr_entry t[4];

	if (read_table(disk, 0, t))
		return;
	for (int i = 0; i < 4; i++)
		if (t[i].type == TYPE_GPT) {
			scan_gpt(disk, add);
			return;
		}
	for (int i = 0; i < 4; i++) {
		if (!t[i].sectors)
			continue;
		if (is_extended(t[i].type))
			scan_extended(disk, le32_to_cpu(t[i].start), add);
		else
			add(disk, i + 1, le32_to_cpu(t[i].start), le32_to_cpu(t[i].sectors));
	}
}

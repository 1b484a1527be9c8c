/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The second extended filesystem: its layout on disk (little-endian) and what
 * is kept in memory. Layout after "The Second Extended File System" (D. Poirier),
 * sections 3 (super block, groups, inodes) and 4 (directories).
 *
 * Locks
 *   inode->i_rwsem           directory content, size (VFS)
 *   ext2_inode.tree_lock     block pointers: held to allocate and to free.
 *                            Lookups take no lock: a pointer is published with
 *                            one store, after what it points to is ready, and a
 *                            pointer is freed only when no folio under it is in
 *                            use (truncation holds invalidate_lock).
 *   ext2_inode.index         see dir_index.c
 *   ext2_group.lock          a group's bitmaps and counts
 *   ext2_sb.lock             the super block's fields
 */
#ifndef EXT2_EXT2_H
#define EXT2_EXT2_H
#include <fs/buffer.h>
#include <fs/fs.h>
#include <kernel/mutex.h>
#include <kernel/spinlock.h>
#include <lib/byteorder.h>

/* ---- on disk ---- */

#define EXT2_MAGIC		0xEF53
#define EXT2_ROOT_INO		2
#define EXT2_GOOD_OLD_FIRST_INO	11
#define EXT2_GOOD_OLD_INODE_SIZE 128
#define EXT2_NDIR		12	/* direct pointers */
#define EXT2_IND		12
#define EXT2_DIND		13
#define EXT2_TIND		14
#define EXT2_NR_BLOCKS		15
#define EXT2_LINK_MAX		32000
#define EXT2_NAME_LEN		255
#define EXT2_SB_OFFSET		1024

/* s_state */
#define EXT2_VALID_FS		1	/* was unmounted */
#define EXT2_ERROR_FS		2
/* s_errors */
#define EXT2_ERRORS_CONTINUE	1
#define EXT2_ERRORS_RO		2
#define EXT2_ERRORS_PANIC	3
/* features */
#define EXT2_INCOMPAT_FILETYPE	0x0002
#define EXT2_INCOMPAT_META_BG	0x0010
#define EXT2_INCOMPAT_SUPP	(EXT2_INCOMPAT_FILETYPE | EXT2_INCOMPAT_META_BG)
#define EXT2_RO_SPARSE_SUPER	0x0001
#define EXT2_RO_LARGE_FILE	0x0002
#define EXT2_RO_BTREE_DIR	0x0004
#define EXT2_RO_SUPP		(EXT2_RO_SPARSE_SUPER | EXT2_RO_LARGE_FILE | EXT2_RO_BTREE_DIR)
#define EXT3_COMPAT_HAS_JOURNAL	0x0004
/* i_flags: those that mean something here */
#define EXT2_SYNC_FL		0x00000008
#define EXT2_IMMUTABLE_FL	0x00000010
#define EXT2_APPEND_FL		0x00000020
#define EXT2_NOATIME_FL		0x00000080
#define EXT2_BTREE_FL		0x00001000	/* hashed directory: cleared when we change one */
#define EXT2_DIRSYNC_FL		0x00010000
#define EXT2_FL_USER_VISIBLE	0x0003DFFF
#define EXT2_FL_USER_MODIFIABLE	0x000380FF
/* inherited from the directory: s, u, c, d, S, A, noatime */
#define EXT2_FL_INHERITED	0x000100DF

struct ext2_super_block {
	__le32 s_inodes_count, s_blocks_count, s_r_blocks_count, s_free_blocks_count;
	__le32 s_free_inodes_count, s_first_data_block, s_log_block_size, s_log_frag_size;
	__le32 s_blocks_per_group, s_frags_per_group, s_inodes_per_group;
	__le32 s_mtime, s_wtime;
	__le16 s_mnt_count, s_max_mnt_count, s_magic, s_state, s_errors, s_minor_rev_level;
	__le32 s_lastcheck, s_checkinterval, s_creator_os, s_rev_level;
	__le16 s_def_resuid, s_def_resgid;
	/* revision 1 */
	__le32 s_first_ino;
	__le16 s_inode_size, s_block_group_nr;
	__le32 s_feature_compat, s_feature_incompat, s_feature_ro_compat;
	u8 s_uuid[16];
	char s_volume_name[16], s_last_mounted[64];
	__le32 s_algorithm_usage_bitmap;
	u8 s_prealloc_blocks, s_prealloc_dir_blocks;
	__le16 s_reserved_gdt_blocks;
	u8 s_journal_uuid[16];
	__le32 s_journal_inum, s_journal_dev, s_last_orphan, s_hash_seed[4];
	u8 s_def_hash_version, s_reserved1;
	__le16 s_desc_size;
	__le32 s_default_mount_opts, s_first_meta_bg;
	u8 s_reserved[760];
};
static_assert(sizeof(struct ext2_super_block) == 1024, "one kilobyte on disk");

struct ext2_group_desc {
	__le32 bg_block_bitmap, bg_inode_bitmap, bg_inode_table;
	__le16 bg_free_blocks_count, bg_free_inodes_count, bg_used_dirs_count, bg_pad;
	__le32 bg_reserved[3];
};
static_assert(sizeof(struct ext2_group_desc) == 32, "as on disk");

struct ext2_disk_inode {
	__le16 i_mode, i_uid_low;
	__le32 i_size_low, i_atime, i_ctime, i_mtime, i_dtime;
	__le16 i_gid_low, i_links_count;
	__le32 i_blocks, i_flags, i_osd1;
	__le32 i_block[EXT2_NR_BLOCKS];
	__le32 i_generation, i_file_acl, i_size_high, i_faddr;
	u8 i_frag, i_fsize;
	__le16 i_pad;
	__le16 i_uid_high, i_gid_high;
	__le32 i_reserved2;
};
static_assert(sizeof(struct ext2_disk_inode) == EXT2_GOOD_OLD_INODE_SIZE, "as on disk");

struct ext2_dirent {
	__le32 inode;			/* 0: unused space */
	__le16 rec_len;
	u8 name_len, file_type;
	char name[];
};
#define EXT2_DIR_REC_LEN(n)	(((n) + 8 + 3) & ~3u)

struct ext2_xattr_header {
	__le32 h_magic, h_refcount, h_blocks;
};
#define EXT2_XATTR_MAGIC	0xEA020000

/* ---- in memory ---- */

struct ext2_group {
	spinlock_t lock;		/* LR_LEAF: bits and counts of the group */
	struct ext2_group_desc *desc;	/* inside sb->gdt[] */
	struct block_ref *desc_block;
};

struct ext2_sb {
	struct super_block *sb;
	spinlock_t lock;		/* LR_LEAF: *es */
	struct block_ref sb_block;
	struct ext2_super_block *es;	/* inside sb_block */
	struct block_ref *gdt;		/* group descriptor blocks */
	struct ext2_group *groups;
	unsigned int groups_count, gdt_blocks;
	unsigned int blocks_per_group, inodes_per_group, inodes_per_block, inode_size;
	unsigned int desc_per_block, addr_per_block, addr_bits, first_ino;
	u32 first_data_block;
	u64 blocks_count;
	atomic64_t free_blocks, free_inodes, dirs;
	u64 overhead;			/* blocks that never hold data */
	u64 reserved_blocks;
	uid_t resuid;
	gid_t resgid;
	unsigned int errors;		/* EXT2_ERRORS_* */
	u16 mount_state;		/* s_state when it was mounted */
	bool grpid, minix_df;
	atomic_t next_generation;
};

struct ext2_inode {
	__le32 i_data[EXT2_NR_BLOCKS];	/* tree_lock to change */
	u32 i_flags, i_file_acl, i_dtime;
	u32 group;			/* of the inode itself: where its blocks go first */
	struct mutex tree_lock;		/* LR_FS_TRUNCATE */
	u32 last_iblock, last_pblock;	/* the newest block: goal of the next */
	u32 dir_start_lookup;		/* page where the last name was found */
	struct ext2_dir_index *index;	/* of a large directory, or NULL: see dir_index.c */
	bool fresh;			/* new: its place in the table holds an old inode */
	bool new_name;			/* its first name may not be on the disk yet: fsync sees to it */
	struct inode vfs;
};

static inline struct ext2_inode *EXT2_I(const struct inode *i)
{
	return container_of(i, struct ext2_inode, vfs);
}
static inline struct ext2_sb *EXT2_SB(const struct super_block *sb)
{
	return sb->s_fs_info;
}
static inline bool ext2_incompat(const struct ext2_sb *s, u32 f)
{
	return s->es->s_feature_incompat & cpu_to_le32(f);
}
static inline u32 ext2_group_first_block(const struct ext2_sb *s, unsigned int group)
{
	return s->first_data_block + group * s->blocks_per_group;
}

/* super.c */
/** ext2_error - the disk is inconsistent: say so, mark it, act as errors= says. */
void ext2_error(struct super_block *sb, const char *fmt, ...) __printf(2, 3);
void ext2_set_large_file(struct super_block *sb);

/* options.c */
struct ext2_options {
	unsigned int errors;		/* 0: as the super block says */
	long resuid, resgid;		/* -1: as the super block says */
	bool grpid, minix_df;
};
/** ext2_parse_options - take @data ("errors=panic,grpid") apart. Return: 0, -EINVAL. */
int ext2_parse_options(struct ext2_options *o, char *data);
void ext2_apply_options(struct ext2_sb *s, const struct ext2_options *o);
int ext2_show_options(struct seq_file *m, struct dentry *root);

/* balloc.c */
/** ext2_new_blocks - allocate up to *@count contiguous blocks near @goal.
 *  Return: the first, *@count how many; 0 and *@err -ENOSPC or -EIO. May sleep. */
u32 ext2_new_blocks(struct inode *inode, u32 goal, unsigned int *count, int *err);
void ext2_free_blocks(struct inode *inode, u32 block, unsigned int count);
bool ext2_data_block_valid(const struct ext2_sb *s, u32 block, unsigned int count);
bool ext2_group_has_super(const struct ext2_sb *s, unsigned int group);
unsigned int ext2_group_gdt_blocks(const struct ext2_sb *s, unsigned int group);

/* ialloc.c */
struct inode *ext2_new_inode(struct inode *dir, umode_t mode);	/* ERR_PTR; I_NEW */
void ext2_free_inode(struct super_block *sb, unsigned long ino, bool dir);

/* inode.c */
int ext2_bread(struct super_block *sb, u32 nr, const char *what, struct block_ref *b);
struct inode *ext2_iget(struct super_block *sb, unsigned long ino);	/* ERR_PTR */
int ext2_write_inode(struct inode *inode, struct writeback_control *wbc);
void ext2_evict_inode(struct inode *inode);
int ext2_sync_inode(struct inode *inode, bool datasync);
int ext2_setattr(struct dentry *d, struct iattr *attr);
void ext2_set_file_ops(struct inode *inode);
void ext2_set_inode_flags(struct inode *inode);
extern const struct address_space_operations ext2_aops;

/* tree.c */
int ext2_get_block(struct inode *inode, u64 iblock, struct block_map *map, bool create);
/** ext2_truncate_blocks - free every block at or beyond byte @size. Context: invalidate_lock held, or evicting. */
void ext2_truncate_blocks(struct inode *inode, loff_t size);
loff_t ext2_max_size(unsigned int blkbits);

/* dir.c */
struct ext2_dir_place {			/* a directory entry found */
	struct folio *folio;		/* referenced; NULL: none */
	struct ext2_dirent *de;
};
static inline void ext2_put_place(struct ext2_dir_place *p)
{
	if (p->folio)
		folio_put(p->folio);
	p->folio = NULL;
}
/** ext2_find_entry - 0, -ENOENT, or -EIO. On 0 release with ext2_put_place(). */
int ext2_find_entry(struct inode *dir, const struct qstr *name, struct ext2_dir_place *p);
int ext2_find_dotdot(struct inode *dir, struct ext2_dir_place *p);
int ext2_add_entry(struct inode *dir, const struct qstr *name, struct inode *inode);
int ext2_delete_entry(struct inode *dir, struct ext2_dir_place *p);
int ext2_set_entry(struct inode *dir, struct ext2_dir_place *p, struct inode *inode, bool times);
int ext2_make_empty(struct inode *inode, struct inode *parent);
int ext2_empty_dir(struct inode *dir);		/* 1 empty, 0 not, -errno */
extern const struct file_operations ext2_dir_operations;

/* dir_index.c */
void ext2_drop_index(struct inode *dir);
void ext2_index_init(void);

/* namei.c, file.c, ioctl.c */
extern const struct inode_operations ext2_dir_inode_operations, ext2_special_inode_operations;
extern const struct inode_operations ext2_file_inode_operations;
extern const struct inode_operations ext2_symlink_inode_operations, ext2_fast_symlink_inode_operations;
extern const struct file_operations ext2_file_operations;
int ext2_fsync(struct file *f, loff_t start, loff_t end, int datasync);
long ext2_ioctl(struct file *f, unsigned int cmd, unsigned long arg);

#endif

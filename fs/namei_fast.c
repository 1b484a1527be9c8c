// SPDX-License-Identifier: GPL-2.0-only
/*
 * The usual walk: an absolute path, or one from the working directory, of names that are
 * all cached and lead through directories everybody may search, without links and "..".
 * No references, no locks, no nameidata: all of it lives in registers.
 *
 * Whatever is not usual makes it give up, and namei_walk.c does the walk from its start. So
 * this file decides nothing on its own; it gives the answer that the general walk would.
 * It rests on the same rules: each dentry's d_seq is read before anything of it, and the
 * parent's is checked once the child was found; mount_seq vouches for mounts.
 */
#include "namei.h"

/* to the top of what is mounted on *@d; RCU. Return: false: the tree changes */
static noinline bool cross_mounts(struct vfsmount **mnt, struct dentry **d, u32 *seq, u32 m_seq)
{
	while (READ_ONCE((*d)->d_flags) & DCACHE_MOUNTED) {
		struct mount *m = __lookup_mnt(*mnt, *d);

		if (m) {
			*mnt = &m->mnt;
			*d = m->mnt.mnt_root;
			*seq = d_seq_begin(*d);
		}
		if (read_seqcount_retry(&mount_seq, m_seq))
			return false;
		if (!m)
			return true;
	}
	return true;
}

/**
 * walk_fast - walk @s if that is easy.
 * @parent: stop at the directory of the last component, which goes to e->last
 * Context: RCU from here to walk_end_get() or walk_end_valid(): no sleeping.
 * Return: 1: *@e is the end; 0: use the general walk; -ENOENT: the path does not exist.
 */
int walk_fast(int dfd, const char *s, struct walk_end *e, bool parent)
{
	const struct fs_struct *fs = current->fs;
	const struct path *start = *s == '/' ? &fs->root : &fs->pwd;
	u32 m_seq = __atomic_load_n(&mount_seq.seq, __ATOMIC_ACQUIRE) & ~1u;
	struct vfsmount *mnt;
	struct dentry *dir, *d;
	struct inode *inode;
	u32 seq, fs_seq;

	if (*s == '/') {
		do {
			s++;
		} while (unlikely(*s == '/'));
	} else if (dfd != AT_FDCWD) {
		return 0;
	}
	if (unlikely(!*s))
		return 0;
	do {
		fs_seq = read_seqcount_begin(&fs->seq);
		mnt = start->mnt;
		dir = start->dentry;
		seq = d_seq_begin(dir);
		inode = dir->d_inode;
	} while (unlikely(read_seqcount_retry(&fs->seq, fs_seq)));
	for (;;) {
		const char *end, *next;
		u32 hash, next_seq, flags;

		if (unlikely(!(inode->i_opflags & IOP_FASTPERM) || (inode->i_mode & 0111) != 0111))
			return 0;
		end = d_hash_component(dir, s, &hash);
		if (unlikely(*s == '.') && (end - s == 1 || (end - s == 2 && s[1] == '.')))
			return 0;
		for (next = end; *next == '/'; next++)
			;
		if (!*next) {
			if (parent) {
				e->last.hash = hash;
				e->last.len = end - s;
				e->last.name = (const unsigned char *)s;
				break;
			}
			if (unlikely(next != end))
				return 0;
		}
		d = d_lookup_rcu(dir, hash, end - s, (const unsigned char *)s, &next_seq);
		if (unlikely(!d || read_seqcount_retry(&dir->d_seq, seq)))
			return 0;
		flags = READ_ONCE(d->d_flags);
		if (unlikely(flags & (DCACHE_SYMLINK | DCACHE_OP_REVALIDATE)))
			return 0;
		if (unlikely(flags & DCACHE_MOUNTED) && !cross_mounts(&mnt, &d, &next_seq, m_seq))
			return 0;
		inode = READ_ONCE(d->d_inode);
		if (unlikely(!inode))
			return read_seqcount_retry(&d->d_seq, next_seq) ? 0 : -ENOENT;
		dir = d;
		seq = next_seq;
		if (!*next)
			break;
		if (unlikely(!(flags & DCACHE_DIRECTORY)))
			return 0;
		s = next;
	}
	e->mnt = mnt;
	e->dentry = dir;
	e->inode = inode;
	e->seq = seq;
	e->m_seq = m_seq;
	return 1;
}

/**
 * walk_end_get - take references on where the walk ended.
 * Return: false: something moved; none are held.
 */
bool walk_end_get(const struct walk_end *e, struct path *path)
{
	if (unlikely(!legitimize_mnt(e->mnt, e->m_seq)))
		return false;
	if (likely(d_get_live(e->dentry))) {
		if (likely(!read_seqcount_retry(&e->dentry->d_seq, e->seq))) {
			path->mnt = e->mnt;
			path->dentry = e->dentry;
			return true;
		}
		dput(e->dentry);
	}
	mntput(e->mnt);
	return false;
}

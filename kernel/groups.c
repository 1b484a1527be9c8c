// SPDX-License-Identifier: GPL-2.0-only
/*
 * Supplementary groups: a sorted array, counted, shared by credentials.
 */
#include <kernel/cred.h>
#include <kernel/syscalls.h>
#include <lib/sort.h>
#include <mm/slab.h>
#include <arch/uaccess.h>
#include <linux/limits.h>

struct group_info *groups_alloc(int n)
{
	struct group_info *g = kvmalloc(sizeof(*g) + n * sizeof(gid_t), GFP_KERNEL);

	if (g) {
		refcount_set(&g->usage, 1);
		g->ngroups = n;
	}
	return g;
}

void put_group_info(struct group_info *g)
{
	if (refcount_dec_and_test(&g->usage))
		kvfree(g);
}

static bool groups_search(const struct group_info *g, gid_t gid)
{
	int left = 0, right = g->ngroups;

	while (left < right) {
		int mid = (left + right) / 2;

		if (gid > g->gid[mid])
			left = mid + 1;
		else if (gid < g->gid[mid])
			right = mid;
		else
			return true;
	}
	return false;
}

bool in_group_p(gid_t gid)
{
	const struct cred *c = current->cred;

	return gid == c->fsgid || groups_search(c->group_info, gid);
}

SYSCALL_DEFINE2(getgroups, int, size, gid_t __user *, list)
{
	const struct group_info *g = current->cred->group_info;

	if (size < 0)
		return -EINVAL;
	if (!size)
		return g->ngroups;
	if (g->ngroups > size)
		return -EINVAL;
	return copy_to_user(list, g->gid, g->ngroups * sizeof(gid_t)) ? -EFAULT : g->ngroups;
}

static int compare_gid(const void *a, const void *b)
{
	gid_t x = *(const gid_t *)a, y = *(const gid_t *)b;

	return x < y ? -1 : x > y;
}

static int check_gids(const struct group_info *g)
{
	for (int i = 0; i < g->ngroups; i++)
		if (g->gid[i] == (gid_t)-1)
			return -EINVAL;
	return 0;
}

SYSCALL_DEFINE2(setgroups, int, size, gid_t __user *, list)
{
	struct group_info *g;
	struct cred *new;
	int err = -EFAULT;

	if (!capable(CAP_SETGID))
		return -EPERM;
	if (size < 0 || size > NGROUPS_MAX)
		return -EINVAL;
	g = groups_alloc(size);
	if (!g)
		return -ENOMEM;
	if (copy_from_user(g->gid, list, size * sizeof(gid_t)))
		goto put_groups;
	err = check_gids(g);
	if (err)
		goto put_groups;
	sort(g->gid, size, sizeof(gid_t), compare_gid, NULL);
	new = prepare_creds();
	err = -ENOMEM;
	if (!new)
		goto put_groups;
	put_group_info(new->group_info);
	new->group_info = g;
	return commit_creds(new);

put_groups:
	put_group_info(g);
	return err;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a user uses, over all of its processes: one counted user_struct per real
 * user id, found by hash. That of root is init_cred's and stays for ever.
 */
#include <kernel/cred.h>
#include <kernel/signal.h>
#include <kernel/spinlock.h>
#include <mm/slab.h>

#define UID_HASH_BITS	7
static struct hlist_head uid_hash[1 << UID_HASH_BITS];
static DEFINE_SPINLOCK(uid_lock, LR_CRED);

static struct hlist_head *bucket(uid_t uid)
{
	return &uid_hash[(uid + (uid >> UID_HASH_BITS)) & ((1 << UID_HASH_BITS) - 1)];
}

/* referenced */
static struct user_struct *find_uid(uid_t uid)
{
	struct user_struct *u;

	hlist_for_each_entry(u, bucket(uid), node)
		if (u->uid == uid) {
			refcount_inc(&u->count);
			return u;
		}
	return NULL;
}

struct user_struct *alloc_uid(uid_t uid)
{
	struct user_struct *u, *new;

	spin_lock_irq(&uid_lock);
	u = find_uid(uid);
	spin_unlock_irq(&uid_lock);
	if (u)
		return u;
	new = kzalloc(sizeof(*new), GFP_KERNEL);
	if (!new)
		return NULL;
	refcount_set(&new->count, 1);
	new->uid = uid;
	spin_lock_irq(&uid_lock);
	u = find_uid(uid);
	if (!u) {
		hlist_add_head(&new->node, bucket(uid));
		u = new;
		new = NULL;
	}
	spin_unlock_irq(&uid_lock);
	kfree(new);
	return u;
}

/** free_uid - drop a reference. Context: any. */
void free_uid(struct user_struct *u)
{
	unsigned long flags;

	if (refcount_dec_not_one(&u->count))
		return;
	spin_lock_irqsave(&uid_lock, flags);
	if (refcount_dec_and_test(&u->count))
		hlist_del(&u->node);
	else
		u = NULL;
	spin_unlock_irqrestore(&uid_lock, flags);
	kfree(u);
}

/** user_over_nproc - has @u more tasks than current's RLIMIT_NPROC? root never. */
bool user_over_nproc(const struct user_struct *u)
{
	return u->uid && (unsigned long)atomic_read(&u->processes) > rlimit(RLIMIT_NPROC);
}

void cred_init(void)
{
	hlist_add_head(&init_cred.user->node, bucket(0));
}

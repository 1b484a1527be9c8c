// SPDX-License-Identifier: GPL-2.0-only
/*
 * SEM_UNDO: what a process took from semaphores and did not give back, exit gives back.
 *
 * A process has a list of struct sem_undo, one for each array that it used; tasks made
 * with CLONE_SYSVSEM share it, and the last of them to go undoes. The removal of an array
 * leaves its entries in the lists, marked by the array's ->deleted; they go when the list
 * is next searched, or at exit.
 *
 * Lock order: array's lock, list's lock.
 */
#include "sem.h"
#include <kernel/ipc.h>
#include <kernel/timer.h>
#include <lib/err.h>
#include <mm/slab.h>

struct sem_undo_list {
	refcount_t users;
	spinlock_t lock;		/* LR_IPC_UNDO: undos */
	struct list_head undos;
};

/* current's list. NULL: out of memory. Only current changes its pointer */
static struct sem_undo_list *get_undo_list(void)
{
	struct sem_undo_list *l = current->sysvsem;

	if (l)
		return l;
	l = kzalloc(sizeof(*l), GFP_KERNEL);
	if (!l)
		return NULL;
	refcount_set(&l->users, 1);
	spin_lock_init(&l->lock, LR_IPC_UNDO);
	INIT_LIST_HEAD(&l->undos);
	current->sysvsem = l;
	return l;
}

int copy_semundo(u64 flags, struct task_struct *p)
{
	p->sysvsem = NULL;
	if (!(flags & CLONE_SYSVSEM))
		return 0;
	if (!get_undo_list())
		return -ENOMEM;
	refcount_inc(&current->sysvsem->users);
	p->sysvsem = current->sysvsem;
	return 0;
}

static void free_undo(struct sem_undo *un)
{
	struct sem_array *sma = un->array;

	kvfree(un);
	ipc_put(&sem_ids, &sma->perm);
}

/* list's lock held. What belongs to removed arrays is moved to @dead */
static struct sem_undo *search(struct sem_undo_list *l, struct sem_array *sma, struct list_head *dead)
{
	struct sem_undo *un, *next, *found = NULL;

	list_for_each_entry_safe(un, next, &l->undos, list_proc) {
		if (READ_ONCE(un->array->perm.deleted))
			list_move(&un->list_proc, dead);
		else if (un->array == sma)
			found = un;
	}
	return found;
}

static void free_dead(struct list_head *dead)
{
	struct sem_undo *un, *next;

	list_for_each_entry_safe(un, next, dead, list_proc)
		free_undo(un);
}

/* another thread may have been faster. Return: whichever is in the list, or ERR_PTR */
static struct sem_undo *insert_undo(struct sem_undo_list *l, struct sem_undo *new)
{
	struct sem_array *sma = new->array;
	struct sem_undo *un = new;
	LIST_HEAD(dead);

	spin_lock(&sma->perm.lock);
	if (sma->perm.deleted) {
		un = ERR_PTR(-EIDRM);
	} else {
		spin_lock(&l->lock);
		un = search(l, sma, &dead);
		if (!un) {
			un = new;
			refcount_inc(&sma->perm.refs);
			list_add(&un->list_proc, &l->undos);
			list_add(&un->list_array, &sma->undos);
		}
		spin_unlock(&l->lock);
	}
	spin_unlock(&sma->perm.lock);
	free_dead(&dead);
	return un;
}

struct sem_undo *find_alloc_undo(struct sem_array *sma)
{
	struct sem_undo_list *l = get_undo_list();
	struct sem_undo *un, *new;
	LIST_HEAD(dead);

	if (!l)
		return ERR_PTR(-ENOMEM);
	spin_lock(&l->lock);
	un = search(l, sma, &dead);
	spin_unlock(&l->lock);
	free_dead(&dead);
	if (un)
		return un;
	new = kvzalloc(sizeof(*new) + sma->nsems * sizeof(new->adj[0]), GFP_KERNEL);
	if (!new)
		return ERR_PTR(-ENOMEM);
	new->array = sma;
	un = insert_undo(l, new);
	if (un != new)
		kvfree(new);
	return un;
}

static void undo(struct sem_undo *un)
{
	struct sem_array *sma = un->array;

	spin_lock(&sma->perm.lock);
	if (!sma->perm.deleted) {
		list_del(&un->list_array);
		for (int i = 0; i < sma->nsems; i++) {
			if (!un->adj[i])
				continue;
			/* others may have changed it meanwhile: as far as it goes */
			sma->sems[i].val = clamp(sma->sems[i].val + un->adj[i], 0, SEMVMX);
			sma->sems[i].pid = current->tgid;
			sma->otime = ktime_get_real_seconds();
		}
		sem_update(sma);
	}
	spin_unlock(&sma->perm.lock);
}

void exit_sem(struct task_struct *t)
{
	struct sem_undo_list *l = t->sysvsem;
	struct sem_undo *un, *next;

	t->sysvsem = NULL;
	if (!l || !refcount_dec_and_test(&l->users))
		return;
	list_for_each_entry_safe(un, next, &l->undos, list_proc) {
		undo(un);
		free_undo(un);
	}
	kfree(l);
}

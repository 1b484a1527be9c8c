// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reverse mapping: from a folio to the page-table entries that map it. The VMAs
 * that may map index i of a file are in the interval tree mapping->i_mmap, those
 * that may map index i of an anonymous family in anon_vma->tree; a VMA maps i at
 *	vm_start + (i - vm_pgoff) * PAGE_SIZE
 * and whether it really does is read from its table under the ptl.
 *
 * Lock order: folio lock -> i_mmap_rwsem or anon_vma->rwsem -> ptl. VMAs leave the
 * trees before their tables are freed (P1 of pgtable.c).
 *
 * An anonymous folio names its family as long as it is mapped. The family may be
 * freed when the last mapping goes; its memory stays an anon_vma for a grace
 * period, which is what folio_get_anon_vma() needs to find out.
 */
#include "vma_internal.h"
#include <fs/fs.h>
#include <mm/reclaim.h>
#include <mm/slab.h>

static struct kmem_cache *anon_vma_cache;

/** anon_vma_alloc - a new family with one reference. Return: NULL: out of memory. */
struct anon_vma *anon_vma_alloc(void)
{
	struct anon_vma *av = kmem_cache_alloc(anon_vma_cache, GFP_KERNEL_ACCOUNT);

	if (av) {
		init_rwsem(&av->rwsem, LR_ANON_VMA);
		av->tree = RB_ROOT_CACHED;
		refcount_set(&av->refcount, 1);
	}
	return av;
}

void put_anon_vma(struct anon_vma *av)
{
	if (refcount_dec_and_test(&av->refcount))
		kmem_cache_free(anon_vma_cache, av);
}

/* @n, a neighbour of @vma, may one day be merged with it: their pages should be one family */
static bool same_family(const struct vm_area_struct *vma, const struct vm_area_struct *n)
{
	const struct vm_area_struct *low = n == vma->vm_prev ? n : vma;
	const struct vm_area_struct *high = low == n ? vma : n;

	return READ_ONCE(n->anon_vma) && low->vm_end == high->vm_start &&
	       low->vm_file == high->vm_file && low->vm_ops == high->vm_ops &&
	       !((low->vm_flags ^ high->vm_flags) & ~(VM_ACCESS_FLAGS | VM_SOFTDIRTY)) &&
	       low->vm_pgoff + vma_pages(low) == high->vm_pgoff;
}

static struct anon_vma *find_family(struct vm_area_struct *vma)
{
	struct vm_area_struct *n = NULL;

	if (vma->vm_next && same_family(vma, vma->vm_next))
		n = vma->vm_next;
	else if (vma->vm_prev && same_family(vma, vma->vm_prev))
		n = vma->vm_prev;
	if (!n)
		return anon_vma_alloc();
	get_anon_vma(n->anon_vma);
	return n->anon_vma;
}

/**
 * anon_vma_prepare - @vma is about to get its first private page.
 * Context: mmap_lock held for reading at least; may sleep.
 * Return: 0 or -ENOMEM.
 */
int anon_vma_prepare(struct vm_area_struct *vma) __no_tsa
{
	struct mm_struct *mm = vma->vm_mm;
	struct anon_vma *av;

	if (likely(vma->anon_vma))
		return 0;
	av = find_family(vma);
	if (!av)
		return -ENOMEM;
	down_write(&av->rwsem);
	spin_lock(&mm->page_table_lock);	/* against another fault in this VMA */
	if (likely(!vma->anon_vma)) {
		vma->anon_node.start = vma->vm_pgoff;
		vma->anon_node.last = vma->vm_pgoff + vma_pages(vma) - 1;
		interval_tree_insert(&vma->anon_node, &av->tree);
		smp_store_release(&vma->anon_vma, av);
		spin_unlock(&mm->page_table_lock);
		up_write(&av->rwsem);
		return 0;
	}
	spin_unlock(&mm->page_table_lock);
	up_write(&av->rwsem);
	put_anon_vma(av);
	return 0;
}

/** folio_add_file_rmap - one more entry maps @f. Context: ptl. */
void folio_add_file_rmap(struct folio *f, struct vm_area_struct *vma)
{
	if (atomic_fetch_add_relaxed(1, &f->_mapcount) == 0)
		mod_node_stat(NR_FILE_MAPPED, 1);
}

/**
 * folio_add_new_anon_rmap - make a folio nobody else knows an anonymous page of @vma,
 * mapped once, at @addr. Context: the ptl of the entry, before it is set.
 */
void folio_add_new_anon_rmap(struct folio *f, struct vm_area_struct *vma, unsigned long addr)
{
	f->flags = 1UL << PG_uptodate | 1UL << PG_swapbacked;
	f->type = PGTY_ANON;
	f->anon_exclusive = true;
	f->anon_vma = vma->anon_vma;
	f->index = linear_page_index(vma, addr);
	atomic_set(&f->_mapcount, 1);
	mod_node_stat(NR_ANON_MAPPED, 1);
}

/** folio_remove_rmap - an entry that mapped @f was cleared. Context: ptl. */
void folio_remove_rmap(struct folio *f)
{
	if (!atomic_dec_and_test(&f->_mapcount))
		return;
	mod_node_stat(folio_test_anon(f) ? NR_ANON_MAPPED : NR_FILE_MAPPED, -1);
	if (unlikely(folio_test_mlocked(f)))
		folio_clear_mlock(f);
}

typedef bool (*rmap_fn)(struct folio *f, struct vm_area_struct *vma, unsigned long addr, void *arg);

/* Return: false if @fn stopped the walk, or @try and the lock was not free */
static bool walk_file(struct folio *f, rmap_fn fn, void *arg, bool try) __no_tsa
{
	struct address_space *mapping = f->mapping;
	struct interval_tree_node *node;
	bool go_on = true;

	if (!mapping)
		return true;
	if (!try)
		down_read(&mapping->i_mmap_rwsem);
	else if (!down_read_trylock(&mapping->i_mmap_rwsem))
		return false;
	interval_tree_for_each(node, &mapping->i_mmap, f->index, f->index) {
		struct vm_area_struct *vma = container_of(node, struct vm_area_struct, shared);

		go_on = fn(f, vma, vma->vm_start + ((f->index - vma->vm_pgoff) << PAGE_SHIFT), arg);
		if (!go_on)
			break;
	}
	up_read(&mapping->i_mmap_rwsem);
	return go_on;
}

/* Return: the family of a mapped folio, referenced; NULL if it is not mapped any more */
static struct anon_vma *folio_get_anon_vma(struct folio *f)
{
	struct anon_vma *av = NULL;

	rcu_read_lock();
	if (folio_mapped(f)) {
		av = READ_ONCE(f->anon_vma);
		if (!refcount_inc_not_zero(&av->refcount))
			av = NULL;
	}
	rcu_read_unlock();
	if (av && !folio_mapped(f)) {
		put_anon_vma(av);
		av = NULL;
	}
	return av;
}

/* Return: as walk_file() */
static bool walk_anon(struct folio *f, rmap_fn fn, void *arg, bool try) __no_tsa
{
	struct anon_vma *av = folio_get_anon_vma(f);
	struct interval_tree_node *node;
	bool go_on = true;

	if (!av)
		return true;
	if (!try) {
		down_read(&av->rwsem);
	} else if (!down_read_trylock(&av->rwsem)) {
		put_anon_vma(av);
		return false;
	}
	interval_tree_for_each(node, &av->tree, f->index, f->index) {
		struct vm_area_struct *vma = container_of(node, struct vm_area_struct, anon_node);

		go_on = fn(f, vma, vma->vm_start + ((f->index - vma->vm_pgoff) << PAGE_SHIFT), arg);
		if (!go_on)
			break;
	}
	up_read(&av->rwsem);
	put_anon_vma(av);
	return go_on;
}

/* Return: the entry at @addr, with the ptl held, if it maps @f; else NULL */
static pte_t *find_mapping(struct folio *f, struct vm_area_struct *vma, unsigned long addr,
			   spinlock_t **ptlp) __no_tsa
{
	pte_t *pte = pte_offset_lock(vma->vm_mm, addr, ptlp);
	pte_t e;

	if (!pte)
		return NULL;
	e = pte_read(pte);
	if (pte_present(e) && !pte_special(e) && pte_pfn(e) == folio_pfn(f))
		return pte;
	spin_unlock(*ptlp);
	return NULL;
}

static bool mkclean_one(struct folio *f, struct vm_area_struct *vma, unsigned long addr,
			void *arg) __no_tsa
{
	spinlock_t *ptl;
	pte_t *pte, e;

	if (!(vma->vm_flags & VM_SHARED))
		return true;
	pte = find_mapping(f, vma, addr, &ptl);
	if (!pte)
		return true;
	e = pte_read(pte);
	if (pte_write(e) || pte_dirty(e)) {
		e = pte_get_and_clear(pte);
		pte_set(pte, pte_mkclean(pte_wrprotect(e)));
		flush_tlb_page(vma->vm_mm, addr);
		++*(int *)arg;
	}
	spin_unlock(ptl);
	return true;
}

/**
 * folio_mkclean - write-protect every shared mapping of @f, so that the next store
 * is seen. Context: folio lock; may sleep.
 * Return: how many entries were writable or dirty.
 */
int folio_mkclean(struct folio *f)
{
	int cleaned = 0;

	if (folio_mapped(f))
		walk_file(f, mkclean_one, &cleaned, false);
	return cleaned;
}

struct referenced {
	int count;
	unsigned long vm_flags;
};

static bool referenced_one(struct folio *f, struct vm_area_struct *vma, unsigned long addr,
			   void *arg) __no_tsa
{
	struct referenced *r = arg;
	spinlock_t *ptl;
	pte_t *pte = find_mapping(f, vma, addr, &ptl), e;

	if (!pte)
		return true;
	e = pte_read(pte);
	/* no flush: a hart that still has the entry cached only misses one use */
	if (pte_young(e) && pte_cmpxchg(pte, e, pte_mkold(e)) && !(vma->vm_flags & VM_SEQ_READ))
		r->count++;
	spin_unlock(ptl);
	r->vm_flags |= vma->vm_flags;
	if (vma->vm_flags & VM_LOCKED)
		r->count++;
	return true;
}

/**
 * folio_referenced - collect and clear the accessed bits of @f's mappings.
 * @vm_flags: set to the union of the flags of the VMAs that map it.
 * Context: folio lock; may sleep. Return: how many were set; 1 if it could not look.
 */
int folio_referenced(struct folio *f, unsigned long *vm_flags)
{
	struct referenced r = { 0 };
	bool looked = true;

	if (folio_mapped(f))
		looked = folio_test_anon(f) ? walk_anon(f, referenced_one, &r, true)
					    : walk_file(f, referenced_one, &r, true);
	*vm_flags = r.vm_flags;
	return looked ? r.count : 1;
}

struct locked {
	const struct vm_area_struct *except;
	bool found;
};

static bool locked_one(struct folio *f, struct vm_area_struct *vma, unsigned long addr,
		       void *arg) __no_tsa
{
	struct locked *l = arg;
	spinlock_t *ptl;

	if (vma == l->except || !(vma->vm_flags & VM_LOCKED) || !find_mapping(f, vma, addr, &ptl))
		return true;
	spin_unlock(ptl);
	l->found = true;
	return false;
}

/**
 * folio_locked_outside - is @f mapped by a locked VMA other than @vma?
 * Context: folio lock; may sleep.
 */
bool folio_locked_outside(struct folio *f, const struct vm_area_struct *vma)
{
	struct locked l = { .except = vma };

	if (folio_test_anon(f))
		walk_anon(f, locked_one, &l, false);
	else
		walk_file(f, locked_one, &l, false);
	return l.found;
}

/* may reclaim not have the lazily freed @f, which @e mapped? ptl held */
static bool lazyfree_cancelled(struct folio *f, pte_t e)
{
	/* the caller's reference, and one for each entry: this one too */
	return pte_dirty(e) || folio_test_dirty(f) ||
	       folio_ref_count(f) != 1 + folio_mapcount(f);
}

static bool unmap_one(struct folio *f, struct vm_area_struct *vma, unsigned long addr,
		      void *arg) __no_tsa
{
	struct mm_struct *mm = vma->vm_mm;
	spinlock_t *ptl;
	pte_t *pte = find_mapping(f, vma, addr, &ptl), e;

	if (!pte)
		return true;
	if (vma->vm_flags & VM_LOCKED) {
		spin_unlock(ptl);
		return false;
	}
	e = pte_get_and_clear(pte);
	flush_tlb_page(mm, addr);
	if (folio_test_anon(f)) {
		if (lazyfree_cancelled(f, e)) {
			folio_set_swapbacked(f);
			mod_node_stat(NR_LAZYFREE, -1);
			pte_set(pte, e);
			spin_unlock(ptl);
			return false;
		}
		add_mm_counter(mm, MM_ANONPAGES, -1);
	} else {
		if (pte_dirty(e))
			folio_mark_dirty(f);
		add_mm_counter(mm, mm_counter_file(f), -1);
	}
	folio_remove_rmap(f);
	folio_put(f);		/* never the last: the caller has one */
	spin_unlock(ptl);
	return folio_mapped(f);
}

/**
 * try_to_unmap - remove every entry that maps @f. An anonymous folio stays, since
 * there is no place to put it, unless it was freed lazily and not written since.
 * Context: folio lock and a reference of the caller's; may sleep.
 * Return: true if nothing maps it now.
 */
bool try_to_unmap(struct folio *f)
{
	if (!folio_test_anon(f))
		walk_file(f, unmap_one, NULL, true);
	else if (!folio_test_swapbacked(f))
		walk_anon(f, unmap_one, NULL, true);
	return !folio_mapped(f);
}

void __init rmap_init(void)
{
	anon_vma_cache = kmem_cache_create("anon_vma", sizeof(struct anon_vma), 0,
					   SLAB_PANIC | SLAB_TYPESAFE_BY_RCU, NULL);
}

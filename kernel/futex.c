// SPDX-License-Identifier: GPL-2.0-only
/*
 * Futexes: sleeping until a word of user memory changes.
 *
 * A waiter is queued under the word's key: (mm, address) for private memory,
 * (inode, byte) for shared mappings, so that processes that map the same page
 * anywhere meet. An inode goes by a number that is never used again, so that a
 * key needs no reference. Waker and waiter agree through the bucket's lock: a waiter
 * checks the word while it holds the lock, a waker changes the word first and
 * takes the lock then; so either the waiter sees the change or the waker sees
 * the waiter.
 *
 * Priority-inheriting operations are not there (ENOSYS). What a dying thread owes
 * its locks is in futex_exit.c.
 */
#include <kernel/futex.h>
#include <arch/uaccess.h>
#include <fs/fs.h>
#include <kernel/printk.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <kernel/timer.h>
#include <lib/err.h>
#include <lib/hash.h>
#include <linux/futex.h>
#include <mm/mm.h>
#include <mm/slab.h>

#define FUTEX_HASH_BITS	8

struct futex_key {
	u64 object;			/* address of the mm, or number of the inode */
	u64 offset;			/* address, or byte of the file */
};

struct futex_bucket {
	spinlock_t lock;		/* LR_FUTEX; two by address */
	struct list_head waiters;
};

struct futex_q {
	struct list_head list;		/* empty: woken */
	struct task_struct *task;
	struct futex_key key;
	struct futex_bucket *bucket;	/* whose lock guards it; changes at requeue */
	u32 bitset;
	bool woken;
};

static struct futex_bucket buckets[1 << FUTEX_HASH_BITS];

static struct futex_bucket *bucket_of(const struct futex_key *k)
{
	return &buckets[hash_64(k->object + k->offset * 0x9E3779B97F4A7C15ULL, FUTEX_HASH_BITS)];
}

static bool same_key(const struct futex_key *a, const struct futex_key *b)
{
	return a->object == b->object && a->offset == b->offset;
}

/* A number for @inode, for the life of the inode. */
static u64 inode_sequence(struct inode *inode)
{
	static atomic64_t last;
	s64 seq = atomic64_read(&inode->i_sequence), mine;

	if (seq)
		return seq;
	mine = atomic64_inc_return(&last);
	seq = atomic64_cmpxchg(&inode->i_sequence, 0, mine);
	return seq ? seq : mine;
}

/* The key of @uaddr. 0, -EINVAL (unaligned), -EFAULT. */
static int get_key(u32 __user *uaddr, bool shared, struct futex_key *k)
{
	unsigned long addr = (unsigned long)uaddr;
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	u32 word;

	if (addr & 3)
		return -EINVAL;
	if (!access_ok(uaddr, sizeof(u32)))
		return -EFAULT;
	*k = (struct futex_key){ .object = (unsigned long)mm, .offset = addr };
	if (!shared)
		return 0;
	/* the page must be there, as the word will be read or written anyway */
	if (get_user(word, uaddr))
		return -EFAULT;
	(void)word;
	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	if (!vma) {
		mmap_read_unlock(mm);
		return -EFAULT;
	}
	if (vma->vm_file && (vma->vm_flags & VM_MAYSHARE)) {
		k->object = inode_sequence(file_inode(vma->vm_file));
		k->offset = ((u64)vma->vm_pgoff << PAGE_SHIFT) + (addr - vma->vm_start);
	}
	mmap_read_unlock(mm);
	return 0;
}

/* Read the word without sleeping; the lock of its bucket is held. */
static int read_locked(u32 *val, u32 __user *uaddr)
{
	int err;

	pagefault_disable();
	err = get_user(*val, uaddr);
	pagefault_enable();
	return err;
}

static void lock_two(struct futex_bucket *a, struct futex_bucket *b) __no_tsa
{
	if (a == b) {
		spin_lock(&a->lock);
	} else if (a < b) {
		spin_lock(&a->lock);
		spin_lock_nested(&b->lock);
	} else {
		spin_lock(&b->lock);
		spin_lock_nested(&a->lock);
	}
}

static void unlock_two(struct futex_bucket *a, struct futex_bucket *b) __no_tsa
{
	spin_unlock(&a->lock);
	if (a != b)
		spin_unlock(&b->lock);
}

/* Take @q off its queue; its task is to be woken by the caller, who owns a reference. */
static struct task_struct *mark_woken(struct futex_q *q)
{
	struct task_struct *t = get_task_struct(q->task);

	list_del_init(&q->list);
	/* after this store the waiter may return and @q be gone */
	smp_store_release(&q->woken, true);
	return t;
}

static int wake_bucket(struct futex_bucket *b, const struct futex_key *k, int nr, u32 bitset)
{
	struct futex_q *q, *next;
	int n = 0;

	list_for_each_entry_safe(q, next, &b->waiters, list) {
		struct task_struct *t;

		if (!same_key(&q->key, k) || !(q->bitset & bitset))
			continue;
		t = mark_woken(q);
		wake_up_process(t);
		put_task_struct(t);
		if (++n >= nr)
			break;
	}
	return n;
}

/* after a look at the lock */
static inline bool queue_not_empty(const struct futex_bucket *b)
{
	smp_rmb();
	return !list_empty(&b->waiters);
}

long futex_wake(u32 __user *uaddr, bool shared, int nr, u32 bitset)
{
	struct futex_bucket *b;
	struct futex_key k;
	long n;

	if (!bitset)
		return -EINVAL;
	n = get_key(uaddr, shared, &k);
	if (n)
		return n;
	b = bucket_of(&k);
	/*
	 * The caller's store before our look at the bucket. Whoever holds its lock may
	 * have read the word before that store, and is in the queue when he lets go: so
	 * the lock is looked at first. Who takes it later finds the word changed.
	 */
	smp_mb();
	if (spin_is_locked(&b->lock) || queue_not_empty(b)) {
		spin_lock(&b->lock);
		n = wake_bucket(b, &k, nr, bitset);
		spin_unlock(&b->lock);
	}
	return n;
}

/* Take @q off the queue if nobody did. Return: true: it had been woken. */
static bool unqueue(struct futex_q *q) __no_tsa
{
	for (;;) {
		struct futex_bucket *b = READ_ONCE(q->bucket);
		bool woken;

		spin_lock(&b->lock);
		if (b != q->bucket) {	/* requeued meanwhile */
			spin_unlock(&b->lock);
			continue;
		}
		woken = q->woken;
		if (!woken)
			list_del_init(&q->list);
		spin_unlock(&b->lock);
		return woken;
	}
}

/* Queue @q if the word is still @val. 0, -EWOULDBLOCK, -EFAULT. */
static long queue_if(struct futex_q *q, u32 __user *uaddr, u32 val)
{
	u32 now;

	for (;;) {
		spin_lock(&q->bucket->lock);
		if (!read_locked(&now, uaddr))
			break;
		spin_unlock(&q->bucket->lock);
		if (get_user(now, uaddr))	/* fault it in, and again */
			return -EFAULT;
	}
	if (now != val) {
		spin_unlock(&q->bucket->lock);
		return -EWOULDBLOCK;
	}
	list_add_tail(&q->list, &q->bucket->waiters);
	set_current_state(TASK_INTERRUPTIBLE);
	spin_unlock(&q->bucket->lock);
	return 0;
}

static long futex_wait_restart(struct restart_block *r);

static long futex_wait(u32 __user *uaddr, bool shared, u32 val, const ktime_t *deadline, clockid_t clock,
		       u32 bitset)
{
	struct futex_q q = { .task = current, .bitset = bitset };
	bool timed_out = false;
	long err;

	if (!bitset)
		return -EINVAL;
	err = get_key(uaddr, shared, &q.key);
	if (err)
		return err;
	q.bucket = bucket_of(&q.key);
	err = queue_if(&q, uaddr, val);
	if (err)
		return err;
	while (!smp_load_acquire(&q.woken) && !timed_out && !signal_pending(current)) {
		if (deadline)
			timed_out = schedule_hrtimeout(*deadline, clock) == 0;
		else
			schedule();
		if (!q.woken && !timed_out && !signal_pending(current))
			set_current_state(TASK_INTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
	if (unqueue(&q))
		err = 0;
	else if (timed_out)
		err = -ETIMEDOUT;
	else
		err = deadline ? -ERESTART_RESTARTBLOCK : -ERESTARTSYS;
	if (err == -ERESTART_RESTARTBLOCK) {
		struct restart_block *r = &current->restart_block;

		r->fn = futex_wait_restart;
		r->futex.uaddr = uaddr;
		r->futex.val = val;
		r->futex.bitset = bitset;
		r->futex.time = *deadline;
		r->futex.flags = (shared ? 1 : 0) | (clock == CLOCK_REALTIME ? 2 : 0);
	}
	return err;
}

static long futex_wait_restart(struct restart_block *r)
{
	ktime_t deadline = r->futex.time;

	r->fn = NULL;
	return futex_wait(r->futex.uaddr, r->futex.flags & 1, r->futex.val, &deadline,
			  r->futex.flags & 2 ? CLOCK_REALTIME : CLOCK_MONOTONIC, r->futex.bitset);
}

static void requeue_one(struct futex_q *q, struct futex_bucket *to, const struct futex_key *k)
{
	list_del(&q->list);
	list_add_tail(&q->list, &to->waiters);
	q->key = *k;
	WRITE_ONCE(q->bucket, to);
}

static long futex_requeue(u32 __user *u1, u32 __user *u2, bool shared, int nr_wake, int nr_requeue,
			  const u32 *cmp)
{
	struct futex_key k1, k2;
	struct futex_bucket *b1, *b2;
	struct futex_q *q, *next;
	long n = 0, err;

	if (nr_wake < 0 || nr_requeue < 0)
		return -EINVAL;
	err = get_key(u1, shared, &k1);
	if (err)
		return err;
	err = get_key(u2, shared, &k2);
	if (err)
		return err;
	b1 = bucket_of(&k1);
	b2 = bucket_of(&k2);
	for (;;) {
		u32 now;

		lock_two(b1, b2);
		if (!cmp || !read_locked(&now, u1)) {
			err = cmp && now != *cmp ? -EAGAIN : 0;
			break;
		}
		unlock_two(b1, b2);
		if (get_user(now, u1))
			return -EFAULT;
	}
	if (!err)
		list_for_each_entry_safe(q, next, &b1->waiters, list) {
			if (!same_key(&q->key, &k1))
				continue;
			if (n < nr_wake) {
				struct task_struct *t = mark_woken(q);

				wake_up_process(t);
				put_task_struct(t);
			} else if (n < (long)nr_wake + nr_requeue) {
				if (!same_key(&k1, &k2))
					requeue_one(q, b2, &k2);
			} else {
				break;
			}
			n++;
		}
	unlock_two(b1, b2);
	return err ? err : n;
}

static bool op_compare(int encoded, u32 old)
{
	int cmp = (encoded >> 24) & 15, arg = (int)((u32)encoded << 20) >> 20;

	switch (cmp) {
	case FUTEX_OP_CMP_EQ: return (int)old == arg;
	case FUTEX_OP_CMP_NE: return (int)old != arg;
	case FUTEX_OP_CMP_LT: return (int)old < arg;
	case FUTEX_OP_CMP_GE: return (int)old >= arg;
	case FUTEX_OP_CMP_LE: return (int)old <= arg;
	case FUTEX_OP_CMP_GT: return (int)old > arg;
	default: return false;
	}
}

static long futex_wake_op(u32 __user *u1, u32 __user *u2, bool shared, int nr1, int nr2, int encoded)
{
	int op = (encoded >> 28) & 7, arg = (int)((u32)encoded << 8) >> 20;
	struct futex_bucket *b1, *b2;
	struct futex_key k1, k2;
	long err;
	u32 old;

	if (op > FUTEX_OP_XOR || ((encoded >> 24) & 15) > FUTEX_OP_CMP_GE)
		return -ENOSYS;
	if ((encoded >> 28) & FUTEX_OP_OPARG_SHIFT)
		arg = 1U << (arg & 31);
	err = get_key(u1, shared, &k1);
	if (err)
		return err;
	err = get_key(u2, shared, &k2);
	if (err)
		return err;
	b1 = bucket_of(&k1);
	b2 = bucket_of(&k2);
	for (;;) {
		lock_two(b1, b2);
		pagefault_disable();
		err = futex_atomic_op_user(op, arg, &old, u2);
		pagefault_enable();
		if (!err)
			break;
		unlock_two(b1, b2);
		/* make it writable: an atomic that changes nothing */
		err = futex_atomic_op_user(FUTEX_OP_ADD, 0, &old, u2);
		if (err)
			return err;
	}
	err = wake_bucket(b1, &k1, nr1, FUTEX_BITSET_MATCH_ANY);
	if (op_compare(encoded, old))
		err += wake_bucket(b2, &k2, nr2, FUTEX_BITSET_MATCH_ANY);
	unlock_two(b1, b2);
	return err;
}

long do_futex(u32 __user *uaddr, int op, u32 val, ktime_t *timeout, u32 __user *uaddr2, u32 val2, u32 val3)
{
	clockid_t clock = op & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
	bool shared = !(op & FUTEX_PRIVATE_FLAG);
	int cmd = op & FUTEX_CMD_MASK;

	/* a time from now on has no clock */
	if ((op & FUTEX_CLOCK_REALTIME) && cmd != FUTEX_WAIT_BITSET)
		return -ENOSYS;
	switch (cmd) {
	case FUTEX_WAIT:
		val3 = FUTEX_BITSET_MATCH_ANY;
		fallthrough;
	case FUTEX_WAIT_BITSET:
		return futex_wait(uaddr, shared, val, timeout, clock, val3);
	case FUTEX_WAKE:
		val3 = FUTEX_BITSET_MATCH_ANY;
		fallthrough;
	case FUTEX_WAKE_BITSET:
		return futex_wake(uaddr, shared, val, val3);
	case FUTEX_REQUEUE:
		return futex_requeue(uaddr, uaddr2, shared, val, val2, NULL);
	case FUTEX_CMP_REQUEUE:
		return futex_requeue(uaddr, uaddr2, shared, val, val2, &val3);
	case FUTEX_WAKE_OP:
		return futex_wake_op(uaddr, uaddr2, shared, val, val2, val3);
	default:
		return -ENOSYS;
	}
}

SYSCALL_DEFINE6(futex, u32 __user *, uaddr, int, op, u32, val, const struct __kernel_timespec __user *, utime,
		u32 __user *, uaddr2, u32, val3)
{
	int cmd = op & FUTEX_CMD_MASK;
	struct __kernel_timespec ts;
	ktime_t deadline, *tp = NULL;

	if (utime && (cmd == FUTEX_WAIT || cmd == FUTEX_WAIT_BITSET)) {
		if (get_timespec(&ts, utime))
			return -EFAULT;
		if (!timespec_valid(&ts))
			return -EINVAL;
		/* WAIT: from now on; the others: a point in time */
		deadline = cmd == FUTEX_WAIT ? timeout_to_deadline(&ts) : timespec_to_ns(&ts);
		tp = &deadline;
	}
	return do_futex(uaddr, op, val, tp, uaddr2, (u32)(unsigned long)utime, val3);
}

void futex_init(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(buckets); i++) {
		spin_lock_init(&buckets[i].lock, LR_FUTEX);
		INIT_LIST_HEAD(&buckets[i].waiters);
	}
}

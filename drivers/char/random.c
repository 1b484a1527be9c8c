// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random numbers: /dev/random, /dev/urandom, getrandom(2), get_random_bytes().
 *
 * A ChaCha20 generator with fast key erasure: each use takes one block of the base
 * key's stream, of which half becomes the new base key and half the key for the
 * request, so that nothing given out can be computed from a later state. Small
 * requests are served from a per-CPU buffer, erased as it is used.
 *
 * The seed comes from the firmware (rng-seed of the device tree); without one, from
 * the jitter of the clock against the caches. After that the generator is ready and
 * never waits; what is written to the devices is mixed in and can only help.
 */
#include <arch/timer.h>
#include <arch/uaccess.h>
#include <fs/fs.h>
#include <fs/poll.h>
#include <fs/uio.h>
#include <kernel/cred.h>
#include <kernel/init.h>
#include <kernel/percpu.h>
#include <kernel/random.h>
#include <kernel/sched.h>
#include <kernel/spinlock.h>
#include <kernel/syscalls.h>
#include <lib/fdt.h>
#include <lib/prng.h>
#include <lib/string.h>
#include <linux/major.h>
#include <linux/random.h>

#define RANDOM_MINOR	8
#define URANDOM_MINOR	9
#define POOL_BITS	256
#define JITTER_SAMPLES	4096
#define BATCH_SIZE	(2 * CHACHA_BLOCK_SIZE)
#define CHUNK		(4 * CHACHA_BLOCK_SIZE)

static DEFINE_SPINLOCK(lock, LR_RANDOM);	/* irq */
static u8 base_key[CHACHA_KEY_SIZE];
static u64 base_uses;			/* nonce: no block is made twice */
static bool seeded;

struct batch {
	u8 bytes[BATCH_SIZE];
	unsigned int left;		/* unused ones are the last */
};
static DEFINE_PER_CPU(struct batch, batches);	/* interrupts off */

/* ---- the generator; lock held ---- */

static void next_block(u8 out[CHACHA_BLOCK_SIZE])
{
	struct chacha c;

	chacha_init(&c, base_key, base_uses++);
	chacha20_block(&c, out);
	memcpy(base_key, out, CHACHA_KEY_SIZE);
}

static void mix(const void *data, size_t n)
{
	u8 block[CHACHA_BLOCK_SIZE];
	const u8 *p = data;

	while (n) {
		size_t len = min_t(size_t, n, CHACHA_KEY_SIZE);

		for (size_t i = 0; i < len; i++)
			base_key[i] ^= p[i];
		next_block(block);
		p += len;
		n -= len;
	}
}

static void mix_jitter(void)
{
	static volatile u8 scratch[4096];
	u64 word = 0;

	for (unsigned int i = 0; i < JITTER_SAMPLES; i++) {
		u64 t = get_cycles();

		word = (word << 7 | word >> 57) ^ t;
		scratch[word % sizeof(scratch)]++;
		if (i % 32 == 31)
			mix(&word, sizeof(word));
	}
}

static void seed(void)
{
	u64 now = get_cycles();
	const void *p = NULL;
	u32 len = 0;
	int chosen;

	if (!boot_dt.base)
		return;
	chosen = fdt_find_path(&boot_dt, "/chosen");
	if (chosen >= 0)
		p = fdt_getprop(&boot_dt, chosen, "rng-seed", &len);
	mix(&now, sizeof(now));
	if (p)
		mix(p, len);
	if (!p || len < POOL_BITS / 8)
		mix_jitter();
	seeded = true;
}

/* a key for one request */
static void take_key(struct chacha *c)
{
	u8 block[CHACHA_BLOCK_SIZE];
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	if (unlikely(!seeded))
		seed();
	next_block(block);
	spin_unlock_irqrestore(&lock, flags);
	chacha_init(c, block + CHACHA_KEY_SIZE, 0);
}

/* ---- for the kernel ---- */

void get_random_bytes(void *buf, size_t len)
{
	u8 block[CHACHA_BLOCK_SIZE], *out = buf;
	unsigned long flags;
	struct chacha c;

	if (likely(len <= 32)) {
		struct batch *b;
		u8 *p;

		flags = arch_irq_save();
		b = this_cpu_ptr(&batches);
		if (unlikely(b->left < len)) {
			take_key(&c);
			for (p = b->bytes; p < b->bytes + BATCH_SIZE; p += CHACHA_BLOCK_SIZE)
				chacha20_block(&c, p);
			b->left = BATCH_SIZE;
		}
		p = b->bytes + BATCH_SIZE - b->left;
		memcpy(out, p, len);
		memset(p, 0, len);
		b->left -= len;
		local_irq_restore(flags);
		return;
	}
	take_key(&c);
	while (len) {
		size_t n = min_t(size_t, len, sizeof(block));

		chacha20_block(&c, block);
		memcpy(out, block, n);
		out += n;
		len -= n;
	}
}

/* ---- for programs ---- */

static ssize_t random_to_user(char __user *buf, size_t n)
{
	u8 chunk[CHUNK] __attribute__((uninitialized));
	struct chacha c;
	size_t done = 0, len, left;

	if (!n)
		return 0;
	if (n <= 32) {
		get_random_bytes(chunk, n);
		return copy_to_user(buf, chunk, n) ? -EFAULT : n;
	}
	take_key(&c);
	do {
		len = min_t(size_t, n - done, CHUNK);
		for (size_t i = 0; i < len; i += CHACHA_BLOCK_SIZE)
			chacha20_block(&c, chunk + i);
		left = copy_to_user(buf + done, chunk, len);
		done += len - left;
		if (left)
			break;
		if (done % PAGE_SIZE == 0) {
			if (signal_pending(current))
				break;
			cond_resched();
		}
	} while (done < n);
	memset(chunk, 0, sizeof(chunk));
	return done ? done : -EFAULT;
}

SYSCALL_DEFINE3(getrandom, char __user *, buf, size_t, n, unsigned int, flags)
{
	if (flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE))
		return -EINVAL;
	if ((flags & (GRND_INSECURE | GRND_RANDOM)) == (GRND_INSECURE | GRND_RANDOM))
		return -EINVAL;
	n = min_t(size_t, n, INT_MAX);
	if (!access_ok(buf, n))
		return -EFAULT;
	return random_to_user(buf, n);
}

static ssize_t random_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	return random_to_user(buf, n);
}

static int mix_from_user(const char __user *buf, size_t n)
{
	u8 chunk[CHACHA_BLOCK_SIZE];
	unsigned long flags;

	while (n) {
		size_t len = min_t(size_t, n, sizeof(chunk));

		if (copy_from_user(chunk, buf, len))
			return -EFAULT;
		spin_lock_irqsave(&lock, flags);
		mix(chunk, len);
		spin_unlock_irqrestore(&lock, flags);
		buf += len;
		n -= len;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return 0;
}

static ssize_t random_write(struct file *f, const char __user *buf, size_t n, loff_t *pos)
{
	int err = mix_from_user(buf, n);

	return err ? err : n;
}

static u32 random_poll(struct file *f, poll_table *pt)
{
	return EPOLLIN | EPOLLRDNORM | EPOLLOUT | EPOLLWRNORM;
}

static long add_entropy(const int __user *p)
{
	int bits, size;

	if (get_user(bits, p) || get_user(size, p + 1))
		return -EFAULT;
	if (bits < 0 || size < 0)
		return -EINVAL;
	return mix_from_user((const char __user *)(p + 2), size);
}

static long random_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	int __user *p = (int __user *)arg;
	int bits;

	switch (cmd) {
	case RNDGETENTCNT:
		return put_user(POOL_BITS, p);
	case RNDADDTOENTCNT:
		if (!capable(CAP_SYS_ADMIN))
			return -EPERM;
		if (get_user(bits, p))
			return -EFAULT;
		return bits < 0 ? -EINVAL : 0;
	case RNDADDENTROPY:
		return capable(CAP_SYS_ADMIN) ? add_entropy(p) : -EPERM;
	case RNDZAPENTCNT:
	case RNDCLEARPOOL:
	case RNDRESEEDCRNG:
		return capable(CAP_SYS_ADMIN) ? 0 : -EPERM;
	default:
		return -ENOTTY;
	}
}

static const struct file_operations random_fops = {
	.llseek = noop_llseek,
	.read = random_read,
	.write = random_write,
	.poll = random_poll,
	.unlocked_ioctl = random_ioctl,
};

static int __init random_init(void)
{
	int err = register_chrdev_region_ops(MEM_MAJOR, RANDOM_MINOR, 2, "mem", &random_fops);

	if (!err)
		err = devtmpfs_create_node("random", 0666, MKDEV(MEM_MAJOR, RANDOM_MINOR));
	if (!err)
		err = devtmpfs_create_node("urandom", 0666, MKDEV(MEM_MAJOR, URANDOM_MINOR));
	return err;
}
device_initcall(random_init);

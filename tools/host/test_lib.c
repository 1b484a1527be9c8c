// SPDX-License-Identifier: GPL-2.0-only
/*
 * The small parts of lib: sorting, numbers out of strings, hashes of names, wide
 * arithmetic, bits, random numbers.
 *
 * SOURCES: lib/sort.c lib/kstrto.c lib/hash.c lib/math64.c lib/prng.c lib/bitops.c lib/refcount.c lib/hooks.c
 */
#include "host.h"
#include <sys/mman.h>
#include <lib/sort.h>
#include <lib/list.h>
#include <lib/kstrto.h>
#include <lib/hash.h>
#include <lib/math64.h>
#include <lib/prng.h>
#include <lib/bitops.h>
#include <lib/refcount.h>
#include <lib/err.h>

static int by_int(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return x < y ? -1 : x > y;
}

struct item {
	struct list_head list;
	int key, seq;
};

static int by_key(void *priv, const struct list_head *a, const struct list_head *b)
{
	return container_of(a, struct item, list)->key - container_of(b, struct item, list)->key;
}

static void sorting(void)
{
	static int v[300], w[300];
	static struct item items[300];

	for (int round = 0; round < 300; round++) {
		int n = rnd(300), i, prev = -1, seq = -1;
		struct item *it;
		LIST_HEAD(head);

		for (i = 0; i < n; i++) {
			v[i] = w[i] = rnd(100);
			items[i] = (struct item){ .key = v[i], .seq = i };
			list_add_tail(&items[i].list, &head);
		}
		sort(v, n, sizeof(int), by_int, NULL);
		qsort(w, n, sizeof(int), by_int);
		must(!memcmp(v, w, n * sizeof(int)));
		for (i = 0; i < n; i++) {
			int *found = bsearch_k(&w[i], v, n, sizeof(int), by_int);

			must(found && *found == w[i]);
		}
		list_sort(NULL, &head, by_key);
		i = 0;
		list_for_each_entry(it, &head, list) {
			must(it->key > prev || (it->key == prev && it->seq > seq));
			must(it->list.next->prev == &it->list && it->list.prev->next == &it->list);
			prev = it->key;
			seq = it->seq;
			i++;
		}
		must(i == n);
	}
	ok(1, "sort, bsearch, list_sort (stable)");
}

static void numbers(void)
{
	unsigned long long u;
	long long s;
	int i, opt;
	u8 b;
	bool yes;
	char *end, list[] = "3,-4", *p = list;

	must(!kstrtoull("18446744073709551615\n", 10, &u) && u == ULLONG_MAX);
	must(kstrtoull("18446744073709551616", 10, &u) == -ERANGE);
	must(kstrtoull("", 10, &u) == -EINVAL && kstrtoull("12x", 10, &u) == -EINVAL);
	must(kstrtoull("-1", 10, &u) == -EINVAL && kstrtoull("0x", 0, &u) == -EINVAL);
	must(!kstrtoull("0xfF", 0, &u) && u == 255 && !kstrtoull("017", 0, &u) && u == 15);
	must(!kstrtoll("-9223372036854775808", 10, &s) && s == LLONG_MIN);
	must(kstrtoll("9223372036854775808", 10, &s) == -ERANGE);
	must(!kstrtoint("-2147483648", 10, &i) && i == INT_MIN);
	must(kstrtoint("2147483648", 10, &i) == -ERANGE);
	must(!kstrtou8("255", 10, &b) && b == 255 && kstrtou8("256", 10, &b) == -ERANGE);
	must(!kstrtobool("on", &yes) && yes && !kstrtobool("0", &yes) && !yes);
	must(kstrtobool("maybe", &yes) == -EINVAL);
	must(memparse("64M,", &end) == 64 << 20 && *end == ',');
	must(simple_strtol("-12ab", &end, 10) == -12 && !strcmp(end, "ab"));
	must(get_option(&p, &opt) == 2 && opt == 3 && get_option(&p, &opt) == 1 && opt == -4);
	must(get_option(&p, &opt) == 0);
	ok(1, "numbers out of strings");
}

static void hashes(void)
{
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int buckets[64] = { 0 }, most = 0;

	/* names that end at the very end of the last page there is */
	must(!mprotect(page + 4096, 4096, PROT_NONE));
	for (int i = 0; i < 50000; i++) {
		unsigned int n = rnd(40), k;
		char copy[64], *s = page + 4096 - n - 1 - (rnd(3) ? rnd(16) : 0);
		u64 hl;

		for (k = 0; k < n; k++)
			s[k] = copy[k + 7] = 'a' + rnd(26) - (rnd(9) ? 0 : 32);
		s[n] = rnd(2) ? '/' : 0;
		copy[n + 7] = 'x';
		hl = hash_name(&i, s);
		must(hashlen_len(hl) == n);
		must(hashlen_hash(hl) == full_name_hash(&i, s, n));
		must(hashlen_hash(hl) == full_name_hash(&i, copy + 7, n));
	}
	ok(1, "hash_name and full_name_hash agree and stay inside their page");
	for (int i = 0; i < 6400; i++) {
		char name[16];

		snprintf(name, sizeof(name), "f%d", i);
		buckets[full_name_hash(NULL, name, strlen(name)) & 63]++;
	}
	for (int i = 0; i < 64; i++)
		most = buckets[i] > most ? buckets[i] : most;
	ok(most < 160, "similar names spread");
}

static void arithmetic(void)
{
	struct chacha c;
	struct prng p;
	u8 key[32], out[64];
	u32 mult, shift;

	for (int i = 0; i < 100000; i++) {
		u64 a = rnd(~0UL) << rnd(40), b = rnd(~0UL) >> rnd(40), d = (rnd(~0UL) >> rnd(44)) + 1;
		unsigned __int128 q = (unsigned __int128)a * b / d;
		volatile u64 x = a;

		must(mul_u64_u64_div_u64(a, b, d) == (q >> 64 ? U64_MAX : (u64)q));
		must(hweight64(x) == (unsigned int)__builtin_popcountl(a));
		must(fls64(x) == (a ? 64 - __builtin_clzl(a) : 0));
		must(!a || __ffs(x) == (unsigned int)__builtin_ctzl(a));
		must(int_sqrt(x) == 0 ? a == 0 : (unsigned __int128)int_sqrt(x) * int_sqrt(x) <= a);
		must((unsigned __int128)(int_sqrt(x) + 1) * (int_sqrt(x) + 1) > a);
	}
	must(gcd(12, 18) == 6 && gcd(7, 0) == 7);
	clocks_calc_mult_shift(&mult, &shift, 10000000, 1000000000, 600);
	must(mul_u64_u32_shr(10000000ULL * 600, mult, shift) == 600ULL * 1000000000);
	ok(1, "wide arithmetic and bits");

	/* RFC 8439, 2.3.2: its nonce is the three upper words of what is one counter and one nonce here */
	for (int i = 0; i < 32; i++)
		key[i] = i;
	chacha_init(&c, key, 0x4a000000);
	c.state[12] = 1;
	c.state[13] = 0x09000000;
	chacha20_block(&c, out);
	ok(!memcmp(out, "\x10\xf1\xe7\xe4\xd1\x3b\x59\x15\x50\x0f\xdd\x1f\xa3\x20\x71\xc4", 16),
	   "ChaCha20: the RFC's test vector");
	prng_seed(&p, 1);
	for (int i = 0; i < 1000; i++)
		must(prng_below(&p, 7) < 7);
}

static void refcounts(void)
{
	refcount_t r = REFCOUNT_INIT(1);

	must(!refcount_dec_not_one(&r) && refcount_inc_not_zero(&r) && !refcount_dec_and_test(&r));
	must(refcount_dec_and_test(&r) && !refcount_inc_not_zero(&r));
	refcount_inc(&r);	/* from zero: saturates */
	must(refcount_read(&r) > INT_MAX && !refcount_dec_and_test(&r) && refcount_inc_not_zero(&r));
	refcount_set(&r, INT_MAX);
	refcount_inc(&r);
	must(refcount_read(&r) > INT_MAX);
	ok(1, "reference counts saturate");
}

int main(void)
{
	sorting();
	numbers();
	hashes();
	arithmetic();
	refcounts();
	return done();
}

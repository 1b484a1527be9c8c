// SPDX-License-Identifier: GPL-2.0-only
/*
 * The small things of lib: numbers from strings, sorting, wide arithmetic.
 *
 * SOURCES: lib/kstrto.c lib/sort.c lib/math64.c lib/string.c lib/bitops.c lib/hooks.c
 */
#include "host.h"
#include <errno.h>
#include <lib/kstrto.h>
#include <lib/list.h>
#include <lib/math64.h>
#include <lib/sort.h>

static void test_kstrto(void)
{
	unsigned long long u;
	long long s;
	int i;
	u8 b;
	bool flag;

	ok(!kstrtoull("18446744073709551615\n", 10, &u) && u == ~0ULL, "kstrtoull: the largest");
	ok(kstrtoull("18446744073709551616", 10, &u) == -ERANGE, "kstrtoull: one more");
	ok(!kstrtoll("-9223372036854775808", 10, &s) && s == (-9223372036854775807LL - 1),
	   "kstrtoll: the smallest");
	ok(kstrtoll("-9223372036854775809", 10, &s) == -ERANGE, "kstrtoll: one less");
	ok(!kstrtoint("0x7f", 0, &i) && i == 127 && !kstrtoint("017", 0, &i) && i == 15,
	   "kstrtoint: prefixes");
	ok(kstrtoint("12x", 10, &i) == -EINVAL && kstrtoint("", 10, &i) == -EINVAL &&
	   kstrtoint("-", 10, &i) == -EINVAL && kstrtoint(" 1", 10, &i) == -EINVAL,
	   "kstrtoint: what is no number");
	ok(kstrtou8("256", 10, &b) == -ERANGE && !kstrtou8("255", 10, &b) && b == 255, "kstrtou8");
	ok(!kstrtobool("on", &flag) && flag && !kstrtobool("n", &flag) && !flag, "kstrtobool");
	ok(memparse("64K", NULL) == 65536 && memparse("3G", NULL) == 3ULL << 30, "memparse");
	for (int n = 0; n < 100000; n++) {
		char text[40];
		unsigned long long value = rnd(1UL << rnd(44)) << rnd(20);

		sprintf(text, n % 2 ? "%llu" : "0x%llx", value);
		must(!kstrtoull(text, 0, &u) && u == value);
	}
	ok(1, "kstrtoull: random numbers come back");
}

static int by_value(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return x < y ? -1 : x > y;
}

struct item {
	struct list_head list;
	int key, order;
};

static int by_key(void *priv, const struct list_head *a, const struct list_head *b)
{
	return list_entry(a, struct item, list)->key - list_entry(b, struct item, list)->key;
}

static void test_sorting(void)
{
	static int a[500], b[500];
	static struct item items[500];

	for (int round = 0; round < 500; round++) {
		size_t n = rnd(500);
		struct item *it, *last = NULL;
		LIST_HEAD(list);

		for (size_t i = 0; i < n; i++) {
			a[i] = b[i] = items[i].key = rnd(300);
			items[i].order = i;
			list_add_tail(&items[i].list, &list);
		}
		sort(a, n, sizeof(a[0]), by_value, NULL);
		qsort(b, n, sizeof(b[0]), by_value);
		must(!memcmp(a, b, n * sizeof(a[0])));
		list_sort(NULL, &list, by_key);
		size_t count = 0;

		list_for_each_entry(it, &list, list) {
			must(!last || last->key < it->key ||
			     (last->key == it->key && last->order < it->order));
			last = it;
			count++;
		}
		must(count == n);
	}
	ok(1, "sort as qsort, list_sort stable");
}

static void test_math(void)
{
	for (int n = 0; n < 200000; n++) {
		u64 a = rnd(1UL << 40) << rnd(24), b = rnd(1UL << 40) << rnd(24);
		u64 c = (rnd(1UL << 40) << rnd(24)) + 1;
		unsigned __int128 exact = (unsigned __int128)a * b / c;
		unsigned long root = int_sqrt(a);

		must(mul_u64_u64_div_u64(a, b, c) == (exact >> 64 ? ~0ULL : (u64)exact));
		must((unsigned __int128)root * root <= a);
		must((unsigned __int128)(root + 1) * (root + 1) > a);
	}
	ok(gcd(48, 36) == 12 && gcd(7, 0) == 7, "wide division, square roots, gcd");
}

int main(void)
{
	test_kstrto();
	test_sorting();
	test_math();
	return done();
}

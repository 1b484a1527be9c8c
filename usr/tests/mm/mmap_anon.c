// SPDX-License-Identifier: GPL-2.0-only
/*
 * Anonymous memory, private and shared, and /dev/zero.
 */
#include "tap.h"

#define RW	(PROT_READ | PROT_WRITE)

static void *anon(size_t len, int kind)
{
	return must(mmap(NULL, len, RW, kind | MAP_ANONYMOUS, -1, 0));
}

static void zeros(void)
{
	char *p = anon(64 * PG, MAP_PRIVATE), *q = anon(64 * PG, MAP_SHARED);

	ok(all_bytes(p, 0, 64 * PG), "private memory starts as zeros");
	ok(all_bytes(q, 0, 64 * PG), "shared memory starts as zeros");
	memset(p, 1, 64 * PG);
	memset(q, 2, 64 * PG);
	ok(all_bytes(p, 1, 64 * PG), "private memory keeps its stores");
	ok(all_bytes(q, 2, 64 * PG), "shared memory keeps its stores");
	must(munmap(p, 64 * PG)), must(munmap(q, 64 * PG));
	for (int i = 0; i < 20; i++) {
		p = anon(64 * PG, MAP_PRIVATE);
		if (!all_bytes(p, 0, 64 * PG))
			break;
		memset(p, 0xff, 64 * PG);
		must(munmap(p, 64 * PG));
		p = NULL;
	}
	ok(!p, "memory that was used before comes back as zeros");
}

/* A page that was only read is the zero page; a store must not reach others. */
static void zero_page(void)
{
	char *p = anon(4 * PG, MAP_PRIVATE);

	(void)*(volatile char *)p;
	(void)*(volatile char *)(p + PG);
	p[0] = 1;
	is(p[PG], 0, "a store after a load of one zero page leaves the next zero");
	is(*(volatile char *)(p + 2 * PG), 0, "and an untouched one");
	must(munmap(p, 4 * PG));
}

struct both {
	char *priv, *shared, *zpriv, *zshared;
	struct gate go, back;
};

static void child_side(void *arg)
{
	struct both *b = arg;

	CHECK(b->priv[0] == 'p' && b->shared[0] == 's');
	CHECK(b->zpriv[0] == 'p' && b->zshared[0] == 's');
	b->priv[1] = b->shared[1] = b->zpriv[1] = b->zshared[1] = 'c';
	b->shared[PG] = b->zshared[PG] = 'n';
	gate_open(b->back);
	gate_pass(b->go);
	CHECK(b->priv[2] == 0 && b->zpriv[2] == 0);
	CHECK(b->shared[2] == 'L' && b->zshared[2] == 'L');
}

static void forked(void)
{
	int z = must(open("/dev/zero", O_RDWR));
	struct both b = {
		.priv = anon(2 * PG, MAP_PRIVATE),
		.shared = anon(2 * PG, MAP_SHARED),
		.zpriv = must(mmap(NULL, 2 * PG, RW, MAP_PRIVATE, z, 0)),
		.zshared = must(mmap(NULL, 2 * PG, RW, MAP_SHARED, z, 0)),
		.go = gate_new(), .back = gate_new(),
	};
	pid_t pid;

	close(z);
	ok(all_bytes(b.zpriv, 0, 2 * PG) && all_bytes(b.zshared, 0, 2 * PG),
	   "/dev/zero maps as zeros, private and shared");
	b.priv[0] = b.zpriv[0] = 'p';
	b.shared[0] = b.zshared[0] = 's';
	pid = spawn(child_side, &b);
	gate_pass(b.back);
	is(b.priv[1], 0, "a child's store to private memory is not seen by the parent");
	is(b.zpriv[1], 0, "nor one to private /dev/zero");
	is(b.shared[1], 'c', "a child's store to shared memory is");
	is(b.zshared[1], 'c', "and one to shared /dev/zero");
	is(b.shared[PG], 'n', "also in a page that nobody had touched before the fork");
	is(b.zshared[PG], 'n', "of /dev/zero too");
	b.priv[2] = b.zpriv[2] = b.shared[2] = b.zshared[2] = 'L';
	gate_open(b.go);
	is(reap(pid), 0, "the child sees the parent's later shared stores and not its private ones");
}

static void independent(void)
{
	int z = must(open("/dev/zero", O_RDWR));
	char *a = anon(PG, MAP_SHARED), *b = anon(PG, MAP_SHARED);
	char *c = must(mmap(NULL, PG, RW, MAP_SHARED, z, 0));
	char *d = must(mmap(NULL, PG, RW, MAP_SHARED, z, 0));

	a[0] = c[0] = 1;
	is(b[0], 0, "two shared anonymous mappings are two memories");
	is(d[0], 0, "two shared mappings of /dev/zero are two memories");
	close(z);
}

static void grandchild(void *arg)
{
	char *p = arg;

	p[2] = 'g';
	CHECK(p[0] == 'p' && p[1] == 'c');
}

static void middle(void *arg)
{
	char *p = arg;

	p[1] = 'c';
	CHECK(child(grandchild, p) == 0);
	CHECK(p[2] == 'g');
}

static void generations(void)
{
	char *p = anon(PG, MAP_SHARED);

	p[0] = 'p';
	is(child(middle, p), 0, "shared memory is shared over two generations");
	ok(p[1] == 'c' && p[2] == 'g', "the first sees what the others stored");
}

static void populate(void)
{
	unsigned char vec[16];
	char *p = must(mmap(NULL, 16 * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0));
	char *q;
	int n = 0;

	ok(all_bytes(p, 0, 16 * PG), "MAP_POPULATE gives zeros");
	p[3 * PG] = 3;
	q = must(mmap(NULL, 16 * PG, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0));
	ok(all_bytes(q, 0, 16 * PG), "also read-only");
	p = must(mmap(NULL, 16 * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0));
	if (mincore(p, 16 * PG, vec)) {
		skip("no mincore", "MAP_POPULATE makes all pages resident");
	} else {
		for (int i = 0; i < 16; i++)
			n += vec[i] & 1;
		is(n, 16, "MAP_POPULATE makes all pages resident");
	}
	works(mmap(NULL, PG, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0),
	      "MAP_POPULATE of PROT_NONE is not an error");
}

static void partial_page(void)
{
	char *p = must(mmap(NULL, 100, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	p[PG - 1] = 'e';
	is(p[PG - 1], 'e', "a length of 100 maps a whole page");
	works(munmap(p, 1), "munmap of 1 byte removes the whole page");
	ok(!is_mapped(p), "which is gone then");
}

int main(void)
{
	zeros();
	zero_page();
	forked();
	independent();
	generations();
	populate();
	partial_page();
	return done();
}

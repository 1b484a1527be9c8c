// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device-tree and cpio readers: what QEMU's own tree says, and then thousands
 * of damaged ones in buffers of exactly their size, where the address sanitizer
 * sees each step outside. The tree is the file that DTB in the environment names.
 *
 * SOURCES: lib/fdt.c lib/fdt_bus.c lib/cpio.c lib/string.c lib/kstrto.c lib/bitops.c lib/hooks.c
 */
#include "host.h"
#include <lib/fdt.h>
#include <lib/cpio.h>

static unsigned char *tree;
static size_t tree_size;

static int load_tree(void)
{
	const char *path = getenv("DTB");
	FILE *f = path ? fopen(path, "rb") : NULL;

	if (!f)
		return 0;
	tree = malloc(4 << 20);
	tree_size = fread(tree, 1, 4 << 20, f);
	fclose(f);
	if (tree_size < 40)
		return 0;
	/* QEMU pads its file */
	if (fdt_blob_size(tree) <= tree_size)
		tree_size = fdt_blob_size(tree);
	return 1;
}

static void test_machine(void)
{
	struct fdt fdt;
	struct fdt_irq irq;
	u64 addr, size;
	u32 freq;
	int node, cpus, child, n = 0;

	must(!fdt_init(&fdt, tree, tree_size));
	node = fdt_find_path(&fdt, "/memory");
	ok(node >= 0 && !fdt_reg(&fdt, node, 0, &addr, &size) && addr == 0x80000000 &&
	   size == 128 << 20, "fdt: the memory of the machine");
	cpus = fdt_find_path(&fdt, "/cpus");
	fdt_for_each_child(&fdt, child, cpus)
		n += !strncmp(fdt_node_name(&fdt, child), "cpu@", 4);
	ok(n == 3, "fdt: its harts");
	ok(!fdt_prop_u32(&fdt, cpus, "timebase-frequency", 0, &freq) && freq == 10000000,
	   "fdt: its clock");
	node = fdt_find_compatible(&fdt, FDT_NONE, "ns16550a");
	ok(node >= 0 && !fdt_reg(&fdt, node, 0, &addr, &size) && addr == 0x10000000,
	   "fdt: the serial line, through the bus's ranges");
	ok(!fdt_interrupt(&fdt, node, 0, &irq) && irq.ncells == 1 && irq.cells[0] == 10 &&
	   fdt_is_compatible(&fdt, irq.controller, "riscv,plic0"), "fdt: its interrupt");
	n = 0;
	for (node = fdt_find_compatible(&fdt, FDT_NONE, "virtio,mmio"); node >= 0;
	     node = fdt_find_compatible(&fdt, node, "virtio,mmio"))
		n++;
	ok(n == 8, "fdt: its virtio slots");
	n = 0;
	fdt_for_each_node(&fdt, node) {
		int parent = fdt_parent(&fdt, node);

		must((parent < 0) == (node == FDT_ROOT));
		n++;
	}
	ok(n > 20, "fdt: each node but the root has a parent");
}

/* Ask everything of every node; the answers do not matter, coming back does. */
static void explore(const void *blob, size_t size)
{
	struct fdt fdt;
	struct fdt_irq irq;
	u64 a, b;
	u32 len;
	int node, seen = 0;

	if (fdt_init(&fdt, blob, size))
		return;
	for (unsigned int i = 0; i < 16 && fdt_reserved(&fdt, i, &a, &b); i++)
		;
	fdt_find_path(&fdt, "/soc/serial");
	fdt_find_path(&fdt, "serial0");
	fdt_find_phandle(&fdt, 3);
	fdt_for_each_node(&fdt, node) {
		const char *name;
		int cursor = 0, child;

		if (seen++ > 200)
			break;
		while (fdt_next_prop(&fdt, node, &cursor, &name, &len))
			(void)strlen(name);
		fdt_for_each_child(&fdt, child, node)
			(void)fdt_node_name(&fdt, child);
		fdt_reg(&fdt, node, 0, &a, &b);
		fdt_interrupt(&fdt, node, 0, &irq);
		fdt_prop_string(&fdt, node, "compatible", 1);
		fdt_is_available(&fdt, node);
		fdt_parent(&fdt, node);
	}
}

static void damage(unsigned char *p, size_t size)
{
	for (unsigned long n = rnd(6) + 1; n; n--) {
		size_t at = rnd(4) ? rnd(size) : rnd(size < 64 ? size : 64);

		switch (rnd(3)) {
		case 0:
			p[at] = rnd(256);
			break;
		case 1:
			p[at] ^= 1 << rnd(8);
			break;
		case 2:
			memset(p + at, rnd(2) ? 0xff : 0, rnd(8) < size - at ? rnd(8) % (size - at) : 1);
			break;
		}
	}
}

static void test_damaged_trees(void)
{
	for (int round = 0; round < 3000; round++) {
		size_t size = rnd(3) ? tree_size : rnd(tree_size) + 8;
		unsigned char *copy = malloc(size);

		memcpy(copy, tree, size < tree_size ? size : tree_size);
		damage(copy, size);
		explore(copy, size);
		free(copy);
	}
	ok(1, "fdt: a damaged tree is never read outside of, nor for ever");
}

static size_t add_file(char *out, const char *name, const char *data, unsigned int mode)
{
	size_t n = sprintf(out, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", 7, mode,
			   1, 2, 1, 99, strlen(data), 0, 0, 5, 1, strlen(name) + 1, 0);

	n += sprintf(out + n, "%s", name) + 1;
	while (n % 4)
		out[n++] = 0;
	memcpy(out + n, data, strlen(data));
	n += strlen(data);
	while (n % 4)
		out[n++] = 0;
	return n;
}

static void test_cpio(void)
{
	static char archive[2048];
	struct cpio_reader r;
	struct cpio_entry e;
	size_t n = add_file(archive, "dir/file", "hello", 0100644);

	n += add_file(archive + n, "empty", "", 0100600);
	n += add_file(archive + n, "TRAILER!!!", "", 0);
	n += 256 - n % 256;
	n += add_file(archive + n, "second", "archive", 0100600);
	n += add_file(archive + n, "TRAILER!!!", "", 0);

	cpio_open(&r, archive, n);
	ok(cpio_next(&r, &e) == 1 && !strcmp(e.name, "dir/file") && e.size == 5 &&
	   !memcmp(e.data, "hello", 5) && e.mode == 0100644 && e.uid == 1 && e.gid == 2 &&
	   e.mtime == 99 && e.rmajor == 5 && e.rminor == 1, "cpio: a file and its attributes");
	ok(cpio_next(&r, &e) == 1 && !strcmp(e.name, "empty") && !e.size, "cpio: an empty file");
	ok(cpio_next(&r, &e) == 1 && !strcmp(e.name, "second") && e.archive == 1,
	   "cpio: an archive behind the first");
	ok(cpio_next(&r, &e) == 0, "cpio: the end");

	for (int round = 0; round < 50000; round++) {
		size_t size = rnd(2) ? n : rnd(n) + 1;
		unsigned char *copy = malloc(size);

		memcpy(copy, archive, size);
		damage(copy, size);
		cpio_open(&r, copy, size);
		for (int i = 0; i < 100 && cpio_next(&r, &e) > 0; i++) {
			volatile unsigned char sum = 0;

			must(strlen(e.name) == e.name_len);
			for (u32 j = 0; j < e.size; j++)
				sum += ((const unsigned char *)e.data)[j];
		}
		free(copy);
	}
	ok(1, "cpio: a damaged archive is never read outside of");
}

int main(void)
{
	if (load_tree()) {
		test_machine();
		test_damaged_trees();
	} else {
		printf("ok 1 - fdt # SKIP no tree in DTB\n");
		host_points++;
	}
	test_cpio();
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device-tree reader: a tree made here, read back; then the same blob with
 * random damage, in memory of exactly its size, so that the address sanitizer
 * sees any read beyond it. The tree of a real machine (file in $DTB) gets the
 * same treatment. With a file name as argument that tree is shown.
 *
 * SOURCES: lib/fdt.c lib/fdt_bus.c lib/string.c lib/memcopy.c lib/bitops.c
 */
#include "host.h"
#include <lib/fdt.h>
#include <lib/err.h>

static unsigned char blob[4096];
static unsigned int at;			/* in the structure block */
static char names[512];
static unsigned int names_len;

#define STRUCT_OFF	(40 + 32)

static void be32(unsigned int pos, unsigned int v)
{
	blob[pos] = v >> 24;
	blob[pos + 1] = v >> 16;
	blob[pos + 2] = v >> 8;
	blob[pos + 3] = v;
}

static void cell(unsigned int v)
{
	be32(STRUCT_OFF + at, v);
	at += 4;
}

static void bytes(const void *p, unsigned int n)
{
	memcpy(blob + STRUCT_OFF + at, p, n);
	at += (n + 3) & ~3U;
}

static void begin(const char *name)
{
	cell(4);		/* a NOP before it */
	cell(1);
	bytes(name, strlen(name) + 1);
}

static void end(void)
{
	cell(2);
}

static void prop(const char *name, const void *value, unsigned int n)
{
	cell(3);
	cell(n);
	cell(names_len);
	strcpy(names + names_len, name);
	names_len += strlen(name) + 1;
	bytes(value, n);
}

static void cells(const char *name, int n, ...)
{
	unsigned char v[64];
	va_list ap;

	va_start(ap, n);
	for (int i = 0; i < n; i++) {
		unsigned int c = va_arg(ap, unsigned int);

		v[4 * i] = c >> 24;
		v[4 * i + 1] = c >> 16;
		v[4 * i + 2] = c >> 8;
		v[4 * i + 3] = c;
	}
	va_end(ap);
	prop(name, v, 4 * n);
}

static unsigned int build(void)
{
	unsigned int total;

	begin("");
	cells("#address-cells", 1, 2);
	cells("#size-cells", 1, 2);
	prop("compatible", "vendor,board\0riscv-virtio", 26);
	begin("aliases");
	prop("serial0", "/soc/serial@100", 16);
	end();
	begin("memory@80000000");
	prop("device_type", "memory", 7);
	cells("reg", 8, 0, 0x80000000, 0, 0x8000000, 1, 0, 0, 0x1000);
	end();
	begin("plic@c000000");
	cells("phandle", 1, 7);
	cells("#interrupt-cells", 1, 1);
	end();
	begin("gpio@d000000");
	cells("phandle", 1, 8);
	cells("#interrupt-cells", 1, 2);
	end();
	begin("soc");
	cells("#address-cells", 1, 1);
	cells("#size-cells", 1, 1);
	cells("interrupt-parent", 1, 7);
	cells("ranges", 4, 0x100, 1, 0x10000000, 0x1000);
	begin("serial@100");
	prop("compatible", "ns16550a", 9);
	cells("reg", 2, 0x100, 0x10);
	cells("interrupts", 2, 10, 11);
	prop("status", "okay", 5);
	end();
	begin("thing@9000");
	cells("reg", 2, 0x9000, 0x10);
	cells("interrupts-extended", 5, 7, 3, 8, 4, 5);
	prop("status", "disabled", 9);
	end();
	end();
	end();
	cell(9);
	total = STRUCT_OFF + at + names_len;
	memcpy(blob + STRUCT_OFF + at, names, names_len);
	be32(0, 0xd00dfeed);
	be32(4, total);
	be32(8, STRUCT_OFF);
	be32(12, STRUCT_OFF + at);
	be32(16, 40);
	be32(20, 17);
	be32(24, 16);
	be32(28, 0);
	be32(32, names_len);
	be32(36, at);
	be32(44, 0x1234);	/* one reservation: 0x1234, 0x10 */
	be32(52, 0x10);
	return total;
}

static void read_back(unsigned int total)
{
	struct fdt_irq irq;
	struct fdt fdt;
	u64 addr, size;
	int soc, uart, thing, count = 0, n;
	u32 v;

	must(!fdt_init(&fdt, blob, sizeof(blob)) && fdt_blob_size(blob) == total);
	must(fdt_init(&fdt, blob, total - 1) == -EINVAL);
	must(!fdt_init(&fdt, blob, total));
	must(fdt_reserved(&fdt, 0, &addr, &size) && addr == 0x1234 && size == 0x10);
	must(!fdt_reserved(&fdt, 1, &addr, &size));
	fdt_for_each_node(&fdt, n)
		count++;
	must(count == 8);
	soc = fdt_find_path(&fdt, "/soc");
	uart = fdt_find_path(&fdt, "/soc/serial@100");
	thing = fdt_find_path(&fdt, "/soc/thing");
	must(soc > 0 && uart > soc && thing > uart && fdt_parent(&fdt, thing) == soc);
	must(fdt_find_path(&fdt, "serial0") == uart && fdt_find_path(&fdt, "/soc/none") < 0);
	must(fdt_find_compatible(&fdt, FDT_NONE, "ns16550a") == uart);
	must(fdt_find_compatible(&fdt, uart, "ns16550a") < 0);
	must(fdt_is_compatible(&fdt, FDT_ROOT, "riscv-virtio") && !fdt_is_compatible(&fdt, soc, "x"));
	must(fdt_is_available(&fdt, uart) && fdt_is_available(&fdt, soc) && !fdt_is_available(&fdt, thing));
	ok(1, "fdt: nodes, paths, compatible");

	n = fdt_find_path(&fdt, "/memory");
	must(!fdt_reg(&fdt, n, 0, &addr, &size) && addr == 0x80000000 && size == 0x8000000);
	must(!fdt_reg(&fdt, n, 1, &addr, &size) && addr == 0x100000000 && size == 0x1000);
	must(fdt_reg(&fdt, n, 2, &addr, &size) == -ENOENT);
	must(!fdt_reg(&fdt, uart, 0, &addr, &size) && addr == 0x110000000 && size == 0x10);
	must(fdt_reg(&fdt, thing, 0, &addr, &size) == -ENOENT);
	ok(1, "fdt: addresses, translated through ranges");

	must(!fdt_interrupt(&fdt, uart, 1, &irq) && irq.ncells == 1 && irq.cells[0] == 11);
	must(irq.controller == fdt_find_phandle(&fdt, 7) && fdt_interrupt(&fdt, uart, 2, &irq));
	must(!fdt_interrupt(&fdt, thing, 1, &irq) && irq.controller == fdt_find_phandle(&fdt, 8));
	must(irq.ncells == 2 && irq.cells[0] == 4 && irq.cells[1] == 5);
	must(fdt_interrupt(&fdt, thing, 2, &irq) == -ENOENT);
	must(!fdt_prop_u32(&fdt, soc, "ranges", 3, &v) && v == 0x1000);
	must(fdt_prop_u32(&fdt, soc, "ranges", 4, &v) == -ENOENT);
	ok(1, "fdt: interrupts and cells");
}

/* everything that can be asked, of every node */
static void ask_all(const struct fdt *fdt)
{
	struct fdt_irq irq;
	u64 addr, size;
	u32 len;
	int n, rounds = 0;

	fdt_for_each_node(fdt, n) {
		const char *name = fdt_node_name(fdt, n);
		int cursor = 0;

		must(name && strlen(name) < 65536 && ++rounds < 20000);
		while (fdt_next_prop(fdt, n, &cursor, &name, &len))
			must(strlen(name) < 65536 && len < (1 << 20));
		fdt_parent(fdt, n);
		for (unsigned int i = 0; i < 3; i++) {
			fdt_reg(fdt, n, i, &addr, &size);
			fdt_interrupt(fdt, n, i, &irq);
			fdt_prop_string(fdt, n, "compatible", i);
			fdt_reserved(fdt, i, &addr, &size);
		}
		fdt_is_available(fdt, n);
		fdt_prop_u64(fdt, n, "reg", &addr);
	}
	fdt_find_path(fdt, "/soc/serial@100");
	fdt_find_path(fdt, "serial0");
	fdt_find_compatible(fdt, FDT_NONE, "ns16550a");
}

static void damage(const unsigned char *tree, unsigned int total, const char *what)
{
	int opened = 0;

	for (int i = 0; i < 12000; i++) {
		unsigned int max = rnd(4) ? total : rnd(total + 1);
		unsigned char *copy = malloc(max ? max : 1);
		struct fdt fdt;

		memcpy(copy, tree, max);
		for (unsigned long k = rnd(6); k && max; k--) {
			unsigned long pos = rnd(5) ? rnd(max) : rnd(max < 40 ? max : 40);

			copy[pos] = rnd(3) ? rnd(256) : rnd(10);
		}
		if (!fdt_init(&fdt, copy, max)) {
			opened++;
			ask_all(&fdt);
		}
		free(copy);
	}
	ok(opened > 1000, what);
}

static unsigned char file_data[1 << 20];

static size_t read_file(const char *name)
{
	FILE *f = name ? fopen(name, "r") : NULL;
	size_t n = f ? fread(file_data, 1, sizeof(file_data), f) : 0;

	if (f)
		fclose(f);
	return n;
}

static int show(const char *file)
{
	size_t n = read_file(file);
	struct fdt fdt;
	int node, depth = 0;
	u64 addr, size;

	if (fdt_init(&fdt, file_data, n))
		return 1;
	for (node = 0; node >= 0; node = fdt_next_node(&fdt, node, &depth)) {
		struct fdt_irq irq;

		printf("%*s%s", 2 * depth, "", fdt_node_name(&fdt, node));
		if (!fdt_reg(&fdt, node, 0, &addr, &size))
			printf(" reg %#llx+%#llx", (long long)addr, (long long)size);
		if (!fdt_interrupt(&fdt, node, 0, &irq))
			printf(" irq %u of %s", irq.cells[0], fdt_node_name(&fdt, irq.controller));
		printf("\n");
	}
	return 0;
}

int main(int argc, char **argv)
{
	unsigned int total;
	size_t real;

	if (argc > 1)
		return show(argv[1]);
	total = build();
	read_back(total);
	damage(blob, total, "fdt: damaged blobs are read without harm");
	real = read_file(getenv("DTB"));
	if (real)
		damage(file_data, fdt_blob_size(file_data), "fdt: a real machine's tree, damaged");
	return done();
}

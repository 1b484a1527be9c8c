// SPDX-License-Identifier: GPL-2.0-only
/* Device-tree addresses (specification, 2.3.6 to 2.3.8) and interrupts (2.4). */
#include <lib/fdt.h>
#include <lib/byteorder.h>
#include <lib/err.h>
#include <lib/string.h>

u32 fdt_address_cells(const struct fdt *fdt, int node)
{
	u32 n = 2;

	fdt_prop_u32(fdt, node, "#address-cells", 0, &n);
	return n;
}

u32 fdt_size_cells(const struct fdt *fdt, int node)
{
	u32 n = 1;

	fdt_prop_u32(fdt, node, "#size-cells", 0, &n);
	return n;
}

/* a number of @cells cells; the lowest two count */
static u64 read_cells(const u8 *p, u32 cells)
{
	u64 v = 0;

	for (; cells; cells--, p += 4)
		v = v << 32 | get_unaligned_be32(p);
	return v;
}

/* from an address on the bus @bus to one on the bus above. Return: 0 or -ENOENT. */
static int translate_up(const struct fdt *fdt, int bus, int parent, u64 *addr)
{
	u32 child_cells = fdt_address_cells(fdt, bus), size_cells = fdt_size_cells(fdt, bus);
	u32 parent_cells = fdt_address_cells(fdt, parent), len, entry;
	const u8 *p = fdt_getprop(fdt, bus, "ranges", &len);

	if (!p)
		return -ENOENT;		/* what is behind cannot be reached from here */
	if (!len)
		return 0;		/* the same address */
	if (child_cells > 4 || size_cells > 4 || parent_cells > 4)
		return -ENOENT;
	entry = (child_cells + parent_cells + size_cells) * 4;
	for (; entry && len >= entry; len -= entry, p += entry) {
		u64 from = read_cells(p, child_cells);
		u64 to = read_cells(p + 4 * child_cells, parent_cells);
		u64 size = read_cells(p + 4 * (child_cells + parent_cells), size_cells);

		if (*addr >= from && *addr - from < size) {
			*addr = *addr - from + to;
			return 0;
		}
	}
	return -ENOENT;
}

int fdt_reg(const struct fdt *fdt, int node, unsigned int i, u64 *addr, u64 *size)
{
	int bus = fdt_parent(fdt, node), parent;
	u32 ac, sc, len, entry;
	const u8 *p;

	if (bus < 0)
		return -ENOENT;
	ac = fdt_address_cells(fdt, bus);
	sc = fdt_size_cells(fdt, bus);
	p = fdt_getprop(fdt, node, "reg", &len);
	if (!p || !ac || ac > 4 || sc > 4)
		return -ENOENT;
	entry = (ac + sc) * 4;
	if (i >= len / entry)
		return -ENOENT;
	*addr = read_cells(p + i * entry, ac);
	*size = read_cells(p + i * entry + ac * 4, sc);
	for (; (parent = fdt_parent(fdt, bus)) >= 0; bus = parent)
		if (translate_up(fdt, bus, parent, addr))
			return -ENOENT;
	return 0;
}

/* the specifier at @p, of which @left bytes exist. Return: its cells, or 0. */
static u32 read_specifier(const struct fdt *fdt, int controller, const u8 *p, u32 left,
			  struct fdt_irq *irq)
{
	u32 cells, k;

	if (fdt_prop_u32(fdt, controller, "#interrupt-cells", 0, &cells) ||
	    !cells || cells > ARRAY_SIZE(irq->cells) || left < cells * 4)
		return 0;
	irq->controller = controller;
	irq->ncells = cells;
	for (k = 0; k < cells; k++)
		irq->cells[k] = get_unaligned_be32(p + 4 * k);
	return cells;
}

static int interrupt_extended(const struct fdt *fdt, const u8 *p, u32 len, unsigned int i,
			      struct fdt_irq *irq)
{
	for (;;) {
		u32 cells;

		if (len < 4)
			return -ENOENT;
		cells = read_specifier(fdt, fdt_find_phandle(fdt, get_unaligned_be32(p)),
				       p + 4, len - 4, irq);
		if (!cells)
			return -ENOENT;
		if (!i--)
			return 0;
		p += 4 + cells * 4;
		len -= 4 + cells * 4;
	}
}

/* interrupt-parent of @node or of the nearest ancestor that has one */
static int interrupt_parent(const struct fdt *fdt, int node)
{
	u32 phandle;

	for (; node >= 0; node = fdt_parent(fdt, node))
		if (!fdt_prop_u32(fdt, node, "interrupt-parent", 0, &phandle))
			return fdt_find_phandle(fdt, phandle);
	return FDT_NONE;
}

int fdt_interrupt(const struct fdt *fdt, int node, unsigned int i, struct fdt_irq *irq)
{
	u32 len, cells;
	const u8 *p = fdt_getprop(fdt, node, "interrupts-extended", &len);
	int controller;

	memset(irq, 0, sizeof(*irq));
	if (p)
		return interrupt_extended(fdt, p, len, i, irq);
	p = fdt_getprop(fdt, node, "interrupts", &len);
	if (!p)
		return -ENOENT;
	controller = interrupt_parent(fdt, node);
	if (fdt_prop_u32(fdt, controller, "#interrupt-cells", 0, &cells) ||
	    !cells || cells > ARRAY_SIZE(irq->cells) || i >= len / (cells * 4))
		return -ENOENT;
	return read_specifier(fdt, controller, p + i * cells * 4, len - i * cells * 4, irq) ?
	       0 : -ENOENT;
}

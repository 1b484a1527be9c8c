/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flattened device tree, read in place (Devicetree Specification v0.4, ch. 5).
 *
 * Call fdt_init() once; it checks the header. A node is the offset of its
 * FDT_BEGIN_NODE token in the structure block; the root is 0; a negative number
 * is "none". No function reads outside the blob, whatever it contains, and none
 * loops for ever; a malformed part simply is not found.
 */
#ifndef LIB_FDT_H
#define LIB_FDT_H
#include <lib/types.h>

struct fdt {
	const u8 *base;
	u32 size;			/* totalsize */
	u32 struct_off, struct_size;
	u32 strings_off, strings_size;
	u32 rsv_off;
	u32 boot_cpu;
};

/* a node together with its tree, for those who hand nodes around */
struct fdt_node {
	const struct fdt *fdt;
	int off;
};

#define FDT_ROOT	0
#define FDT_NONE	(-1)
#define FDT_MAX_DEPTH	64

/** fdt_init - @max: how many bytes may be read at @blob. Return: 0 or -EINVAL. */
int fdt_init(struct fdt *fdt, const void *blob, size_t max);
/** fdt_blob_size - the length that the header at @blob claims, 0 if it is none (reads 8 bytes). */
u32 fdt_blob_size(const void *blob);
/** fdt_reserved - entry @i of the memory reservation block. Return: false at the end. */
bool fdt_reserved(const struct fdt *fdt, unsigned int i, u64 *addr, u64 *size);

/* walking */
/** fdt_next_node - the next in document order; *@depth (if not NULL) follows. */
int fdt_next_node(const struct fdt *fdt, int node, int *depth);
int fdt_first_child(const struct fdt *fdt, int node);
int fdt_next_sibling(const struct fdt *fdt, int node);
int fdt_parent(const struct fdt *fdt, int node);
#define fdt_for_each_child(fdt, child, node)				\
	for (child = fdt_first_child(fdt, node); child >= 0;		\
	     child = fdt_next_sibling(fdt, child))
#define fdt_for_each_node(fdt, node)					\
	for (node = FDT_ROOT; node >= 0; node = fdt_next_node(fdt, node, NULL))
const char *fdt_node_name(const struct fdt *fdt, int node);	/* with @unit-address */
/** fdt_find_path - "/soc/serial@10000000"; a unit address may be left out. Aliases are followed. */
int fdt_find_path(const struct fdt *fdt, const char *path);
int fdt_find_phandle(const struct fdt *fdt, u32 phandle);
/** fdt_find_compatible - first node behind @after (FDT_NONE: from the start). */
int fdt_find_compatible(const struct fdt *fdt, int after, const char *compatible);

/* properties */
const void *fdt_getprop(const struct fdt *fdt, int node, const char *name, u32 *len);
/** fdt_next_prop - iterate: *@cursor 0 at first. Return: value or NULL at the end. */
const void *fdt_next_prop(const struct fdt *fdt, int node, int *cursor,
			  const char **name, u32 *len);
bool fdt_has_prop(const struct fdt *fdt, int node, const char *name);
/** fdt_prop_u32 - cell @i of a property. Return: 0 or -ENOENT. */
int fdt_prop_u32(const struct fdt *fdt, int node, const char *name, unsigned int i, u32 *v);
/** fdt_prop_u64 - a property of one or two cells. Return: 0 or -ENOENT. */
int fdt_prop_u64(const struct fdt *fdt, int node, const char *name, u64 *v);
/** fdt_prop_string - string @i of a list. Return: it, NUL-terminated inside the blob, or NULL. */
const char *fdt_prop_string(const struct fdt *fdt, int node, const char *name, unsigned int i);
bool fdt_is_compatible(const struct fdt *fdt, int node, const char *compatible);
/** fdt_is_available - status is absent, "okay" or "ok". */
bool fdt_is_available(const struct fdt *fdt, int node);
u32 fdt_phandle(const struct fdt *fdt, int node);		/* 0: has none */

/* addresses and interrupts */
u32 fdt_address_cells(const struct fdt *fdt, int node);	/* of @node's children */
u32 fdt_size_cells(const struct fdt *fdt, int node);
/** fdt_reg - range @i of "reg", translated through the parents' "ranges" to a CPU
 *  address. Return: 0, -ENOENT. */
int fdt_reg(const struct fdt *fdt, int node, unsigned int i, u64 *addr, u64 *size);

struct fdt_irq {
	int controller;		/* node of the interrupt controller */
	unsigned int ncells;
	u32 cells[4];
};

/** fdt_interrupt - interrupt @i of "interrupts-extended" or "interrupts".
 *  Return: 0, -ENOENT. */
int fdt_interrupt(const struct fdt *fdt, int node, unsigned int i, struct fdt_irq *irq);

#endif

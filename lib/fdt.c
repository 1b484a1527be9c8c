// SPDX-License-Identifier: GPL-2.0-only
/*
 * The flattened device tree: nodes and properties. Addresses and interrupts are
 * in fdt_bus.c.
 *
 * Everything goes through next_token(), the only function that interprets the
 * structure block; it never leaves it and always moves forward, so any walk
 * ends. Names and strings are checked for their terminating NUL before they are
 * handed out.
 */
#include <lib/fdt.h>
#include <lib/byteorder.h>
#include <lib/string.h>
#include <lib/err.h>

#define FDT_MAGIC	0xd00dfeed
#define FDT_BEGIN_NODE	1
#define FDT_END_NODE	2
#define FDT_PROP	3
#define FDT_NOP		4
#define FDT_END		9

/* header, in 32-bit words */
enum { H_MAGIC, H_TOTAL, H_STRUCT, H_STRINGS, H_RSV, H_VERSION, H_COMPAT, H_BOOT_CPU,
	H_STRINGS_SIZE, H_STRUCT_SIZE, H_WORDS };

struct token {
	u32 tag;
	u32 next;		/* offset of the token behind */
	const char *name;	/* BEGIN_NODE, PROP */
	const void *value;	/* PROP */
	u32 len;
};

u32 fdt_blob_size(const void *blob)
{
	if (get_unaligned_be32(blob) != FDT_MAGIC)
		return 0;
	return get_unaligned_be32((const u8 *)blob + 4);
}

static bool inside(u32 off, u32 size, u32 total)
{
	return off <= total && size <= total - off;
}

int fdt_init(struct fdt *fdt, const void *blob, size_t max)
{
	u32 h[H_WORDS], i;

	if (max < sizeof(h))
		return -EINVAL;
	for (i = 0; i < H_WORDS; i++)
		h[i] = get_unaligned_be32((const u8 *)blob + 4 * i);
	if (h[H_MAGIC] != FDT_MAGIC || h[H_TOTAL] > max || h[H_VERSION] < 17 || h[H_COMPAT] > 17)
		return -EINVAL;
	if (!inside(h[H_STRUCT], h[H_STRUCT_SIZE], h[H_TOTAL]) ||
	    !inside(h[H_STRINGS], h[H_STRINGS_SIZE], h[H_TOTAL]) ||
	    !inside(h[H_RSV], 16, h[H_TOTAL]) || h[H_STRUCT] % 4 || h[H_STRUCT_SIZE] > INT_MAX)
		return -EINVAL;
	*fdt = (struct fdt){
		.base = blob, .size = h[H_TOTAL],
		.struct_off = h[H_STRUCT], .struct_size = h[H_STRUCT_SIZE],
		.strings_off = h[H_STRINGS], .strings_size = h[H_STRINGS_SIZE],
		.rsv_off = h[H_RSV], .boot_cpu = h[H_BOOT_CPU],
	};
	return fdt_node_name(fdt, FDT_ROOT) ? 0 : -EINVAL;
}

bool fdt_reserved(const struct fdt *fdt, unsigned int i, u64 *addr, u64 *size)
{
	const u8 *p;

	if (i > fdt->size / 16 || !inside(fdt->rsv_off + i * 16, 16, fdt->size))
		return false;
	p = fdt->base + fdt->rsv_off + i * 16;
	*addr = get_unaligned_be64(p);
	*size = get_unaligned_be64(p + 8);
	return *addr || *size;
}

static const char *string_at(const struct fdt *fdt, u32 off)
{
	const char *s = (const char *)fdt->base + fdt->strings_off + off;

	if (off >= fdt->strings_size || !memchr(s, 0, fdt->strings_size - off))
		return NULL;
	return s;
}

/* the token at @off of the structure block, NOPs skipped. Return: false at a bad one or the end. */
static bool next_token(const struct fdt *fdt, u32 off, struct token *t)
{
	const u8 *base = fdt->base + fdt->struct_off, *end;
	u32 left;

	do {
		if (!inside(off, 4, fdt->struct_size))
			return false;
		t->tag = get_unaligned_be32(base + off);
		off += 4;
	} while (t->tag == FDT_NOP);
	left = fdt->struct_size - off;
	switch (t->tag) {
	case FDT_BEGIN_NODE:
		t->name = (const char *)base + off;
		end = memchr(t->name, 0, left);
		if (!end)
			return false;
		off = end + 1 - base;
		break;
	case FDT_PROP:
		if (left < 8)
			return false;
		t->len = get_unaligned_be32(base + off);
		t->name = string_at(fdt, get_unaligned_be32(base + off + 4));
		t->value = base + off + 8;
		if (!t->name || t->len > left - 8)
			return false;
		off += 8 + t->len;
		break;
	case FDT_END_NODE:
		break;
	default:
		return false;
	}
	t->next = (off + 3) & ~3U;
	return true;
}

static bool node_token(const struct fdt *fdt, int node, struct token *t)
{
	return node >= 0 && node % 4 == 0 && next_token(fdt, node, t) && t->tag == FDT_BEGIN_NODE;
}

const char *fdt_node_name(const struct fdt *fdt, int node)
{
	struct token t;

	return node_token(fdt, node, &t) ? t.name : NULL;
}

/*
 * Node tokens may be preceded by NOPs; the offset that is handed out is the one
 * before them, which next_token() accepts as well.
 */
int fdt_next_node(const struct fdt *fdt, int node, int *depth)
{
	struct token t;
	int d = depth ? *depth : 0, off;

	if (!node_token(fdt, node, &t))
		return FDT_NONE;
	for (;;) {
		off = t.next;
		if (!next_token(fdt, off, &t))
			return FDT_NONE;
		if (t.tag == FDT_BEGIN_NODE) {
			if (depth)
				*depth = d + 1;
			return off;
		}
		if (t.tag == FDT_END_NODE)
			d--;
	}
}

int fdt_first_child(const struct fdt *fdt, int node)
{
	int depth = 0, child = fdt_next_node(fdt, node, &depth);

	return depth == 1 ? child : FDT_NONE;
}

int fdt_next_sibling(const struct fdt *fdt, int node)
{
	int depth = 0;

	do {
		node = fdt_next_node(fdt, node, &depth);
	} while (node >= 0 && depth > 0);
	return depth == 0 ? node : FDT_NONE;
}

int fdt_parent(const struct fdt *fdt, int node)
{
	int path[FDT_MAX_DEPTH] = { FDT_ROOT }, depth = 0, n = FDT_ROOT;

	while (n >= 0 && n < node) {
		n = fdt_next_node(fdt, n, &depth);
		if (depth < 0 || depth >= FDT_MAX_DEPTH)
			return FDT_NONE;
		path[depth] = n;
	}
	return n == node && depth > 0 ? path[depth - 1] : FDT_NONE;
}

/* Return: whether @name is the path component [@s, @s + @n), with or without unit address */
static bool component_matches(const char *name, const char *s, size_t n)
{
	if (strncmp(name, s, n))
		return false;
	return !name[n] || (name[n] == '@' && !memchr(s, '@', n));
}

static int walk_path(const struct fdt *fdt, int node, const char *path)
{
	while (node >= 0 && *path) {
		size_t n;
		int child;

		if (*path == '/') {
			path++;
			continue;
		}
		n = strchrnul_k(path, '/') - path;
		fdt_for_each_child(fdt, child, node)
			if (component_matches(fdt_node_name(fdt, child), path, n))
				break;
		node = child;
		path += n;
	}
	return node;
}

int fdt_find_path(const struct fdt *fdt, const char *path)
{
	const char *rest = strchrnul_k(path, '/'), *target;
	char alias[32];

	/* stdout-path may carry options behind a colon: the caller cuts them off */
	if (*path == '/')
		return walk_path(fdt, FDT_ROOT, path);
	if ((size_t)(rest - path) >= sizeof(alias))
		return FDT_NONE;
	memcpy(alias, path, rest - path);
	alias[rest - path] = '\0';
	target = fdt_prop_string(fdt, walk_path(fdt, FDT_ROOT, "/aliases"), alias, 0);
	if (!target || *target != '/')
		return FDT_NONE;
	return walk_path(fdt, walk_path(fdt, FDT_ROOT, target), rest);
}

int fdt_find_phandle(const struct fdt *fdt, u32 phandle)
{
	int node;

	if (!phandle || phandle == U32_MAX)
		return FDT_NONE;
	fdt_for_each_node(fdt, node)
		if (fdt_phandle(fdt, node) == phandle)
			return node;
	return FDT_NONE;
}

int fdt_find_compatible(const struct fdt *fdt, int after, const char *compatible)
{
	int node = after < 0 ? FDT_ROOT : fdt_next_node(fdt, after, NULL);

	for (; node >= 0; node = fdt_next_node(fdt, node, NULL))
		if (fdt_is_compatible(fdt, node, compatible))
			return node;
	return FDT_NONE;
}

const void *fdt_next_prop(const struct fdt *fdt, int node, int *cursor,
			  const char **name, u32 *len)
{
	struct token t;

	if (!*cursor) {
		if (!node_token(fdt, node, &t))
			return NULL;
		*cursor = t.next;
	}
	/* properties come before child nodes (specification, 5.4.1) */
	if (!next_token(fdt, *cursor, &t) || t.tag != FDT_PROP)
		return NULL;
	*cursor = t.next;
	*name = t.name;
	*len = t.len;
	return t.value;
}

const void *fdt_getprop(const struct fdt *fdt, int node, const char *name, u32 *len)
{
	const void *value;
	const char *prop;
	int cursor = 0;
	u32 n;

	while ((value = fdt_next_prop(fdt, node, &cursor, &prop, &n))) {
		if (strcmp(prop, name) == 0) {
			if (len)
				*len = n;
			return value;
		}
	}
	return NULL;
}

bool fdt_has_prop(const struct fdt *fdt, int node, const char *name)
{
	return fdt_getprop(fdt, node, name, NULL) != NULL;
}

int fdt_prop_u32(const struct fdt *fdt, int node, const char *name, unsigned int i, u32 *v)
{
	u32 len;
	const u8 *p = fdt_getprop(fdt, node, name, &len);

	if (!p || i >= len / 4)
		return -ENOENT;
	*v = get_unaligned_be32(p + 4 * i);
	return 0;
}

int fdt_prop_u64(const struct fdt *fdt, int node, const char *name, u64 *v)
{
	u32 len;
	const u8 *p = fdt_getprop(fdt, node, name, &len);

	if (!p || (len != 4 && len != 8))
		return -ENOENT;
	*v = len == 4 ? get_unaligned_be32(p) : get_unaligned_be64(p);
	return 0;
}

const char *fdt_prop_string(const struct fdt *fdt, int node, const char *name, unsigned int i)
{
	u32 len;
	const char *s = fdt_getprop(fdt, node, name, &len), *end;

	while (s && len) {
		end = memchr(s, 0, len);
		if (!end)
			break;
		if (!i--)
			return s;
		len -= end + 1 - s;
		s = end + 1;
	}
	return NULL;
}

bool fdt_is_compatible(const struct fdt *fdt, int node, const char *compatible)
{
	const char *s;
	unsigned int i;

	for (i = 0; (s = fdt_prop_string(fdt, node, "compatible", i)); i++)
		if (strcmp(s, compatible) == 0)
			return true;
	return false;
}

bool fdt_is_available(const struct fdt *fdt, int node)
{
	const char *status = fdt_prop_string(fdt, node, "status", 0);

	return !status || strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

u32 fdt_phandle(const struct fdt *fdt, int node)
{
	u32 v = 0;

	if (fdt_prop_u32(fdt, node, "phandle", 0, &v))
		fdt_prop_u32(fdt, node, "linux,phandle", 0, &v);
	return v;
}

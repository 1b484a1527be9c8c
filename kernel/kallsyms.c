// SPDX-License-Identifier: GPL-2.0-only
/*
 * From an address in the kernel's text to the name of its function.
 *
 * The tables are made by tools/kallsyms at link time (see the header). Nothing
 * here takes a lock, allocates or can fault, since a crash report uses it. There
 * is no way from a name to an address: nobody in the kernel needs one.
 */
#include <kernel/kallsyms.h>
#include <lib/hooks.h>
#include <lib/printf.h>

extern const char _start[];

/* Index of the last symbol at or below @offset; the table is not empty. */
static u32 find_symbol(unsigned long offset)
{
	u32 low = 0, high = kallsyms_count;

	while (high - low > 1) {
		u32 mid = low + (high - low) / 2;

		if (kallsyms_offsets[mid] <= offset)
			low = mid;
		else
			high = mid;
	}
	return low;
}

/**
 * kallsyms_lookup - name of the function that contains an address
 * @addr: address in the kernel's text
 * @offset: set to the distance from the function's beginning, in bytes
 *
 * An address behind the last function is taken to be in that function: the
 * caller knows whether @addr is in the kernel's text.
 *
 * Context: any.
 * Return: the name, or NULL when @addr is before the first function.
 */
const char *kallsyms_lookup(unsigned long addr, unsigned long *offset)
{
	unsigned long start = (unsigned long)_start;
	u32 i;

	if (!kallsyms_count || addr < start || addr - start < kallsyms_offsets[0])
		return NULL;
	i = find_symbol(addr - start);
	*offset = addr - start - kallsyms_offsets[i];
	return kallsyms_names + kallsyms_name_offs[i];
}

/**
 * printf_symbol - what lib's %pS and %ps ask, see there
 * @addr: address in the kernel's text
 * @offset: set to the distance from the function's beginning, in bytes
 * @size: set to the distance to the next function, 0 for the last one
 *
 * Context: any.
 * Return: the name, or NULL.
 */
const char *printf_symbol(unsigned long addr, unsigned long *offset, unsigned long *size)
{
	const char *name = kallsyms_lookup(addr, offset);
	u32 i;

	if (!name)
		return NULL;
	i = find_symbol(addr - (unsigned long)_start);
	*size = i + 1 < kallsyms_count ? kallsyms_offsets[i + 1] - kallsyms_offsets[i] : 0;
	return name;
}

/**
 * sprint_symbol - write an address as "name+0x123"
 * @buf: room for KSYM_STR_LEN bytes
 * @addr: any address; one that has no name is written as a number
 *
 * Context: any.
 * Return: length of the text in bytes, without its terminating NUL.
 */
int sprint_symbol(char *buf, unsigned long addr)
{
	unsigned long offset;
	const char *name = kallsyms_lookup(addr, &offset);

	if (!name)
		return scnprintf(buf, KSYM_STR_LEN, "0x%lx", addr);
	return scnprintf(buf, KSYM_STR_LEN, "%s+0x%lx", name, offset);
}

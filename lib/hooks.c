// SPDX-License-Identifier: GPL-2.0-only
/* Silent stand-ins for what the kernel gives to lib. */
#include <lib/hooks.h>

void __weak lib_warn(const char *what, const void *object)
{
}

const char *__weak printf_symbol(unsigned long addr, unsigned long *offset, unsigned long *size)
{
	return NULL;
}

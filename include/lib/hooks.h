/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What lib asks of whoever links it. lib/hooks.c has weak, silent versions;
 * the kernel defines strong ones.
 */
#ifndef LIB_HOOKS_H
#define LIB_HOOKS_H
#include <lib/types.h>

/** lib_warn - report a broken promise of the caller, with a backtrace if there is one. */
void lib_warn(const char *what, const void *object);

/**
 * printf_symbol - name the code address @addr for %pS and %ps.
 * @offset, @size: distance into the function and its length, set on success.
 * Return: the name, or NULL if unknown.
 */
const char *printf_symbol(unsigned long addr, unsigned long *offset, unsigned long *size);

#endif

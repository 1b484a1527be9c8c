/* SPDX-License-Identifier: GPL-2.0-only */
/* ASCII character classes, without a table. */
#ifndef LIB_CTYPE_H
#define LIB_CTYPE_H
#include <lib/types.h>

#ifdef HOST_TEST
#include <ctype.h>
#else
static inline int isdigit(int c) { return (unsigned int)c - '0' < 10; }
static inline int islower(int c) { return (unsigned int)c - 'a' < 26; }
static inline int isupper(int c) { return (unsigned int)c - 'A' < 26; }
static inline int isalpha(int c) { return ((unsigned int)c | 32) - 'a' < 26; }
static inline int isalnum(int c) { return isalpha(c) || isdigit(c); }
static inline int isspace(int c) { return c == ' ' || (unsigned int)c - '\t' < 5; }
static inline int isprint(int c) { return (unsigned int)c - ' ' < 95; }
static inline int isgraph(int c) { return (unsigned int)c - '!' < 94; }
static inline int iscntrl(int c) { return (unsigned int)c < ' ' || c == 127; }
static inline int ispunct(int c) { return isgraph(c) && !isalnum(c); }
static inline int isxdigit(int c) { return isdigit(c) || ((unsigned int)c | 32) - 'a' < 6; }
static inline int tolower(int c) { return isupper(c) ? c + 32 : c; }
static inline int toupper(int c) { return islower(c) ? c - 32 : c; }
#endif
static inline int isascii_k(int c) { return (unsigned int)c < 128; }
static inline bool isodigit(int c) { return c >= '0' && c <= '7'; }

#endif

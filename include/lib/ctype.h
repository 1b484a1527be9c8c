/* SPDX-License-Identifier: GPL-2.0-only */
/* ASCII character classes, without a table. */
#ifndef LIB_CTYPE_H
#define LIB_CTYPE_H
#include <lib/types.h>

#ifdef HOST_TEST
#include <ctype.h>
#else
/* the plain names are built-in functions to gcc, which it does not like to see defined */
static inline int k_isdigit(int c) { return (unsigned int)c - '0' < 10; }
static inline int k_islower(int c) { return (unsigned int)c - 'a' < 26; }
static inline int k_isupper(int c) { return (unsigned int)c - 'A' < 26; }
static inline int k_isalpha(int c) { return ((unsigned int)c | 32) - 'a' < 26; }
static inline int k_isalnum(int c) { return k_isalpha(c) || k_isdigit(c); }
static inline int k_isspace(int c) { return c == ' ' || (unsigned int)c - '\t' < 5; }
static inline int k_isprint(int c) { return (unsigned int)c - ' ' < 95; }
static inline int k_isgraph(int c) { return (unsigned int)c - '!' < 94; }
static inline int k_iscntrl(int c) { return (unsigned int)c < ' ' || c == 127; }
static inline int k_ispunct(int c) { return k_isgraph(c) && !k_isalnum(c); }
static inline int k_isxdigit(int c) { return k_isdigit(c) || ((unsigned int)c | 32) - 'a' < 6; }
static inline int k_tolower(int c) { return k_isupper(c) ? c + 32 : c; }
static inline int k_toupper(int c) { return k_islower(c) ? c - 32 : c; }
#define isdigit(c)	k_isdigit(c)
#define islower(c)	k_islower(c)
#define isupper(c)	k_isupper(c)
#define isalpha(c)	k_isalpha(c)
#define isalnum(c)	k_isalnum(c)
#define isspace(c)	k_isspace(c)
#define isprint(c)	k_isprint(c)
#define isgraph(c)	k_isgraph(c)
#define iscntrl(c)	k_iscntrl(c)
#define ispunct(c)	k_ispunct(c)
#define isxdigit(c)	k_isxdigit(c)
#define tolower(c)	k_tolower(c)
#define toupper(c)	k_toupper(c)
#endif
static inline int isascii_k(int c) { return (unsigned int)c < 128; }
static inline bool isodigit(int c) { return c >= '0' && c <= '7'; }

#endif

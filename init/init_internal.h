/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of init/ share. */
#ifndef INIT_INTERNAL_H
#define INIT_INTERNAL_H
#include <lib/types.h>

/* what the command line says to the boot code */
struct boot_options {
	const char *root, *rootfstype;
	const char *init, *rdinit;	/* NULL: the usual places */
	bool rw;
	const char **argv, **envp;	/* for init; argv[0] is free */
};
extern struct boot_options boot_options;

/** parse_command_line - call the __setup() handlers, keep the rest for init. */
void parse_command_line(void);

#endif

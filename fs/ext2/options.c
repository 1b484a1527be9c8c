// SPDX-License-Identifier: GPL-2.0-only
/* What mount(2) is told of a filesystem, and /proc/mounts tells of it. */
#include "ext2.h"
#include <fs/seq_file.h>
#include <kernel/printk.h>
#include <lib/kstrto.h>
#include <lib/string.h>

static int parse_option(struct ext2_options *o, char *opt)
{
	static const char *const ignored[] = {
		"bsddf", "nogrpid", "sysvgroups", "check=none", "nocheck", "debug", "nouid32",
		"oldalloc", "orlov", "user_xattr", "nouser_xattr", "acl", "noacl", "reservation",
		"noreservation", "nobh", "relatime", "noload",
	};

	if (!strcmp(opt, "errors=continue"))
		o->errors = EXT2_ERRORS_CONTINUE;
	else if (!strcmp(opt, "errors=remount-ro"))
		o->errors = EXT2_ERRORS_RO;
	else if (!strcmp(opt, "errors=panic"))
		o->errors = EXT2_ERRORS_PANIC;
	else if (!strncmp(opt, "resuid=", 7))
		o->resuid = simple_strtoul(opt + 7, NULL, 0);
	else if (!strncmp(opt, "resgid=", 7))
		o->resgid = simple_strtoul(opt + 7, NULL, 0);
	else if (!strcmp(opt, "grpid") || !strcmp(opt, "bsdgroups"))
		o->grpid = true;
	else if (!strcmp(opt, "minixdf"))
		o->minix_df = true;
	else {
		for (unsigned int i = 0; i < ARRAY_SIZE(ignored); i++)
			if (!strcmp(opt, ignored[i]))
				return 0;
		pr_err("EXT2-fs: unrecognized mount option \"%s\"\n", opt);
		return -EINVAL;
	}
	return 0;
}

int ext2_parse_options(struct ext2_options *o, char *data)
{
	*o = (struct ext2_options){ .resuid = -1, .resgid = -1 };
	while (data && *data) {
		char *opt = data;
		int err;

		data += strcspn(data, ",");
		if (*data)
			*data++ = 0;
		err = *opt ? parse_option(o, opt) : 0;
		if (err)
			return err;
	}
	return 0;
}

void ext2_apply_options(struct ext2_sb *s, const struct ext2_options *o)
{
	if (o->errors)
		s->errors = o->errors;
	if (o->resuid >= 0)
		s->resuid = o->resuid;
	if (o->resgid >= 0)
		s->resgid = o->resgid;
	s->grpid = o->grpid;
	s->minix_df = o->minix_df;
}

int ext2_show_options(struct seq_file *m, struct dentry *root)
{
	struct ext2_sb *s = EXT2_SB(root->d_sb);

	if (s->grpid)
		seq_puts(m, ",grpid");
	if (s->minix_df)
		seq_puts(m, ",minixdf");
	if (s->errors == EXT2_ERRORS_RO)
		seq_puts(m, ",errors=remount-ro");
	if (s->errors == EXT2_ERRORS_PANIC)
		seq_puts(m, ",errors=panic");
	return 0;
}

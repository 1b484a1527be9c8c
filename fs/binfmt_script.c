// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scripts: "#!interpreter [one argument]". The line must end within the bytes
 * that were read (a longer interpreter name is refused, a longer argument cut),
 * and the script's name becomes the interpreter's last argument of its own.
 */
#include "binprm.h"
#include <lib/err.h>
#include <lib/string.h>
#include <mm/slab.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

int load_script(struct linux_binprm *bprm)
{
	char *buf = bprm->buf, *end = buf + BINPRM_BUF - 1, *p, *name, *arg = NULL;
	struct filename *fn;
	struct file *file;
	char *interp;
	int err;

	if (buf[0] != '#' || buf[1] != '!')
		return -ENOEXEC;
	p = strnchr(buf, BINPRM_BUF, '\n');
	if (!p) {
		/* cut off: fine only if the name of the interpreter is complete */
		p = buf + 2;
		while (p < end && is_blank(*p))
			p++;
		while (p < end && *p && !is_blank(*p))
			p++;
		if (p == end)
			return -ENOEXEC;
		p = end;
	}
	/* cut trailing blanks, find the name and its one argument */
	while (p > buf + 2 && (is_blank(p[-1]) || !p[-1]))
		p--;
	*p = 0;
	for (name = buf + 2; is_blank(*name); name++)
		;
	if (!*name)
		return -ENOEXEC;
	for (p = name; *p && !is_blank(*p); p++)
		;
	if (*p) {
		*p++ = 0;
		while (is_blank(*p))
			p++;
		if (*p)
			arg = p;
	}
	if (bprm->path_inaccessible)
		return -ENOENT;

	err = remove_arg_zero(bprm);
	if (!err)
		err = copy_string_kernel(bprm->interp, bprm);
	if (!err && arg) {
		err = copy_string_kernel(arg, bprm);
		bprm->argc++;
	}
	if (!err)
		err = copy_string_kernel(name, bprm);
	if (err)
		return err;
	bprm->argc += 2;
	interp = kstrdup(name, GFP_KERNEL);
	fn = getname_kernel(name);
	if (!interp || IS_ERR(fn)) {
		kfree(interp);
		if (!IS_ERR(fn))
			putname(fn);
		return IS_ERR(fn) ? PTR_ERR(fn) : -ENOMEM;
	}
	kfree(bprm->interp);
	bprm->interp = interp;
	file = do_open_execat(AT_FDCWD, fn, 0);
	putname(fn);
	if (IS_ERR(file))
		return PTR_ERR(file);
	allow_write_access(bprm->file);
	fput(bprm->file);
	bprm->file = file;
	return -EAGAIN;
}

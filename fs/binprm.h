/* SPDX-License-Identifier: GPL-2.0-only */
/* What exec carries from opening the file to starting the program. */
#ifndef FS_BINPRM_H
#define FS_BINPRM_H
#include <fs/fs.h>
#include <mm/mm.h>

#define BINPRM_BUF	256
#define BINPRM_MAX_DEPTH 5		/* scripts naming scripts */

struct linux_binprm {
	char buf[BINPRM_BUF];		/* the file's first bytes, zeros behind its end */
	struct file *file;
	struct mm_struct *mm;		/* the new address space, not yet current's */
	unsigned long p;		/* lowest byte used on the new stack */
	unsigned long arg_limit;	/* p may not go below */
	int argc, envc;
	struct cred *cred;		/* the new credentials */
	const char *filename;		/* as given: AT_EXECFN */
	char *interp;			/* what runs: differs for scripts; kmalloc'ed */
	int depth;
	bool secure;			/* AT_SECURE */
	bool unreadable;		/* what is run may not be read: nor may the process be */
	bool path_inaccessible;		/* /dev/fd/N that a script could not open */
	bool point_of_no_return;
};

/* Formats: 0 started, -ENOEXEC not mine, -EAGAIN: bprm->file was replaced, look again. */
int load_elf_binary(struct linux_binprm *bprm);
int load_script(struct linux_binprm *bprm);

/** begin_new_exec - the point of no return: from here an error kills the process. */
int begin_new_exec(struct linux_binprm *bprm);
/** bprm_fill_creds - set-user-ID and set-group-ID of the file that is run (not of scripts). */
void bprm_fill_creds(struct linux_binprm *bprm);
/** bprm_finish_creds - the new credentials as they will be. Context: other threads are gone. */
void bprm_finish_creds(struct linux_binprm *bprm);
/** would_dump - @file becomes a part of the program: may its memory show it? */
void would_dump(struct linux_binprm *bprm, const struct file *file);
/** copy_string_kernel - push @s onto the new stack. 0, -E2BIG, -EFAULT. */
int copy_string_kernel(const char *s, struct linux_binprm *bprm);
/** remove_arg_zero - drop argv[0] from the new stack. */
int remove_arg_zero(struct linux_binprm *bprm);
/** bprm_read - exactly @n bytes at @pos of @f. 0, -ENOEXEC if it is shorter, or -errno. */
int bprm_read(struct file *f, loff_t pos, void *buf, size_t n);

#endif

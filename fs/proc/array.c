// SPDX-License-Identifier: GPL-2.0-only
/*
 * What /proc/PID says in figures: stat (one line, for programs), status (for people),
 * statm and limits. Formats are Linux's to the byte: top, ps and many others parse them.
 */
#include "internal.h"
#include <drivers/tty.h>
#include <kernel/cred.h>
#include <kernel/percpu.h>
#include <kernel/signal.h>
#include <kernel/timer.h>
#include <lib/cpumask.h>
#include <mm/mm.h>
#include <linux/resource.h>

#define NSEC_PER_CLOCK_T	(NSEC_PER_SEC / USER_HZ)

/* ---- stat ---- */

struct stat_info {
	int ppid, pgid, sid, tty_nr, tty_pgrp, num_threads;
	unsigned long min_flt, maj_flt, cmin_flt, cmaj_flt;
	u64 utime, stime, cutime, cstime;
	u64 pending, blocked, ignored, caught;
	unsigned long vsize, rss, rsslim;
	int exit_code;
};

static int encode_dev(dev_t dev)
{
	unsigned int minor = MINOR(dev);

	return (minor & 0xff) | MAJOR(dev) << 8 | (minor & ~0xffU) << 12;
}

static void read_tty(struct task_struct *t, struct stat_info *s) __no_tsa
{
	struct sighand_struct *sh;
	struct tty_struct *tty = NULL;
	unsigned long flags;
	struct pid *pgrp;

	s->tty_pgrp = -1;
	sh = lock_task_sighand(t, &flags);
	if (!sh)
		return;
	tty = t->signal->tty;
	if (tty)
		tty_kref_get(tty);
	spin_unlock_irqrestore(&sh->siglock, flags);
	if (!tty)
		return;
	s->tty_nr = encode_dev(tty_devnum(tty));
	pgrp = tty_get_pgrp(tty);
	s->tty_pgrp = pid_nr(pgrp);
	put_pid(pgrp);
	tty_kref_put(tty);
}

static void read_group(struct task_struct *t, struct stat_info *s, bool whole)
{
	struct signal_struct *sig = t->signal;
	struct task_struct *p;

	s->num_threads = sig->nr_threads;
	s->cmin_flt = sig->cmin_flt;
	s->cmaj_flt = sig->cmaj_flt;
	s->cutime = sig->cutime;
	s->cstime = sig->cstime;
	s->rsslim = READ_ONCE(sig->rlim[RLIMIT_RSS].rlim_cur);
	if (!whole) {
		s->min_flt = t->min_flt;
		s->maj_flt = t->maj_flt;
		task_cputime(t, &s->utime, &s->stime);
		return;
	}
	s->min_flt = sig->min_flt;
	s->maj_flt = sig->maj_flt;
	rcu_read_lock();
	for_each_thread(t, p) {
		s->min_flt += p->min_flt;
		s->maj_flt += p->maj_flt;
	}
	rcu_read_unlock();
	thread_group_cputime(t, &s->utime, &s->stime, NULL);
	if (sig->flags & (SIGNAL_GROUP_EXIT | SIGNAL_STOP_STOPPED))
		s->exit_code = sig->group_exit_code;
}

static void read_signals(struct task_struct *t, struct stat_info *s)
{
	sigset_t pending, shared, ignored, caught;

	sigemptyset(&pending);
	sigemptyset(&ignored);
	sigemptyset(&caught);
	if (!task_sigpending_sets(t, &pending, &shared, &ignored, &caught))
		return;
	s->pending = pending.sig[0];
	s->blocked = t->blocked.sig[0];
	s->ignored = ignored.sig[0];
	s->caught = caught.sig[0];
}

static void put(struct seq_file *m, u64 v)
{
	seq_put_decimal_ull(m, " ", v);
}

static void put_int(struct seq_file *m, s64 v)
{
	seq_put_decimal_ull(m, v < 0 ? " -" : " ", v < 0 ? -v : v);
}

/* Addresses are for those only who may debug the process. */
static void put_layout(struct seq_file *m, struct mm_struct *mm, bool may)
{
	if (!mm || !may) {
		seq_puts(m, mm ? " 1 1 0" : " 0 0 0");
		return;
	}
	put(m, mm->start_code);
	put(m, mm->end_code);
	put(m, mm->start_stack);
}

static void put_layout2(struct seq_file *m, struct mm_struct *mm, bool may)
{
	if (!mm || !may) {
		seq_puts(m, " 0 0 0 0 0 0 0");
		return;
	}
	put(m, mm->start_data);
	put(m, mm->end_data);
	put(m, mm->start_brk);
	put(m, mm->arg_start);
	put(m, mm->arg_end);
	put(m, mm->env_start);
	put(m, mm->env_end);
}

static void put_name(struct seq_file *m, struct task_struct *t, const char *esc)
{
	char comm[sizeof(t->comm)];

	memcpy(comm, t->comm, sizeof(comm));
	comm[sizeof(comm) - 1] = '\0';
	for (const char *p = comm; *p; p++) {
		if (!strchr(esc, *p))
			seq_putc(m, *p);
		else if (*p == '\n')
			seq_puts(m, "\\n");
		else
			seq_puts(m, "\\\\");
	}
}

static void put_ids(struct seq_file *m, const struct stat_info *s)
{
	put_int(m, s->ppid);
	put_int(m, s->pgid);
	put_int(m, s->sid);
	put_int(m, s->tty_nr);
	put_int(m, s->tty_pgrp);
}

static void put_times(struct seq_file *m, struct task_struct *t, const struct stat_info *s)
{
	put(m, s->utime / NSEC_PER_CLOCK_T);
	put(m, s->stime / NSEC_PER_CLOCK_T);
	put(m, s->cutime / NSEC_PER_CLOCK_T);
	put(m, s->cstime / NSEC_PER_CLOCK_T);
	put_int(m, t->prio - 100);
	put_int(m, task_nice(t));
	put_int(m, s->num_threads);
	put(m, 0);
	put(m, t->start_boottime / NSEC_PER_CLOCK_T);
}

static int show_stat(struct seq_file *m, struct task_struct *t, bool whole)
{
	bool may = ptrace_may_access(t, PTRACE_MODE_READ_FSCREDS);
	struct mm_struct *mm = get_task_mm(t);
	struct stat_info s = { 0 };

	read_tty(t, &s);
	read_group(t, &s, whole);
	read_signals(t, &s);
	rcu_read_lock();
	s.ppid = task_ppid_nr(t);
	s.pgid = task_pgrp_nr(t);
	s.sid = task_session_nr(t);
	rcu_read_unlock();

	seq_put_decimal_ull(m, NULL, t->pid);
	seq_puts(m, " (");
	put_name(m, t, "");
	seq_puts(m, ") ");
	seq_putc(m, task_state_char(t));
	put_ids(m, &s);
	put(m, t->flags);
	put(m, s.min_flt);
	put(m, s.cmin_flt);
	put(m, s.maj_flt);
	put(m, s.cmaj_flt);
	put_times(m, t, &s);
	put(m, mm ? mm->total_vm << PAGE_SHIFT : 0);
	put(m, mm ? get_mm_rss(mm) : 0);
	put(m, s.rsslim);
	put_layout(m, mm, may);
	seq_puts(m, " 0 0");		/* stack and instruction pointer: only of the dead */
	put(m, s.pending & 0x7fffffffUL);
	put(m, s.blocked & 0x7fffffffUL);
	put(m, s.ignored & 0x7fffffffUL);
	put(m, s.caught & 0x7fffffffUL);
	put(m, may && !READ_ONCE(t->on_cpu) && t->state);
	seq_puts(m, " 0 0");
	put_int(m, t->exit_signal);
	put(m, t->cpu);
	put(m, t->rt_priority);
	put(m, t->policy);
	seq_puts(m, " 0 0 0");		/* block I/O delay, guest times */
	put_layout2(m, mm, may);
	put_int(m, may ? (whole && s.exit_code ? s.exit_code : t->exit_code) : 0);
	seq_putc(m, '\n');
	if (mm)
		mmput(mm);
	return 0;
}

int proc_tgid_stat(struct seq_file *m, struct task_struct *t)
{
	return show_stat(m, t, true);
}

int proc_tid_stat(struct seq_file *m, struct task_struct *t)
{
	return show_stat(m, t, false);
}

/* ---- status ---- */

static const char *state_name(char c)
{
	switch (c) {
	case 'R': return "R (running)";
	case 'S': return "S (sleeping)";
	case 'D': return "D (disk sleep)";
	case 'T': return "T (stopped)";
	case 't': return "t (tracing stop)";
	case 'X': return "X (dead)";
	case 'Z': return "Z (zombie)";
	default: return "I (idle)";
	}
}

static void show_ids(struct seq_file *m, struct task_struct *t)
{
	const struct cred *c = get_task_cred(t);
	struct files_struct *files = get_files_struct(t);
	struct fs_struct *fs = get_task_fs_struct(t);

	if (fs) {
		seq_printf(m, "Umask:\t%#04o\n", fs->umask);
		put_fs_struct(fs);
	}
	seq_printf(m, "State:\t%s\nTgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n",
		   state_name(task_state_char(t)), t->tgid, t->pid, task_ppid_nr(t));
	seq_printf(m, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\nFDSize:\t%u\nGroups:\t",
		   c->uid, c->euid, c->suid, c->fsuid, c->gid, c->egid, c->sgid, c->fsgid,
		   files ? READ_ONCE(files->fdt->max_fds) : 0);
	for (int i = 0; i < c->group_info->ngroups; i++)
		seq_printf(m, "%s%u", i ? " " : "", c->group_info->gid[i]);
	seq_printf(m, " \nKthread:\t%u\n", t->flags & PF_KTHREAD ? 1 : 0);
	if (files)
		put_files_struct(files);
	put_cred(c);
}

static void show_kb(struct seq_file *m, const char *name, unsigned long pages)
{
	seq_printf(m, "%s:\t%8lu kB\n", name, pages << (PAGE_SHIFT - 10));
}

static void show_mem(struct seq_file *m, struct mm_struct *mm)
{
	unsigned long anon = get_mm_counter(mm, MM_ANONPAGES), file = get_mm_counter(mm, MM_FILEPAGES);
	unsigned long shmem = get_mm_counter(mm, MM_SHMEMPAGES), rss = anon + file + shmem;
	unsigned long text = PAGE_ALIGN(mm->end_code) - (mm->start_code & PAGE_MASK);
	unsigned long exec = mm->exec_vm << PAGE_SHIFT;

	text = min(text, exec);
	show_kb(m, "VmPeak", max(mm->hiwater_vm, mm->total_vm));
	show_kb(m, "VmSize", mm->total_vm);
	show_kb(m, "VmLck", mm->locked_vm);
	show_kb(m, "VmPin", atomic64_read(&mm->pinned_vm));
	show_kb(m, "VmHWM", max(mm->hiwater_rss, rss));
	show_kb(m, "VmRSS", rss);
	show_kb(m, "RssAnon", anon);
	show_kb(m, "RssFile", file);
	show_kb(m, "RssShmem", shmem);
	show_kb(m, "VmData", mm->data_vm);
	show_kb(m, "VmStk", mm->stack_vm);
	show_kb(m, "VmExe", text >> PAGE_SHIFT);
	show_kb(m, "VmLib", (exec - text) >> PAGE_SHIFT);
	show_kb(m, "VmPTE", atomic64_read(&mm->pgtables_bytes) >> PAGE_SHIFT);
	show_kb(m, "VmSwap", get_mm_counter(mm, MM_SWAPENTS));
	seq_puts(m, "CoreDumping:\t0\nTHP_enabled:\t0\n");
}

static void show_signals(struct seq_file *m, struct task_struct *t)
{
	sigset_t pending, shared, ignored, caught;

	sigemptyset(&pending);
	sigemptyset(&shared);
	sigemptyset(&ignored);
	sigemptyset(&caught);
	task_sigpending_sets(t, &pending, &shared, &ignored, &caught);
	seq_printf(m, "Threads:\t%d\nSigQ:\t%d/%lu\n", t->signal->nr_threads,
		   atomic_read(&t->signal->nr_sigqueued), task_rlimit(t, RLIMIT_SIGPENDING));
	seq_printf(m, "SigPnd:\t%016lx\nShdPnd:\t%016lx\nSigBlk:\t%016lx\nSigIgn:\t%016lx\nSigCgt:\t%016lx\n",
		   pending.sig[0], shared.sig[0], t->blocked.sig[0], ignored.sig[0], caught.sig[0]);
}

static void show_caps(struct seq_file *m, struct task_struct *t)
{
	const struct cred *c = get_task_cred(t);

	seq_printf(m, "CapInh:\t%016llx\nCapPrm:\t%016llx\nCapEff:\t%016llx\nCapBnd:\t%016llx\nCapAmb:\t%016llx\n",
		   c->cap_inheritable, c->cap_permitted, c->cap_effective, c->cap_bset, c->cap_ambient);
	put_cred(c);
}

int proc_pid_status(struct seq_file *m, struct task_struct *t)
{
	struct mm_struct *mm = get_task_mm(t);

	seq_puts(m, "Name:\t");
	put_name(m, t, "\n\\");
	seq_putc(m, '\n');
	show_ids(m, t);
	if (mm) {
		show_mem(m, mm);
		mmput(mm);
	}
	show_signals(m, t);
	show_caps(m, t);
	seq_printf(m, "NoNewPrivs:\t%d\n", t->no_new_privs);
	seq_printf(m, "Cpus_allowed:\t%*pb\nCpus_allowed_list:\t%*pbl\n", (int)nr_cpu_ids,
		   cpumask_bits(&t->cpus_allowed), (int)nr_cpu_ids, cpumask_bits(&t->cpus_allowed));
	seq_printf(m, "voluntary_ctxt_switches:\t%llu\nnonvoluntary_ctxt_switches:\t%llu\n",
		   t->nvcsw, t->nivcsw);
	return 0;
}

/* ---- statm, limits ---- */

int proc_pid_statm(struct seq_file *m, struct task_struct *t)
{
	struct mm_struct *mm = get_task_mm(t);
	unsigned long shared;

	if (!mm) {
		seq_puts(m, "0 0 0 0 0 0 0\n");
		return 0;
	}
	shared = get_mm_counter(mm, MM_FILEPAGES) + get_mm_counter(mm, MM_SHMEMPAGES);
	seq_put_decimal_ull(m, NULL, mm->total_vm);
	put(m, shared + get_mm_counter(mm, MM_ANONPAGES));
	put(m, shared);
	put(m, (PAGE_ALIGN(mm->end_code) - (mm->start_code & PAGE_MASK)) >> PAGE_SHIFT);
	put(m, 0);
	put(m, mm->data_vm + mm->stack_vm);
	put(m, 0);
	seq_putc(m, '\n');
	mmput(mm);
	return 0;
}

static const struct { const char *name, *unit; } limit_names[RLIM_NLIMITS] = {
	[RLIMIT_CPU] = { "Max cpu time", "seconds" },
	[RLIMIT_FSIZE] = { "Max file size", "bytes" },
	[RLIMIT_DATA] = { "Max data size", "bytes" },
	[RLIMIT_STACK] = { "Max stack size", "bytes" },
	[RLIMIT_CORE] = { "Max core file size", "bytes" },
	[RLIMIT_RSS] = { "Max resident set", "bytes" },
	[RLIMIT_NPROC] = { "Max processes", "processes" },
	[RLIMIT_NOFILE] = { "Max open files", "files" },
	[RLIMIT_MEMLOCK] = { "Max locked memory", "bytes" },
	[RLIMIT_AS] = { "Max address space", "bytes" },
	[RLIMIT_LOCKS] = { "Max file locks", "locks" },
	[RLIMIT_SIGPENDING] = { "Max pending signals", "signals" },
	[RLIMIT_MSGQUEUE] = { "Max msgqueue size", "bytes" },
	[RLIMIT_NICE] = { "Max nice priority", NULL },
	[RLIMIT_RTPRIO] = { "Max realtime priority", NULL },
	[RLIMIT_RTTIME] = { "Max realtime timeout", "us" },
};

static void show_limit(struct seq_file *m, unsigned long v)
{
	if (v == RLIM_INFINITY)
		seq_printf(m, "%-20s ", "unlimited");
	else
		seq_printf(m, "%-20lu ", v);
}

int proc_pid_limits(struct seq_file *m, struct task_struct *t)
{
	seq_puts(m, "Limit                     Soft Limit           Hard Limit           Units     \n");
	for (unsigned int i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit r = t->signal->rlim[i];

		seq_printf(m, "%-25s ", limit_names[i].name);
		show_limit(m, r.rlim_cur);
		show_limit(m, r.rlim_max);
		if (limit_names[i].unit)
			seq_printf(m, "%-10s\n", limit_names[i].unit);
		else
			seq_putc(m, '\n');
	}
	return 0;
}

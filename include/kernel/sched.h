/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tasks and the scheduler's interface. A process is a thread group: tasks that
 * share signal_struct. The kernel is not preempted in kernel mode; long loops
 * call cond_resched().
 */
#ifndef KERNEL_SCHED_H
#define KERNEL_SCHED_H
#include <lib/types.h>
#include <lib/list.h>
#include <lib/rbtree.h>
#include <lib/atomic.h>
#include <lib/cpumask.h>
#include <linux/sched.h>
#include <arch/processor.h>
#include <kernel/spinlock.h>
#include <kernel/rcu.h>
#include <kernel/pid.h>
#include <kernel/signal_types.h>

struct mm_struct;
struct files_struct;
struct fs_struct;
struct cred;
struct signal_struct;
struct sighand_struct;
struct robust_list_head;
struct bio_list;

/* task->state */
#define TASK_RUNNING		0x0000
#define TASK_INTERRUPTIBLE	0x0001
#define TASK_UNINTERRUPTIBLE	0x0002
#define __TASK_STOPPED		0x0004
#define __TASK_TRACED		0x0008
#define TASK_WAKEKILL		0x0100
#define TASK_DEAD		0x0080
#define TASK_NOLOAD		0x0400	/* not counted in the load average */
#define TASK_NEW		0x0800
#define TASK_KILLABLE		(TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_IDLE		(TASK_UNINTERRUPTIBLE | TASK_NOLOAD)
#define TASK_STOPPED		(TASK_WAKEKILL | __TASK_STOPPED)
#define TASK_NORMAL		(TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)
/* task->exit_state */
#define EXIT_ZOMBIE		0x20
#define EXIT_DEAD		0x10

/* task->flags */
#define PF_KTHREAD		0x0001
#define PF_EXITING		0x0002
#define PF_FORKNOEXEC		0x0004
#define PF_SIGNALED		0x0008
#define PF_DUMPCORE		0x0010
#define PF_MEMALLOC		0x0020	/* reclaim in progress: may use reserves */
#define PF_IDLE			0x0040
#define PF_VFORK_DONE		0x0080
#define PF_SUPERPRIV		0x0100
#define PF_NPROC_EXCEEDED	0x0200	/* set*uid() went beyond RLIMIT_NPROC: exec fails */

/* task->work: asm tests != 0 on the way to user mode */
#define TIF_NEED_RESCHED	0
#define TIF_SIGPENDING		1
#define TIF_NOTIFY_RESUME	2	/* task_work, and the like */
#define TIF_RESTORE_SIGMASK	3
#define TIF_FULL_REGS		4	/* arch: pt_regs was rewritten whole (exec, sigreturn) */
#define _TIF(x)			(1UL << (x))

struct sched_entity {
	struct rb_node node;
	u64 vruntime;			/* weighted ns */
	u64 exec_start;			/* sched_clock() when last charged */
	u64 sum_exec_runtime;		/* ns */
	u64 prev_sum;
	u32 weight;
	bool on_rq;			/* runnable: queued, or current */
	bool contributes_load;		/* sleeps uninterruptibly: counted in the load */
	u32 rr_ticks;			/* SCHED_RR: ticks left */
	struct list_head run_list;	/* real-time queue */
};

struct task_struct {
	/* offsets of the first fields are known to entry.S (asm-offsets) */
	unsigned long work;		/* TIF_ bits, atomic */
	void *stack;			/* lowest address of the kernel stack */
	unsigned long kernel_sp;	/* top of it: sp on entry from user mode */
	unsigned long percpu_offset;	/* of the hart it runs on; loaded into gp at entry */
	unsigned long scratch[2];	/* for entry.S */
	struct thread_struct thread;

	unsigned int cpu;
	unsigned int state;		/* TASK_*; see set_current_state() */
	unsigned int on_cpu;		/* running now, or switching away */
	unsigned int flags;		/* PF_*, written by the task itself */
	int exit_state;
	int exit_code, exit_signal;
	int pdeath_signal;
	refcount_t usage;
	int pagefault_disabled;

	/* scheduling; under rq lock */
	struct sched_entity se;
	int static_prio, prio;		/* nice + 120 */
	unsigned int policy, rt_priority;
	cpumask_t cpus_allowed;
	spinlock_t pi_lock;		/* wakeups; LR_TASK */
	u64 nvcsw, nivcsw, utime, stime; /* ns for times: by ticks */
	u64 prev_utime, prev_stime;	/* last reported: never goes back */
	bool sched_reset_on_fork;
	unsigned long min_flt, maj_flt;

	/* identity */
	pid_t pid, tgid;
	struct pid *thread_pid;
	struct hlist_node pid_links[PIDTYPE_MAX];
	struct task_struct *group_leader;
	struct list_head thread_node;	/* in signal->thread_head */
	struct list_head tasks;		/* all group leaders; rcu */
	struct task_struct *real_parent, *parent;	/* tasklist_lock, rcu */
	struct list_head children, sibling;
	char comm[16];
	u64 start_time, start_boottime;	/* ns */
	int __user *set_child_tid, *clear_child_tid;
	struct completion *vfork_done;
	const struct cred *cred, *real_cred;	/* rcu; only the task changes it */
	struct robust_list_head __user *robust_list;
	unsigned int personality;
	bool no_new_privs, did_exec;
	/* programs that the task has become, and that its parent had become when it was made */
	u64 self_exec_id, parent_exec_id;
	unsigned long timer_slack_ns;

	/* resources */
	struct mm_struct *mm, *active_mm;
	struct files_struct *files;
	struct fs_struct *fs;
	bool made_shm;			/* made a System V segment */
	struct sem_undo_list *sysvsem;	/* SEM_UNDO; shared by CLONE_SYSVSEM */
	struct nameidata *nameidata;	/* path walk that called ->get_link, for nd_jump_link() */

	/* signals; sighand->siglock */
	struct signal_struct *signal;
	struct sighand_struct *sighand;
	sigset_t blocked, real_blocked, saved_sigmask;
	struct sigpending pending;
	unsigned long sas_ss_sp;
	size_t sas_ss_size;
	unsigned int sas_ss_flags;
	unsigned long jobctl;
	struct restart_block {
		long (*fn)(struct restart_block *);
		union {
			struct { clockid_t clockid; int type; void __user *rmtp; s64 expires; } nanosleep;
			struct { u32 __user *uaddr; u32 val, flags, bitset; s64 time; } futex;
			struct { void __user *ufds; unsigned int nfds; bool has_timeout; s64 end_ns; } poll;
		};
	} restart_block;

	struct rcu_head rcu;
	void *plug;			/* block layer: bios gathered by this task */
	/* debug builds: ranks of the locks held */
	struct held_lock { const volatile void *lock; u16 rank; bool spin; } held_locks[24];
	int nr_held;
	void (*kthread_fn)(void *);
};

extern struct task_struct init_task;

#define set_current_state(s)	__atomic_store_n(&current->state, (s), __ATOMIC_SEQ_CST)
#define __set_current_state(s)	WRITE_ONCE(current->state, (s))
/* for states that no regular wake-up ends (stopped, dead): orders the store
 * against a wake-up in progress, which might overwrite it */
void set_special_state(unsigned int state);

static inline void set_tsk_work(struct task_struct *t, int bit)
{
	__atomic_fetch_or(&t->work, _TIF(bit), __ATOMIC_RELEASE);
}
static inline void clear_tsk_work(struct task_struct *t, int bit)
{
	__atomic_fetch_and(&t->work, ~_TIF(bit), __ATOMIC_RELAXED);
}
static inline bool test_tsk_work(struct task_struct *t, int bit)
{
	return READ_ONCE(t->work) & _TIF(bit);
}
#define need_resched()		test_tsk_work(current, TIF_NEED_RESCHED)
static inline bool signal_pending(struct task_struct *t)
{
	return test_tsk_work(t, TIF_SIGPENDING);
}
bool fatal_signal_pending(struct task_struct *t);
static inline bool thread_group_leader(struct task_struct *t) { return t->pid == t->tgid; }

#define MAX_SCHEDULE_TIMEOUT	((long)(~0UL >> 1))

void schedule(void);			/* may sleep: state says whether to stay queued */
void blk_flush_plug(void);		/* drivers/block/bio.c, for schedule() */
/** schedule_timeout - sleep at most @ns in the state set. Return: ns left, 0 = expired. */
long schedule_timeout(long ns);
int wake_up_process(struct task_struct *t);
int wake_up_state(struct task_struct *t, unsigned int state);	/* Return: 1 if woken */
void wake_up_new_task(struct task_struct *t);
void sched_fork(struct task_struct *t);
void sched_exit(struct task_struct *t);
void sched_init(void);
void sched_init_cpu(unsigned int cpu, struct task_struct *idle);
void scheduler_tick(bool user);
void scheduler_ipi(void);
void schedule_tail(struct task_struct *prev);	/* first thing a new task runs */
void __noreturn cpu_idle_loop(void);
bool __cond_resched(void);
/** cond_resched - let others run, in a long loop. Return: was it descheduled. */
#define cond_resched() (unlikely(need_resched()) ? __cond_resched() : false)
u64 sched_clock(void);			/* ns since boot */
void set_user_nice(struct task_struct *t, int nice);
int task_nice(const struct task_struct *t);
/** sched_set_policy - @nice for fair policies, @rt_priority 1..99 for FIFO and RR. */
void sched_set_policy(struct task_struct *t, unsigned int policy, int nice, unsigned int rt_priority);
int sched_setaffinity_task(struct task_struct *t, const cpumask_t *mask);
unsigned long nr_running(void);
u64 nr_context_switches(void);
void get_avenrun(unsigned long loads[3]);	/* fixed point, FSHIFT 11 */
u64 cpu_idle_ns(unsigned int cpu);
void cpu_times(unsigned int cpu, u64 *user, u64 *system, u64 *idle); /* ns */
u64 task_sched_runtime(struct task_struct *t);
void task_cputime(struct task_struct *t, u64 *ut, u64 *st);	/* ns */
char task_state_char(struct task_struct *t);	/* R S D T t Z X I */

/* task lifetime: kernel/fork.c, kernel/exit.c */
static inline struct task_struct *get_task_struct(struct task_struct *t)
{
	refcount_inc(&t->usage);
	return t;
}
void __put_task_struct(struct task_struct *t);
static inline void put_task_struct(struct task_struct *t)
{
	if (refcount_dec_and_test(&t->usage))
		__put_task_struct(t);
}
/** put_task_stack_of_dead - finish_task_switch(): nobody runs on it any more. */
void put_task_stack_of_dead(struct task_struct *t);
struct kernel_clone_args {
	u64 flags;
	int __user *pidfd, *child_tid, *parent_tid;
	int exit_signal;
	unsigned long stack, tls;
	int (*fn)(void *);
	void *fn_arg;
	const char *name;
};
pid_t kernel_clone(struct kernel_clone_args *args);
struct task_struct *fork_idle(unsigned int cpu);
/** mm_release - the task leaves @mm (exec, exit): robust futexes, clear_child_tid,
 *  and a parent in vfork() is let go. */
void mm_release(struct task_struct *t, struct mm_struct *mm);
/** de_thread - exec: end all other threads of current's group; current becomes the
 *  leader and has a sighand of its own. Context: may sleep. Return: 0, -EAGAIN when
 *  the group is dying or another exec won, -ENOMEM. */
int de_thread(struct task_struct *t);
bool thread_group_empty(struct task_struct *t);	/* @t is the only thread left in the list */
static inline bool same_thread_group(const struct task_struct *a, const struct task_struct *b)
{
	return a->signal == b->signal;
}
extern struct task_struct *child_reaper;	/* process 1 */
void fork_init(void);			/* caches and limits; from start_kernel */
extern int max_threads;
extern int sched_rt_period_us, sched_rt_runtime_us;	/* real-time share; runtime -1: all */
void __noreturn do_exit(long code);
void __noreturn do_group_exit(int code);
void set_task_comm(struct task_struct *t, const char *name);
extern unsigned long total_forks;
extern int nr_threads;
extern int nr_processes;
extern spinlock_t tasklist_lock;	/* process tree: parents, children, pid links */
#define for_each_process(p) list_for_each_entry_rcu(p, &init_task.tasks, tasks)
#define for_each_thread(p, t) list_for_each_entry_rcu(t, &(p)->signal->thread_head, thread_node)

/* kernel threads: kernel/kthread.c */
struct task_struct *kthread_create(int (*fn)(void *), void *arg, const char *fmt, ...) __printf(3, 4);
struct task_struct *kthread_run(int (*fn)(void *), void *arg, const char *fmt, ...) __printf(3, 4);
void kthread_bind(struct task_struct *t, unsigned int cpu);

/* deferred work: kernel/workqueue.c; runs fn in a kernel thread */
struct work_struct {
	struct list_head entry;
	void (*func)(struct work_struct *w);
	unsigned long pending;
};
#define INIT_WORK(w, f) do { INIT_LIST_HEAD(&(w)->entry); (w)->func = (f); (w)->pending = 0; } while (0)
bool schedule_work(struct work_struct *w);	/* any context; false: already pending */
void flush_work(struct work_struct *w);
void workqueue_init(void);		/* first worker; once threads can be made */

#endif

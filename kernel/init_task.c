// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first task: pid 0, on which the boot hart enters C and which becomes its
 * idle task. Kernel threads and process 1 are made from it. Its stack comes
 * from the boot code (setup_arch()).
 */
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <mm/mm.h>
#include <fs/fs.h>

static struct user_struct root_user = {
	.count = REFCOUNT_INIT(2),
	.processes = ATOMIC_INIT(1),
};

static struct group_info init_groups = {
	.usage = REFCOUNT_INIT(2),
};

struct cred init_cred = {
	.usage = REFCOUNT_INIT(4),
	.cap_permitted = CAP_FULL_SET,
	.cap_effective = CAP_FULL_SET,
	.cap_bset = CAP_FULL_SET,
	.group_info = &init_groups,
	.user = &root_user,
};

static struct sighand_struct init_sighand = {
	.siglock = __SPIN_LOCK_INIT(LR_SIGLOCK),
	.count = REFCOUNT_INIT(1),
	.signalfd_wqh = __WAIT_QUEUE_HEAD_INIT(init_sighand.signalfd_wqh),
};

#define UNLIMITED { RLIM_INFINITY, RLIM_INFINITY }
static struct signal_struct init_signals = {
	.sigcnt = REFCOUNT_INIT(1),
	.live = ATOMIC_INIT(1),
	.nr_threads = 1,
	.thread_head = LIST_HEAD_INIT(init_task.thread_node),
	.wait_chldexit = __WAIT_QUEUE_HEAD_INIT(init_signals.wait_chldexit),
	.shared_pending.list = LIST_HEAD_INIT(init_signals.shared_pending.list),
	.pids = {
		[PIDTYPE_TGID] = &init_struct_pid,
		[PIDTYPE_PGID] = &init_struct_pid,
		[PIDTYPE_SID] = &init_struct_pid,
	},
	.rlim = {
		[RLIMIT_CPU] = UNLIMITED,
		[RLIMIT_FSIZE] = UNLIMITED,
		[RLIMIT_DATA] = UNLIMITED,
		[RLIMIT_STACK] = { 8 << 20, RLIM_INFINITY },
		[RLIMIT_CORE] = { 0, RLIM_INFINITY },
		[RLIMIT_RSS] = UNLIMITED,
		[RLIMIT_NPROC] = { 0, 0 },	/* fork_init() */
		[RLIMIT_NOFILE] = { 1024, 4096 },
		[RLIMIT_MEMLOCK] = { 8 << 20, 8 << 20 },
		[RLIMIT_AS] = UNLIMITED,
		[RLIMIT_LOCKS] = UNLIMITED,
		[RLIMIT_SIGPENDING] = { 0, 0 },
		[RLIMIT_MSGQUEUE] = { 819200, 819200 },
		[RLIMIT_NICE] = { 0, 0 },
		[RLIMIT_RTPRIO] = { 0, 0 },
		[RLIMIT_RTTIME] = UNLIMITED,
	},
	.cred_guard_mutex = __MUTEX_INIT(init_signals.cred_guard_mutex, LR_EXEC),
	.posix_timers = LIST_HEAD_INIT(init_signals.posix_timers),
};

struct task_struct init_task = {
	.state = TASK_RUNNING,
	.on_cpu = 1,
	.flags = PF_KTHREAD,
	.usage = REFCOUNT_INIT(2),
	.se = {
		.weight = 1024,
		.run_list = LIST_HEAD_INIT(init_task.se.run_list),
	},
	.static_prio = 120,
	.prio = 120,
	.policy = SCHED_NORMAL,
	.cpus_allowed = { { ~0UL } },
	.pi_lock = __SPIN_LOCK_INIT(LR_TASK),
	.thread_pid = &init_struct_pid,
	.group_leader = &init_task,
	.thread_node = LIST_HEAD_INIT(init_signals.thread_head),
	.tasks = LIST_HEAD_INIT(init_task.tasks),
	.real_parent = &init_task,
	.parent = &init_task,
	.children = LIST_HEAD_INIT(init_task.children),
	.sibling = LIST_HEAD_INIT(init_task.sibling),
	.comm = "swapper/0",
	.cred = &init_cred,
	.real_cred = &init_cred,
	.timer_slack_ns = 50000,
	.active_mm = &init_mm,
	.files = &init_files,
	.fs = &init_fs,
	.signal = &init_signals,
	.sighand = &init_sighand,
	.pending.list = LIST_HEAD_INIT(init_task.pending.list),
	.restart_block.fn = do_no_restart_syscall,
};

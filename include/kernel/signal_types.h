/* SPDX-License-Identifier: GPL-2.0-only */
/* Signal types that task_struct embeds. sigset_t, siginfo_t, stack_t and
 * struct sigaction are the UAPI's. */
#ifndef KERNEL_SIGNAL_TYPES_H
#define KERNEL_SIGNAL_TYPES_H
#include <lib/types.h>
#include <lib/list.h>
#include <linux/signal.h>

struct sigpending {
	struct list_head list;		/* struct sigqueue */
	sigset_t signal;
};
struct k_sigaction {
	struct sigaction sa;
};
struct ksignal {
	struct k_sigaction ka;
	siginfo_t info;
	int sig;
};

#endif

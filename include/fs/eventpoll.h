/* SPDX-License-Identifier: GPL-2.0-only */
/* epoll (fs/eventpoll*.c), as the rest of fs/ knows it. */
#ifndef FS_EVENTPOLL_H
#define FS_EVENTPOLL_H
#include <lib/types.h>
#include <lib/list.h>
/** eventpoll_release - nobody watches any more a file that is being closed; @watchers: its f_ep. */
void eventpoll_release(struct hlist_head *watchers);
extern unsigned long sysctl_max_user_watches;	/* files that a user may watch, over all his epolls */
#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The two rings between a terminal's line discipline and what is below it: bytes
 * received, which interrupt handlers put in and the line discipline's work item
 * takes out, and bytes to be sent, the other way round.
 *
 * When the in ring fills, the sender is asked to wait (XOFF with IXOFF, and by
 * leaving the bytes in the hardware); it is let go on when the ring is nearly
 * empty. Only a device that can do neither loses bytes.
 */
#include "tty_private.h"
#include <fs/poll.h>
#include <lib/string.h>

static u32 in_used(const struct tty_struct *tty)
{
	return tty->in_head - tty->in_tail;
}

/* in_lock held; then throttle_changed() without it */
static void set_throttle(struct tty_struct *tty, bool on)
{
	WRITE_ONCE(tty->throttled, on);
	if (I_FLAG(tty, IXOFF))
		WRITE_ONCE(tty->x_char, tty->termios.c_cc[on ? VSTOP : VSTART]);
}

static void throttle_changed(struct tty_struct *tty)
{
	if (tty->ops->throttle)
		tty->ops->throttle(tty);
	if (READ_ONCE(tty->x_char))
		tty->ops->start_tx(tty);
}

/**
 * tty_in_push - bytes have arrived. Context: any.
 * Return: how many found room; a pseudo-terminal's writer keeps the rest.
 */
size_t tty_in_push(struct tty_struct *tty, const u8 *buf, size_t n)
{
	unsigned long flags;
	bool changed = false;

	spin_lock_irqsave(&tty->in_lock, flags);
	n = min_t(size_t, n, TTY_IN_SIZE - in_used(tty));
	for (size_t i = 0; i < n; i++)
		tty->in[tty->in_head++ % TTY_IN_SIZE] = buf[i];
	if (!tty->throttled && in_used(tty) >= TTY_IN_HIGH) {
		set_throttle(tty, true);
		changed = true;
	}
	spin_unlock_irqrestore(&tty->in_lock, flags);
	if (changed)
		throttle_changed(tty);
	schedule_work(&tty->rx_work);
	return n;
}

/** tty_in_break - a break condition on the line. Context: any. */
void tty_in_break(struct tty_struct *tty)
{
	unsigned long flags;

	spin_lock_irqsave(&tty->in_lock, flags);
	if (in_used(tty) < TTY_IN_SIZE)
		tty->in[tty->in_head++ % TTY_IN_SIZE] = TTY_RX_BREAK;
	spin_unlock_irqrestore(&tty->in_lock, flags);
	schedule_work(&tty->rx_work);
}

size_t tty_in_room(struct tty_struct *tty)
{
	return TTY_IN_SIZE - (READ_ONCE(tty->in_head) - READ_ONCE(tty->in_tail));
}

/** tty_in_get - for the line discipline. Context: any. Return: how many. */
size_t tty_in_get(struct tty_struct *tty, u16 *buf, size_t n)
{
	unsigned long flags;
	bool changed = false;

	spin_lock_irqsave(&tty->in_lock, flags);
	n = min_t(size_t, n, in_used(tty));
	for (size_t i = 0; i < n; i++)
		buf[i] = tty->in[tty->in_tail++ % TTY_IN_SIZE];
	if (tty->throttled && in_used(tty) <= TTY_IN_LOW) {
		set_throttle(tty, false);
		changed = true;
	}
	spin_unlock_irqrestore(&tty->in_lock, flags);
	if (changed)
		throttle_changed(tty);
	return n;
}

/** tty_in_flush - forget what has been received but not been processed. */
void tty_in_flush(struct tty_struct *tty)
{
	unsigned long flags;
	bool changed = false;

	spin_lock_irqsave(&tty->in_lock, flags);
	tty->in_tail = tty->in_head;
	if (tty->throttled) {
		set_throttle(tty, false);
		changed = true;
	}
	spin_unlock_irqrestore(&tty->in_lock, flags);
	if (changed)
		throttle_changed(tty);
	if (tty->ops->flushed)
		tty->ops->flushed(tty, true, false);
}

/**
 * tty_out_put - queue bytes for the device; the caller starts it.
 * @limit: how much may lie in the ring afterwards.
 * Context: any. Return: how many were taken.
 */
size_t tty_out_put(struct tty_struct *tty, const u8 *buf, size_t n, size_t limit)
{
	unsigned long flags;
	size_t used, at, first;

	spin_lock_irqsave(&tty->out_lock, flags);
	used = tty->out_head - tty->out_tail;
	n = used < limit ? min(n, limit - used) : 0;
	at = tty->out_head % TTY_OUT_SIZE;
	first = min(n, TTY_OUT_SIZE - at);
	memcpy(tty->out + at, buf, first);
	memcpy(tty->out, buf + first, n - first);
	WRITE_ONCE(tty->out_head, tty->out_head + n);
	spin_unlock_irqrestore(&tty->out_lock, flags);
	return n;
}

/**
 * tty_out_get - the device fetches what it can send now; nothing while output is
 * stopped. Context: any; writers are woken. Return: how many.
 */
size_t tty_out_get(struct tty_struct *tty, u8 *buf, size_t n)
{
	size_t at, first, left, done = 0;
	unsigned long flags;
	bool wake = false;

	spin_lock_irqsave(&tty->out_lock, flags);
	if (tty->x_char && n) {
		buf[done++] = tty->x_char;
		tty->x_char = 0;
	}
	if (!READ_ONCE(tty->stopped)) {
		left = tty->out_head - tty->out_tail;
		n = min(n - done, left);
		at = tty->out_tail % TTY_OUT_SIZE;
		first = min(n, TTY_OUT_SIZE - at);
		memcpy(buf + done, tty->out + at, first);
		memcpy(buf + done + first, tty->out, n - first);
		WRITE_ONCE(tty->out_tail, tty->out_tail + n);
		done += n;
		wake = n && left - n <= TTY_OUT_WAKE;
	}
	spin_unlock_irqrestore(&tty->out_lock, flags);
	if (wake)
		tty_wakeup(tty);
	return done;
}

void tty_out_flush(struct tty_struct *tty)
{
	unsigned long flags;

	spin_lock_irqsave(&tty->out_lock, flags);
	WRITE_ONCE(tty->out_tail, tty->out_head);
	spin_unlock_irqrestore(&tty->out_lock, flags);
	if (tty->ops->flushed)
		tty->ops->flushed(tty, false, true);
	tty_wakeup(tty);
}

/** tty_send_xchar - send @c before everything queued, also when output is stopped. */
void tty_send_xchar(struct tty_struct *tty, u8 c)
{
	WRITE_ONCE(tty->x_char, c);
	tty->ops->start_tx(tty);
}

/** tty_wakeup - there is room in the out ring: writers, tcdrain(), poll, and input
 *  that waits for room for its echo. Context: any. */
void tty_wakeup(struct tty_struct *tty)
{
	__wake_up(&tty->write_wait, TASK_NORMAL, 0, (void *)(unsigned long)(EPOLLOUT | EPOLLWRNORM));
	if (tty->ops->wait_for_echo && READ_ONCE(tty->in_head) != READ_ONCE(tty->in_tail))
		schedule_work(&tty->rx_work);
}

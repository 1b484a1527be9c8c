// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of the kernel: panic(), and the reports that come before it.
 *
 * panic= on the command line: seconds to wait before a reboot; 0, the default:
 * stay; negative: reboot at once.
 */
#include <kernel/printk.h>
#include <kernel/init.h>
#include <kernel/percpu.h>
#include <kernel/sched.h>
#include <kernel/timer.h>
#include <lib/err.h>
#include <lib/hooks.h>
#include <lib/kstrto.h>
#include <lib/printf.h>
#include <arch/irqflags.h>
#include <arch/processor.h>

bool panic_in_progress;
int panic_timeout;
static unsigned int panic_cpu;		/* cpu + 1 of who came first */

static void wait_seconds(int s)
{
	u64 end = ktime_get() + s * NSEC_PER_SEC;

	while ((u64)ktime_get() < end)
		cpu_relax();
}

static __noreturn void stop_here(void)
{
	for (;;)
		wait_for_interrupt();
}

/** panic - print, stop the other harts, and reboot or stay. Context: any. */
void panic(const char *fmt, ...)
{
	static char text[256];
	unsigned int nobody = 0, me = smp_processor_id() + 1;
	va_list ap;

	local_irq_disable();
	if (!try_cmpxchg(&panic_cpu, &nobody, me)) {
		/* another hart panics; or this one does, inside its panic */
		stop_here();
	}
	console_loglevel = max(console_loglevel, 7);
	va_start(ap, fmt);
	vscnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	WRITE_ONCE(panic_in_progress, true);
	arch_halt_others();
	pr_emerg("Kernel panic - not syncing: %s\n", text);
	dump_stack();
	if (panic_timeout > 0) {
		pr_emerg("Rebooting in %d seconds..\n", panic_timeout);
		wait_seconds(panic_timeout);
	}
	if (panic_timeout)
		arch_restart();
	pr_emerg("---[ end Kernel panic - not syncing: %s ]---\n", text);
	stop_here();
}

static int set_panic(const char *val)
{
	return val ? kstrtoint(val, 10, &panic_timeout) : -EINVAL;
}
__setup("panic", set_panic);

void warn_slowpath(const char *file, int line, const char *fmt, ...)
{
	struct va_format vf = { .fmt = fmt };
	va_list ap;

	pr_warn("------------[ cut here ]------------\n");
	pr_warn("WARNING: CPU: %u PID: %d at %s:%d\n", smp_processor_id(), current->pid, file, line);
	if (fmt) {
		va_start(ap, fmt);
		vf.va = &ap;
		pr_warn("%pV", &vf);
		va_end(ap);
	}
	dump_stack();
	pr_warn("---[ end trace ]---\n");
}

void bug_at(const char *file, int line)
{
	panic("BUG at %s:%d!", file, line);
}

/* ---- what lib asks for ---- */

void lib_warn(const char *what, const void *object)
{
	warn_slowpath("lib", 0, "%s: %pS\n", what, object);
}

/* ---- stack protector of debug builds ---- */

unsigned long __stack_chk_guard = 0x5bd1e995a7c3f00dUL;
void __noreturn __stack_chk_fail(void);
void __noreturn __stack_chk_fail(void)
{
	panic("stack-protector: kernel stack is corrupted in %pS", __builtin_return_address(0));
}

// SPDX-License-Identifier: GPL-2.0-only
/* System calls that only riscv has. */
#include <arch/sbi.h>
#include <arch/setup.h>
#include <arch/smp.h>
#include <arch/timer.h>
#include <arch/tlb.h>
#include <arch/uaccess.h>
#include <kernel/sched.h>
#include <kernel/syscalls.h>
#include <mm/mm.h>

struct riscv_hwprobe {
	s64 key;
	u64 value;
};

enum {
	HWPROBE_MVENDORID,
	HWPROBE_MARCHID,
	HWPROBE_MIMPID,
	HWPROBE_BASE_BEHAVIOR,		/* bit 0: IMA */
	HWPROBE_IMA_EXT_0,
	HWPROBE_CPUPERF_0,
	HWPROBE_ZICBOZ_BLOCK_SIZE,
	HWPROBE_HIGHEST_VIRT_ADDRESS,
	HWPROBE_TIME_CSR_FREQ,
	HWPROBE_MISALIGNED_SCALAR_PERF,
};

static u64 sbi_base(unsigned long fid)
{
	struct sbiret r = sbi_ecall(SBI_EXT_BASE, fid, 0, 0, 0, 0, 0);

	return r.error ? ~0UL : (u64)r.value;
}

/* Harts are alike, as far as the device tree was asked: see parse_cpus(). */
static void hwprobe_one(struct riscv_hwprobe *p)
{
	switch (p->key) {
	case HWPROBE_MVENDORID:
		p->value = sbi_base(SBI_BASE_MVENDORID);
		break;
	case HWPROBE_MARCHID:
		p->value = sbi_base(SBI_BASE_MARCHID);
		break;
	case HWPROBE_MIMPID:
		p->value = sbi_base(SBI_BASE_MIMPID);
		break;
	case HWPROBE_BASE_BEHAVIOR:
		p->value = 1;
		break;
	case HWPROBE_IMA_EXT_0:
		p->value = riscv_hwprobe_ima;
		break;
	case HWPROBE_CPUPERF_0:
	case HWPROBE_MISALIGNED_SCALAR_PERF:
		p->value = 0;			/* unknown */
		break;
	case HWPROBE_ZICBOZ_BLOCK_SIZE:
		p->value = riscv_zicboz_block;
		break;
	case HWPROBE_HIGHEST_VIRT_ADDRESS:
		p->value = TASK_SIZE - 1;
		break;
	case HWPROBE_TIME_CSR_FREQ:
		p->value = timebase_hz;
		break;
	default:
		p->key = -1;
		p->value = 0;
		break;
	}
}

SYSCALL_DEFINE5(riscv_hwprobe, struct riscv_hwprobe __user *, pairs, size_t, pair_count,
		size_t, cpusetsize, unsigned long __user *, cpus, unsigned int, flags)
{
	if (flags)
		return -EINVAL;
	if (cpusetsize || cpus) {
		cpumask_t mask = CPU_MASK_NONE;

		if (copy_from_user(&mask, cpus, min(cpusetsize, sizeof(mask))))
			return -EFAULT;
		if (!cpumask_intersects(&mask, &cpu_online_mask))
			return -EINVAL;
	}
	for (size_t i = 0; i < pair_count; i++) {
		struct riscv_hwprobe p;

		if (get_user(p.key, &pairs[i].key))
			return -EFAULT;
		hwprobe_one(&p);
		if (put_user(p.key, &pairs[i].key) || put_user(p.value, &pairs[i].value))
			return -EFAULT;
		cond_resched();
	}
	return 0;
}

#define SYS_RISCV_FLUSH_ICACHE_LOCAL	1UL

SYSCALL_DEFINE3(riscv_flush_icache, unsigned long, start, unsigned long, end, unsigned long, flags)
{
	if (flags & ~SYS_RISCV_FLUSH_ICACHE_LOCAL)
		return -EINVAL;
	flush_icache_mm(current->mm);
	return 0;
}

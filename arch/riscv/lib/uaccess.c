// SPDX-License-Identifier: GPL-2.0-only
/* Strings and atomic words of user memory. */
#include <arch/uaccess.h>
#include <linux/futex.h>

long __strncpy_from_user(char *dst, const char __user *src, long n);
long __strnlen_user(const char __user *src, long n);

/* how many of @n bytes at @p are below TASK_SIZE */
static long user_room(const char __user *p, long n)
{
	unsigned long addr = (unsigned long)p;

	if (addr >= TASK_SIZE)
		return 0;
	return min((unsigned long)n, TASK_SIZE - addr);
}

long strncpy_from_user(char *dst, const char __user *src, long n)
{
	long room, r;

	if (unlikely(n <= 0))
		return 0;
	room = user_room(src, n);
	if (unlikely(!room))
		return -EFAULT;
	r = __strncpy_from_user(dst, src, room);
	/* no NUL up to the end of user space: the next byte cannot be read */
	if (unlikely(r == room && room < n))
		return -EFAULT;
	return r;
}

long strnlen_user(const char __user *s, long n)
{
	long room, r;

	if (unlikely(n <= 0))
		return 0;
	room = user_room(s, n);
	if (unlikely(!room))
		return 0;
	r = __strnlen_user(s, room);
	if (unlikely(r > room && room < n))
		return 0;
	return r;
}

int futex_atomic_cmpxchg_user(u32 *old_out, u32 __user *uaddr, u32 old, u32 new)
{
	long err = 0, value, fail;

	if (!access_ok(uaddr, sizeof(*uaddr)))
		return -EFAULT;
	asm volatile("csrs sstatus, %[sum]\n"
		     "1:	lr.w.aqrl %[v], (%[u])\n"
		     "	bne %[v], %[old], 3f\n"
		     "2:	sc.w.aqrl %[f], %[new], (%[u])\n"
		     "	bnez %[f], 1b\n"
		     "3:	csrc sstatus, %[sum]\n"
		     ".subsection 1\n"
		     "4:	li %[e], -14\n"
		     "	j 3b\n"
		     ".previous\n"
		     __EX_TABLE("1b", "4b")
		     __EX_TABLE("2b", "4b")
		     : [v] "=&r"(value), [f] "=&r"(fail), [e] "+r"(err)
		     : [u] "r"(uaddr), [old] "r"((long)(int)old), [new] "r"(new),
		       [sum] "r"(__UACCESS_SUM)
		     : "memory");
	if (err)
		return err;
	*old_out = value;
	return 0;
}

#define FUTEX_AMO(insn, operand) do {						\
	asm volatile("csrs sstatus, %[sum]\n"					\
		     "1:	" insn " %[v], %[op], (%[u])\n"			\
		     "2:	csrc sstatus, %[sum]\n"				\
		     ".subsection 1\n"						\
		     "3:	li %[e], -14\n"					\
		     "	li %[v], 0\n"						\
		     "	j 2b\n"							\
		     ".previous\n"						\
		     __EX_TABLE("1b", "3b")					\
		     : [v] "=&r"(value), [e] "+r"(err)				\
		     : [op] "r"(operand), [u] "r"(uaddr), [sum] "r"(__UACCESS_SUM) \
		     : "memory");						\
} while (0)

int futex_atomic_op_user(int op, u32 oparg, u32 *old_out, u32 __user *uaddr)
{
	long err = 0, value = 0;

	if (!access_ok(uaddr, sizeof(*uaddr)))
		return -EFAULT;
	switch (op) {
	case FUTEX_OP_SET:
		FUTEX_AMO("amoswap.w.aqrl", oparg);
		break;
	case FUTEX_OP_ADD:
		FUTEX_AMO("amoadd.w.aqrl", oparg);
		break;
	case FUTEX_OP_OR:
		FUTEX_AMO("amoor.w.aqrl", oparg);
		break;
	case FUTEX_OP_ANDN:
		FUTEX_AMO("amoand.w.aqrl", ~oparg);
		break;
	case FUTEX_OP_XOR:
		FUTEX_AMO("amoxor.w.aqrl", oparg);
		break;
	default:
		return -ENOSYS;
	}
	if (!err)
		*old_out = value;
	return err;
}

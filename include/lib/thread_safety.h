/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clang's -Wthread-safety annotations; empty under gcc. `make check` runs clang
 * over every file, so that "called with X held" is proved, not hoped.
 */
#ifndef LIB_THREAD_SAFETY_H
#define LIB_THREAD_SAFETY_H

#if defined(__clang__)
#define __TSA(x)		__attribute__((x))
#else
#define __TSA(x)
#endif

#define __capability(n)		__TSA(capability(n))
#define __guarded_by(l)		__TSA(guarded_by(l))
#define __pt_guarded_by(l)	__TSA(pt_guarded_by(l))
#define __acquires(...)		__TSA(acquire_capability(__VA_ARGS__))
#define __acquires_shared(...)	__TSA(acquire_shared_capability(__VA_ARGS__))
#define __try_acquires(...)	__TSA(try_acquire_capability(__VA_ARGS__))
#define __try_acquires_shared(...) __TSA(try_acquire_shared_capability(__VA_ARGS__))
#define __releases(...)		__TSA(release_capability(__VA_ARGS__))
#define __releases_shared(...)	__TSA(release_shared_capability(__VA_ARGS__))
#define __must_hold(...)	__TSA(requires_capability(__VA_ARGS__))
#define __must_hold_shared(...)	__TSA(requires_shared_capability(__VA_ARGS__))
#define __no_tsa		__TSA(no_thread_safety_analysis)

#endif

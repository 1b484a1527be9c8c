// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random operations on one file against a model in memory: write, read, mapped
 * write, mapped read, truncate both ways, append, sync, reopen, hole punching
 * where the filesystem has it.
 *
 *	fsx [-s seed] [-n operations] [-l largest size] [-d directory] [-v]
 *
 * Without -d it runs on the disk and on tmpfs.  The same seed gives the same
 * operations; on a difference the last ones are printed.
 */
#include "options.h"
#include <linux/falloc.h>

static struct options opt = { .seed = 20240229, .n = 2500 };
static uint64_t state;
static size_t largest = 300 * KiB;

static unsigned char *model, *buf;
static size_t size;
static int fd;
static bool can_punch;

static struct {
	const char *what;
	size_t at, len;
} history[16];
static unsigned long steps;

static void log_op(const char *what, size_t at, size_t len)
{
	history[steps % ARRAY_SIZE(history)].what = what;
	history[steps % ARRAY_SIZE(history)].at = at;
	history[steps++ % ARRAY_SIZE(history)].len = len;
	if (opt.verbose)
		note("%lu: %s 0x%zx + 0x%zx (size 0x%zx)", steps, what, at, len, size);
}

static bool differs(const char *how, size_t at, const unsigned char *got, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (got[i] != model[at + i]) {
			note("seed %lu, step %lu: %s: byte 0x%zx is 0x%02x, not 0x%02x (size 0x%zx)",
			     opt.seed, steps, how, at + i, got[i], model[at + i], size);
			return true;
		}
	return false;
}

/* A range within @max, half of the time page or block aligned. */
static void pick(size_t max, size_t *at, size_t *len)
{
	*at = rnd(&state, max);
	*len = 1 + rnd(&state, rnd(&state, 3) ? 3 * PG : 64 * KiB);
	if (!rnd(&state, 4))
		*at &= ~(PG - 1);
	if (!rnd(&state, 4))
		*len = (*len + PG - 1) & ~(PG - 1);
	if (*at + *len > max)
		*len = max - *at;
}

static void grow_model(size_t to)
{
	if (to > size) {
		memset(model + size, 0, to - size);
		size = to;
	}
}

static void fill(size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf[i] = rnd_next(&state) >> 40;
}

static bool do_write(bool append)
{
	size_t at, len;

	pick(largest, &at, &len);
	if (append) {
		at = size;
		len = at + len > largest ? largest - at : len;
	}
	fill(len);
	log_op(append ? "append" : "write", at, len);
	if (pwrite(fd, buf, len, at) != (ssize_t)len) {
		note("write: errno %d", errno);
		return false;
	}
	if (len)
		grow_model(at + len);
	memcpy(model + at, buf, len);
	return true;
}

static bool do_read(void)
{
	size_t at, len, want;
	ssize_t n;

	pick(largest, &at, &len);
	want = at >= size ? 0 : at + len > size ? size - at : len;
	log_op("read", at, len);
	n = pread(fd, buf, len, at);
	if (n != (ssize_t)want) {
		note("read gave %zd, not %zu (errno %d)", n, want, errno);
		return false;
	}
	return !differs("read", at, buf, want);
}

static bool do_map(bool store)
{
	size_t at, len, first, span;
	unsigned char *p;
	bool good;

	if (!size)
		return true;
	pick(size, &at, &len);
	first = at & ~(PG - 1);
	span = at + len - first;
	log_op(store ? "mapped write" : "mapped read", at, len);
	p = mmap(NULL, span, PROT_READ | (store ? PROT_WRITE : 0),
		 store || rnd(&state, 2) ? MAP_SHARED : MAP_PRIVATE, fd, first);
	if (p == MAP_FAILED)
		return false;
	good = !differs("mapped read", at, p + (at - first), len);
	if (store) {
		fill(len);
		memcpy(p + (at - first), buf, len);
		memcpy(model + at, buf, len);
		if (!rnd(&state, 4))
			good &= !msync(p, span, MS_SYNC);
	}
	/* Behind the end of the file the last page is zero. */
	for (size_t i = size; good && i % PG && i < first + ((span + PG - 1) & ~(PG - 1)); i++)
		if (p[i - first]) {
			note("step %lu: byte 0x%zx behind the end is 0x%02x", steps, i, p[i - first]);
			good = false;
		}
	munmap(p, span);
	return good;
}

static bool do_truncate(void)
{
	size_t to = rnd(&state, 4) ? rnd(&state, largest) : size ? rnd(&state, size) : 0;

	if (!rnd(&state, 4))
		to &= ~(PG - 1);
	log_op("truncate", to, 0);
	if (ftruncate(fd, to))
		return false;
	grow_model(to);
	size = to;
	return file_size(fd) == (off_t)size;
}

static bool do_punch(void)
{
	size_t at, len, end;

	pick(largest, &at, &len);
	log_op("punch", at, len);
	if (!len)
		return true;
	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, len))
		return false;
	end = at + len < size ? at + len : size;
	if (at < end)
		memset(model + at, 0, end - at);
	return true;
}

static bool do_reopen(void)
{
	log_op("reopen", 0, 0);
	close(fd);
	fd = open("fsx", O_RDWR);
	return fd >= 0;
}

static bool whole(void)
{
	if (file_size(fd) != (off_t)size) {
		note("the size is 0x%lx, not 0x%zx", (long)file_size(fd), size);
		return false;
	}
	return pread(fd, buf, largest, 0) == (ssize_t)size && !differs("whole file", 0, buf, size);
}

static bool step(void)
{
	switch (rnd(&state, 24)) {
	case 0 ... 4:
		return do_write(false);
	case 5:
		return do_write(true);
	case 6 ... 9:
		return do_read();
	case 10 ... 13:
		return do_map(false);
	case 14 ... 18:
		return do_map(true);
	case 19 ... 20:
		return do_truncate();
	case 21:
		return can_punch ? do_punch() : do_truncate();
	case 22:
		log_op("fsync", 0, 0);
		return rnd(&state, 4) ? true : rnd(&state, 2) ? !fsync(fd) : !fdatasync(fd);
	default:
		return rnd(&state, 4) ? whole() : do_reopen();
	}
}

static void run(const char *fs)
{
	bool good = true;
	long i;

	state = opt.seed;
	steps = 0, size = 0;
	memset(model, 0, largest);
	fd = must(open("fsx", O_RDWR | O_CREAT | O_TRUNC, 0644));
	can_punch = !fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 1);
	for (i = 0; i < opt.n && good; i++)
		good = step();
	good = good && whole();
	ok(good, "%s: %ld random operations with seed %lu agree with the model", fs, opt.n, opt.seed);
	if (!good)
		for (size_t j = 0; j < ARRAY_SIZE(history); j++) {
			typeof(history[0]) *h = &history[(steps + j) % ARRAY_SIZE(history)];

			if (h->what)
				note("%s 0x%zx + 0x%zx", h->what, h->at, h->len);
		}
	close(fd);
	must(unlink("fsx"));
}

static void size_option(int c)
{
	(void)c;
	largest = strtoul(optarg, NULL, 0);
	must_be(largest);
}

int main(int argc, char **argv)
{
	get_options(&opt, argc, argv, "l:", size_option);
	model = must(mmap(NULL, largest + PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	buf = must(mmap(NULL, largest + PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	run_in(opt.dir, run);
	return done();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random mmap, munmap, mprotect, mremap, madvise, msync, truncate, fork, loads
 * and stores in a window of addresses, against a model of every page.
 *
 *	mmapmodel [-s seed] [-n operations] [-d directory] [-v]
 *
 * The model knows of each page whether it is mapped, how, with which
 * protection, and one word of content; so it predicts every value and every
 * fault, with its code.  A forked child checks its whole inherited window,
 * stores to private pages (which the parent must not see) and to shared ones
 * (which it must).
 */
#include "options.h"

#define PAGES	256		/* of the window */
#define FILEMAX	64		/* pages of the file */
#define OBJECTS	100000		/* shared anonymous pages over a whole run */

enum kind { NONE, ANON_PRIVATE, ANON_SHARED, FILE_PRIVATE, FILE_SHARED };

struct page {
	enum kind kind;
	int prot;
	bool own;		/* private and stored to: @value counts */
	uint64_t value;
	int index;		/* of the file's page, or the shared object */
};

static struct page model[PAGES];
static uint64_t file_value[FILEMAX], *object;
static int file_pages, objects;
static char *window;
static int fd;
static struct options opt = { .seed = 4711, .n = 4000 };
static uint64_t state, counter;
static long step;

static const char *const kind_name[] = { "nothing", "private anonymous", "shared anonymous",
					 "private file", "shared file" };

/* Every page has its word at the same place, wherever it is mapped. */
static uint64_t *place(int i)
{
	return (uint64_t *)(window + i * PG + 128);
}

static bool past_end(const struct page *p)
{
	return (p->kind == FILE_PRIVATE || p->kind == FILE_SHARED) && p->index >= file_pages;
}

static uint64_t expected(const struct page *p)
{
	if (p->kind == FILE_SHARED || (p->kind == FILE_PRIVATE && !p->own))
		return file_value[p->index];
	if (p->kind == ANON_SHARED)
		return object[p->index];
	return p->own ? p->value : 0;
}

static bool complain(int i, const char *what, struct fault f, uint64_t got)
{
	struct page *p = &model[i];

	note("seed %lu, step %ld: page %d (%s, protection %d, index %d%s): %s: signal %d code %d, value 0x%lx, expected 0x%lx",
	     opt.seed, step, i, kind_name[p->kind], p->prot, p->index, p->own ? ", own" : "", what,
	     f.sig, f.code, got, p->kind && !past_end(p) ? expected(p) : 0);
	return false;
}

/* The fault that the model expects of an access, sig 0 for none. */
static struct fault forecast(int i, int prot)
{
	struct page *p = &model[i];

	if (p->kind == NONE)
		return (struct fault){ SIGSEGV, SEGV_MAPERR, 0 };
	if (!(p->prot & prot))
		return (struct fault){ SIGSEGV, SEGV_ACCERR, 0 };
	if (past_end(p))
		return (struct fault){ SIGBUS, BUS_ADRERR, 0 };
	return (struct fault){ 0 };
}

static bool check(int i)
{
	struct fault want = forecast(i, PROT_READ), got = { 0 };

	if (want.sig) {
		got = try_load(place(i));
		if (got.sig != want.sig || got.code != want.code ||
		    got.addr != (unsigned long)place(i))
			return complain(i, "load", got, 0);
		return true;
	}
	if (*(volatile uint64_t *)place(i) != expected(&model[i]))
		return complain(i, "load", got, *place(i));
	return true;
}

static bool check_all(void)
{
	for (int i = 0; i < PAGES; i++)
		if (!check(i))
			return false;
	for (int i = 0; i < file_pages; i++) {
		uint64_t v;

		if (pread(fd, &v, 8, i * PG + 128) != 8 || v != file_value[i])
			return note("seed %lu, step %ld: page %d of the file", opt.seed, step, i), false;
	}
	return true;
}

static void do_store_model(int i, uint64_t v)
{
	struct page *p = &model[i];

	if (p->kind == FILE_SHARED)
		file_value[p->index] = v;
	else if (p->kind == ANON_SHARED)
		object[p->index] = v;
	else
		p->own = true, p->value = v;
}

static bool store(int i)
{
	struct fault want = forecast(i, PROT_WRITE), got;

	if (want.sig) {
		got = try_store(place(i));
		return (got.sig == want.sig && got.code == want.code) || complain(i, "store", got, 0);
	}
	*(volatile uint64_t *)place(i) = ++counter;
	do_store_model(i, counter);
	return true;
}

static void pick(int *at, int *n)
{
	*at = rnd(&state, PAGES);
	*n = 1 + rnd(&state, rnd(&state, 4) ? 8 : 60);
	if (*at + *n > PAGES)
		*n = PAGES - *at;
}

static int pick_prot(void)
{
	static const int prots[] = { PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE,
				     PROT_READ | PROT_WRITE, PROT_READ, PROT_NONE,
				     PROT_READ | PROT_WRITE | PROT_EXEC };

	return prots[rnd(&state, ARRAY_SIZE(prots))];
}

static bool do_map(void)
{
	static const int flags[] = { 0, MAP_PRIVATE | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS,
				     MAP_PRIVATE, MAP_SHARED };
	int at, n, first = rnd(&state, FILEMAX), prot = pick_prot();
	enum kind kind = 1 + rnd(&state, 4);
	bool file = kind >= FILE_PRIVATE, populate = !rnd(&state, 4);

	pick(&at, &n);
	if (file && first + n > FILEMAX)
		n = FILEMAX - first;
	if (kind == ANON_SHARED && objects + n > OBJECTS)
		return true;
	if (mmap(window + at * PG, n * PG, prot, flags[kind] | MAP_FIXED | (populate ? MAP_POPULATE : 0),
		 file ? fd : -1, file ? first * PG : 0) != window + at * PG)
		return note("mmap: errno %d", errno), false;
	for (int i = at; i < at + n; i++) {
		model[i] = (struct page){ kind, prot, false, 0, file ? first + i - at : 0 };
		if (kind == ANON_SHARED)
			model[i].index = objects++;
		/* MAP_POPULATE of writable private pages copies them at once. */
		if (kind == FILE_PRIVATE && populate && (prot & PROT_WRITE) && !past_end(&model[i])) {
			model[i].own = true;
			model[i].value = file_value[model[i].index];
		}
	}
	return true;
}

static bool do_unmap(void)
{
	int at, n;

	pick(&at, &n);
	if (munmap(window + at * PG, n * PG))
		return note("munmap: errno %d", errno), false;
	memset(model + at, 0, n * sizeof(model[0]));
	return true;
}

static bool do_protect(void)
{
	int at, n, prot = pick_prot(), i, r;

	pick(&at, &n);
	r = mprotect(window + at * PG, n * PG, prot);
	for (i = at; i < at + n && model[i].kind; i++)
		model[i].prot = prot;
	if ((i < at + n) != (r && errno == ENOMEM))
		return note("mprotect gave %d, errno %d", r, errno), false;
	return true;
}

static bool do_move(void)
{
	int from = rnd(&state, PAGES), to = rnd(&state, PAGES);
	void *p;

	if (from == to)
		return true;
	p = mremap(window + from * PG, PG, PG, MREMAP_MAYMOVE | MREMAP_FIXED, window + to * PG);
	if (!model[from].kind) {
		/* Linux unmaps the target first, and then finds nothing to move. */
		bool refused = p == MAP_FAILED && errno == EFAULT;

		must(munmap(window + to * PG, PG));
		model[to] = (struct page){ 0 };
		return refused || (note("mremap of nothing"), false);
	}
	if (p != window + to * PG)
		return note("mremap: errno %d", errno), false;
	model[to] = model[from];
	model[from] = (struct page){ 0 };
	return true;
}

static bool do_advise(void)
{
	int at, n, r;
	bool gap = false;

	pick(&at, &n);
	r = madvise(window + at * PG, n * PG, MADV_DONTNEED);
	for (int i = at; i < at + n; i++) {
		gap |= !model[i].kind;
		if (model[i].kind == ANON_PRIVATE || model[i].kind == FILE_PRIVATE)
			model[i].own = false;
	}
	if (gap != (r && errno == ENOMEM))
		return note("madvise gave %d, errno %d", r, errno), false;
	return true;
}

static bool do_sync(void)
{
	int at, n, r;
	bool gap = false;

	pick(&at, &n);
	r = msync(window + at * PG, n * PG, rnd(&state, 2) ? MS_SYNC : MS_ASYNC);
	for (int i = at; i < at + n; i++)
		gap |= !model[i].kind;
	return gap == (r && errno == ENOMEM) || (note("msync gave %d, errno %d", r, errno), false);
}

static bool do_truncate(void)
{
	int to = rnd(&state, FILEMAX + 1);

	if (ftruncate(fd, to * PG))
		return note("ftruncate: errno %d", errno), false;
	for (int i = to; i < FILEMAX; i++)
		file_value[i] = 0;
	for (int i = 0; i < PAGES; i++)
		if (model[i].kind == FILE_PRIVATE && model[i].index >= to)
			model[i].own = false;
	file_pages = to;
	return true;
}

static bool do_write(void)
{
	int i = file_pages ? (int)rnd(&state, file_pages) : -1;
	uint64_t v = ++counter;

	if (i < 0)
		return true;
	file_value[i] = v;
	return pwrite(fd, &v, 8, i * PG + 128) == 8;
}

/* The stores of a child: private ones stay there, shared ones are seen here. */
static bool do_fork(void)
{
	pid_t pid = must(fork());
	int st;

	for (int i = 0; !pid && i < PAGES; i++) {
		uint64_t v = 0xc0000000 + i;

		if (!check(i))
			_exit(1);
		if (forecast(i, PROT_WRITE).sig || i % 3)
			continue;
		*(volatile uint64_t *)place(i) = v;
		do_store_model(i, v);
		if (!(model[i].prot & PROT_READ) || !check(i))
			_exit(1);
	}
	if (!pid)
		_exit(check_all() ? 0 : 1);
	st = reap(pid);
	for (int i = 0; i < PAGES; i += 3)
		if (!forecast(i, PROT_WRITE).sig &&
		    (model[i].kind == FILE_SHARED || model[i].kind == ANON_SHARED))
			do_store_model(i, 0xc0000000 + i);
	return st == 0 || (note("the child found a difference (%d)", st), false);
}

static bool one(void)
{
	static const struct { int weight; bool (*fn)(void); const char *name; } op[] = {
		{ 20, do_map, "map" }, { 10, do_unmap, "unmap" }, { 14, do_protect, "protect" },
		{ 8, do_move, "move" }, { 8, do_advise, "advise" }, { 3, do_sync, "sync" },
		{ 2, do_truncate, "truncate" }, { 6, do_write, "write" }, { 1, do_fork, "fork" },
	};
	int r = rnd(&state, 150);

	for (size_t i = 0; i < ARRAY_SIZE(op); i++) {
		if (r < op[i].weight) {
			if (opt.verbose)
				note("step %ld: %s", step, op[i].name);
			if (op[i].fn())
				return true;
			note("seed %lu, step %ld: %s", opt.seed, step, op[i].name);
			return false;
		}
		r -= op[i].weight;
	}
	for (int i = 0; i < 4; i++)
		if (!(i & 1 ? check(rnd(&state, PAGES)) : store(rnd(&state, PAGES))))
			return false;
	return true;
}

static void run(const char *fs)
{
	bool good = true;

	state = opt.seed, counter = 0, objects = 0;
	memset(model, 0, sizeof(model)), memset(file_value, 0, sizeof(file_value));
	memset(object, 0, OBJECTS * sizeof(*object));
	fd = must(open("model", O_RDWR | O_CREAT | O_TRUNC, 0644));
	file_pages = FILEMAX;
	must(ftruncate(fd, FILEMAX * PG));
	/* Reserve the window, and a guard on each side. */
	window = must(mmap(NULL, (PAGES + 2) * PG, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	window += PG;
	must(munmap(window, PAGES * PG));
	for (step = 0; step < opt.n && good; step++) {
		good = one();
		if (good && step % 200 == 199)
			good = check_all();
	}
	ok(good && check_all(), "%s: %ld random operations with seed %lu agree with the model",
	   fs, opt.n, opt.seed);
	must(munmap(window - PG, (PAGES + 2) * PG));
	close(fd);
}

int main(int argc, char **argv)
{
	get_options(&opt, argc, argv, "", NULL);
	object = must(mmap(NULL, OBJECTS * sizeof(*object), PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	run_in(opt.dir, run);
	return done();
}

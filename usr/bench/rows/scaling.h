/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows of bench -s: how many operations a second one hart does while all harts
 * do the same. For the wall clock and several harts: the figure at 8 harts
 * beside that at 1 tells what is lost to each other.
 */
#define SCALE_NS 200000000ull	/* how long each row measures */

struct worker {
	uint64_t (*op)(int nr, void *arg);	/* does something, returns how many */
	void *arg;
	int nr;
	uint64_t done, ns;
	pthread_barrier_t *start;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	uint64_t t0;

	w->op(w->nr, w->arg);
	pthread_barrier_wait(w->start);
	t0 = now();
	do {
		w->done += w->op(w->nr, w->arg);
		w->ns = now() - t0;
	} while (w->ns < SCALE_NS);
	return NULL;
}

/* operations per second and hart, with as many threads or processes as harts */
static double scale(bool processes, uint64_t (*op)(int nr, void *arg), void *arg)
{
	struct worker *w = map(MiB, MAP_SHARED | MAP_ANONYMOUS, -1);
	pthread_barrier_t *start = (void *)((char *)w + MiB - PAGE);
	int n = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_barrierattr_t attr;
	pthread_t threads[n];
	double sum = 0;

	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(start, &attr, n);
	for (int i = 0; i < n; i++) {
		w[i] = (struct worker){ .op = op, .arg = arg, .nr = i, .start = start };
		if (processes && !CHECK(fork())) {
			work(&w[i]);
			_exit(0);
		}
		if (!processes && (errno = pthread_create(&threads[i], NULL, work, &w[i])))
			die("pthread_create");
	}
	for (int i = 0; i < n; i++) {
		if (processes)
			CHECK(wait(NULL));
		else
			pthread_join(threads[i], NULL);
	}
	for (int i = 0; i < n; i++)
		sum += w[i].done * 1e9 / w[i].ns;
	return sum / n;
}

static uint64_t op_user(int nr, void *arg)
{
	(void)nr, (void)arg;
	for (volatile int i = 0; i < 10000; i++)
		;
	return 10000;
}

static uint64_t op_anon(int nr, void *arg)
{
	(void)nr, (void)arg;
	munmap(touched(256 * PAGE), 256 * PAGE);
	return 256;
}

static uint64_t op_file(int nr, void *arg)
{
	char *p = map(MiB, MAP_SHARED, (int)(intptr_t)arg);

	(void)nr;
	touch(p, MiB, false);
	munmap(p, MiB);
	return MiB / PAGE;
}

static uint64_t op_open(int nr, void *arg)
{
	(void)nr;
	for (int i = 0; i < 100; i++)
		close(CHECK(open(arg, O_RDONLY)));
	return 100;
}

static uint64_t op_read(int nr, void *arg)
{
	char buf[PAGE];

	for (int i = 0; i < 100; i++)
		if (pread((int)(intptr_t)arg, buf, PAGE, (nr * 100 + i) % 256 * PAGE) != (ssize_t)PAGE)
			die("pread");
	return 100;
}

static uint64_t op_pipe(int nr, void *arg)
{
	int *fds = (int *)arg + 2 * nr;
	char c = 0;

	for (int i = 0; i < 100; i++)
		if (write(fds[1], &c, 1) != 1 || read(fds[0], &c, 1) != 1)
			die("pipe");
	return 100;
}

static uint64_t op_futex(int nr, void *arg)
{
	for (int i = 0; i < 100; i++)
		syscall(SYS_futex, (int *)arg + 16 * nr, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
	return 100;
}

static uint64_t op_fork(int nr, void *arg)
{
	(void)nr, (void)arg;
	for (int i = 0; i < 5; i++)
		reap(start_exiting());
	return 5;
}

static void *file_arg(void)
{
	return (void *)(intptr_t)make_file("scale", MiB);
}

static double scale_user(void) { return scale(true, op_user, NULL); }
static double scale_anon_threads(void) { return scale(false, op_anon, NULL); }
static double scale_anon_procs(void) { return scale(true, op_anon, NULL); }
static double scale_file_threads(void) { return scale(false, op_file, file_arg()); }
static double scale_file_procs(void) { return scale(true, op_file, file_arg()); }
static double scale_read(void) { return scale(true, op_read, file_arg()); }
static double scale_fork(void) { return scale(true, op_fork, NULL); }

static double scale_open(void)
{
	deep_dir();
	return scale(true, op_open, DEEP "/f6");
}

static double scale_pipe(void)
{
	static int fds[256][2];

	for (int i = 0; i < sysconf(_SC_NPROCESSORS_ONLN); i++)
		CHECK(pipe(fds[i]));
	return scale(true, op_pipe, fds);
}

static double scale_futex(void)
{
	static int words[16 * 256];

	return scale(false, op_futex, words);
}

#define SCALING_ROWS \
	{ "scale_user", "1/s/hart", "counting, no kernel: what the host gives its harts", scale_user }, \
	{ "scale_anon_threads", "1/s/hart", "first writes, 1 MiB areas, threads of one process", scale_anon_threads }, \
	{ "scale_anon_procs", "1/s/hart", "the same, processes", scale_anon_procs }, \
	{ "scale_file_threads", "1/s/hart", "read faults on one file, threads of one process", scale_file_threads }, \
	{ "scale_file_procs", "1/s/hart", "the same, processes", scale_file_procs }, \
	{ "scale_open", "1/s/hart", "open + close of one file, processes", scale_open }, \
	{ "scale_read", "1/s/hart", "pread 4 KiB of one file, processes", scale_read }, \
	{ "scale_pipe", "1/s/hart", "write + read 1 byte, a pipe for each process", scale_pipe }, \
	{ "scale_futex", "1/s/hart", "FUTEX_WAKE of nobody, threads of one process", scale_futex }, \
	{ "scale_fork", "1/s/hart", "fork + _exit + wait", scale_fork },

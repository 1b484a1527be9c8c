// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads by glibc: creation, joining, mutexes, conditions, thread-local
 * storage, ids, signals to threads, exit and exec of one of several.
 */
#include "tap.h"
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static long counter;
static _Thread_local long local = 7;

static void *add(void *arg)
{
	for (long i = 0; i < (long)arg; i++) {
		pthread_mutex_lock(&mutex);
		counter++;
		pthread_mutex_unlock(&mutex);
		local++;
	}
	return (void *)local;
}

static void counting(void)
{
	pthread_t t[8];
	void *r;
	long sum = 0;

	for (int i = 0; i < 8; i++)
		must_be(!pthread_create(&t[i], NULL, add, (void *)2000));
	for (int i = 0; i < 8; i++) {
		must_be(!pthread_join(t[i], &r));
		sum += (long)r;
	}
	is(counter, 16000, "eight threads with a mutex count exactly");
	is(sum, 8 * 2007, "each has its own thread-local storage and returns a value");
	is(local, 7, "the main thread's is untouched");
}

static void *nothing(void *arg)
{
	return arg;
}

static void many(void)
{
	int bad = 0;
	void *r;

	for (long i = 0; i < 300; i++) {
		pthread_t t;

		bad += pthread_create(&t, NULL, nothing, (void *)i) || pthread_join(t, &r) || r != (void *)i;
	}
	is(bad, 0, "300 threads are made and joined one after the other");
}

static struct { int full, value, sum; } box;

static void *producer(void *arg)
{
	for (int i = 1; i <= 500; i++) {
		pthread_mutex_lock(&mutex);
		while (box.full)
			pthread_cond_wait(&cond, &mutex);
		box.value = i, box.full = 1;
		pthread_cond_broadcast(&cond);
		pthread_mutex_unlock(&mutex);
	}
	return arg;
}

static void *consumer(void *arg)
{
	for (int i = 1; i <= 500; i++) {
		pthread_mutex_lock(&mutex);
		while (!box.full)
			pthread_cond_wait(&cond, &mutex);
		box.sum += box.value, box.full = 0;
		pthread_cond_broadcast(&cond);
		pthread_mutex_unlock(&mutex);
	}
	return arg;
}

static void conditions(void)
{
	pthread_t a, b;
	struct timespec ts;
	sem_t sem;

	must_be(!pthread_create(&a, NULL, producer, NULL) && !pthread_create(&b, NULL, consumer, NULL));
	pthread_join(a, NULL), pthread_join(b, NULL);
	is(box.sum, 500 * 501 / 2, "500 values pass through a condition variable");
	clock_gettime(CLOCK_REALTIME, &ts);
	pthread_mutex_lock(&mutex);
	is(pthread_cond_timedwait(&cond, &mutex, &ts), ETIMEDOUT, "a timed wait ends");
	pthread_mutex_unlock(&mutex);
	must(sem_init(&sem, 0, 1));
	is(sem_wait(&sem), 0, "a semaphore of 1 is taken");
	fails(sem_trywait(&sem), EAGAIN, "once");
	sem_post(&sem);
	is(sem_trywait(&sem), 0, "posted, again");
}

static void *ids(void *arg)
{
	pid_t *out = arg;

	out[0] = getpid(), out[1] = syscall(SYS_gettid), out[2] = getppid();
	return NULL;
}

static void identity(void)
{
	pid_t id[3];
	pthread_t t;

	must_be(!pthread_create(&t, NULL, ids, id));
	pthread_join(t, NULL);
	is(id[0], getpid(), "a thread has the process id");
	ok(id[1] != getpid() && id[1] > 0, "and a thread id of its own");
	is(id[2], getppid(), "and the same parent");
	is(syscall(SYS_gettid), getpid(), "the main thread's id is the process id");
}

static void *opener(void *arg)
{
	*(int *)arg = open("/dev/zero", O_RDONLY);
	if (chdir("/"))
		return (void *)1;
	umask(0123);
	return NULL;
}

static void shared_state(void)
{
	int fd = -1;
	pthread_t t;
	char c, cwd[100];
	void *r;

	must_be(!pthread_create(&t, NULL, opener, &fd));
	pthread_join(t, &r);
	is(read(fd, &c, 1), 1, "a descriptor opened by a thread is the process's");
	ok(!r && getcwd(cwd, sizeof(cwd)) && !strcmp(cwd, "/"), "so are its working directory");
	is(umask(022), 0123, "and its umask");
	close(fd);
}

static volatile pid_t handled_by;
static sem_t handled;

static void on_signal(int sig)
{
	(void)sig;
	handled_by = syscall(SYS_gettid);
	sem_post(&handled);
}

static void *signal_target(void *arg)
{
	sigset_t none;

	*(volatile pid_t *)arg = syscall(SYS_gettid);
	sem_post(&handled);
	sigemptyset(&none);
	sigsuspend(&none);
	return NULL;
}

static void signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	volatile pid_t tid = 0;
	sigset_t set, old;
	pthread_t t;

	sem_init(&handled, 0, 0);
	sigaction(SIGUSR1, &sa, NULL);
	sigemptyset(&set), sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, &old);
	must_be(!pthread_create(&t, NULL, signal_target, (void *)&tid));
	sem_wait(&handled);
	is(pthread_kill(t, SIGUSR1), 0, "pthread_kill");
	while (sem_wait(&handled))
		;
	is(handled_by, tid, "the handler runs in that thread");
	pthread_join(t, NULL);
	must_be(!pthread_create(&t, NULL, signal_target, (void *)&tid));
	sem_wait(&handled);
	is(kill(getpid(), SIGUSR1), 0, "kill of the process");
	while (sem_wait(&handled))
		;
	is(handled_by, tid, "goes to a thread that does not block it");
	pthread_join(t, NULL);
	/* joined as soon as it has left its memory: its number goes a little later */
	while (!syscall(SYS_tgkill, getpid(), tid, 0))
		sched_yield();
	is(errno, ESRCH, "a thread that has gone is ESRCH");
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static void *pauser(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void *quitter(void *arg)
{
	_exit((int)(long)arg);
}

static void *execer(void *arg)
{
	execl("/proc/self/exe", "threads", "exit-42", (char *)NULL);
	return arg;
}

static void *crasher(void *arg)
{
	*(volatile char *)(arg) = 1;
	return arg;
}

static void run_threads(void *(*last)(void *), void *arg)
{
	pthread_t t;

	for (int i = 0; i < 4; i++)
		CHECK(!pthread_create(&t, NULL, pauser, NULL));
	CHECK(!pthread_create(&t, NULL, last, arg));
	pause();
}

static void exiting(void *arg)
{
	run_threads(quitter, arg);
}

static void executing(void *arg)
{
	run_threads(execer, arg);
}

static void crashing(void *arg)
{
	run_threads(crasher, arg);
}

static void leader_exits(void *arg)
{
	pthread_t t;

	(void)arg;
	CHECK(!pthread_create(&t, NULL, quitter, (void *)9));
	pthread_exit(NULL);
}

static void *forker(void *arg)
{
	pid_t pid = fork();

	if (!pid)
		_exit(syscall(SYS_gettid) == getpid() ? 3 : 4);
	*(int *)arg = reap(pid);
	return NULL;
}

static void ends(void)
{
	pthread_t t;
	int st = -1;

	is(child(exiting, (void *)33), 33, "exit of one thread ends all");
	is(child(executing, NULL), 42, "execve of one thread replaces all");
	is(child(crashing, NULL), -SIGSEGV, "a fault of one thread kills all");
	is(child(leader_exits, NULL), 9, "the process lives on when its first thread exits");
	must_be(!pthread_create(&t, NULL, forker, &st));
	pthread_join(t, NULL);
	is(st, 3, "fork in a thread makes a process with that thread alone");
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "exit-42"))
		return 42;
	counting();
	many();
	conditions();
	identity();
	shared_state();
	signals();
	ends();
	return done();
}

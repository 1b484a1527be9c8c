// SPDX-License-Identifier: GPL-2.0-only
/*
 * testrun [-t seconds] [-k pattern] [-f list]: run the test programs of this system.
 *
 * Every executable below /usr/tests whose name (its path below that folder), and of
 * /usr/demos ("demos/" and its name) that contains the pattern and, with -f, is a line
 * of that file, runs alone, in a session of its own, in the order of names. What a program prints goes straight
 * to our output, between two marks that tools/test reads:
 *
 *	@@test:begin NAME@@
 *	@@test:end NAME exit|signal|timeout NUMBER MILLISECONDS@@
 *
 * A program that leaves processes behind has them killed and is told on
 * ("@@test:left NAME COUNT@@"), which counts as a failure.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TESTS "/usr/tests/"
#define DEMOS "/usr/demos/"

static char **names;
static size_t nr_names;

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int add_program(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)ftw;
	if (type != FTW_F || !(st->st_mode & 0111))
		return 0;
	names = reallocarray(names, nr_names + 1, sizeof(*names));
	names[nr_names] = strdup(path + strlen(strncmp(path, DEMOS, strlen(DEMOS)) ? TESTS : "/usr/"));
	if (!names[nr_names++])
		exit(2);
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static _Noreturn void run_child(const char *name, const sigset_t *mask)
{
	char path[4096];
	int null;

	setsid();
	null = open("/dev/null", O_RDONLY);
	dup2(null, 0);
	close(null);
	sigprocmask(SIG_SETMASK, mask, NULL);
	snprintf(path, sizeof(path), "%s%s", strncmp(name, "demos/", 6) ? TESTS : "/usr/", name);
	execl(path, path, (char *)NULL);
	printf("# %s: %s\n", path, strerror(errno));
	fflush(stdout);
	_exit(127);
}

/* Is the process with this number our child? Its parent is the field behind "(name) state". */
static int is_child(pid_t pid)
{
	char path[64], text[512], *end;
	FILE *f;
	int parent = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (fgets(text, sizeof(text), f)) {
		end = strrchr(text, ')');
		if (end)
			sscanf(end + 1, " %*c %d", &parent);
	}
	fclose(f);
	return parent == getpid();
}

/* As subreaper we inherit whatever a program left running. Returns how many those were. */
static int kill_left(void)
{
	int left = 0, killed;

	do {
		DIR *proc = opendir("/proc");
		struct dirent *entry;

		killed = 0;
		while (proc && (entry = readdir(proc))) {
			pid_t pid = atoi(entry->d_name);

			if (pid > 0 && is_child(pid) && !kill(pid, SIGKILL))
				killed++;
		}
		if (proc)
			closedir(proc);
		/* Zombies are no offence: somebody has to inherit them. */
		for (int i = 0; i < killed; i++) {
			int status;

			if (waitpid(-1, &status, 0) > 0 && WIFSIGNALED(status) &&
			    WTERMSIG(status) == SIGKILL)
				left++;
		}
	} while (killed);
	return left;
}

/* Wait for @pid until @limit_ms are over; reaps whatever else ends meanwhile. */
static int wait_limited(pid_t pid, const sigset_t *chld, long limit_ms, int *status)
{
	long end = now_ms() + limit_ms;

	for (;;) {
		struct timespec ts;
		long left;
		pid_t got;

		while ((got = waitpid(-1, status, WNOHANG)) > 0)
			if (got == pid)
				return 0;
		left = end - now_ms();
		if (left <= 0)
			return -1;
		ts.tv_sec = left / 1000;
		ts.tv_nsec = left % 1000 * 1000000;
		sigtimedwait(chld, NULL, &ts);
	}
}

static int run_test(const char *name, long limit_ms)
{
	const char *how = "exit";
	sigset_t chld, old;
	int status, number, left;
	long start = now_ms();
	pid_t pid;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, &old);

	printf("@@test:begin %s@@\n", name);
	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		perror("testrun: fork");
		exit(2);
	}
	if (!pid)
		run_child(name, &old);

	if (wait_limited(pid, &chld, limit_ms, &status)) {
		how = "timeout";
		kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		number = limit_ms / 1000;
	} else if (WIFSIGNALED(status)) {
		how = "signal";
		number = WTERMSIG(status);
	} else {
		number = WEXITSTATUS(status);
	}
	left = kill_left();
	if (left)
		printf("\n@@test:left %s %d@@", name, left);
	printf("\n@@test:end %s %s %d %ld@@\n", name, how, number, now_ms() - start);
	fflush(stdout);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return left || number || strcmp(how, "exit");
}

static int is_listed(const char *name, const char *list)
{
	char line[4096];
	FILE *f = fopen(list, "r");
	int found = 0;

	if (!f) {
		perror(list);
		exit(2);
	}
	while (!found && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = 0;
		found = !strcmp(line, name);
	}
	fclose(f);
	return found;
}

int main(int argc, char **argv)
{
	const char *pattern = "", *list = NULL;
	long limit_ms = 60000;
	int opt, failed = 0;

	while ((opt = getopt(argc, argv, "t:k:f:")) != -1) {
		if (opt == 't')
			limit_ms = atol(optarg) * 1000;
		else if (opt == 'k')
			pattern = optarg;
		else if (opt == 'f')
			list = optarg;
		else
			return 2;
	}

	nftw(TESTS, add_program, 16, FTW_PHYS);
	nftw(DEMOS, add_program, 16, FTW_PHYS);
	if (nr_names)
		qsort(names, nr_names, sizeof(*names), compare_names);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	setenv("TMPDIR", "/tmp", 0);

	for (size_t i = 0; i < nr_names; i++)
		if (strstr(names[i], pattern) && (!list || is_listed(names[i], list)))
			failed += run_test(names[i], limit_ms);
	return failed > 255 ? 255 : failed;
}

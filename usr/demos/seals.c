// SPDX-License-Identifier: GPL-2.0-only
/*
 * seals: memory without a name is handed to a stranger through /proc/PID/fd, and sealed,
 * so that the reader need not trust the writer: what it has checked stays as it is.
 */
#include "demo.h"

#define TEXT	"This will never change again."

/* The stranger: it is told where to look, opens that and maps it. */
static int stranger(const char *path, uint64_t frame)
{
	int fd = open(path, O_RDWR);
	const char *p;

	HOLDS(fd >= 0);
	HOLDS(fcntl(fd, F_GET_SEALS) == (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL));
	p = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	HOLDS(p != MAP_FAILED && !strcmp(p, TEXT) && my_frame(p) == frame);
	printf("stranger %d: reads \"%s\" in frame %#lx\n", getpid(), p, my_frame(p));
	HOLDS(write(fd, "x", 1) < 0 && errno == EPERM);
	HOLDS(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED && errno == EPERM);
	HOLDS(ftruncate(fd, 0) < 0 && errno == EPERM);
	HOLDS(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW) < 0 && errno == EPERM);
	printf("stranger %d: write, mmap for writing, ftruncate, another seal: all EPERM\n", getpid());
	return 0;
}

int main(int argc, char **argv)
{
	int fd, seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
	char path[64], frame[32], *p;
	pid_t pid;

	if (argc > 2)
		return stranger(argv[1], strtoull(argv[2], NULL, 0));
	fd = memfd_create("letter", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	HOLDS(fd >= 0 && !ftruncate(fd, PAGE));
	p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	HOLDS(p != MAP_FAILED);
	strcpy(p, TEXT);
	snprintf(frame, sizeof(frame), "%#lx", my_frame(p));
	printf("writer %d: wrote it in frame %s\n", getpid(), frame);
	HOLDS(fcntl(fd, F_ADD_SEALS, seals) < 0 && errno == EBUSY);
	printf("writer %d: sealing while it is mapped for writing: EBUSY\n", getpid());
	HOLDS(!munmap(p, PAGE) && !fcntl(fd, F_ADD_SEALS, seals));
	printf("writer %d: unmapped and sealed\n", getpid());
	fflush(stdout);

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", getpid(), fd);
	pid = fork();
	HOLDS(pid >= 0);
	if (!pid) {
		execl("/proc/self/exe", "seals", path, frame, (char *)NULL);
		_exit(127);
	}
	HOLDS(ended_well(pid));
	return 0;
}

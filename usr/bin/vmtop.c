// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmtop [PID]: the address space of a process, region by region and page by page, on the
 * whole terminal, anew every second. Without PID: the shell that started it, or whoever did.
 *
 * vmtop -1 [PID]: once, all of it, without escapes.
 *
 * It reads nothing but Linux's /proc (vmspace.h), so that it shows Linux as well. As root
 * it sees frames, and thereby how often each is mapped; others see the rest. Of the pages of
 * large regions it looks at a sample.
 *
 * The terminal is as it was after q and after any signal that can be caught.
 */
#define _GNU_SOURCE
#include "terminal.h"
#include "vmspace.h"
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>

#define HEAD_LINES	4	/* above the regions */
#define FIGURES		56	/* columns from the address to BY, and what is between them */
#define BAR_MAX		64
#define MAX_DIGITS	7	/* of a process number: Linux has no larger ones than 4194304 */

static struct {
	int cols;
	bool colours;		/* a terminal; else text for pipes */
	FILE *out;		/* what is being drawn, and how much of the line is used */
	int used;
} screen;

static struct {
	int pid;
	size_t top;		/* the first region on the screen */
	size_t page;		/* how many there is room for */
	char typed[MAX_DIGITS + 1];	/* of a process number */
	bool quit, gone;
} view;

static struct space space;

/* ---- drawing --------------------------------------------------------------- */

static void colour(const char *code)
{
	if (screen.colours)
		fprintf(screen.out, "\033[%sm", code);
}

/* Text of the current line, cut where the screen ends. */
static __attribute__((format(printf, 1, 2))) void put(const char *format, ...)
{
	char text[PATH_MAX];
	va_list args;
	int room = screen.cols - screen.used, n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n > room)
		n = room > 0 ? room : 0;
	for (int i = 0; i < n; i++)
		fputc(iscntrl((unsigned char)text[i]) ? '?' : text[i], screen.out);
	screen.used += n;
}

static void end_line(void)
{
	/* In a full line, the cursor would still be on its last character. */
	if (screen.colours)
		fprintf(screen.out, "\033[0m%s\r", screen.used < screen.cols ? "\033[K" : "");
	fputc('\n', screen.out);
	screen.used = 0;
}

/* At most seven columns. */
static const char *amount(unsigned long kib)
{
	static char text[8][16];
	static unsigned int next;
	char *t = text[next++ % 8];

	if (kib < 1000000)
		snprintf(t, sizeof(*text), "%luK", kib);
	else if (kib < 1000000UL << 10)
		snprintf(t, sizeof(*text), "%luM", kib >> 10);
	else
		snprintf(t, sizeof(*text), "%luG", kib >> 20);
	return t;
}

static const char *colour_of(int state)
{
	switch (state & ~DIRTY) {
	case FILE_PAGE:
		return "34";
	case ANON_PAGE:
		return "33";
	case SHM_PAGE:
		return "32";
	case FILE_PAGE - 'a' + 'A':
		return "1;37;44";
	case ANON_PAGE - 'a' + 'A':
		return "30;43";
	case SHM_PAGE - 'a' + 'A':
		return "30;42";
	case SWAPPED:
		return "35";
	case ZEROS:
		return "36";
	default:
		return "2";
	}
}

static void put_state(int state)
{
	colour(colour_of(state));
	if (state & DIRTY)
		colour("4");
	put("%c", state & 0xff);
	colour("0");
}

static void put_legend(void)
{
	static const struct { int state; const char *what; } legend[] = {
		{ FILE_PAGE, "file" }, { ANON_PAGE, "anon" }, { SHM_PAGE, "shmem" },
		{ FILE_PAGE - 'a' + 'A', "capital: shared" }, { ZEROS, "zeros" }, { SWAPPED, "swapped" },
		{ NO_FRAME, "none" },
	};

	for (size_t i = 0; i < sizeof(legend) / sizeof(*legend); i++) {
		put_state(legend[i].state);
		put(" %s  ", legend[i].what);
	}
	if (screen.colours) {
		colour("4");
		put("dirty");
		colour("0");
	}
}

static void draw_head(int bar_width)
{
	const struct region *t = &space.total;

	colour("1");
	put("vmtop  process %d (%s) %c", space.pid, space.command, space.state);
	colour("0");
	put("   %zu regions, faults %lu + %lu from disk", space.nr, space.minor_faults, space.major_faults);
	end_line();
	put("size %s  resident %s  proportional %s  dirty %s  swapped %s", amount(t->size), amount(t->rss),
	    amount(t->pss), amount(t->dirty), amount(t->swap));
	end_line();
	put_legend();
	end_line();
	colour("7");
	put("%12s %-4s %7s %7s %7s %7s %3s  %-*s %s", "ADDRESS", "PERM", "SIZE", "RSS", "DIRTY", "PSS", "BY",
	    bar_width, "PAGES", "NAME");
	if (screen.colours)
		put("%*s", screen.cols - screen.used, "");
	end_line();
}

/* The end of a name tells more than its beginning. */
static void put_name(const char *name)
{
	int room = screen.cols - screen.used, n = strlen(name);

	if (n > room && room > 3)
		put("..%s", name + n - room + 2);
	else
		put("%s", name);
}

static void draw_region(const struct region *r, int bar_width)
{
	unsigned long mappings;
	int bar[BAR_MAX];
	size_t n = page_states(&space, r, bar, bar_width, &mappings);

	put("%12lx %s %7s %7s ", r->start, r->perms, amount(r->size), amount(r->rss));
	if (r->dirty)
		colour("1;31");
	put("%7s", amount(r->dirty));
	colour("0");
	put(" %7s ", amount(r->pss));
	if (mappings > 1)
		colour("1");
	if (mappings)
		put("%3lu  ", mappings);
	else
		put("%3s  ", "-");
	colour("0");
	for (size_t i = 0; i < n; i++)
		put_state(bar[i]);
	put("%*s ", bar_width - (int)n, "");
	put_name(*r->name ? r->name : "(anonymous)");
	end_line();
}

static int bar_width(void)
{
	int half = (screen.cols - FIGURES) / 2;

	if (!screen.colours)
		return BAR_MAX / 2;
	return half < 8 ? 8 : half > BAR_MAX ? BAR_MAX : half;
}

static void draw_regions(size_t first, size_t n)
{
	for (size_t i = first; i < space.nr && i < first + n; i++)
		draw_region(&space.regions[i], bar_width());
}

static void draw_foot(void)
{
	colour("7");
	if (*view.typed)
		put(" process %s_  (Enter: show it, Esc: do not)", view.typed);
	else
		put(" q quit   j/k up/down   space/b a page   n/p another process, or type its number");
	put("%*s", screen.cols - screen.used, "");
	colour("0");
}

/* The whole screen, in one write. */
static void draw_screen(void)
{
	char *text;
	size_t size;

	screen.out = open_memstream(&text, &size);
	if (!screen.out)
		err(1, "drawing");
	screen.cols = terminal.cols;
	view.page = terminal.rows > HEAD_LINES + 1 ? terminal.rows - HEAD_LINES - 1 : 1;
	if (view.top + view.page > space.nr)
		view.top = space.nr > view.page ? space.nr - view.page : 0;
	fputs("\033[H", screen.out);
	if (view.gone) {
		put("There is no process %d with memory of its own (any more).", view.pid);
		end_line();
	} else {
		draw_head(bar_width());
		draw_regions(view.top, view.page);
	}
	fputs("\033[J", screen.out);
	fprintf(screen.out, "\033[%d;1H", terminal.rows);
	draw_foot();
	screen.used = 0;
	if (fclose(screen.out))
		err(1, "drawing");
	for (size_t done = 0; done < size; ) {
		ssize_t n = write(1, text + done, size - done);

		if (n < 0 && errno != EINTR)
			break;
		done += n > 0 ? n : 0;
	}
	free(text);
}

/* ---- which process --------------------------------------------------------- */

static bool has_memory(int pid)
{
	FILE *f = proc_open(pid, "statm");
	unsigned long pages = 0;

	if (!f)
		return false;
	if (fscanf(f, "%lu", &pages) != 1)
		pages = 0;
	fclose(f);
	return pages;
}

static void show(int pid)
{
	view.pid = pid;
	view.top = 0;
}

/* The next process upwards (@step 1) or downwards (-1), around the ends. */
static void show_neighbour(int step)
{
	int next = 0, last = 0;		/* next: nearest beyond; last: farthest on the other side */
	DIR *dir = opendir("/proc");
	struct dirent *d;

	while (dir && (d = readdir(dir))) {
		int pid = atoi(d->d_name), beyond = (pid - view.pid) * step;

		if (pid <= 0 || !beyond || !has_memory(pid))
			continue;
		if (beyond > 0 && (!next || beyond < (next - view.pid) * step))
			next = pid;
		if (beyond < 0 && (!last || beyond < (last - view.pid) * step))
			last = pid;
	}
	if (dir)
		closedir(dir);
	if (next || last)
		show(next ? next : last);
}

/* ---- keys ------------------------------------------------------------------ */

/* While a number is typed, keys belong to it. Return: did this one? */
static bool key_of_number(int c)
{
	size_t n = strlen(view.typed);

	if (c >= '0' && c <= '9') {
		if (n < MAX_DIGITS)
			view.typed[n] = c;
		return true;
	}
	if (!n)
		return false;
	if (c == '\n' || c == '\r')
		show(atoi(view.typed));
	if (c == 127 || c == '\b')
		view.typed[n - 1] = 0;
	else
		memset(view.typed, 0, sizeof(view.typed));
	return true;
}

static void key_typed(int c)
{
	size_t *top = &view.top;

	if (c == KEY_RESIZED || key_of_number(c))
		return;
	if (c == 'q')
		view.quit = true;
	else if (c == 'k' || c == KEY_UP)
		*top -= *top > 0;
	else if (c == 'j' || c == KEY_DOWN)
		++*top;
	else if (c == 'b' || c == KEY_PAGE_UP)
		*top -= *top < view.page ? *top : view.page;
	else if (c == ' ' || c == KEY_PAGE_DOWN)
		*top += view.page;
	else if (c == 'g' || c == KEY_HOME)
		*top = 0;
	else if (c == 'G' || c == KEY_END)
		*top = space.nr;
	else if (c == 'n' || c == 'p')
		show_neighbour(c == 'n' ? 1 : -1);
}

static int full_screen(void)
{
	int c = 0;

	if (!terminal_enter())
		errx(2, "this is no terminal: vmtop -1 PID prints once");
	screen.colours = true;
	while (c >= 0 && !view.quit) {
		/* Anew with each key, and every second without. */
		view.gone = !space_read(&space, view.pid);
		draw_screen();
		c = terminal_key(1000);
		for (; c > 0 && !view.quit; c = terminal_key(0))
			key_typed(c);
	}
	return 0;
}

static int once(void)
{
	if (!space_read(&space, view.pid))
		errx(1, "there is no process %d with memory of its own", view.pid);
	screen.out = stdout;
	screen.cols = PATH_MAX;
	draw_head(bar_width());
	draw_regions(0, space.nr);
	return fflush(stdout) || ferror(stdout);
}

int main(int argc, char **argv)
{
	bool print_once = false;
	int option;

	while ((option = getopt(argc, argv, "1")) != -1) {
		if (option != '1')
			return 2;
		print_once = true;
	}
	show(optind < argc ? atoi(argv[optind]) : getppid());
	space_init(&space);
	return print_once ? once() : full_screen();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel command line: words, each a name or name=value; quotes keep spaces.
 * Words with a __setup() handler are the kernel's. Of the others, names with a
 * dot are parameters of modules that are not there; name=value goes into init's
 * environment, the rest and all that follows "--" are init's arguments.
 */
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/ctype.h>
#include <lib/string.h>
#include "init_internal.h"

#define MAX_INIT_WORDS	64	/* arguments, and as many variables; Linux: 32 */

extern const struct kernel_param __start_init_params[], __stop_init_params[];

static const char *argv_init[MAX_INIT_WORDS + 2] = { "init" };
static const char *envp_init[MAX_INIT_WORDS + 2] = { "HOME=/", "TERM=linux" };
static unsigned int nr_args = 1, nr_env = 2;

struct boot_options boot_options = { .rw = true, .argv = argv_init, .envp = envp_init };

/* The words stay where they are: handlers and init keep pointers into this. */
static char words[2048];

/* Cut the next word off *@line, without its quotes. Return: NULL at the end. */
static char *next_word(char **line)
{
	char *p = skip_spaces(*line), *word = p, *out = p;
	bool quoted = false;

	if (!*p)
		return NULL;
	for (; *p && (quoted || !isspace(*p)); p++) {
		if (*p == '"')
			quoted = !quoted;
		else
			*out++ = *p;
	}
	*line = *p ? p + 1 : p;
	*out = '\0';
	return word;
}

/* "foo-bar" and "foo_bar" are the same parameter */
static bool same_name(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char x = a[i] == '-' ? '_' : a[i], y = b[i] == '-' ? '_' : b[i];

		if (x != y)
			return false;
	}
	return b[n] == '\0';
}

static bool __init handled_by_kernel(const char *word, size_t name_len, const char *value)
{
	const struct kernel_param *p;
	bool found = false;

	for (p = __start_init_params; p < __stop_init_params; p++) {
		if (same_name(word, p->name, name_len)) {
			if (p->set(value))
				pr_warn("Malformed parameter \"%s\"\n", word);
			found = true;
		}
	}
	return found;
}

static void __init add_arg(const char *word)
{
	if (nr_args > MAX_INIT_WORDS)
		pr_warn("Too many arguments for init: \"%s\" is dropped\n", word);
	else
		argv_init[nr_args++] = word;
}

static void __init add_env(const char *word, size_t name_len)
{
	for (unsigned int i = 0; i < nr_env; i++) {
		if (strncmp(envp_init[i], word, name_len + 1) == 0) {
			envp_init[i] = word;
			return;
		}
	}
	if (nr_env > MAX_INIT_WORDS)
		pr_warn("Too many variables for init: \"%s\" is dropped\n", word);
	else
		envp_init[nr_env++] = word;
}

void __init parse_command_line(void)
{
	char *line = words, *word;
	bool rest = false;

	strscpy(words, boot_command_line, sizeof(words));
	while ((word = next_word(&line))) {
		size_t name_len = strcspn(word, "=");
		const char *value = word[name_len] ? word + name_len + 1 : NULL;

		if (rest)
			add_arg(word);
		else if (strcmp(word, "--") == 0)
			rest = true;
		else if (handled_by_kernel(word, name_len, value))
			continue;
		else if (strnchr(word, name_len, '.'))
			continue;
		else if (value)
			add_env(word, name_len);
		else
			add_arg(word);
	}
}

/* ---- the parameters of booting itself ---- */

static int __init set_string(const char **where, const char *val)
{
	if (!val)
		return -1;
	*where = val;
	return 0;
}

static int __init set_root(const char *val) { return set_string(&boot_options.root, val); }
static int __init set_rootfstype(const char *val)
{
	return set_string(&boot_options.rootfstype, val);
}
__setup("root", set_root);
__setup("rootfstype", set_rootfstype);

/* arguments before init= are not meant for it: a boot loader has put them there */
static int __init set_init(const char *val)
{
	for (; nr_args > 1; nr_args--)
		argv_init[nr_args - 1] = NULL;
	return set_string(&boot_options.init, val);
}
static int __init set_rdinit(const char *val)
{
	for (; nr_args > 1; nr_args--)
		argv_init[nr_args - 1] = NULL;
	return set_string(&boot_options.rdinit, val);
}
__setup("init", set_init);
__setup("rdinit", set_rdinit);

static int __init set_ro(const char *val)
{
	boot_options.rw = false;
	return 0;
}
static int __init set_rw(const char *val)
{
	boot_options.rw = true;
	return 0;
}
__setup("ro", set_ro);
__setup("rw", set_rw);

/* known, and nothing to do: the devices are there before the root is mounted */
static int __init ignore(const char *val)
{
	return 0;
}
#define IGNORED(n, id) \
	static const struct kernel_param __param_ignore_##id \
	__attribute__((used, section(".init.params"), aligned(8))) = { n, ignore }
IGNORED("rootwait", rootwait);
IGNORED("rootdelay", rootdelay);
IGNORED("console", console);
IGNORED("earlycon", earlycon);
IGNORED("mem", mem);		/* setup_arch() has seen it */

# SPDX-License-Identifier: GPL-2.0-only
#
# Everything that is built lands below build/ (DEBUG=1: the kernel in
# build/debug/). "make help" lists what there is to ask for.

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.PHONY: all help run disk debug test check bench bench-check bench-scale bench-grow bench-save bench-plot \
	bench-table bench-list profile test-on-linux linux demo picture clean distclean FORCE
all:

CROSS	?= riscv64-linux-gnu-
CC	:= $(CROSS)gcc
NM	:= $(CROSS)nm
OBJCOPY	:= $(CROSS)objcopy

# What "make run" and "make debug" can be told.
SMP	?= 2
MEM	?= 256M
PACKAGES ?=
DISK	?= $(if $(PACKAGES),build/packages.img,build/disk.img)
OVERLAY	?=
APPEND	?=
CMD	?=
DEBUG	?= 0
ONLY	?=
# These are for a shell to expand, not for make.
override APPEND := $(value APPEND)
override CMD := $(value CMD)
override ONLY := $(value ONLY)
export SMP MEM DISK OVERLAY APPEND CMD DEBUG ONLY

B := $(if $(filter-out 0,$(DEBUG)),build/debug,build)
Q := $(if $(V),,@)
# With CMD, only what the command prints may come out.
SAY := $(if $(CMD)$(NAME),>&2) echo

# The kernel sources: every file of these folders. arch/riscv/vdso is a program
# of its own, linked into the kernel as data.
DIRS	:= arch/riscv mm fs kernel drivers lib init
SRCS	:= $(filter-out arch/riscv/vdso/%, $(filter-out %.lds.S, \
	   $(sort $(shell find $(DIRS) -maxdepth 4 -name '*.[cS]' 2>/dev/null))))
OBJS	:= $(SRCS:%=$B/obj/%.o)
VDSO_SRCS := $(filter-out %.lds.S,$(sort $(wildcard arch/riscv/vdso/*.[cS])))
VDSO_LDS  := $(firstword $(wildcard arch/riscv/vdso/vdso.lds arch/riscv/vdso/vdso.lds.S))
OBJS	+= $(if $(VDSO_SRCS),$B/obj/vdso_image.o)

comma := ,

# ---- flags -----------------------------------------------------------------

# Asked only when something is compiled: set-up may have to install the compiler.
GCC_INCLUDE = $(eval GCC_INCLUDE := $$(shell $(CC) -print-file-name=include))$(GCC_INCLUDE)

CPPFLAGS := -nostdinc -isystem build/uapi -Iinclude -Iarch/riscv/include \
	    -include include/kernel/config.h -DCONFIG_DEBUG=$(if $(filter-out 0,$(DEBUG)),1,0)
ISA	 := -march=rv64imac_zicsr_zifencei -mabi=lp64
FPU_ISA	 := -march=rv64imafdc_zicsr_zifencei -mabi=lp64

CFLAGS	:= -std=gnu17 -O2 -g $(ISA) -mcmodel=medany -msmall-data-limit=0 \
	   -ffreestanding -fbuiltin -fno-builtin-sprintf -fno-builtin-snprintf \
	   -fno-builtin-vsprintf -fno-builtin-vsnprintf -fno-pic -fno-pie -fno-common -fno-strict-aliasing \
	   -fno-delete-null-pointer-checks -ftrivial-auto-var-init=zero \
	   -fno-asynchronous-unwind-tables -fno-unwind-tables -fno-tree-loop-distribute-patterns
WARN	:= -Wall -Wextra -Werror -Wmissing-prototypes -Wstrict-prototypes -Wold-style-definition \
	   -Wshadow -Wundef -Wvla -Wimplicit-fallthrough=5 -Wframe-larger-than=1024 \
	   -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers
ifneq ($(filter-out 0,$(DEBUG)),)
# A pointer that a program gave may be NULL, misaligned or wrap: that is EFAULT or fine, not a bug.
# The sanitizer's own temporaries make frames larger than the code's.
CFLAGS	+= -fno-omit-frame-pointer -fsanitize=undefined -fno-sanitize=alignment,null,pointer-overflow \
	   -fstack-protector-strong -mstack-protector-guard=global
WARN	+= -Wframe-larger-than=2048
else
CFLAGS	+= -fno-stack-protector
endif
AFLAGS	:= -D__ASSEMBLY__ -g -mcmodel=medany -fno-pic
# Nothing defines __global_pointer$$: the linker shortens calls, and leaves gp to the kernel.
LDFLAGS	:= -nostdlib -static -no-pie -Wl,--build-id=none \
	   -Wl,-z,noexecstack -Wl,-z,max-page-size=4096

# ---- kernel ----------------------------------------------------------------

all: $B/Image

# Anything that compiles needs the tools first; nothing is rebuilt because of them.
SETUP := build/.setup
$(SETUP): tools/setup
	$(Q)tools/setup
	$(Q)mkdir -p $(@D) && touch $@

build/.setup-check build/.setup-debug: build/.setup-%: tools/setup
	$(Q)tools/setup --$*
	$(Q)mkdir -p $(@D) && touch $@

# The kernel sees Linux's ABI headers, and no header of the C library.
UAPI := build/uapi/.stamp
$(UAPI): | $(SETUP)
	$(Q)mkdir -p $(@D)
	$(Q)for d in linux asm asm-generic; do \
		ln -sfn /usr/riscv64-linux-gnu/include/$$d $(@D)/$$d || exit; done
	$(Q)touch $@

# Rewritten only when their contents change: other flags rebuild all, another
# set of files links again.
define stamp
	$(Q)mkdir -p $(@D); printf '%s\n' '$(subst ','\'',$(1))' | cmp -s - $@ || \
		printf '%s\n' '$(subst ','\'',$(1))' > $@
endef
$B/obj/.flags: FORCE
	$(call stamp,$(CC) $(CPPFLAGS) $(CFLAGS) $(WARN) $(AFLAGS))
$B/obj/.files: FORCE
	$(call stamp,$(OBJS) $(LDFLAGS) $(VDSO_SRCS))

$B/obj/%.c.o: %.c $B/obj/.flags | $(SETUP) $(UAPI)
	@mkdir -p $(@D); $(SAY) "  CC      $<"
	$(Q)$(CC) $(CPPFLAGS) -isystem $(GCC_INCLUDE) $(CFLAGS) $(WARN) -MMD -MP -c -o $@ $<

$B/obj/%.S.o: %.S $B/obj/.flags | $(SETUP) $(UAPI)
	@mkdir -p $(@D); $(SAY) "  AS      $<"
	$(Q)$(CC) $(CPPFLAGS) -isystem $(GCC_INCLUDE) $(AFLAGS) $(ISA) -MMD -MP -c -o $@ $<

# Floating-point registers are touched nowhere else.
$B/obj/arch/riscv/%fpu.S.o $B/obj/arch/riscv/fpu.S.o: ISA := $(FPU_ISA)

$B/vellum.lds: $(firstword $(wildcard arch/riscv/vellum.lds.S arch/riscv/vellum.lds)) \
	       $B/obj/.flags | $(SETUP) $(UAPI)
	$(Q)$(CC) -E -P -x assembler-with-cpp $(CPPFLAGS) -isystem $(GCC_INCLUDE) -D__ASSEMBLY__ -D__LINKER__ -MMD -MP -MT $@ -MF $@.d -o $@ $<

# The vDSO: a shared library for user mode, whose bytes the kernel carries along.
VDSO_FLAGS := -shared -fPIC -std=gnu17 -O2 -g0 $(ISA) -mno-relax -ffreestanding -nostdlib \
	      -fno-asynchronous-unwind-tables -fno-stack-protector -Wall -Wextra -Werror \
	      -Wl,-soname=linux-vdso.so.1 -Wl,--hash-style=both -Wl,--build-id=none \
	      -Wl,-z,max-page-size=4096 -Wl,-z,noexecstack -Wl,-Bsymbolic
$B/vdso.so: $(VDSO_SRCS) $(VDSO_LDS) $(wildcard arch/riscv/vdso/*.h) arch/riscv/include/arch/vdso.h \
	    $B/obj/.flags | $(SETUP) $(UAPI)
	@$(SAY) "  VDSO    $@"
	$(Q)$(if $(VDSO_LDS),$(CC) -E -P -x assembler-with-cpp $(CPPFLAGS) -isystem $(GCC_INCLUDE) \
		-D__LINKER__ $(VDSO_LDS) -o $B/vdso.lds)
	$(Q)$(CC) $(CPPFLAGS) -isystem $(GCC_INCLUDE) $(VDSO_FLAGS) \
		$(if $(VDSO_LDS),-Wl$(comma)-T$(comma)$B/vdso.lds) -o $@ $(VDSO_SRCS)
$B/obj/vdso_image.o: $B/vdso.so
	$(Q)printf '.section .vdso_image, "a", @progbits\n.balign 4096\n.incbin "%s"\n.balign 4096\n' $< | \
		$(CC) $(ISA) -x assembler -c -o $@ -

$B/vellum: $(OBJS) $B/vellum.lds $B/obj/.files tools/link tools/kallsyms
	@$(SAY) "  LD      $@"
	$(Q)CC='$(CC)' NM='$(NM)' tools/link $@ $B/vellum.lds '$(LDFLAGS)' '$(ISA)' $(OBJS)

$B/Image: $B/vellum
	$(Q)$(OBJCOPY) -O binary $< $@.new && mv $@.new $@

-include $(filter-out %/vdso_image.d,$(OBJS:.o=.d)) $B/vellum.lds.d

# ---- userland: a folder of test programs, busybox, a disk ------------------

# Each .c below these folders is a program of its own, in the same place below
# /usr of the disk.
USRC	:= $(sort $(shell find usr/bin usr/tests usr/bench usr/demos -name '*.c' 2>/dev/null))
UPROGS	:= $(USRC:usr/%.c=build/tree/usr/%)
UDATA	:= $(sort $(shell find usr/tests usr/bench usr/demos -name '*.sh' 2>/dev/null))
ROOTFS	:= $(shell find usr/rootfs ! -type d)
# without what some distributions' compilers add: tests pass wrong arguments on purpose
UCFLAGS	:= -std=gnu17 -static -O2 -g -Wall -Wextra -Werror -pthread -Iusr/tests \
	   -U_FORTIFY_SOURCE -fno-stack-protector
UFLAGS_STAMP := build/tree.flags
$(UFLAGS_STAMP): FORCE
	$(call stamp,$(CC) $(UCFLAGS))
UFILES_STAMP := build/tree.files
$(UFILES_STAMP): FORCE
	$(call stamp,$(UPROGS) $(UDATA) $(ROOTFS))

build/tree/usr/%: usr/%.c $(UFLAGS_STAMP) | $(SETUP)
	@mkdir -p $(@D) build/tree.dep/$(*D); $(SAY) "  USERCC  $<"
	$(Q)$(CC) $(UCFLAGS) -MMD -MP -MF build/tree.dep/$*.d -MT $@ -o $@.tmp $< -lm
	$(Q)$(OBJCOPY) --strip-debug $@.tmp $@ && rm $@.tmp

-include $(UPROGS:build/tree/usr/%=build/tree.dep/%.d)

build/busybox: | $(SETUP)
	$(Q)tools/fetch-deb build/debs/busybox-static.deb busybox-static
	$(Q)dpkg-deb --fsys-tarfile build/debs/busybox-static.deb | \
		tar -xOf - ./usr/bin/busybox > $@.new && chmod 755 $@.new && mv $@.new $@
build/applets: build/busybox tools/applets
	$(Q)tools/applets $< > $@.new && mv $@.new $@

build/root.img: build/busybox build/applets tools/mkdisk $(ROOTFS) $(UPROGS) $(UDATA) $(UFILES_STAMP)
	@$(SAY) "  MKDISK  $@"
	$(Q)find build/tree -type f | grep -vxF $(UPROGS:%=-e %) -e @ | xargs -r rm -f
	$(Q)for f in $(UDATA); do install -D -m 755 $$f build/tree/$$f || exit; done
	$(Q)tools/mkdisk -B build/busybox -a build/applets -o $@ usr/rootfs build/tree

# The disk that "make run" boots from is made once, and then it is its user's.
build/disk.img: | build/root.img
	$(Q)cp --sparse=always build/root.img $@

disk: build/root.img
	@$(SAY) "  DISK    $(DISK)"
	$(Q)cp --sparse=always build/root.img $(DISK)

# The same with packages of Debian's: of the user's choice, and for tests.
build/packages.list: FORCE
	$(call stamp,$(PACKAGES))
build/packages.img: build/packages.list
build/packages.img: DISK_PACKAGES = $(PACKAGES)
build/test-packages.img: DISK_PACKAGES = bash perl-base python3 sqlite3 make
build/packages.img build/test-packages.img: tools/mkpackages build/busybox build/applets | build/root.img
	@$(SAY) "  MKDISK  $@"
	$(Q)tools/mkpackages $@ $(DISK_PACKAGES)

# ---- Linux itself, to compare with -----------------------------------------

linux: build/linux/Image build/linux/initrd
build/debs/linux-image.deb: | $(SETUP)
	$(Q)tools/fetch-deb $@ linux-image-riscv64+
build/linux/Image: build/debs/linux-image.deb
	$(Q)mkdir -p $(@D)
	$(Q)dpkg-deb --fsys-tarfile $< | tar -xOf - --wildcards './boot/vmlinu*' > $@.new && mv $@.new $@
build/linux/initrd: build/debs/linux-image.deb build/busybox tools/mkinitrd
	$(Q)mkdir -p $(@D)
	$(Q)tools/mkinitrd -b build/busybox -d $< -o $@

# ---- doing things with it --------------------------------------------------

run: $B/Image build/root.img $(if $(filter build/disk.img,$(DISK)),build/disk.img) $(if $(PACKAGES),build/packages.img)
	@tools/run

NAME ?=
demo: $(if $(NAME),$B/Image build/root.img)
	@tools/demo $(NAME)
picture: $(if $(NAME),$B/Image build/root.img)
	@tools/picture $(NAME)

debug: $B/Image build/root.img build/.setup-debug $(if $(filter build/disk.img,$(DISK)),build/disk.img)
	@tools/debug

TEST := tools/test $(if $(ONLY),--only '$(subst ','\'',$(ONLY))') $(if $(ROUNDS),--rounds $(ROUNDS))

test: build/root.img build/test-packages.img
	@$(MAKE) --no-print-directory DEBUG=0 build/Image
	@$(MAKE) --no-print-directory DEBUG=1 build/debug/Image
	@$(TEST)

test-on-linux: build/root.img build/test-packages.img linux
	@$(TEST) --linux

# ---- what things cost: tools/bench ------------------------------------------

ROWS	?=
override ROWS := $(value ROWS)
# LINUX=1: Debian's Linux as well; LINUX=path: that image.
LINUX_OPTION := $(if $(LINUX),--linux$(if $(filter-out 1,$(LINUX)),=$(LINUX)))
BENCH	:= tools/bench
BENCH_ROWS = $(foreach row,$(ROWS),'$(subst ','\'',$(row))')

bench bench-check bench-scale bench-grow profile: build/root.img $(if $(filter 1,$(LINUX)),linux)
	@$(MAKE) --no-print-directory DEBUG=0 build/Image
	@$(BENCH) $(or $(patsubst bench-%,%,$(filter-out bench,$@)),run) $(BENCH_ROWS) $(LINUX_OPTION)

bench-save bench-plot bench-table bench-list:
	@$(BENCH) $(patsubst bench-%,%,$@) $(BENCH_ROWS)

check: build/.setup-check
	@$(MAKE) --no-print-directory DEBUG=0 build/Image
	@tools/check

clean:
	$(Q)rm -rf build/obj build/debug build/Image build/vellum build/vellum.lds* build/root.img \
		build/test-packages.img build/tree build/tree.* build/uapi build/applets build/test build/check build/host

distclean:
	$(Q)rm -rf build

help:
	@echo 'make                  build the kernel: build/Image, build/vellum (the ELF with symbols)'
	@echo 'make run              boot to a shell; "poweroff" ends, Ctrl-A X kills the machine'
	@echo '  SMP=2 MEM=256M      harts and memory'
	@echo '  DISK=build/disk.img the ext2 disk (made when absent, kept between runs)'
	@echo '  OVERLAY=dir         copy a folder into the disk first'
	@echo '  PACKAGES="gcc ..."  with these packages of Debian, on a disk of their own'
	@echo '  APPEND="..."        more kernel command line'
	@echo '  CMD="..."           run this instead of a shell, print its output, exit with its status'
	@echo 'make demo             list the demonstrations; NAME=pingpong runs one'
	@echo 'make picture          draw who shares which page in one of them: build/picture-NAME.svg'
	@echo 'make disk             make the disk anew'
	@echo 'make debug            like run, stopped at the first instruction, with gdb attached'
	@echo 'make test             every test; ONLY=pattern selects some'
	@echo 'make check            what can be checked without running: layers, headers, locks'
	@echo 'make test-on-linux    the guest tests, on Linux'
	@echo 'make bench            what things cost, beside Linux; ROWS="*fault* getppid" selects some'
	@echo '  LINUX=1             measure Linux here too, not only Vellum'
	@echo '  bench-check         fail where something got worse; bench-save keeps the figures,'
	@echo '                      bench-plot draws them, bench-list explains, bench-scale: more harts,'
	@echo '                      bench-grow: more of everything'
	@echo 'make profile ROWS=... where the instructions went: by function, and build/bench/flame.svg'
	@echo 'make clean            remove what was built; disk and downloads stay (distclean: all)'
	@echo 'DEBUG=1 with any      lock ranks, invariants, UBSAN, stack protector (build/debug/)'
	@echo 'V=1 with any          show the commands'

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Debian's programs at work, linked dynamically. TAP; each command's output is
# compared with what it is on Linux.

point=0
check()			# NAME EXPECTED COMMAND...
{
	local name=$1 expected=$2 said
	shift 2
	said=$("$@" 2>&1)
	point=$((point + 1))
	if [ "$said" = "$expected" ]; then
		echo "ok $point - $name"
	else
		echo "not ok $point - $name"
		sed 's/^/# /' <<< "$said"
	fi
}

cd "$(mktemp -d "${1:-/root}/packages.XXXXXX")" || exit

# ---- bash -------------------------------------------------------------------

numbers() { diff <(seq 1000 | sort) <(seq 1000 -1 1 | sort) && echo "same $((RANDOM < 32768))"; }
check 'bash: process substitution' 'same 1' numbers

coprocess()
{
	coproc tr a-z A-Z
	echo hello >&"${COPROC[1]}"
	eval "exec ${COPROC[1]}>&-"
	cat <&"${COPROC[0]}"
}
check 'bash: a coprocess' HELLO coprocess

jobs_and_traps()
{
	trap 'echo child' CHLD
	(exit 3) &
	wait $!
	echo $?
}
check 'bash: SIGCHLD and wait' $'child\n3' jobs_and_traps

# ---- perl -------------------------------------------------------------------

check 'perl: fork, pipe, wait' 'from 42, 7' perl -e '
	pipe R, W; if (!fork) { print W "from 42"; close W; exit 7 }
	close W; print <R>; wait; print ", ", $? >> 8, "\n"'
check 'perl: a thousand files' 1000 perl -e '
	mkdir "d"; for (1 .. 1000) { open F, ">", "d/$_" or die; print F $_; close F }
	opendir D, "d"; print scalar(grep { !/^\./ } readdir D), "\n"; unlink glob "d/*"; rmdir "d" or die'

# ---- sqlite -----------------------------------------------------------------

check 'sqlite: a rollback journal' 500500 sqlite3 a.db '
	create table t(n); with recursive c(n) as (select 1 union all select n+1 from c where n<1000)
	insert into t select n from c; select sum(n) from t'
check 'sqlite: a write-ahead log, whose index is a shared mapping' $'wal\n500500' sqlite3 a.db '
	pragma journal_mode=wal; update t set n=n+1; update t set n=n-1; select sum(n) from t'
check 'sqlite: the database by mmap' $'268435456\nok' sqlite3 a.db '
	pragma mmap_size=268435456; pragma integrity_check'

writers()
{
	sqlite3 b.db 'pragma journal_mode=wal; create table t(n)' > /dev/null
	local i
	for i in 1 2 3 4; do
		for n in 1 2 3 4 5; do
			sqlite3 -cmd '.timeout 60000' b.db "insert into t values($i*$n)"
		done &
	done
	wait
	sqlite3 b.db 'select count(*), sum(n) from t'
}
check 'sqlite: four processes write' '20|150' writers

# ---- python -----------------------------------------------------------------

check 'python: anonymous memory shared with a child' 'b"child"' python3 -c '
import mmap, os
m = mmap.mmap(-1, 4096)
if not os.fork():
    m[:5] = b"child"
    os._exit(0)
os.wait()
print("b\"%s\"" % m[:5].decode())'
check 'python: eight threads' 28000 python3 -c '
import threading
n, lock = 0, threading.Lock()
def work(i):
    global n
    for _ in range(1000):
        with lock:
            n += i
ts = [threading.Thread(target=work, args=(i,)) for i in range(8)]
[t.start() for t in ts]; [t.join() for t in ts]
print(n)'
check 'python: memory shared by name' '[0, 1, 4, 9]' python3 -c '
from multiprocessing import shared_memory
import os
s = shared_memory.SharedMemory(create=True, size=4096, track=False)
for i in range(4):
    if not os.fork():
        child = shared_memory.SharedMemory(name=s.name, track=False)
        child.buf[i] = i * i
        os._exit(0)
for i in range(4):
    os.wait()
print(list(s.buf[:4]))
s.unlink()'
check 'python: subprocesses, signals, time-outs' '-9 timeout' python3 -c '
import subprocess
p = subprocess.Popen(["sleep", "100"]); p.kill()
try:
    subprocess.run(["sleep", "100"], timeout=0.1)
except subprocess.TimeoutExpired:
    print(p.wait(), "timeout")'
check 'python: a pseudo-terminal' "b'42\\r\\n' 5" python3 -c '
import os, pty
pid, fd = pty.fork()
if not pid:
    os.execlp("sh", "sh", "-c", "[ -t 0 ] && echo 42")
said = b""
try:
    while True:
        said += os.read(fd, 100)
except OSError as end:                  # EIO: nobody has the terminal open any more
    print(said, end.errno)'

# ---- make -------------------------------------------------------------------

printf 'all: $(foreach n,1 2 3 4 5 6 7 8,f$n)\n\tcat $^\nf%%:\n\techo $* > $@\n' > Makefile
check 'make: four jobs' $'1\n2\n3\n4\n5\n6\n7\n8' make -s -j4

echo "1..$point"
cd / && rm -rf "$OLDPWD"

# SPDX-License-Identifier: GPL-2.0-only
"""busybox at work, driven through the console as a person would type.

Each scenario is a function that gets a Shell at its prompt; its docstring's
first line is what it shows. It raises Trouble when something is not so.
"""

import os
import re
import time

import vm
from testing.console import Console, Trouble

PROMPT = r'root@vellum:\S*# '
CTRL_C, CTRL_D, CTRL_Z, CTRL_U, CTRL_W, CTRL_BACKSLASH = '\x03', '\x04', '\x1a', '\x15', '\x17', '\x1c'
ESC, ERASE, UP = '\x1b', '\x7f', '\x1b[A'

# Says "ready" when so many processes of this name and state are in the foreground.
READY = (r'ready() { n=0; while [ $n -lt $3 ]; do n=$(cat /proc/[0-9]*/stat 2> /dev/null | '
         r'grep -c "($1) $2 [0-9]* \([0-9]*\) [0-9]* [0-9]* \1 "); done; echo ready; }')


class Shell(Console):
    def login(self, timeout=90):
        self.expect(PROMPT, timeout)

    def prompt(self, timeout=30):
        self.expect(PROMPT, timeout)

    def run(self, command, timeout=60):
        """Type a command, wait for the prompt, return what was printed between."""
        self.send(command + '\n')
        self.expect(re.escape(command.splitlines()[-1][-30:]) + r' *\n', timeout)
        start = self.pos
        match = self.expect(PROMPT, timeout)
        return self.text[start:match.start()]

    def gives(self, command, output, timeout=60):
        """Like run, and the output must be @output (outer white space aside)."""
        got = self.run(command, timeout).strip()
        if got != output:
            raise Trouble(f'{command!r} gave {got!r}, not {output!r}')

    def start(self, command, name, state='[SD]', count=1):
        """Type a command and wait until @count processes @name are there, and have the terminal.

        (Linux's sendfile, of busybox's cat, waits for a pipe in state D.)"""
        self.run(READY)
        self.send(f'(ready {name} "{state}" {count} &); {command}\n')
        self.expect('^ready *\n', 60)

    def until(self, command, pattern, timeout=60):
        """Repeat a command until its output has @pattern."""
        end = time.monotonic() + timeout
        while not re.search(pattern, self.run(command), re.M):
            if time.monotonic() > end:
                raise Trouble(f'{command!r} does not come to {pattern!r}')

    def off(self):
        self.send('poweroff\n')
        self.finish()


def pipelines(sh):
    """pipes, redirections, substitutions, statuses"""
    sh.gives('seq 1 1000 | grep 7 | wc -l', '271')
    sh.gives('cat /dev/zero | head -c 1000000 | wc -c', '1000000')
    sh.gives('yes | head -n 2 | tr y n | paste -s -d + -', 'n+n')
    sh.gives('echo b a c | tr " " "\\n" | sort | tail -n 1', 'c')
    sh.gives('echo $(echo $((6 * 7))) > /tmp/x; cat < /tmp/x', '42')
    sh.gives('false; echo $?; true | false; echo $?; (exit 7); echo $?', '1\n1\n7')
    sh.gives('ls /nothing 2>&1 | grep -c "No such file"', '1')
    sh.gives('for i in 1 2 3; do echo $i; done | while read n; do echo -n $n.; done', '1.2.3.')
    sh.gives('seq 1 60000 | md5sum | cut -c 1-32', '32e8d2bbb8984bd14d9ad0ccf2a33ea5')
    sh.gives('(echo a; sleep 1; echo b) | cat | cat | cat', 'a\nb')


def background(sh):
    """background jobs, wait, kill, traps"""
    sh.run('(sleep 1; echo done > /tmp/bg) &')
    if not sh.run('wait; cat /tmp/bg').startswith('done\n'):
        raise Trouble('wait did not wait for the background job')
    sh.run('sleep 1000 &')
    if '\n143' not in '\n' + sh.run('kill $!; wait $!; echo $?'):
        raise Trouble('a killed background job does not give status 143')
    sh.run('jobs')
    sh.gives('sh -c \'trap "echo got" USR1; kill -USR1 $$; echo end\'', 'got\nend')
    sh.gives('sh -c \'kill -9 $$\'; echo $?', 'Killed\n137')
    sh.gives('ps | grep -c "[s]leep"', '0')


def interrupt(sh):
    """Ctrl-C ends a busy loop, a sleeper, a reader and a pipeline; Ctrl-\\ too"""
    for command, *running in (('while :; do :; done', 'sh', 'R'), ('sleep 1000', 'sleep'), ('cat', 'cat'),
                              ('cat | cat | cat', 'cat', '[SD]', 3), ('yes > /dev/null', 'yes', 'R'),
                              ('sh -c "while :; do :; done"', 'sh', 'R')):
        sh.start(command, *running)
        sh.send(CTRL_C)
        sh.prompt(20)
        sh.gives('echo $?', '130')
    sh.start('sleep 1000', 'sleep')
    sh.send(CTRL_BACKSLASH)
    sh.prompt(20)
    sh.gives('echo $?', '131')


def stop(sh):
    """Ctrl-Z, jobs, bg, fg; a background reader stops"""
    sh.start('sleep 1000', 'sleep')
    sh.send(CTRL_Z)
    sh.expect(r'Stopped', 20)
    sh.prompt()
    if 'Stopped' not in sh.run('jobs'):
        raise Trouble('jobs does not show the stopped job')
    sh.run('bg')
    if 'Running' not in sh.run('jobs'):
        raise Trouble('jobs does not show the job running after bg')
    sh.start('fg', 'sleep')
    sh.send(CTRL_C)
    sh.prompt(20)
    sh.gives('echo $?', '130')
    sh.run('cat &')
    sh.until('jobs', 'Stopped')     # by SIGTTIN
    sh.send('fg\n')
    sh.expect(r'^cat *\n', 20)
    sh.send('hello\n')
    sh.expect(r'^hello *\nhello *\n', 20)
    sh.send(CTRL_D)
    sh.prompt(20)
    sh.gives('jobs', '')


def line_editing(sh):
    """the terminal's own line editing, the shell's, end of file"""
    sh.start('cat > /tmp/l', 'cat')
    sh.send(f'wrong{CTRL_U}one two{CTRL_W}threx{ERASE}e\n{CTRL_D}')
    sh.prompt(20)
    sh.gives('cat /tmp/l', 'one three')
    sh.run('echo first')
    sh.send(UP)
    sh.send(ERASE * 5 + 'second\n')
    sh.expect(r'^second', 20)
    sh.prompt()
    sh.gives('stty size', '24 200')
    sh.gives('stty rows 50 cols 132; stty size', '50 132')
    sh.gives('tty', '/dev/ttyS0')


def here_document(sh):
    """a here-document and a script typed into the shell"""
    sh.send('cat > /tmp/s.sh <<"END"\n')
    sh.expect('^> ', 20)
    for line in ('#!/bin/sh', 'total=0', 'while read -r a b; do', 'total=$((total + b))', 'done <<EOF',
                 'x 40', 'y 2', 'EOF', 'echo $1 $total | sed s/u/U/'):
        sh.send(line + '\n')
        sh.expect('^> ', 20)
    sh.send('END\n')
    sh.prompt()
    sh.run('chmod +x /tmp/s.sh')
    sh.gives('/tmp/s.sh sum', 'sUm 42')


def vi(sh):
    """vi: insert, save, edit again"""
    sh.send('vi /root/note\n')
    sh.expect(r'- /root/note 1/1', 20)
    sh.send('ihello\nworld')
    sh.expect(r'I /root/note .*2/2.*world', 20)
    sh.send(ESC)
    sh.expect(r'- /root/note .*2/2', 20)
    sh.send(':wq\n')
    sh.prompt(20)
    sh.gives('cat /root/note', 'hello\nworld')
    sh.send('vi /root/note\n')
    sh.expect(r'- /root/note 1/2', 20)
    sh.send('1GddpA!')
    sh.expect(r'I /root/note .*2/2.*!', 20)
    sh.send(ESC)
    sh.expect(r'- /root/note .*2/2', 20)
    sh.send(':wq\n')
    sh.prompt(20)
    sh.gives('cat /root/note', 'world\nhello!')


def pager(sh):
    """less and top in their raw mode"""
    sh.run('seq 1 500 > /tmp/n')
    sh.send('less /tmp/n\n')
    sh.expect(r'^23 *\n', 20)
    sh.send(' ')
    sh.expect(r'^46 *\n', 20)
    sh.send('q')
    sh.prompt(20)
    sh.send('top -d 1\n')
    sh.expect(r'Mem:', 20)
    sh.expect(r'COMMAND', 20)
    sh.expect(r'Mem:', 20)
    sh.send('q')
    sh.prompt(20)
    sh.gives('stty | grep -c -- -icanon', '0')


def vmtop(sh):
    """vmtop: a screen, anew by itself, another process by number, and the terminal back again"""
    sh.run('sleep 1000 &')
    pid = sh.run('echo $!').strip()
    sh.send('vmtop 1\n')
    sh.expect(r'vmtop +process 1 \(', 20)
    sh.expect(r'ADDRESS +PERM', 20)
    sh.expect(r'\[stack\]', 20)
    sh.expect(r'vmtop +process 1 \(', 20)      # the next second
    sh.send(pid + '\n')
    sh.expect(rf'vmtop +process {pid} \(sleep\)', 20)
    sh.send('q')
    sh.prompt(20)
    sh.gives('stty | grep -c -- -icanon', '0')
    sh.send('vmtop\n')
    sh.expect(r'ADDRESS +PERM', 20)
    sh.send(CTRL_C)
    sh.prompt(20)
    sh.gives('echo $?; stty | grep -c -- -icanon', '130\n0')
    sh.run('kill $!')


def tar(sh):
    """tar of the system onto the disk and back, gzip, compare"""
    sh.run('cd /var/tmp; tar -cf all.tar -C / bin etc sbin usr/bin home', 120)
    sh.run('mkdir x; tar -xf all.tar -C x', 120)
    sh.gives('diff -r /etc x/etc && cmp /bin/busybox x/usr/bin/busybox && echo same', 'same')
    sh.gives('readlink x/bin', 'usr/bin')
    sh.run('gzip -c all.tar > all.tgz; zcat all.tgz | md5sum > a; md5sum < all.tar > b', 240)
    sh.gives('cmp a b && echo same', 'same')
    sh.run('rm -r x all.tar all.tgz a b; cd', 60)
    sh.gives('ls /var/tmp | wc -l', '0')


def find(sh):
    """find | xargs grep, over the whole disk"""
    sh.gives('find / -xdev -type f | xargs grep -l "^root:x:0:0"', '/etc/passwd', 120)
    sh.gives('find /etc -name "*tab" | sort | xargs', '/etc/fstab /etc/inittab /etc/mtab')
    sh.gives('find / -xdev -type l | wc -l | awk "{print (\\$1 > 200)}"', '1', 120)


def tools(sh):
    """ps, free, mount, uptime, df, dmesg, id, su, date"""
    expected = {
        'ps': r'\b1 (root|0) .*init', 'free': r'Mem: +\d+ +\d+', 'mount': r'/dev/\w+ on / type ext2',
        'uptime': r'load average: \d', 'df /': r'\d+% /', 'df -h /tmp': r'tmpfs',
        'dmesg | wc -l': r'^[1-9]\d*$', 'id': r'uid=0\(root\) gid=0\(root\)',
        'su user -c id': r'uid=1000\(user\)', 'date +%Y': r'^20[2-9]\d$', 'uname -m': r'^riscv64$',
        'cat /proc/cpuinfo': r'rv64', 'head -n 1 /proc/meminfo': r'MemTotal: +\d+ kB',
        'cat /proc/self/maps': r'\[stack\]', 'stat -c %i /': r'^2$', 'who | wc -l': r'^\d+$',
    }
    for command, pattern in expected.items():
        got = sh.run(command).strip()
        if not re.search(pattern, got, re.M):
            raise Trouble(f'{command!r} gave {got!r}')


def pasted(sh):
    """a hundred lines pasted at once arrive whole"""
    lines = [f'{i:03d} ' + 'abcdefghij' * 4 for i in range(100)]
    sh.start('cat > /tmp/paste', 'cat')
    for line in lines:
        sh.send(line + '\n')
        sh.expect(re.escape(line), 20)
    sh.send(CTRL_D)
    sh.prompt(20)
    sh.gives('wc -lc < /tmp/paste | xargs', f'100 {100 * 45}')


def sessions(sh):
    """exit gives a new login shell; setsid and nohup outlive their shell"""
    sh.run('setsid sleep 777 &')
    sh.send('exit\n')
    sh.prompt(30)
    sh.gives('ps | grep -c "[s]leep 777"', '1')
    sh.run('kill $(pidof sleep)')
    sh.until('pidof sleep | wc -w', '^0$')


SCENARIOS = (pipelines, background, interrupt, stop, line_editing, here_document, vi, pager,
             vmtop, tar, find, tools, pasted, sessions)


class ShellScenario:
    """One scenario in a boot of its own, ended by typing poweroff."""

    def __init__(self, scenario, config, **machine):
        self.name = f'shell/{config}/{scenario.__name__}'
        self.scenario = scenario
        self.machine = machine
        self.weight = 10

    def selected(self, report):
        return report.selects(self.name)

    def run(self, report, workdir, make_vm):
        disk = os.path.join(workdir, 'disk.img')
        vm.fresh_disk('build/root.img', disk)
        machine = make_vm(disk=disk, append='panic=-1 quiet VELLUM_TTY=24x200 TERM=linux',
                          **self.machine)
        start = time.monotonic()
        why, details = '', ()
        with Shell(machine, '-no-reboot') as shell:
            try:
                shell.login()
                self.scenario(shell)
                shell.off()
                clean, said = vm.fsck(disk)
                if not clean:
                    why, details = 'the disk is not clean', said.splitlines()[-20:]
            except Trouble as trouble:
                why, details = str(trouble), shell.tail()
        report.result(self.name, why, time.monotonic() - start, self.scenario.__doc__, details)


def jobs(config, **machine):
    return [ShellScenario(s, config, **machine) for s in SCENARIOS]

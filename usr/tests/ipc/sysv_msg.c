// SPDX-License-Identifier: GPL-2.0-only
/*
 * System V message queues: msgget, msgsnd, msgrcv, msgctl, /proc/sysvipc/msg.
 */
#include "tap.h"
#include <sys/ipc.h>
#include <sys/msg.h>

#define KEY	0x56000003
#define MAX	8192UL		/* msgmax */
#define FULL	16384UL		/* msgmnb */

struct message {
	long type;
	char text[MAX + 1];
};

static struct message buf;
static int the_id;

static int new_queue(void)
{
	return must(msgget(IPC_PRIVATE, 0600));
}

static void rm(int id)
{
	must(msgctl(id, IPC_RMID, NULL));
}

/* a message of @type with @len bytes, the first of which is @c */
static int put(int id, long type, int c, size_t len, int flg)
{
	struct message m = { .type = type, .text = { c } };

	return msgsnd(id, &m, len, flg);
}

/* take one and tell its first byte, -1 on failure; the rest is in buf */
static int get(int id, long type, int flg)
{
	memset(&buf, 0, sizeof(buf));
	return msgrcv(id, &buf, MAX, type, flg | IPC_NOWAIT) < 0 ? -1 : buf.text[0];
}

static struct msqid_ds stat_of(int id)
{
	struct msqid_ds ds;

	must(msgctl(id, IPC_STAT, &ds));
	return ds;
}

static void set_room(int id, size_t bytes)
{
	struct msqid_ds ds = stat_of(id);

	ds.msg_qbytes = bytes;
	must(msgctl(id, IPC_SET, &ds));
}

static void getting(void)
{
	int id, other;

	fails(msgget(KEY, 0600), ENOENT, "a key that nobody has is ENOENT");
	id = must(msgget(KEY, IPC_CREAT | 0600));
	is(msgget(KEY, 0600), id, "the key finds it");
	fails(msgget(KEY, IPC_CREAT | IPC_EXCL | 0600), EEXIST, "IPC_EXCL is EEXIST");
	rm(id);
	other = must(msgget(KEY, IPC_CREAT | 0600));
	ok(other != id, "a new one gets a new id");
	fails(put(id, 1, 'x', 1, 0), EINVAL, "and the old one is gone for msgsnd");
	fails(get(id, 0, 0), EINVAL, "for msgrcv");
	fails(msgctl(id, IPC_RMID, NULL), EINVAL, "and for msgctl");
	rm(other);
}

static void sending(void)
{
	int id = new_queue();

	fails(put(id, 0, 'x', 1, 0), EINVAL, "type 0 is EINVAL");
	fails(put(id, -1, 'x', 1, 0), EINVAL, "type -1 too");
	fails(put(id, 1, 'x', MAX + 1, 0), EINVAL, "more than msgmax too");
	fails(put(id, 1, 'x', -1, 0), EINVAL, "and -1 bytes");
	fails(put(-1, 1, 'x', 1, 0), EINVAL, "and queue -1");
	fails(msgsnd(id, NOTHING, 1, 0), EFAULT, "from NULL is EFAULT");
	fails(msgsnd(-1, NOTHING, -1, 0), EFAULT, "before all else");
	is(stat_of(id).msg_qnum, 0, "nothing of that was sent");
	is(put(id, 5, 0, 0, 0), 0, "an empty message is sent");
	is(msgrcv(id, &buf, MAX, 0, 0), 0, "and received");
	is(buf.type, 5, "with its type");
	is(put(id, LONG_MAX, 'm', MAX, 0), 0, "msgmax bytes are sent");
	is(msgrcv(id, &buf, MAX + 1, 0, 0), MAX, "and received");
	ok(buf.type == LONG_MAX && buf.text[0] == 'm' && all_bytes(buf.text + 1, 0, MAX - 1), "whole");
	fails(msgrcv(id, &buf, -1, 0, IPC_NOWAIT), EINVAL, "receiving -1 bytes is EINVAL");
	fails(msgrcv(-1, &buf, 1, 0, IPC_NOWAIT), EINVAL, "and from queue -1");
	fails(get(id, 0, 0), ENOMSG, "from an empty one is ENOMSG");
	must(put(id, 1, 'x', 1, 0));
	fails(msgrcv(id, NOTHING, 1, 0, 0), EFAULT, "to NULL is EFAULT");
	is(stat_of(id).msg_qnum, 0, "and the message is lost");
	rm(id);
}

static void fill(int id)
{
	static const char types[] = { 3, 1, 2, 1, 3 };

	for (size_t i = 0; i < sizeof(types); i++)
		must(put(id, types[i], 'a' + i, 10, 0));
}

static void choosing(void)
{
	int id = new_queue();

	fill(id);
	is(get(id, 0, 0), 'a', "type 0 takes the first");
	is(get(id, 1, 0), 'b', "type 1 the first of that type");
	fails(get(id, 4, 0), ENOMSG, "a type that is not there is ENOMSG");
	is(get(id, -2, 0), 'd', "-2 the first of the lowest type up to 2");
	is(get(id, -2, 0), 'c', "then of the next");
	fails(get(id, -2, 0), ENOMSG, "then nothing");
	is(get(id, LONG_MIN, 0), 'e', "LONG_MIN is every type");
	fill(id);
	is(get(id, 3, MSG_EXCEPT), 'b', "MSG_EXCEPT the first of any other");
	is(get(id, -1, MSG_EXCEPT), 'd', "which says nothing of negative types");
	is(get(id, 0, MSG_EXCEPT), 'a', "nor of 0");
	fails(msgrcv(id, &buf, 9, 0, 0), E2BIG, "too little room is E2BIG");
	is(stat_of(id).msg_qnum, 2, "which leaves it");
	buf.text[5] = 'z';
	is(msgrcv(id, &buf, 5, 0, MSG_NOERROR), 5, "MSG_NOERROR cuts it");
	ok(buf.text[0] == 'c' && buf.text[5] == 'z', "and writes no more");
	is(get(id, 0, 0), 'e', "the rest of it is lost");
	rm(id);
}

static void copying(void)
{
	int flags = MSG_COPY | IPC_NOWAIT, id = new_queue();
	struct msqid_ds ds;

	fill(id);
	is(msgrcv(id, &buf, MAX, 2, flags), 10, "MSG_COPY");
	ok(buf.type == 2 && buf.text[0] == 'c', "gives the third of number 2");
	is(msgrcv(id, &buf, 2 * FULL, 0, flags), 10, "more room than msgmax is well");
	ds = stat_of(id);
	ok(ds.msg_qnum == 5 && ds.msg_cbytes == 50 && !ds.msg_lrpid && !ds.msg_rtime, "and all stay");
	fails(msgrcv(id, &buf, MAX, 5, flags), ENOMSG, "there is no number 5");
	fails(msgrcv(id, &buf, MAX, -1, flags), ENOMSG, "nor -1");
	fails(msgrcv(id, &buf, 9, 0, flags), E2BIG, "too little room is E2BIG");
	fails(msgrcv(id, &buf, 9, 0, flags | MSG_NOERROR), EINVAL, "with MSG_NOERROR it is EINVAL");
	fails(msgrcv(id, &buf, MAX, 0, MSG_COPY), EINVAL, "without IPC_NOWAIT too");
	fails(msgrcv(id, &buf, MAX, 0, flags | MSG_EXCEPT), EINVAL, "and with MSG_EXCEPT");
	fails(msgrcv(id, NOTHING, MAX, 9, flags), EFAULT, "to NULL is EFAULT first");
	rm(id);
}

/* ---- waiting ---- */

struct wait {
	long type;		/* of what is sent or received */
	size_t len;
	int flg, err, c;	/* it fails with @err, or: the first byte */
};

static void receiver(void *arg)
{
	struct wait *w = arg;

	if (w->err) {
		CHECK_ERR(msgrcv(the_id, &buf, w->len, w->type, w->flg), w->err);
		return;
	}
	CHECK(msgrcv(the_id, &buf, w->len, w->type, w->flg) >= 0);
	CHECK(buf.text[0] == w->c);
}

static void sender(void *arg)
{
	struct wait *w = arg;

	if (w->err)
		CHECK_ERR(put(the_id, w->type, w->c, w->len, 0), w->err);
	else
		CHECK(!put(the_id, w->type, w->c, w->len, 0));
}

static pid_t asleep(void (*fn)(void *), struct wait w)
{
	pid_t pid = spawn(fn, &w);

	wait_state(pid, 'S');
	return pid;
}

#define ASLEEP(fn, ...)	asleep(fn, (struct wait){ __VA_ARGS__ })

static void handing_over(void)
{
	pid_t two, any, first, tiny;

	the_id = new_queue();
	two = ASLEEP(receiver, .type = 2, .len = 10, .c = 'b');
	must(put(the_id, 1, 'a', 1, 0));
	is(stat_of(the_id).msg_qnum, 1, "what nobody waits for is queued");
	must(put(the_id, 2, 'b', 1, 0));
	is(stat_of(the_id).msg_qnum, 1, "what somebody waits for is his at once");
	is(stat_of(the_id).msg_lrpid, two, "and he the last receiver");
	is(reap(two), 0, "he has it");
	is(get(the_id, 0, 0), 'a', "and not the other");
	first = ASLEEP(receiver, .type = -3, .len = 10, .c = 'c');
	any = ASLEEP(receiver, .len = 10, .c = 'd');
	must(put(the_id, 3, 'c', 1, 0));
	must(put(the_id, 3, 'd', 1, 0));
	is(reap(first), 0, "who came first is served first");
	is(reap(any), 0, "then who came second");
	tiny = ASLEEP(receiver, .len = 4, .err = E2BIG);
	first = ASLEEP(receiver, .len = 4, .flg = MSG_NOERROR, .c = 'e');
	must(put(the_id, 1, 'e', 5, 0));
	is(reap(tiny), 0, "who waits with too little room gets E2BIG");
	is(reap(first), 0, "and the next the message, cut if he likes");
	first = ASLEEP(receiver, .type = 4, .len = 10, .flg = MSG_EXCEPT, .c = 'g');
	must(put(the_id, 4, 'f', 1, 0));
	must(put(the_id, 5, 'g', 1, 0));
	is(reap(first), 0, "MSG_EXCEPT waits for another type");
	rm(the_id);
}

static void filling(void)
{
	pid_t large, small, one;

	the_id = new_queue();
	must(put(the_id, 1, 'a', MAX, 0));
	must(put(the_id, 2, 'b', MAX - 10, 0));
	fails(put(the_id, 1, 'x', 11, IPC_NOWAIT), EAGAIN, "no room is EAGAIN");
	is(put(the_id, 3, 'c', 10, IPC_NOWAIT), 0, "the last byte can be used");
	is(stat_of(the_id).msg_cbytes, FULL, "and is counted");
	large = ASLEEP(sender, .type = 4, .len = MAX, .c = 'l');
	small = ASLEEP(sender, .type = 5, .len = 10, .c = 's');
	is(get(the_id, 3, 0), 'c', "a little is taken");
	is(reap(small), 0, "the small one that waits goes in");
	wait_state(large, 'S');
	is(stat_of(the_id).msg_qnum, 3, "the large one waits on");
	is(get(the_id, 1, 0), 'a', "more is taken");
	is(reap(large), 0, "now it goes in too");
	is(stat_of(the_id).msg_lspid, large, "and its sender is the last");
	one = ASLEEP(sender, .type = 6, .len = 100, .c = 'q');
	set_room(the_id, FULL + 100);
	is(reap(one), 0, "IPC_SET of more room lets one in");
	rm(the_id);

	the_id = new_queue();
	set_room(the_id, 3);
	for (int i = 0; i < 3; i++)
		is(put(the_id, 1, 0, 0, IPC_NOWAIT), 0, "an empty one");
	fails(put(the_id, 1, 0, 0, IPC_NOWAIT), EAGAIN, "there are as many of them as there may be bytes");
	rm(the_id);
}

static void a_waiting_receiver_and_a_full_queue(void)
{
	pid_t in, out;

	the_id = new_queue();
	set_room(the_id, 10);
	must(put(the_id, 1, 'a', 10, 0));
	in = ASLEEP(receiver, .type = 2, .len = 10, .c = 'b');
	out = ASLEEP(sender, .type = 2, .len = 1, .c = 'b');
	is(proc_state(in), 'S', "a sender waits for room even if one waits for its message");
	is(get(the_id, 0, 0), 'a', "then there is room");
	ok(reap(out) == 0 && reap(in) == 0, "and it arrives");
	rm(the_id);
}

static void nothing(int sig)
{
	(void)sig;
}

static void handle(void)
{
	struct sigaction sa = { .sa_handler = nothing, .sa_flags = SA_RESTART };

	CHECK(!sigaction(SIGUSR1, &sa, NULL));
}

static void interrupted_receiver(void *arg)
{
	handle();
	receiver(arg);
}

static void interrupted_sender(void *arg)
{
	handle();
	sender(arg);
}

static void waking(void)
{
	pid_t in[3], out[3];
	int good = 0;

	the_id = new_queue();
	in[0] = ASLEEP(interrupted_receiver, .len = 1, .err = EINTR);
	must(kill(in[0], SIGUSR1));
	is(reap(in[0]), 0, "a signal ends a receiver's wait with EINTR, restart or not");
	in[0] = ASLEEP(receiver, .len = 1, .c = 'c');
	must(kill(in[0], SIGSTOP));
	wait_state(in[0], 'T');
	must(kill(in[0], SIGCONT));
	must(put(the_id, 1, 'c', 1, 0));
	is(reap(in[0]), 0, "a stop does not");
	set_room(the_id, 1);
	must(put(the_id, 7, 'a', 1, 0));
	out[0] = ASLEEP(interrupted_sender, .type = 1, .len = 1, .err = EINTR);
	must(kill(out[0], SIGUSR1));
	is(reap(out[0]), 0, "a sender's too");
	is(stat_of(the_id).msg_qnum, 1, "and nothing was sent");
	for (int i = 0; i < 3; i++) {
		in[i] = ASLEEP(receiver, .type = 2, .len = 1, .err = EIDRM);
		out[i] = ASLEEP(sender, .type = 1, .len = 1, .err = EIDRM);
	}
	rm(the_id);
	for (int i = 0; i < 3; i++)
		good += !reap(in[i]) + !reap(out[i]);
	is(good, 6, "removal ends everybody's wait with EIDRM");
}

/* ---- who may ---- */

static void become_user(void)
{
	CHECK(!setresgid(1000, 1000, 1000) && !setresuid(1000, 1000, 1000));
}

static void stranger(void *arg)
{
	struct msqid_ds ds;
	int id = *(int *)arg;

	become_user();
	CHECK_ERR(put(id, 1, 'x', 1, 0), EACCES);
	CHECK(get(id, 0, 0) == 'a');
	CHECK(!msgctl(id, IPC_STAT, &ds));
	CHECK_ERR(msgctl(id, IPC_SET, &ds), EPERM);
	CHECK_ERR(msgctl(id, IPC_RMID, NULL), EPERM);
	CHECK_ERR(msgget(KEY, 0666), EACCES);
	CHECK(msgget(KEY, 0444) == id);
}

static void shut_out(void *arg)
{
	struct msqid_ds ds;
	int id = *(int *)arg;

	become_user();
	CHECK_ERR(get(id, 0, 0), EACCES);
	CHECK_ERR(msgctl(id, IPC_STAT, &ds), EACCES);
	CHECK_ERR(msgctl(id & 0x7fff, MSG_STAT, &ds), EACCES);
	CHECK(msgctl(id & 0x7fff, MSG_STAT_ANY, &ds) == id);
}

static void user_with_a_queue(void *arg)
{
	struct msqid_ds ds;
	int id;

	(void)arg;
	become_user();
	id = new_queue();
	ds = stat_of(id);
	ds.msg_qbytes = FULL + 1;
	CHECK_ERR(msgctl(id, IPC_SET, &ds), EPERM);
	ds.msg_qbytes = FULL - 1;
	CHECK(!msgctl(id, IPC_SET, &ds));
	ds.msg_qbytes = FULL;
	CHECK(!msgctl(id, IPC_SET, &ds));
	rm(id);
}

static void receiving_user(void *arg)
{
	become_user();
	receiver(arg);
}

static void permitting(void)
{
	struct msqid_ds ds;
	pid_t pid;

	the_id = must(msgget(KEY, IPC_CREAT | 0604));
	must(put(the_id, 1, 'a', 1, 0));
	is(child(stranger, &the_id), 0, "others may what the mode says");
	pid = ASLEEP(receiving_user, .len = 1, .err = EACCES);
	ds = stat_of(the_id);
	ds.msg_perm.mode = 0600;
	is(msgctl(the_id, IPC_SET, &ds), 0, "IPC_SET takes that away");
	is(reap(pid), 0, "from who sleeps there too");
	is(child(shut_out, &the_id), 0, "then nothing but MSG_STAT_ANY");
	ds.msg_perm.uid = -1;
	fails(msgctl(the_id, IPC_SET, &ds), EINVAL, "owner -1 is EINVAL");
	is(child(user_with_a_queue, NULL), 0, "more than msgmnb needs CAP_SYS_RESOURCE");
	rm(the_id);
}

/* ---- asking ---- */

static void controlling(void)
{
	int id = must(msgget(KEY, IPC_CREAT | 0640)), other = new_queue();
	int index = id & 0x7fff, highest = index > (other & 0x7fff) ? index : other & 0x7fff;
	struct msqid_ds ds = stat_of(id);
	struct msginfo info;
	char want[96], *s;

	is(ds.msg_qbytes, FULL, "a new queue has room for msgmnb");
	ok(!ds.msg_stime && !ds.msg_rtime && labs(ds.msg_ctime - time(NULL)) < 5, "and its time of making");
	must(put(id, 1, 'a', 30, 0));
	must(put(id, 1, 'b', 40, 0));
	must(put(other, 1, 'c', 5, 0));
	must(get(id, 0, 0));
	is(msgctl(index, MSG_STAT, &ds), id, "MSG_STAT gives the id");
	ok(ds.msg_qnum == 1 && ds.msg_cbytes == 40, "what is in it");
	ok(ds.msg_lspid == getpid() && ds.msg_lrpid == getpid(), "who");
	ok(labs(ds.msg_stime - time(NULL)) < 5 && labs(ds.msg_rtime - time(NULL)) < 5, "and when");
	is(msgctl(0, IPC_INFO, (void *)&info), highest, "IPC_INFO gives the highest index");
	ok(info.msgmax == MAX && info.msgmnb == FULL && info.msgmni == 32000, "and the limits");
	is(msgctl(0, MSG_INFO, (void *)&info), highest, "MSG_INFO too");
	ok(info.msgpool == 2 && info.msgmap == 2 && info.msgtql == 45, "and what is in use");
	s = slurp("/proc/sysvipc/msg");
	snprintf(want, sizeof(want), "\n%10d %10d  %4o  %10lu %10lu %5u %5u ", KEY, id, 0640, 40UL, 1UL,
		 getpid(), getpid());
	ok(s && strstr(s, want), "/proc/sysvipc/msg has a line of it");
	free(s);
	fails(msgctl(id, 99, &ds), EINVAL, "an unknown command is EINVAL");
	fails(msgctl(-1, MSG_INFO, &ds), EINVAL, "queue -1 too");
	fails(msgctl(id, IPC_STAT, NULL), EFAULT, "IPC_STAT to NULL is EFAULT");
	fails(msgctl(id, IPC_SET, NULL), EFAULT, "IPC_SET from NULL too");
	rm(id);
	rm(other);
}

static int sysctl(const char *name, const char *value)
{
	char path[64];
	int fd, n;

	snprintf(path, sizeof(path), "/proc/sys/kernel/%s", name);
	fd = must(open(path, O_WRONLY));
	n = write(fd, value, strlen(value));
	close(fd);
	return n < 0 ? -1 : 0;
}

static void limiting(void)
{
	int id = new_queue(), other;

	must(sysctl("msgmax", "10"));
	fails(put(id, 1, 'x', 11, 0), EINVAL, "msgmax bounds a message");
	must(put(id, 1, 'x', 10, 0));
	must(sysctl("msgmax", "9"));
	fails(msgrcv(id, &buf, 100, 0, MSG_COPY | IPC_NOWAIT), EINVAL, "and MSG_COPY's room");
	is(get(id, 0, 0), 'x', "but not what is already there");
	must(sysctl("msgmax", "8192"));
	must(sysctl("msgmnb", "100"));
	other = new_queue();
	is(stat_of(other).msg_qbytes, 100, "msgmnb is the room of a new queue");
	is(stat_of(id).msg_qbytes, FULL, "not of an old one");
	must(sysctl("msgmnb", "16384"));
	must(sysctl("msgmni", "2"));
	fails(msgget(IPC_PRIVATE, 0600), ENOSPC, "msgmni bounds their number");
	fails(sysctl("msgmni", "32769"), EINVAL, "which has a bound itself");
	must(sysctl("msgmni", "32000"));
	fails(sysctl("msgmax", "-1"), EINVAL, "msgmax is not negative");
	rm(id);
	rm(other);
}

/* ---- many at once ---- */

#define EACH	250
#define PEERS	4

static void busy_sender(void *arg)
{
	for (int i = 0; i < EACH; i++) {
		struct message m = { .type = *(const long *)arg };

		memcpy(m.text, &i, sizeof(i));
		CHECK(!msgsnd(the_id, &m, 8 + i % 64, 0));
	}
}

/* two of the receivers take one type each, the others share two */
static const long sent[PEERS] = { 1, 2, 3, 4 }, received[PEERS] = { -2, -2, 3, 4 };

static void busy_receiver(void *arg)
{
	int i, last[PEERS + 1];

	memset(last, -1, sizeof(last));
	for (int got = 0; got < EACH; got++) {
		CHECK(msgrcv(the_id, &buf, MAX, *(const long *)arg, 0) >= 8);
		memcpy(&i, buf.text, sizeof(i));
		/* of one sender they come in order */
		CHECK(buf.type >= 1 && buf.type <= PEERS && i > last[buf.type]);
		last[buf.type] = i;
	}
}

static void crowding(void)
{
	pid_t pid[2 * PEERS];
	int good = 0;

	the_id = new_queue();
	set_room(the_id, 200);
	for (int i = 0; i < PEERS; i++) {
		pid[i] = spawn(busy_sender, (void *)&sent[i]);
		pid[PEERS + i] = spawn(busy_receiver, (void *)&received[i]);
	}
	for (int i = 0; i < 2 * PEERS; i++)
		good += !reap(pid[i]);
	is(good, 2 * PEERS, "%d senders and receivers in a queue of 200 bytes", 2 * PEERS);
	is(stat_of(the_id).msg_qnum + stat_of(the_id).msg_cbytes, 0, "leave nothing behind");
	rm(the_id);
}

int main(void)
{
	getting();
	sending();
	choosing();
	copying();
	handing_over();
	filling();
	a_waiting_receiver_and_a_full_queue();
	waking();
	permitting();
	controlling();
	limiting();
	crowding();
	return done();
}

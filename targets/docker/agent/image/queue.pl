# Holds packets back in user space: delays them, loses some, and lets only so many bytes a second through.
#
#   queue.pl DELAY_US JITTER_US LOSS BYTES_PER_SECOND PID:QUEUE ...
#
# The kernel hands over what a rule of the node's network namespace sends to that queue (NFQUEUE; the messages are those of
# linux/netfilter/nfnetlink_queue.h), and waits for the verdict. LOSS is a probability; BYTES_PER_SECOND 0 is no limit,
# and holds for each queue by itself. Jitter is uniform in plus and minus, so packets overtake each other. Lines on stdin
# ask: `ready` is answered by `end`. Ends with its stdin.
use strict;
use warnings;
use IO::Handle;
use POSIX ();
use Socket;

use constant { CLOCK_MONOTONIC => 1, CLONE_NEWNET => 0x40000000 };
use constant { AF_NETLINK => 16, NETLINK_NETFILTER => 12, NLM_F_REQUEST => 1, NLM_F_ACK => 4, NLMSG_ERROR => 2 };
use constant { PACKET => 0x300, VERDICT => 0x301, CONFIG => 0x302 };
use constant { CFG_CMD => 1, CFG_PARAMS => 2, CFG_MAXLEN => 3, CFG_MASK => 4, CFG_FLAGS => 5, FLAG_GSO => 4 };
use constant { A_PACKET_HDR => 1, A_VERDICT_HDR => 2, A_PAYLOAD => 10, A_CAP_LEN => 13, DROP => 0, ACCEPT => 1 };
use constant MAX_PACKETS => 16384;
# What a limited rate would hold back longer is lost, as in a router whose buffer is full.
use constant BUFFER_NS => 1_000_000_000;

my %numbers = (x86_64 => [228, 308], aarch64 => [113, 268]);
my $machine = (POSIX::uname())[4];
my ($clock_gettime, $setns) = @{ $numbers{$machine} || die "no system call numbers for $machine\n" };

sub now_ns {
    my $time = pack('qq', 0, 0);
    syscall($clock_gettime, CLOCK_MONOTONIC, $time) == 0 or die "clock_gettime: $!";
    my ($seconds, $nanoseconds) = unpack('qq', $time);
    return $seconds * 1_000_000_000 + $nanoseconds;
}

my ($delay_us, $jitter_us, $loss, $rate, @places) = @ARGV;
my (%sockets, %free_ns, @waiting);    # PID => socket; PID:QUEUE => when its line is free again; [when, socket, queue, id]

sub attribute {
    my ($type, $data) = @_;
    my $length = 4 + length $data;
    return pack('SS', $length, $type) . $data . "\0" x (-$length % 4);
}

sub message {
    my ($type, $flags, $queue, @attributes) = @_;
    my $body = pack('CCn', AF_UNSPEC, 0, $queue) . join('', @attributes);
    return pack('LSSLL', 16 + length $body, $type, NLM_F_REQUEST | $flags, 0, 0) . $body;
}

# Sends a configuration and dies of the kernel's refusal.
sub configure {
    my ($socket, $queue, @attributes) = @_;
    send($socket, message(CONFIG, NLM_F_ACK, $queue, @attributes), 0) or die "nfnetlink: $!\n";
    for (;;) {
        defined recv($socket, my $answer, 65536, 0) or die "nfnetlink: $!\n";
        my ($length, $type, $flags, $seq, $port, $error) = unpack('LSSLLl', $answer);
        next unless $type == NLMSG_ERROR;
        return if $error == 0;
        $! = -$error;
        die "queue $queue: $!\n";
    }
}

for my $place (@places) {
    my ($pid, $queue) = split /:/, $place;
    $sockets{$pid} //= do {
        open(my $namespace, '<', "/proc/$pid/ns/net") or die "network namespace of $pid: $!\n";
        syscall($setns, fileno($namespace), CLONE_NEWNET) == 0 or die "enter the network namespace of $pid: $!\n";
        socket(my $socket, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER) or die "netlink: $!\n";
        bind($socket, pack('SSLL', AF_NETLINK, 0, 0, 0)) or die "bind: $!\n";
        $socket;
    };
    my $socket = $sockets{$pid};
    configure($socket, $queue, attribute(CFG_CMD, pack('CCn', 1, 0, AF_UNSPEC)));
    # Forty bytes of each packet will do: the kernel tells the length of the whole.
    configure($socket, $queue, attribute(CFG_PARAMS, pack('NC', 40, 2)), attribute(CFG_MAXLEN, pack('N', MAX_PACKETS)));
    configure($socket, $queue, attribute(CFG_FLAGS, pack('N', FLAG_GSO)), attribute(CFG_MASK, pack('N', FLAG_GSO)));
}

sub decide {
    my ($socket, $queue, $id, $verdict) = @_;
    send($socket, message(VERDICT, 0, $queue, attribute(A_VERDICT_HDR, pack('NN', $verdict, $id))), 0);
}

sub hold {
    my ($pid, $queue, $id, $bytes) = @_;
    my $socket = $sockets{$pid};
    return decide($socket, $queue, $id, DROP) if $loss && rand() < $loss;
    my $now_ns = my $when_ns = now_ns();
    if ($rate) {
        my $line = \$free_ns{"$pid:$queue"};
        my $start_ns = $$line && $$line > $now_ns ? $$line : $now_ns;
        return decide($socket, $queue, $id, DROP) if $start_ns - $now_ns > BUFFER_NS;
        $$line = $when_ns = $start_ns + int($bytes * 1_000_000_000 / $rate);
    }
    $when_ns += 1000 * ($delay_us + $jitter_us * (2 * rand() - 1));
    return decide($socket, $queue, $id, ACCEPT) if $when_ns <= $now_ns;
    my $place = @waiting;
    $place-- while $place > 0 && $waiting[$place - 1][0] > $when_ns;
    splice(@waiting, $place, 0, [$when_ns, $socket, $queue, $id]);
}

# One datagram may hold several messages.
sub receive {
    my ($pid) = @_;
    defined recv($sockets{$pid}, my $data, 65536, Socket::MSG_DONTWAIT()) or return 0;
    while (length $data >= 20) {
        my ($length, $type) = unpack('LS', $data);
        last if $length < 20 || $length > length $data;
        my $message = substr($data, 0, $length);
        substr($data, 0, ($length + 3) & ~3) = '';
        next unless $type == PACKET;
        my $queue = unpack('n', substr($message, 18, 2));
        my ($id, $bytes, $whole);
        for (my $at = 20; $at + 4 <= length $message;) {
            my ($size, $kind) = unpack('SS', substr($message, $at, 4));
            last if $size < 4;
            $id    = unpack('N', substr($message, $at + 4, 4)) if $kind == A_PACKET_HDR;
            $whole = unpack('N', substr($message, $at + 4, 4)) if $kind == A_CAP_LEN;
            $bytes = $size - 4 if $kind == A_PAYLOAD;
            $at += ($size + 3) & ~3;
        }
        hold($pid, $queue, $id, $whole // $bytes // 0) if defined $id;
    }
    return 1;
}

for (;;) {
    my $readable = '';
    vec($readable, fileno($_), 1) = 1 for \*STDIN, values %sockets;
    my $wait = @waiting ? ($waiting[0][0] - now_ns()) / 1_000_000_000 : undef;
    my $found = select($readable, undef, undef, defined $wait && $wait < 0 ? 0 : $wait);
    if ($found > 0) {
        for my $pid (keys %sockets) {
            next unless vec($readable, fileno($sockets{$pid}), 1);
            for (1 .. 64) { receive($pid) or last }
        }
        if (vec($readable, fileno(STDIN), 1)) {
            exit 0 unless sysread(STDIN, my $asked, 4096);
            print "end\n" x ($asked =~ tr/\n//);
            STDOUT->flush();
        }
    }
    my $now_ns = now_ns();
    while (@waiting && $waiting[0][0] <= $now_ns) {
        my ($when_ns, $socket, $queue, $id) = @{ shift @waiting };
        decide($socket, $queue, $id, ACCEPT);
    }
}

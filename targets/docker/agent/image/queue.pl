# Holds packets back in user space: delays them, loses, doubles and damages some, lets only so many bytes a second through.
#
#   queue.pl DELAY_US JITTER_US LOSS BYTES_PER_SECOND DUPLICATE CORRUPT PID:QUEUE ...
#
# The kernel hands over what a rule of the node's network namespace sends to that queue (NFQUEUE; the messages are those of
# linux/netfilter/nfnetlink_queue.h), and waits for the verdict. LOSS, DUPLICATE and CORRUPT are probabilities;
# BYTES_PER_SECOND 0 is no limit, and holds for each queue by itself. Jitter is uniform in plus and minus, so packets
# overtake each other. Lines on stdin ask: `ready` is answered by `end`. Ends with its stdin.
#
# To damage a packet is to turn over one bit behind its IP header and to leave the checksum as it was: what memory or a bus
# between two checks does in a real network (a cable's errors are caught by the frame's own check, and are losses). So the
# receiver's kernel finds the error and drops the packet, unless its sender has sent it without a checksum. To double one
# is to send the copy to the node itself, by a raw socket in its namespace: it arrives over `lo`, where the rule must not
# look, so it does not come back here. Each copy has its own delay.
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
# Of one netlink message: a packet of 64 KiB and what is told of it.
use constant MAX_MESSAGE => 69632;
use constant IPPROTO_RAW => 255;
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

my ($delay_us, $jitter_us, $loss, $rate, $duplicate, $corrupt, @places) = @ARGV;
# Otherwise the first bytes will do: the kernel tells the length of the whole.
my $whole = $duplicate > 0 || $corrupt > 0;
my %sockets;    # PID => socket of its queues
my %raw;        # PID => { 4 => socket, 6 => socket } by which copies are sent
my %free_ns;    # PID:QUEUE => when its line is free again
my @waiting;    # [when, what to do then]

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
        defined recv($socket, my $answer, MAX_MESSAGE, 0) or die "nfnetlink: $!\n";
        my ($length, $type, $flags, $seq, $port, $error) = unpack('LSSLLl', $answer);
        next unless $type == NLMSG_ERROR;
        return if $error == 0;
        $! = -$error;
        die "queue $queue: $!\n";
    }
}

# Takes packets with their IP header; in the current network namespace. A kernel without IPv6 has no packets of it.
sub raw_socket {
    my ($family) = @_;
    socket(my $socket, $family, SOCK_RAW, IPPROTO_RAW) or $!{EAFNOSUPPORT} or die "raw socket: $!\n";
    return $socket;
}

for my $place (@places) {
    my ($pid, $queue) = split /:/, $place;
    $sockets{$pid} //= do {
        open(my $namespace, '<', "/proc/$pid/ns/net") or die "network namespace of $pid: $!\n";
        syscall($setns, fileno($namespace), CLONE_NEWNET) == 0 or die "enter the network namespace of $pid: $!\n";
        socket(my $socket, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER) or die "netlink: $!\n";
        bind($socket, pack('SSLL', AF_NETLINK, 0, 0, 0)) or die "bind: $!\n";
        if ($duplicate > 0) { $raw{$pid}{$_->[0]} = raw_socket($_->[1]) for [4, AF_INET], [6, AF_INET6] }
        $socket;
    };
    my $socket = $sockets{$pid};
    configure($socket, $queue, attribute(CFG_CMD, pack('CCn', 1, 0, AF_UNSPEC)));
    my $range = $whole ? 0xFFFF : 40;
    configure($socket, $queue, attribute(CFG_PARAMS, pack('NC', $range, 2)), attribute(CFG_MAXLEN, pack('N', MAX_PACKETS)));
    # What is copied or damaged must be as on a wire: not many segments in one, and with its checksum complete.
    my $flags = $whole ? 0 : FLAG_GSO;
    configure($socket, $queue, attribute(CFG_FLAGS, pack('N', $flags)), attribute(CFG_MASK, pack('N', FLAG_GSO)));
}

sub decide {
    my ($socket, $queue, $id, $verdict, @payload) = @_;
    my @attributes = map { attribute(A_PAYLOAD, $_) } @payload;
    send($socket, message(VERDICT, 0, $queue, attribute(A_VERDICT_HDR, pack('NN', $verdict, $id)), @attributes), 0);
}

sub version { return ord($_[0]) >> 4 }    # of IP

# Sends a packet to the node once more. That it has no room for it is one more loss.
sub repeat {
    my ($pid, $packet) = @_;
    my $version = version($packet);
    my $address = $version == 4 ? substr($packet, 16, 4) : substr($packet, 24, 16);
    my $to = $version == 4 ? pack_sockaddr_in(0, $address) : pack_sockaddr_in6(0, $address);
    send($raw{$pid}{$version}, $packet, Socket::MSG_DONTWAIT(), $to);
}

# The packet with one bit turned over behind its IP header.
sub damaged {
    my ($packet) = @_;
    my $header = version($packet) == 4 ? 4 * (ord($packet) & 15) : 40;
    return $packet if length $packet <= $header;
    my $bit = 8 * $header + int(rand(8 * (length($packet) - $header)));
    vec($packet, $bit, 1) ^= 1;
    return $packet;
}

# When a packet of that many bytes that has come now is to go on; undef is never.
sub release_ns {
    my ($line, $bytes, $now_ns) = @_;
    return undef if $loss && rand() < $loss;
    my $when_ns = $now_ns;
    if ($rate) {
        my $free_ns = $free_ns{$line} // 0;
        my $start_ns = $free_ns > $now_ns ? $free_ns : $now_ns;
        return undef if $start_ns - $now_ns > BUFFER_NS;
        $free_ns{$line} = $when_ns = $start_ns + int($bytes * 1_000_000_000 / $rate);
    }
    return $when_ns + int(1000 * ($delay_us + $jitter_us * (2 * rand() - 1)));
}

# Does it at that time, or now if that has passed.
sub at {
    my ($when_ns, $now_ns, $action) = @_;
    return $action->() if $when_ns <= $now_ns;
    my $place = @waiting;
    $place-- while $place > 0 && $waiting[$place - 1][0] > $when_ns;
    splice(@waiting, $place, 0, [$when_ns, $action]);
}

# `$packet` is all of it, or its beginning where that will do. A packet too large for a message is only passed on.
sub hold {
    my ($pid, $queue, $id, $packet, $bytes) = @_;
    my ($socket, $line, $now_ns) = ($sockets{$pid}, "$pid:$queue", now_ns());
    my $complete = $whole && length $packet == $bytes;
    my @changed = $complete && rand() < $corrupt ? damaged($packet) : ();
    my $when_ns = release_ns($line, $bytes, $now_ns);
    if (defined $when_ns) { at($when_ns, $now_ns, sub { decide($socket, $queue, $id, ACCEPT, @changed) }) }
    else                  { decide($socket, $queue, $id, DROP) }
    return unless $complete && rand() < $duplicate;
    my $copy_ns = release_ns($line, $bytes, $now_ns);
    at($copy_ns, $now_ns, sub { repeat($pid, @changed ? $changed[0] : $packet) }) if defined $copy_ns;
}

# One datagram may hold several messages.
sub receive {
    my ($pid) = @_;
    defined recv($sockets{$pid}, my $data, MAX_MESSAGE, Socket::MSG_DONTWAIT()) or return 0;
    while (length $data >= 20) {
        my ($length, $type) = unpack('LS', $data);
        last if $length < 20 || $length > length $data;
        my $message = substr($data, 0, $length);
        substr($data, 0, ($length + 3) & ~3) = '';
        next unless $type == PACKET;
        my $queue = unpack('n', substr($message, 18, 2));
        my ($id, $packet, $bytes) = (undef, '', undef);
        for (my $at = 20; $at + 4 <= length $message;) {
            my ($size, $kind) = unpack('SS', substr($message, $at, 4));
            last if $size < 4;
            $id     = unpack('N', substr($message, $at + 4, 4)) if $kind == A_PACKET_HDR;
            $bytes  = unpack('N', substr($message, $at + 4, 4)) if $kind == A_CAP_LEN;
            $packet = substr($message, $at + 4, $size - 4) if $kind == A_PAYLOAD;
            $at += ($size + 3) & ~3;
        }
        hold($pid, $queue, $id, $packet, $bytes // length $packet) if defined $id;
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
        my ($when_ns, $action) = @{ shift @waiting };
        $action->();
    }
}

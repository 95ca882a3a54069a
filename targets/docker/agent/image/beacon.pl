# Sends small UDP packets between nodes all the time and remembers when they stopped and started to arrive.
#
#   beacon.pl PERIOD_US n1=PID,ADDRESS[,ADDRESS6] n2=... n1>n2 n2>n1 ...
#
# One process holds a socket in every node's network namespace, so one clock (CLOCK_MONOTONIC) stamps both ends, and a
# packet is on a link only if it went through the node's own interface and the bridge. Sockets have ports that the kernel
# finds free. Lines on stdin ask; every answer ends with the line `end`:
#
#   time   NOW_NS
#   read   per flow: FROM TO LAST_NS RUN_NS SILENT_NS SENT RECEIVED DELAYS_NS DUPLICATES ALTERED   (0 is never)
#
# RUN_NS is when the run of arrivals began that lasts until now. SILENT_NS is set while the link is silent: when the first
# of the packets was sent that did not arrive. A silence is five packets in a row; counting packets and not time alone
# keeps a moment without CPU from looking like a cut link. DELAYS_NS is the sum over all that were received, each counted
# once; DUPLICATES counts those that came again.
#
# Packets go without the checksum of UDP and carry one of their own: so the kernel does not drop those that were damaged on
# their way, and ALTERED counts them.
use strict;
use warnings;
use Fcntl;
use POSIX ();
use IO::Handle;
use Socket qw(:DEFAULT SOCK_NONBLOCK inet_pton);

use constant CLOCK_MONOTONIC => 1;
use constant CLONE_NEWNET    => 0x40000000;
use constant SILENCE         => 5;
use constant MAGIC           => 0x0DEA1BEA;
use constant PACKET_BYTES    => 28;
use constant { SO_NO_CHECK => 11, IPPROTO_UDP => 17, UDP_NO_CHECK6_TX => 101, UDP_NO_CHECK6_RX => 102 };

# perl-base has neither Time::HiRes nor sys/syscall.ph.
my %numbers = (x86_64 => [228, 308], aarch64 => [113, 268]);
my $machine = (POSIX::uname())[4];
my ($clock_gettime, $setns) = @{ $numbers{$machine} || die "no system call numbers for $machine\n" };

sub now_ns {
    my $time = pack('qq', 0, 0);
    syscall($clock_gettime, CLOCK_MONOTONIC, $time) == 0 or die "clock_gettime: $!";
    my ($seconds, $nanoseconds) = unpack('qq', $time);
    return $seconds * 1_000_000_000 + $nanoseconds;
}

my ($period_us, @words) = @ARGV;
my $period_ns = $period_us * 1000;
my (%nodes, @flows);
my %by_ends;    # the receiving socket's number and the sender's name => flow

sub open_socket {
    my ($family, $address) = @_;
    socket(my $socket, $family, SOCK_DGRAM | SOCK_NONBLOCK, 0) or die "socket: $!";
    my $packed = inet_pton($family, $address) or die "no address: $address\n";
    my $local = $family == AF_INET ? pack_sockaddr_in(0, $packed) : pack_sockaddr_in6(0, $packed);
    bind($socket, $local) or die "bind $address: $!\n";
    my @options = $family == AF_INET
        ? [SOL_SOCKET, SO_NO_CHECK]
        : ([IPPROTO_UDP, UDP_NO_CHECK6_TX], [IPPROTO_UDP, UDP_NO_CHECK6_RX]);
    for (@options) { setsockopt($socket, $_->[0], $_->[1], 1) or die "do without checksums: $!\n" }
    return { socket => $socket, name => getsockname($socket) };
}

for my $word (@words) {
    if (my ($name, $pid, $address, $address6) = $word =~ /^([^=>]+)=(\d+),([^,]+)(?:,(.+))?$/) {
        my $namespace;
        if (!open($namespace, '<', "/proc/$pid/ns/net")) {
            next if $!{ENOENT};    # it has ended meanwhile: its links have no flows
            die "network namespace of $name: $!\n";
        }
        syscall($setns, fileno($namespace), CLONE_NEWNET) == 0 or die "enter the network namespace of $name: $!\n";
        $nodes{$name}{4} = open_socket(AF_INET, $address);
        $nodes{$name}{6} = open_socket(AF_INET6, $address6) if $address6;
    }
    elsif (my ($from, $to) = $word =~ /^([^=>]+)>([^=>]+)$/) {
        for my $family (grep { $nodes{$from}{$_} && $nodes{$to}{$_} } 4, 6) {
            push @flows, {
                link => "$from $to",
                from => $nodes{$from}{$family}{socket}, to => $nodes{$to}{$family},
                sent => 0, last_seq => 0, last_ns => 0, run_ns => 0, unanswered_ns => 0,
                received => 0, delays_ns => 0, seen => '', duplicates => 0, altered => 0,
            };
            $by_ends{ fileno($flows[-1]{to}{socket}) . $nodes{$from}{$family}{name} } = $flows[-1];
        }
    }
    else { die "neither a node nor a link: $word\n" }
}
my @sockets = map { $_->{socket} } map { values %$_ } values %nodes;

# The bytes are added up: one that is off by anything shows.
sub packet {
    my ($index, $seq, $now_ns) = @_;
    my $content = pack('NNQQ', MAGIC, $index, $seq, $now_ns);
    return $content . pack('N', unpack('%32C*', $content));
}

sub receive {
    my ($socket) = @_;
    while (defined(my $sender = recv($socket, my $packet, 64, 0))) {
        my $now_ns = now_ns();
        my ($magic, $index, $seq, $sent_ns) = length $packet == PACKET_BYTES ? unpack('NNQQ', $packet) : (0);
        my $flow = $magic == MAGIC ? $flows[$index] : undef;
        if (!$flow || $packet ne packet($index, $seq, $sent_ns)) {
            my $damaged = $by_ends{ fileno($socket) . $sender };
            $damaged->{altered}++ if $damaged;
            next;
        }
        next unless $seq <= $flow->{sent};
        if (vec($flow->{seen}, $seq, 1)) { $flow->{duplicates}++; next }
        vec($flow->{seen}, $seq, 1) = 1;
        $flow->{received}++;
        $flow->{delays_ns} += $now_ns - $sent_ns;
        next if $seq <= $flow->{last_seq};    # overtaken by a later one
        my $silent = $seq - $flow->{last_seq} > SILENCE && $now_ns - $flow->{last_ns} >= SILENCE * $period_ns;
        $flow->{run_ns} = $now_ns if $silent || !$flow->{run_ns};
        $flow->{last_seq} = $seq;
        $flow->{last_ns} = $now_ns;
        $flow->{unanswered_ns} = $seq == $flow->{sent} ? 0 : $now_ns;
    }
}

# A packet over veth and bridge usually is there before `send` returns, so it is looked for at once.
sub send_round {
    for my $index (0 .. $#flows) {
        my $flow = $flows[$index];
        my $now_ns = now_ns();
        $flow->{unanswered_ns} ||= $now_ns;
        send($flow->{from}, packet($index, ++$flow->{sent}, $now_ns), 0, $flow->{to}{name});
        receive($flow->{to}{socket});
    }
}

my %answers = (
    time => sub { print now_ns(), "\n" },
    read => sub {
        receive($_) for @sockets;
        my $now_ns = now_ns();
        for my $flow (@flows) {
            my $lost = $flow->{sent} - $flow->{last_seq};
            my $silent = $lost >= SILENCE && $now_ns - $flow->{unanswered_ns} >= SILENCE * $period_ns;
            print join(' ', @$flow{qw(link last_ns run_ns)}, $silent ? $flow->{unanswered_ns} : 0,
                @$flow{qw(sent received delays_ns duplicates altered)}), "\n";
        }
    },
);

my $input = '';
my $next_ns = now_ns();
for (;;) {
    my $wait_ns = $next_ns - now_ns();
    if ($wait_ns <= 0) {
        send_round();
        $next_ns += $period_ns;
        my $now_ns = now_ns();
        $next_ns = $now_ns if $next_ns < $now_ns;
        $wait_ns = $next_ns - $now_ns;
    }
    my $readable = '';
    vec($readable, fileno($_), 1) = 1 for \*STDIN, @sockets;
    next if select($readable, undef, undef, $wait_ns / 1_000_000_000) <= 0;
    for my $socket (@sockets) { receive($socket) if vec($readable, fileno($socket), 1) }
    next unless vec($readable, fileno(STDIN), 1);
    exit 0 unless sysread(STDIN, $input, 4096, length $input);
    while ($input =~ s/^([^\n]*)\n//) {
        ($answers{$1} || die "unknown question: $1\n")->();
        print "end\n";
    }
    STDOUT->flush();
}

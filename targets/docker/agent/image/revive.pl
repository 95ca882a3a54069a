# Starts containers that have ended: the part of healing that only the engine can do, over its own socket.
#
#   revive.pl SOCKET knows CONTAINER    fails where that engine does not answer, or knows no such container
#   revive.pl SOCKET start FILTERS      starts all containers that these filters of the engine's API choose
#
# A container that is dying counts as running to the engine, which then takes a start for done. So each is looked at until
# its process is seen alive twice, and started while it is not: so often, and so long.
use strict;
use warnings;
use Socket;

use constant { SECONDS => 12, STARTS => 3, LOOK_AGAIN_S => 0.15, REQUEST_SECONDS => 10 };

my ($socket, $verb, $argument) = @ARGV;

# (status, body). HTTP 1.0: the answer ends with the connection, and is not cut into chunks.
sub ask {
    my ($method, $path) = @_;
    socket(my $engine, AF_UNIX, SOCK_STREAM, 0) or die "socket: $!\n";
    connect($engine, pack_sockaddr_un($socket)) or die "$socket: $!\n";
    local $SIG{ALRM} = sub { die "the engine does not answer\n" };
    alarm(REQUEST_SECONDS);
    my $request = "$method $path HTTP/1.0\r\nHost: engine\r\nContent-Length: 0\r\n\r\n";
    syswrite($engine, $request) == length $request or die "$socket: $!\n";
    local $/;
    my $answer = <$engine> // '';
    alarm(0);
    my ($status, $body) = $answer =~ m{^HTTP/1\.\d (\d+).*?\r\n\r\n(.*)}s or die "no HTTP: $answer\n";
    return ($status, $body);
}

# Process id while the container's process lives, else 0; -1 where there is no such container.
sub process_of {
    my ($id) = @_;
    my ($status, $body) = ask('GET', "/containers/$id/json");
    return -1 if $status == 404;
    my ($running) = $body =~ /"Running":(true|false)/;
    my ($pid) = $body =~ /"Pid":(\d+)/;
    return 0 unless ($running // '') eq 'true' && $pid;
    open(my $stat, '<', "/proc/$pid/stat") or return 0;
    return (<$stat> // '') =~ /\) [ZX] / ? 0 : $pid;
}

sub revive {
    my ($id) = @_;
    my ($starts, $seen, $end) = (0, 0, time + SECONDS);
    while (time < $end) {
        my $pid = eval { process_of($id) } // 0;
        return if $pid < 0 || ($pid > 0 && $pid == $seen);
        $seen = $pid;
        if ($seen == 0) {
            return if $starts == STARTS;
            my ($status) = eval { ask('POST', "/containers/$id/start") };
            $starts++ if defined $status && $status == 204;
        }
        select(undef, undef, undef, LOOK_AGAIN_S);
    }
}

# Side by side: the engine takes a quarter of a second for each.
sub start {
    my ($filters) = @_;
    $filters =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge;
    my ($status, $body) = ask('GET', "/containers/json?all=1&filters=$filters");
    $status == 200 or die "$body\n";
    for my $id ($body =~ /"Id":"([0-9a-f]{64})"/g) {
        my $child = fork() // die "fork: $!\n";
        next if $child;
        revive($id);
        exit 0;
    }
    1 while wait() > 0;
}

sub knows {
    my ($container) = @_;
    my ($status) = ask('GET', "/containers/$container/json");
    $status == 200 or die "another engine answers there\n";
}

my %verbs = (start => \&start, knows => \&knows);
$verbs{$verb}->($argument);

# The far end of the agent's stream: runs shell scripts for the controller, and cures what it leaves behind.
#
# It knows nothing of faults. Lines come in on stdin and go out on stdout; every payload is hex, so that a line is a line.
#
#   in:   start ID SCRIPT   run `sh -c SCRIPT` as its own process group; several run side by side
#         hold ID SCRIPT    the same, for what the cures need: it runs until they are over
#         write ID DATA     to its stdin
#         end ID            close its stdin
#         kill ID           SIGKILL to its process group
#         cure ID SCRIPT    keep SCRIPT, to be run when the stream ends
#         drop ID CURE      forget the cure of that id
#   out:  out ID DATA, err ID DATA, exit ID CODE; kept ID answers cure, dropped ID answers drop
#
# When stdin ends, or on SIGTERM, whatever runs is killed, the cures run last in first out, what was held is killed too,
# and the agent exits.
use strict;
use warnings;
use Fcntl;
use POSIX ();

use constant CURE_SECONDS => 15;

my %jobs;     # id => { pid, in, out => handle, err => handle, pending => unsent stdin, ending, held }
my @cures;    # [id, script], the oldest first
my $output = '';
my $input  = '';
my $ending = 0;
$SIG{TERM} = $SIG{INT} = $SIG{HUP} = sub { $ending = 1 };
$SIG{PIPE} = 'IGNORE';
pipe(my $woken, my $wake) or die "pipe: $!";
unblock($_) for $woken, $wake, \*STDIN, \*STDOUT;
# A child's end must wake the select below, also one that keeps its pipes open in a grandchild.
$SIG{CHLD} = sub { syswrite($wake, '.') };

sub unblock {
    my ($handle) = @_;
    fcntl($handle, F_SETFL, fcntl($handle, F_GETFL, 0) | O_NONBLOCK) or die "fcntl: $!";
}

sub say_line { $output .= join(' ', @_) . "\n" }

# Forks `sh -c SCRIPT` with the three given handles as its standard ones.
sub launch {
    my ($script, $in, $out, $err) = @_;
    my $pid = fork() // die "fork: $!";
    return $pid if $pid;
    setpgrp(0, 0);
    $SIG{$_} = 'DEFAULT' for qw(TERM INT HUP PIPE CHLD);
    POSIX::dup2(fileno($in),  0);
    POSIX::dup2(fileno($out), 1);
    POSIX::dup2(fileno($err), 2);
    exec('sh', '-c', $script) or POSIX::_exit(127);
}

sub start {
    my ($id, $script) = @_;
    pipe(my $child_in, my $in) && pipe(my $out, my $child_out) && pipe(my $err, my $child_err) or die "pipe: $!";
    my $pid = launch($script, $child_in, $child_out, $child_err);
    unblock($_) for $in, $out, $err;
    $jobs{$id} = { pid => $pid, in => $in, out => $out, err => $err, pending => '', ending => 0 };
}

my %verbs = (
    start => \&start,
    hold  => sub { my ($id, $script) = @_; start($id, $script); $jobs{$id}{held} = 1 },
    write => sub { my ($id, $data) = @_; $jobs{$id}{pending} .= $data if $jobs{$id} && $jobs{$id}{in} },
    end   => sub { my ($id) = @_; $jobs{$id}{ending} = 1 if $jobs{$id}; feed($id) },
    kill  => sub { my ($id) = @_; kill('KILL', -$jobs{$id}{pid}) if $jobs{$id} },
    cure  => sub { my ($id, $script) = @_; push @cures, [$id, $script]; say_line('kept', $id) },
    drop  => sub { my ($id, $cure) = @_; @cures = grep { $_->[0] ne $cure } @cures; say_line("dropped", $id) },
);

# Moves waiting bytes into a job's stdin; closes it when all are in and no more will come.
sub feed {
    my ($id) = @_;
    my $job = $jobs{$id} or return;
    return unless $job->{in};
    if (length $job->{pending}) {
        my $written = syswrite($job->{in}, $job->{pending});
        if (defined $written) { substr($job->{pending}, 0, $written) = '' }
        elsif (!$!{EAGAIN}) { $job->{pending} = ''; $job->{ending} = 1 }
    }
    delete $job->{in} if $job->{ending} && !length $job->{pending};
}

# Passes on what a job wrote; forgets the handle at its end.
sub drain {
    my ($id, $channel) = @_;
    my $read = sysread($jobs{$id}{$channel}, my $data, 65536);
    if ($read) { say_line($channel, $id, unpack('H*', $data)) }
    elsif (defined $read || !$!{EAGAIN}) { delete $jobs{$id}{$channel} }
}

# A job is over when its shell has ended: what a background grandchild writes later belongs to nobody.
sub reap {
    my %by_pid = map { $jobs{$_}{pid} => $_ } keys %jobs;
    while ((my $pid = waitpid(-1, POSIX::WNOHANG())) > 0) {
        my $id = $by_pid{$pid} // next;
        my $code = $? & 127 ? 128 + ($? & 127) : $? >> 8;
        for my $channel (qw(out err)) {
            my $before = -1;
            while ($jobs{$id}{$channel} && $before != length $output) { $before = length $output; drain($id, $channel) }
        }
        delete $jobs{$id};
        say_line('exit', $id, $code);
    }
}

sub obey {
    my $read = sysread(STDIN, $input, 65536, length $input);
    $ending = 1 if defined $read ? $read == 0 : !$!{EAGAIN} && !$!{EINTR};
    while ($input =~ s/^([^\n]*)\n//) {
        my ($verb, $id, $payload) = split / /, $1;
        my $action = $verbs{$verb // ''} or die "unknown verb in: $1\n";
        $action->($id, pack('H*', $payload // ''));
    }
}

sub serve {
    until ($ending) {
        my ($readable, $writable) = ('', '');
        vec($readable, fileno($_), 1) = 1 for \*STDIN, $woken, map { grep { $_ } @$_{qw(out err)} } values %jobs;
        vec($writable, fileno($_->{in}), 1) = 1 for grep { $_->{in} && length $_->{pending} } values %jobs;
        vec($writable, fileno(STDOUT), 1) = 1 if length $output;
        next if select($readable, $writable, undef, undef) < 0;
        sysread($woken, my $ignored, 4096);
        for my $id (keys %jobs) {
            for my $channel (qw(out err)) {
                my $handle = $jobs{$id}{$channel} or next;
                drain($id, $channel) if vec($readable, fileno($handle), 1);
            }
        }
        obey() if vec($readable, fileno(STDIN), 1);
        feed($_) for keys %jobs;
        reap();
        if (length $output) {
            my $written = syswrite(STDOUT, $output);
            if (defined $written) { substr($output, 0, $written) = '' }
            elsif (!$!{EAGAIN} && !$!{EINTR}) { $ending = 1 }
        }
    }
}

# Cures run one after the other, each within its time: one that hangs must not keep the others from running.
sub heal {
    $SIG{CHLD} = 'DEFAULT';
    end_job($_) for grep { !$_->{held} } values %jobs;
    open(my $null, '+<', '/dev/null') or die "/dev/null: $!";
    for my $cure (reverse @cures) {
        my $pid = launch($cure->[1], $null, $null, $null);
        local $SIG{ALRM} = sub { kill('KILL', -$pid) };
        alarm(CURE_SECONDS);
        1 until waitpid($pid, 0) == $pid || $!{ECHILD};
        alarm(0);
    }
    end_job($_) for grep { $_->{held} } values %jobs;
}

sub end_job { my ($job) = @_; kill('KILL', -$job->{pid}); waitpid($job->{pid}, 0) }

eval { serve(); 1 } or print STDERR "agent: $@";
$SIG{TERM} = $SIG{INT} = $SIG{HUP} = 'IGNORE';
heal();

/**
 * The program that the agent runs: it finds the processes of the nodes, holds them still, and exchanges bytes.
 *
 * Perl, because every Debian has it, and because it reads and writes `/proc/PID/mem` at an offset without starting a
 * process for each piece. It decides nothing: where which bytes go is computed in TypeScript and handed over as lines,
 * and each verb answers with lines. The same text serves the injection, the watch, the heal and the cure, so the cure
 * that a dead controller leaves behind is code that every heal has run.
 *
 *     node NAME PID                          a node and its first process
 *     vdso BYTES TAG_OFFSET TAG              a kind of vDSO: its length, and where a bent one carries the tag
 *     hunk NAME N KIND OFFSET OLD NEW        bytes to exchange in the Nth of them; KIND is entry, slack or body; to restore,
 *                                            NAME is `*` and NEW is absent
 *
 *     survey   -> clock SEC.NSEC | bytes HEX
 *     bend     -> process NAME PID STATE COMM, STATE one of bent (just now), kept (was), true (could not), other, none
 *     look     -> the same, writing nothing
 *     restore  -> restored PID COMM | dead PID COMM | left PID COMM
 *     probe N  -> reading NAME BEFORE CLOCK_GETTIME GETTIMEOFDAY TIME AFTER (N times a node)
 *     all      -> problem NAME SENTENCE
 *
 * How it stays safe:
 *
 * - It leaves the agent's process group and takes a lock, so a controller that dies in the middle neither cuts it short
 *   nor lets the cure run before it has ended.
 * - SIGSTOP holds a process, not the cgroup freezer: that needs nobody who thaws it again but this program itself, and it
 *   composes with a pause fault. What was stopped or frozen before stays so, and nobody else stops or continues anything in
 *   the midst of it (see `held.ts`). A frozen process does not show as stopped, but with the signal pending it cannot run
 *   on: such states are accepted after a grace period.
 * - Bytes are exchanged only while no thread stands within them. Bending writes the blob, then the entries; restoring
 *   writes the entries, waits until nobody is in the blob any more, then clears it.
 * - The tag is looked at before a byte is restored: a process id that was used again is left alone, and a child that
 *   was forked with bent bytes is healed though nobody ever listed it.
 */
import { HOLD_LOCK } from '../held.ts';

export const MENDER = String.raw`
use strict; use warnings; no warnings 'portable'; use Fcntl qw(:DEFAULT :flock);
$| = 1;
setpgrp(0, 0);
$SIG{$_} = 'IGNORE' for qw(HUP INT TERM PIPE);

use constant { HOLD_S => 2, GRACE_S => 0.05, TRIES => 40, LEAVE_S => 0.02 };
my ($verb, $argument) = @ARGV;
my (@nodes, @kinds, @hunks);
while (my $line = <DATA>) {
  my ($kind, @rest) = split ' ', $line;
  next unless defined $kind;
  push @nodes, { name => $rest[0], pid => $rest[1] } if $kind eq 'node';
  push @kinds, { bytes => $rest[0], tag_at => $rest[1], tag => pack('H*', $rest[2]) } if $kind eq 'vdso';
  push @hunks, { node => $rest[0], of => $rest[1], kind => $rest[2], at => $rest[3], old => pack('H*', $rest[4]),
    new => pack('H*', $rest[5] // '') } if $kind eq 'hunk';
}
sysopen(my $lock, '${HOLD_LOCK}', O_RDWR | O_CREAT, 0600) or die "lock: $!";
flock($lock, LOCK_EX) or die "lock: $!";
my %stopped;
END { kill 'CONT', keys %stopped if %stopped }

# CLOCK_REALTIME by system call, which no vDSO can bend. POSIX is asked for its number only here: it is slow to load.
my $gettime;
sub true_time {
  require POSIX;
  $gettime //= (POSIX::uname())[4] eq 'aarch64' ? 113 : 228;
  my $time = "\0" x 16;
  syscall($gettime, 0, $time) == 0 or die "clock_gettime: $!";
  return sprintf '%d.%09d', unpack 'q<q<', $time;
}
sub elapsed { return (split ' ', slurp('/proc/uptime'))[0] }
sub pause_for { select(undef, undef, undef, $_[0]) }
sub slurp { open(my $file, '<', $_[0]) or return ''; local $/; my $text = <$file>; return defined $text ? $text : '' }
sub pids { opendir(my $proc, '/proc') or die "/proc: $!"; return grep { /^\d+$/ } readdir $proc }
sub space_of { return readlink("/proc/$_[0]/ns/pid") // '' }
sub members { my ($space) = @_; return grep { space_of($_) eq $space } pids() }
sub stat_of { return (slurp("/proc/$_[0]/stat") =~ /\((.*)\) (\S) (.*)/s) ? ($1, $2, (split ' ', $3)[18]) : () }
sub comm { my ($name) = stat_of($_[0]); $name //= '?'; $name =~ s/\s+/_/g; return $name }

# Where the vDSO of a process is: (base, bytes), or nothing.
sub vdso { return slurp("/proc/$_[0]/maps") =~ /^([0-9a-f]+)-([0-9a-f]+) .*\[vdso\]$/m ? (hex $1, hex($2) - hex($1)) : () }
sub peek {
  my ($pid, $at, $bytes) = @_;
  sysopen(my $memory, "/proc/$pid/mem", O_RDONLY) or return '';
  sysseek($memory, $at, 0) or return '';
  my $read = sysread($memory, my $data, $bytes);
  return defined $read ? $data : '';
}
sub poke {
  my ($pid, $at, $data) = @_;
  sysopen(my $memory, "/proc/$pid/mem", O_WRONLY) or return "$!";
  sysseek($memory, $at, 0) or return "$!";
  my $written = syswrite($memory, $data);
  return "$!" unless defined $written;
  return 'a short write' unless $written == length $data;
  return peek($pid, $at, length $data) eq $data ? '' : 'other bytes were read back';
}

# Stops every process of the list until none of its threads can run; true when they all stand.
sub hold {
  my (@list) = @_;
  for my $pid (@list) {
    my (undef, $state) = stat_of($pid);
    next if !defined $state || $state =~ /[TtZX]/ || $stopped{$pid};
    $stopped{$pid} = 1;
    kill 'STOP', $pid;
  }
  my $start = elapsed();
  for (;;) {
    my $waited = elapsed() - $start;
    return 1 unless grep { !standing($_, $waited > GRACE_S) } map { threads_of($_) } @list;
    return 0 if $waited > HOLD_S;
    pause_for(0.0005);
  }
}
sub threads_of { opendir(my $tasks, "/proc/$_[0]/task") or return (); return map { "$_[0]/task/$_" } grep { /^\d+$/ } readdir $tasks }
sub standing {
  my ($thread, $lenient) = @_;
  my (undef, $state) = stat_of($thread);
  return 1 if !defined $state || $state =~ /[TtZX]/;
  return 0 unless $lenient;
  return $state eq 'D' || slurp("/proc/$thread/wchan") =~ /^(do_freezer_trap|get_signal)$/;
}
sub release { kill 'CONT', keys %stopped if %stopped; %stopped = () }

# Runs the work while the namespace's processes stand, children forked in the meantime too; '' or why not.
sub while_held {
  my ($list, $ranges, $work) = @_;
  my $why = '';
  for my $try (1 .. TRIES) {
    my @members = $list->();
    if (!hold(@members)) { release(); return 'its processes could not be stopped' }
    my %known = map { $_ => 1 } @members;
    if (grep { !$known{$_} } $list->()) { $why = 'it forks too fast'; next }
    if (my @inside = grep { within($_, $ranges) } @members) {
      release();
      $why = 'a thread of ' . comm($inside[0]) . ' stands in the bytes';
      pause_for(0.002);
      next;
    }
    $work->(@members);
    release();
    return '';
  }
  release();
  return $why;
}
# Whether a thread is at one of the addresses; at the first byte of an entry it may be.
sub within {
  my ($pid, $ranges) = @_;
  my @own = @{ $ranges->($pid) } or return 0;
  for my $thread (threads_of($pid)) {
    my $line = slurp("/proc/$thread/syscall");
    return 1 if $line =~ /^running/;
    next unless $line =~ /(0x[0-9a-f]+)\s*$/;
    my $pc = hex $1;
    return 1 if grep { $pc >= $_->[0] && $pc < $_->[1] } @own;
  }
  return 0;
}

sub hunks_of { my ($node, $kind) = @_; return grep { $_->{node} eq $node && $_->{of} == $kind } @hunks }
sub range { my ($base, $hunk) = @_; my $at = $base + $hunk->{at}; return [$at + ($hunk->{kind} eq 'entry' ? 1 : 0), $at + length $hunk->{old}] }
sub holds { my ($pid, $base, $which, @list) = @_; return !grep { peek($pid, $base + $_->{at}, length $_->{$which}) ne $_->{$which} } @list }
# How a process stands to what is asked for its node: (state), and for those that are known (state, base, hunks).
sub standing_of {
  my ($node, $pid) = @_;
  my ($base, $bytes) = vdso($pid) or return 'none';
  for my $kind (grep { $kinds[$_]{bytes} == $bytes } 0 .. $#kinds) {
    my @list = hunks_of($node, $kind);
    return ('kept', $base, @list) if holds($pid, $base, 'new', @list);
    return ('true', $base, @list) if holds($pid, $base, 'old', @list);
  }
  return 'other';
}
sub state_of { my ($state) = standing_of(@_); return $state }
# For a process that carries the tag: (base, hunks).
sub tagged {
  my ($pid) = @_;
  my ($base, $bytes) = vdso($pid) or return;
  for my $kind (grep { $kinds[$_]{bytes} == $bytes } 0 .. $#kinds) {
    my ($at, $tag) = @{ $kinds[$kind] }{qw(tag_at tag)};
    return ($base, hunks_of('*', $kind)) if peek($pid, $base + $at, length $tag) eq $tag;
  }
  return;
}
sub answer { my ($node, $pid, $state) = @_; print "process $node $pid $state ", comm($pid), "\n" if stat_of($pid) }
sub complain { print "problem $_[0] $_[1]\n" }

# The namespace of a node; nothing (and a line that says so) where it does not run or is the machine's own.
sub open_node {
  my ($node) = @_;
  my $space = $node->{pid} > 0 ? space_of($node->{pid}) : '';
  if ($space eq '') { print "gone $node->{name}\n"; return }
  if ($space eq space_of($$)) { complain($node->{name}, "shares the machine's process namespace"); return }
  my (undef, undef, $start) = stat_of($node->{pid});
  print "init $node->{name} ", $start // 0, "\n";
  return $space;
}

# The agent's own vDSO is among them: what starts later will have the same.
sub survey {
  print 'clock ', true_time(), "\n";
  my %seen;
  for my $pid ($$, map { members(open_node($_) // '-') } @nodes) {
    my ($base, $bytes) = vdso($pid) or next;
    my $image = peek($pid, $base, $bytes);
    print 'bytes ', unpack('H*', $image), "\n" unless $image eq '' || $seen{$image}++;
  }
}

sub bend_list {
  my ($name, $list) = @_;
  my %state = map { $_ => state_of($name, $_) } $list->();
  if (grep { $_ eq 'true' } values %state) {
    my $ranges = sub { my ($state, $base, @own) = standing_of($name, $_[0]); return $state eq 'true' ? [map { range($base, $_) } @own] : [] };
    my $why = while_held($list, $ranges, sub { %state = map { $_ => bend_one($name, $_) } @_ });
    complain($name, $why) if $why ne '';
  }
  return \%state;
}
sub bend_one {
  my ($name, $pid) = @_;
  my ($state, $base, @own) = standing_of($name, $pid);
  return $state unless $state eq 'true';
  # The entries come last: until then nobody can reach the blob.
  for my $hunk (sort { ($a->{kind} eq 'entry') <=> ($b->{kind} eq 'entry') } @own) {
    my $error = poke($pid, $base + $hunk->{at}, $hunk->{new});
    next if $error eq '';
    complain($name, 'writing over the vDSO of ' . comm($pid) . ": $error") if stat_of($pid);
    return 'true';
  }
  return 'bent';
}
sub bend { each_node(sub { my ($name, $list) = @_; my $state = bend_list($name, $list); answer($name, $_, $state->{$_}) for sort { $a <=> $b } keys %$state }) }
sub look { each_node(sub { my ($name, $list) = @_; answer($name, $_, state_of($name, $_)) for $list->() }) }
sub each_node {
  my ($work) = @_;
  for my $node (@nodes) {
    my $space = open_node($node) // next;
    $work->($node->{name}, sub { members($space) });
  }
}

# Writes the old bytes back, of the slack or of all else; a complaint or ''.
sub put_back {
  my ($list, $slack) = @_;
  my $chosen = sub { my ($base, @own) = tagged($_[0]) or return; return ($base, grep { $slack == ($_->{kind} eq 'slack') } @own) };
  my $ranges = sub { my ($base, @own) = $chosen->($_[0]); return [map { range($base, $_) } @own] };
  return while_held($list, $ranges, sub {
    for my $pid (@_) {
      my ($base, @own) = $chosen->($pid);
      for my $hunk (@own) {
        my $error = poke($pid, $base + $hunk->{at}, $hunk->{old});
        complain('-', 'restoring the vDSO of ' . comm($pid) . ": $error") if $error ne '' && stat_of($pid);
      }
    }
  });
}
# All entries first, so that the clocks are true as soon as can be; the blobs when nobody is in them any more.
sub restore {
  my $own = space_of($$);
  my (%spaces, %name, %entries);
  for my $pid (pids()) {
    my $space = space_of($pid);
    $spaces{$space} = 1 if $space ne '' && $space ne $own && !$spaces{$space} && tagged($pid);
  }
  for my $space (keys %spaces) {
    my $list = sub { return members($space) };
    $name{$_} = comm($_) for grep { tagged($_) } $list->();
    $entries{$space} = put_back($list, 0);
    complain('-', $entries{$space}) if $entries{$space} ne '';
  }
  pause_for(LEAVE_S) if %spaces;
  my %outcome;
  for my $space (keys %spaces) {
    my $list = sub { return members($space) };
    put_back($list, 1) if $entries{$space} eq '';
    for my $pid (grep { tagged($_) } $list->()) {
      $name{$pid} //= comm($pid);
      $outcome{$pid} = $entries{$space} eq '' ? 'dead' : 'left';
    }
  }
  print $outcome{$_} // 'restored', " $_ $name{$_}\n" for sort { $a <=> $b } keys %name;
}

# Two programs that read their clock for every line they are given: date calls clock_gettime, bash gettimeofday and time.
# They are bent like the node's processes and asked between two readings of the true clock.
sub probe {
  my ($count) = @_;
  for my $node (@nodes) {
    my @probes = (
      start_probe('now', 'stdbuf', '-oL', 'date', '-f', '-', '+%s.%N'),
      start_probe('', 'bash', '-c', 'while read -r _; do printf "%s %(%s)T\n" "$EPOCHREALTIME" -1; done'),
    );
    my $bent = 1;
    for my $probe (@probes) {
      # The first answer shows that the program runs: before, it would still be replaced by exec.
      ask($probe);
      my $state = bend_list($node->{name}, sub { return ($probe->{pid}) })->{$probe->{pid}};
      next if $state eq 'bent';
      complain($node->{name}, "the probe could not be bent: $state");
      $bent = 0;
    }
    for my $round (1 .. ($bent ? $count : 0)) {
      my $before = true_time();
      my @answers = map { ask($_) } @probes;
      print "reading $node->{name} $before @answers ", true_time(), "\n";
    }
    for my $probe (@probes) { close $probe->{in}; waitpid($probe->{pid}, 0) }
  }
}
sub start_probe {
  my ($question, @command) = @_;
  pipe(my $in, my $asker) or die "pipe: $!";
  pipe(my $hear, my $out) or die "pipe: $!";
  my $pid = fork() // die "fork: $!";
  if (!$pid) {
    require POSIX;
    %stopped = ();
    POSIX::dup2(fileno($in), 0);
    POSIX::dup2(fileno($out), 1);
    { no warnings; exec @command; }
    POSIX::_exit(127);
  }
  return { pid => $pid, in => $asker, out => $hear, question => "$question\n" };
}
sub ask {
  my ($probe) = @_;
  syswrite($probe->{in}, $probe->{question});
  my $handle = $probe->{out};
  my $line = <$handle> // die "a probe did not answer\n";
  chomp $line;
  return $line;
}

my %verbs = (survey => \&survey, bend => \&bend, look => \&look, restore => \&restore, probe => \&probe);
$verbs{$verb}->($argument);
`;

/**
 * A target for the death of the controller: nodes that tell whoever asks how they are. So that their well-being can be seen
 * from outside, with nothing but a connection, by somebody who has no agent.
 *
 * Every node sends to every other all the time, over both address families. Asked at its port, it writes and syncs a file, and
 * answers with a line of JSON; see `Telling`. Ages are measured with the machine's monotonic clock, which all nodes share
 * and no fault bends.
 */
import { z } from 'zod';
import { defineTarget, type NodeAddress, type NodeSpec } from '../../targets/index.ts';

export const PORT = 7001;

/** What a node tells. */
export const Telling = z.object({
  /** Its wall clock, in whole seconds since 1970. */
  seconds: z.number(),
  /** `written`, or why not. */
  disk: z.string(),
  /** For `n2/4`, `n2/6`, ...: how long ago the latest packet of that node that has arrived was sent. */
  heardMs: z.record(z.string(), z.number()),
  /** What the kernel tells of limits of CPU, memory and disk. */
  limits: z.string(),
});
export type Telling = z.infer<typeof Telling>;

const PROGRAM = `
use strict; use warnings;
use POSIX (); use IO::Handle; use Socket qw(:DEFAULT inet_pton inet_ntop);
my ($name, %address) = map { split /=/ } @ARGV;
$SIG{TERM} = sub { exit 0 };
$SIG{PIPE} = 'IGNORE';
my $root = '/sys/fs/cgroup';
my @limits = ("$root/cpu/cpu.cfs_quota_us", "$root/memory/memory.limit_in_bytes", glob("$root/blkio/blkio.throttle.*_iops_device"),
  "$root/cpu.max", "$root/memory.max", "$root/io.max");

sub slurp { open(my $file, '<', $_[0]) or return ''; local $/; return <$file> // '' }
sub now_ms { return 10 * (POSIX::times())[0] }
sub bound {
  my ($type) = @_;
  socket(my $socket, AF_INET6, $type, 0) or die;
  setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1);
  bind($socket, pack_sockaddr_in6(${PORT}, inet_pton(AF_INET6, '::'))) or die;
  return $socket;
}
sub address6 { return slurp('/proc/net/if_inet6') =~ /^([0-9a-f]{32}) \\S+ \\S+ 00 /m ? inet_ntop(AF_INET6, pack('H*', $1)) : '' }

my ($udp, $tcp) = (bound(SOCK_DGRAM), bound(SOCK_STREAM));
listen($tcp, 50) or die;
if (!-e '/data/kept') { open(my $kept, '>', '/data/kept') or die; print $kept "$_\\n" for 1 .. 1000; close $kept }
my (%address6, %sent_ms);

sub call {
  for my $peer (keys %address) {
    for ([4, "::ffff:$address{$peer}"], [6, $address6{$peer} // '']) {
      my ($family, $to) = @$_;
      next if $to eq '';
      send($udp, join(' ', $name, $family, now_ms(), address6()), 0, pack_sockaddr_in6(${PORT}, inet_pton(AF_INET6, $to)));
    }
  }
}
sub hear {
  recv($udp, my $call, 200, 0);
  my ($from, $family, $ms, $address6) = split / /, $call;
  my $latest = \\$sent_ms{"$from/$family"};
  $$latest = $ms if $ms > ($$latest // 0);
  $address6{$from} = $address6 // '';
}
sub write_disk {
  unlink '/data/block';
  open(my $block, '>', '/data/block') or return "$!";
  defined syswrite($block, 'x' x 4096) or return "$!";
  return $block->sync ? 'written' : "$!";
}
sub tell_how {
  accept(my $asker, $tcp) or return;
  my $disk = write_disk();
  my $heard = join ',', map { sprintf '"%s":%d', $_, now_ms() - $sent_ms{$_} } sort keys %sent_ms;
  my $limits = join ';', map { slurp($_) } @limits;
  $limits =~ s/\\n/ /g;
  syswrite($asker, sprintf qq({"seconds":%d,"disk":"%s","heardMs":{%s},"limits":"%s"}\\n), time, $disk, $heard, $limits);
}

my $next_ms = now_ms();
for (;;) {
  if (now_ms() >= $next_ms) { call(); $next_ms = now_ms() + 50 }
  my $readable = '';
  vec($readable, fileno($_), 1) = 1 for $udp, $tcp;
  next if select($readable, undef, undef, 0.02) <= 0;
  hear() if vec($readable, fileno($udp), 1);
  tell_how() if vec($readable, fileno($tcp), 1);
}`;

type None = Record<string, never>;

/** What the target knows of its members: who, and the how many of that name there were. */
const members = new Map<string, number>();

function node(self: NodeAddress, peers: readonly NodeAddress[]): NodeSpec {
  const others = peers.filter(({ name }) => name !== self.name).map(({ name, address }) => `${name}=${address}`);
  return { command: ['perl', '-e', PROGRAM, `${self.name}=`, ...others], ports: [PORT], volumes: ['/data'] };
}

export const mortals = defineTarget<None>({
  name: 'mortals',
  summary: 'nodes that tell how they are',
  parameters: z.record(z.string(), z.never()),
  image: () => ({ ref: 'debian:bookworm-slim' }),
  node,
  ready: () => Promise.resolve(),
  apis: {},
  membership: {
    members: () => Promise.resolve(new Map([...members].map(([name, nth]) => [name, String(nth)]))),
    remove: ({ name }) => Promise.resolve(void members.delete(name)),
    add(self, nodes) {
      members.set(self.name, (members.get(self.name) ?? 0) + 1);
      return Promise.resolve(node(self, nodes));
    },
  },
});

/**
 * What the machine of the nodes can do for the faults: tried out, one thing each, and undone at once.
 *
 * A kernel's version or configuration tells little (modules may be missing, security modules forbid), so every probe does
 * the very thing that a fault would do, in a network namespace, cgroup or process of its own.
 */
import pLimit from 'p-limit';
import type { Capability } from '../../cluster.ts';
import { CGROUPS, ENGINE } from './container.ts';
import { ScriptFailed, type AgentStream } from './stream.ts';

export interface Probe {
  /** `nft bridge`, `netem`, ... */
  readonly name: string;
  /** What it is good for. */
  readonly serves: string;
  readonly available: boolean;
  /** What was found; or the reason why it is not available. */
  readonly finding: string;
  /** What would help; only where it is not available and something does. */
  readonly remedy?: string;
  /** No fault needs it, so nothing lacks where it is not available. */
  readonly spare?: true;
}

interface Trial {
  readonly name: string;
  readonly serves: string;
  /** Prints what it found; fails where it is not available. */
  readonly script: string;
  readonly missing: string;
  readonly remedy: string;
  readonly spare?: true;
  /** What a cluster cannot suffer without it. */
  readonly capabilities?: readonly Capability[];
  /** Where that one is available, nothing lacks without this. */
  readonly insteadOf?: string;
}

const module = (name: string) =>
  `Load it on the engine's machine (\`modprobe ${name}\`), or run the engine on a kernel that has it; those of Debian and Ubuntu do.`;

const ALLOW =
  "The engine must give the agent the capabilities it asks for, and no security module may keep it from using them; a rootless engine's agent has them over nothing but its own.";

const V1 = `[ -d ${CGROUPS}/freezer ]`;

/** The process that the engine has started the agent with is none of the agent's, and has privileges that it has not. */
const LOOK_AT_PARENT = `parent=$(sed -n 's/^PPid:[[:space:]]*//p' /proc/$PPID/status)
[ ! -e /proc/$parent/ns ] || readlink /proc/$parent/ns/net > /dev/null && echo 'their namespaces and files can be entered'`;

/** The functions of a running process that tell the time, written over with what they were. */
const WRITE_VDSO = `sleep 5 & pid=$!
start=$(sed -n 's/-.*\\[vdso\\]$//p' /proc/$pid/maps)
offset=$((0x$start))
dd if=/proc/$pid/mem bs=1 count=1 skip=$offset status=none | dd of=/proc/$pid/mem bs=1 seek=$offset conv=notrunc status=none
code=$?; kill $pid; uname -m; exit $code`;

/** A cgroup of its own with one process, frozen and thawed. */
const FREEZE = `if ${V1}; then folder=${CGROUPS}/freezer/ordeal-probe-$$; else folder=${CGROUPS}/ordeal-probe-$$; fi
mkdir $folder || exit 1
sleep 5 & pid=$!
echo $pid > $folder/cgroup.procs
if ${V1}; then
  echo FROZEN > $folder/freezer.state; sleep 0.02; state=$(cat $folder/freezer.state); echo THAWED > $folder/freezer.state
else
  echo 1 > $folder/cgroup.freeze; sleep 0.02; state=$(sed -n 's/^frozen //p' $folder/cgroup.events); echo 0 > $folder/cgroup.freeze
fi
kill $pid; wait $pid; rmdir $folder
echo "state $state"
[ "$state" = FROZEN ] || [ "$state" = 1 ]`;

/** The rule that hands packets over, and the socket that copies are sent by. */
const QUEUE = `unshare -n iptables -t mangle -A INPUT -s 127.0.0.1 -j NFQUEUE --queue-num 1 --queue-bypass || exit 1
unshare -n perl -MSocket -e 'socket(my $copies, AF_INET, SOCK_RAW, 255) or die "raw socket: $!\n"' || exit 1
echo 'packets can be held, doubled and damaged in user space'`;

const controller = (name: string, v1File: string) =>
  `if [ -e ${CGROUPS}/${name}/${v1File} ]; then echo 'cgroup version 1';
else grep -qw ${name === 'blkio' ? 'io' : name} ${CGROUPS}/cgroup.controllers && echo 'cgroup version 2'; fi`;

const TRIALS: readonly Trial[] = [
  {
    name: 'cgroup',
    serves: 'pause, slow, memory',
    script: `if ${V1}; then echo 'version 1'; else [ -e ${CGROUPS}/cgroup.controllers ] && echo 'version 2'; fi`,
    missing: 'the agent does not see the cgroup file systems',
    remedy: 'The engine must allow the mount of /sys/fs/cgroup; a rootless engine does not.',
  },
  {
    name: 'engine socket',
    serves: 'starting ended nodes again should ordeal be killed',
    script: `[ -S ${ENGINE} ] && echo 'the agent has it'`,
    missing: "the agent does not have the engine's socket",
    remedy: 'Nothing is lost unless ordeal is killed; then `ordeal clean` removes the nodes that have ended.',
  },
  {
    name: 'other processes',
    serves: 'all that is done or seen in a node: links, packets, clock, disks',
    script: LOOK_AT_PARENT,
    missing: 'the agent may not look into the processes of other containers',
    remedy: ALLOW,
    capabilities: ['partition', 'packets', 'clock', 'data', 'disk'],
  },
  {
    name: 'nft bridge',
    serves: 'partitions in one transaction',
    script: `unshare -n nft 'add table bridge probe; add set bridge probe links { type ipv4_addr . ipv4_addr; }; add chain bridge probe passing { type filter hook forward priority -200; }; add rule bridge probe passing ip saddr . ip daddr @links drop' && echo 'sets of links'`,
    missing: 'the kernel has no nf_tables for bridges, so each node is cut by itself',
    remedy: module('nf_tables'),
  },
  {
    name: 'nft owner',
    serves: 'cuts that the kernel lifts by itself',
    script: `unshare -n nft 'add table bridge probe { flags owner; }' && echo 'tables go with their holder'`,
    missing: 'the kernel is older than 5.12, so the agent lifts cuts itself',
    remedy: 'Nothing is lost unless the agent is killed too.',
  },
  {
    name: 'nft inet',
    serves: 'partitions where bridges have no nf_tables',
    script: `unshare -n nft 'add table inet probe; add chain inet probe arriving { type filter hook input priority -200; }' && echo 'drops at the receiver'`,
    missing: 'the kernel has no nf_tables',
    remedy: module('nf_tables'),
    capabilities: ['partition'],
    insteadOf: 'nft bridge',
  },
  {
    name: 'packet queue',
    serves: 'delay, jitter, loss, duplicates, corruption and rate of packets',
    script: QUEUE,
    missing: 'the kernel has no NFQUEUE',
    remedy: module('xt_NFQUEUE nfnetlink_queue'),
    capabilities: ['packets'],
  },
  {
    name: 'netem',
    serves: 'no fault: the packet queue does the same',
    script: `unshare -n tc qdisc add dev lo root netem delay 1ms && echo 'in every node'`,
    missing: 'the kernel has no sch_netem',
    remedy: 'None is needed: what netem does to packets, the packet queue does in user space.',
    spare: true,
    capabilities: ['netem'],
  },
  {
    name: 'tbf',
    serves: 'no fault: the packet queue keeps rates too',
    script: `unshare -n tc qdisc add dev lo root tbf rate 1mbit burst 10kb latency 10ms && echo 'in every node'`,
    missing: 'the kernel has no sch_tbf',
    remedy: 'None is needed: the packet queue keeps rates in user space.',
    spare: true,
    capabilities: ['tbf'],
  },
  {
    name: 'freezer',
    serves: 'pause',
    script: FREEZE,
    missing: 'processes cannot be frozen by the agent',
    remedy: 'The engine must allow the agent to write to /sys/fs/cgroup; a rootless engine does not.',
    capabilities: ['pause'],
  },
  {
    name: '/proc/PID/mem',
    serves: 'clock',
    script: WRITE_VDSO,
    missing: "other processes' code cannot be written",
    remedy: 'Boot the kernel with proc_mem.force_override=always; a security module may forbid it too.',
    capabilities: ['clock'],
  },
  {
    name: 'cpu quota',
    serves: 'slow',
    script: controller('cpu', 'cpu.cfs_quota_us'),
    missing: 'the kernel has no CPU quota',
    remedy: 'Use a kernel with CONFIG_CFS_BANDWIDTH.',
    capabilities: ['cpu'],
  },
  {
    name: 'memory limit',
    serves: 'memory',
    script: controller('memory', 'memory.limit_in_bytes'),
    missing: 'the kernel has no memory cgroup',
    remedy: 'Boot the kernel with cgroup_enable=memory.',
    capabilities: ['memory'],
  },
  {
    name: 'io limits',
    serves: 'slow disks',
    script: controller('blkio', 'blkio.throttle.write_bps_device'),
    missing: 'the kernel does not throttle block devices',
    remedy: 'Use a kernel with CONFIG_BLK_DEV_THROTTLING.',
    capabilities: ['io'],
  },
  {
    name: 'disks of their own',
    serves: 'full, read-only, slow, stuck disks and power loss',
    script: `grep -qw loop /proc/devices && grep -qw ext4 /proc/filesystems && unshare -m mount -t tmpfs probe /mnt && echo 'ext4 on loop devices'`,
    missing: 'the kernel has no loop devices or no ext4, so nodes cannot have disks of their own',
    remedy: module('loop ext4'),
    capabilities: ['disk'],
  },
  {
    name: 'FUSE',
    serves: 'no fault',
    script: `grep -qw fuse /proc/filesystems && echo 'in the kernel'`,
    missing: 'the kernel has no FUSE',
    remedy: 'None is needed.',
    spare: true,
    capabilities: ['fuse'],
  },
];

const PARALLEL = 6;

/** Tries everything, side by side; takes some 100 ms. */
export async function probe(agent: AgentStream, signal: AbortSignal): Promise<Probe[]> {
  const limit = pLimit(PARALLEL);
  return Promise.all(TRIALS.map((trial) => limit(tryOut, agent, trial, signal)));
}

/** What of `Capability` was probed, as `Cluster.capabilities` puts it. */
export function probedCapabilities(probes: readonly Probe[]): Partial<Record<Capability, true | string>> {
  const found = new Map(probes.map(({ name, available, finding }) => [name, available || finding]));
  const answers: Partial<Record<Capability, true | string>> = {};
  for (const { name, capabilities = [], insteadOf } of TRIALS) {
    const answer = insteadOf !== undefined && found.get(insteadOf) === true ? true : found.get(name);
    for (const capability of capabilities) {
      const known = answers[capability] ?? true;
      if (answer !== undefined && known === true) answers[capability] = answer;
    }
  }
  return answers;
}

/** What is refused is not missing: the module may be there, and to load it would not help. */
const FORBIDDEN = /not permitted|permission denied/i;

async function tryOut(agent: AgentStream, trial: Trial, signal: AbortSignal): Promise<Probe> {
  const { name, serves, script, missing, remedy, spare } = trial;
  const common = { name, serves, ...(spare && { spare }) };
  try {
    const finding = (await agent.run(script, { signal })).trim();
    return { ...common, available: true, finding };
  } catch (error) {
    if (!(error instanceof ScriptFailed)) throw error;
    const said = error.stderr.trim().split('\n')[0] ?? '';
    if (FORBIDDEN.test(error.stderr)) {
      const finding = `the agent may not do it (${said})`;
      return { ...common, available: false, finding, remedy: spare ? remedy : ALLOW };
    }
    return { ...common, available: false, finding: said === '' ? missing : `${missing} (${said})`, remedy };
  }
}

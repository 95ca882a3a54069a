/**
 * Many random injections of every fault that this machine supports, on five nodes of etcd with disks of their own: each is
 * seen and healed, and in the end nothing is left of any of them.
 *
 * ORDEAL_INJECTIONS raises their number, ORDEAL_SEED draws others.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dockerRuntime, etcd, findEngine, type Cluster } from '../targets/index.ts';
import { seeded } from '../workloads/index.ts';
import * as nemesis from './index.ts';
import type { Fault } from './index.ts';
import { clock } from './testing/hearers.ts';

const INJECTIONS = Number(process.env['ORDEAL_INJECTIONS'] ?? 20);
const LIMIT_MS = 30_000;
const faults = Object.values<unknown>(nemesis).filter(
  (thing): thing is Fault => typeof thing === 'object' && thing !== null && 'inject' in thing && 'choose' in thing,
);

let cluster: Cluster;
const session = `test-endurance-${process.pid}`;
beforeAll(async () => {
  const options = { nodes: 5, session, clock, keep: false, startTimeoutMs: 60_000, onProgress: () => undefined };
  const runtime = dockerRuntime(await findEngine());
  cluster = await runtime.launch(
    etcd,
    etcd.parameters.parse({}),
    { ...options, disks: true },
    AbortSignal.timeout(100_000),
  );
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

/** What a fault could leave in a node, in the agent, or on the machine; process ids and device numbers aside. */
async function state(): Promise<string> {
  const { agent } = cluster;
  if (agent === undefined) throw new Error('no agent');
  const nodes = await Promise.all(
    cluster.nodes.map(async (node) => {
      const { pid, status } = await node.state();
      return `${node.name} ${status}\n${await agent.run(NODE.replaceAll('PID', String(pid)))}`;
    }),
  );
  return [...nodes, await agent.run(MACHINE)].join('\n');
}

const NODE = `nsenter -t PID -n sh -c 'nft list tables; ip -o link show eth0 | grep -o "state [A-Z]*"; tc qdisc show dev eth0'
for file in freezer/freezer.state cpu/cpu.cfs_quota_us memory/memory.limit_in_bytes blkio/blkio.throttle.read_iops_device \\
            blkio/blkio.throttle.write_iops_device cgroup.freeze cpu.max memory.max io.max; do
  group=$(sed -n "s/^[0-9]*:\\([^:]*,\\)*\${file%%/*}\\(,[^:]*\\)*://p" /proc/PID/cgroup)
  [ -n "$group" ] || group=$(sed -n 's/^0:://p' /proc/PID/cgroup)
  case $file in */*) path=/host/cgroup/\${file%%/*}$group/\${file#*/};; *) path=/host/cgroup$group/$file;; esac
  [ ! -e $path ] || echo "$file $(cat $path)"
done
sed -n 's/^State:.\\([TSRDt]\\).*/state \\1/p' /proc/PID/status | tr RD SS
range=$(sed -n 's/ .*\\[vdso\\]$//p' /proc/PID/maps); from=$((0x\${range%-*})); to=$((0x\${range#*-}))
echo vdso $(dd if=/proc/PID/mem bs=4096 iflag=skip_bytes,count_bytes skip=$from count=$((to - from)) status=none | md5sum)
disk=$(sed -n 's|.* /var/lib/ordeal-etcd \\(r[wo]\\).* /dev/\\(loop[0-9]*\\) \\(r[wo]\\).*|\\2 \\1 \\3|p' /proc/PID/mountinfo)
echo disk \${disk#* }, reserved $(cat /run/sys/fs/ext4/\${disk%% *}/reserved_clusters), errors $(cat /run/sys/fs/ext4/\${disk%% *}/errors_count)
find /proc/PID/root/var/lib/ordeal-etcd -name '.ordeal*'`;

const MACHINE = `mkdir -p /run/sys; [ -d /run/sys/fs ] || mount -t sysfs sysfs /run/sys
table=$(nft list tables bridge | grep -o 'ordeal_test_endurance_[0-9]*') && nft list table bridge $table
ls /run | grep ordeal- ; grep -c /run/ordeal- /proc/mounts
ps -o args= -C perl 2>/dev/null | sort`;

async function allReach(): Promise<void> {
  const links = cluster.nodes.flatMap((a) =>
    cluster.nodes.flatMap((b) => (a === b ? [] : [{ from: a.name, to: b.name }])),
  );
  await using beacon = await cluster.network.beacon(links, AbortSignal.timeout(LIMIT_MS));
  await expect
    .poll(
      async () => (await beacon.read()).filter(({ silentNs, received }) => silentNs === null && received > 5).length,
      {
        timeout: 5_000,
      },
    )
    .toBe(links.length);
}

it(
  `${INJECTIONS} random injections of all faults are seen, healed, and leave nothing behind`,
  async () => {
    await cluster.agent?.run(MACHINE);
    const before = await state();
    // What is asked for must be there to be compared.
    for (const sign of [/state UP/g, /state S/g, /vdso [0-9a-f]{32}/g, /disk rw rw, reserved \d+, errors 0/g])
      expect(before.match(sign), before).toHaveLength(5);
    const possible = faults.filter(({ needs }) => needs.every((need) => cluster.capabilities[need] === true));
    const names = cluster.nodes.map(({ name }) => name);
    const random = seeded(process.env['ORDEAL_SEED'] ?? 'endurance');
    const counts = new Map<string, number>();
    for (let i = 0; i < INJECTIONS; i++) {
      // In shuffled rounds, so that each gets its turn.
      const round = random.fork(`round ${Math.floor(i / possible.length)}`).shuffle(possible);
      const fault = round[i % possible.length] as Fault;
      const plan = fault.choose(names, random.fork(`injection ${i}`));
      const what = `injection ${i}: ${fault.name} ${JSON.stringify(plan)}`;
      const limit = AbortSignal.timeout(LIMIT_MS);
      const injection = await fault.inject(cluster, fault.plan.parse(plan), limit).catch((error: unknown) => {
        throw new Error(`${what}: ${String(error)}`, { cause: error });
      });
      const effect = await injection.effect(limit);
      expect(effect.seen, `${what} ${JSON.stringify(effect)}`).toBe(true);
      const healing = AbortSignal.timeout(LIMIT_MS);
      await injection.heal(healing);
      const recovery = await injection.recovery(healing);
      expect(recovery.seen, `${what} healed ${JSON.stringify(recovery)}`).toBe(true);
      await cluster.ready(AbortSignal.timeout(LIMIT_MS)).catch((error: unknown) => {
        throw new Error(`${what}: afterwards ${String(error)}`, { cause: error });
      });
      counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1);
    }
    process.stdout.write(`${[...counts].map(([name, count]) => `${name} ${count}`).join(', ')}\n`);
    await allReach();
    expect(await state()).toBe(before);
  },
  INJECTIONS * LIMIT_MS,
);

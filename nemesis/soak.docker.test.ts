/** Many random injections and heals in a row leave nothing behind. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cluster } from '../targets/index.ts';
import { seeded } from '../workloads/index.ts';
import type { Fault } from './fault.ts';
import kill from './kill.ts';
import memory from './memory.ts';
import packets from './packets.ts';
import partition from './partition.ts';
import pause from './pause.ts';
import restart from './restart.ts';
import sigstop from './sigstop.ts';
import slow from './slow.ts';
import stop from './stop.ts';
import { allBut, heard, launchHearers } from './testing/hearers.ts';
import { PATIENTLY } from './testing/patience.ts';
import unplug from './unplug.ts';

const ROUNDS = Number(process.env['ORDEAL_INJECTIONS'] ?? 30);
const faults = [kill, memory, packets, partition, pause, restart, sigstop, slow, stop, unplug] as unknown as Fault[];

let cluster: Cluster;
beforeAll(async () => {
  cluster = await launchHearers(`test-soak-${process.pid}`);
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

/** All that a fault could leave: rules, packet schedulers, interfaces that are down, limits, frozen or stopped processes. */
async function state(): Promise<string> {
  const pids = await Promise.all(cluster.nodes.map(async (node) => (await node.state()).pid));
  const inside = pids.map(
    (
      pid,
    ) => `nsenter -t ${pid} -n sh -c 'nft list tables; ip -o link show eth0 | grep -o "state [A-Z]*"; tc qdisc show dev eth0'
for file in freezer/freezer.state cpu/cpu.cfs_quota_us memory/memory.limit_in_bytes cgroup.freeze cpu.max memory.max; do
  group=$(sed -n "s/^[0-9]*:\\([^:]*,\\)*\${file%%/*}\\(,[^:]*\\)*://p" /proc/${pid}/cgroup)
  [ -n "$group" ] || group=$(sed -n 's/^0:://p' /proc/${pid}/cgroup)
  case $file in */*) path=/host/cgroup/\${file%%/*}$group/\${file#*/};; *) path=/host/cgroup$group/$file;; esac
  [ ! -e $path ] || echo $file $(cat $path)
done
sed -n 's/^State:.\\([TSRDt]\\).*/\\1/p' /proc/${pid}/status | tr RD SS`,
  );
  // The listing of a table counts no packets, so what other clusters do meanwhile does not show.
  const own =
    "nft list tables bridge; nft list table bridge $(nft list tables bridge | grep -o 'ordeal_test_soak_[0-9]*')";
  return (await cluster.agent?.run([...inside, own].join('\n'))) ?? 'no agent';
}

it(
  `${ROUNDS} random injections are all seen, healed, and leave nothing behind`,
  async () => {
    const before = await state();
    expect(before).toContain('state UP');
    const names = cluster.nodes.map(({ name }) => name);
    const random = seeded(process.env['ORDEAL_SEED'] ?? 'soak');
    for (let round = 0; round < ROUNDS; round++) {
      const draw = random.fork(`round ${round}`);
      const fault = draw.pick(faults);
      const plan = fault.choose(names, draw);
      const what = `round ${round}: ${fault.name} ${JSON.stringify(plan)}`;
      const signal = AbortSignal.timeout(20_000);
      const injection = await fault.inject(cluster, fault.plan.parse(plan), signal);
      const effect = await injection.effect(signal);
      expect(effect.seen, `${what} ${JSON.stringify(effect)}`).toBe(true);
      await injection.heal(signal);
      const recovery = await injection.recovery(signal);
      expect(recovery.seen, `${what} healed ${JSON.stringify(recovery)}`).toBe(true);
    }
    await expect.poll(() => heard(cluster), PATIENTLY).toEqual(allBut(cluster));
    expect(await state()).toBe(before);
  },
  ROUNDS * 20_000,
);

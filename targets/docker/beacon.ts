/**
 * The beacon of a cluster of containers: see `agent/image/beacon.pl`, which sends and listens, and `Beacon`, the contract.
 *
 * Where the nodes have IPv6 addresses both families are measured, and a link counts as silent only if both are: a cut
 * that forgets a family must show.
 */
import type { Arrival, Beacon, Clock, Link, Node } from '../cluster.ts';
import { converse, type AgentStream, type Conversation } from './agent/index.ts';

export const PERIOD_MS = 2;
const PINGS = 5;

/** Rejects where the agent may not enter a node's network namespace. */
export async function openBeacon(
  agent: AgentStream,
  nodes: readonly Node[],
  clock: Clock,
  links: readonly Link[],
  signal: AbortSignal,
  periodMs = PERIOD_MS,
): Promise<Beacon> {
  signal.throwIfAborted();
  const ends = nodes.filter(({ name }) => links.some(({ from, to }) => from === name || to === name));
  const states = await Promise.all(ends.map((node) => node.state()));
  const words = ends.flatMap((node, index) => {
    const pid = states[index]?.pid ?? 0;
    const addresses = [node.address, ...(node.address6 === undefined ? [] : [node.address6])];
    return pid === 0 ? [] : [`${node.name}=${pid},${addresses.join()}`];
  });
  const runs = new Set(words.map((word) => word.slice(0, word.indexOf('='))));
  const measured = links.filter(({ from, to }) => runs.has(from) && runs.has(to));
  if (measured.length === 0) {
    return { periodMs, read: () => Promise.resolve([]), [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const argv = [...words, ...measured.map(({ from, to }) => `${from}>${to}`)].map((word) => `'${word}'`);
  const perl = converse(agent, `exec perl /beacon.pl ${periodMs * 1000} ${argv.join(' ')}`, /^end\n/m);
  const offsetNs = await clockOffset(perl, clock);
  return {
    periodMs,
    async read() {
      const flows = (await perl.ask('read')).trim().split('\n').map(parseFlow);
      return measured.flatMap((link) => merge(link, flows, offsetNs));
    },
    [Symbol.asyncDispose]() {
      perl.end();
      return Promise.resolve();
    },
  };
}

/**
 * What to add to the agent's monotonic clock to get the run's: from the question that was answered fastest, so the
 * error is below half of that round trip (Cristian 1989, "Probabilistic clock synchronization").
 */
async function clockOffset(perl: Conversation, clock: Clock): Promise<number> {
  let fastestNs = Infinity;
  let offsetNs = 0;
  for (let ping = 0; ping < PINGS; ping++) {
    const askedNs = clock.nowNs();
    const thereNs = Number(await perl.ask('time'));
    const answeredNs = clock.nowNs();
    if (answeredNs - askedNs >= fastestNs) continue;
    fastestNs = answeredNs - askedNs;
    offsetNs = (askedNs + answeredNs) / 2 - thereNs;
  }
  return offsetNs;
}

interface Flow {
  readonly from: string;
  readonly to: string;
  /** In the agent's time; 0 is never. */
  readonly lastNs: number;
  readonly runNs: number;
  readonly silentNs: number;
  readonly sent: number;
  readonly received: number;
  /** The sum over all received. */
  readonly delaysNs: number;
  readonly duplicates: number;
  readonly altered: number;
}

function parseFlow(line: string): Flow {
  const [from = '', to = '', ...times] = line.split(' ');
  const [lastNs = NaN, runNs = NaN, silentNs = NaN, ...counts] = times.map(Number);
  const [sent = NaN, received = NaN, delaysNs = NaN, duplicates = NaN, altered = NaN] = counts;
  if (Number.isNaN(altered)) throw new Error(`the beacon said: ${line}`);
  return { from, to, lastNs, runNs, silentNs, sent, received, delaysNs, duplicates, altered };
}

/** The flows of both families as one link: it is silent when all are, and flows again when all do. */
function merge(link: Link, flows: readonly Flow[], offsetNs: number): Arrival[] {
  const own = flows.filter(({ from, to }) => from === link.from && to === link.to);
  if (own.length === 0) return [];
  const time = (ns: number) => Math.round(ns + offsetNs);
  const received = sum(own.map((flow) => flow.received));
  const last = Math.max(...own.map(({ lastNs }) => lastNs));
  return [
    {
      link,
      lastNs: last === 0 ? null : time(last),
      firstNs: own.some(({ runNs }) => runNs === 0) ? null : time(Math.max(...own.map(({ runNs }) => runNs))),
      silentNs: own.some(({ silentNs }) => silentNs === 0) ? null : time(Math.max(...own.map((flow) => flow.silentNs))),
      sent: sum(own.map((flow) => flow.sent)),
      received,
      delayNs: received === 0 ? null : sum(own.map((flow) => flow.delaysNs)) / received,
      duplicates: sum(own.map((flow) => flow.duplicates)),
      altered: sum(own.map((flow) => flow.altered)),
    },
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

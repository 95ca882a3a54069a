/**
 * The controller's end of the mender: what is asked of the agent, as text, and what it answered, as data.
 *
 * It holds no state: the order is the whole truth of an injection (which bytes, under which tag), and every request
 * carries it, so the watch, the heal and the cure see what the injection saw.
 */
import type { Agent } from '../../targets/index.ts';
import { MENDER } from './mender.ts';
import type { Placement } from './placement.ts';
import type { Warp } from './warp.ts';

/** A node and its first process, in the agent's process namespace; 0 where it does not run. */
export interface Place {
  readonly node: string;
  readonly pid: number;
}

/** Which bytes an injection exchanges. */
export interface Order {
  /** One for each kind of vDSO that was found. */
  readonly placements: readonly Placement[];
  readonly warps: ReadonlyMap<string, Warp>;
  /** Unique among all injections on this machine. */
  readonly tag: Uint8Array;
}

export interface Survey {
  /** The machine's true time, ns since 1970. */
  readonly nowNs: bigint;
  readonly images: readonly Uint8Array[];
}

export interface ProcessState {
  readonly node: string;
  readonly pid: number;
  /** Its program's short name. */
  readonly program: string;
  /** Bent just now, bent before, not bent, with bytes that are neither, or without a vDSO (32 bits, or it is ending). */
  readonly state: 'bent' | 'kept' | 'true' | 'other' | 'none';
}

export interface Answer {
  readonly processes: readonly ProcessState[];
  /** Start time of the first process of each node that runs, in clock ticks since boot. */
  readonly inits: ReadonlyMap<string, string>;
  readonly readings: readonly Reading[];
  /** Processes whose clock is true again: `dead` where idle bytes had to be left, `left` where it could not be restored. */
  readonly restored: readonly {
    readonly pid: number;
    readonly program: string;
    readonly outcome: 'restored' | 'dead' | 'left';
  }[];
  readonly problems: readonly { readonly node: string; readonly sentence: string }[];
}

/** What a bent probe read, between two readings of a true clock; ns since 1970. */
export interface Reading {
  readonly node: string;
  readonly beforeNs: bigint;
  /** clock_gettime, gettimeofday, time: as fine as each tells it. */
  readonly bentNs: readonly [bigint, bigint, bigint];
  readonly afterNs: bigint;
}

export async function survey(agent: Agent, places: readonly Place[]): Promise<Survey> {
  const lines = records(await agent.run(program('survey', placeLines(places))));
  return {
    nowNs: nanoseconds(lines.find(([kind]) => kind === 'clock')?.[1] ?? ''),
    images: lines.filter(([kind]) => kind === 'bytes').map(([, image = '']) => Buffer.from(image, 'hex')),
  };
}

/** Bends every process of the nodes that is not bent yet. */
export async function bend(agent: Agent, places: readonly Place[], order: Order): Promise<Answer> {
  return answer(await agent.run(program('bend', orderLines(places, order))));
}

/** Reads the bytes of every process of the nodes. */
export async function look(agent: Agent, places: readonly Place[], order: Order): Promise<Answer> {
  return answer(await agent.run(program('look', orderLines(places, order))));
}

/** Lets a probe of each node's own bend be read this many times. */
export async function probe(agent: Agent, nodes: readonly string[], order: Order, count: number): Promise<Answer> {
  const places = nodes.map((node) => ({ node, pid: 0 }));
  return answer(await agent.run(program(`probe ${count}`, orderLines(places, order))));
}

export async function restore(agent: Agent, order: Order): Promise<Answer> {
  return answer(await agent.run(cureScript(order)));
}

/** Restores every process on the machine that carries the tag. It is complete in itself, so the agent can keep it as a cure. */
export function cureScript(order: Order): string {
  const hunks = order.placements.flatMap((placement, index) =>
    placement.hunks.map(({ kind, offset, old }) => `hunk * ${index} ${kind} ${offset} ${hex(old)}`),
  );
  return program('restore', [...vdsoLines(order), ...hunks]);
}

function program(verb: string, lines: readonly string[]): string {
  return `perl - ${verb} <<'ORDEAL'\n${MENDER}\n__DATA__\n${lines.join('\n')}\nORDEAL`;
}

function orderLines(places: readonly Place[], order: Order): string[] {
  return [...placeLines(places), ...vdsoLines(order), ...places.flatMap(({ node }) => hunkLines(node, order))];
}

function placeLines(places: readonly Place[]): string[] {
  return places.map(({ node, pid }) => `node ${node} ${pid}`);
}

function vdsoLines({ placements, tag }: Order): string[] {
  return placements.map(({ imageBytes, tagOffset }) => `vdso ${imageBytes} ${tagOffset} ${hex(tag)}`);
}

function hunkLines(node: string, { placements, warps, tag }: Order): string[] {
  const warp = warps.get(node);
  if (warp === undefined) throw new Error(`the order has no warp for ${node}`);
  return placements.flatMap(({ hunks }, index) =>
    hunks.map((hunk) => {
      const bytes = hunk.bytes(warp, tag);
      return `hunk ${node} ${index} ${hunk.kind} ${hunk.offset} ${hex(hunk.old)} ${hex(bytes)}`;
    }),
  );
}

function answer(text: string): Answer {
  const lines = records(text);
  const of = (wanted: string) => lines.filter(([kind]) => kind === wanted);
  return {
    processes: of('process').map(([, node = '', pid, state, name = '']) => ({
      node,
      pid: Number(pid),
      program: name,
      state: state as ProcessState['state'],
    })),
    inits: new Map(of('init').map(([, node = '', start = '']) => [node, start])),
    readings: of('reading').map(([, node = '', before = '', clock = '', day = '', second = '', after = '']) => ({
      node,
      beforeNs: nanoseconds(before),
      bentNs: [nanoseconds(clock), nanoseconds(day), nanoseconds(second)],
      afterNs: nanoseconds(after),
    })),
    restored: lines
      .filter(([kind]) => kind === 'restored' || kind === 'dead' || kind === 'left')
      .map(([outcome, pid, name = '']) => ({
        pid: Number(pid),
        program: name,
        outcome: outcome as 'restored' | 'dead' | 'left',
      })),
    problems: of('problem').map(([, node = '', ...words]) => ({ node, sentence: words.join(' ') })),
  };
}

function records(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '));
}

/** `SEC.FRACTION` as ns. */
function nanoseconds(text: string): bigint {
  const [seconds = '', fraction = ''] = text.split('.');
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

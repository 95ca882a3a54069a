/** How nodes of a cluster leave and join: the target tells the system, and the containers follow. */
import { setTimeout as sleep } from 'node:timers/promises';
import { within } from '../../results/index.ts';
import type { Membership, Node } from '../cluster.ts';
import { Unmet, type NodeAddress, type NodeSpec, type Target, type TargetMembership } from '../target.ts';
import type { Renewable } from './nodes.ts';
import { untilServes } from './readiness.ts';

export interface MembershipParts<P> {
  readonly target: Target<P>;
  readonly system: TargetMembership<P>;
  readonly params: P;
  readonly nodes: readonly Node[];
  readonly renewables: readonly Renewable[];
  /** The i-th guest, counted from 0. */
  readonly guest: (i: number) => Guest;
}

export interface Guest {
  readonly self: NodeAddress;
  /** Makes its container; does not start it. */
  create(spec: NodeSpec): Promise<Renewable>;
}

export interface DockerMembership extends Membership {
  /** All that there were. */
  guests(): readonly Node[];
}

/** How long a node that is asked may take, and the time between two questions. */
const ASK_MS = 1000;
const PAUSE_MS = 100;
/** What a `grow` that failed had begun is undone within this time. */
const UNDO_MS = 30_000;

export function dockerMembership<P>(parts: MembershipParts<P>): DockerMembership {
  const { target, system, params, nodes, renewables } = parts;
  const guests = new Map<string, Renewable>();
  const present = new Set<string>();

  /**
   * Starts it until it says itself that it is a member. A joiner that meets one who does not know of it yet may give up:
   * then it is started again.
   */
  const join = async (node: Node, signal: AbortSignal) => {
    for (;;) {
      await node.start();
      const limit = within(ASK_MS, signal);
      const members = await system.members(node, params, limit).catch(() => null);
      if (members?.has(node.name)) return;
      if (signal.aborted) {
        const { status, exitCode } = await node.state();
        throw new Unmet(`${node.name} did not join: ${status}${exitCode === null ? '' : `, exit code ${exitCode}`}`);
      }
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  };
  const dismiss = async (guest: NodeAddress, signal: AbortSignal) => {
    await system.remove(guest, nodes, params, signal);
    await guests.get(guest.name)?.discard();
    present.delete(guest.name);
  };
  return {
    members: (viewer, signal) => system.members(viewer, params, signal),
    async remove(node, signal) {
      await system.remove(node, nodes, params, signal);
      await node.stop();
    },
    async add(node, signal) {
      const spec = await system.add(node, nodes, params, signal);
      if (spec !== null) await renewableOf(node, renewables).renew(spec);
      await join(node, signal);
    },
    async grow(signal) {
      const place = parts.guest(firstFree((i) => present.has(parts.guest(i).self.name)));
      const { self } = place;
      present.add(self.name);
      try {
        const spec = await system.add(self, nodes, params, signal);
        if (spec === null) throw new Error(`${self.name} is a member already`);
        const known = guests.get(self.name);
        await known?.renew(spec);
        const guest = known ?? (await place.create(spec));
        guests.set(self.name, guest);
        await join(guest.node, signal);
        return guest.node;
      } catch (error) {
        await dismiss(self, AbortSignal.timeout(UNDO_MS));
        throw error;
      }
    },
    ready: (node, signal) => untilServes((attempt) => target.ready([node], params, attempt), signal),
    dismiss,
    guests: () => [...guests.values()].map(({ node }) => node),
  };
}

function firstFree(isTaken: (i: number) => boolean): number {
  let i = 0;
  while (isTaken(i)) i++;
  return i;
}

function renewableOf({ name }: Node, renewables: readonly Renewable[]): Renewable {
  const found = renewables.find(({ node }) => node.name === name);
  if (found === undefined) throw new Error(`${name} is no node of this cluster`);
  return found;
}

/**
 * A target: a system under test. How its nodes are started, when they serve, and how clients reach it.
 *
 * It is declarative where it can be, so that one description serves every runtime: the Docker runtime launches it, and
 * `attach` uses its clients on a cluster that somebody else launched. A user's own target is one file whose default
 * export is `defineTarget({ ... })`, named on the command line by path, in about 50 lines.
 */
import type { z } from 'zod';
import type { Client } from '../workloads/index.ts';
import type { ClockReading, Node } from './cluster.ts';

export interface Target<P = unknown> {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** Options of this target, as `--<name> value` on the command line. */
  readonly parameters: z.ZodType<P>;
  /** What the nodes run; `--image REF` replaces it. */
  image(params: P): ImageSource;
  /** How one node is started. `peers` are all nodes, itself included, with the addresses that they will have. */
  node(self: NodeAddress, peers: readonly NodeAddress[], params: P): NodeSpec;
  /**
   * Resolves when the cluster really serves. It is given `signal` until the start-up deadline; a throw before then says
   * which condition is not met (`Unmet`) and it is asked again.
   */
  ready(nodes: readonly Node[], params: P, signal: AbortSignal): Promise<void>;
  /** The client APIs it offers, by the name that workloads ask for. */
  readonly apis: Readonly<Record<string, (node: Node, params: P, signal: AbortSignal) => Promise<Client>>>;
  /** Names of the nodes that are leader or primary now. */
  primaries?(nodes: readonly Node[], params: P, signal: AbortSignal): Promise<readonly string[]>;
  /** Reads a node's own clock, where the system tells it to clients: the best evidence of a skew. See `httpDate`. */
  ownClock?(node: Node, params: P, signal: AbortSignal): Promise<ClockReading>;
  /** How a node leaves and joins; absent where that cannot be done while the system runs. */
  readonly membership?: TargetMembership<P>;
  /** The version the running system reports. */
  version?(nodes: readonly Node[], params: P, signal: AbortSignal): Promise<string>;
}

/**
 * See `Membership` of a cluster, which does with containers what this does with the system: with it, nodes are taken out,
 * replaced and added.
 */
export interface TargetMembership<P> {
  /** The members by name, as that node sees them, each with an identity that no later member of that name has. */
  members(viewer: Node, params: P, signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** The others take `node` out; does nothing where it is no member. Resolves when all that answer say so, or rejects at `signal`. */
  remove(node: NodeAddress, nodes: readonly Node[], params: P, signal: AbortSignal): Promise<void>;
  /**
   * Announces to the others that `node` will join with empty volumes, and says how it is to be started then; null where it
   * is a member already. Resolves when all that answer know of it: a node that joins may ask any of them. It may be one
   * more than `nodes`.
   */
  add(node: NodeAddress, nodes: readonly Node[], params: P, signal: AbortSignal): Promise<NodeSpec | null>;
}

export type ImageSource =
  | { readonly ref: string }
  /** A folder with a Dockerfile, and the tag that the built image gets. */
  | { readonly build: string; readonly tag: string };

export interface NodeAddress {
  readonly name: string;
  readonly address: string;
}

export interface NodeSpec {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Ports that clients use; each is published on 127.0.0.1 at a port that stays the same over kill and start. */
  readonly ports: readonly number[];
  /** Folders that survive kill and start. */
  readonly volumes?: readonly string[];
}

/** A condition that must hold before the cluster counts as started, and does not hold yet. */
export class Unmet extends Error {
  override readonly name = 'Unmet';
}

/** Checks the shape at compile time and returns it as it is. */
export function defineTarget<P>(target: Target<P>): Target<P> {
  return target;
}

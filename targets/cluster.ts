/**
 * A running cluster: nodes that can be harmed and cured, links that can be cut, and clients that can connect.
 *
 * The nemesis knows nothing of Docker: whatever runs the nodes offers these interfaces. Disposing a cluster leaves
 * nothing behind. Times are ns since the start of the run, read from the `Clock` that the runtime was given.
 */
import type { Value } from '../results/index.ts';
import type { Client } from '../workloads/index.ts';

/** Time since the start of the run, monotonic. */
export interface Clock {
  nowNs(): number;
}

export interface Cluster extends AsyncDisposable {
  readonly nodes: readonly Node[];
  readonly clock: Clock;
  readonly network: Network;
  /** The privileged helper on the machine that runs the nodes; absent where the runtime has none. */
  readonly agent?: Agent;
  /** What this cluster can suffer, and why not where it cannot: `{ partition: true, netem: 'kernel has no sch_netem' }`. */
  readonly capabilities: Readonly<Record<Capability, true | string>>;
  /** For run.json: image and digest, version, addresses. */
  readonly facts: Readonly<Record<string, Value>>;
  /** A client of one of the target's APIs, connected to that node. */
  connect(api: string, node: Node, signal: AbortSignal): Promise<Client>;
  /** Nodes that hold a special role now (leader, primary); absent where the system has no such role. */
  primaries?(signal: AbortSignal): Promise<readonly Node[]>;
  /** How nodes leave and join; absent where `capabilities.membership` says why. */
  readonly membership?: Membership;
  /** Reads a node's own clock, as the system itself tells it; absent where the system tells nobody. */
  ownClock?(node: Node, signal: AbortSignal): Promise<ClockReading>;
  /** Resolves once the cluster serves again (after healing); rejects with the unmet condition at `signal`. */
  ready(signal: AbortSignal): Promise<void>;
  /** Copies every node's log into `<folder>/<node>.log`. */
  saveLogs(folder: string): Promise<void>;
}

/**
 * Who belongs to the cluster. The nodes stay `n1` to `nN`: one that was removed may join again, as a new member. What
 * `grow` adds is a guest: it takes part in the system, but is none of `Cluster.nodes`, and goes again.
 */
export interface Membership {
  /** The members by name, as that node sees them, each with an identity that no later member of that name has. */
  members(viewer: Node, signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** Lets the others take that node out of the cluster, then ends it. */
  remove(node: Node, signal: AbortSignal): Promise<void>;
  /** Lets a removed node join again, on empty volumes; resolves when it says itself that it is a member. */
  add(node: Node, signal: AbortSignal): Promise<void>;
  /** Lets a new node join, under the next name that is free; resolves when it says itself that it is a member. */
  grow(signal: AbortSignal): Promise<Node>;
  /** Resolves when that node, or guest, serves; rejects with the unmet condition at `signal`. */
  ready(node: Node, signal: AbortSignal): Promise<void>;
  /** Takes a guest out of the cluster, and removes it with its volumes; its log is kept. */
  dismiss(guest: Node, signal: AbortSignal): Promise<void>;
}

/** What a fault may need of a cluster. */
export type Capability =
  | 'partition'
  | 'packets'
  | 'netem'
  | 'tbf'
  | 'pause'
  | 'kill'
  | 'signal'
  | 'cpu'
  | 'memory'
  | 'clock'
  /** Files of the nodes' volumes can be changed. */
  | 'data'
  /** Every volume is a disk of its own; see `LaunchOptions.disks`. */
  | 'disk'
  | 'io'
  | 'fuse'
  | 'membership'
  | 'primaries';

export interface Node {
  /** `n1`, `n2`, ... */
  readonly name: string;
  /** Address inside the cluster's network; survives kill and start. */
  readonly address: string;
  readonly address6?: string;
  /** Folders inside the node that survive kill and start. */
  readonly volumes: readonly string[];
  /** Ports that clients use. */
  readonly ports: readonly number[];
  /** Where the controller reaches a port of the node; survives kill and start. */
  endpoint(port: number): Endpoint;
  state(): Promise<NodeState>;
  /** SIGKILL to the node's processes. Resolves when they are gone. */
  kill(): Promise<void>;
  /** SIGTERM, and SIGKILL after a grace period. */
  stop(): Promise<void>;
  /** Start a node that was killed or stopped; resolves when its process runs, not when it serves. */
  start(): Promise<void>;
  /** Freeze all its processes (cgroup freezer). */
  pause(): Promise<void>;
  resume(): Promise<void>;
  exec(argv: readonly string[], options?: { readonly signal?: AbortSignal }): Promise<ExecResult>;
  /** The last lines of its log. */
  tail(lines: number): Promise<string>;
}

/** What a node says the time is. */
export interface ClockReading {
  /** What the node told, and the true time then; ms since 1970. */
  readonly nodeMs: number;
  readonly trueMs: number;
  /** How far off `nodeMs - trueMs` may be. */
  readonly errorMs: number;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface NodeState {
  readonly status: 'created' | 'running' | 'paused' | 'exited';
  /** Process id in the agent's process namespace; 0 when it does not run. */
  readonly pid: number;
  /** When its main process was started, as the runtime tells it; differs after every start. */
  readonly startedAt: string;
  readonly exitCode: number | null;
  /** The kernel ended it for want of memory; absent where the runtime cannot tell. */
  readonly outOfMemory?: boolean;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A directed pair of nodes: packets from `from` to `to`. */
export interface Link {
  readonly from: string;
  readonly to: string;
}

export interface Network {
  /** Drop all packets on exactly these links (replaces what was cut before), in one transaction. Empty heals all. */
  cut(links: readonly Link[]): Promise<void>;
  /**
   * Drop all packets between clients and the ports of exactly these nodes (replaces what was cut before); the nodes still
   * reach each other. Absent where no node has ports for clients, or the kernel cannot.
   */
  cutClients?(names: readonly string[]): Promise<void>;
  /**
   * Of these links, those whose sender reaches the receiver by another way than the cluster's network, over an address of
   * the machine and a published port: `via` which. Absent where there are no such ports.
   */
  hairpins?(
    links: readonly Link[],
    signal: AbortSignal,
  ): Promise<readonly { readonly link: Link; readonly via: string }[]>;
  /** Measures links with packets of its own; see `Beacon`. */
  beacon(links: readonly Link[], signal: AbortSignal): Promise<Beacon>;
  /** Makes links bad until it is disposed; absent where the runtime cannot (`capabilities.packets` says why). */
  impair?(links: readonly Link[], how: Impairment): Promise<AsyncDisposable>;
}

/** Packets that flow on some links all the time, and when they last and first arrived. Close it to stop them. */
export interface Beacon extends AsyncDisposable {
  /**
   * For each link: when its last packet arrived, and the start of the run of arrivals that lasts until now. A link whose
   * end did not run when the beacon was opened is left out.
   */
  read(): Promise<readonly Arrival[]>;
  /** Packets are sent this often on every link. */
  readonly periodMs: number;
}

export interface Arrival {
  readonly link: Link;
  /** When the last packet arrived; null if none did since the beacon was opened. */
  readonly lastNs: number | null;
  /** When the first packet arrived after the last silence of at least five periods; null if none did. */
  readonly firstNs: number | null;
  /** While the link is silent: when the first of at least five packets in a row was sent that did not arrive; else null. */
  readonly silentNs: number | null;
  /** Packets sent and received since the beacon was opened, and how long those took on average. */
  readonly sent: number;
  readonly received: number;
  readonly delayNs: number | null;
  /** Of the packets received, how often one came once more. */
  readonly duplicates: number;
  /** Packets that arrived with other bytes than were sent; not among those received. */
  readonly altered: number;
}

/** What is done to the packets of a link; everything that is absent is left as it is. */
export interface Impairment {
  readonly delayMs?: number;
  /** Uniform in plus and minus this; packets overtake each other. */
  readonly jitterMs?: number;
  /** The probability that a packet is lost. */
  readonly loss?: number;
  readonly bytesPerSecond?: number;
  /** The probability that a packet arrives twice. */
  readonly duplicate?: number;
  /** The probability that a bit of a packet is turned over behind its IP header, its checksum staying as it was. */
  readonly corrupt?: number;
}

/** A shell with privileges, held open: a line on a stream, a few milliseconds a call. */
export interface Agent {
  /** Runs a shell script on the machine of the nodes (host network and pid namespace). Rejects on a non-zero exit. */
  run(script: string, options?: { readonly stdin?: Uint8Array; readonly signal?: AbortSignal }): Promise<string>;
  /**
   * Hands over a cure before the harm is done: the agent runs it by itself, last in first out, if the controller goes
   * away without a word. Returns the function that withdraws it, to be called once the harm was healed.
   */
  cure(script: string): Promise<() => Promise<void>>;
}

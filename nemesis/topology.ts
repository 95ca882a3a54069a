/**
 * The shapes of a partition: each is a set of directed links to cut, drawn for any number of nodes.
 *
 * A shape that needs more nodes than there are is not drawn. The names are the field's, most of them Jepsen's.
 */
import type { Link } from '../targets/index.ts';
import type { Random } from '../workloads/index.ts';

export interface Topology {
  readonly summary: string;
  /** The fewest nodes for which the shape means something. */
  readonly atLeast: number;
  /** `nodes` in random order, at least `atLeast` of them. */
  cut(nodes: readonly string[], random: Random): Link[];
}

export const topologies = {
  'isolate-one': {
    summary: 'one node alone, all others together',
    atLeast: 2,
    cut: (nodes) => across([nodes.slice(0, 1), nodes.slice(1)]),
  },
  minority: {
    summary: 'a minority of any size on one side',
    atLeast: 3,
    cut: (nodes, random) => split(nodes, 1 + random.int(Math.floor((nodes.length - 1) / 2))),
  },
  halves: {
    summary: 'the lower half of the nodes, in the order of their names, against the upper',
    atLeast: 2,
    cut: (nodes) => split(nodes.toSorted(byNumber), Math.floor(nodes.length / 2)),
  },
  'random-halves': {
    summary: 'two halves of random members',
    atLeast: 2,
    cut: (nodes) => split(nodes, Math.floor(nodes.length / 2)),
  },
  'majorities-ring': {
    summary: 'every node sees a majority, no two the same',
    atLeast: 3,
    cut: (nodes) => {
      const seen = majoritiesRing(nodes.length);
      return pairsOf(nodes).filter(({ from, to }) => !seen.has(edge(nodes.indexOf(from), nodes.indexOf(to))));
    },
  },
  bridge: {
    summary: 'two halves that reach each other only through one node',
    atLeast: 3,
    cut: (nodes) => split(nodes.slice(1), Math.floor((nodes.length - 1) / 2)),
  },
  'one-way': {
    summary: 'what some nodes send does not reach the others; what they are sent does',
    atLeast: 2,
    cut: (nodes, random) => {
      const size = 1 + random.int(nodes.length - 1);
      return oneWay(nodes.slice(0, size), nodes.slice(size));
    },
  },
  'single-link': {
    summary: 'two nodes do not reach each other; everybody reaches everybody else',
    atLeast: 2,
    cut: (nodes) => across([nodes.slice(0, 1), nodes.slice(1, 2)]),
  },
} as const satisfies Record<string, Topology>;

export type Shape = keyof typeof topologies;

/** Both directions of every pair of nodes that are in different groups. */
export function across(groups: readonly (readonly string[])[]): Link[] {
  return groups.flatMap((group) => groups.flatMap((other) => (group === other ? [] : oneWay(group, other))));
}

/** Every directed pair of different nodes. */
export function pairsOf(nodes: readonly string[]): Link[] {
  return nodes.flatMap((from) => nodes.flatMap((to) => (from === to ? [] : [{ from, to }])));
}

function split(nodes: readonly string[], size: number): Link[] {
  return across([nodes.slice(0, size), nodes.slice(size)]);
}

function oneWay(senders: readonly string[], receivers: readonly string[]): Link[] {
  return senders.flatMap((from) => receivers.map((to) => ({ from, to })));
}

/**
 * Which nodes of a ring see each other, so that each sees a smallest majority m, itself included, and no two the same.
 *
 * Where m is odd, every node sees its (m - 1) / 2 nearest on either side. Where m is even, those windows would be one
 * too small or one too large. So each node sees one more, far across the ring: the opposite one of an even ring; in an
 * odd ring the chords to the almost opposite nodes form one cycle through all nodes, of which every second chord is
 * taken, so that a single node has two.
 */
function majoritiesRing(count: number): ReadonlySet<string> {
  const majority = Math.floor(count / 2) + 1;
  const reach = Math.floor((majority - 1) / 2);
  const edges = new Set<string>();
  for (let node = 0; node < count; node++) {
    for (let distance = 1; distance <= reach; distance++) edges.add(edge(node, (node + distance) % count));
  }
  if (majority % 2 === 1) return edges;
  const chord = Math.floor(count / 2);
  if (count % 2 === 0) {
    for (let node = 0; node < chord; node++) edges.add(edge(node, node + chord));
  } else {
    for (let step = 0; step < count; step += 2) edges.add(edge((step * chord) % count, ((step + 1) * chord) % count));
  }
  return edges;
}

function edge(a: number, b: number): string {
  return a < b ? `${a}-${b}` : `${b}-${a}`;
}

/** `n2` before `n10`. */
export function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** For a person: `n1,n2 | n3,n4,n5` where the cut makes groups, `n1 → n2,n3` one-way, else who sees whom. */
export function describeCut(nodes: readonly string[], links: readonly Link[]): string {
  const cut = new Set(links.map(({ from, to }) => `${from}>${to}`));
  const heard = (node: string) => nodes.filter((other) => other === node || !cut.has(`${other}>${node}`));
  const symmetric = links.every(({ from, to }) => cut.has(`${to}>${from}`));
  if (symmetric) {
    const groups = [...new Set(nodes.map((node) => heard(node).join()))];
    // Groups share no member exactly where each node sees its own group and nothing else.
    if (groups.join().split(',').length === nodes.length) return groups.join(' | ');
    if (links.length === 2) return `${links[0]?.from ?? ''} ↮ ${links[0]?.to ?? ''}`;
    return nodes
      .map(
        (node) =>
          `${node} sees ${heard(node)
            .filter((other) => other !== node)
            .join()}`,
      )
      .join('; ');
  }
  const senders = nodes.filter((node) => links.some(({ from }) => from === node));
  const receivers = nodes.filter((node) => links.some(({ to }) => to === node));
  if (links.length === senders.length * receivers.length) return `${senders.join()} ↛ ${receivers.join()}`;
  return links.map(({ from, to }) => `${from} ↛ ${to}`).join(', ');
}

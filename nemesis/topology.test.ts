import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Link } from '../targets/index.ts';
import { seeded } from '../workloads/index.ts';
import { describeCut, pairsOf, topologies, type Shape, type Topology } from './topology.ts';

const names = (count: number) => Array.from({ length: count }, (_, i) => `n${i + 1}`);
const texts = (links: readonly Link[]) => links.map(({ from, to }) => `${from}>${to}`);

function draw(shape: Shape, count: number, seed: string): { nodes: string[]; cut: Set<string> } {
  const random = seeded(seed);
  const topology: Topology = topologies[shape];
  const links = texts(topology.cut(random.shuffle(names(count)), random));
  expect(new Set(links).size).toBe(links.length);
  return { nodes: names(count), cut: new Set(links) };
}

/** Nodes with both directions open, itself included. */
const sees = ({ nodes, cut }: { nodes: string[]; cut: Set<string> }, node: string) =>
  nodes.filter((other) => !cut.has(`${node}>${other}`) && !cut.has(`${other}>${node}`));

const groupsOf = (drawn: { nodes: string[]; cut: Set<string> }) =>
  [...new Set(drawn.nodes.map((node) => sees(drawn, node).join()))].map((group) => group.split(','));

const sizes = fc.integer({ min: 3, max: 25 });

describe('topologies', () => {
  it.each(['isolate-one', 'minority', 'halves', 'random-halves'] as const)(
    '%s cuts exactly the pairs across two groups that hold every node once',
    (shape) => {
      fc.assert(
        fc.property(sizes, fc.string(), (count, seed) => {
          const drawn = draw(shape, count, seed);
          const groups = groupsOf(drawn);
          expect(groups).toHaveLength(2);
          expect(groups.flat().toSorted()).toEqual(drawn.nodes.toSorted());
          const [a = [], b = []] = groups;
          expect(drawn.cut.size).toBe(2 * a.length * b.length);
          const smaller = Math.min(a.length, b.length);
          if (shape === 'isolate-one') expect(smaller).toBe(1);
          else if (shape === 'minority') expect(smaller).toBeLessThan(count / 2);
          else expect(smaller).toBe(Math.floor(count / 2));
        }),
      );
    },
  );

  it('shows every node of a majorities ring a majority, no two the same, and no more than needed', () => {
    fc.assert(
      fc.property(sizes, fc.string(), (count, seed) => {
        const drawn = draw('majorities-ring', count, seed);
        const views = drawn.nodes.map((node) => sees(drawn, node));
        const majority = Math.floor(count / 2) + 1;
        const larger = views.filter((view) => view.length > majority);
        expect(views.every((view) => view.length >= majority && view.length < count + (count === 3 ? 1 : 0))).toBe(
          true,
        );
        expect(larger.length).toBeLessThanOrEqual(1);
        expect(new Set(views.map((view) => view.join())).size).toBe(count);
        for (const link of drawn.cut) expect(drawn.cut).toContain(link.split('>').reverse().join('>'));
      }),
    );
  });

  it('leaves exactly one node of a bridge with a view of everybody', () => {
    fc.assert(
      fc.property(sizes, fc.string(), (count, seed) => {
        const drawn = draw('bridge', count, seed);
        const views = drawn.nodes.map((node) => sees(drawn, node).length);
        expect(views.filter((size) => size === count)).toHaveLength(1);
      }),
    );
  });

  it('cuts one direction only, from some nodes to all others', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 25 }), fc.string(), (count, seed) => {
        const { nodes, cut } = draw('one-way', count, seed);
        const senders = nodes.filter((node) => [...cut].some((link) => link.startsWith(`${node}>`)));
        const receivers = nodes.filter((node) => !senders.includes(node));
        expect(receivers).not.toHaveLength(0);
        expect([...cut].toSorted()).toEqual(
          senders.flatMap((from) => receivers.map((to) => `${from}>${to}`)).toSorted(),
        );
      }),
    );
  });

  it('cuts both directions of a single link', () => {
    const { cut } = draw('single-link', 5, 'x');
    expect(cut.size).toBe(2);
    const [link = ''] = cut;
    expect(cut).toContain(link.split('>').reverse().join('>'));
  });

  it('never cuts a node from itself or names a stranger', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(topologies)), sizes, fc.string(), (shape, count, seed) => {
        const { nodes, cut } = draw(shape as Shape, count, seed);
        const possible = new Set(texts(pairsOf(nodes)));
        expect(cut.size).toBeGreaterThan(0);
        expect(cut.size).toBeLessThan(possible.size);
        for (const link of cut) expect(possible).toContain(link);
      }),
    );
  });
});

describe('describeCut', () => {
  const links = (...pairs: string[]) =>
    pairs.map((pair) => {
      const [from = '', to = ''] = pair.split('>');
      return { from, to };
    });

  it('writes groups, arrows, or who sees whom', () => {
    const three = names(3);
    expect(describeCut(three, links('n1>n2', 'n2>n1', 'n1>n3', 'n3>n1'))).toBe('n1 | n2,n3');
    expect(describeCut(three, links('n1>n2', 'n1>n3'))).toBe('n1 ↛ n2,n3');
    expect(describeCut(three, links('n1>n2', 'n2>n1'))).toBe('n1 ↮ n2');
    expect(describeCut(three, links('n1>n2', 'n2>n3'))).toBe('n1 ↛ n2, n2 ↛ n3');
    expect(describeCut(names(4), links('n1>n2', 'n2>n1', 'n3>n4', 'n4>n3'))).toBe(
      'n1 sees n3,n4; n2 sees n3,n4; n3 sees n1,n2; n4 sees n1,n2',
    );
  });
});

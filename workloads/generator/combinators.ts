/**
 * Small generators and what makes larger ones of them.
 *
 *     until(60e9, paced(random, 20e6, each(random, (n, draw) => ({ f: 'write', key: draw.int(10), value: n }))))
 */
import type { Op } from '../op.ts';
import { DONE, type Generator, type Step } from './generator.ts';
import type { Random } from './random.ts';

/** Nothing to do. */
export const nothing: Generator = { next: () => DONE };

/** Op after op for ever: the n-th is `make(n, draw)`, where `draw` depends only on `random`'s seed and n. */
export function each(random: Random, make: (n: number, draw: Random) => Op, n = 0): Generator {
  return { next: () => ({ kind: 'op', op: make(n, random.fork(n)), rest: each(random, make, n + 1) }) };
}

/** These ops, once, in order. */
export function inOrder(ops: readonly Op[], position = 0): Generator {
  return {
    next() {
      const op = ops[position];
      return op === undefined ? DONE : { kind: 'op', op, rest: inOrder(ops, position + 1) };
    },
  };
}

/** At most `count` ops of `inner`. */
export function limit(count: number, inner: Generator): Generator {
  if (count <= 0) return nothing;
  return around(inner, (rest, step) => limit(step?.kind === 'op' ? count - 1 : count, rest));
}

/** `inner`, until that time (ns since the start of the run). */
export function until(timeNs: number, inner: Generator): Generator {
  return around(
    {
      ...inner,
      next(nowNs) {
        if (nowNs >= timeNs) return DONE;
        const step = inner.next(nowNs);
        // Waking up only to find that time is over would hold the run open.
        return step.kind === 'wait' && step.untilNs >= timeNs ? DONE : step;
      },
    },
    (rest) => until(timeNs, rest),
  );
}

/** All of `first`, then all of `second`. (Not named `then`: a module with such an export is taken for a promise.) */
export function followedBy(first: Generator, second: Generator): Generator {
  const wrapped = around(first, (rest) => followedBy(rest, second));
  return {
    ...wrapped,
    next(nowNs) {
      const step = wrapped.next(nowNs);
      return step.kind === 'done' ? second.next(nowNs) : step;
    },
  };
}

/** How many ops a thread that fell behind may catch up with at once. */
const BURST = 10;

/**
 * `inner` at random intervals of that mean (ns), as a Poisson process. A slow op does not lower the rate: the ones that
 * fell due meanwhile follow at once, though never more than ten.
 */
export function paced(random: Random, meanNs: number, inner: Generator): Generator {
  return {
    next: (nowNs) => pacedFrom(random, meanNs, inner, 0, nowNs + random.fork(0).exponential(meanNs)).next(nowNs),
  };
}

function pacedFrom(random: Random, meanNs: number, inner: Generator, n: number, dueNs: number): Generator {
  const again = (rest: Generator, step?: Step) =>
    step?.kind === 'op'
      ? pacedFrom(random, meanNs, rest, n + 1, dueNs + random.fork(n + 1).exponential(meanNs))
      : pacedFrom(random, meanNs, rest, n, dueNs);
  const wrapped = around(inner, again);
  return {
    ...wrapped,
    next(nowNs) {
      if (nowNs < dueNs) return { kind: 'wait', untilNs: dueNs, rest: again(inner) };
      const earliestNs = nowNs - BURST * meanNs;
      return dueNs < earliestNs ? pacedFrom(random, meanNs, inner, n, earliestNs).next(nowNs) : wrapped.next(nowNs);
    },
  };
}

/** `inner`, with whatever remains of it after a step or an update wrapped by `again`. */
function around(inner: Generator, again: (rest: Generator, step?: Step) => Generator): Generator {
  return {
    next(nowNs) {
      const step = inner.next(nowNs);
      return step.kind === 'done' ? step : { ...step, rest: again(step.rest, step) };
    },
    ...(inner.update && { update: (completion) => again(inner.update?.(completion) ?? inner) }),
  };
}

/**
 * A register that writes values more than once: a frontier search, easy answers first, and a dive beside it.
 *
 * *Relax*: crashed operations may be used without limit. If even then nothing survives, nothing does. *Beam*: of the
 * configurations that differ only in the crashed operations they used, the thriftiest few are kept, ever more of them. Whatever
 * survives is a linearization. If nothing was left out, failing is definitive too. *Dive*: depth-first, in turns with all of
 * that, in slices that grow; where it gets through, it has an order to show.
 */
import type { History } from '../../history/index.ts';
import type { Budget } from './budget.ts';
import { frontierSearch, type Frontier } from './frontier.ts';
import { certify } from './general/certificate.ts';
import { depthFirst } from './general/depth-first.ts';
import type { Search } from './general/search.ts';
import type { Outcome } from './outcome.ts';
import { diveProblem } from './register-dive.ts';
import type { RegisterProblem } from './register-problem.ts';

/** Usage vectors kept per configuration, one attempt after another; the last leaves out nothing. */
const WIDTHS = [1, 4, 16, 64, Infinity];

/** Configurations of the frontier's first slice. The dive begins after it: small histories need none. */
const FIRST_SLICE = 2000;
const LAST_SLICE = 64_000;
/** The dive is given so many times as much while it gets on, and less once it is stuck. */
const DIVING = 4;
const STUCK = 0.5;
/** Operations placed per configuration by a search that gets on. */
const PROGRESS = 0.01;

/** `firstSlice` is for tests: small histories are otherwise decided within it. */
export function repeatedRegister(
  history: History,
  problem: RegisterProblem,
  budget: Budget,
  firstSlice = FIRST_SLICE,
): Outcome {
  const algorithm = 'repeated-register';
  const passes = frontierPasses(history, problem);
  const search = diveProblem(history, problem);
  let dive: Search | undefined;
  let share = DIVING;
  for (let slice = firstSlice; ; slice = Math.min(2 * slice, LAST_SLICE)) {
    const outcome = passes.run(slice);
    if (outcome) return outcome;
    dive ??= depthFirst(search);
    const before = dive.reached().placed;
    const found = dive.run(share * slice);
    if (found?.judgement === 'valid') return { algorithm, ...certify(history, search, found) };
    if (found) return { algorithm, ...found, witnesses: [] };
    share = dive.reached().placed > before + share * slice * PROGRESS ? DIVING : STUCK;
    const reason = budget.exceeded(passes.bytes() + dive.bytes());
    if (reason !== undefined) return { judgement: 'unknown', algorithm, reason, reached: passes.reached() };
  }
}

/** The frontier searches one after the other, as one. */
function frontierPasses(history: History, problem: RegisterProblem) {
  const crashed = problem.crashes.length > 0;
  const widths = crashed ? WIDTHS : [1];
  // With crashed operations used without limit, what survives proves nothing.
  let pass = crashed ? -1 : 0;
  let frontier = start();

  function start(): Frontier {
    return frontierSearch(history, problem, { unlimited: pass < 0, width: widths[pass] ?? 1 });
  }

  return {
    bytes: () => frontier.bytes(),
    reached: () => (pass < 0 ? -1 : frontier.reached()),
    run(configurations: number): Outcome | undefined {
      const answer = frontier.run(configurations);
      if (!answer) return undefined;
      const isPassed = answer.answer === 'passed';
      if (isPassed && pass >= 0) return { judgement: 'valid', algorithm: 'repeated-register' };
      if (answer.answer === 'stuck' && (pass < 0 || !answer.truncated)) {
        return { judgement: 'invalid', algorithm: 'repeated-register', cut: answer.at, witnesses: [], longest: [] };
      }
      pass++;
      frontier = start();
      return undefined;
    },
  };
}

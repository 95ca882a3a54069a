/**
 * Whether a history and a model speak of the same things.
 *
 * A model has no step for an operation it does not know, so a queue judged as a register would be convicted of what it never
 * promised. Such a history is not judged at all.
 */
import { FAIL, type History } from '../history/index.ts';
import { Problem } from '../problem.ts';
import type { Verdict } from '../verdict.ts';
import type { CheckSpec } from './checker.ts';
import { vocabularies } from './linearizability/index.ts';

/**
 * A verdict if some operations are not the model's, undefined if there is nothing in the way of judging. Throws a `Problem` if
 * none is: somebody named the wrong model.
 */
export function refuseForeign(history: History, spec: CheckSpec): Verdict | undefined {
  const name = modelName(spec);
  const known = Object.hasOwn(vocabularies, name) ? vocabularies[name] : undefined;
  if (!known || history.count === 0) return undefined;
  const foreign = new Map<string, number>();
  let [familiar, foreignRows] = [0, 0];
  for (let row = 0; row < history.count; row++) {
    const f = history.fs[history.f[row] ?? 0] ?? '';
    if (known.includes(f)) familiar++;
    // What certainly did not happen says nothing.
    else if (history.outcome[row] !== FAIL) {
      foreign.set(f, (foreign.get(f) ?? 0) + 1);
      foreignRows++;
    }
  }
  const strange = [...foreign.keys()].slice(0, 5).join(', ');
  if (familiar === 0) {
    throw new Problem(
      `The model ${name} knows none of its operations: it has ${strange || 'only failed ones'}, and the model knows ${known.join(', ')}.`,
      'Name the model it was made for with --model.',
    );
  }
  if (foreignRows === 0) return undefined;
  const reason = `${foreignRows} of ${history.count} operations (${strange}) are none that the model ${name} knows`;
  return {
    judgement: 'unknown',
    sentence: `Not judged: ${reason}.`,
    anomalies: [],
    reasons: [`${reason}: ${known.join(', ')}`],
    checker: { name: spec.name, version: '1', model: name, operations: history.count, durationMs: 0 },
    keys: { valid: 0, invalid: 0, unknown: Math.max(1, history.keys.length - 1) },
  };
}

function modelName({ name, options, module }: CheckSpec): string {
  if (name !== 'linearizable' || module !== undefined) return '';
  const model = options?.['model'];
  return typeof model === 'string' ? model : 'register';
}

/** From a violation to what a person can see: its name, a sentence, the fewest operations, and the steps around it. */
import type { Anomaly } from '../../../verdict.ts';
import type { Model } from '../model.ts';
import type { Violation } from '../outcome.ts';
import type { Subhistory } from '../subhistory.ts';

export function explain(part: Subhistory, model: Model, violation: Violation): Anomaly {
  const { history, key } = part;
  const name = history.keys[key];
  const row = part.rows.find((each) => history.complete[each] === violation.cut) ?? 0;
  return {
    kind: 'not linearizable',
    sentence: `no order of the operations up to event ${violation.cut} fits the model ${model.name}.`,
    ...(name === undefined ? {} : { key: name }),
    events: [history.invoke[row] ?? 0, violation.cut],
  };
}

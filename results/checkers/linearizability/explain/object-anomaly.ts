/** Names what an object did wrong: looks up who knows its kind. */
import type { History } from '../../../history/index.ts';
import type { Model } from '../model.ts';
import { nameContainerAnomaly } from './container-anomaly.ts';
import { nameGrownAnomaly } from './grown-anomaly.ts';
import { nameCounterAnomaly } from './counter-anomaly.ts';
import { nameLockAnomaly } from './lock-anomaly.ts';
import { nameRegisterAnomaly } from './register-anomaly.ts';
import type { Finding } from './finding.ts';

/** `smallest` in order of invocation; `all` the key's rows, which violate by event `cut`. Undefined: no name fits. */
export function nameAnomaly(
  history: History,
  smallest: Int32Array,
  all: Int32Array,
  model: Model,
  cut: number,
): Finding | undefined {
  const { shape } = model;
  if (model.register) return nameRegisterAnomaly(history, smallest, all, model, cut);
  switch (shape?.kind) {
    case undefined:
    case 'text':
      return undefined;
    case 'queue':
    case 'stack':
    case 'priority-queue':
      return nameContainerAnomaly(history, smallest, all, shape.kind);
    case 'set':
    case 'append-list':
      return nameGrownAnomaly(history, smallest, all);
    case 'semaphore':
    case 'fenced-lock':
      return nameLockAnomaly(history, smallest, all, shape);
    case 'counter':
      return nameCounterAnomaly(history, smallest, all, shape.init);
  }
}

/** What a client is asked to do, before anyone has done it. */
import type { Value } from '../results/index.ts';

export interface Op {
  readonly f: string;
  readonly key?: Value;
  readonly value: Value;
}

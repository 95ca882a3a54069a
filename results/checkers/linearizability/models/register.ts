/**
 * A register: read, write, and compare-and-set; what etcd, Consul or a database row promise for one key.
 *
 * `write` carries the value, `cas` a pair [expected, new], and an ok `read` returns the value, null where none was written.
 */
import type { Value } from '../../../history/index.ts';
import { isList, same } from '../canonical.ts';
import { ANYTHING, defineModel, type Model, type Operation, type RegisterRules } from '../model.ts';

/** Defaults: init null ("no value yet"), and false twice. */
export type RegisterOptions = Partial<RegisterRules>;

export function register(options: RegisterOptions = {}): Model {
  const { init = null, nilReadMatchesAnything = false, failedCasIsEvidence = false } = options;
  const seen = ({ output }: Operation) => output !== undefined && !(nilReadMatchesAnything && output === null);
  return defineModel({
    name: 'register',
    init,
    step(state, operation) {
      switch (operation.f) {
        case 'read':
          return seen(operation) && !same(operation.output ?? null, state) ? [] : [state];
        case 'write':
          return [operation.input];
        case 'cas': {
          const [expected, next] = casPair(operation.input);
          const matches = same(expected, state);
          if (operation.outcome === 'fail') return matches ? [] : [state];
          return matches ? [next] : [];
        }
        default:
          return [];
      }
    },
    observer: ({ f, outcome }) => f === 'read' || outcome === 'fail',
    keepsFailed: ({ f }) => failedCasIsEvidence && f === 'cas',
    register: { init, nilReadMatchesAnything, failedCasIsEvidence },
    ties: {
      gives: ({ f, input, outcome }) =>
        f === 'write' ? [input] : f === 'cas' && outcome !== 'fail' ? [casPair(input)[1]] : [],
      needs: (operation) => {
        if (operation.f === 'read') return seen(operation) ? [operation.output ?? null] : [];
        if (operation.f !== 'cas') return [];
        // A failed cas needs the state to be something else, whoever wrote that.
        return operation.outcome === 'fail' ? ANYTHING : [casPair(operation.input)[0]];
      },
      overwrites: ({ f, outcome }) => outcome === 'ok' && (f === 'write' || f === 'cas'),
    },
  });
}

/** [expected, new] of a cas. */
export function casPair(input: Value): readonly [Value, Value] {
  if (!isList(input) || input.length !== 2) return [null, null];
  return [input[0] ?? null, input[1] ?? null];
}

/**
 * Many registers whose values are unique across all keys: proven valid in one pass over the whole history.
 *
 * A key's rows lie far apart, and so do its values: taking one key after another misses the cache at each row. Rows in
 * order of invocation lie side by side, whatever their keys; so the method of unique-register.ts is run on all keys at
 * once. It says of a key that it is valid, or nothing: at whatever is not plain the key is left to others.
 */
import type { History } from '../../history/index.ts';
import { adoptCrashed, walkChains } from './chains.ts';
import type { Complaint } from './clusters.ts';
import { gather } from './gather.ts';
import type { RegisterRules } from './model.ts';
import type { RegisterValues } from './register-values.ts';
import { compareZones, zoneRoom } from './zones.ts';

/** By key id: 1 where all operations on it are proven linearizable. Linear; about 30 bytes an operation. */
export function sweep(history: History, rules: RegisterRules, values: RegisterValues): Uint8Array {
  const plain = new Uint8Array(history.keys.length);
  if (rules.failedCasIsEvidence) return plain;
  plain.fill(1);
  let patience = 1024 + (history.count >>> 4);
  const complain: Complaint = (key, proof) => {
    plain[key] = 0;
    // Where values come twice all over it is no use.
    return proof !== undefined || --patience > 0;
  };
  const clusters = gather({ history, rules, values, keyed: true }, complain);
  if (!clusters || !adoptCrashed(clusters, complain)) return plain.fill(0);
  const { starts, ends } = clusters;
  const zones = zoneRoom(ends.reduce((most, end, key) => Math.max(most, end - starts[key]!), 0));
  for (let key = 0; key < plain.length; key++) {
    if (plain[key] === 0) continue;
    walkChains(clusters, key, zones, complain);
    compareZones(zones, key, history.events, complain);
  }
  return plain;
}

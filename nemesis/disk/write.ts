/** A write and an fsync in a node's volume, through the node's own mount: what its processes get, and how long they wait. */
import type { Agent } from '../../targets/index.ts';
import type { Volume } from './volume.ts';

export interface Written {
  readonly outcome: 'written' | 'refused' | 'waiting';
  /** In words: `written in 3 ms`, `No space left on device`. */
  readonly what: string;
  /** Until it was done or refused, or was no longer waited for. */
  readonly ms: number;
}

const STEP_MS = 10;

/**
 * Writes one block; with `cgroup`, as a member of that group. A write that hangs cannot be called off: it is left to end by
 * itself when the disk goes on.
 */
export async function tryWrite(
  agent: Agent,
  { folder }: Volume,
  { limitMs, cgroup }: { readonly limitMs: number; readonly cgroup?: string },
): Promise<Written> {
  const file = `'${folder}/.ordeal-write'`;
  const answer = await agent.run(`out=$(mktemp)
( ${cgroup === undefined ? ':' : `echo 0 > '${cgroup}/cgroup.procs'`}
  start=$(date +%s%N)
  said=$(LC_ALL=C dd if=/dev/zero of=${file} bs=4k count=1 conv=fsync 2>&1); code=$?
  end=$(date +%s%N); rm -f ${file}
  echo $code $(((end - start) / 1000)) $said > $out.new; mv $out.new $out ) > /dev/null 2>&1 &
for step in $(seq ${Math.ceil(limitMs / STEP_MS)}); do [ -s $out ] && break; sleep ${STEP_MS / 1000}; done
cat $out; rm -f $out`);
  const [, code, us, said = ''] = /^(\d+) (\d+) (.*)/.exec(answer) ?? [];
  if (code === undefined) return { outcome: 'waiting', what: `a write waits for ${limitMs} ms already`, ms: limitMs };
  const ms = Number(us) / 1000;
  if (code === '0') return { outcome: 'written', what: `written and synced in ${ms.toFixed(1)} ms`, ms };
  // "dd: error writing '...': No space left on device 1+0 records in ..."
  const reason = /': ([A-Z][a-z -]+?)(?: \d|$)/.exec(said)?.[1] ?? said;
  return { outcome: 'refused', what: `a write is refused: ${reason}`, ms };
}

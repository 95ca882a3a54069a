/** Names the violation of a register that takes four operations to see: of two values, each came after the other. */
import type { History } from '../../../history/index.ts';
import { casPair } from '../models/register.ts';
import type { Finding } from './finding.ts';
import { processOf, valueText } from './phrase.ts';
import { saying, timesWritten, type Access, type Scene } from './scene.ts';

/** Two values, each with operations that were over before one of the other began: whichever came first was seen too late. */
export function crossed(scene: Scene): Finding | undefined {
  const { history, accesses: all } = scene;
  // It is told of values as if each had come once: so it must be, in the whole history up to here.
  const ended = Math.max(...all.map(({ complete, outcome }) => (outcome === 'ok' ? complete : -1)));
  const isOnce = ({ f, saw, wrote, input, sawValue }: Access) =>
    (wrote === undefined || timesWritten(scene, f === 'cas' ? casPair(input)[1] : input, ended) === 1) &&
    (saw === undefined || timesWritten(scene, sawValue, ended) === 1);
  if (!all.every(isOnce)) return undefined;
  const blockOf = blocks(all);
  const accesses = all.filter(({ outcome }) => outcome === 'ok');
  for (const late of accesses.toReversed()) {
    for (const over of accesses.filter(({ complete }) => complete < late.invoke)) {
      const [own, other] = [blockOf(late), blockOf(over)];
      if (own === other) continue;
      for (const begun of accesses.filter((each) => blockOf(each) === other)) {
        const before = accesses.find((each) => blockOf(each) === own && each.complete < begun.invoke);
        if (!before) continue;
        return {
          kind: late.f === 'cas' ? 'cas success from a wrong value' : 'stale read',
          sentence:
            `${saying(history, late)}, after ${saying(history, over)}, so ${lastText(late)} came after ${lastText(over)}; ` +
            `but ${saying(history, begun)}, after ${saying(history, before)}, so ${lastText(begun)} came after ${lastText(before)}` +
            tieText(history, late, before, all) +
            tieText(history, over, begun, all),
          witnesses: [...new Set([late, over, begun, before])].map(({ row }) => row),
        };
      }
    }
  }
  return undefined;
}

/** The value that was there once this had happened. */
function lastText({ f, input, sawValue }: Access): string {
  return valueText(f === 'read' ? sawValue : f === 'cas' ? casPair(input)[1] : input);
}

/** Where one story tells of two values: who made one of the other. */
function tieText(history: History, a: Access, b: Access, accesses: readonly Access[]): string {
  if (lastText(a) === lastText(b)) return '';
  const blockOf = blocks(accesses);
  const links = accesses.filter((each) => each.f === 'cas' && blockOf(each) === blockOf(a));
  const names = links.slice(0, 3).map(({ row, input }) => `${processOf(history, row)}'s cas ${valueText(input)}`);
  const more = links.length > names.length ? ` and ${links.length - names.length} more` : '';
  return ` (${lastText(b)} and ${lastText(a)} stood side by side: ${names.join(', ')}${more})`;
}

/** Operations that no other value comes between: those of one value, and values that a cas ties together. */
function blocks(accesses: readonly Access[]): (access: Access) => string {
  const leader = new Map<string, string>();
  const find = (value: string): string => {
    const up = leader.get(value);
    return up === undefined ? value : find(up);
  };
  for (const { saw, wrote } of accesses) {
    if (saw === undefined || wrote === undefined) continue;
    const [from, to] = [find(saw), find(wrote)];
    if (from !== to) leader.set(to, from);
  }
  return ({ saw, wrote }) => find(saw ?? wrote ?? '');
}

/**
 * Between EDN's values and ours.
 *
 * A keyword, symbol or character becomes its bare name, as Elle's own JSON does, a set a sorted list, a map an object. Two
 * things that EDN tells apart must not become one by that, or a verdict would rest on values the history does not hold:
 * a text that uses `:x` as well as `"x"` is refused.
 */
import type { Value } from '../event.ts';
import { isList, stringifyJson } from '../json.ts';
import type { Edn, EdnMap } from './edn.ts';

/** Converts the values of one history; says in `ambiguity` if two of them cannot be told apart. */
export class EdnValues {
  ambiguity: string | undefined;
  readonly #kinds = new Map<string, string>();

  value(edn: Edn): Value {
    if (typeof edn === 'string') return this.#named(edn, 'string');
    if (typeof edn !== 'object' || edn === null) return edn;
    if (isItems(edn)) return edn.map((item) => this.value(item));
    if (edn.kind === 'map') return this.#object(edn);
    if (edn.kind === 'set') return sortedItems(edn.items.map((item) => this.value(item)));
    return this.#named(edn.name, edn.kind);
  }

  #named(name: string, kind: string): string {
    const known = this.#kinds.get(name);
    if (known === undefined) this.#kinds.set(name, kind);
    else if (known !== kind)
      this.ambiguity ??= `${JSON.stringify(name)} stands here as a ${kind}, elsewhere as a ${known}`;
    return name;
  }

  #object(map: EdnMap): Value {
    const names = new Map<string, Value>();
    for (const [key, value] of map.entries) {
      const name = this.#memberName(key);
      if (names.has(name)) this.ambiguity ??= `the map has two keys that read ${JSON.stringify(name)}`;
      names.set(name, this.value(value));
    }
    return Object.fromEntries(names);
  }

  #memberName(key: Edn): string {
    const value = typeof key === 'object' && key !== null && 'name' in key ? key.name : this.value(key);
    return typeof value === 'string' ? value : stringifyJson(value);
  }
}

/** The EDN text of one of our values; a member's name becomes a string. */
export function ednText(value: Value): string {
  if (value === null) return 'nil';
  if (typeof value === 'string') return ednString(value);
  if (typeof value !== 'object') return stringifyJson(value);
  if (isList(value)) return `[${value.map(ednText).join(' ')}]`;
  return `{${Object.entries(value)
    .map(([name, member]) => `${ednString(name)} ${ednText(member)}`)
    .join(', ')}}`;
}

/** The EDN text of what was read, for errors that are anything but a string. */
export function ednFormText(edn: Edn): string {
  if (edn === null || typeof edn !== 'object') return edn === null ? 'nil' : ednText(edn);
  if (isItems(edn)) return `[${edn.map(ednFormText).join(' ')}]`;
  if (edn.kind === 'keyword') return `:${edn.name}`;
  if (edn.kind === 'set') return `#{${edn.items.map(ednFormText).join(' ')}}`;
  if (edn.kind === 'map') return `{${edn.entries.map(([k, v]) => `${ednFormText(k)} ${ednFormText(v)}`).join(', ')}}`;
  return edn.name;
}

/** A keyword where the name can be one, else a string. */
export function ednName(name: string): string {
  return /^[A-Za-z*!_?<>=-][\w*!?<>=.+-]*$/.test(name) ? `:${name}` : ednString(name);
}

export function isItems(edn: Edn): edn is readonly Edn[] {
  return Array.isArray(edn);
}

function sortedItems(items: Value[]): Value[] {
  return items
    .map((item) => [stringifyJson(item), item] as const)
    .sort(([a, x], [b, y]) => (typeof x === 'number' && typeof y === 'number' ? x - y : a < b ? -1 : a > b ? 1 : 0))
    .map(([, item]) => item);
}

/** JSON's escapes are EDN's, but for the control characters and lone surrogates that both write as \uXXXX. */
function ednString(text: string): string {
  return JSON.stringify(text);
}

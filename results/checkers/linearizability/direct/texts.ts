/**
 * A text that is replaced and appended to: each reading tells the order of all that it shows, so nothing is left to search.
 *
 * Where no text that was put or appended is the beginning of another, what a `get` shows can be taken apart in one way only. Each
 * observed append then follows upon one state and leads to one other: it is a compare-and-set on a register of states. An
 * append that nobody saw is a write that nobody read, for whatever comes after it is not seen either until the next `put`.
 * So it is a register of unique values, and that method decides (Gibbons and Korach 1997). n log n, and linear in what was read.
 */
import { FAIL, INFO, OK, type History } from '../../../history/index.ts';
import { CAS, OTHER, READ, WRITE } from '../register-values.ts';
import type { Subhistory } from '../subhistory.ts';
import { uniqueRegister } from '../unique-register.ts';
import type { Witnesses } from './elements.ts';

/** State of the empty text; others are numbered from 1. */
const EMPTY = 0;
const NOWHERE = -1;

const RULES = { init: null, nilReadMatchesAnything: false, failedCasIsEvidence: false };

type Texts = (part: Subhistory) => Witnesses | undefined | 'unsuited';

/** For the keys of one history; the text is empty at first. */
export function textsJudge(history: History): Texts {
  const kindOf = Uint8Array.from(history.fs, (f) => ({ get: READ, put: WRITE, append: CAS })[f] ?? OTHER);
  let register: History | undefined;
  return (part) => {
    register ??= asRegister(history);
    const pieces = piecesOf(part, kindOf);
    if (!pieces) return 'unsuited';
    const states = statesSeen(part, kindOf, pieces);
    if ('witnesses' in states) return states.witnesses;
    fill(register, part, kindOf, states);
    const count = part.rows.length + 2;
    const values = { kindOf: Uint8Array.of(READ, WRITE, CAS), count, init: EMPTY };
    const verdict = uniqueRegister({ ...part, history: register, rows: part.rows }, RULES, values);
    if (verdict.judgement === 'unsuited') return 'unsuited';
    return verdict.judgement === 'valid' ? undefined : withShowers(verdict.witnesses, states);
  };
}

/** What was put or appended, in order of its letters. */
interface Piece {
  readonly row: number;
  readonly text: string;
}

/** Undefined where they could not be told apart, or where something else was done than put, append and get. */
function piecesOf({ history, rows }: Subhistory, kindOf: Uint8Array): readonly Piece[] | undefined {
  const { f, outcome, input, output, values } = history;
  const pieces: Piece[] = [];
  for (const row of rows) {
    const kind = kindOf[f[row]!]!;
    if (kind === OTHER) return undefined;
    if (outcome[row] === FAIL || (kind === READ && outcome[row] === INFO)) continue;
    const text = values[kind === READ ? output[row]! : input[row]!];
    if (typeof text !== 'string' || (kind !== READ && text === '')) return undefined;
    if (kind !== READ) pieces.push({ row, text });
  }
  pieces.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  // Whatever begins with a text stands right behind it.
  for (let place = 1; place < pieces.length; place++) {
    if (pieces[place]!.text.startsWith(pieces[place - 1]!.text)) return undefined;
  }
  return pieces;
}

/** The one piece that the text goes on with at `from`, if it does with any. */
function pieceAt(pieces: readonly Piece[], text: string, from: number): Piece | undefined {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const piece = pieces[middle]!.text;
    if (piece <= text.slice(from, from + piece.length)) low = middle + 1;
    else high = middle;
  }
  const piece = pieces[low - 1];
  return piece && text.startsWith(piece.text, from) ? piece : undefined;
}

interface States {
  /** By row of a piece that was seen: the state it led to, the one before it (NOWHERE for a put), and a get that shows it. */
  readonly after: Map<number, number>;
  readonly before: Map<number, number>;
  readonly shower: Map<number, number>;
  /** By row of a get: the state it saw, and the rows of what it shows. */
  readonly seen: Map<number, number>;
  readonly shown: Map<number, readonly number[]>;
  count: number;
}

/** Takes every text that was read apart; or proves that some cannot have been there. */
function statesSeen(
  { history, rows }: Subhistory,
  kindOf: Uint8Array,
  pieces: readonly Piece[],
): States | { readonly witnesses: Witnesses } {
  const { f, outcome, output, values } = history;
  const map = () => new Map<number, number>();
  const states: States = { after: map(), before: map(), shower: map(), seen: map(), shown: new Map(), count: 1 };
  let last = { text: '', state: EMPTY, shown: [] as readonly number[] };
  for (const row of rows) {
    if (kindOf[f[row]!] !== READ || outcome[row] !== OK) continue;
    // Whatever is no text has been turned away.
    const text = values[output[row]!] as string;
    // Most texts go on where the one before them ended.
    const isLonger = text.startsWith(last.text);
    let state = isLonger ? last.state : EMPTY;
    const shown = isLonger ? [...last.shown] : [];
    for (let from = isLonger ? last.text.length : 0; from < text.length;) {
      const piece = pieceAt(pieces, text, from);
      // Nobody wrote this, or a put left something standing before it.
      if (!piece) return { witnesses: [row] };
      const isPut = kindOf[f[piece.row]!] === WRITE;
      if (isPut && from > 0) return { witnesses: [row] };
      const before = isPut ? NOWHERE : state;
      const known = states.before.get(piece.row);
      shown.push(piece.row);
      if (known !== undefined && known !== before) {
        // It happened once, but two texts have it in two places.
        const shower = states.shower.get(piece.row)!;
        return { witnesses: [...new Set([row, shower, ...shown, ...(states.shown.get(shower) ?? [])])] };
      }
      if (known === undefined) {
        states.before.set(piece.row, before);
        states.after.set(piece.row, states.count++);
        states.shower.set(piece.row, row);
      }
      state = states.after.get(piece.row)!;
      from += piece.text.length;
    }
    states.seen.set(row, state);
    states.shown.set(row, shown);
    last = { text, state, shown };
  }
  return states;
}

/** The same rows as operations on a register: their columns are filled in key by key. */
function asRegister(history: History): History {
  const column = () => new Int32Array(history.count);
  return {
    ...history,
    f: new Uint8Array(history.count),
    fs: ['read', 'write', 'cas'],
    input: column(),
    output: column(),
    first: column(),
    second: column(),
  };
}

function fill(register: History, { history, rows }: Subhistory, kindOf: Uint8Array, states: States): void {
  const { f, input, output, first, second } = register;
  for (const row of rows) {
    const kind = kindOf[history.f[row]!]!;
    const before = states.before.get(row);
    if (kind === READ) {
      f[row] = READ;
      output[row] = states.seen.get(row) ?? EMPTY;
    } else if (before === undefined || before === NOWHERE) {
      f[row] = WRITE;
      input[row] = states.after.get(row) ?? states.count++;
    } else {
      f[row] = CAS;
      first[row] = before;
      second[row] = states.after.get(row)!;
    }
  }
}

/** Together with the gets that show where they belong, and all that those show. */
function withShowers(witnesses: Witnesses, { shower, shown }: States): Witnesses {
  const found = new Set(witnesses);
  // A set grows while it is walked.
  for (const row of found) {
    const get = shower.get(row);
    if (get !== undefined) found.add(get);
    for (const piece of shown.get(row) ?? []) found.add(piece);
  }
  return [...found];
}

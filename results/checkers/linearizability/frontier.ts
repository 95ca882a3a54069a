/**
 * Just-in-time linearization of a register, breadth-first: all the states that the history so far may have led to.
 *
 * After Lowe, "Testing for linearizability" (2017): events are read in order, and nothing is linearized before it must be. A
 * call only gives its operation a bit. At a return, each configuration in which that operation was not yet linearized is
 * led on by all orders of open operations that end with it; where there are none, the configuration dies.
 *
 * A configuration is a value, two masks over the open operations, and how many crashed operations of each class it used.
 * *Done*: linearized. *Free*: a write that may count as linearized or not, as is needed: another write was linearized
 * since it was called, and it may have been buried just before that one. What keeps them few:
 *
 * - Reads, and failed cas that are evidence, are linearized as soon as the value allows it.
 * - On the way to the returning operation only steps are taken that bring a value that an open read or cas wants; a write
 *   that nobody sees is buried by being free, and so is one of the value that is there. A cas that fits is always tried: its chance may not come again.
 * - When a free write returns, it is buried, and becomes visible only if its value may still be wanted.
 * - Of open operations with equal arguments the one that returns first goes first; an open one goes before a crashed one.
 * - A value that nobody will want any more is no value: all such are one.
 * - Configurations that another one covers are dropped: same value, free wherever the masks differ, no more crashes used.
 */
import type { History } from '../../history/index.ts';
import { configSet, USAGE, VALUE, type ConfigSet } from './config-set.ts';
import { dropCovered } from './covering.ts';
import { crashTables } from './crash-tables.ts';
import { crashUsage } from './crash-usage.ts';
import { openOperations } from './open-operations.ts';
import { DIFFERS, type RegisterProblem } from './register-problem.ts';
import { CAS, READ, WRITE } from './register-values.ts';

export interface FrontierRules {
  /** Crashed operations may be used any number of times: failing then is definitive. */
  readonly unlimited: boolean;
  /** So many usage vectors are kept beside each other; fewer than needed, and only success is definitive. */
  readonly width: number;
}

export type FrontierAnswer =
  | { readonly answer: 'passed' }
  /** No configuration survived the return at event index `at`. `truncated`: `width` had left some out. */
  | { readonly answer: 'stuck'; readonly at: number; readonly truncated: boolean };

/** A search that works in slices. */
export interface Frontier {
  /** Goes on for about so many configurations; undefined while it has no answer. */
  run(configurations: number): FrontierAnswer | undefined;
  bytes(): number;
  /** The event index of the return it stands at; -1 at first. */
  reached(): number;
}

export function frontierSearch(history: History, problem: RegisterProblem, rules: FrontierRules): Frontier {
  const { kind, saw, wrote, rows, events, crashes, values, lastWanted } = problem;
  const unwanted = values;
  const open = openOperations(problem);
  const { width, rankOf, bitOf } = open;
  const stride = 2 + 2 * width;
  const DONE = 2;
  const FREE = 2 + width;
  const usage = crashUsage(crashes.length);
  const explored = configSet(stride, usage, rules.width);
  let frontier = configSet(stride, usage, rules.width);
  let following = configSet(stride, usage, rules.width);
  const anyDiffers = kind.includes(DIFFERS);
  const { crashWrites, casFrom, casTo, crashSaw, crashWrote, crashStart, crashInvoke } = crashTables(history, problem);
  /** By value: the stamp of the configuration that wants it. */
  const wantedBy = new Int32Array(values + 1);
  const wanted = new Int32Array(values + 1);
  let wants = 0;
  let stamp = 0;
  let now = -1;

  const config = new Int32Array(stride);
  const step = new Int32Array(stride);

  const settle = (words: Int32Array) => {
    const base = words[VALUE]! * width;
    for (let word = 0; word < width; word++) {
      words[DONE + word]! |= open.readsOf[base + word]!;
      words[FREE + word]! |= open.writesOf[base + word]! & ~words[DONE + word]!;
      if (anyDiffers) words[DONE + word]! |= open.differs[word]! & ~open.differsOf[base + word]!;
    }
  };

  /** `config`, led on to `value`; a write sets all open writes free. */
  const stepTo = (value: number, isWrite: boolean) => {
    for (let word = 0; word < stride; word++) step[word] = config[word]!;
    step[VALUE] = value;
    if (isWrite) for (let word = 0; word < width; word++) step[FREE + word]! |= open.writes[word]!;
  };
  const takeBit = (bit: number) => {
    step[DONE + (bit >>> 5)]! |= 1 << (bit & 31);
  };
  const finishStep = () => {
    for (let word = 0; word < width; word++) step[FREE + word]! &= ~step[DONE + word]!;
    settle(step);
  };

  /** Into the next frontier, with the bit of what returned cleared. */
  const emit = (words: Int32Array, bit: number) => {
    const single = ~(1 << (bit & 31));
    words[DONE + (bit >>> 5)]! &= single;
    words[FREE + (bit >>> 5)]! &= single;
    if (words[VALUE]! < unwanted && lastWanted[words[VALUE]!]! <= now) words[VALUE] = unwanted;
    following.add(words);
  };

  const isUndone = (bit: number) => ((config[DONE + (bit >>> 5)]! >>> (bit & 31)) & 1) === 0;

  /** The bit of the open, undone write of `value` that returns first; -1 if there is none. */
  const writeOf = (value: number): number => {
    let best = -1;
    for (let word = 0; word < width; word++) {
      for (let bits = open.writesOf[value * width + word]! & ~config[DONE + word]!; bits !== 0; bits &= bits - 1) {
        const bit = (word << 5) + 31 - Math.clz32(bits & -bits);
        if (best < 0 || returnOf(bit) < returnOf(best)) best = bit;
      }
    }
    return best;
  };
  const returnOf = (bit: number) => history.complete[rows[rankOf[bit]!]!]!;

  /** Whether an equal cas, open and undone, comes before: one that returns earlier than `bit`, or any if that is -1. */
  const hasEqualCas = (from: number, to: number, bit: number): boolean => {
    for (let word = 0; word < width; word++) {
      for (let bits = open.cas[word]! & ~config[DONE + word]!; bits !== 0; bits &= bits - 1) {
        const other = (word << 5) + 31 - Math.clz32(bits & -bits);
        const rank = rankOf[other]!;
        if (other === bit || saw[rank] !== from || wrote[rank] !== to) continue;
        if (bit < 0 || returnOf(other) < returnOf(bit)) return true;
      }
    }
    return false;
  };

  const want = (value: number) => {
    if (wantedBy[value] === stamp || value === unwanted) return;
    wantedBy[value] = stamp;
    wanted[wants++] = value;
  };

  const isAvailable = (crash: number): boolean => {
    const used = rules.unlimited ? 0 : usage.of(config[USAGE]!, crash);
    return crashInvoke[crashStart[crash]! + used]! < now;
  };
  const stepCrashed = (crash: number) => {
    stepTo(crashWrote[crash]!, crashSaw[crash]! < 0);
    if (!rules.unlimited) step[USAGE] = usage.plus(config[USAGE]!, crash);
    finishStep();
    explored.add(step);
  };

  const hasUnfree = (): boolean => {
    for (let word = 0; word < width; word++) {
      if ((open.writes[word]! & ~config[DONE + word]! & ~config[FREE + word]!) !== 0) return true;
    }
    return false;
  };

  /** Values that open operations wait for, in `wanted`; steps by cas that fit already. True if any other value will do. */
  const collectWanted = (returning: number): boolean => {
    stamp++;
    wants = 0;
    let anyOther = false;
    for (let word = 0; word < width; word++) {
      for (let bits = open.all[word]! & ~config[DONE + word]!; bits !== 0; bits &= bits - 1) {
        const bit = (word << 5) + 31 - Math.clz32(bits & -bits);
        const rank = rankOf[bit]!;
        if (kind[rank] === READ) want(saw[rank]!);
        else if (kind[rank] === DIFFERS) anyOther = true;
        else if (kind[rank] === CAS) {
          want(saw[rank]!);
          if (saw[rank] !== config[VALUE]) continue;
          if (bit !== returning && !hasEqualCas(saw[rank]!, wrote[rank]!, bit)) {
            stepTo(wrote[rank]!, false);
            takeBit(bit);
            finishStep();
            explored.add(step);
          }
        }
      }
    }
    // A crashed cas wants its value only on the way to one that is wanted.
    for (let index = 0; index < wants; index++) {
      const into = casTo[wanted[index]!]!;
      for (let place = 0; place < into.length; place++) {
        const crash = into[place]!;
        if (wantedBy[crashSaw[crash]!] !== stamp && isAvailable(crash)) want(crashSaw[crash]!);
      }
    }
    return anyOther;
  };

  const stepToWanted = (value: number, returning: number) => {
    // Writing the value that is there only sets others free.
    if (value === config[VALUE] && !hasUnfree()) return;
    const bit = writeOf(value);
    if (bit === returning) return;
    if (bit >= 0) {
      stepTo(value, true);
      takeBit(bit);
      finishStep();
      explored.add(step);
    } else if (crashWrites[value]! >= 0 && isAvailable(crashWrites[value]!)) stepCrashed(crashWrites[value]!);
  };

  /** All that may happen next in `config` before the operation at `returning` does; and that operation itself. */
  const expand = (returning: number) => {
    if (!isUndone(returning)) {
      emit(config, returning);
      return;
    }
    const rank = rankOf[returning]!;
    const value = config[VALUE]!;
    if (kind[rank] === WRITE || (kind[rank] === CAS && saw[rank] === value)) {
      stepTo(wrote[rank]!, kind[rank] === WRITE);
      takeBit(returning);
      finishStep();
      emit(step, returning);
    }
    const anyOther = collectWanted(returning);
    if (anyOther) for (let other = 0; other < values; other++) want(other);
    for (let index = 0; index < wants; index++) stepToWanted(wanted[index]!, returning);
    const onward = casFrom[value]!;
    for (let place = 0; place < onward.length; place++) {
      const crash = onward[place]!;
      const to = crashWrote[crash]!;
      if (to !== value && wantedBy[to] === stamp && isAvailable(crash) && !hasEqualCas(value, to, -1))
        stepCrashed(crash);
    }
  };

  const load = (set: ConfigSet, index: number) => {
    const words = set.words();
    for (let word = 0; word < stride; word++) config[word] = words[index * stride + word]!;
  };

  /** Sorts the frontier at a return: who is through goes into `following`, who must be led on into `explored`. */
  const begin = (rank: number) => {
    const bit = bitOf[rank]!;
    const [word, single] = [bit >>> 5, 1 << (bit & 31)];
    explored.clear();
    following.clear();
    for (let index = 0; index < frontier.size(); index++) {
      if (!frontier.isLive(index)) continue;
      load(frontier, index);
      if ((config[DONE + word]! & single) !== 0) {
        emit(config, bit);
        continue;
      }
      if ((config[FREE + word]! & single) !== 0) {
        // Seen from here on, it is as if it had never been free.
        config[FREE + word]! &= ~single;
        if (lastWanted[wrote[rank]!]! > now) explored.add(config);
        emit(config, bit);
        continue;
      }
      explored.add(config);
    }
    cursor = 0;
  };

  /** Whether every configuration has done the operation; if so, clears its bit. */
  const passAll = (rank: number): boolean => {
    const bit = bitOf[rank]!;
    const [word, single] = [bit >>> 5, 1 << (bit & 31)];
    const words = frontier.words();
    const size = frontier.size();
    for (let index = 0; index < size; index++) {
      if (frontier.isLive(index) && (words[index * stride + DONE + word]! & single) === 0) return false;
    }
    for (let index = 0; index < size; index++) words[index * stride + DONE + word]! &= ~single;
    return true;
  };

  const call = (rank: number) => {
    open.open(rank);
    if (kind[rank] === CAS) return;
    const isWrite = kind[rank] === WRITE;
    const value = isWrite ? wrote[rank]! : saw[rank]!;
    const isWanted = kind[rank] !== DIFFERS;
    const [word, single] = [(isWrite ? FREE : DONE) + (bitOf[rank]! >>> 5), 1 << (bitOf[rank]! & 31)];
    const words = frontier.words();
    for (let index = 0; index < frontier.size(); index++) {
      if ((words[index * stride + VALUE] === value) === isWanted) words[index * stride + word]! |= single;
    }
  };

  /** The frontier after a return is `following`: false if there is none. */
  const finish = (): boolean => {
    dropCovered(following, stride, open, usage, anyDiffers ? -1 : unwanted);
    cursor = -1;
    if (following.size() === 0) return false;
    [frontier, following] = [following, frontier];
    return true;
  };

  /** The next event; if `cursor` is not -1, it is a return, and so many of `explored` have been led on. */
  let front = 0;
  let cursor = -1;

  frontier.add(config);
  return {
    bytes: () => frontier.bytes() + following.bytes() + explored.bytes() + usage.bytes(),
    reached: () => now,
    run(configurations) {
      for (let work = 0; front < events.length; front++) {
        const event = events[front]!;
        if (event >= 0) {
          call(event);
          continue;
        }
        const rank = ~event;
        now = history.complete[rows[rank]!]!;
        if (cursor >= 0 || !passAll(rank)) {
          if (work > configurations) return undefined;
          if (cursor < 0) begin(rank);
          for (; cursor < explored.size(); cursor++) {
            if (!explored.isLive(cursor)) continue;
            if (work++ > configurations) return undefined;
            load(explored, cursor);
            expand(bitOf[rank]!);
          }
          if (!finish()) {
            const truncated = [frontier, following, explored].some((set) => set.truncated());
            return { answer: 'stuck', at: now, truncated };
          }
          work += frontier.size();
        }
        open.close(rank);
      }
      return { answer: 'passed' };
    },
  };
}

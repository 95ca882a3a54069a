/** How many of ten seeds are decided in time: ten thousand operations on few values, twenty clients, one in a hundred crashed. */
import { check } from './linearizability/index.ts';
import { generate } from './linearizability/testing/generated.ts';

const SEEDS = 10;
const LIMITS = { budgetMs: 10_000, memoryBytes: 2 ** 30 };

/** Prints a line for each seed, and how many were decided within ten seconds of processor time. */
export function benchSeeds(print: (line: string) => void): void {
  let decided = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const history = generate({ operations: 10_000, clients: 20, crashes: 0.01, values: 5, seed });
    const before = process.cpuUsage();
    const { judgement } = check(history, {}, LIMITS);
    const { user, system } = process.cpuUsage(before);
    const cpuMs = (user + system) / 1000;
    if (judgement !== 'unknown' && cpuMs <= LIMITS.budgetMs) decided++;
    print(
      `V5 10k c20 1%, seed ${String(seed).padStart(2)}: ${judgement.padEnd(7)} ${cpuMs.toFixed(0).padStart(6)} ms cpu`,
    );
  }
  print(`decided: ${decided} of ${SEEDS}`);
}

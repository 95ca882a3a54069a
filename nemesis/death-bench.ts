/** How long after the controller was killed in mid-fault every node is well again, for each cohort of faults. */
import { findEngine } from '../targets/index.ts';
import { cohorts } from './testing/cohorts.ts';
import { witness } from './testing/death.ts';

const TIMES = 3;

export async function benchDeath(print: (line: string) => void): Promise<void> {
  const engine = await findEngine();
  for (const [name, { dooms }] of Object.entries(cohorts)) {
    const seconds: number[] = [];
    for (let i = 0; i < TIMES; i++) {
      const { wellMs, left } = await witness(engine, `bench-death-${process.pid}-${i}`, name);
      if (left.length > 0) throw new Error(`left by ${name}: ${left.join('; ')}`);
      seconds.push(wellMs / 1000);
    }
    const sorted = seconds.toSorted((a, b) => a - b).map((one) => one.toFixed(1));
    print(
      `${name}: all well ${sorted[TIMES >> 1] ?? ''} s after SIGKILL ` +
        `(median of ${TIMES}; ${sorted[0] ?? ''} to ${sorted.at(-1) ?? ''} s; goal 5 s)`,
    );
    print(`  ${dooms.map(({ fault }) => fault).join(', ')}`);
  }
}

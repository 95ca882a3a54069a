/**
 * `npm run bench [-- NAME...]`: the figures of every floor, each from its own benchmark.
 *
 * Medians, since machines are shared and noisy; one benchmark at a time, since two would measure each other. A floor's
 * benchmarks are no part of its public face, so they are loaded by path.
 */
type Bench = (print: (line: string) => void) => void | Promise<void>;

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  interpreter: async () => (await import('./interpreter-bench.ts')).benchInterpreter,
  loading: async () => (await import('../results/history/bench.ts')).benchLoading,
  checkers: async () => (await import('../results/checkers/bench.ts')).benchCheckers,
  files: async () => (await import('../results/checkers/bench.ts')).benchFiles,
  'first-operation': async () => (await import('./start-bench.ts')).benchFirstOperation,
  report: async () => (await import('../results/report/bench.ts')).benchReport,
  agent: async () => (await import('../targets/docker/agent/bench.ts')).benchAgent,
  faults: async () => (await import('../nemesis/bench.ts')).benchFaults,
  death: async () => (await import('../nemesis/death-bench.ts')).benchDeath,
  start: async () => (await import('../targets/docker/bench.ts')).benchStart,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benches));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no benchmark '${unknown.join(', ')}'. Name some of: ${Object.keys(benches).join(', ')}.\n`,
  );
  process.exitCode = 64;
} else {
  for (const [name, load] of Object.entries(benches)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    process.stdout.write(`\n== ${name}\n`);
    const bench = await load();
    await bench((line) => void process.stdout.write(line + '\n'));
  }
}

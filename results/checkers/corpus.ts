/**
 * Judges histories whose verdicts are known, and says where we disagree.
 *
 *     npm run corpus -- DIR
 *
 * DIR holds manifest.json, a list of `{file, model, init, expected, nilReadMatchesAnything?}`, and the JSONL files it names.
 * Exits 1 on any disagreement, an undecided history included.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readHistory } from '../history/index.ts';
import { check, type LinearizableOptions, optionsOfModels } from './linearizability/index.ts';

const manifestSchema = z.array(
  z.object({
    file: z.string(),
    model: z.string(),
    init: z.json(),
    expected: z.boolean(),
    nilReadMatchesAnything: z.boolean().optional(),
  }),
);

type Entry = z.output<typeof manifestSchema>[number];

/** The manifest's names for what we call otherwise. */
const MODELS: Readonly<Record<string, string>> = {
  'etcd-cas-register': 'register',
  'cas-register': 'register',
  'kv-append': 'kv',
};

const LIMITS = { budgetMs: 60_000, memoryBytes: 2 ** 30 };

export interface CorpusSummary {
  readonly files: number;
  readonly disagreements: readonly string[];
  /** Time for checking alone: the first call of each, then once more when all code is warm, by set (folder). */
  readonly durationMs: number;
  readonly warmMs: ReadonlyMap<string, number>;
}

/** Judges every file of the manifest in `directory` and prints a line for each. */
export function judgeCorpus(directory: string, print: (line: string) => void): CorpusSummary {
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')));
  const width = Math.max(...manifest.map(({ file }) => file.length));
  const disagreements: string[] = [];
  let total = 0;
  const judged = [];
  for (const entry of manifest) {
    const history = readHistory(join(directory, entry.file));
    const { judgement, checker } = check(history, optionsOf(entry), LIMITS);
    const expected = entry.expected ? 'valid' : 'invalid';
    if (judgement !== expected) disagreements.push(entry.file);
    total += checker.durationMs;
    judged.push({ set: dirname(entry.file), history, options: optionsOf(entry) });
    const algorithms = Object.keys(checker.algorithms ?? {}).join('+');
    const mark = judgement === expected ? '' : '  DISAGREES';
    const columns = [entry.file.padEnd(width), expected.padEnd(7), judgement.padEnd(7), algorithms.padEnd(17)];
    print(`${columns.join('  ')}  ${checker.durationMs.toFixed(2).padStart(9)} ms${mark}`);
  }
  const warmMs = new Map<string, number>();
  for (const { set, history, options } of judged) {
    warmMs.set(set, (warmMs.get(set) ?? 0) + check(history, options, LIMITS).checker.durationMs);
  }
  return { files: manifest.length, disagreements, durationMs: total, warmMs };
}

function optionsOf({ model: named, init, nilReadMatchesAnything }: Entry): LinearizableOptions {
  const model = MODELS[named] ?? named;
  // The manifest says it of all files of a set, whether they have reads or not.
  const hasReads = optionsOfModels[model]?.includes('nilReadMatchesAnything') === true;
  return { model, init, ...(nilReadMatchesAnything === undefined || !hasReads ? {} : { nilReadMatchesAnything }) };
}

if (process.argv[1] === import.meta.filename) {
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const [directory] = process.argv.slice(2);
  if (directory === undefined) {
    print('Say which folder: npm run corpus -- DIR');
    process.exit(2);
  }
  const { files, disagreements, durationMs, warmMs } = judgeCorpus(directory, print);
  print(`${files} histories, ${disagreements.length} disagreements, ${durationMs.toFixed(1)} ms of checking`);
  for (const [set, ms] of warmMs) print(`${set}: ${ms.toFixed(1)} ms warm`);
  process.exitCode = disagreements.length > 0 ? 1 : 0;
}

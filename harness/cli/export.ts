/** `ordeal export`: a history of any format that can be read, as JSONL or as Jepsen's EDN. */
import { existsSync, realpathSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { type ExportFormat, exportLines, EXPORTS, readAnyHistory, writeLines } from '../../results/index.ts';
import { UsageProblem } from './exit.ts';

interface ExportOptions {
  readonly to: ExportFormat;
  readonly out?: string;
  readonly keyed?: boolean;
}

export function exportCommand(): Command {
  return new Command('export')
    .summary('turn a history into JSONL or EDN')
    .description('Writes a history of any known format as JSONL, or as the EDN of Jepsen. Nothing of it is lost.')
    .argument('<file>', "a history file, or a run's folder (runs/latest)")
    .addOption(new Option('--to <format>', 'what it becomes').choices(EXPORTS).makeOptionMandatory())
    .option('-o, --out <file>', 'where to write it (default: standard output)')
    .option('--keyed', 'values are tuples [key value] (default: as they look)')
    .option('--no-keyed', 'values are no tuples, whatever they look like')
    .addHelpText('after', EXAMPLES)
    .action(exportHistory);
}

const EXAMPLES = `
Examples:
  ordeal export runs/latest --to edn -o history.edn     for Knossos, Elle and Jepsen's other tools
  ordeal export history.edn --to jsonl | head           one event a line`;

async function exportHistory(file: string, { to, out, keyed }: ExportOptions): Promise<void> {
  if (out !== undefined && existsSync(file) && existsSync(out) && realpathSync(file) === realpathSync(out))
    throw new UsageProblem(`${out} is the history itself.`, 'Name another file with -o.');
  const onNotice = (sentence: string) => void process.stderr.write(`${pc.dim('note')}  ${sentence}\n`);
  const history = readAnyHistory(file, { onNotice, ...(keyed !== undefined && { keyed }) });
  const lines = exportLines(history, to);
  if (out !== undefined) writeLines(out, lines);
  else await print(lines);
}

/** A reader that has seen enough (`| head`) is no failure. */
async function print(lines: Iterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(ended(lines)), process.stdout, { end: false });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  }
}

function* ended(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}

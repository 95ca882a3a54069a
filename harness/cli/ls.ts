/** `ordeal ls`: the runs of a folder, the last one last. */
import { join } from 'node:path';
import { Command } from 'commander';
import pc from 'picocolors';
import { readIndex, shownPath, type Summary } from '../../results/index.ts';

export function lsCommand(): Command {
  return new Command('ls')
    .summary('list the runs')
    .description('Lists the runs of a folder with their verdicts; reads only its index.')
    .option('--out <dir>', 'folder of all runs', 'runs')
    .addHelpText('after', '\nExamples:\n  ordeal ls\n  ordeal ls --out /var/lib/ordeal')
    .action(({ out }: { out: string }) => {
      const lines = readIndex(out).map((summary) => line(out, summary));
      process.stdout.write(lines.length > 0 ? lines.join('\n') + '\n' : `there are no runs in ${out}\n`);
    });
}

function line(out: string, { id, judgement, ok, faults, faultsSeen, anomalies, sentence }: Summary): string {
  const paint = { valid: pc.green, invalid: pc.red, unknown: pc.yellow }[judgement];
  const why = { valid: '', invalid: anomalies.join(', '), unknown: sentence }[judgement];
  const counts = `${ok.toLocaleString('en')} ok`.padStart(12) + `  ${faultsSeen}/${faults} faults`.padEnd(16);
  return `${paint(judgement.toUpperCase().padEnd(8))}${counts}${shownPath(join(out, id))}${why && `  ${pc.dim(why)}`}`;
}

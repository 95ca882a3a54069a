/** `ordeal clean`: removes what a killed controller left on the Docker engine. */
import { Command } from 'commander';
import { findEngine, sweep } from '../../targets/index.ts';

export function cleanCommand(): Command {
  return new Command('clean')
    .summary('remove what a killed controller left behind')
    .description(
      'Removes containers, networks and volumes of runs whose controller is gone. Faults heal by themselves.',
    )
    .option('--all', 'also those of runs that still go on, and of clusters that were to be kept', false)
    .addHelpText('after', '\nExamples:\n  ordeal clean\n  ordeal clean --all')
    .action(async ({ all }: { all: boolean }) => {
      const { containers, networks, volumes } = await sweep(await findEngine(), all ? 'all' : 'dead');
      const names = [...containers, ...networks, ...volumes];
      for (const name of names) process.stdout.write(`removed ${name}\n`);
      if (names.length === 0) process.stdout.write('nothing was left behind\n');
    });
}

#!/usr/bin/env node
/** The command line. Errors a user can cause end in one sentence and its remedy; anything else keeps its stack. */
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { Problem } from '../../results/index.ts';
import { VERSION } from '../version.ts';
import { checkCommand } from './check.ts';
import { cleanCommand } from './clean.ts';
import { doctorCommand } from './doctor.ts';
import { EXIT, UsageProblem } from './exit.ts';
import { exportCommand } from './export.ts';
import { lsCommand } from './ls.ts';
import { runCommand } from './run.ts';

async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('ordeal')
    .description(
      'Puts a distributed system to the test: real clusters, real faults, a verdict from the recorded history.',
    )
    .version(VERSION)
    .addCommand(await runCommand(argv[0] === 'run' ? argv : ['run']))
    .addCommand(checkCommand())
    .addCommand(exportCommand())
    .addCommand(lsCommand())
    .addCommand(doctorCommand())
    .addCommand(cleanCommand());
  for (const command of [program, ...program.commands]) command.exitOverride();
  await program.parseAsync(argv, { from: 'user' });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage;
  } else if (error instanceof Problem) {
    process.stderr.write(`${pc.red('error')}  ${error.message}\n${pc.dim('remedy')} ${error.remedy}\n`);
    process.exitCode = error instanceof UsageProblem ? EXIT.usage : EXIT.failure;
  } else {
    process.stderr.write(
      `${error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error)}\nThis is a defect of ordeal; please report it.\n`,
    );
    process.exitCode = EXIT.failure;
  }
});

/** `ordeal doctor`: what this machine and its Docker engine can do, what they cannot, and what would help. */
import { statfsSync } from 'node:fs';
import { Command } from 'commander';
import pc from 'picocolors';
import { Problem } from '../../results/index.ts';
import { type Examination, examine, findEngine, type Probe } from '../../targets/index.ts';
import { faults } from '../catalog.ts';
import { EXIT } from './exit.ts';

const LIMIT_MS = 300_000;
/** Below this a night of histories and node logs may fill the disk. */
const LITTLE_GIB = 2;

export function doctorCommand(): Command {
  return new Command('doctor')
    .summary('tell what this machine and its Docker engine can do')
    .description(
      'Tries everything that trials need, undoes it at once, and says what is missing, why, and what would help.',
    )
    .addHelpText('after', '\nExamples:\n  ordeal doctor\n\nExit codes: 0 trials can run, 4 they cannot.')
    .action(async () => {
      process.exitCode = await doctor();
    });
}

async function doctor(): Promise<number> {
  report('here', [node(), disk()]);
  try {
    const engine = await findEngine();
    report('Docker engine', [
      {
        name: 'answers',
        serves: engine.address,
        available: true,
        finding: `${engine.version}, kernel ${engine.kernel}, ${engine.arch}`,
      },
    ]);
    const onProgress = (message: string) => void process.stderr.write(pc.dim(`   ${message}\n`));
    const { probes, capabilities } = await examine(engine, onProgress, AbortSignal.timeout(LIMIT_MS));
    report('for the faults', probes);
    report('faults', possible(capabilities));
    return EXIT.valid;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    report('Docker engine', [
      { name: 'usable', serves: 'real clusters', available: false, finding: error.message, remedy: error.remedy },
    ]);
    return EXIT.failure;
  }
}

function node(): Probe {
  return {
    name: 'Node.js',
    serves: 'ordeal itself',
    available: true,
    finding: `${process.version}, ${process.platform} ${process.arch}`,
  };
}

function disk(): Probe {
  const { bavail, bsize } = statfsSync('.');
  const gib = (bavail * bsize) / 2 ** 30;
  const common = { name: 'disk', serves: 'histories and logs', finding: `${gib.toFixed(1)} GiB free here` };
  return gib >= LITTLE_GIB
    ? { ...common, available: true }
    : { ...common, available: false, remedy: 'Make room, or name another folder with --out.' };
}

/** Each fault, and why it cannot be injected where it cannot. */
function possible(capabilities: Examination['capabilities']): Probe[] {
  return faults.map(({ name, summary, needs }) => {
    const lacking = new Set(needs.map((need) => capabilities[need]).filter((answer) => answer !== true));
    return {
      name,
      serves: summary,
      available: lacking.size === 0,
      finding: lacking.size === 0 ? 'can be injected' : `cannot be injected: ${[...lacking].join('; ')}`,
    };
  });
}

function report(title: string, probes: readonly Probe[]): void {
  process.stdout.write([pc.bold(title), ...probes.flatMap(linesOf), ''].join('\n') + '\n');
}

function linesOf({ name, serves, available, spare, finding, remedy }: Probe): string[] {
  const mark = available ? pc.green('ok  ') : spare ? pc.dim('n/a ') : pc.yellow('lack');
  const line = `${mark} ${name.padEnd(18)} ${finding}  ${pc.dim(`(${serves})`)}`;
  return remedy === undefined ? [line] : [line, `${' '.repeat(24)}${pc.bold('remedy')}: ${remedy}`];
}

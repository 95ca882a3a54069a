/** The death of a controller, witnessed: it is killed outright while the faults of a cohort are in force. What follows? */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sweep, type Engine } from '../../targets/index.ts';
import { cohorts } from './cohorts.ts';
import { complaints, limitsOf, patientsOf, rulesOf, type Limits, type Patient } from './wellness.ts';

export interface Death {
  /** What the controller said of each fault. */
  readonly said: readonly unknown[];
  /** Faults that nobody saw from outside while they were in force; of these the rest says nothing. */
  readonly unseen: readonly string[];
  /** Rules in the kernel while they were in force. */
  readonly rules: string;
  /** From SIGKILL until every node was well; infinite where that was not waited for to its end. */
  readonly wellMs: number;
  /** What is still wrong then; the agent that is still there; rules in the kernel. */
  readonly left: readonly string[];
}

const PATIENCE_MS = 60_000;
const EVERY_MS = 20;

/** Removes what is left in the end. */
export async function witness(engine: Engine, session: string, name: string): Promise<Death> {
  const dooms = cohorts[name]?.dooms ?? [];
  const controller = start(session, name);
  try {
    await controller.line();
    const patients = await patientsOf(engine, session);
    const limits = await untilHealthy(patients);
    controller.goOn();
    const said: unknown[] = [];
    for (let line = await controller.line(); line !== 'ready'; line = await controller.line()) said.push(line);
    const unseen = await poll(async () => {
      const wrong = await complaints(patients, limits);
      return dooms.filter(({ shows }) => !wrong.some((one) => one.startsWith(shows))).map(({ fault }) => fault);
    });
    const rules = await rulesOf(engine, session);
    const killedMs = await controller.kill();
    const wrong = await poll(() => complaints(patients, limits));
    const wellMs = wrong.length === 0 ? performance.now() - killedMs : Infinity;
    const agents = await poll(() => agentsOf(engine, session));
    const later = await rulesOf(engine, session);
    return { said, unseen, rules, wellMs, left: [...wrong, ...agents, ...(later === '' ? [] : [later])] };
  } finally {
    await controller.kill();
    await sweep(engine, 'dead');
  }
}

/** Asks until nothing is found, or patience is over. */
async function poll(find: () => Promise<string[]>): Promise<string[]> {
  const endMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await find();
    if (found.length === 0 || performance.now() > endMs) return found;
    await sleep(EVERY_MS);
  }
}

async function untilHealthy(patients: readonly Patient[]): Promise<Limits> {
  let limits: Limits = new Map();
  const wrong = await poll(async () => {
    limits = await limitsOf(patients);
    return complaints(patients, limits);
  });
  if (wrong.length > 0) throw new Error(`the nodes were never well: ${wrong.join('; ')}`);
  return limits;
}

async function agentsOf({ docker }: Engine, session: string): Promise<string[]> {
  const filters = { label: [`ordeal.session=${session}`, 'ordeal.role=agent'] };
  return (await docker.listContainers({ all: true, filters })).flatMap(({ Names }) => Names);
}

function start(session: string, cohort: string) {
  // Compiled it is JavaScript; among the sources it needs the loader that the tool itself uses for a user's TypeScript.
  const isSource = import.meta.url.endsWith('.ts');
  const program = fileURLToPath(new URL(isSource ? 'doomed.ts' : 'doomed.js', import.meta.url));
  const loader = isSource ? [fileURLToPath(new URL('../../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url))] : [];
  const child = spawn(process.execPath, [...loader, program, session, cohort], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exited = once(child, 'exit');
  return {
    async line(): Promise<unknown> {
      const next = await lines.next();
      if (next.done === true) throw new Error('the controller ended by itself');
      return JSON.parse(next.value);
    },
    goOn: () => void child.stdin.write('go\n'),
    /** When it was. */
    async kill(): Promise<number> {
      const atMs = performance.now();
      child.kill('SIGKILL');
      await exited;
      return atMs;
    },
  };
}

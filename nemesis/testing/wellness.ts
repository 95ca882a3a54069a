/**
 * How the nodes of a session are, seen from outside by somebody who has nothing to do with their controller: whether each
 * runs and answers, hears all others over both address families, tells the right time, writes to its disk, is limited by
 * nothing, and whether any rule of ours is left in the kernel.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import type { Container } from 'dockerode';
import type { Engine } from '../../targets/index.ts';
import { PORT, Telling } from './mortals.ts';

export interface Patient {
  readonly name: string;
  readonly port: number;
  /** `4`, and `6` where it has such an address. */
  readonly families: readonly string[];
}

const ANSWER_MS = 500;
/** Packets are sent twenty times a second. */
const SILENCE_MS = 1_000;
/** Nodes tell whole seconds. */
const CLOCK_S = 2;

/** The nodes of a session, which all run. */
export async function patientsOf({ docker }: Engine, session: string): Promise<Patient[]> {
  const filters = { label: [`ordeal.session=${session}`, 'ordeal.role=node'] };
  const found = await docker.listContainers({ filters });
  return Promise.all(
    found.map(async ({ Id, Labels }) => {
      const { NetworkSettings } = await docker.getContainer(Id).inspect();
      const [network] = Object.values(NetworkSettings.Networks);
      return {
        name: Labels['ordeal.node'] ?? '',
        port: Number(NetworkSettings.Ports[`${PORT}/tcp`]?.[0]?.HostPort),
        families: network?.GlobalIPv6Address ? ['4', '6'] : ['4'],
      };
    }),
  );
}

/** Each node's limits when nothing was wrong. */
export type Limits = ReadonlyMap<string, string>;

export async function limitsOf(patients: readonly Patient[]): Promise<Limits> {
  return new Map(await Promise.all(patients.map(async (one) => [one.name, (await ask(one))?.limits ?? ''] as const)));
}

/** What is wrong, a sentence each, `n1: no answer`; none where all are well. */
export async function complaints(patients: readonly Patient[], limits: Limits): Promise<string[]> {
  const all = await Promise.all(
    patients.map(async (patient) => {
      const told = await ask(patient);
      const wrong = told === null ? ['no answer'] : ills(patient, told, patients, limits);
      return wrong.map((what) => `${patient.name}: ${what}`);
    }),
  );
  return all.flat();
}

function ills({ name, families }: Patient, told: Telling, patients: readonly Patient[], limits: Limits): string[] {
  const offS = told.seconds - Date.now() / 1000;
  const links = patients
    .filter((other) => other.name !== name)
    .flatMap((other) => families.map((family) => `${other.name}/${family}`));
  return [
    ...(Math.abs(offS) > CLOCK_S ? [`its clock is off by ${offS.toFixed(0)} s`] : []),
    ...(told.disk === 'written' ? [] : [`its disk: ${told.disk}`]),
    ...(told.limits === limits.get(name) ? [] : [`limited: ${told.limits}, not ${limits.get(name) ?? ''}`]),
    ...links.filter((link) => (told.heardMs[link] ?? Infinity) > SILENCE_MS).map((link) => `does not hear ${link}`),
  ];
}

async function ask({ port }: Patient): Promise<Telling | null> {
  const socket = connect(port, '127.0.0.1');
  const over = new AbortController();
  // A timer that keeps the process alive, unlike that of `AbortSignal.timeout`: a socket that was closed does not.
  const timer = setTimeout(() => over.abort(), ANSWER_MS);
  try {
    const [line] = (await once(socket, 'data', { signal: over.signal })) as [Buffer];
    return Telling.parse(JSON.parse(line.toString()));
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    socket.on('error', () => undefined).destroy();
  }
}

/** Rules of ours in the kernel, as nft prints them: on the engine's machine, and in the network namespaces of the nodes. */
export async function rulesOf({ docker }: Engine, session: string): Promise<string> {
  const filters = { label: [`ordeal.session=${session}`, 'ordeal.role=node'] };
  const containers = await docker.listContainers({ filters });
  const pids = await Promise.all(containers.map(async ({ Id }) => (await docker.getContainer(Id).inspect()).State.Pid));
  const script = [
    `nft list tables | grep '${session.replace(/\W/g, '_')}'`,
    ...pids.map((pid) => `nsenter -t ${pid} -n nft list ruleset 2>/dev/null | grep -iE 'queue|ordeal'`),
    'true',
  ].join('\n');
  const output = new PassThrough();
  const [, container] = (await docker.run('ordeal-agent', ['-c', script], output, {
    Entrypoint: ['sh'],
    Tty: true,
    HostConfig: { NetworkMode: 'host', PidMode: 'host', CapAdd: ['NET_ADMIN', 'SYS_ADMIN', 'SYS_PTRACE'] },
  })) as [unknown, Container];
  await container.remove({ force: true });
  return String(output.read() ?? '').trim();
}

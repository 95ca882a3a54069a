/**
 * The labels on everything that is created on an engine, so that whatever a killed controller left behind can be told
 * from the things of one that lives.
 *
 * A process id alone is no proof of life: it is used again. So the label also says on which machine and when that
 * process was started.
 */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

export type Labels = Readonly<Record<string, string>>;

export const SESSION = 'ordeal.session';
const PID = 'ordeal.pid';
const HOST = 'ordeal.host';
const BORN = 'ordeal.born';
/** Set on what shall outlive its controller (`--keep`). */
export const KEPT = 'ordeal.kept';
/** `node`, `agent`, `network` or `volume`. */
export const ROLE = 'ordeal.role';

/** Labels of this process and this session. */
export function sessionLabels(session: string, keep = false): Labels {
  return {
    [SESSION]: session,
    [PID]: String(process.pid),
    [HOST]: hostname(),
    [BORN]: born(process.pid) ?? '',
    ...(keep ? { [KEPT]: 'true' } : {}),
  };
}

/**
 * True where the controller that set these labels certainly is gone. One on another machine cannot be seen from here,
 * so it counts as alive.
 */
export function isOrphan(labels: Labels): boolean {
  if (labels[SESSION] === undefined || labels[KEPT] === 'true') return false;
  if (labels[HOST] !== hostname()) return false;
  const pid = Number(labels[PID]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return true;
  return !isAlive(pid) || (born(pid) ?? '') !== (labels[BORN] ?? '');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** When a process was started, in the kernel's ticks since boot; null where the platform has no /proc. */
function born(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in brackets, which may hold spaces and brackets itself.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

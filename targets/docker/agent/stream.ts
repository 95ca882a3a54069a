/**
 * The controller's end of the agent's stream: one line per message, any number of scripts side by side.
 *
 * It knows neither Docker nor faults; `image/agent.pl` is the other end and describes the lines.
 */
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import type { Agent } from '../../cluster.ts';

/** A script that runs on the agent's machine until it ends, or its job is killed. */
export interface Job {
  write(data: string | Uint8Array): void;
  /** Closes its stdin. */
  end(): void;
  kill(): void;
  /** The shell's exit code, 128 + signal where a signal ended it. Rejects if the agent goes away first. */
  readonly exited: Promise<number>;
}

export interface JobOutput {
  readonly onStdout: (data: Buffer) => void;
  readonly onStderr: (data: Buffer) => void;
}

export interface AgentStream extends Agent {
  /**
   * Starts a script that is talked with while it runs; `run` is for those that are only waited for. One that the cures need is
   * held: if the controller goes away, it runs until they are over.
   */
  spawn(script: string, output: JobOutput, held?: 'held'): Job;
  /** Ends the stream: the agent runs the cures that are outstanding, last in first out, and exits. */
  close(): void;
}

interface Pending extends JobOutput {
  resolve(value: number): void;
  reject(error: Error): void;
}

/** `stderr` is what the agent itself complains of; it goes into the error of every call that its end breaks. */
export function agentStream(duplex: NodeJS.ReadWriteStream, stdout: Readable, stderr: Readable): AgentStream {
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let broken: Error | null = null;
  let complaint = '';

  const send = (...words: readonly (string | number)[]) => {
    if (broken === null) duplex.write(`${words.join(' ')}\n`);
  };
  const expect = (output: JobOutput, message: (id: number) => void): { id: number; answer: Promise<number> } => {
    const id = nextId++;
    const answer = new Promise<number>((resolve, reject) => {
      if (broken === null) pending.set(id, { ...output, resolve, reject });
      else reject(broken);
    });
    message(id);
    return { id, answer };
  };
  const fail = (error: Error) => {
    broken ??= error;
    for (const waiting of pending.values()) waiting.reject(broken);
    pending.clear();
  };
  const receive = (line: string) => {
    const [kind, idText, payload = ''] = line.split(' ');
    const id = Number(idText);
    const waiting = pending.get(id);
    if (kind === 'out') waiting?.onStdout(Buffer.from(payload, 'hex'));
    else if (kind === 'err') waiting?.onStderr(Buffer.from(payload, 'hex'));
    else {
      pending.delete(id);
      waiting?.resolve(Number(payload));
    }
  };

  createInterface({ input: stdout, crlfDelay: Infinity }).on('line', receive);
  stderr.on('data', (data: Buffer) => (complaint += data.toString()));
  const gone = () => fail(new Error(`the agent's stream has ended${complaint === '' ? '' : `: ${complaint.trim()}`}`));
  duplex.on('end', gone).on('close', gone).on('error', fail);

  const spawn = (script: string, output: JobOutput, held?: 'held'): Job => {
    const { id, answer } = expect(output, (newId) => send(held ? 'hold' : 'start', newId, hex(script)));
    // Whoever spawned may only care for the output; a broken stream must not be an unhandled rejection then.
    answer.catch(() => undefined);
    return {
      write: (data) => send('write', id, hex(data)),
      end: () => send('end', id),
      kill: () => send('kill', id),
      exited: answer,
    };
  };

  return {
    spawn,
    async run(script, { stdin, signal } = {}) {
      signal?.throwIfAborted();
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      const job = spawn(script, { onStdout: (data) => out.push(data), onStderr: (data) => err.push(data) });
      if (stdin !== undefined && stdin.length > 0) job.write(stdin);
      job.end();
      const abort = () => job.kill();
      signal?.addEventListener('abort', abort, { once: true });
      try {
        const exitCode = await job.exited;
        signal?.throwIfAborted();
        if (exitCode !== 0) throw new ScriptFailed(script, exitCode, Buffer.concat(err).toString());
        return Buffer.concat(out).toString();
      } finally {
        signal?.removeEventListener('abort', abort);
      }
    },
    async cure(script) {
      const { id, answer } = expect(SILENT, (newId) => send('cure', newId, hex(script)));
      await answer;
      return async () => {
        // The agent answers under a new id, so that withdrawing twice is harmless.
        const { answer: dropped } = expect(SILENT, (newId) => send('drop', newId, hex(String(id))));
        await dropped;
      };
    },
    close: () => void duplex.end(),
  };
}

const SILENT: JobOutput = { onStdout: () => undefined, onStderr: () => undefined };

/** A script on the agent that ended with a non-zero exit code. */
export class ScriptFailed extends Error {
  override readonly name = 'ScriptFailed';
  readonly exitCode: number;
  readonly stderr: string;

  constructor(script: string, exitCode: number, stderr: string) {
    super(
      `exit code ${exitCode} of \`${script.length > 200 ? `${script.slice(0, 200)}…` : script}\`: ${stderr.trim()}`,
    );
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

function hex(data: string | Uint8Array): string {
  return Buffer.from(data as Uint8Array).toString('hex');
}

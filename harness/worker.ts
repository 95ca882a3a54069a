/**
 * One thread of a run: takes op after op from its generator, has its client carry it out, and records both events.
 *
 * The invocation is recorded before the request leaves, the completion after the answer is in and before the next op is
 * asked for. Every op has a deadline, and the worker goes on at it whether or not the client does. An op of unknown fate
 * ends its process: the worker continues as a new one with a freshly opened client, since nobody knows what the old
 * connection may still deliver.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HistoryEvent } from '../results/index.ts';
import type { Client, Generator, Op, Random, Thread } from '../workloads/index.ts';
import { Definite } from '../workloads/index.ts';

export interface WorkerOptions {
  readonly thread: Thread;
  /** The node its clients connect to, as it is recorded. */
  readonly node?: string;
  readonly connect: (signal: AbortSignal) => Promise<Client>;
  /** The ops that change nothing: their errors are `fail`, since they saw nothing. */
  readonly reads: ReadonlySet<string>;
  readonly opTimeoutMs: number;
  readonly nowNs: () => number;
  readonly record: (event: HistoryEvent) => void;
  /** For the jitter of reconnects. */
  readonly random: Random;
}

const FIRST_BACKOFF_MS = 50;
const LONGEST_BACKOFF_MS = 2_000;
const ORDINARY_SETBACKS = 4;
const LONGEST_SLOWDOWN_MS = 500;

export class Worker implements AsyncDisposable {
  readonly #options: WorkerOptions;
  #process: number;
  #client: Client | undefined;
  /** Ops in a row that were not ok. */
  #setbacks = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#process = options.thread.index;
  }

  /** Until the generator is done; at `signal` takes no further op, and returns when the pending one has ended. */
  async run(generator: Generator, signal: AbortSignal): Promise<void> {
    let rest = generator;
    while (!signal.aborted) {
      const step = rest.next(this.#options.nowNs());
      if (step.kind === 'done') return;
      rest = step.rest;
      if (step.kind === 'wait') {
        await this.#sleepUntil(step.untilNs, signal);
        continue;
      }
      this.#client ??= await this.#connect(signal);
      if (!this.#client) return;
      const completion = await this.#perform(this.#client, step.op);
      rest = rest.update?.(completion) ?? rest;
      await this.#slowDown(completion, signal);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#drop();
  }

  async #perform(client: Client, op: Op): Promise<HistoryEvent> {
    const { node, record, nowNs } = this.#options;
    const common = { process: this.#process, ...op, ...(node !== undefined && { node }) };
    record({ ...common, type: 'invoke', timeNs: nowNs() });
    let completion: HistoryEvent;
    try {
      const value = await withDeadline(this.#options.opTimeoutMs, (signal) => client.invoke(op, signal));
      completion = { ...common, type: 'ok', value, timeNs: nowNs() };
    } catch (error) {
      const type = error instanceof Definite || this.#options.reads.has(op.f) ? 'fail' : 'info';
      completion = { ...common, type, timeNs: nowNs(), error: error instanceof Error ? error.message : String(error) };
      if (type === 'info') this.#process += this.#options.thread.count;
      if (!(error instanceof Definite)) void this.#drop();
    }
    record(completion);
    return completion;
  }

  /**
   * A node that is down refuses at once: without a pause its threads would spin, and drown the history in failures. A few
   * failures in a row are ordinary (a cas whose guess was wrong) and cost nothing.
   */
  async #slowDown({ type }: HistoryEvent, signal: AbortSignal): Promise<void> {
    this.#setbacks = type === 'ok' ? 0 : this.#setbacks + 1;
    const excess = this.#setbacks - ORDINARY_SETBACKS;
    if (excess > 0) await this.#sleep(Math.min(2 ** excess, LONGEST_SLOWDOWN_MS), signal);
  }

  /** Keeps trying, with growing pauses; undefined at `signal`. */
  async #connect(signal: AbortSignal): Promise<Client | undefined> {
    const { connect, opTimeoutMs, random } = this.#options;
    const jitter = random.fork(this.#process);
    for (let backoffMs = FIRST_BACKOFF_MS; !signal.aborted; backoffMs = Math.min(2 * backoffMs, LONGEST_BACKOFF_MS)) {
      try {
        return await withDeadline(opTimeoutMs, connect);
      } catch {
        await this.#sleep(backoffMs * (0.5 + jitter.float()), signal);
      }
    }
    return undefined;
  }

  async #drop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    // Closing never throws by contract; a client that breaks it must not end the run.
    await client?.close().catch(() => undefined);
  }

  async #sleepUntil(untilNs: number, signal: AbortSignal): Promise<void> {
    await this.#sleep((untilNs - this.#options.nowNs()) / 1e6, signal);
  }

  /** Or until `signal`. */
  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
  }
}

/** What `work` comes to, or a rejection after that time, with `work`'s signal aborted, whether or not it listens. */
function withDeadline<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      const late = new Error(`no answer within ${ms} ms`);
      reject(late);
      controller.abort(late);
    }, ms);
    work(controller.signal)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

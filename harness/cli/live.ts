/**
 * What a person sees while a trial runs: a few lines that renew themselves on a terminal, or a line every ten seconds
 * where there is none.
 */
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import type { Phase, TrialListener } from '../listener.ts';
import type { Tally } from '../tally.ts';

const TERMINAL_PERIOD_MS = 200;
const PLAIN_PERIOD_MS = 10_000;

export interface Live extends TrialListener {
  /** A line that stays, above what renews itself. */
  say(message: string): void;
  /** Ends the display; what it last showed stays. */
  stop(): void;
}

export function openLive(timeMs: number, stream: NodeJS.WriteStream = process.stderr): Live {
  const terminal = stream.isTTY;
  const update = terminal ? createLogUpdate(stream) : undefined;
  const begunMs = performance.now();
  let phase: Phase = 'start';
  let phaseMs = begunMs;
  let note = '';
  let inForce: readonly string[] = [];
  let read: (() => Tally) | undefined;

  const seconds = (sinceMs: number) => (performance.now() - sinceMs) / 1000;
  const loadLine = () => `${clock(seconds(phaseMs))}/${clock(timeMs / 1000)}  ${read ? figures(read()) : ''}`;
  const frame = () =>
    [
      `${pc.cyan('>')}  ${phase.padEnd(12)}${phase === 'load' ? loadLine() : `${seconds(phaseMs).toFixed(1)} s  ${note}`}`,
      ...(phase === 'load' ? [`   ${'faults'.padEnd(12)}${inForce.join('   ') || pc.dim('none')}`] : []),
    ].join('\n');
  const paint = () => (update ? update(frame()) : undefined);
  const say = (line: string) => {
    update?.clear();
    stream.write(line + '\n');
  };
  const finish = () => {
    const took = `${seconds(phaseMs).toFixed(1)} s`.padStart(8);
    const what = phase === 'load' && read ? figures(read()) : note;
    say(`${pc.green('ok')} ${phase.padEnd(12)}${took}  ${what}`);
  };
  const timer = setInterval(() => (terminal ? paint() : plain()), terminal ? TERMINAL_PERIOD_MS : PLAIN_PERIOD_MS);
  const plain = () => stream.write(frame().replace(/\n\s+/g, '   ') + '\n');

  return {
    say,
    onPhase(next) {
      if (next !== phase) finish();
      phase = next;
      phaseMs = performance.now();
      note = '';
      paint();
    },
    onProgress(message) {
      note = message;
      paint();
    },
    onLoad(figuresOfNow) {
      read = figuresOfNow;
    },
    onFaults(now) {
      inForce = now;
      if (terminal) paint();
      else if (now.length > 0) stream.write(`   fault       ${now.join('   ')}\n`);
    },
    stop() {
      clearInterval(timer);
      update?.clear();
    },
  };
}

function figures({ perSecond, ok, fail, info, p50Ms, p99Ms, maxMs }: Tally): string {
  const count = (n: number) => Math.round(n).toLocaleString('en');
  const latency = `p50 ${p50Ms.toFixed(1)} ms  p99 ${p99Ms.toFixed(0)} ms  max ${(maxMs / 1000).toFixed(1)} s`;
  return `${count(perSecond)} ops/s  ok ${count(ok)}  fail ${count(fail)}  info ${count(info)}  ${pc.dim(latency)}`;
}

const clock = (seconds: number) =>
  `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

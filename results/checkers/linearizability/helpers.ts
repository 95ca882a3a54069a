/** Threads that help to judge the keys of a history: started late, and lost without harm. */
import { Worker } from 'node:worker_threads';
import type { Answer, Share, Turn } from './board.ts';

export interface Helper {
  /** What it found in the round; nothing if it died: whatever it had taken is still open then. */
  play(turn: Turn): Promise<Answer>;
  stop(): Promise<unknown>;
}

const NOTHING: Answer = { found: [], unsuited: [] };

export function startHelper(share: Share): Helper {
  // Only under a test runner is this file a TypeScript source, and its sibling too.
  const extension = import.meta.url.slice(-3);
  const worker = new Worker(new URL(`./spread-worker${extension}`, import.meta.url), {
    workerData: share,
    execArgv: extension === '.ts' ? ['--import', 'jiti/register'] : [],
  });
  let tell: (answer: Answer) => void = () => undefined;
  let dead = false;
  worker.on('message', (answer: Answer) => tell(answer));
  for (const end of ['error', 'exit']) {
    worker.on(end, () => {
      dead = true;
      tell(NOTHING);
    });
  }
  return {
    play(turn) {
      if (dead) return Promise.resolve(NOTHING);
      return new Promise((resolve) => {
        tell = resolve;
        worker.postMessage(turn);
      });
    },
    stop: () => worker.terminate(),
  };
}

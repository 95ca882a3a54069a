/** A script that answers questions for as long as it is wanted: `nft -i`, the beacon. */
import type { AgentStream } from './stream.ts';

export interface Conversation {
  /** Answers come in the order of the questions. Rejects if the script ends first, with what it said last. */
  ask(question: string): Promise<string>;
  /** Closes the script's stdin. */
  end(): void;
}

/** `marker` matches what ends every answer; `held` as for `spawn`. */
export function converse(agent: AgentStream, script: string, marker: RegExp, held?: 'held'): Conversation {
  const waiting: { resolve: (answer: string) => void; reject: (error: Error) => void }[] = [];
  let text = '';
  let complaint = '';
  let over: Error | null = null;

  const output = {
    onStdout(data: Buffer) {
      text += data.toString();
      for (let match = marker.exec(text); match !== null; match = marker.exec(text)) {
        waiting.shift()?.resolve(text.slice(0, match.index));
        text = text.slice(match.index + match[0].length);
      }
    },
    onStderr: (data: Buffer) => void (complaint += data.toString()),
  };
  const job = agent.spawn(script, output, held);
  const fail = (why: string) => {
    over = new Error(`\`${script}\` ended (${why}): ${`${text}${complaint}`.trim()}`);
    for (const { reject } of waiting.splice(0)) reject(over);
  };
  job.exited.then(
    (code) => fail(`exit code ${code}`),
    (error: unknown) => fail(String(error)),
  );
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (over !== null) {
          reject(over);
          return;
        }
        waiting.push({ resolve, reject });
        job.write(`${question}\n`);
      }),
    end: () => job.end(),
  };
}

import { expect, it } from 'vitest';
import type { AgentStream, Job, JobOutput } from './agent/index.ts';
import { openRuleset } from './ruleset.ts';

/** An agent on which `nft -i` answers each line by that. */
function agentSaying(answer: (line: string) => string): AgentStream {
  const spawn = (_script: string, { onStdout }: JobOutput): Job => ({
    write(data) {
      for (const line of data.toString().trimEnd().split('\n')) onStdout(Buffer.from(answer(line)));
    },
    end: () => undefined,
    kill: () => undefined,
    exited: new Promise(() => undefined),
  });
  const withdraw = () => Promise.resolve();
  return { spawn, run: () => Promise.resolve(''), cure: () => Promise.resolve(withdraw), close: () => undefined };
}

const PLACE = { family: 'bridge', table: 'links' } as const;
const LISTING = 'table bridge links {\n\tset answered {\n\t\ttype mark\n\t}\n}\n';

it('an agent without NET_ADMIN is told in a sentence, and does not keep one waiting', async () => {
  // Word for word what nft 1.0.6 says then, of every line.
  const refused =
    'Operation not permitted (you must be root)\nnetlink: Error: cache initialization failed: Operation not permitted\n';
  await expect(
    openRuleset(
      agentSaying(() => refused),
      PLACE,
    ),
  ).rejects.toThrow('the agent may not change the rules of the network (NET_ADMIN): nft is not permitted to');
});

it('a command that nft complains of rejects with its words, and the next one is answered by its own', async () => {
  const complaint = 'Error: No such file or directory\nflush set bridge links cut4\n                       ^^^^\n';
  const agent = agentSaying((line) =>
    line.startsWith('list set') ? LISTING : line.startsWith('flush') ? complaint : '',
  );
  const ruleset = await openRuleset(agent, PLACE);
  await expect(ruleset.apply('flush set bridge links cut4')).rejects.toThrow(/nft: Error: No such file/);
  await expect(ruleset.apply('add element bridge links cut4 { 10.0.0.1 }')).resolves.toBeUndefined();
});

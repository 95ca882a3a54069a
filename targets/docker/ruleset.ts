/**
 * One nft table that lives exactly as long as the process that holds it.
 *
 * A standing `nft -i` takes commands, so a change costs one transaction and no start of a process. The table carries
 * `flags owner` (Linux 5.12): the kernel removes it with its last handle, however the holder ends, and lets no other
 * process change it. Where the kernel does not know that flag, a cure of the agent removes the table instead.
 */
import { converse, type AgentStream } from './agent/index.ts';

export interface Ruleset extends AsyncDisposable {
  /** Carries out commands, separated by `;`, in one transaction. Rejects with what nft complains of; nothing is done then. */
  apply(commands: string): Promise<void>;
  /** What is in force now, as nft prints it. */
  list(): Promise<string>;
}

/** Where the commands are carried out: the agent's own (the host's) network namespace, or that of a process. */
export interface RulesetPlace {
  readonly family: 'bridge' | 'inet';
  readonly table: string;
  /** A process whose network namespace holds the table; the host's if absent. */
  readonly pid?: number;
}

/** Rejects where the kernel has no nf_tables or not this family, or where the agent may not use it. */
export async function openRuleset(agent: AgentStream, place: RulesetPlace): Promise<Ruleset> {
  const table = `${place.family} ${place.table}`;
  const prefix = place.pid === undefined ? '' : `nsenter -t ${place.pid} -n `;
  const withdraw = await agent.cure(`${prefix}nft delete table ${table}`);
  const held = hold(agent, prefix, table);
  const prepare = `add set ${table} answered { type mark; }`;
  try {
    await held.ask(`add table ${table} { flags owner; }; ${prepare}`).catch(async (refusal: unknown) => {
      // An owner's table that is there already, or a kernel without the flag: the plain form tells which.
      await held.ask(`add table ${table}; ${prepare}`).catch(() => Promise.reject(refusal as Error));
    });
  } catch (error) {
    held.end();
    await withdraw();
    throw error;
  }
  return {
    async apply(commands) {
      await held.ask(commands);
    },
    list: () => held.ask(`list table ${table}`),
    async [Symbol.asyncDispose]() {
      await held.ask(`delete table ${table}`).catch(() => undefined);
      held.end();
      await withdraw();
    },
  };
}

/**
 * Every question is followed by a listing of this set, or by nft's complaint that there is none: that ends the answer. An
 * nft that is refused what it must know first (it has no NET_ADMIN) says so instead, of each line that it is given.
 */
const MARKER =
  /^table [^\n]*\{[^\n]*\n\tset answered \{\n\t\ttype mark\n\t\}\n\}\n|^Error: [^\n]*\nlist set [^\n]* answered\n[^\n]*\n|(?<=^netlink: Error: cache initialization failed: [^\n]*)\n/m;

function hold(agent: AgentStream, prefix: string, table: string) {
  // Both outputs in one pipe keep complaints in their order, and line buffering keeps the last line from waiting.
  const nft = converse(agent, `exec ${prefix}stdbuf -oL nft -i 2>&1`, MARKER);
  return {
    async ask(commands: string) {
      const answer = await nft.ask(`${commands}\nlist set ${table} answered`);
      if (/^netlink: Error: .*not permitted/m.test(answer)) {
        throw new Error('the agent may not change the rules of the network (NET_ADMIN): nft is not permitted to');
      }
      if (/^(netlink: )?Error: /m.test(answer)) throw new Error(`nft: ${answer.trim()}`);
      return answer;
    },
    end: () => nft.end(),
  };
}

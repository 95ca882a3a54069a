/**
 * Ctrl-C: the first asks a trial to heal, keep its history and tear down, or a check to end with what it has; the second
 * forces the end.
 *
 * Even then nothing stays harmed: the agent heals when its stream to us ends, and `ordeal clean` removes the containers.
 */
import { EXIT } from './exit.ts';

/** Runs `work` with a signal that the first interrupt aborts, after `tell`; returns whether there was one. */
export async function interruptible(
  work: (signal: AbortSignal) => Promise<void>,
  tell: (message: string) => void,
  message = 'interrupted: healing the faults and taking the cluster down; once more to force the end',
): Promise<boolean> {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    tell(message);
    controller.abort(new Error('interrupted'));
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
  return controller.signal.aborted;
}

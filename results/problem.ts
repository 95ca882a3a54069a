/**
 * A failure that the person at the keyboard can do something about.
 *
 * It ends in one clear sentence and its remedy, never in a stack trace: the command line prints both and exits.
 * Anything else that is thrown is a defect of ours and keeps its stack.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  /** What to do about it: a sentence, or a command to run. */
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}

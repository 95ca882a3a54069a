/** What is said of a violation: its name, a sentence, and who witnesses it. */
export interface Finding {
  readonly kind: string;
  /** Without a full stop, without the key. */
  readonly sentence: string;
  /** Rows, the clearest first. */
  readonly witnesses: readonly number[];
}

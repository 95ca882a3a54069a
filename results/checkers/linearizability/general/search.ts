/** What a search is to those that race it: it works in slices, and can be asked how far it came. */
export interface Search {
  /** Goes on for about so many configurations; undefined while it has not decided. */
  run(configurations: number): Found | undefined;
  /** Memory held, that of moves apart. */
  bytes(): number;
  reached(): Reached;
}

export type Found =
  /** Rows in an order that the model accepts. */
  | { readonly judgement: 'valid'; readonly order: readonly number[] }
  /** Nothing gets past the event at index `cut`; `longest` are the rows of an order that comes closest. */
  | { readonly judgement: 'invalid'; readonly cut: number; readonly longest: readonly number[] };

export interface Reached {
  /** Event index before which all can be placed; -1 if that is not known. */
  readonly at: number;
  /** Operations placed by then. */
  readonly placed: number;
}

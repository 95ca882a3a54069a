/** Histories of other tools: in by content, out to Jepsen's EDN. */
export { type AnyOptions, type Format, parseAnyHistory, readAnyHistory } from './any.ts';
export { writeJepsen } from './jepsen.ts';

/** Histories of other tools: in by content, out as JSONL or Jepsen's EDN. */
export { type AnyOptions, type Format, parseAnyHistory, readAnyHistory } from './any.ts';
export { type ExportFormat, exportLines, EXPORTS } from './export.ts';

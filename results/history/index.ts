/** The history: events on disk and in memory, live and back, in our format and in others'. */
export * from './event.ts';
export * from './fault-event.ts';
export * from './history.ts';
export { type BuilderOptions, fromEvents, HistoryBuilder } from './builder.ts';
export { eventAt, eventsOf, type Operation, operationAt, rowOfEvent, rowOfInvoke } from './operation.ts';
export { openRecorder, type Recorder } from './recorder.ts';
export { parseHistory, readHistory, type ReadOptions, writeHistory } from './jsonl.ts';
export { loadHistory, type LoadOptions } from './load.ts';
export { writeLines } from './lines-file.ts';
export * from './formats/index.ts';

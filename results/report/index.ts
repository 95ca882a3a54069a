export { writeReport } from './html.ts';
export { titleText, verdictText } from './terminal.ts';

/** Results in, a report for people out. */
export { compareReports, renderReport } from './render-report.js';
export { verdictLines } from './terminal.js';

/** Results in, a report for people out. */
export { renderReport } from './render-report.js';
export { compareReports } from './compare/compare-reports.js';
export { verdictLines } from './terminal.js';

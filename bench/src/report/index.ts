/** Results in, a report for people out. */
export { PUBLISHED, renderIndex, renderNewest, whyNotPublished } from './published.js';
export { compareReports, renderReport } from './render-report.js';
export { verdictLines } from './terminal.js';

/** Does the generator find what is known to be there (method rule 5)? */
export { runSelfcheck, SELFCHECK_DEFAULTS, type SelfcheckOptions, type SelfcheckRow } from './run-selfcheck.js';

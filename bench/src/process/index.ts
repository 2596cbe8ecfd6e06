/** One way to start processes: servers, the load generator and its helpers, the bare engine, builds. */
export { launch, launchScript, launchServer, NO_COMMAND, type Command, type Launched, type Limits } from './launch.js';
export { runToEnd } from './run-to-end.js';
export { whyNoMemoryLimit } from './memory-limit.js';
export { freePort } from './free-port.js';
export { temporaryFolder } from './temporary-folder.js';
export { setUp, SETUP, STDERR } from './set-up.js';

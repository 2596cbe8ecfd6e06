import { fileURLToPath } from 'node:url';
import type { Contestant } from '../record/index.js';
import { runningInstance, type ContestantDefinition } from './definition.js';
import { limits } from './limits.js';
import { modelEnvironment, startOwnService } from './own-service.js';

const DIST = fileURLToPath(new URL('../../../flask-style-server/dist/', import.meta.url));

/** What work makes of it: id, what it adds, its folder below scaled/, and its settings. */
const SCALED: readonly (readonly [id: string, adds: string, folder: string, env?: Record<string, string>])[] = [
  ['flask-processes', '2 processes', 'processes', { STUDY_PROCESSES: '2' }],
  ['flask-threads', '2 worker threads', 'threads', { STUDY_THREADS: '2' }],
  ['flask-session', 'asynchronous session', 'session'],
  ['flask-micro-batching', 'micro-batching', 'micro-batching'],
  ['flask-reload', 'reload by hand', 'reload'],
];

/** The model loaded by hand in an Express process, as a Flask app does; and what more work makes of it. */
export const FLASK_STYLES: readonly ContestantDefinition[] = [
  flaskStyle('flask-style', 'Flask style (Express, model in process)', 'subject', 'main.js'),
  ...SCALED.map(([id, adds, folder, env]) =>
    flaskStyle(id, `Flask style, ${adds}`, 'variant', `scaled/${folder}/main.js`, env),
  ),
];

/** `main`: entry point below flask-style-server/dist. */
function flaskStyle(
  id: string,
  label: string,
  role: Contestant['role'],
  main: string,
  env: Readonly<Record<string, string>> = {},
): ContestantDefinition {
  return {
    id,
    label,
    role,
    family: 'flask-style',
    protocol: 'rest',
    onServing: false,
    startMs: 2000,
    async start(launch, context) {
      const started = await startOwnService({
        name: id,
        args: [`${DIST}${main}`],
        env: { ...modelEnvironment(launch), ...env },
        ...limits(launch),
        logFile: context.logFile,
      });
      return runningInstance(this, launch, context, {
        ...started,
        // With several processes the page is that of whichever answers.
        ownMetricsUrl: id === 'flask-processes' ? undefined : started.ownMetricsUrl,
      });
    },
  };
}

import { fileURLToPath } from 'node:url';
import type { Contestant } from '../record/index.js';
import { contestantRecord, type ContestantDefinition } from './definition.js';
import { limits } from './limits.js';
import { modelEnvironment, startOwnService } from './own-service.js';

const DIST = fileURLToPath(new URL('../../../flask-style-server/dist/', import.meta.url));

interface Style {
  readonly id: string;
  readonly label: string;
  readonly role: Contestant['role'];
  /** Entry point below flask-style-server/dist. */
  readonly main: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The model loaded by hand in an Express process, as a Flask app does; and what more work makes of it (scaled/). */
export const FLASK_STYLES: readonly ContestantDefinition[] = [
  flaskStyle({ id: 'flask-style', label: 'Flask style (Express, model in process)', role: 'subject', main: 'main.js' }),
  flaskStyle({
    id: 'flask-processes',
    label: 'Flask style, 2 processes',
    role: 'variant',
    main: 'scaled/processes/main.js',
    env: { STUDY_PROCESSES: '2' },
  }),
  flaskStyle({
    id: 'flask-threads',
    label: 'Flask style, 2 worker threads',
    role: 'variant',
    main: 'scaled/threads/main.js',
    env: { STUDY_THREADS: '2' },
  }),
  flaskStyle({
    id: 'flask-session',
    label: 'Flask style, asynchronous session',
    role: 'variant',
    main: 'scaled/session/main.js',
  }),
  flaskStyle({
    id: 'flask-micro-batching',
    label: 'Flask style, micro-batching',
    role: 'variant',
    main: 'scaled/micro-batching/main.js',
  }),
  flaskStyle({
    id: 'flask-reload',
    label: 'Flask style, reload by hand',
    role: 'variant',
    main: 'scaled/reload/main.js',
  }),
];

function flaskStyle({ id, label, role, main, env = {} }: Style): ContestantDefinition {
  return {
    id,
    label,
    role,
    family: 'flask-style',
    protocol: 'rest',
    onServing: false,
    startMs: 2000,
    missing: () => undefined,
    async start(launch, context) {
      const { server, url, readyMs } = await startOwnService({
        name: id,
        args: [`${DIST}${main}`],
        env: { ...modelEnvironment(launch), ...env },
        ...limits(launch),
        logFile: context.logFile,
      });
      return {
        contestant: contestantRecord(this, context, server.commandLine),
        launch,
        startedHere: true,
        startedAll: true,
        target: { kind: 'rest', url },
        processes: [{ name: id, pid: server.pid }],
        // With several processes the page is that of whichever answers.
        ...(id === 'flask-processes' ? {} : { ownMetricsUrl: `${url}/metrics` }),
        readyMs,
        stop: () => server.stop(),
      };
    },
  };
}

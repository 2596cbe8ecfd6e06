import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { contestantRecord, type ContestantDefinition } from './definition.js';
import { freePort } from './free-port.js';
import { limits } from './limits.js';
import { modelEnvironment } from './own-service.js';
import { launchServer } from '../process/index.js';
import { modelIsAvailable } from './serving/start-serving.js';

const FOLDER = fileURLToPath(new URL('../../../flask-control', import.meta.url));
const PYTHON = fileURLToPath(new URL('../../../.cache/venv/bin/python', import.meta.url));
/** Importing TensorFlow in Python takes seconds on a small machine. */
const START_LIMIT_MS = 180_000;

/** The real Flask under gunicorn: shows how well Express stands in for it. */
export function flaskControl(
  id: string,
  label: string,
  role: 'control' | 'variant',
  workers: number,
  threads: number,
): ContestantDefinition {
  return {
    id,
    label,
    role,
    family: 'flask-style',
    protocol: 'rest',
    onServing: false,
    // Python imports TensorFlow slowly.
    startMs: 5000,
    missing: () =>
      existsSync(PYTHON)
        ? undefined
        : 'there is no Python environment with Flask: run npm run setup, or npm run doctor to see what is missing',
    async start(launch, context) {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const gunicorn = { '--workers': workers, '--threads': threads, '--timeout': 120, '--bind': `127.0.0.1:${port}` };
      const { server, readyMs } = await launchServer(
        {
          name: id,
          command: PYTHON,
          args: ['-m', 'gunicorn', '--chdir', FOLDER, ...Object.entries(gunicorn).flat().map(String), 'app:app'],
          env: { ...modelEnvironment(launch), PYTHONUNBUFFERED: '1' },
          ...limits(launch),
          logFile: context.logFile,
        },
        (started) => started.waitUntil(() => modelIsAvailable(url, launch.model), START_LIMIT_MS),
      );
      return {
        contestant: contestantRecord(this, context, server.commandLine),
        launch,
        startedHere: true,
        startedAll: true,
        target: { kind: 'rest', url, headers: {} },
        processes: [{ name: id, pid: server.pid }],
        readyMs,
        stop: () => server.stop(),
      };
    },
  };
}

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ofProcess, runningInstance, type ContestantDefinition } from './definition.js';
import { limits } from './limits.js';
import { modelEnvironment } from './own-service.js';
import { freePort, launchServer } from '../process/index.js';
import { modelIsAvailable } from './serving/start-serving.js';

const FOLDER = fileURLToPath(new URL('../../../flask-control', import.meta.url));
const BIN = fileURLToPath(new URL('../../../.cache/venv/bin/', import.meta.url));
/** Importing TensorFlow in Python takes seconds on a small machine. */
const START_LIMIT_MS = 180_000;

interface PythonServer extends Pick<ContestantDefinition, 'id' | 'label' | 'role'> {
  /** The program that runs the application. */
  readonly runner: 'gunicorn' | 'uvicorn';
  /** Its arguments: it finds the application in `FOLDER`. */
  readonly args: (port: number) => readonly string[];
}

/** The real Flask under gunicorn shows how well Express stands in for it. FastAPI does the same work: is Flask slow, or Python? */
export const PYTHON_SERVERS: readonly ContestantDefinition[] = [
  flask('flask-control', '1 worker', 'control', ['--workers', '1', '--threads', '1']),
  flask('flask-control-2-workers', '2 workers', 'variant', ['--workers', '2', '--threads', '1']),
  flask('flask-control-4-threads', '1 worker, 4 threads', 'variant', ['--workers', '1', '--threads', '4']),
  pythonServer({
    id: 'fastapi',
    label: 'FastAPI (uvicorn, 1 process)',
    role: 'variant',
    runner: 'uvicorn',
    args: (port) => [
      ...['--app-dir', FOLDER],
      ...['--host', '127.0.0.1', '--port', String(port)],
      // gunicorn writes no access log either; connections live as long as those of our own servers.
      ...['--no-access-log', '--timeout-keep-alive', '75'],
      'fastapi_app:app',
    ],
  }),
];

function flask(
  id: string,
  size: string,
  role: ContestantDefinition['role'],
  sizes: readonly string[],
): ContestantDefinition {
  return pythonServer({
    id,
    label: `Flask (gunicorn, ${size})`,
    role,
    runner: 'gunicorn',
    args: (port) => [
      ...['--chdir', FOLDER],
      ...['--bind', `127.0.0.1:${port}`],
      ...sizes,
      ...['--timeout', '120'],
      'app:app',
    ],
  });
}

/** The model in Python (flask-control/), in the environment that set-up makes. */
function pythonServer({ id, label, role, runner, args }: PythonServer): ContestantDefinition {
  return {
    id,
    label,
    role,
    family: 'flask-style',
    protocol: 'rest',
    onServing: false,
    inPython: true,
    // Python imports TensorFlow slowly.
    startMs: 5000,
    missing: () =>
      existsSync(`${BIN}${runner}`)
        ? undefined
        : `there is no Python environment with ${runner}: run npm run setup, or npm run doctor to see what is missing`,
    async start(launch, context) {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const started = await launchServer(
        {
          name: id,
          command: `${BIN}python`,
          args: ['-m', runner, ...args(port)],
          env: { ...modelEnvironment(launch), PYTHONUNBUFFERED: '1' },
          ...limits(launch),
          logFile: context.logFile,
        },
        (server) => server.waitUntil(() => modelIsAvailable(url, launch.model), START_LIMIT_MS),
      );
      return runningInstance(this, launch, context, { ...ofProcess(id, started), target: { kind: 'rest', url } });
    },
  };
}

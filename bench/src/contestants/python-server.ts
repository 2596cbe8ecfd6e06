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

export interface PythonServer {
  readonly id: string;
  readonly label: string;
  readonly role: 'control' | 'variant';
  /** The program that runs the application. */
  readonly runner: 'gunicorn' | 'uvicorn';
  /** Its arguments: it finds the application in `folder`. */
  readonly args: (folder: string, port: number) => readonly string[];
}

/** The model in Python (flask-control/), in the environment that set-up makes. */
export function pythonServer({ id, label, role, runner, args }: PythonServer): ContestantDefinition {
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
          args: ['-m', runner, ...args(FOLDER, port)],
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

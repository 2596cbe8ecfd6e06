import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '@serving-study/bench';
import { isListening } from '../conformance/is-listening.js';
import { startServer, type ServerProcess } from '../conformance/server-process.js';
import { STANDIN } from '../conformance/standin-program.js';
import { FLASK_CONTROL, PROGRAMS, PYTHON, missingPython } from './programs.js';
import { upstreamsOf } from './proxies.js';
import { startService } from './service-process.js';
import { until } from './until.js';

export interface ServedModel {
  readonly name: string;
  readonly basePath: string;
}

export interface RunningContestant {
  readonly url: string;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** A way to serve a model that the behaviour suite is run against. */
export interface Contestant {
  readonly name: string;
  /** One of our own Express services: health, metrics and timing are there too. */
  readonly isOurs: boolean;
  /** Why it cannot run here. */
  readonly missing: string | undefined;
  /** Cases that it answers differently, with the reason. */
  readonly differences: Readonly<Record<string, string>>;
  start(model: ServedModel): Promise<RunningContestant>;
}

/** Serves a model with the stand-in, where TensorFlow Serving would be. */
export async function startStandin(
  { name, basePath }: ServedModel,
  ...flags: string[]
): Promise<ServerProcess & AsyncDisposable> {
  const server = await startServer(STANDIN, [`--model_name=${name}`, `--model_base_path=${basePath}`, ...flags]);
  await server.ready();
  return { ...server, [Symbol.asyncDispose]: () => server.stop() };
}

export const CONTESTANTS: readonly Contestant[] = [
  flaskStyle('flask-style'),
  flaskStyle('flask-style processes'),
  flaskStyle('flask-style threads'),
  flaskStyle('flask-style session'),
  flaskStyle('flask-style micro-batching'),
  flaskStyle('flask-style reload'),
  inPython('flask-control', 'gunicorn', (port) => [
    ...['--chdir', FLASK_CONTROL, '--bind', `127.0.0.1:${port}`, '--no-control-socket', '--timeout', '120'],
    'app:app',
  ]),
  inPython('fastapi', 'uvicorn', (port) => [
    ...['--app-dir', FLASK_CONTROL, '--port', String(port)],
    'fastapi_app:app',
  ]),
  {
    name: 'stand-in',
    isOurs: false,
    missing: undefined,
    differences: {},
    start: async (model: ServedModel): Promise<RunningContestant> => {
      const server = await startStandin(model);
      return { url: `http://${server.host}:${server.restPort}`, headers: {}, stop: () => server.stop() };
    },
  },
  proxy('proxy', 'grpc'),
  proxy('proxy', 'rest'),
  proxy('tuned proxy', 'grpc'),
  proxy('tuned proxy', 'rest'),
];

function flaskStyle(name: keyof typeof PROGRAMS): Contestant {
  return {
    name,
    isOurs: true,
    missing: undefined,
    differences: {},
    start: async (model) => {
      const service = await startService(PROGRAMS[name], {
        STUDY_MODEL_NAME: model.name,
        STUDY_MODEL_BASE_PATH: model.basePath,
      });
      return {
        url: service.url,
        headers: {},
        stop: async () => {
          await service.stop();
        },
      };
    },
  };
}

function proxy(program: 'proxy' | 'tuned proxy', upstream: 'grpc' | 'rest'): Contestant {
  return {
    name: `${program} by ${upstream}`,
    isOurs: true,
    missing: undefined,
    differences: {},
    start: async (model) => {
      const server = await startStandin(model);
      const service = await startService(PROGRAMS[program], upstreamsOf(server));
      return {
        url: service.url,
        headers: { 'x-study-upstream': upstream },
        stop: async () => {
          await service.stop();
          await server.stop();
        },
      };
    },
  };
}

function inPython(name: string, runner: 'gunicorn' | 'uvicorn', args: (port: number) => readonly string[]): Contestant {
  return {
    name,
    isOurs: false,
    missing: missingPython(runner),
    differences: {
      metadata: 'a tutorial has none',
      'a boolean for a number': 'tf.constant takes booleans for numbers',
    },
    start: async (model) => {
      const port = await freePort();
      const child = spawn(PYTHON, ['-m', runner, ...args(port)], {
        env: {
          ...process.env,
          TF_CPP_MIN_LOG_LEVEL: '3',
          STUDY_MODEL_NAME: model.name,
          STUDY_MODEL_BASE_PATH: model.basePath,
        },
        stdio: 'ignore',
      });
      const ended = once(child, 'close');
      process.once('exit', () => child.kill('SIGKILL'));
      const url = `http://127.0.0.1:${port}`;
      // gunicorn listens before its worker has loaded the model
      await until(
        async () => (await isListening('127.0.0.1', port)) && (await fetch(`${url}/healthz`)).ok,
        `${name} answers`,
        180_000,
      );
      return {
        url,
        headers: {},
        stop: async () => {
          child.kill('SIGTERM');
          await ended;
        },
      };
    },
  };
}

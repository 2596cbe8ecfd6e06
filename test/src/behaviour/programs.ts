import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FLASK_STYLE = import.meta.resolve('@serving-study/flask-style-server');

const TFSERVING_PROXY = import.meta.resolve('@serving-study/tfserving-proxy');

/** Entry points of the services under test. */
export const PROGRAMS = {
  'flask-style': fileURLToPath(new URL('main.js', FLASK_STYLE)),
  'flask-style processes': scaled('processes'),
  'flask-style threads': scaled('threads'),
  'flask-style session': scaled('session'),
  'flask-style micro-batching': scaled('micro-batching'),
  'flask-style reload': scaled('reload'),
  proxy: fileURLToPath(new URL('main.js', TFSERVING_PROXY)),
  'tuned proxy': fileURLToPath(new URL('tuned/main.js', TFSERVING_PROXY)),
} as const;

export const FLASK_CONTROL = fileURLToPath(new URL('../../../flask-control', import.meta.url));
export const PYTHON = fileURLToPath(new URL('../../../.cache/venv/bin/python', import.meta.url));

/** Why gunicorn or uvicorn cannot be started here; undefined when it can. */
export function missingPython(runner: 'gunicorn' | 'uvicorn'): string | undefined {
  return existsSync(join(dirname(PYTHON), runner))
    ? undefined
    : `no Python environment with ${runner} (.cache/venv); npm run setup makes it where Python is`;
}

function scaled(variant: string): string {
  return fileURLToPath(new URL(`scaled/${variant}/main.js`, FLASK_STYLE));
}

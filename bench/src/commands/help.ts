import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { CATALOGUE } from '../contestants/index.js';
import { QUESTIONS } from '../questions/index.js';

export const DEFAULT_IMAGE = 'tensorflow/serving:2.20.0';

export const VERSION = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))).version;

export const STUDY_EXAMPLES = [
  'npm run study -- --profile standard --only headline,capacity',
  'npm run study -- --contestants flask-style,direct-rest --fail-on "p99(headline/flask-style)>20" --json',
];
export const BENCH_EXAMPLES = [
  'npm run bench -- --targets flask-style=http://127.0.0.1:8601,proxy-grpc=http://127.0.0.1:8602 --tfserving-url http://127.0.0.1:8501',
  'npm run bench -- --targets flask-style=http://127.0.0.1:8601 --only headline --dry-run',
];

/** What stands below the options of a command that measures. */
export function runHelp(examples: readonly string[]): string {
  const ids = (all: readonly { readonly id: string }[]): string => all.map(({ id }) => `  ${id}\n`).join('');
  return `
Experiments (docs/experiments.md has their claims):
${ids(QUESTIONS)}
Contestants:
${ids(CATALOGUE)}
Environment:
  TFSERVING_BIN    a tensorflow_model_server binary (default: the one on the PATH)
  TFSERVING_IMAGE  image of TensorFlow Serving for a container engine (default: ${DEFAULT_IMAGE})

Exit status: 0 valid, 1 wrong options or a failure, 2 nothing valid, 3 a threshold of --fail-on missed.

Examples:
${examples.map((each) => `  ${each}\n`).join('')}`;
}

// Everything a person would forget: format, types, lint, arrows and cycles, dead code. One line per step, all steps always run.
import { spawnSync } from 'node:child_process';

const STEPS = [
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['types', 'tsc', ['-b']],
  ['lint', 'eslint', ['.', '--max-warnings', '0']],
  [
    'arrows and cycles',
    'depcruise',
    [
      '--config',
      '.dependency-cruiser.cjs',
      'protos/src',
      'http2/src',
      'runtime/src',
      'setup/src',
      'serving-kit/src',
      'predict-json/src',
      'tfserving-json/src',
      'flask-style-server/src',
      'tfserving-proxy/src',
      'tfserving-standin/src',
      'bench/src',
      'test/src',
    ],
  ],
  ['dead code', 'knip', []],
];

const failed = [];
for (const [name, bin, args] of STEPS) {
  const started = Date.now();
  const { status } = spawnSync('npx', ['--no-install', bin, ...args], { stdio: 'inherit' });
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.error(`check failed: ${failed.join(', ')}`);
  process.exit(1);
}

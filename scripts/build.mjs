// Compiles every workspace (TypeScript project references: only what changed is compiled again) and says so when it takes time.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const started = Date.now();
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
if (process.stdout.isTTY) process.stdout.write('Compiling TypeScript… ');
const { status } = spawnSync(process.execPath, [tsc, '-b', ...process.argv.slice(2)], { stdio: 'inherit' });
if (process.stdout.isTTY) process.stdout.write(`${((Date.now() - started) / 1000).toFixed(1)} s\n`);
process.exit(status ?? 1);

import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { docker, environment, PROJECT, SKIP } from './docker.js';

const run = promisify(execFile);
const LIMIT_MS = 300_000;
const REPORTS = join(PROJECT, 'reports');

for (const [page, own] of [
  // on the ports that the page names
  ['compose.md', { FLASK_STYLE_PORT: '', PROXY_PORT: '', COMPOSE_PROJECT_NAME: `study-docs-${process.pid}` }],
  ['swarm.md', { FLASK_STYLE_PORT: '', PROXY_PORT: '' }],
] as const)
  describe(`the commands of docs/running/${page}`, { skip: SKIP }, () => {
    const env = environment(own);
    let reports: string[] = [];
    before(async () => {
      await mkdir(REPORTS, { recursive: true });
      reports = await readdir(REPORTS);
    });
    after(async () => {
      for (const each of await readdir(REPORTS))
        if (!reports.includes(each)) await rm(join(REPORTS, each), { recursive: true });
      if (page === 'compose.md') await docker(['compose', '--profile', '*', 'down', '--volumes'], own);
    });

    it('work, one after the other', async (t) => {
      const text = await readFile(join(PROJECT, 'docs', 'running', page), 'utf8');
      for (const [, block = ''] of text.matchAll(/^```sh\n(.*?)^```$/gms))
        for (const command of block.trim().split('\n')) {
          const startedAtMs = performance.now();
          await run('bash', ['-euo', 'pipefail', '-c', command], { cwd: PROJECT, env, timeout: LIMIT_MS }).catch(
            (error: unknown) => {
              throw new Error(`${command} failed: ${String((error as { stderr?: string }).stderr)}`, { cause: error });
            },
          );
          t.diagnostic(`${((performance.now() - startedAtMs) / 1000).toFixed(1)} s: ${command}`);
        }
    });
  });

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { it } from 'node:test';

const PROJECT = new URL('../../../', import.meta.url);
const FILES = ['docker-compose.yml', 'compose.gpu.yml', 'compose.limits.yml', 'deploy/swarm/stack.yml'];

const read = (file: string): Promise<string> => readFile(new URL(file, PROJECT), 'utf8');

it('.env.example has every variable of the compose files, with the default that they have', async () => {
  const used = new Map<string, string>();
  for (const file of FILES)
    for (const [, name = '', byDefault = ''] of (await read(file)).matchAll(/\$\{([A-Z0-9_]+):-([^}]*)\}/g)) {
      const value = byDefault.replace('../../', './'); // the stack file is two folders down
      assert.equal(used.get(name) ?? value, value, `${name} in ${file} has another default than elsewhere`);
      used.set(name, value);
    }
  const told = [...(await read('.env.example')).matchAll(/^([A-Z0-9_]+)=(.*)$/gm)].map(([, name, value]) => [
    name,
    value,
  ]);
  assert.deepEqual(Object.fromEntries(told), Object.fromEntries(used));
});

it('no compose file has a variable without a default', async () => {
  for (const file of FILES) assert.doesNotMatch(await read(file), /(?<!\$)\$(?:\{[A-Z0-9_]+\}|[A-Z_])/);
});

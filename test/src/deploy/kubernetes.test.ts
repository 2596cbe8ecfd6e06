import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

const KUBERNETES = fileURLToPath(new URL('../../../deploy/kubernetes', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));
const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const COMPILER = { compilerOptions: { noEmit: true, strict: true, skipLibCheck: true, module: 'nodenext', types: [] } };
const skip =
  spawnSync('kubectl', ['kustomize', '--help']).status !== 0 && 'kubectl, which builds overlays, is not installed';

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

function objectsOf(text: string): KubernetesObject[] {
  return parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
}

/** What kustomize makes of a folder. */
function built(...folder: readonly string[]): KubernetesObject[] {
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', join(KUBERNETES, ...folder)], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return objectsOf(stdout);
}

/** Holds the values of objects against the API's schemas. */
async function assertValues(objects: readonly KubernetesObject[]): Promise<void> {
  for (const object of objects) {
    const { apiVersion, kind } = object;
    const module = (await import(`kubernetes-models/${apiVersion}`)) as Record<string, ModelClass | undefined>;
    const Model = module[kind];
    assert.ok(Model !== undefined, `${apiVersion} has no ${kind}`);
    new Model(object).validate();
  }
}

/** Holds objects against the types of the same package: its schemas take fields that the API does not have. */
async function assertFields(objects: readonly KubernetesObject[]): Promise<void> {
  const lines = objects.flatMap((object, at) => [
    `import type { I${object.kind} as Kind${at} } from 'kubernetes-models/${object.apiVersion}';`,
    `export const object${at}: Kind${at} = ${JSON.stringify(object)};`,
  ]);
  const folder = await mkdtemp(join(HERE, 'objects-'));
  try {
    await writeFile(join(folder, 'objects.mts'), lines.join('\n'));
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(COMPILER));
    const { stdout } = spawnSync(process.execPath, [TSC, '-p', folder], { encoding: 'utf8' });
    assert.equal(stdout, '');
  } finally {
    await rm(folder, { recursive: true });
  }
}

type ModelClass = new (object: KubernetesObject) => { validate(): void };

describe("Kubernetes' objects", () => {
  it('of the base are as the API wants them', async () => {
    const files = (await readdir(join(KUBERNETES, 'base'))).filter((name) => name !== 'kustomization.yaml');
    const texts = await Promise.all(files.map((name) => readFile(join(KUBERNETES, 'base', name), 'utf8')));
    const objects = texts.flatMap(objectsOf);
    await assertValues(objects);
    await assertFields(objects);
  });

  it('of the overlays and of the generators are as the API wants them', { skip }, async () => {
    const [cpu, gpu, generators] = [built('overlays', 'cpu'), built('overlays', 'gpu'), built('generators')];
    const objects = [...cpu, ...gpu, ...generators];
    await assertValues(objects);
    await assertFields(objects);
    const scalesServing = ({ kind, metadata }: KubernetesObject): boolean =>
      kind === 'HorizontalPodAutoscaler' && metadata.name === 'tfserving';
    assert.deepEqual([cpu.some(scalesServing), gpu.some(scalesServing)], [true, false]);
  });

  it('with a field that the API does not have, or a wrong value, are found', async () => {
    const object = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' } };
    await assert.rejects(
      assertFields([{ ...object, spec: { port: [] } } as KubernetesObject]),
      /"port"' does not exist/,
    );
    await assert.rejects(
      assertValues([{ ...object, spec: { ports: [{ port: 'x' }] } } as KubernetesObject]),
      /integer/,
    );
  });
});

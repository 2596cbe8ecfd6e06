import { existsSync } from 'node:fs';
import {
  ensureModel,
  findModel,
  modelBasePath,
  modelPath,
  PYTHON,
  readGolden,
  readManifest,
  versionOf,
  type ManifestModel,
} from '../models/index.js';
import type { Cell, ModelFacts, OwnModel } from '../record/index.js';
import { floatGolden, type GoldenSet } from '../requests/index.js';

/** The models as a study sees them: which can be had here, their facts, their golden cases. */
export interface Zoo {
  /** The user's own model, where the study is about it. */
  readonly own?: OwnModel;
  /** Models that are here or can be built, with their newest version. */
  readonly models: ReadonlyMap<string, ModelFacts>;
  /** Why a model of the manifest cannot be had here. */
  readonly missing: readonly { readonly subject: string; readonly reason: string }[];
  /** Builds what these cells need and is not there yet. Resolves to the models that failed, with the reason. */
  ensure(
    cells: readonly Pick<Cell, 'condition'>[],
    onProgress: (text: string) => void,
    signal: AbortSignal,
  ): Promise<{ subject: string; reason: string }[]>;
  /** Golden cases of one version; read once. */
  readonly golden: (model: string, version: number) => Promise<GoldenSet>;
  readonly basePath: (model: string) => string;
  /** Of one version: holds saved_model.pb. */
  readonly folder: (model: string, version: number) => string;
  /** SHA-256 of a version's files; as built when `ensure` built it, else the manifest's. */
  readonly digest: (model: string, version: number) => string;
}

/** What servers are started with, and what is right of them. */
export type ServedModels = Pick<Zoo, 'models' | 'golden' | 'basePath' | 'folder'>;

/** Reads the manifest. Models built on demand count as available where the Python environment is. */
export async function openZoo(): Promise<Zoo> {
  const manifest = await readManifest();
  const python = existsSync(PYTHON);
  const available = manifest.models.filter(
    (model) => model.location === 'committed' || python || existsSync(modelBasePath(model)),
  );
  const golden = new Map<string, Promise<GoldenSet>>();
  const built = new Map<string, string>();
  return {
    models: new Map(available.map((model) => [model.name, modelFacts(model)])),
    missing: manifest.models
      .filter((model) => !available.includes(model))
      .map(({ name }) => ({
        subject: name,
        reason:
          'the model is built on demand and there is no Python environment: run npm run setup, or npm run doctor to see what is missing',
      })),
    ensure: async (cells, onProgress, signal) => {
      const failed = [];
      for (const name of new Set(cells.map(({ condition }) => condition.model))) {
        const result = await ensureModel(name, {
          python: PYTHON,
          signal,
          onProgress: (line) => {
            onProgress(`building ${name}: ${line}`);
          },
        });
        if ('reason' in result) failed.push({ subject: name, reason: result.reason });
        else for (const [version, digest] of result.digests) built.set(`${name} ${version}`, digest);
      }
      return failed;
    },
    golden: (name, version) => {
      const key = `${name} ${version}`;
      const known = golden.get(key) ?? readGolden(findModel(manifest, name), version).then(floatGolden);
      golden.set(key, known);
      return known;
    },
    basePath: (name) => modelBasePath(findModel(manifest, name)),
    folder: (name, version) => modelPath(findModel(manifest, name), version),
    digest: (name, version) => built.get(`${name} ${version}`) ?? versionOf(findModel(manifest, name), version).sha256,
  };
}

/** What a study says of a model: of its newest version. */
export function modelFacts(model: ManifestModel): ModelFacts {
  const newest = Math.max(...model.versions.map(({ version }) => version));
  const { bytes, gzipBytes, accuracy } = versionOf(model, newest);
  return {
    name: model.name,
    version: newest,
    title: model.title,
    series: [...model.series],
    base: model.base,
    parameters: model.parameters,
    nonZeroParameters: model.nonZeroParameters,
    flopsPerInstance: model.flopsPerInstance,
    bytes,
    gzipBytes,
    accuracy: accuracy?.heldout.top1 ?? null,
  };
}

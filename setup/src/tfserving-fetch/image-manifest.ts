import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ImageReference } from './image-reference.js';
import { readBody, type RegistryClient } from './registry-client.js';

const descriptor = z.object({
  mediaType: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.int().min(0),
});
/** One layer of an image: a tar file, mostly compressed. */
export type Layer = z.infer<typeof descriptor>;

const index = z.object({
  manifests: z.array(
    descriptor.extend({ platform: z.object({ os: z.string(), architecture: z.string() }).optional() }),
  ),
});
const manifest = z.object({ layers: z.array(descriptor).min(1) });

const TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const LARGEST_BYTES = 4 * 2 ** 20;

export interface ImageContents {
  /** Of the index where there is one, else of the manifest: what pins the image. */
  readonly digest: string;
  /** The lowest first. */
  readonly layers: readonly Layer[];
}

/** The layers of an image for Linux on x86-64. Throws when the image has none for it, or is not what its digest says. */
export async function readManifest(registry: RegistryClient, image: ImageReference): Promise<ImageContents> {
  const top = await getJson(registry, image.digest ?? image.tag);
  if (image.digest !== undefined) requireDigest(top.digest, image.digest);
  const listed = index.safeParse(top.json);
  if (!listed.success) return { digest: top.digest, layers: layersOf(top.json) };
  const chosen = listed.data.manifests.find(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64',
  );
  if (chosen === undefined) {
    const there = listed.data.manifests.map(
      ({ platform }) => `${platform?.os ?? '?'}/${platform?.architecture ?? '?'}`,
    );
    throw new Error(`the image has nothing for linux/amd64, only ${there.join(', ') || 'an empty list'}`);
  }
  const { json, digest } = await getJson(registry, chosen.digest);
  requireDigest(digest, chosen.digest);
  return { digest: top.digest, layers: layersOf(json) };
}

async function getJson(registry: RegistryClient, reference: string): Promise<{ json: unknown; digest: string }> {
  const body = await readBody(await registry.get(`manifests/${reference}`, { accept: TYPES }), LARGEST_BYTES);
  if (body === undefined) throw new Error(`the manifest ${reference} has over 4 MiB: it is no manifest`);
  const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
  try {
    return { json: JSON.parse(body.toString()) as unknown, digest };
  } catch (cause) {
    throw new Error(`the manifest ${reference} is no JSON: is that the address of a registry?`, { cause });
  }
}

function layersOf(json: unknown): readonly Layer[] {
  const parsed = manifest.safeParse(json);
  if (!parsed.success) throw new Error('the manifest lists no layers: it is not that of a container image');
  return parsed.data.layers;
}

function requireDigest(found: string, wanted: string): void {
  if (found !== wanted) throw new Error(`the registry sent the manifest ${found} where ${wanted} was asked for`);
}

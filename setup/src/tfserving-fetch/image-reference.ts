/** An image as `docker pull` names it, and the registry to ask for it. */
export interface ImageReference {
  /** Base URL of the registry, without a path. */
  readonly registry: string;
  /** `tensorflow/serving`. */
  readonly repository: string;
  readonly tag: string;
  /** sha256 of the manifest or of the index, as `sha256:…`; undefined takes what the tag names. */
  readonly digest: string | undefined;
}

export const DEFAULT_IMAGE = 'docker.io/tensorflow/serving:2.20.0';

const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** Docker's own registry answers under another name than the one in its images' names. */
const DOCKER_HUB = 'registry-1.docker.io';

/**
 * Reads `[host/]name[:tag][@digest]`. `registry` (`host`, `host:port` or a URL) takes the place of the host. Registries on this
 * machine are asked by HTTP unless their URL says otherwise, as Docker does. Throws when something is not spelt as it must be.
 */
export function parseImage(text: string, registry?: string, digest?: string): ImageReference {
  const match = /^(?:([^/]*[.:][^/]*|localhost)\/)?([a-z0-9][a-z0-9._/-]*)(?::([\w][\w.-]*))?(?:@(.*))?$/.exec(text);
  const name = match?.[2];
  if (name === undefined) throw new Error(`"${text}" is not the name of an image such as ${DEFAULT_IMAGE}`);
  const wanted = digest ?? match?.[4];
  if (wanted !== undefined && !DIGEST.test(wanted))
    throw new Error(`"${wanted}" is not a digest: sha256: and 64 hexadecimal digits are wanted`);
  const base = registryUrl(registry ?? match?.[1] ?? 'docker.io');
  const isHub = new URL(base).hostname === DOCKER_HUB;
  return {
    registry: base,
    repository: isHub && !name.includes('/') ? `library/${name}` : name,
    tag: match?.[3] ?? 'latest',
    digest: wanted,
  };
}

/** `docker.io/tensorflow/serving:2.20.0`: for people, and to tell one fetched image from another. */
export function imageName({ registry, repository, tag }: ImageReference): string {
  const { host } = new URL(registry);
  return `${host === DOCKER_HUB ? 'docker.io' : host}/${repository}:${tag}`;
}

function registryUrl(text: string): string {
  const withScheme = /^https?:\/\//.test(text) ? text : `${isLocal(text) ? 'http' : 'https'}://${text}`;
  if (!URL.canParse(withScheme)) throw new Error(`"${text}" is not the address of a registry`);
  const { protocol, host, pathname } = new URL(withScheme);
  if (pathname !== '/')
    throw new Error(`the registry "${text}" has a path, which belongs in front of the image's name (--image)`);
  return `${protocol}//${['docker.io', 'index.docker.io'].includes(host) ? DOCKER_HUB : host}`;
}

function isLocal(host: string): boolean {
  return /^(localhost|127\.[\d.]+|\[::1\])(:\d+)?$/.test(host);
}

/** What an image has at a path. Contents are there for the files that may be wanted. */
export type ImageNode =
  | { readonly kind: 'folder' | 'device' }
  | { readonly kind: 'link'; readonly to: string }
  | { readonly kind: 'file'; readonly contents: string | undefined };

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** As Linux does. */
const MOST_LINKS = 40;

/**
 * The files of an image as its layers leave them, in memory: names of an archive never reach this machine's file system.
 * Layers: https://github.com/opencontainers/image-spec/blob/main/layer.md
 */
export class ImageTree {
  readonly #nodes = new Map<string, { readonly node: ImageNode; readonly layer: number }>();
  #layer = 0;

  /** What is put from here on lies above everything so far. */
  nextLayer(): void {
    this.#layer += 1;
  }

  /** Adds an entry of the layer, or takes away what it is a whiteout for. Throws when its name leaves the image. */
  put(name: string, node: ImageNode): void {
    const [folder, base] = this.#place(name);
    if (base === '') return;
    if (base === OPAQUE) this.#removeBelow(folder, true);
    else if (base.startsWith(WHITEOUT)) {
      const path = join(folder, base.slice(WHITEOUT.length));
      if (this.#nodes.get(path)?.layer !== this.#layer) this.#nodes.delete(path);
      this.#removeBelow(path, true);
    } else {
      const path = join(folder, base);
      if (node.kind !== 'folder' && this.#nodes.get(path)?.node.kind === 'folder') this.#removeBelow(path, false);
      this.#nodes.set(path, { node, layer: this.#layer });
    }
  }

  /** Adds another name of a file that is there. Throws when it is not, or when a name leaves the image. */
  putHardLink(name: string, target: string): void {
    const node = this.#nodes.get(join(...this.#place(target)))?.node;
    if (node === undefined) throw new Error(`it holds a hard link ${name} to ${target}, which is not there`);
    this.put(name, node);
  }

  /** The node at a path, links followed; undefined when there is none. */
  find(path: string): ImageNode | undefined {
    return this.#nodes.get(this.#resolve(path))?.node;
  }

  /** The folder of an entry, links in it followed, and its name there. */
  #place(name: string): [string, string] {
    const parts = name.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.includes('..') || name.includes('\0'))
      throw new Error(`it holds the path ${name}, which leaves the image`);
    const base = parts.pop() ?? '';
    return [this.#resolve(parts.join('/')), base];
  }

  /** Follows links as inside the image: its root is the top, whatever they say. */
  #resolve(path: string): string {
    let at = '';
    const ahead = path.split('/');
    for (let links = 0; ahead.length > 0;) {
      const part = ahead.shift() ?? '';
      if (part === '' || part === '.') continue;
      if (part === '..') at = at.slice(0, Math.max(0, at.lastIndexOf('/')));
      else {
        const next = join(at, part);
        const node = this.#nodes.get(next)?.node;
        if (node?.kind !== 'link') at = next;
        else {
          if (++links > MOST_LINKS) throw new Error(`it holds links at ${path} that lead in a circle`);
          if (node.to.startsWith('/')) at = '';
          ahead.unshift(...node.to.split('/'));
        }
      }
    }
    return at;
  }

  #removeBelow(folder: string, lowerOnly: boolean): void {
    for (const [path, { layer }] of this.#nodes)
      if (path.startsWith(join(folder, '')) && !(lowerOnly && layer === this.#layer)) this.#nodes.delete(path);
  }
}

function join(folder: string, base: string): string {
  return folder === '' ? base : `${folder}/${base}`;
}

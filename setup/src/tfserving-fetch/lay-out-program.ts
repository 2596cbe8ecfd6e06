import { chmod, link, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ImageTree } from './image-tree.js';
import { readElf } from './read-elf.js';

const PROGRAM = 'tensorflow_model_server';
const PROGRAM_FOLDERS = ['usr/local/bin', 'usr/bin', 'bin'];
const LIBRARY_FOLDERS = [
  'usr/local/lib',
  'lib/x86_64-linux-gnu',
  'usr/lib/x86_64-linux-gnu',
  'lib64',
  'usr/lib64',
  'lib',
  'usr/lib',
];
/** Loaded by the C library itself, by name: older ones for host names, all for the end of a thread. */
const LOADED_LATE = ['libnss_files.so.2', 'libnss_dns.so.2', 'libgcc_s.so.1'];

/**
 * The program runs by the loader and the libraries of its image, on every machine alike: no C library here is too old for it,
 * and what is measured is what a container of the image runs. `exec` keeps the process that was started.
 */
const STARTER = (loader: string): string => `#!/bin/sh
# TensorFlow Serving, run by the loader and the C library of the image that it came from.
here=\${0%/*}
exec "$here/lib/${loader}" --inhibit-cache --library-path "$here/lib" "$here/program/${PROGRAM}" "$@"
`;

/** Puts the image's program with what it is linked to into `folder`; returns its path there. Throws when something is missing. */
export async function layOutProgram(tree: ImageTree, folder: string): Promise<string> {
  const contents = firstOf(tree, PROGRAM_FOLDERS, PROGRAM);
  if (contents === undefined) throw new Error(`the image holds no ${PROGRAM}: is it one of TensorFlow Serving?`);
  await mkdir(folder, { recursive: true });
  const starter = join(folder, PROGRAM);
  const { loader, libraries } = (await needsOf(PROGRAM, contents)) ?? {};
  if (loader === undefined) {
    await link(contents, starter);
    return starter;
  }
  await mkdir(join(folder, 'program'));
  await link(contents, join(folder, 'program', PROGRAM));
  await mkdir(join(folder, 'lib'));
  const loaderName = basename(loader);
  const loaderFile = contentsOf(tree, loader);
  if (loaderFile === undefined) throw new Error(`${PROGRAM} needs the loader ${loader}, which the image does not have`);
  const placed = new Set([loaderName]);
  await link(loaderFile, join(folder, 'lib', loaderName));
  const wanted = [...(libraries ?? []), ...LOADED_LATE];
  for (let name = wanted.shift(); name !== undefined; name = wanted.shift()) {
    if (placed.has(name)) continue;
    placed.add(name);
    const library = name.includes('/') ? undefined : firstOf(tree, LIBRARY_FOLDERS, name);
    if (library === undefined) {
      if (LOADED_LATE.includes(name)) continue;
      throw new Error(`${PROGRAM} needs ${name}, which is in none of the image's library folders`);
    }
    await link(library, join(folder, 'lib', name));
    wanted.push(...((await needsOf(name, library))?.libraries ?? []));
  }
  await writeFile(starter, STARTER(loaderName));
  await chmod(starter, 0o755);
  return starter;
}

function firstOf(tree: ImageTree, folders: readonly string[], name: string): string | undefined {
  return folders.map((folder) => contentsOf(tree, `${folder}/${name}`)).find((contents) => contents !== undefined);
}

function contentsOf(tree: ImageTree, path: string): string | undefined {
  const node = tree.find(path);
  return node?.kind === 'file' ? node.contents : undefined;
}

function needsOf(name: string, path: string): ReturnType<typeof readElf> {
  return readElf(path).catch((cause: unknown) => {
    throw new Error(`${name} in the image is damaged: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  });
}

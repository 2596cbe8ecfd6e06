/** The release every contestant runs; TensorFlow Serving 2.20's runtime and this one are told apart in the fairness ledger. */
export const TENSORFLOW_VERSION = '2.21.0';

/** A distribution on the Python package index and the release of it to unpack. */
export interface Release {
  readonly distribution: string;
  readonly version: string;
}

/** sha256 of wheels this project has been run with. A wheel of one of these names with other bytes is refused. */
export const PINNED_WHEELS: Readonly<Record<string, string>> = {
  'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl':
    '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
};

/** The CPU build for this kind of machine: only x86-64 has one of its own name, elsewhere `tensorflow` is the CPU build. */
export function defaultRelease(arch: NodeJS.Architecture): Release {
  return { distribution: arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow', version: TENSORFLOW_VERSION };
}

/** Reads `tensorflow` or `tensorflow==2.21.0`. Throws on anything else. */
export function parseRelease(text: string): Release {
  const match = /^([A-Za-z0-9][A-Za-z0-9._-]*?)(?:==([0-9][A-Za-z0-9.+!]*))?$/.exec(text);
  if (match?.[1] === undefined)
    throw new Error(`"${text}" is not a distribution such as tensorflow or tensorflow==${TENSORFLOW_VERSION}`);
  return { distribution: match[1].toLowerCase().replaceAll('_', '-'), version: match[2] ?? TENSORFLOW_VERSION };
}

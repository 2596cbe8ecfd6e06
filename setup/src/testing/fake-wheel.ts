import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** A release that exists nowhere, so that no test can reach the real one by mistake. */
export const FAKE_RELEASE = { distribution: 'tensorflow', version: '9.9.9' } as const;

const MACHINE = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
export const FAKE_WHEEL = `tensorflow-9.9.9-py3-none-manylinux_2_17_${MACHINE}.whl`;

const LIBRARY_BYTES = 300_000;

/** What a wheel of TensorFlow holds, in small: two libraries, headers that are wanted and some that are not, metadata for pip. */
function fakeFiles(content: string): Record<string, string> {
  return {
    'tensorflow/libtensorflow_cc.so.2': content.repeat(LIBRARY_BYTES / content.length),
    'tensorflow/libtensorflow_framework.so.2': `framework ${content}`,
    'tensorflow/python/_pywrap.so': 'not wanted',
    'tensorflow/include/tensorflow/c/c_api.h': '// c_api',
    'tensorflow/include/tensorflow/c/eager/c_api.h': '// eager',
    'tensorflow/include/tsl/platform/ctstring_internal.h': '// ctstring',
    'tensorflow/include/Eigen/Core': '// not wanted',
    'tensorflow-9.9.9.dist-info/METADATA': 'Metadata-Version: 2.1\nName: tensorflow\nVersion: 9.9.9\n',
    'tensorflow-9.9.9.dist-info/WHEEL': `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: py3-none-manylinux_2_17_${MACHINE}\n`,
    'tensorflow-9.9.9.dist-info/RECORD': '',
  };
}

/** Writes a wheel into `directory` and returns its path. For tests. */
export async function writeFakeWheel(
  directory: string,
  { name = FAKE_WHEEL, content = 'library ', without = '' }: { name?: string; content?: string; without?: string } = {},
): Promise<string> {
  const zip = new ZipFile();
  for (const [path, text] of Object.entries(fakeFiles(content)))
    if (path !== without) zip.addBuffer(Buffer.from(text), path);
  zip.end();
  await mkdir(directory, { recursive: true });
  const file = join(directory, name);
  await pipeline(zip.outputStream, createWriteStream(file));
  return file;
}

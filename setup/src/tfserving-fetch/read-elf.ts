import { open, type FileHandle } from 'node:fs/promises';

/** What a program or a library needs to be loaded: https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html */
export interface ElfNeeds {
  /** Path of the loader; undefined for static programs and for libraries. */
  readonly loader: string | undefined;
  /** Names of shared libraries, e.g. `libc.so.6`. */
  readonly libraries: readonly string[];
}

const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const ENTRY_BYTES = 16;
const LOAD = 1;
const DYNAMIC = 2;
const INTERPRETER = 3;
const NEEDED = 1n;
const STRING_TABLE = 5n;
const X86_64 = 62;
/** No header, table or name of a real program comes near. */
const LARGEST_READ = 2 ** 20;
const LONGEST_NAME = 256;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: bigint;
  readonly bytes: number;
}

/** Reads the needs of a 64-bit x86 ELF file; undefined when it is no such file. Throws when it is damaged. */
export async function readElf(path: string): Promise<ElfNeeds | undefined> {
  await using file = await open(path);
  const header = await read(file, 0, HEADER_BYTES).catch(() => undefined);
  if (header?.toString('latin1', 0, 6) !== '\x7fELF\x02\x01' || header.readUInt16LE(18) !== X86_64) return undefined;
  const segments = await readSegments(file, header);
  const interpreter = segments.find(({ type }) => type === INTERPRETER);
  const dynamic = segments.find(({ type }) => type === DYNAMIC);
  return {
    loader: interpreter === undefined ? undefined : await readText(file, interpreter.offset),
    libraries: dynamic === undefined ? [] : await readLibraries(file, dynamic, segments),
  };
}

async function readSegments(file: FileHandle, header: Buffer): Promise<Segment[]> {
  const count = header.readUInt16LE(56);
  const table = await read(file, Number(header.readBigUInt64LE(32)), count * PROGRAM_HEADER_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const at = index * PROGRAM_HEADER_BYTES;
    return {
      type: table.readUInt32LE(at),
      offset: Number(table.readBigUInt64LE(at + 8)),
      address: table.readBigUInt64LE(at + 16),
      bytes: Number(table.readBigUInt64LE(at + 32)),
    };
  });
}

async function readLibraries(file: FileHandle, dynamic: Segment, segments: readonly Segment[]): Promise<string[]> {
  const table = await read(file, dynamic.offset, dynamic.bytes);
  const entries = Array.from({ length: Math.floor(table.length / ENTRY_BYTES) }, (_, index) => ({
    tag: table.readBigInt64LE(index * ENTRY_BYTES),
    value: table.readBigUInt64LE(index * ENTRY_BYTES + 8),
  }));
  const strings = entries.find(({ tag }) => tag === STRING_TABLE)?.value ?? 0n;
  const home = segments.find(
    ({ type, address, bytes }) => type === LOAD && strings >= address && strings < address + BigInt(bytes),
  );
  if (home === undefined) throw new Error('it has no table of names');
  const names = home.offset + Number(strings - home.address);
  return Promise.all(
    entries.filter(({ tag }) => tag === NEEDED).map(({ value }) => readText(file, names + Number(value))),
  );
}

async function readText(file: FileHandle, offset: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST_NAME), 0, LONGEST_NAME, offset);
  const end = buffer.indexOf(0);
  if (end < 0 || end >= bytesRead) throw new Error('a name in it has no end');
  return buffer.toString('utf8', 0, end);
}

async function read(file: FileHandle, offset: number, bytes: number): Promise<Buffer> {
  if (bytes > LARGEST_READ) throw new Error('its headers are too large');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, offset);
  if (bytesRead < bytes) throw new Error('it ends too early');
  return buffer;
}

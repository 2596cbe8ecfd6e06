import { z } from 'zod';
import { OUTCOMES } from '../record/index.js';
import { COLUMNS, RECORD_BYTES } from './sample-layout.js';

/** Whose samples a file holds. */
const identitySchema = z.strictObject({ trial: z.string(), cell: z.string(), contestant: z.string() });
export type SamplesIdentity = z.infer<typeof identitySchema>;

const MAGIC = 'SERVSMP1';
/** Eight characters of magic, then the length of the JSON that follows. */
const PREFIX_BYTES = MAGIC.length + 4;
const LONGEST_HEADER_BYTES = 1 << 20;

const headerSchema = identitySchema.extend({
  recordBytes: z.literal(RECORD_BYTES),
  byteOrder: z.literal('little-endian'),
  outcomes: z.tuple(OUTCOMES.map((outcome) => z.literal(outcome)) as [z.ZodLiteral<string>, ...z.ZodLiteral<string>[]]),
  columns: z.array(z.strictObject({ name: z.string(), type: z.string(), offset: z.int(), unit: z.string() })),
});

/** The first bytes of a samples file: magic, length, and a JSON that names every column, so that the file explains itself. */
export function encodeHeader(identity: SamplesIdentity): Buffer {
  const { trial, cell, contestant } = identity;
  const header = {
    trial,
    cell,
    contestant,
    recordBytes: RECORD_BYTES,
    byteOrder: 'little-endian',
    outcomes: OUTCOMES,
    columns: COLUMNS,
  };
  const json = Buffer.from(JSON.stringify(header));
  // Records start at a multiple of eight, so that a reader may lay a Float64Array over them.
  const length = Math.ceil((PREFIX_BYTES + json.length) / 8) * 8 - PREFIX_BYTES;
  const bytes = Buffer.alloc(PREFIX_BYTES + length, ' ');
  bytes.write(MAGIC, 0, 'latin1');
  bytes.writeUInt32LE(length, MAGIC.length);
  json.copy(bytes, PREFIX_BYTES);
  return bytes;
}

/** @throws Error when `bytes` do not begin like a samples file of this version, saying why. */
export function decodeHeader(
  bytes: Buffer,
  file: string,
): { readonly identity: SamplesIdentity; readonly dataAt: number } {
  if (bytes.length < PREFIX_BYTES || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new Error(`${file} is not a samples file of this version: it does not begin with ${MAGIC}`);
  }
  const length = bytes.readUInt32LE(MAGIC.length);
  if (length > LONGEST_HEADER_BYTES || bytes.length < PREFIX_BYTES + length) {
    throw new Error(
      `${file}: the header is cut or damaged (${length} bytes announced, ${bytes.length - PREFIX_BYTES} there)`,
    );
  }
  const parsed = headerSchema.safeParse(parseJson(bytes.toString('utf8', PREFIX_BYTES, PREFIX_BYTES + length), file));
  if (!parsed.success) throw new Error(`${file}: the header is not of this version: ${z.prettifyError(parsed.error)}`);
  const { trial, cell, contestant } = parsed.data;
  return { identity: { trial, cell, contestant }, dataAt: PREFIX_BYTES + length };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file}: the header is not JSON`, { cause });
  }
}

import { z } from 'zod';

/** Record with a version of its format. */
type VersionedSchema = z.ZodObject<{ formatVersion: z.ZodLiteral<number> }>;

/**
 * The record in a file's text. Throws when it is of another format, or not what its format says; `remedy` says what to do
 * then, knowing what could be read: undefined where the file is no JSON.
 */
export function parseRecord<S extends VersionedSchema>(
  file: string,
  text: string,
  schema: S,
  remedy: (record: unknown) => string,
): z.infer<S> {
  const record = jsonOf(file, text, () => remedy(undefined));
  const wanted = schema.shape.formatVersion.value;
  const version = z.object({ formatVersion: z.unknown() }).safeParse(record).data?.formatVersion;
  if (version !== wanted)
    throw new Error(
      `${file} has format ${String(version)}, and this version reads format ${wanted}: ${remedy(record)}`,
    );
  const parsed = schema.safeParse(record);
  if (parsed.success) return parsed.data;
  throw new Error(`${file} is not what its format says: ${remedy(record)}\n${z.prettifyError(parsed.error)}`);
}

function jsonOf(file: string, text: string, remedy: () => string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not whole: ${remedy()}`, { cause });
  }
}

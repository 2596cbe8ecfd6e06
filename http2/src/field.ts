/** A header: its name in lower case, its value as Latin-1. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** What a field counts for beside its texts, wherever HPACK counts sizes (RFC 7541, 4.1). */
const FIELD_OVERHEAD_BYTES = 32;

export function fieldBytes({ name, value }: Field): number {
  return name.length + value.length + FIELD_OVERHEAD_BYTES;
}

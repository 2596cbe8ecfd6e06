import type { FieldKind } from './tensor-fields.js';

/**
 * Writes the values of packed varints into `data` from `at` on, `width` bytes each, little-endian, cut to that width as a
 * C++ cast does (300 -> 44 in an int8). Stops when `data` is full; values too many are cut off. Returns the next place.
 */
export function expandVarints(data: Buffer, at: number, width: number, varints: Buffer, kind: FieldKind): number {
  let place = at;
  let index = 0;
  while (index < varints.length && place < data.length) {
    // Low and high 32 bits apart: no BigInt for each element.
    let low = 0;
    let high = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = varints[index] ?? 0;
      index += 1;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else high |= (bits & 1) << 31;
      shift += 7;
    } while (byte >= 0x80);
    if (kind === 'bool') data[place] = low === 0 && high === 0 ? 0 : 1;
    else writeLittleEndian(data, place, width, low, high);
    place += width;
  }
  return place;
}

function writeLittleEndian(data: Buffer, place: number, width: number, low: number, high: number): void {
  if (width === 1) data[place] = low & 0xff;
  else if (width === 2) data.writeUInt16LE(low & 0xffff, place);
  else {
    data.writeInt32LE(low, place);
    if (width === 8) data.writeInt32LE(high, place + 4);
  }
}

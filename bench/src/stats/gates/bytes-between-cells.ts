import type { Cell, CellResult } from '../../record/index.js';
import type { SampleTable } from '../../samples/index.js';

/** What a cell sent: the bytes of each input's request message. */
export interface SentBytes {
  readonly cell: Cell;
  /** Cells with the same key are asked the same with the same payload, so that nothing may change their bytes. */
  readonly key: string;
  readonly byInput: ReadonlyMap<number, number>;
}

/**
 * The bytes of each input as first sent; that they stay the same within the cell is `equalBytesGate`'s matter. The bare
 * engine sends no message: its samples say 0 bytes, which is left out.
 */
export function sentBytes(cell: Cell, tables: readonly SampleTable[]): SentBytes {
  const byInput = new Map<number, number>();
  for (const { length, input, bytesOut } of tables) {
    for (let row = 0; row < length; row++) {
      if (bytesOut[row]! > 0 && !byInput.has(input[row]!)) byInput.set(input[row]!, bytesOut[row]!);
    }
  }
  const { payload, model, modelVersion, batch } = cell.condition;
  return { cell, key: JSON.stringify([cell.group, payload, model, modelVersion, batch]), byInput };
}

/**
 * Cells that are compared must send the same bytes for the same input (method rule 11, "unequal bytes"). Those that do not
 * are INVALID, with the reason in their gate. Which of two cells is wrong cannot be told, so both are.
 */
export function judgeBytesBetweenCells(results: readonly CellResult[], sent: readonly SentBytes[]): CellResult[] {
  const differences = new Map(sent.map((own) => [own.cell.id, firstDifference(own, sent)]));
  return results.map((result) => {
    const detail = differences.get(result.cell.id);
    return detail === undefined ? result : withUnequalBytes(result, detail);
  });
}

function firstDifference(own: SentBytes, sent: readonly SentBytes[]): string | undefined {
  for (const other of sent.filter(({ key }) => key === own.key)) {
    for (const [input, bytes] of own.byInput) {
      const theirs = other.byInput.get(input);
      if (theirs !== undefined && theirs !== bytes)
        return `input ${input} was sent with ${bytes} bytes in ${own.cell.id} and with ${theirs} in ${other.cell.id}`;
    }
  }
  return undefined;
}

/** A cell that differs within itself keeps that reason: it explains the other. */
function withUnequalBytes(result: CellResult, detail: string): CellResult {
  const remedy = 'send all contestants that are compared the same bytes for the same input';
  return {
    ...result,
    valid: false,
    gates: result.gates.map((gate) =>
      gate.name === 'equal-bytes' && gate.passed ? { name: 'equal-bytes', passed: false, detail, remedy } : gate,
    ),
  };
}

import { bytesOf } from './byte-text.js';
import { describeValue } from './describe-value.js';
import { Elements } from './elements.js';
import { fillElements, nestingShape } from './fill-tensor.js';
import { invalid, JsonRequestError } from './json-request-error.js';
import type { JsonText } from './json-text.js';
import { LARGEST_RANK, type InputTypes, type JsonTensor } from './tensor.js';

/** One input while the rows come in: all rows must have the shape of the first. */
interface Column {
  readonly alias: string;
  readonly elements: Elements;
  row: { readonly count: number; readonly shape: readonly number[] } | undefined;
  /** Index of the last row that names the input. */
  namedBy: number;
}

/**
 * The tensors of a request in the row format: the (non-empty) list under `instances`, by its index. The first element
 * decides whether rows are objects with one member per input or plain values for the only input. Throws JsonRequestError.
 */
export function rowTensors(json: JsonText, instances: number, inputs: InputTypes): Map<string, JsonTensor | undefined> {
  const columns = new Map<string, Column>(
    [...inputs].map(([alias, { dtype }]) => [
      bytesOf(alias),
      { alias, elements: new Elements(dtype), row: undefined, namedBy: -1 },
    ]),
  );
  const first = json.next(instances + 1) ?? instances;
  const areObjects = json.isPlainObject(first);
  if (!json.isObject(first) && inputs.size > 1)
    throw invalid(
      'instances is a plain list, but expecting list of objects as multiple input tensors required as per tensorinfo_map',
    );
  let rows = 0;
  for (let row: number | undefined = first; row !== undefined; row = json.next(json.end)) {
    if (areObjects) addObject(json, row, rows, columns);
    else addPlainValue(json, row, rows, columns);
    rows += 1;
  }
  return new Map(
    [...columns.values()].flatMap(({ alias, elements, row }) => {
      if (row === undefined) return [];
      const shape = [rows, ...row.shape];
      return [[alias, shape.length > LARGEST_RANK ? undefined : elements.toTensor(shape)]];
    }),
  );
}

/** Leaves `json.end` behind the row. */
function addPlainValue(json: JsonText, row: number, index: number, columns: ReadonlyMap<string, Column>): void {
  const [column] = columns.values();
  if (column === undefined) return;
  if (json.isPlainObject(row)) throw invalid(`Expecting value/list but got object at item ${index} of input list`);
  inContext(
    () => `Failed to process element: ${index} of 'instances' list. Error: `,
    () => {
      addRow(json, row, column);
    },
  );
}

/** Leaves `json.end` behind the row. */
function addObject(json: JsonText, row: number, index: number, columns: ReadonlyMap<string, Column>): void {
  if (!json.isPlainObject(row)) throw invalid(`Expecting object but got list at item ${index} of input list`);
  let named = 0;
  let behind = row + 1;
  for (let member = json.next(behind); member !== undefined; member = json.next(behind)) {
    const name = json.string(member);
    inContext(
      () => `Failed to process element: ${index} key: ${name} of 'instances' list. Error: `,
      () => {
        const column = columns.get(name);
        if (column === undefined) throw invalid(`JSON object: does not have named input: ${name}`);
        if (column.namedBy !== index) named += 1;
        column.namedBy = index;
        addRow(json, json.memberValue(member), column);
      },
    );
    behind = json.end;
  }
  if (named !== columns.size)
    throw invalid(
      `Failed to process element: ${index} of 'instances' list. JSON object: ${describeValue(json, row)} ` +
        `keys must be equal to: ${[...columns.keys()].sort(byBytes).join(',')}`,
    );
  json.end = json.skipSpace(behind) + 1;
}

function addRow(json: JsonText, value: number, column: Column): void {
  const shape = nestingShape(json, value);
  const count = fillElements(json, value, shape, column.elements);
  const first = (column.row ??= { count, shape });
  if (first.count !== count) throw invalid(`Expecting tensor size: ${first.count} but got: ${count}`);
  if (first.shape.join() !== shape.join())
    throw invalid(`Expecting shape [${first.shape.join()}] but got: [${shape.join()}]`);
}

/** Row by row errors are given again in the context of their row, always as INVALID_ARGUMENT. */
function inContext(context: () => string, add: () => void): void {
  try {
    add();
  } catch (error) {
    if (!(error instanceof JsonRequestError)) throw error;
    throw invalid(context() + error.statusBytes);
  }
}

function byBytes(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

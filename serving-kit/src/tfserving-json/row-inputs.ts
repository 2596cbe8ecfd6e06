import { bytesOf } from './byte-text.js';
import { describeNode } from './describe-node.js';
import { Elements } from './elements.js';
import { fillElements, nestingShape } from './fill-tensor.js';
import { isPlainObject, JsonObject, type JsonNode } from './json-node.js';
import { invalid, JsonRequestError } from './json-request-error.js';
import { LARGEST_RANK, type InputTypes, type JsonTensor } from './tensor.js';

/** One input while the rows come in: all rows must have the shape of the first. */
interface Column {
  readonly alias: string;
  readonly elements: Elements;
  row: { readonly count: number; readonly shape: readonly number[] } | undefined;
}

/**
 * The tensors of a request in the row format: the (non-empty) list under `instances`. The first element
 * decides whether rows are objects with one member per input or plain values for the only input. Throws JsonRequestError.
 */
export function rowTensors(instances: readonly JsonNode[], inputs: InputTypes): Map<string, JsonTensor | undefined> {
  const columns = new Map<string, Column>(
    [...inputs].map(([alias, { dtype }]) => [bytesOf(alias), { alias, elements: new Elements(dtype), row: undefined }]),
  );
  const [first] = instances;
  if (isPlainObject(first)) addObjects(instances, columns);
  else {
    if (!(first instanceof JsonObject) && inputs.size > 1)
      throw invalid(
        'instances is a plain list, but expecting list of objects as multiple input tensors required as per tensorinfo_map',
      );
    addPlainValues(instances, columns);
  }
  return new Map(
    [...columns.values()].flatMap(({ alias, elements, row }) => {
      if (row === undefined) return [];
      const shape = [instances.length, ...row.shape];
      return [[alias, shape.length > LARGEST_RANK ? undefined : elements.toTensor(shape)]];
    }),
  );
}

function addPlainValues(instances: readonly JsonNode[], columns: ReadonlyMap<string, Column>): void {
  const [column] = columns.values();
  if (column === undefined) return;
  for (const [index, instance] of instances.entries()) {
    if (isPlainObject(instance)) throw invalid(`Expecting value/list but got object at item ${index} of input list`);
    inContext(`Failed to process element: ${index} of 'instances' list. Error: `, () => {
      addRow(instance, column);
    });
  }
}

function addObjects(instances: readonly JsonNode[], columns: ReadonlyMap<string, Column>): void {
  for (const [index, instance] of instances.entries()) {
    if (!isPlainObject(instance)) throw invalid(`Expecting object but got list at item ${index} of input list`);
    for (const [member, name] of instance.names.entries())
      inContext(`Failed to process element: ${index} key: ${name} of 'instances' list. Error: `, () => {
        const column = columns.get(name);
        if (column === undefined) throw invalid(`JSON object: does not have named input: ${name}`);
        addRow(instance.values[member] ?? null, column);
      });
    if (new Set(instance.names).size !== columns.size)
      throw invalid(
        `Failed to process element: ${index} of 'instances' list. JSON object: ${describeNode(instance)} ` +
          `keys must be equal to: ${[...columns.keys()].sort(byBytes).join(',')}`,
      );
  }
}

function addRow(value: JsonNode, column: Column): void {
  const shape = nestingShape(value);
  const count = fillElements(value, shape, column.elements);
  const first = (column.row ??= { count, shape });
  if (first.count !== count) throw invalid(`Expecting tensor size: ${first.count} but got: ${count}`);
  if (first.shape.join() !== shape.join())
    throw invalid(`Expecting shape [${first.shape.join()}] but got: [${shape.join()}]`);
}

/** Row by row errors are told again in the context of their row, always as INVALID_ARGUMENT. */
function inContext(context: string, add: () => void): void {
  try {
    add();
  } catch (error) {
    if (!(error instanceof JsonRequestError)) throw error;
    throw invalid(context + error.statusBytes);
  }
}

function byBytes(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

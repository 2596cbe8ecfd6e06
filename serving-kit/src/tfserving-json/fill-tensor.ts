import { describeNode } from './describe-node.js';
import type { Elements } from './elements.js';
import type { JsonNode } from './json-node.js';
import { invalid } from './json-request-error.js';

/** The shape that the nesting of a value tells: along the first child of each list. `[]` for a value that is no list. */
export function nestingShape(node: JsonNode): number[] {
  const shape: number[] = [];
  for (let level: JsonNode | undefined = node; Array.isArray(level); level = level[0]) shape.push(level.length);
  return shape;
}

/**
 * Adds all values of a nested list of that shape, in order. Returns how many there were. Throws JsonRequestError where
 * the nesting leaves the shape. Needs no call stack per level: requests may nest to any depth.
 */
export function fillElements(node: JsonNode, shape: readonly number[], elements: Elements): number {
  const rank = shape.length;
  /** The lists being read, outermost first, and how far each one is. */
  const open: { readonly list: readonly JsonNode[]; next: number }[] = [];
  let count = 0;
  let current: JsonNode = node;
  for (;;) {
    const level = open.length;
    if (Array.isArray(current)) {
      checkList(current, level, shape);
      open.push({ list: current, next: 0 });
    } else {
      if (level !== rank)
        throw invalid(
          `JSON Value: ${describeNode(current)} found at incorrect level: ${level + 1} in the JSON DOM. Expected at level: ${rank}`,
        );
      elements.add(current);
      count += 1;
    }
    let top = open.at(-1);
    while (top !== undefined && top.next >= top.list.length) {
      open.pop();
      top = open.at(-1);
    }
    if (top === undefined) return count;
    current = top.list[top.next] ?? null;
    top.next += 1;
  }
}

function checkList(list: readonly JsonNode[], level: number, shape: readonly number[]): void {
  if (level >= shape.length) throw invalid(`Encountered list at unexpected level: ${level} expected < ${shape.length}`);
  if (list.length !== shape[level])
    throw invalid(
      `Encountered list at unexpected size: ${list.length} at level: ${level} expected size: ${shape[level] ?? 0}`,
    );
}

import { contestantById } from '../contestants/index.js';
import { measureFloors, type FloorKind } from '../load/index.js';
import type { Cell, Condition, Floor } from '../record/index.js';
import type { Run } from './run.js';

/** The protocol that carries a payload form. */
export function protocolOf(payload: Condition['payload']): FloorKind['protocol'] {
  return payload === 'json' || payload === 'base64' ? 'rest' : 'grpc';
}

/** The kinds of requests that cells send, each once, in their order. Of the bare engine the generator asks nothing. */
export function kindsOf(cells: readonly Cell[]): Condition[] {
  const kinds = new Map<string, Condition>();
  for (const { contestant, condition } of cells) {
    if (contestantById(contestant).role === 'engine') continue;
    const { payload, model, batch } = condition;
    kinds.set(`${payload} ${model} ${batch}`, condition);
  }
  return [...kinds.values()];
}

/** What the generator itself takes for every kind of request in the plan (method rule 5a). */
export async function floorsOf(run: Run): Promise<Floor[]> {
  const { plan, notTested } = run.keeper.record;
  const cells = plan.cells.filter(({ condition }) => notTested.every(({ subject }) => subject !== condition.model));
  return await floorsFor(kindsOf(cells), run);
}

/** The same for requests of these kinds. */
export async function floorsFor(
  conditions: readonly Pick<Condition, 'payload' | 'model' | 'modelVersion' | 'batch'>[],
  run: Pick<Run, 'zoo' | 'generator' | 'progress'>,
): Promise<Floor[]> {
  const kinds: FloorKind[] = [];
  for (const { payload, model, modelVersion, batch } of conditions) {
    const [request] = (await run.zoo.golden(model, modelVersion)).prepare({ payload, batch });
    if (request !== undefined) kinds.push({ protocol: protocolOf(payload), payload, model, batch, request });
  }
  run.progress.now('measuring what the load generator itself takes');
  return await measureFloors(run.generator, kinds);
}

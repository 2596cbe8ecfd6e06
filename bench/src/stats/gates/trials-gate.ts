import type { Gate } from '../../record/index.js';
import { counted } from '../../words/number.js';

/** Share of a cell's trials that may be set aside before the cell is INVALID. */
const SET_ASIDE_LIMIT = 0.4;

/**
 * A gate of trials as a gate of their cell: trials that fail it are set aside, and the cell stands on the others unless too
 * many are, by this gate and the others together.
 */
export function gateOfTrials(
  name: Gate['name'],
  trials: readonly { readonly id: string; readonly gates: readonly Gate[] }[],
): Gate {
  const looked = trials.flatMap(({ id, gates }) =>
    gates.filter((gate) => gate.name === name).map((gate) => ({ id, gate })),
  );
  const failed = looked.filter(({ gate }) => !gate.passed);
  const [first] = failed;
  if (first === undefined) {
    return { name, passed: true, detail: looked.at(-1)?.gate.detail ?? 'no trial was measured' };
  }
  const setAside = trials.filter(({ gates }) => gates.some((gate) => !gate.passed)).length;
  const passed = setAside <= SET_ASIDE_LIMIT * trials.length;
  const inAll = setAside === failed.length ? '' : `, ${setAside} with those of other gates`;
  return {
    name,
    passed,
    detail: `${counted(failed.length, 'trial')} of ${looked.length} set aside${inAll}, ${first.id}: ${first.gate.detail}`,
    ...(first.gate.remedy === undefined ? {} : { remedy: first.gate.remedy }),
  };
}

import type { Gate, Outcome } from '../../record/index.js';
import type { SampleTable } from '../../samples/index.js';
import { counted } from '../../words/number.js';
import { gate, percent } from './wording.js';

/** Was every answer the expected prediction (method rule 13)? */
export function parityGate(outcomes: Readonly<Record<Outcome, number>>, failures: readonly string[]): Gate {
  const wrong = outcomes['wrong-answer'];
  return gate(
    'parity',
    wrong === 0,
    wrong === 0
      ? 'every answer was the expected prediction'
      : `${counted(wrong, 'answer')} differed from the expected prediction${example(failures, 'wrong-answer')}`,
    'find out why this contestant predicts otherwise: its times are those of other work',
  );
}

/** Did more requests fail than the cell allows (method rule 11)? */
export function errorsGate(
  outcomes: Readonly<Record<Outcome, number>>,
  limit: number,
  failures: readonly string[],
): Gate {
  const total = Object.values(outcomes).reduce((sum, each) => sum + each, 0);
  const failed = total - outcomes.ok;
  const share = total === 0 ? 1 : failed / total;
  const kinds = Object.entries(outcomes)
    .filter(([outcome, n]) => outcome !== 'ok' && n > 0)
    .map(([outcome, n]) => `${n} ${outcome}`);
  const detail = `${failed} of ${total} requests failed (${percent(share)}, limit ${percent(limit)})${kinds.length === 0 ? '' : `: ${kinds.join(', ')}`}${example(failures, '')}`;
  return gate('errors', share <= limit, detail, "look at the server's log, or offer less load");
}

/** Did each input always have the same bytes (method rule 11, "unequal bytes")? */
export function equalBytesGate(tables: readonly SampleTable[]): Gate {
  const sizes = new Map<number, number>();
  for (const table of tables) {
    for (let row = 0; row < table.length; row++) {
      const [input, bytes] = [table.input[row]!, table.bytesOut[row]!];
      const known = sizes.get(input);
      if (known === undefined) {
        sizes.set(input, bytes);
      } else if (known !== bytes) {
        return gate(
          'equal-bytes',
          false,
          `input ${input} was sent with ${known} and with ${bytes} bytes`,
          'prepare each request once and send the same bytes in every trial',
        );
      }
    }
  }
  return gate('equal-bytes', true, `each of ${counted(sizes.size, 'input')} had the same bytes in every trial`);
}

/** The first recorded failure of this kind, as an example. */
function example(failures: readonly string[], kind: string): string {
  const found = failures.find((failure) => failure.startsWith(kind));
  return found === undefined ? '' : ` (for example ${found})`;
}

import { firstDifference } from './first-difference.js';
import type { GrpcAnswer } from './grpc-call.js';
import { plainResponse } from './messages.js';
import { filled, type Places } from './placeholders.js';
import type { GrpcVector } from './recordings.js';

/** How an answer differs from the recorded one under the vector's comparison mode; undefined when it does not. */
export function compareGrpc(
  { response, compare, tolerance, request }: GrpcVector,
  answer: GrpcAnswer,
  places: Places,
): string | undefined {
  const code = firstDifference(response.code, answer.code, 0, 'code');
  if (code !== undefined) return `${code} (${answer.message})`;
  if (compare === 'status-only') return undefined;
  if (compare === 'text-prefix') {
    const prefix = filled(response.prefix ?? '', places);
    return firstDifference(prefix, answer.message.slice(0, prefix.length), 0, 'message');
  }
  const message = firstDifference(filled(response.message, places), answer.message, 0, 'message');
  if (message !== undefined || response.code !== 'OK') return message;
  const expected = Buffer.from(response.bytes_base64 ?? '', 'base64');
  if (compare === 'exact' && expected.equals(answer.bytes)) return undefined;
  const difference = firstDifference(
    plainResponse(request.method, expected),
    plainResponse(request.method, answer.bytes),
    tolerance,
    'response',
  );
  if (compare === 'json' || difference !== undefined) return difference;
  return `bytes: expected ${expected.toString('hex')}, got ${answer.bytes.toString('hex')}`;
}

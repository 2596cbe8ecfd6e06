import { errorResponseBody } from '@serving-study/tfserving-json';
import type { Answer } from './answer.js';

/** What a request gets that reaches a limit of this server. It closes the connection. */
export function refusal(status: 408 | 413 | 429, reason: string): Answer {
  return {
    status,
    headers: 'Content-Type: application/json\r\nConnection: close\r\n',
    body: errorResponseBody(reason),
  };
}

import { classifyResponseBody, parseExamplesRequest, regressResponseBody } from '@serving-study/tfserving-json';
import type { ApiAnswer, CallLimits } from '../upstream.js';
import { accepted, refusedByServer } from './answers.js';
import type { ModelChoice } from './api-call.js';
import { examplesRequestBytes } from './examples-message.js';
import type { ModelServerClient } from './model-server-client.js';
import { classificationsFromBytes, regressionsFromBytes } from './results-message.js';

/** Classify and Regress by gRPC. JSON says all there is to know: no signature has to be asked for. Throws JsonRequestError. */
export async function answerExamples(
  client: ModelServerClient,
  kind: 'classify' | 'regress',
  model: ModelChoice,
  body: Buffer,
  limits: CallLimits,
): Promise<ApiAnswer> {
  const receivedAtMs = performance.now();
  const request = examplesRequestBytes(model, parseExamplesRequest(body));
  const sentAtMs = performance.now();
  const outcome = await client.callWithBytes(kind === 'classify' ? 'Classify' : 'Regress', request, limits);
  const answeredAtMs = performance.now();
  const timing = { parse: sentAtMs - receivedAtMs, queue: outcome.queuedMs, upstream: outcome.upstreamMs };
  if (outcome.kind === 'refused') return refusedByServer(outcome, timing);
  const results = kind === 'classify' ? classificationsFromBytes(outcome.value) : regressionsFromBytes(outcome.value);
  const text =
    'classifications' in results ? classifyResponseBody(results.classifications) : regressResponseBody(results.values);
  return accepted(text, { ...timing, serialise: performance.now() - answeredAtMs }, results.version);
}

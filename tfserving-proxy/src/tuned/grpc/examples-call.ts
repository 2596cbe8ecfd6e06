import { classifyResponseBody, regressResponseBody, type ThreadedJson } from '@serving-study/tfserving-json';
import type { CancelSignal } from '../../cancel-signal.js';
import type { GrpcClient } from '../../grpc-client.js';
import type { ModelSpec } from '../../model-catalogue.js';
import type { ApiAnswer } from '../../upstream.js';
import { accepted } from './answers.js';
import { examplesRequestBytes } from './examples-message.js';
import { classificationsFromBytes, regressionsFromBytes } from './results-message.js';

/** Classify and Regress by gRPC. JSON says all there is to know: no signature has to be asked for. Throws JsonRequestError. */
export async function answerExamples(
  { client, json }: { readonly client: GrpcClient; readonly json: ThreadedJson },
  kind: 'classify' | 'regress',
  model: ModelSpec,
  body: Buffer,
  signal: CancelSignal,
): Promise<ApiAnswer> {
  const receivedAtMs = performance.now();
  const request = examplesRequestBytes(model, await json.readExamples(body));
  const sentAtMs = performance.now();
  const { value, timing } = await client.callWithBytes(kind === 'classify' ? 'Classify' : 'Regress', request, signal);
  const answeredAtMs = performance.now();
  const results = kind === 'classify' ? classificationsFromBytes(value) : regressionsFromBytes(value);
  const text =
    'classifications' in results ? classifyResponseBody(results.classifications) : regressResponseBody(results.values);
  const phases = { parse: sentAtMs - receivedAtMs, serialise: performance.now() - answeredAtMs };
  return accepted(text, { ...phases, ...timing }, results.version);
}

import type { ModelManager, Servable } from '../core.js';
import { classify, multiInference, predict, regress } from '../inference/index.js';
import { readExampleRequest, readMultiInferenceRequest } from '../messages/inference-messages.js';
import { readPredictRequest } from '../messages/predict-messages.js';
import { StatusError } from '../status-error.js';
import type { PredictionLog } from './prediction-log.js';

/** The version being loaded, seen as a server that has nothing else; `name` is what its runs are counted under. */
export type WarmupTarget = (name: string) => Servable;

/**
 * Answers a recorded request and forgets the answer. Whatever model and version the record names, the version being loaded
 * answers. Throws StatusError, or MalformedMessage when the request does not decode.
 */
export async function replayLog({ kind, field, request }: PredictionLog, target: WarmupTarget): Promise<void> {
  const manager = (name: string): ModelManager => ({ acquire: () => target(name), status: () => [] });
  const choice = { kind: 'latest' } as const;
  switch (kind) {
    case 'predict': {
      const { model, inputs, outputFilter } = readPredictRequest(request);
      const { name, signatureName } = named(model);
      await predict(manager(name), { spec: { name, choice }, signatureName, inputs, outputFilter, timeoutMs: 0 });
      return;
    }
    case 'classify':
    case 'regress': {
      const { model, examples } = readExampleRequest(request);
      const { name, signatureName } = named(model);
      const call = kind === 'classify' ? classify : regress;
      await call(manager(name), { spec: { name, choice }, signatureName, examples, timeoutMs: 0 });
      return;
    }
    case 'multi-inference': {
      const { tasks, examples } = readMultiInferenceRequest(request);
      await multiInference(manager(tasks[0]?.spec.name ?? ''), { tasks, examples, timeoutMs: 0 });
      return;
    }
    default:
      throw new StatusError('UNIMPLEMENTED', `Unsupported log_type for warmup: ${field}`);
  }
}

/** A record may leave its model out; requests may not. */
function named(model: { name: string; signatureName: string } | undefined): { name: string; signatureName: string } {
  const name = model?.name ?? '';
  return { name: name === '' ? 'unnamed' : name, signatureName: model?.signatureName ?? '' };
}

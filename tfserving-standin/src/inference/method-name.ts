import type { Signature } from '@serving-study/runtime';
import { StatusError } from '../status-error.js';
import { invalidArgument } from './invalid-argument.js';

export const PREDICT_METHOD = 'tensorflow/serving/predict';
export const CLASSIFY_METHOD = 'tensorflow/serving/classify';
export const REGRESS_METHOD = 'tensorflow/serving/regress';

const ACCEPTED_BY_PREDICT = [PREDICT_METHOD, CLASSIFY_METHOD, REGRESS_METHOD];

/** --enable_signature_method_name_check for Predict, which takes all three (and answers INTERNAL, not INVALID_ARGUMENT). */
export function checkPredictMethodName({ methodName }: Signature): void {
  if (!ACCEPTED_BY_PREDICT.includes(methodName))
    throw new StatusError(
      'INTERNAL',
      `Expected prediction signature method_name to be one of {${ACCEPTED_BY_PREDICT.join(', ')}}. Was: ${methodName}`,
    );
}

/** The same flag for the other calls. */
export function checkMethodName(kind: 'classification' | 'regression', { methodName }: Signature): void {
  const expected = kind === 'classification' ? CLASSIFY_METHOD : REGRESS_METHOD;
  if (methodName !== expected)
    throw invalidArgument(`Expected ${kind} signature method_name to be ${expected}. Was: ${methodName}`);
}

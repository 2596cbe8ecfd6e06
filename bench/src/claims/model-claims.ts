import type { Findings } from '../analysis/findings.js';
import type { CellResult } from '../record/index.js';
import { notTested, type Claim, type Judgement } from './claim.js';
import { judgeComparison } from './compare-claim.js';

function ofModel(findings: Findings, experiment: string, contestant: string, model: string): CellResult | undefined {
  return findings.find(experiment, contestant, ({ condition }) => condition.model === model);
}

/** The heaviest model that was measured in the complexity experiment. */
function heaviest(findings: Findings): string | undefined {
  const models = [...new Set(findings.of('complexity').map(({ cell }) => cell.condition.model))];
  return models.sort(
    (a, b) => (findings.model(b)?.flopsPerInstance ?? 0) - (findings.model(a)?.flopsPerInstance ?? 0),
  )[0];
}

function variantTime(findings: Findings, variant: string): Judgement {
  const base = findings.model(variant)?.base;
  if (base === undefined || base === null) return notTested(`the model ${variant} was not measured`);
  return judgeComparison(findings, {
    metric: 'p50 service time',
    numerator: ofModel(findings, 'optimised', 'bare-engine', variant),
    denominator: ofModel(findings, 'optimised', 'bare-engine', base),
    says: 'less',
    condition: `${variant} against ${base}, one instance, the engine alone`,
  });
}

export const modelClaims: readonly Claim[] = [
  {
    id: 'heavy-model-hides-server',
    sentence:
      'With a heavy model it does not matter for latency how it is served: TensorFlow Serving and the Flask style are within 5% of each other.',
    experiment: 'complexity',
    aboutTensorFlowServing: true,
    judge: (findings) => {
      const model = heaviest(findings);
      if (model === undefined) return notTested('no model was measured');
      return judgeComparison(findings, {
        metric: 'p50 service time',
        numerator: ofModel(findings, 'complexity', 'direct-rest', model),
        denominator: ofModel(findings, 'complexity', 'flask-style', model),
        says: 'no difference',
        condition: `${model}, one client, one instance`,
      });
    },
  },
  {
    id: 'float16-saves-time',
    sentence: 'Storing weights as float16 makes predictions faster.',
    experiment: 'optimised',
    aboutTensorFlowServing: false,
    judge: (findings) => variantTime(findings, 'cnn-float16'),
  },
  {
    id: 'int8-saves-time',
    sentence: 'Storing weights as 8-bit integers makes predictions faster.',
    experiment: 'optimised',
    aboutTensorFlowServing: false,
    judge: (findings) => variantTime(findings, 'cnn-int8'),
  },
  {
    id: 'pruning-saves-time',
    sentence: 'Setting weights to zero (unstructured pruning) makes predictions faster.',
    experiment: 'optimised',
    aboutTensorFlowServing: false,
    judge: (findings) => variantTime(findings, 'cnn-sparse'),
  },
  {
    id: 'fewer-channels-save-time',
    sentence: 'Cutting channels out (structured pruning) makes predictions faster.',
    experiment: 'optimised',
    aboutTensorFlowServing: false,
    judge: (findings) => variantTime(findings, 'cnn-slim'),
  },
  {
    id: 'separable-design-saves-time',
    sentence: 'Designing with depthwise-separable convolutions makes predictions faster.',
    experiment: 'optimised',
    aboutTensorFlowServing: false,
    judge: (findings) => variantTime(findings, 'cnn-separable'),
  },
];

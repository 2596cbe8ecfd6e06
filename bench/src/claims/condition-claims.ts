import type { Findings } from '../analysis/findings.js';
import type { Cell, CellResult } from '../record/index.js';
import { DECIDING_BATCH } from '../experiments/batch/plan.js';
import type { Claim, Judgement } from './claim.js';
import { judgeComparison } from './compare-claim.js';

function longestRtt(findings: Findings): number {
  return Math.max(0, ...findings.of('network').map(({ cell }) => cell.condition.network?.rttMs ?? 0));
}

function atRtt(rttMs: number): (cell: Cell) => boolean {
  return ({ condition }) => condition.network?.rttMs === rttMs && condition.network.bandwidthMbitS === undefined;
}

function atClients(findings: Findings, contestant: string, clients: number): CellResult | undefined {
  return findings.find(
    'scaling',
    contestant,
    ({ condition }) => condition.loop.kind === 'closed' && condition.loop.concurrency === clients,
  );
}

function onNarrowestLine(findings: Findings, contestant: string): CellResult | undefined {
  const narrow = findings.of('network').filter(({ cell }) => cell.condition.network?.bandwidthMbitS !== undefined);
  const narrowest = Math.min(...narrow.map(({ cell }) => cell.condition.network?.bandwidthMbitS ?? Infinity));
  return narrow.find(
    ({ cell }) => cell.contestant === contestant && cell.condition.network?.bandwidthMbitS === narrowest,
  );
}

function inBatches(findings: Findings, contestant: string, size: number): CellResult | undefined {
  return findings.find(
    'batch',
    contestant,
    ({ condition }) => condition.batch === size && condition.loop.kind === 'closed' && condition.loop.concurrency === 1,
  );
}

function batched(findings: Findings, contestant: string): Judgement {
  return judgeComparison(findings, {
    metric: 'instances per second',
    numerator: inBatches(findings, contestant, DECIDING_BATCH),
    denominator: inBatches(findings, contestant, 1),
    says: 'more',
    condition: `one client, ${DECIDING_BATCH} images per request against one, small CNN`,
  });
}

/** On the most CPUs (last) or the fewest (first) that were varied. */
function onCpus(findings: Findings, contestant: string, which: 0 | -1): CellResult | undefined {
  return findings
    .of('resources')
    .filter(({ cell }) => cell.contestant === contestant && cell.condition.factors?.['cpus'] !== undefined)
    .at(which);
}

function gainOfCpus(findings: Findings, contestant: string): Judgement {
  const [few, many] = [onCpus(findings, contestant, 0), onCpus(findings, contestant, -1)];
  const cpus = (result: CellResult | undefined): string => String(result?.cell.condition.factors?.['cpus'] ?? '–');
  return judgeComparison(findings, {
    metric: 'throughput',
    numerator: many,
    denominator: few,
    says: 'more',
    condition: `8 busy clients, small CNN, CPUs ${cpus(many)} against CPU ${cpus(few)}; the load generator ${findings.generatorCpus === undefined ? 'shares the machine' : 'has others'}`,
  });
}

function largePayload(
  findings: Findings,
  contestant: string,
  payload: Cell['condition']['payload'],
): CellResult | undefined {
  return findings.find(
    'protocol',
    contestant,
    ({ condition }) => condition.model === 'mobilenet-v2' && condition.payload === payload,
  );
}

function saturated(findings: Findings, contestant: string, batching: boolean): CellResult | undefined {
  return findings.find(
    'batch',
    contestant,
    ({ condition }) =>
      condition.loop.kind === 'closed' &&
      condition.loop.concurrency > 1 &&
      (condition.factors?.['batching'] === true) === batching,
  );
}

function withReplicas(findings: Findings, replicas: number): CellResult | undefined {
  return findings.find('scale-out', 'proxy-grpc', ({ condition }) => condition.factors?.['replicas'] === replicas);
}

export const conditionClaims: readonly Claim[] = [
  {
    id: 'distance-hides-server',
    sentence:
      'Far from the server the network is what users wait for: TensorFlow Serving and the Flask style are within 5% of each other.',
    experiment: 'network',
    aboutTensorFlowServing: true,
    judge: (findings) => {
      const rttMs = longestRtt(findings);
      return judgeComparison(findings, {
        metric: 'p50 service time',
        numerator: findings.find('network', 'proxy-grpc', atRtt(rttMs)),
        denominator: findings.find('network', 'flask-style', atRtt(rttMs)),
        says: 'no difference',
        condition: `one client ${rttMs} ms away, one image per request`,
      });
    },
  },
  {
    id: 'grpc-wins-narrow-lines',
    sentence: 'On a narrow line gRPC answers sooner than REST, because JSON takes more bytes for the same numbers.',
    experiment: 'network',
    aboutTensorFlowServing: true,
    judge: (findings) => {
      const numerator = onNarrowestLine(findings, 'direct-grpc');
      return judgeComparison(findings, {
        metric: 'p50 service time',
        numerator,
        denominator: onNarrowestLine(findings, 'direct-rest'),
        says: 'less',
        condition: `${numerator?.cell.condition.network?.bandwidthMbitS ?? '–'} Mbit/s, ${numerator?.cell.condition.batch ?? '–'} images per request, one client`,
      });
    },
  },
  {
    id: 'base64-beats-json-numbers',
    sentence: 'For large inputs over REST, base64 of the raw bytes answers sooner than numbers written as JSON.',
    experiment: 'protocol',
    aboutTensorFlowServing: true,
    judge: (findings) =>
      judgeComparison(findings, {
        metric: 'p50 service time',
        numerator: largePayload(findings, 'direct-rest', 'base64'),
        denominator: largePayload(findings, 'direct-rest', 'json'),
        says: 'less',
        condition: 'one 224 x 224 x 3 image per request, one client',
      }),
  },
  {
    id: 'grpc-wins-large-payloads',
    sentence: 'For large inputs gRPC with raw bytes answers sooner than REST with JSON.',
    experiment: 'protocol',
    aboutTensorFlowServing: true,
    judge: (findings) =>
      judgeComparison(findings, {
        metric: 'p50 service time',
        numerator: largePayload(findings, 'direct-grpc', 'tensor-content'),
        denominator: largePayload(findings, 'direct-rest', 'json'),
        says: 'less',
        condition: 'one 224 x 224 x 3 image per request, one client',
      }),
  },
  {
    id: 'client-batches-help-serving',
    sentence:
      'Several instances in one request bring more predictions per second than one by one, on TensorFlow Serving.',
    experiment: 'batch',
    aboutTensorFlowServing: true,
    judge: (findings) => batched(findings, 'direct-rest'),
  },
  {
    id: 'client-batches-help-flask-style',
    sentence: 'Several instances in one request bring more predictions per second than one by one, in the Flask style.',
    experiment: 'batch',
    aboutTensorFlowServing: false,
    judge: (findings) => batched(findings, 'flask-style'),
  },
  {
    id: 'micro-batching-by-hand-helps',
    sentence: 'Micro-batching written by hand raises the throughput of the Flask style under load.',
    experiment: 'batch',
    aboutTensorFlowServing: false,
    judge: (findings) =>
      judgeComparison(findings, {
        metric: 'throughput',
        numerator: saturated(findings, 'flask-micro-batching', true),
        denominator: saturated(findings, 'flask-session', false),
        says: 'more',
        condition: '32 busy clients with single instances; both run on an asynchronous session',
      }),
  },
  {
    id: 'second-cpu-helps-serving',
    sentence: 'TensorFlow Serving answers more requests per second on more CPUs.',
    experiment: 'resources',
    aboutTensorFlowServing: true,
    judge: (findings) => gainOfCpus(findings, 'direct-rest'),
  },
  {
    id: 'second-cpu-helps-flask-style',
    sentence: 'A Flask-style server answers more requests per second on more CPUs.',
    experiment: 'resources',
    aboutTensorFlowServing: false,
    judge: (findings) => gainOfCpus(findings, 'flask-style'),
  },
  {
    id: 'gpu-helps-heavy-models',
    sentence: 'On a GPU a heavy model answers sooner.',
    experiment: 'gpu',
    aboutTensorFlowServing: false,
    judge: (findings) => {
      const onDevice = (device: string): CellResult | undefined =>
        findings.find(
          'gpu',
          'bare-engine',
          ({ condition }) => condition.model === 'resnet50' && condition.factors?.['device'] === device,
        );
      return judgeComparison(findings, {
        metric: 'p50 service time',
        numerator: onDevice('gpu'),
        denominator: onDevice('cpu'),
        says: 'less',
        condition: 'ResNet50, one image, the engine alone',
      });
    },
  },
  {
    id: 'server-batching-helps',
    sentence: 'Server-side batching raises the throughput of TensorFlow Serving under load.',
    experiment: 'batch',
    aboutTensorFlowServing: true,
    judge: (findings) =>
      judgeComparison(findings, {
        metric: 'throughput',
        numerator: saturated(findings, 'direct-rest', true),
        denominator: saturated(findings, 'direct-rest', false),
        says: 'more',
        condition: '32 busy clients with single instances, REST',
      }),
  },
  {
    id: 'processes-scale-flask-style',
    sentence: 'Two processes make the Flask style answer more requests per second than one.',
    experiment: 'scaling',
    aboutTensorFlowServing: false,
    judge: (findings) =>
      judgeComparison(findings, {
        metric: 'throughput',
        numerator: atClients(findings, 'flask-processes', 8),
        denominator: atClients(findings, 'flask-style', 8),
        says: 'more',
        condition: '8 busy clients, small CNN',
      }),
  },
  {
    id: 'scaled-flask-style-keeps-up',
    sentence:
      'Even scaled by work (an asynchronous session), the Flask style answers fewer requests per second than TensorFlow Serving.',
    experiment: 'scaling',
    aboutTensorFlowServing: true,
    judge: (findings) =>
      judgeComparison(findings, {
        metric: 'throughput',
        numerator: atClients(findings, 'flask-session', 8),
        denominator: atClients(findings, 'direct-rest', 8),
        says: 'less',
        condition: '8 busy clients, small CNN',
      }),
  },
  {
    id: 'replicas-scale',
    sentence: 'TensorFlow Serving scales by replicas: two behind a proxy answer more requests per second than one.',
    experiment: 'scale-out',
    aboutTensorFlowServing: true,
    judge: (findings) =>
      judgeComparison(findings, {
        metric: 'throughput',
        numerator: withReplicas(findings, 2),
        denominator: withReplicas(findings, 1),
        says: 'more',
        condition: '32 busy clients, small CNN, replicas on one machine',
      }),
  },
];

import type { CellResult, ClaimVerdict, OwnModel } from '../../record/index.js';
import { conditionParts } from '../../words/condition.js';
import { formatBytes, formatCount, formatMs, formatNumber, formatSpan } from '../../words/number.js';
import type { ReportDocument } from '../document/block.js';
import { muted, strong, type Text } from '../document/inline.js';
import { groupBy } from '../group-by.js';
import { idleCells } from './cell-selection.js';
import type { ReportContext } from './report-context.js';

/** The model in a line. */
export function ownModelSubtitle(own: OwnModel): string {
  const { signature, inputs, outputs, parameters, bytes } = own;
  return `${signature}: ${tensors(inputs)} → ${tensors(outputs)}. ${formatCount(parameters)} parameters, ${formatBytes(bytes)}; a request has ${bytesWords(own)}.`;
}

function tensors(all: OwnModel['inputs']): string {
  return all.map(({ alias, dtype, shape }) => `${alias}: ${dtype} ${shapeWords(shape)}`).join('; ');
}

/** What the first screen says of the user's own model. */
export function ownModelFacts(own: OwnModel): ReportDocument['opening']['facts'] {
  const { requests, predictionMs: takes, varies } = own;
  const others = own.otherSignatures.length === 0 ? '' : ` (others: ${own.otherSignatures.join(', ')})`;
  return [
    ['Model', `${own.name}, version ${own.version}, signature ${own.signature}${others}`],
    ['Inputs', tensors(own.inputs)],
    ['Outputs', tensors(own.outputs)],
    ['Size', `${formatCount(own.parameters)} parameters, ${formatBytes(own.bytes)} of files`],
    [
      'Requests',
      requests.kind === 'recorded'
        ? `${requests.used} of the ${requests.of} in ${requests.from}; ${bytesWords(own)}`
        : `made up, as no --requests were given: ${requests.from}; ${bytesWords(own)}`,
    ],
    [
      'Right answers',
      `TensorFlow ${own.tensorflow} itself, ${formatMs(takes.one)} for one prediction${varies
        .map(({ output, reason }) => `; ${output} differs from call to call (${reason}), so only its size is checked`)
        .join('')}`,
    ],
  ];
}

function bytesWords({ requests: { jsonBytes, grpcBytes } }: OwnModel): string {
  const json = jsonBytes === null ? 'JSON cannot carry them' : `${formatBytes(jsonBytes)} as JSON`;
  return `${json}, ${formatBytes(grpcBytes)} over gRPC`;
}

/** `[any, 28, 28]` */
function shapeWords(shape: readonly number[] | null): string {
  return shape === null ? 'of any rank' : `[${shape.map((size) => (size === -1 ? 'any' : size)).join(', ')}]`;
}

/** Where the time of one request goes, and what would change it: valid cells and decided claims only. */
export function ownModelAnswer(context: ReportContext, cells: readonly CellResult[]): Text[] {
  const { claims } = context.results;
  return [...limits(context, cells), ...CHANGES.flatMap((change) => changeSentence(change, claims))];
}

/** How people name the parts of the split. */
const PARTS: Readonly<Record<string, string>> = {
  parse: 'reading the request',
  queue: 'waiting in a queue',
  inference: 'the model itself',
  'upstream inference': 'the model itself',
  serialise: 'writing the answer',
  'server, rest': 'TensorFlow Serving around the model',
  'upstream queue': 'waiting in a queue',
  'upstream server, rest': 'TensorFlow Serving around the model',
  'upstream, rest': 'the way between proxy and TensorFlow Serving',
  unaccounted: 'network, HTTP and what nobody timed',
};

/** The part that takes most of the time of a request on an idle server, with the ways of serving that it takes most of. */
function limits(context: ReportContext, cells: readonly CellResult[]): Text[] {
  const idle = idleCells(cells).filter(({ cell, valid }) => valid && cell.experiment === 'headline');
  const largest = idle.flatMap(({ cell, split }) => {
    const role = context.contestant(cell.contestant)?.role;
    if (role !== 'subject' && role !== 'direct') return [];
    const totalMs = split.reduce((sum, { ms }) => sum + ms, 0);
    const [first] = split.toSorted((a, b) => b.ms - a.ms);
    if (first === undefined || !(totalMs > 0)) return [];
    // Means of TensorFlow Serving's own counters hold the warm-up too: of a slow model they may exceed the whole.
    const share = Math.min(100, Math.round((100 * first.ms) / totalMs));
    const figures = `${share}% of ${formatMs(totalMs)} with ${context.label(cell.contestant)}`;
    const condition = conditionParts(cell.condition).join(', ');
    return [{ part: PARTS[first.part] ?? first.part, isMost: share > 50, figures, condition }];
  });
  return [...groupBy(largest, ({ part, isMost }) => `${part} ${isMost}`).values()].flatMap((ways): Text[] => {
    const [way] = ways;
    if (way === undefined) return [];
    const opening = way.isMost ? 'Most' : 'The largest part';
    const figures = ways.map((each) => each.figures).join('; ');
    return [
      [
        `${opening} of the time of one request goes into `,
        strong(way.part),
        `: ${figures}. `,
        muted(`means; ${way.condition}`),
      ],
    ];
  });
}

interface Change {
  readonly claim: string;
  readonly what: string;
}

const CHANGES: readonly Change[] = [
  { claim: 'server-batching-helps', what: 'Batching in TensorFlow Serving' },
  { claim: 'micro-batching-by-hand-helps', what: 'Micro-batching by hand in the Flask style' },
  { claim: 'client-batches-help-serving', what: 'Several instances in one request' },
  { claim: 'grpc-sooner-than-rest', what: 'Asking TensorFlow Serving by gRPC instead of REST' },
  { claim: 'raw-bytes-beat-typed-numbers', what: 'Raw bytes (tensor_content) instead of typed numbers over gRPC' },
  { claim: 'processes-scale-flask-style', what: 'A second process of the Flask style' },
  { claim: 'second-cpu-helps-serving', what: 'More CPUs for TensorFlow Serving' },
];

function changeSentence({ claim: id, what }: Change, claims: readonly ClaimVerdict[]): Text[] {
  const claim = claims.find((each) => each.claim === id);
  const [effect] = claim?.effects ?? [];
  if (claim === undefined || effect === undefined) return [];
  const { ratio, low, high, metric, better } = effect;
  const isHigher = better === 'higher';
  const [factor, span] = isHigher ? [ratio, formatSpan(low, high)] : [1 / ratio, formatSpan(1 / high, 1 / low)];
  const unit = isHigher ? metric.replace('throughput', 'requests per second') : 'as fast';
  const figures = `${formatNumber(factor)} times ${isHigher ? `the ${unit}` : unit}, 95% interval ${span}; ${claim.condition}`;
  switch (claim.verdict) {
    case 'CONFIRMED':
      return [[`${what} `, strong('would help'), '. ', muted(figures)]];
    case 'REFUTED':
    case 'EQUIVALENT':
      return [[`${what} `, strong('would not help'), '. ', muted(figures)]];
    default:
      return [];
  }
}

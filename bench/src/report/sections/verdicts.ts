import { VERDICTS, type ClaimVerdict, type Effect } from '../../record/index.js';
import { isRange } from '../../stats/index.js';
import type { Block, Opening, TableBlock } from '../document/block.js';
import { numberColumn, textColumn } from '../document/table.js';
import type { Inline, Text } from '../document/inline.js';
import { formatCount, formatNumber, formatRatio, formatSpan } from '../format/number.js';
import { slug } from '../format/slug.js';
import type { ReportContext } from './report-context.js';
import { claimsWithoutStandin } from './standin-filter.js';

const MOST_EFFECTS = 3;

/** The list of claims with their verdicts: the report's first table. */
export function verdicts(context: ReportContext): NonNullable<Opening['verdicts']> {
  const { plan, notTested } = context.results.study;
  const claims = claimsWithoutStandin(context);
  const asked = (claim: ClaimVerdict): boolean =>
    plan.experiments.includes(claim.experiment) || notTested.some(({ subject }) => subject === claim.experiment);
  // Answers first, in the order of the list.
  const [inRun, leftOut] = [claims.filter(asked), claims.filter((claim) => !asked(claim))];
  const ordered = [
    ...inRun.filter(({ verdict }) => verdict !== 'NOT TESTED'),
    ...inRun.filter(({ verdict }) => verdict === 'NOT TESTED'),
  ];
  const told = new Set(context.results.experiments.map(({ id }) => id));
  const counts = VERDICTS.map((verdict) => ({
    verdict,
    count: inRun.filter((claim) => claim.verdict === verdict).length,
  }));
  const tally = counts
    .filter(({ count }) => count > 0)
    .flatMap(({ verdict, count }): Inline[] => [{ as: 'verdict', verdict, standin: false, count }, ' ']);
  return {
    id: 'verdicts',
    title: 'Verdicts',
    tally: claims.length === 0 ? 'No claim was put to this run.' : tally,
    ...(leftOut.length === 0 ? {} : { leftOut: notAsked(leftOut) }),
    table: verdictTable(ordered, 'What users have read, and what this run says of it', (claim) =>
      told.has(claim.experiment) ? `#exp-${slug(claim.experiment)}` : undefined,
    ),
  };
}

function notAsked(claims: readonly ClaimVerdict[]): Block {
  const summary = `${claims.length} more ${claims.length === 1 ? 'claim was' : 'claims were'} not put to this run`;
  return {
    kind: 'details',
    summary,
    body: [
      {
        kind: 'table',
        caption: summary,
        columns: [textColumn('Claim'), textColumn('Why not, and how to ask')],
        rows: claims.map(({ sentence, reason }) => ({
          cells: [{ text: sentence }, { text: [{ as: 'muted', text: reason }] }],
        })),
      },
    ],
  };
}

export function verdictTable(
  claims: readonly ClaimVerdict[],
  caption: string,
  target: (claim: ClaimVerdict) => string | undefined,
): TableBlock {
  const ranges = claims.some(({ effects }) => effects.slice(0, MOST_EFFECTS).some(({ pairs }) => isRange(pairs)));
  const reach = intervalReach(claims.flatMap(({ effects }) => effects));
  return {
    kind: 'table',
    caption,
    columns: [
      textColumn('Verdict'),
      textColumn('Claim and condition'),
      numberColumn(`Effect: ratio with 95% interval${ranges ? ', or range' : ''}`),
    ],
    rows: claims.map((claim) => {
      const to = target(claim);
      const standin = claim.standin !== undefined;
      return {
        cells: [
          { text: [{ as: 'verdict', verdict: claim.verdict, standin }], sort: VERDICTS.indexOf(claim.verdict) },
          {
            text: [
              to === undefined ? claim.sentence : { as: 'link', text: claim.sentence, to },
              { as: 'break' },
              { as: 'muted', text: claim.condition },
            ],
          },
          effectCell(claim, reach),
        ],
      };
    }),
    note: 'A ratio of 1 means no difference. Of a claim that one side is more or less, CONFIRMED and REFUTED need an interval on one side of 1, EQUIVALENT one inside the margin (5% where the claim says no other). Of a claim that there is no difference, CONFIRMED needs an interval inside the margin, REFUTED one outside.',
  };
}

/** The largest factor that the small pictures of intervals must show, at least 2. */
function intervalReach(effects: readonly Effect[]): number {
  return Math.min(20, Math.max(2, ...effects.flatMap(({ low, high }) => [high, ...(low > 0 ? [1 / low] : [])])));
}

function effectCell(claim: ClaimVerdict, reach: number): TableBlock['rows'][number]['cells'][number] {
  const [first] = claim.effects;
  if (first === undefined) return { text: [{ as: 'muted', text: claim.reason }] };
  return {
    text: claim.effects
      .slice(0, MOST_EFFECTS)
      .flatMap((effect, index) => [...(index === 0 ? [] : [{ as: 'break' } as const]), ...effectText(effect, reach)]),
    sort: first.ratio,
  };
}

function effectText({ ratio, low, high, pairs, metric, ratioOf }: Effect, reach: number): Inline[] {
  const range = isRange(pairs) ? `, range of ${formatCount(pairs)} blocks` : '';
  return [
    { as: 'interval', value: ratio, low, high, reach },
    { as: 'strong', text: formatRatio(ratio) },
    ` (${formatSpan(low, high, formatNumber)}${range})`,
    { as: 'break' },
    { as: 'muted', text: `${metric}: ${ratioOf}` },
  ];
}

/** A verdict as running text, e.g. in an experiment. */
export function verdictText(claim: ClaimVerdict): Text {
  return [
    { as: 'verdict', verdict: claim.verdict, standin: claim.standin !== undefined },
    ` ${claim.sentence}`,
    { as: 'break' },
    { as: 'muted', text: claim.verdict === 'NOT TESTED' ? claim.reason : `${claim.condition}. ${claim.reason}` },
  ];
}

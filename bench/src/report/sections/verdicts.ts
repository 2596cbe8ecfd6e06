import { commandToAsk, VERDICTS, type ClaimVerdict, type Effect } from '../../record/index.js';
import { isRange } from '../../stats/index.js';
import type { Block, Opening, TableBlock } from '../document/block.js';
import type { Inline, Text } from '../document/inline.js';
import { tableOf, text } from '../document/table.js';
import { effectSides, effectSpan, effectWords } from '../format/effect.js';
import { formatRatio } from '../format/number.js';
import { slug } from '../format/slug.js';
import type { ReportContext } from './report-context.js';
import { claimsWithoutStandin } from './without-standin.js';

const MOST_EFFECTS = 3;

/** The list of claims with their verdicts: the report's first table. */
export function verdicts(context: ReportContext): NonNullable<Opening['verdicts']> {
  const { plan, notTested } = context.results.study;
  const claims = claimsWithoutStandin(context);
  const asked = (claim: ClaimVerdict): boolean =>
    plan.experiments.includes(claim.experiment) || notTested.some(({ subject }) => subject === claim.experiment);
  const inRun = claims.filter(asked);
  const leftOut = claims.filter((claim) => !asked(claim));
  const tally = VERDICTS.flatMap((verdict): Inline[] => {
    const count = inRun.filter((claim) => claim.verdict === verdict).length;
    return count === 0 ? [] : [{ as: 'verdict', verdict, standin: false, count }, ' '];
  });
  const told = new Set(context.results.experiments.map(({ id }) => id));
  // Answers first, in the order of the list.
  const ordered = [
    ...inRun.filter(({ verdict }) => verdict !== 'NOT TESTED'),
    ...inRun.filter(({ verdict }) => verdict === 'NOT TESTED'),
  ];
  return {
    id: 'verdicts',
    title: 'Verdicts',
    tally: claims.length === 0 ? 'No claim was put to this run.' : tally,
    ...(leftOut.length === 0 ? {} : { leftOut: notAsked(context, leftOut) }),
    table: verdictTable(context, ordered, 'What users have read, and what this run says of it', (claim) =>
      told.has(claim.experiment) ? `#exp-${slug(claim.experiment)}` : undefined,
    ),
  };
}

/** The report gives the reason itself: only the run knows whether its profile or its command left a claim out. */
function notAsked(context: ReportContext, claims: readonly ClaimVerdict[]): Block {
  const { asked, command, plan } = context.results.study;
  const why = /\s--only[\s=]/.test(command)
    ? 'The run was told to ask others (--only)'
    : `The profile ${plan.profile} leaves it out`;
  const summary = `${claims.length} more ${claims.length === 1 ? 'claim was' : 'claims were'} not put to this run`;
  const how = ({ experiment }: ClaimVerdict): Text => [
    { as: 'muted', text: `${why}. To ask: ` },
    { as: 'code', text: commandToAsk(experiment, asked) },
  ];
  const table = tableOf(summary, claims, [
    text('Claim', ({ sentence }) => sentence),
    text('Why not, and how to ask', how),
  ]);
  return { kind: 'details', summary, body: [table] };
}

export function verdictTable(
  context: ReportContext,
  claims: readonly ClaimVerdict[],
  caption: string,
  target: (claim: ClaimVerdict) => string | undefined,
): TableBlock {
  const shown = claims.flatMap(({ effects }) => effects.slice(0, MOST_EFFECTS));
  const reach = intervalReach(shown);
  const ranges = shown.some(({ pairs }) => isRange(pairs)) ? ', or range' : '';
  return tableOf(
    caption,
    claims,
    [
      {
        name: 'Verdict',
        numeric: false,
        cell: ({ verdict, standin }) => ({
          text: [{ as: 'verdict', verdict, standin: standin !== undefined }],
          sort: VERDICTS.indexOf(verdict),
        }),
      },
      text('Claim and condition', (claim) => {
        const to = target(claim);
        const sentence: Inline = to === undefined ? claim.sentence : { as: 'link', text: claim.sentence, to };
        return [sentence, { as: 'break' }, { as: 'muted', text: claim.condition }];
      }),
      {
        name: `Effect: ratio with 95% interval${ranges}`,
        numeric: true,
        cell: (claim) => {
          const [first] = claim.effects;
          return { text: effectText(context, claim, reach), ...(first === undefined ? {} : { sort: first.ratio }) };
        },
      },
    ],
    {
      question: ({ experiment }) => experiment,
      note: 'A ratio of 1 means no difference. Of a claim that one side is more or less, CONFIRMED and REFUTED need an interval on one side of 1, EQUIVALENT one inside the margin (5% where the claim says no other). Of a claim that there is no difference, CONFIRMED needs an interval inside the margin, REFUTED one outside.',
    },
  );
}

/** The largest factor that the small pictures of intervals must show, at least 2. */
function intervalReach(effects: readonly Effect[]): number {
  return Math.min(20, Math.max(2, ...effects.flatMap(({ low, high }) => [high, ...(low > 0 ? [1 / low] : [])])));
}

function effectText(context: ReportContext, { effects, reason }: ClaimVerdict, reach: number): Inline[] {
  const told = effects
    .slice(0, MOST_EFFECTS)
    .map((effect): Inline[] => [
      { as: 'interval', value: effect.ratio, low: effect.low, high: effect.high, reach },
      { as: 'strong', text: formatRatio(effect.ratio) },
      ` (${effectSpan(effect)})`,
      { as: 'break' },
      { as: 'muted', text: `${effect.metric}: ${effectSides(effect, context)}` },
    ]);
  const parts = reason === '' ? told : [...told, [{ as: 'muted', text: reason } as const]];
  return parts.flatMap((part, index) => (index === 0 ? part : [{ as: 'break' } as const, ...part]));
}

/** A verdict as running text, e.g. in an experiment. */
export function verdictText(context: ReportContext, claim: ClaimVerdict): Text {
  return [
    { as: 'verdict', verdict: claim.verdict, standin: claim.standin !== undefined },
    ` ${claim.sentence}`,
    { as: 'break' },
    { as: 'muted', text: explanation(context, claim) },
  ];
}

/** Under which condition, with what effect, and what else there is to say. */
export function explanation(context: ReportContext, { verdict, condition, effects, reason }: ClaimVerdict): string {
  if (verdict === 'NOT TESTED') return reason;
  const told = effects.slice(0, MOST_EFFECTS).map((effect) => effectWords(effect, context));
  return [condition, ...told, reason].filter((part) => part !== '').join('. ');
}

import { commandToAsk, VERDICTS, type ClaimVerdict, type Effect } from '../../record/index.js';
import { isRange } from '../../stats/index.js';
import { details, paragraph, section, type Block, type Section, type TableBlock } from '../document/block.js';
import { BREAK, code, link, muted, strong, type Inline, type Text } from '../document/inline.js';
import { tableOf, text } from '../document/table.js';
import { effectSides, effectSpan, effectWords } from '../format/effect.js';
import { counted, formatRatio } from '../../words/number.js';
import { slug } from '../format/slug.js';
import type { ReportContext } from './report-context.js';

const MOST_EFFECTS = 3;

/** The list of claims with their verdicts: the report's first table. */
export function verdictsSection(context: ReportContext): Section {
  const { study, experiments, claims } = context.results;
  const { plan, notTested } = study;
  const asked = (claim: ClaimVerdict): boolean =>
    plan.experiments.includes(claim.experiment) || notTested.some(({ subject }) => subject === claim.experiment);
  const inRun = claims.filter(asked);
  const leftOut = claims.filter((claim) => !asked(claim));
  const chapters = new Set(experiments.map(({ id }) => id));
  // Answers first, in the order of the list.
  const ordered = inRun.toSorted((a, b) => Number(a.verdict === 'NOT TESTED') - Number(b.verdict === 'NOT TESTED'));
  return section('verdicts', 'Verdicts', 'Verdicts', [
    paragraph(claims.length === 0 ? 'No claim was put to this run.' : tally(inRun)),
    verdictTable(context, ordered, 'What users have read, and what this run says of it', chapters),
    leftOut.length > 0 && notAsked(context, leftOut),
  ]);
}

/** How many claims have each verdict. */
export function tally(claims: readonly ClaimVerdict[]): Text {
  return VERDICTS.map((verdict) => {
    const count = claims.filter((claim) => claim.verdict === verdict).length;
    return count > 0 && [{ as: 'verdict', verdict, standin: false, count }, ' '];
  });
}

/** The report gives the reason itself: only the run knows whether its profile or its command left a claim out. */
function notAsked(context: ReportContext, claims: readonly ClaimVerdict[]): Block {
  const { asked, command, plan } = context.results.study;
  const why = /\s--only[\s=]/.test(command)
    ? '--only chose other questions'
    : `The profile ${plan.profile} leaves it out${asked?.program === 'bench' ? ', or npm run bench, which observes nothing besides cells' : ''}`;
  const summary = `${counted(claims.length, 'more claim was', 'more claims were')} not put to this run`;
  const table = tableOf(summary, claims, [
    text('Claim', ({ sentence }) => sentence),
    text('Why not, and how to ask', ({ experiment }) => [
      muted(`${why}. To ask: `),
      code(commandToAsk(experiment, asked)),
    ]),
  ]);
  return details(summary, table);
}

/** `chapters`: the experiments that have a chapter to lead to. */
export function verdictTable(
  context: ReportContext,
  claims: readonly ClaimVerdict[],
  caption: string,
  chapters: ReadonlySet<string> = new Set(),
): TableBlock {
  const shown = claims.flatMap(({ effects }) => effects.slice(0, MOST_EFFECTS));
  const reach = intervalReach(shown);
  const ranges = shown.some(({ pairs }) => isRange(pairs)) ? ', or range' : '';
  return tableOf(
    {
      caption,
      question: ({ experiment }) => experiment,
      note: 'A ratio of 1 means no difference. Of a claim that one side is more or less, CONFIRMED and REFUTED need an interval on one side of 1, EQUIVALENT one inside the margin (5% where the claim says no other). Of a claim that there is no difference, CONFIRMED needs an interval inside the margin, REFUTED one outside.',
    },
    claims,
    [
      {
        name: 'Verdict',
        numeric: false,
        cell: (claim) => ({ text: verdictOf(claim), sort: VERDICTS.indexOf(claim.verdict) }),
      },
      text('Claim and condition', ({ experiment, sentence, condition }) => [
        chapters.has(experiment) ? link(sentence, `#exp-${slug(experiment)}`) : sentence,
        BREAK,
        muted(condition),
      ]),
      {
        name: `Effect: ratio with 95% interval${ranges}`,
        numeric: true,
        cell: (claim) => ({ text: effectText(context, claim, reach), sort: claim.effects[0]?.ratio }),
      },
    ],
  );
}

export function verdictOf({ verdict, standin }: ClaimVerdict): Inline {
  return { as: 'verdict', verdict, standin: standin !== undefined };
}

/** The largest factor that the small pictures of intervals must show, at least 2. */
function intervalReach(effects: readonly Effect[]): number {
  return Math.min(20, Math.max(2, ...effects.flatMap(({ low, high }) => [high, ...(low > 0 ? [1 / low] : [])])));
}

function effectText(context: ReportContext, { effects, reason }: ClaimVerdict, reach: number): Text {
  const words = effects
    .slice(0, MOST_EFFECTS)
    .map((effect): Text => [
      { as: 'interval', value: effect.ratio, low: effect.low, high: effect.high, reach },
      strong(formatRatio(effect.ratio)),
      ` (${effectSpan(effect)})`,
      BREAK,
      muted(`${effect.metric}: ${effectSides(effect, context)}`),
    ]);
  return [...words, ...(reason === '' ? [] : [muted(reason)])].map((part, index) => [index > 0 && BREAK, part]);
}

/** A verdict as running text, e.g. in an experiment. */
export function verdictText(context: ReportContext, claim: ClaimVerdict): Text {
  return [verdictOf(claim), ` ${claim.sentence}`, BREAK, muted(explanation(context, claim))];
}

/** Under which condition, with what effect, and what else there is to say. */
export function explanation(context: ReportContext, { verdict, condition, effects, reason }: ClaimVerdict): string {
  if (verdict === 'NOT TESTED') return reason;
  const words = effects.slice(0, MOST_EFFECTS).map((effect) => effectWords(effect, context));
  return [condition, ...words, reason].filter((part) => part !== '').join('. ');
}

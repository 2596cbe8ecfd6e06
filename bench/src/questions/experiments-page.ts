import type { Contestant } from '../record/index.js';
import { isAboutServing } from './claim.js';
import { QUESTIONS } from './index.js';

type Listed = Pick<Contestant, 'id' | 'label' | 'role' | 'protocol'> & { readonly onServing: boolean };

/** docs/experiments.md: what `--only` and `--contestants` take. */
export function experimentsPage(contestants: readonly Listed[]): string {
  const claims = QUESTIONS.flatMap(({ id, claims: own }) => own.map((claim) => ({ experiment: id, claim })));
  return `# Experiments, claims, contestants

Made from the tables in [bench/src/questions](../bench/src/questions) and of the contestants: do not edit.

\`npm run study -- --profile standard --only <ids>\` takes ids of experiments and of claims, joined by commas; a claim stands for the experiment that decides it. \`--contestants <ids>\` keeps to some contestants; a claim needs all that it compares.

## The ${QUESTIONS.length} experiments

In the order of the report. \`all\` stands for the profiles \`quick\`, \`standard\` and \`thorough\`.

${table(
  ['Experiment', 'Question', 'Profiles', 'Needs'],
  QUESTIONS.map(({ id, asks, profiles, needs = '–' }) => [
    code(id),
    asks,
    profiles.length === 3 ? 'all' : profiles.join(', '),
    needs,
  ]),
)}

Models that are built on demand (\`cnn-w64\`, \`cnn-w128\`, \`mobilenet-v2\`, \`resnet50\`), Flask and FastAPI need the Python environment that set-up makes. What is missing is left out, and the report says why.

## The ${claims.length} claims

The report's first table shows the sentences, answered ones first. The ids are those of \`claims\` in \`results.json\`. A stand-in's numbers never decide a claim about TensorFlow Serving ("TFS").

${table(
  ['Claim', 'Decided by', 'TFS', 'Sentence'],
  claims.map(({ experiment, claim }) => [
    code(claim.id),
    code(experiment),
    isAboutServing(claim) ? 'yes' : 'no',
    claim.sentence,
  ]),
)}

## The contestants

\`control\` keeps the comparison honest, \`direct\` shows TensorFlow Serving without the proxy, \`variant\` what more work makes of a server, or what another program does in its place. Variants take part only in the experiments that ask for them.

${table(
  ['Contestant', 'What it is', 'Role', 'Asked by', 'Asks TensorFlow Serving'],
  contestants.map(({ id, label, role, protocol, onServing }) => [
    code(id),
    label,
    role,
    protocol,
    onServing ? 'yes' : 'no',
  ]),
)}
`;
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A Markdown table with its columns aligned, as Prettier writes it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

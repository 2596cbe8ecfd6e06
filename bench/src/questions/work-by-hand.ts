import { notTested } from './claim.js';
import { ALL_PROFILES, question, type Told } from './define.js';
import { linesByContestant, workSchema } from '../observations/work-by-hand/record.js';
import { observedBars, observedTable } from './observed-table.js';
import type { Findings } from '../judge/findings.js';

export const workByHand = question({
  id: 'work-by-hand',
  title: 'Work by hand',
  profiles: ALL_PROFILES,
  asks: 'How much must a developer write for each way of serving, and for each feature?',
  expects:
    'Loading by hand starts small and grows with every feature; TensorFlow Serving brings the features and asks for configuration instead.',
  means:
    'Count what you need: if versions, reload, batching and metrics are on your list, each is written, tested and kept by you in the Flask style.',
  missing: () => undefined,
  claims: [
    {
      id: 'less-code-behind-serving',
      sentence:
        'A proxy in front of TensorFlow Serving takes fewer lines of code than a server that loads the model by hand.',
      about: [],
      judge: (findings) => {
        const lines = linesByContestant(findings);
        const [byHand, proxy] = [lines.get('flask-style'), lines.get('proxy-rest')];
        if (byHand === undefined || proxy === undefined) return notTested('the lines were not counted');
        return {
          verdict: proxy < byHand ? 'CONFIRMED' : 'REFUTED',
          condition: 'every line of this project that the program reaches by import, shared ones counted for both',
          reason: `${proxy} lines for the proxy that passes REST through, ${byHand} for the server by hand, counted`,
          effects: [],
        };
      },
    },
  ],
  tell,
});

function tell(findings: Findings): Told {
  const work = workSchema.parse(findings.study.observations['work-by-hand']);
  const lines = linesByContestant(findings);
  const counted = ['flask-style', 'flask-control', 'proxy-rest', 'proxy-grpc'];
  return {
    done: 'Lines with code were counted in every file of this checkout that a program reaches by import, types and libraries apart; direct dependencies as its package names them. A variant shows what it adds.',
    answer: [
      {
        text: `Lines of code: ${counted.map((id) => `${findings.label(id)} ${lines.get(id) ?? 0}`).join(', ')}; TensorFlow Serving alone none.`,
        contestants: [],
      },
    ],
    charts: [
      observedBars(
        { title: 'Lines of code by contestant', caption: 'Stacked by feature.', y: 'lines of code' },
        work
          .filter(({ lines: own }) => own > 0)
          .map(({ contestant, feature: variant, lines: y }) => ({ contestant, variant, y })),
        true,
      ),
    ],
    tables: [
      observedTable('What is written for what', work, [
        ['feature', 'text', ({ feature }) => feature],
        ['files', 'number', ({ files }) => files],
        ['lines', 'number', ({ lines: own }) => own],
        ['dependencies', 'number', ({ dependencies }) => dependencies],
        ['given by', 'text', ({ givenBy }) => givenBy ?? 'written'],
      ]),
    ],
  };
}

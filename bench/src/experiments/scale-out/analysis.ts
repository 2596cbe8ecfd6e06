import type { ExperimentAnalysis } from '../../analysis/experiment-analysis.js';

export const scaleOutAnalysis: ExperimentAnalysis = {
  id: 'scale-out',
  title: 'Replicas',
  question: 'How does throughput grow with 1, 2 and 4 replicas of the model server?',
  hypothesis: 'Nearly linearly as long as each replica has CPUs of its own.',
  analyse: () => ({ done: 'Nothing was measured.', answer: 'Not tested.', meaning: '–', charts: [], tables: [] }),
};

import type { StudyRecord } from '../study-record.js';

/** A run beside a TensorFlow Serving that measured nothing; `overrides` replace its fields. */
export function aStudy(overrides: Partial<StudyRecord> = {}): StudyRecord {
  return {
    formatVersion: 1,
    id: 'planned',
    command: '',
    startedAt: '2026-01-01T00:00:00.000Z',
    machine: {},
    versions: {},
    serving: { kind: 'binary', version: '2.20.0', detail: '' },
    contestants: [],
    notTested: [],
    models: [],
    ledger: [],
    coldStarts: [],
    plan: {
      profile: 'standard',
      seeds: { arrivals: 1, inputs: 2, order: 3 },
      experiments: [],
      cells: [],
      passes: 1,
      startsAnew: false,
      restarts: 1,
      expectedMs: 0,
    },
    observations: {},
    ...overrides,
  };
}

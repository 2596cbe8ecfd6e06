/** When to send what, in which order: pure functions of seeds (method rules 2 and 8). */
export { scheduleArrivals, type ArrivalPattern } from './arrivals.js';
export { inputOrder } from './input-order.js';
export { interleave, type PlannedTrial } from './interleave.js';
export { groupSeed, pairSeeds } from './pair-seeds.js';

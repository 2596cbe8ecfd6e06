import koffi from 'koffi';

/**
 * Native functions run on stacks that koffi lays out, 128 KiB by default for those on the thread pool: TensorFlow
 * needs more than that where functions call functions, and the process ends. This is what threads have on Linux. Memory is
 * taken for what is used of it.
 */
const STACK_BYTES = 8 * 2 ** 20;
/** Calls at the same time whose stacks are kept for the next ones; the most that koffi takes. */
const KEPT_STACKS = 32;

koffi.config({ async_stack_size: STACK_BYTES, resident_async_pools: KEPT_STACKS });

export { koffi };

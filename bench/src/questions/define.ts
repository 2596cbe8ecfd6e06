import type { Findings } from '../judge/findings.js';
import type { Condition, Contestant, ExperimentResult, ModelFacts, Network, Profile } from '../record/index.js';
import type { Claim } from './claim.js';
import type { Column } from './columns.js';
import type { Subject } from './subject.js';
import type { Shown, Where } from './where.js';

export const ALL_PROFILES = ['quick', 'standard', 'thorough'] as const;
/** The same in every profile, or a value for each. The quick one has the standard one's where none of its own is said. */
export type ByProfile<T> = T | Several<T>;
type Several<T> = Readonly<Record<Exclude<Profile, 'quick'>, T>> & { readonly quick?: T };

/** What is known when a run is planned. Everything else is measured. */
export interface PlanContext {
  readonly profile: Profile;
  readonly schedulableCpus: number;
  /** Numbers of the CPUs that servers may use. */
  readonly serverCpus: readonly number[];
  /** Why no GPU can be measured here; undefined when one can. */
  readonly noGpu: string | undefined;
  /** Whether servers can be held to a memory limit here. */
  readonly memoryLimits: boolean;
  /** Contestants that can run here, in the order of the catalogue. */
  readonly contestants: readonly PlannedContestant[];
  readonly subject: Subject;
  /** Models that can be had here, with their newest version. */
  readonly models: ReadonlyMap<string, ModelFacts>;
}

export type PlannedContestant = Pick<Contestant, 'id' | 'role' | 'family' | 'protocol'>;

type Factors = NonNullable<Condition['factors']>;

/**
 * Cells that vary some things: their product. What is not named has its default: one closed-loop client, the default model, one
 * instance, the payload of the contestant's protocol, plain loopback, no factors.
 */
export interface CellTable {
  /** Ids; default: every contestant that is no variant. A condition leaves some out. */
  readonly contestants?: ByProfile<readonly string[]>;
  /** Closed loops of so many clients. */
  readonly clients?: ByProfile<readonly number[]>;
  /** Poisson arrivals instead. */
  readonly ratesPerS?: ByProfile<readonly number[]>;
  readonly models?: ByProfile<readonly string[]>;
  /** Instances in one request. */
  readonly batches?: ByProfile<readonly number[]>;
  readonly payloads?: (contestant: PlannedContestant) => readonly Condition['payload'][];
  readonly networks?: ByProfile<readonly Network[]>;
  readonly factors?: ByProfile<readonly Factors[]> | ((context: PlanContext) => readonly Factors[]);
  /**
   * What is compared besides contestants: cells that differ in it alone are interleaved too (method rule 8). By model only
   * those of one contestant: all models of all contestants at once would need a server for each of them.
   */
  readonly together?: 'model' | 'batch' | { readonly factor: string };
  /** How long one trial lasts that only draws a curve, and one that a claim rests on, in ms. */
  readonly curveMs?: ByProfile<number>;
  readonly sliceMs?: ByProfile<number>;
  /** Measures the others as often as the cells that a claim rests on. */
  readonly everyBlock?: true;
  /** Blocks of cells that a claim rests on. */
  readonly blocks?: ByProfile<number>;
  readonly warmupMs?: number;
  /** Highest share of requests that may fail; default 0.001. Beyond saturation failures are what is looked for. */
  readonly errorLimit?: number;
}

interface ChartBase {
  readonly title: string;
  readonly caption?: string;
  readonly shows?: Shown;
  /** Also the cells of another question that continue the curve. */
  readonly with?: string;
  /** Models of a series only. */
  readonly series?: string;
}

interface LinesSpec extends ChartBase {
  readonly kind: 'lines';
  readonly x: Column;
  readonly y: Column;
}

interface BarsSpec extends ChartBase {
  readonly kind: 'bars';
  /** One row for each value; contestants are the colours, or the rows with these as their bars. */
  readonly rows: Column;
  readonly y: Column | readonly Column[];
  /** A line to compare with. */
  readonly reference?: { readonly y: number; readonly label: string };
}

export type ChartSpec = LinesSpec | BarsSpec | (ChartBase & { readonly kind: 'spectrum' });

type Rest<C extends ChartSpec> = Omit<C, 'kind' | 'title' | 'x' | 'rows' | 'y'>;

/** How a figure goes with another, a line for each contestant. */
export function lines(title: string, x: Column, y: Column, rest: Rest<LinesSpec> = {}): LinesSpec {
  return { kind: 'lines', title, x, y, ...rest };
}

/** A figure, or several, of each contestant as bars. */
export function bars(title: string, rows: Column, y: BarsSpec['y'], rest: Rest<BarsSpec> = {}): BarsSpec {
  return { kind: 'bars', title, rows, y, ...rest };
}

export interface TableSpec {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly shows?: Shown;
  readonly note?: string;
}

/** How a sentence of a chapter's answer is made of valid cells. */
export type AnswerSpec = { readonly shows?: Shown } & (Rank | Gains | Negligible | Together);

/** Contestants in the order of a figure, the best first. */
export interface Rank {
  readonly rank: Column;
  readonly best: 'lowest' | 'highest';
}

/** How many times the figure of each cell is that of the cell which differs from it in `against` alone. */
export interface Gains {
  readonly gains: Column;
  readonly against: Where;
  readonly says: string;
}

/** From which model on each contestant's figure stays below a limit. */
export interface Negligible {
  readonly negligible: Column;
  readonly below: number;
}

/** From which value of `by` on all contestants' figures are within so many percent of each other. */
export interface Together {
  readonly together: Column;
  readonly by: Column;
  readonly within: number;
}

export type Sentences = ExperimentResult['answer'];

/** What an observation's chapter says. */
export type Told = Pick<ExperimentResult, 'done' | 'answer' | 'charts' | 'tables'>;

/** A question put to the contestants: what is measured, what is claimed, what is shown. A table, hardly any code. */
export interface Question {
  readonly id: string;
  readonly title: string;
  readonly profiles: readonly Profile[];
  readonly asks: string;
  readonly expects: string;
  /** What was done to its cells, in words; the report adds the trials. */
  readonly done?: string;
  /** What explains the answer, as far as figures show it. */
  readonly why?: string;
  /** What it means for the reader. */
  readonly means: string;
  /** What a machine needs for it, in words. */
  readonly needs?: string;
  /** Why it cannot be asked here; undefined when it can. Default: the default model must be there. */
  readonly missing?: (context: PlanContext) => string | undefined;
  readonly cells: readonly CellTable[];
  readonly claims: readonly Claim[];
  readonly charts: readonly ChartSpec[];
  readonly tables: readonly TableSpec[];
  readonly answer: readonly AnswerSpec[];
  /** What `gain` divides by: cells that differ in these values alone. */
  readonly against?: Where;
  /** The chapter of what was observed besides cells. Throws where the record is not of this question's shape. */
  readonly tell?: (findings: Findings) => Told;
}

type Assumed = 'profiles' | 'cells' | 'charts' | 'tables' | 'answer';

/** A question with what it does not say: the quick profile has no time for it, and there are no cells, charts, tables, answers. */
export function question(said: Omit<Question, Assumed> & Partial<Pick<Question, Assumed>>): Question {
  return { profiles: ['standard', 'thorough'], cells: [], charts: [], tables: [], answer: [], ...said };
}

export function inProfile<T>(value: ByProfile<T>, profile: Profile): T {
  const isSeveral = (each: ByProfile<T>): each is Several<T> =>
    typeof each === 'object' && each !== null && 'thorough' in each;
  return isSeveral(value) ? (value[profile] ?? value.standard) : value;
}

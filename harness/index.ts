/** What a user's own target, workload or fault imports from `ordeal`, and what drives trials from code. */
export { defineFault, type Fault, type Injection } from '../nemesis/index.ts';
export {
  type Checker,
  defineModel,
  type Effect,
  type History,
  type Model,
  Problem,
  type Value,
  type Verdict,
} from '../results/index.ts';
export {
  type Cluster,
  defineTarget,
  dockerRuntime,
  findEngine,
  type Node,
  type Target,
  Unmet,
} from '../targets/index.ts';
export * from '../workloads/index.ts';
export { findFault, findTarget, findWorkload } from './catalog.ts';
export type { Phase, TrialListener } from './listener.ts';
export type { TrialPlan } from './plan.ts';
export { runTrial, type TrialOutcome } from './trial.ts';

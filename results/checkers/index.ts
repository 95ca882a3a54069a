export * from './checker.ts';
export {
  check,
  checkModel,
  defineModel,
  type LinearizableOptions,
  type Model,
  models,
  type Placement,
  placementsBy,
  placementsOf,
} from './linearizability/index.ts';
export * from './conclude.ts';
export * from './evidence.ts';
export { DEFAULT_LIMITS, judge, type Judging, type Progress } from './judge.ts';
export * from './registry.ts';

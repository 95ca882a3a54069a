export { check, checkModel } from './linearizable.ts';
export { checkSpread } from './spread.ts';
export { writeOrders } from './linearization.ts';
export { defineModel, type Model, type Operation, type RegisterRules, type Ties } from './model.ts';
export { models, type ModelOptions, optionsOfModels, vocabularies } from './models/index.ts';
export { type LinearizableOptions, modelOf, parseOptions } from './options.ts';
export { placementsBy, placementsOf, type Placement } from './placement.ts';

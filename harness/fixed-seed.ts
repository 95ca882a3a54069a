/**
 * Properties draw the same cases in every run of the tests: a run that fails can be run again, and says something of the
 * change it was run for. Fresh cases are drawn where they are asked for by their number: `npm run fuzz`.
 */
import fc from 'fast-check';

if (process.env['ORDEAL_CASES'] === undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_260_301 });

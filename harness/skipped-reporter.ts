/**
 * Closes a test run by naming what was skipped: a skip must not look like a pass. The last line is plain text that any
 * machine can read: `N passed, N failed, N skipped`.
 */
import type { Reporter, TestModule } from 'vitest/node';

/** Why all tests of a project may be skipped as one: they then never come to a state of their own. */
const WHY: Readonly<Record<string, string>> = { docker: ' (no Docker engine answers)' };

export const skippedReporter: Reporter = {
  onTestRunEnd(modules: readonly TestModule[]) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string) => tests.filter((test) => test.result().state === state);
    const skipped = [...inState('skipped'), ...inState('pending')];
    const lines = skipped.map((test) => {
      const why = test.result().state === 'pending' ? (WHY[test.project.name] ?? '') : '';
      return `skipped${why}: ${test.module.relativeModuleId}: ${test.fullName}`;
    });
    const broken = modules.filter(
      (module) => module.state() === 'failed' && [...module.children.allTests('failed')].length === 0,
    );
    const failed = inState('failed').length + broken.length;
    process.stdout.write(
      [...lines, `${inState('passed').length} passed, ${failed} failed, ${skipped.length} skipped`, ''].join('\n'),
    );
  },
};

/**
 * Test support: `describe` for tests that need a Docker engine.
 *
 * Where none answers they are counted and named as skipped, never silently passed; with ORDEAL_REQUIRE_DOCKER=1 they run
 * all the same, and fail with the reason.
 */
import { describe } from 'vitest';
import { Problem } from '../../results/index.ts';
import { findEngine } from './engine.ts';

async function engineAnswers(): Promise<boolean> {
  try {
    await findEngine();
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

const skipped = process.env['ORDEAL_REQUIRE_DOCKER'] !== '1' && !(await engineAnswers());

export function describeDocker(name: string, tests: () => void): void {
  describe.skipIf(skipped)(skipped ? `${name} (SKIPPED: no Docker engine answers; see npm start)` : name, tests);
}

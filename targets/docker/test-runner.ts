/**
 * Runs the tests that need a Docker engine; where none answers, skips them all.
 *
 * Skipped tests are counted, and the reporter names each with the reason: a skip must not look like a pass. With
 * ORDEAL_REQUIRE_DOCKER=1 they run all the same, and fail with what is wrong.
 */
import { TestRunner } from 'vitest';
import { Problem } from '../../results/index.ts';
import { findEngine } from './engine.ts';

type Suite = Parameters<NonNullable<TestRunner['onBeforeRunSuite']>>[0];

export default class DockerTestRunner extends TestRunner {
  override async onBeforeRunSuite(suite: Suite): Promise<void> {
    if (await skipping) skip(suite);
    await super.onBeforeRunSuite(suite);
  }
}

const skipping = noEngine();

async function noEngine(): Promise<boolean> {
  if (process.env['ORDEAL_REQUIRE_DOCKER'] === '1') return false;
  try {
    await findEngine();
    return false;
  } catch (error) {
    if (error instanceof Problem) return true;
    throw error;
  }
}

function skip(suite: Suite): void {
  suite.mode = 'skip';
  for (const task of suite.tasks) {
    task.mode = 'skip';
    if (task.type === 'suite') skip(task);
  }
}

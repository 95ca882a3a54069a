import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { isOrphan, sessionLabels } from './labels.ts';

describe('isOrphan', () => {
  const mine = sessionLabels('s');

  it('spares what this process owns', () => {
    expect(isOrphan(mine)).toBe(false);
  });

  it('finds what a process that ended owned', () => {
    const pid = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim();
    expect(isOrphan({ ...mine, 'ordeal.pid': pid })).toBe(true);
  });

  it.runIf(process.platform === 'linux')('is not deceived by a process id that is used again', () => {
    expect(isOrphan({ ...mine, 'ordeal.born': '1' })).toBe(true);
  });

  it('spares what is to be kept, what belongs to another machine, and what is not ours', () => {
    const dead = { ...mine, 'ordeal.pid': '0' };
    expect(isOrphan(dead)).toBe(true);
    expect(isOrphan({ ...dead, 'ordeal.kept': 'true' })).toBe(false);
    expect(isOrphan({ ...dead, 'ordeal.host': 'elsewhere' })).toBe(false);
    expect(isOrphan({})).toBe(false);
  });
});

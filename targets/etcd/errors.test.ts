import { describe, expect, it } from 'vitest';
import { EtcdError, REFUSALS, rule } from './errors.ts';

const system = (code: string, syscall: string): Error => Object.assign(new Error(code), { code, syscall });

describe('what etcd refuses', () => {
  it.each([
    ['etcdserver: too many requests', 'definite'],
    ['etcdserver: request is too large', 'definite'],
    ['etcdserver: no leader', 'definite'],
    ['raft proposal dropped', 'definite'],
    ['etcdserver: request timed out', 'indefinite'],
    ['etcdserver: request timed out, possibly due to previous leader failure', 'indefinite'],
    ['etcdserver: request timed out, possibly due to connection lost', 'indefinite'],
    ['etcdserver: leader changed', 'indefinite'],
    ['etcdserver: server stopped', 'indefinite'],
    ['etcdserver: mvcc: database space exceeded', 'indefinite'],
    ['context deadline exceeded', 'indefinite'],
    ['a sentence of a version yet to come', 'indefinite'],
    ['', 'indefinite'],
  ])('%s: %s', (message, fate) => {
    expect(rule(new EtcdError(503, 14, message)).fate).toBe(fate);
  });

  it('has a reason for every row, and no row that another one hides', () => {
    for (const [i, { message, why }] of REFUSALS.entries()) {
      expect(why.length).toBeGreaterThan(20);
      expect(REFUSALS.findIndex((row) => message.startsWith(row.message))).toBe(i);
    }
  });
});

describe('a broken connection', () => {
  it.each(['ECONNREFUSED', 'EHOSTUNREACH', 'ETIMEDOUT'])('is definite while connecting: %s', (code) => {
    expect(rule(system(code, 'connect')).fate).toBe('definite');
  });

  it.each([system('ECONNRESET', 'read'), system('EPIPE', 'write'), new Error('other side closed'), 'a string', null])(
    'is indefinite afterwards: %s',
    (error) => {
      expect(rule(error).fate).toBe('indefinite');
    },
  );

  it('is definite only if every address failed while connecting', () => {
    const refused = system('ECONNREFUSED', 'connect');
    expect(rule(new AggregateError([refused, refused])).fate).toBe('definite');
    expect(rule(new AggregateError([refused, system('ECONNRESET', 'read')])).fate).toBe('indefinite');
    expect(rule(new AggregateError([])).fate).toBe('indefinite');
  });
});

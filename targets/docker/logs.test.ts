import { expect, it } from 'vitest';
import { demultiplex } from './logs.ts';

function frame(stream: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

it('takes the streams apart and keeps their order', () => {
  const data = Buffer.concat([frame(1, 'one\n'), frame(2, 'oh\n'), frame(1, ''), frame(1, 'two\n')]);
  expect(demultiplex(data)).toEqual({ all: 'one\noh\ntwo\n', stdout: 'one\ntwo\n', stderr: 'oh\n' });
});

it('joins a character that two frames share', () => {
  const [first, second] = [...Buffer.from('ü')];
  const data = Buffer.from([1, 0, 0, 0, 0, 0, 0, 1, first ?? 0, 1, 0, 0, 0, 0, 0, 0, 1, second ?? 0]);
  expect(demultiplex(data).stdout).toBe('ü');
});

it('passes on the output of a container with a terminal as it is', () => {
  expect(demultiplex(Buffer.from('plain output, no frames\r\n')).all).toBe('plain output, no frames\r\n');
});

it('gives what there is of a frame that was cut off', () => {
  expect(demultiplex(frame(1, 'whole line').subarray(0, 13)).stdout).toBe('whole');
});

it('reads nothing from nothing', () => {
  expect(demultiplex(Buffer.alloc(0)).all).toBe('');
});

import { describe, expect, it } from 'vitest';
import { LineBuffer } from '../../src/service/line-buffer.js';

/** A sink that writes when it is let: all, or so many bytes. */
function slow() {
  const written: string[] = [];
  const waiting: { readonly text: string; done(count?: number): void; failed(error: Error): void }[] = [];
  return {
    written,
    waiting,
    sink: {
      write: (bytes: Buffer) =>
        new Promise<number>((resolve, reject) => {
          const done = (count = bytes.length) => {
            written.push(bytes.toString('utf8', 0, count));
            resolve(count);
          };
          waiting.push({ text: bytes.toString(), done, failed: reject });
        }),
      end: async () => {},
    },
  };
}

const pause = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

describe('a buffer of lines', () => {
  it('writes many lines at once, soon', async () => {
    const { sink, waiting, written } = slow();
    const lines = new LineBuffer(sink, { most: 1000, told: () => {} });
    for (const line of ['a\n', 'b\n', 'c\n']) expect(lines.add(line)).toBe(true);
    expect([waiting.length, lines.held]).toEqual([0, 6]);
    await pause(200);
    expect(waiting.map(({ text }) => text)).toEqual(['a\nb\nc\n']);
    waiting[0]?.done();
    await pause(0);
    expect([written, lines.held]).toEqual([['a\nb\nc\n'], 0]);
  });

  it('holds no more than it may, says so, and takes more when there is room', async () => {
    const { sink, waiting } = slow();
    const lines = new LineBuffer(sink, { most: 10, told: () => {} });
    expect([lines.add('1234567\n'), lines.add('abc\n'), lines.held]).toEqual([true, false, 8]);
    await pause(150);
    // What is being written is still held.
    expect(lines.add('abc\n')).toBe(false);
    const room = lines.room(5000);
    waiting[0]?.done();
    await room;
    // A line alone always has room.
    expect(lines.add('longer than ten\n')).toBe(true);
  });

  it('keeps what could not be written, says so once, and writes it in its order', async () => {
    const { sink, waiting, written } = slow();
    const told: unknown[] = [];
    const lines = new LineBuffer(sink, { most: 1000, told: (failure) => told.push(failure) });
    const full = new Error('the disk is full');
    lines.add('a\n');
    await pause(150);
    lines.add('b\n');
    waiting[0]?.failed(full);
    await pause(1300);
    waiting[1]?.failed(full);
    await pause(1300);
    expect(told).toEqual([full]);
    waiting[2]?.done();
    await pause(150);
    waiting[3]?.done();
    await pause(0);
    expect([written, told]).toEqual([
      ['a\n', 'b\n'],
      [full, null],
    ]);
  });

  it('goes on with the rest of what is written in part, also after a failure', async () => {
    const { sink, waiting, written } = slow();
    const lines = new LineBuffer(sink, { most: 20, told: () => {} });
    lines.add('first\n');
    lines.add('second\n');
    await pause(150);
    const room = lines.room(5000);
    waiting[0]?.done(8);
    await room;
    expect([waiting[1]?.text, lines.held]).toEqual(['cond\n', 5]);
    // What is written has left its room.
    expect(lines.add('third\n')).toBe(true);
    waiting[1]?.failed(new Error('the disk is full'));
    await pause(1300);
    expect(waiting[2]?.text).toBe('cond\n');
    // Takes nothing just now: that is no failure, and it is soon asked again.
    waiting[2]?.done(0);
    await pause(50);
    waiting[3]?.done();
    await pause(150);
    waiting[4]?.done();
    await pause(0);
    expect([written.join(''), lines.held]).toEqual(['first\nsecond\nthird\n', 0]);
  });

  it('counts bytes, also where there are fewer characters, and has room for a line of any length', async () => {
    const { sink, waiting, written } = slow();
    const lines = new LineBuffer(sink, { most: 1_000_000, told: () => {} });
    const long = `${'\u{1F6AA}é€x'.repeat(40_000)}\n`;
    expect([lines.add(long), lines.held]).toEqual([true, 40_000 * 10 + 1]);
    // Comes while the first is written, and is not written over.
    expect([lines.add(long), lines.add('é\n'), lines.held]).toEqual([true, true, 2 * 400_001 + 3]);
    waiting[0]?.done();
    await pause(150);
    waiting[1]?.done();
    await pause(0);
    expect(written).toEqual([long, `${long}é\n`]);
    const small = new LineBuffer(sink, { most: 10, told: () => {} });
    expect([small.add('€€\n'), small.add('€\n'), small.held]).toEqual([true, false, 7]);
  });

  it('writes the rest at its end, and says how many lines it could not write', async () => {
    const { sink, waiting } = slow();
    const lines = new LineBuffer(sink, { most: 1000, told: () => {} });
    lines.add('a\n');
    const end = lines.end();
    await pause(0);
    waiting[0]?.done();
    expect(await end).toBe(0);

    const failing = new LineBuffer(
      { write: () => Promise.reject(new Error('gone')), end: async () => {} },
      { most: 9, told: () => {} },
    );
    failing.add('a\n');
    failing.add('b\n');
    expect(await failing.end()).toBe(2);
  });

  it('counts at its end also what was on its way and failed, and begins nothing more', async () => {
    const { sink, waiting } = slow();
    const lines = new LineBuffer(sink, { most: 1_000_000, told: () => {} });
    const line = `${'x'.repeat(99)}\n`;
    // More than is written at once: the first of it is on its way.
    for (let n = 0; n < 4000; n++) lines.add(line);
    expect(waiting.length).toBe(1);
    const end = lines.end();
    waiting[0]?.done(150);
    await pause(0);
    waiting[1]?.failed(new Error('the disk is full'));
    // Of the first line all is written, and of the second a half.
    expect(await end).toBe(3999);
    await pause(1300);
    expect(waiting.length).toBe(2);
  });

  it('tries at its end once more what has failed before, at once', async () => {
    const { sink, waiting, written } = slow();
    const lines = new LineBuffer(sink, { most: 1000, told: () => {} });
    lines.add('a\n');
    await pause(150);
    waiting[0]?.failed(new Error('the disk is full'));
    await pause(0);
    const end = lines.end();
    await pause(10);
    waiting[1]?.done();
    expect([await end, written]).toEqual([0, ['a\n']]);
  });

  it('counts at its end what a sink does not settle, and hands it nothing when it settles later', async () => {
    const { sink, waiting } = slow();
    const lines = new LineBuffer(sink, { most: 1000, told: () => {} });
    lines.add('a\n');
    await pause(150);
    lines.add('b\n');
    expect(await lines.end()).toBe(2);
    waiting[0]?.done();
    await pause(200);
    expect(waiting.length).toBe(1);
  });

  it('gives to a process that ends at once all but what the sink has in hand', async () => {
    const { sink, waiting } = slow();
    const handed = new LineBuffer(sink, { most: 1000, told: () => {} });
    handed.add('a\n');
    await pause(150);
    handed.add('b\n');
    expect([handed.isHanded, handed.take().toString()]).toEqual([true, 'b\n']);

    const returned = new LineBuffer(sink, { most: 1000, told: () => {} });
    returned.add('first\n');
    await pause(150);
    returned.add('second\n');
    waiting[1]?.done(2);
    await pause(0);
    waiting[2]?.failed(new Error('the disk is full'));
    await pause(0);
    expect([returned.isHanded, returned.take().toString()]).toEqual([false, 'rst\nsecond\n']);
    await pause(1300);
    expect(waiting.length).toBe(3);
  });
});

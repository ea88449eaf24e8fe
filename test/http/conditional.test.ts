import { describe, expect, it } from 'vitest';
import { isKnownToReader, preconditionsOf } from '../../src/http/conditional.js';
import { door, problem, problemOf, twoApis } from './client.js';
import { cpuMillisecondsOf } from './cpu.js';

describe('preconditions of a write', () => {
  it.each([
    [{}, {}],
    [{ 'if-match': '"17"' }, { ifMatch: [17] }],
    [{ 'if-match': ' "17" ,\t"18",, "19"' }, { ifMatch: [17, 18, 19] }],
    [{ 'if-match': '*' }, { ifMatch: '*' }],
    [{ 'if-none-match': ' * ' }, { ifNoneMatch: '*' }],
    // Strong comparison: a weak tag never matches, and neither does what is none of our tags.
    [{ 'if-match': 'W/"17"' }, { ifMatch: [] }],
    [{ 'if-match': '"abc", "017", "1.0", "", "-1", "99999999999999999"' }, { ifMatch: [] }],
    [{ 'if-match': '"a,b", "17"' }, { ifMatch: [17] }],
  ])('%j', (headers, precondition) => {
    expect(preconditionsOf(headers)).toEqual(precondition);
  });

  it.each([
    { 'if-match': '17' },
    { 'if-match': '"17' },
    { 'if-match': '' },
    { 'if-match': ',' },
    { 'if-match': '*, "17"' },
    { 'if-match': '"17" "18"' },
    { 'if-match': 'w/"17"' },
    { 'if-none-match': '"17"' },
  ])('%j is malformed', (headers) => {
    expect(() => preconditionsOf(headers)).toThrow(/malformed/);
  });

  it('are read in linear time', () => {
    const headers = { 'if-match': `"1"${' '.repeat(60_000)}x`, 'if-none-match': '*' };
    const read = () => {
      try {
        preconditionsOf(headers);
      } catch {}
    };
    expect(cpuMillisecondsOf(read)).toBeLessThan(50);
  });
});

describe('what a reader has', () => {
  it.each([
    ['"17"', true],
    ['W/"17"', true],
    ['"16", "17"', true],
    ['*', true],
    ['"18"', false],
  ])('If-None-Match: %s', (header, known) => {
    expect(isKnownToReader({ 'if-none-match': header }, 17)).toBe(known);
  });

  it('is nothing without the header', () => {
    expect(isKnownToReader({}, 17)).toBe(false);
  });
});

describe('over HTTP', () => {
  const PATH = '/v1/policies/endpoint/two-apis';
  const OTHER = { document: { ...twoApis, Version: '2012-10-17' } };

  it('a record is created once, and replaced only in the state that the writer knows', async () => {
    const { http } = door();
    const created = await http.put(PATH).set('If-None-Match', '*').send({ document: twoApis }).expect(201);
    expect(created.headers).toMatchObject({ etag: '"1"', location: PATH, 'postern-revision': '1' });

    const again = await http.put(PATH).set('If-None-Match', '*').send({ document: twoApis });
    expect(problemOf(again)).toEqual(problem(412, 'precondition-failed'));
    const stale = await http.put(PATH).set('If-Match', '"0"').send(OTHER);
    expect(problemOf(stale)).toEqual(problem(412, 'precondition-failed'));
    const weak = await http.put(PATH).set('If-Match', 'W/"1"').send(OTHER);
    expect(problemOf(weak)).toEqual(problem(412, 'precondition-failed'));

    const replaced = await http.put(PATH).set('If-Match', '"1"').send(OTHER).expect(200);
    expect(replaced.headers).toMatchObject({ etag: '"2"', 'postern-revision': '2' });
    expect(replaced.headers).not.toHaveProperty('location');
    const unchanged = await http.put(PATH).send(OTHER).expect(200);
    expect(unchanged.headers.etag).toBe('"2"');
  });

  it('a malformed header is a 400 that says which', async () => {
    const { http } = door();
    const response = await http.put(PATH).set('If-Match', '17').send({ document: twoApis });
    expect(problemOf(response)).toEqual(problem(400, 'malformed-request', ' malformed-header'));
    expect(response.body.detail).toContain('If-Match');
  });

  it('a reader that has the record gets 304 and no body', async () => {
    const { http } = door();
    await http.put(PATH).send({ document: twoApis });
    const response = await http.get(PATH).set('If-None-Match', '"7", W/"1"').expect(304);
    expect(response.headers).toMatchObject({ etag: '"1"', 'postern-revision': '1' });
    expect(response.headers).not.toHaveProperty('content-length');
    expect(response.text).toBe('');
    await http.get(PATH).set('If-None-Match', '"2"').expect(200);
  });

  it('a record goes with 204, only in the state that the writer knows', async () => {
    const { http } = door();
    await http.put(PATH).send({ document: twoApis });
    expect(problemOf(await http.delete(PATH).set('If-Match', '"2"'))).toEqual(problem(412, 'precondition-failed'));
    const gone = await http.delete(PATH).set('If-Match', '"1"').expect(204);
    expect(gone.headers['postern-revision']).toBe('2');
    expect(gone.text).toBe('');
    expect(problemOf(await http.delete(PATH))).toEqual(problem(404, 'not-found'));
  });
});

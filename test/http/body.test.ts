import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { door, listening, problem, problemOf, twoApis } from './client.js';

const PATH = '/v1/policies/endpoint/two-apis';

/** The problem that a body, sent as it is, is answered with. */
async function putText(text: string | Buffer, headers: Record<string, string> = {}) {
  const { http } = door();
  const response = await http
    .put(PATH)
    .set({ 'Content-Type': 'application/json', ...headers })
    .serialize((body) => body)
    .send(text as string);
  return problemOf(response);
}

const malformed = (...errors: string[]) => problem(400, 'malformed-request', ...errors);

describe('a body must be there, JSON, and UTF-8', () => {
  it('and may come in pieces of any size', async () => {
    const body = Buffer.from(JSON.stringify({ document: twoApis, description: 'f\u00fcr alle '.repeat(50) }));
    const { app, services } = door();
    for (const size of [1, 7, 300, body.length]) {
      const answer = await listening(app, async (port) => {
        const socket = connect(port, '127.0.0.1');
        socket.write(
          `PUT ${PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
        );
        for (let at = 0; at < body.length; at += size) {
          const piece = body.subarray(at, at + size);
          socket.write(Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]));
        }
        socket.write('0\r\n\r\n');
        let received = '';
        socket.on('data', (piece) => {
          received += piece.toString('latin1');
        });
        await once(socket, 'close');
        return received;
      });
      expect(answer).toMatch(/^HTTP\/1\.1 20[01] /);
      expect(services.calls.at(-1)?.args[2]).toEqual(JSON.parse(body.toString()));
    }
  });

  it('is taken with and without a charset', async () => {
    const { http, services } = door();
    for (const type of [
      'application/json',
      'Application/JSON',
      'application/json; charset=utf-8',
      'application/json;charset="UTF-8"',
    ]) {
      const response = await http
        .put(PATH)
        .set('Content-Type', type)
        .send(JSON.stringify({ document: twoApis }));
      expect(response.status).toBeLessThan(300);
    }
    expect(services.calls[0]?.args.slice(0, 3)).toEqual(['endpoint', 'two-apis', { document: twoApis }]);
  });

  it.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['application/problem+json'],
    ['application/jsonx'],
    ['application/json; charset=latin1'],
    [''],
  ])('415 for the type %j', async (type) => {
    expect(await putText('{}', { 'Content-Type': type })).toEqual(problem(415, 'unsupported-media-type'));
  });

  it.each(['gzip', 'br', 'identity, gzip'])('415 for the encoding %s', async (encoding) => {
    expect(await putText('{}', { 'Content-Encoding': encoding })).toEqual(problem(415, 'unsupported-media-type'));
  });

  it('takes the encoding identity', async () => {
    expect(await putText('{}', { 'Content-Encoding': 'identity' })).toEqual(malformed(' missing-member'));
  });

  it('400 without a body', async () => {
    const { http } = door();
    expect(problemOf(await http.put(PATH))).toEqual(malformed(' missing-body'));
    expect(problemOf(await http.post('/v1/decisions'))).toEqual(malformed(' missing-body'));
    expect(problemOf(await http.put(PATH).set('Transfer-Encoding', 'chunked').type('json').send(''))).toEqual(
      malformed(' missing-body'),
    );
  });

  it.each([
    ['truncated', '{"document": {'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['an overlong encoding', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ['a byte order mark', '\ufeff{}'],
    ['UTF-16', Buffer.from('{"document":{}}', 'utf16le')],
    ['a comment', '{} // policy'],
    ['two values', '{}{}'],
  ])('400 for %s', async (_what, text) => {
    expect(await putText(text)).toEqual(malformed(' malformed-json'));
  });

  it('says where a text stops being JSON', async () => {
    const { http } = door();
    const { body } = await http.put(PATH).type('json').send('{\n  "document": {,\n}');
    expect(body.errors[0].detail).toContain('line 2, column 16');
  });
});

describe('size and depth', () => {
  const document = (bytes: number) => {
    const frame = '{"document":""}'.length;
    return `{"document":"${'x'.repeat(bytes - frame)}"}`;
  };

  /** Sent in pieces, without a length in front. */
  const putInPieces = (text: string) =>
    listening(door({ maxBody: 1000 }).app, async (port) => {
      const body = new ReadableStream({
        start(stream) {
          for (const piece of text.match(/.{1,400}/g) ?? []) stream.enqueue(new TextEncoder().encode(piece));
          stream.close();
        },
      });
      const headers = { 'Content-Type': 'application/json' };
      const init: RequestInit = { method: 'PUT', headers, body, duplex: 'half' };
      return (await fetch(`http://127.0.0.1:${port}${PATH}`, init)).status;
    });

  it('takes a body of just the limit', async () => {
    const { http } = door({ maxBody: 1000 });
    expect((await http.put(PATH).type('json').send(document(1000))).status).toBe(201);
    expect(await putInPieces(document(1000))).toBe(201);
  });

  it('413 for a byte more', async () => {
    const { http } = door({ maxBody: 1000 });
    const response = await http.put(PATH).type('json').send(document(1001));
    expect(problemOf(response)).toEqual(problem(413, 'payload-too-large'));
    expect(await putInPieces(document(1001))).toBe(413);
  });

  it('413 is read by a client that goes on sending', async () => {
    const { http } = door();
    const text = document(20 * 1024 * 1024);
    expect(problemOf(await http.put(PATH).type('json').send(text))).toEqual(problem(413, 'payload-too-large'));
  });

  it('400 for a body that is too deep, before it is parsed', async () => {
    expect(await putText('['.repeat(1024 * 1024))).toEqual(malformed(' too-deep'));
    expect(await putText(`{"document":${'['.repeat(32)}${']'.repeat(32)}}`)).toEqual(malformed(' too-deep'));
  });
});

describe('members that occur twice', () => {
  it('are refused, each with its pointer', async () => {
    const text =
      '{"document":{"Statement":[{"Effect":"Deny","Effect":"Allow"}],"Id":"a","Id":"b"},"description":"c","description":"d"}';
    expect(await putText(text)).toEqual(
      malformed(
        '/document/Statement/0/Effect duplicate-member',
        '/document/Id duplicate-member',
        '/description duplicate-member',
      ),
    );
  });

  it('are handed to a check of a document, relative to it', async () => {
    const { http, services } = door();
    const validate = (text: string) => http.post('/v1/policies/resource/validate').type('json').send(text);
    await validate('{"document":{"Statement":[{"Effect":"Deny","Effect":"Allow"}],"Id":"a","Id":"b"}}').expect(200);
    await validate('{"document":{"Statement":[]}}').expect(200);
    expect(services.calls.map(({ args }) => args[2])).toEqual([['/Statement/0/Effect', '/Id'], []]);
  });

  it('are refused around the document of a check', async () => {
    const { http } = door();
    const text = '{"document":{"Id":"a","Id":"b"},"document":{}}';
    const response = await http.post('/v1/policies/resource/validate').type('json').send(text);
    expect(problemOf(response)).toEqual(malformed('/document duplicate-member'));
  });
});

describe('hostile bodies', () => {
  it('a member named __proto__ is a member like any other', async () => {
    const { http, services } = door();
    await http.put(PATH).type('json').send('{"document":{"__proto__":{"Effect":"Allow"}}}').expect(201);
    const { document } = services.calls[0]!.args[2] as { document: object };
    expect(Object.hasOwn(document, '__proto__')).toBe(true);
    expect(Object.getPrototypeOf(document)).toBe(Object.prototype);
    expect(await putText('{"document":{},"__proto__":{"description":"x"}}')).toEqual(
      malformed('/__proto__ unknown-member'),
    );
  });

  it('very many faults are answered with a hundred, and one that says that there are more', async () => {
    const text = JSON.stringify({
      document: {},
      ...Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`m${i}`, 0])),
    });
    const { errors } = await putText(text);
    expect([errors.length, errors.at(-1)]).toEqual([101, ' more-errors']);
  });

  it('an answer is not larger than a long name times the faults below it', async () => {
    const { http } = door({ maxBody: 4 * 1024 * 1024 });
    const name = 'k'.repeat(1024 * 1024);
    const text = `{"document":{"${name}":{${Array.from({ length: 1000 }, (_, i) => `"m${i}":0,"m${i}":1`).join()}}}}`;
    const { text: answer } = await http.put(PATH).type('json').send(text).expect(400);
    expect(answer.length).toBeLessThan(text.length + 10_000);
  });

  it('a request that ends midway does no harm', async () => {
    const { app, log } = door();
    await listening(app, async (port) => {
      for (const text of ['{"docu', '']) {
        const socket = connect(port, '127.0.0.1');
        const head = [
          `PUT ${PATH} HTTP/1.1`,
          'Host: localhost',
          'Content-Type: application/json',
          'Content-Length: 100',
        ];
        socket.write(`${head.join('\r\n')}\r\n\r\n${text}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
        socket.destroy();
        await once(socket, 'close');
      }
      expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
    });
    expect(log).toEqual([]);
  });
});

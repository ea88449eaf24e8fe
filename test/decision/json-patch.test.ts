import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyPatch, type Operation, patchBetween } from '../../src/decision/json-patch.js';
import { patched } from './apply.js';

describe('a patch (RFC 6902)', () => {
  it.each<[string, unknown, Operation[], unknown]>([
    ['adds a member', { a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
    ['adds over a member', { a: 1 }, [{ op: 'add', path: '/a', value: 2 }], { a: 2 }],
    ['adds into a list', [1, 3], [{ op: 'add', path: '/1', value: 2 }], [1, 2, 3]],
    ['adds behind a list', [1], [{ op: 'add', path: '/-', value: [2] }], [1, [2]]],
    ['adds at the length of a list', [1], [{ op: 'add', path: '/1', value: 2 }], [1, 2]],
    ['replaces all', { a: 1 }, [{ op: 'replace', path: '', value: [] }], []],
    ['replaces deep inside', { a: [{ b: 1 }] }, [{ op: 'replace', path: '/a/0/b', value: 2 }], { a: [{ b: 2 }] }],
    ['removes a member', { a: 1, b: 2 }, [{ op: 'remove', path: '/a' }], { b: 2 }],
    ['removes an entry', [1, 2, 3], [{ op: 'remove', path: '/1' }], [1, 3]],
    ['reads ~1 and ~0', { 'a/b': { '~': 1 } }, [{ op: 'replace', path: '/a~1b/~0', value: 2 }], { 'a/b': { '~': 2 } }],
    ['reads an empty name', { '': 1 }, [{ op: 'replace', path: '/', value: 2 }], { '': 2 }],
    [
      'goes on from operation to operation',
      [],
      [
        { op: 'add', path: '/-', value: {} },
        { op: 'add', path: '/0/x', value: 1 },
        { op: 'test', path: '/0', value: { x: 1 } },
      ],
      [{ x: 1 }],
    ],
  ])('%s', (_, document, patch, expected) => {
    const before = structuredClone(document);
    expect(applyPatch(document, patch)).toEqual({ ok: true, value: expected });
    expect(document).toEqual(before);
  });

  it.each<[string, unknown, Operation[], string]>([
    ['replaces what is not there', {}, [{ op: 'replace', path: '/a', value: 1 }], 'missing-target'],
    ['removes what is not there', [1], [{ op: 'remove', path: '/1' }], 'missing-target'],
    ['adds below nothing', {}, [{ op: 'add', path: '/a/b', value: 1 }], 'missing-target'],
    ['adds beyond a list', [], [{ op: 'add', path: '/1', value: 1 }], 'missing-target'],
    ['counts from a leading zero', [1, 2], [{ op: 'remove', path: '/01' }], 'missing-target'],
    ['replaces behind a list', [1], [{ op: 'replace', path: '/-', value: 1 }], 'missing-target'],
    ['steps into a text', { a: 'b' }, [{ op: 'add', path: '/a/0', value: 1 }], 'missing-target'],
    ['takes a prototype for a member', {}, [{ op: 'replace', path: '/constructor', value: 1 }], 'missing-target'],
    ['finds another value', { a: [1] }, [{ op: 'test', path: '/a', value: [1, 2] }], 'test-failed'],
    ['has a pointer that is none', {}, [{ op: 'add', path: 'a', value: 1 }], 'malformed-pointer'],
    ['escapes nothing', {}, [{ op: 'add', path: '/~2', value: 1 }], 'malformed-pointer'],
  ])('is refused that %s', (_, document, patch, code) => {
    const done = applyPatch(document, patch);
    expect(done.ok ? 'applied' : done.fault.code).toBe(code);
  });

  it('makes a member of `__proto__`', () => {
    const done = applyPatch(JSON.parse('{"a":{}}'), [{ op: 'add', path: '/a/__proto__', value: { b: 1 } }]);
    expect(done.ok && JSON.stringify(done.value)).toBe('{"a":{"__proto__":{"b":1}}}');
  });

  it('shares what it leaves alone', () => {
    const document = { kept: { deep: [1] }, list: [{ a: 1 }, { b: 2 }] };
    const done = applyPatch(document, [{ op: 'replace', path: '/list/1/b', value: 3 }]);
    const after = (done.ok ? done.value : null) as typeof document;
    expect(after.kept).toBe(document.kept);
    expect(after.list[0]).toBe(document.list[0]);
  });
});

describe('the patch between two values', () => {
  it('leads from one to the other, however it is applied', () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(json, json, (before, after) => {
        const patch = patchBetween(before, after);
        expect(applyPatch(before, patch)).toEqual({ ok: true, value: after });
        expect(patched(before, patch)).toEqual(after);
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[unknown, unknown, Operation[]]>([
    [[1, 2], [1, 2, 3], [{ op: 'add', path: '/-', value: 3 }]],
    [[1, 2, 3], [1, 3], [{ op: 'remove', path: '/1' }]],
    [{ a: [1, 2, 3, 4] }, { a: [4] }, [{ op: 'replace', path: '/a', value: [4] }]],
    [{ a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } }, [{ op: 'replace', path: '/a/c', value: 3 }]],
    [
      { a: 1, b: 2 },
      { b: 2, c: 3 },
      [
        { op: 'remove', path: '/a' },
        { op: 'add', path: '/c', value: 3 },
      ],
    ],
    [{ a: [1] }, { a: [1] }, []],
  ])('from %j to %j', (before, after, patch) => {
    expect(patchBetween(before, after)).toEqual(patch);
  });
});

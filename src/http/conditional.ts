import type { IncomingHttpHeaders } from 'node:http';
import { ServiceError } from '../service/errors.js';
import type { WriteOptions } from '../service/writer.js';

/** The entity tag of a record is the revision of its last write. */
export const etagOf = (revision: number): string => `"${revision}"`;

/** The preconditions of a write: RFC 9110, section 13.1. @throws ServiceError */
export function preconditionsOf(headers: IncomingHttpHeaders): WriteOptions['when'] {
  const ifMatch = parse('If-Match', headers['if-match']);
  const ifNoneMatch = parse('If-None-Match', headers['if-none-match']);
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    throw malformed('If-None-Match', 'a write takes only `*`: the record must not exist');
  }
  return {
    // Strong comparison: a weak tag matches nothing. A tag that is none of ours is no reason to refuse the request
    // either: it stands for a state that is not the present one.
    ...(ifMatch && { ifMatch: ifMatch === '*' ? '*' : revisionsOf(ifMatch.filter((tag) => !tag.weak)) }),
    ...(ifNoneMatch && { ifNoneMatch }),
  };
}

/** Whether the reader has this state of the record already: weak comparison, as RFC 9110, section 13.1.2 asks. */
export function isKnownToReader(headers: IncomingHttpHeaders, revision: number): boolean {
  const ifNoneMatch = parse('If-None-Match', headers['if-none-match']);
  return ifNoneMatch === '*' || (ifNoneMatch !== undefined && revisionsOf(ifNoneMatch).includes(revision));
}

interface Tag {
  readonly weak: boolean;
  readonly opaque: string;
}

const revisionsOf = (tags: readonly Tag[]): number[] =>
  tags.flatMap(({ opaque }) => (/^(?:0|[1-9]\d{0,15})$/.test(opaque) ? [Number(opaque)] : []));

const TAG = /(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)")?[ \t]*(,|$)[ \t]*/y;

function parse(name: string, value: string | undefined): readonly Tag[] | '*' | undefined {
  if (value === undefined) return undefined;
  const list = value.trim();
  if (list === '*') return '*';
  const tags: Tag[] = [];
  TAG.lastIndex = 0;
  for (;;) {
    const match = TAG.exec(list);
    if (match === null) throw malformed(name, 'it holds entity tags such as `"17"`, or `*`');
    const [, weak, opaque, separator] = match;
    // A list may have empty elements: RFC 9110, section 5.6.1.
    if (opaque !== undefined) tags.push({ weak: weak !== undefined, opaque });
    if (separator !== ',') break;
  }
  if (tags.length === 0) throw malformed(name, 'it names no entity tag');
  return tags;
}

const malformed = (header: string, detail: string) =>
  new ServiceError('malformed-request', `the header ${header} is malformed: ${detail}`, [
    { pointer: '', code: 'malformed-header', detail: `${header}: ${detail}` },
  ]);

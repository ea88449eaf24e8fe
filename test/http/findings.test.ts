import { describe, expect, it } from 'vitest';
import type { Services } from '../../src/http/services.js';
import { door, problem, problemOf, twoApis } from './client.js';

const PATH = '/v1/policies/endpoint/two-apis';

describe('the findings of a policy', () => {
  it('are those of what it is attached to as well where the reader asks for them', async () => {
    const { http, services } = door();
    const { policies } = services.pap;
    const asked: unknown[] = [];
    const { get } = policies;
    const watched: Services['pap']['policies']['get'] = (kind, name, options) => {
      asked.push(options);
      return get(kind, name, options);
    };
    Object.assign(policies, { get: watched });
    await http.put(PATH).send({ document: twoApis }).expect(201);
    for (const query of ['', '?findings=true', '?findings=false']) await http.get(PATH + query).expect(200);
    expect(asked).toEqual([{ attached: false }, { attached: true }, { attached: false }]);
  });

  it('are asked for by true or false alone', async () => {
    const { http } = door();
    await http.put(PATH).send({ document: twoApis });
    expect(problemOf(await http.get(`${PATH}?findings=yes`))).toEqual(problem(400, 'malformed-request', ' wrong-type'));
    const twice = await http.get(`${PATH}?findings=true&findings=false`);
    expect(problemOf(twice)).toEqual(problem(400, 'malformed-request', ' repeated-parameter'));
  });
});

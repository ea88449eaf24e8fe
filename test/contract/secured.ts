import type { Response, Test } from 'supertest';
import { type Postern, postern } from './postern.js';

export const BOOTSTRAP = 'a-bootstrap-key-of-more-than-32-characters';

/** A Postern that asks who asks, as those see it who have keys. */
export interface Secured extends Postern {
  as(key: string | undefined, request: Test): Test;
  /** Makes a key with the bootstrap key. */
  makeKey(name: string, body: object): Promise<string>;
}

export const secured = async (settings: Readonly<Record<string, string>> = {}): Promise<Secured> => {
  const served = await postern({ POSTERN_AUTH: 'required', POSTERN_BOOTSTRAP_KEY: BOOTSTRAP, ...settings });
  const as = (key: string | undefined, request: Test) =>
    key === undefined ? request : request.set('Authorization', `Bearer ${key}`);
  const { http } = served;
  return {
    ...served,
    as,
    put: (path, body) => as(BOOTSTRAP, http.put(path).send(body)),
    post: (path, body) => as(BOOTSTRAP, http.post(path).send(body)),
    async makeKey(name, body) {
      const { status, body: made } = await as(BOOTSTRAP, http.put(`/v1/keys/${name}`).send(body));
      if (status !== 201) throw new Error(`PUT ${name}: ${status} ${JSON.stringify(made)}`);
      return made.key;
    },
  };
};

/** Everything of an answer but what differs from one answer to the next. */
export const answerOf = ({ status, headers, text }: Response) => ({
  status,
  text,
  headers: Object.fromEntries(
    Object.entries(headers).filter(([name]) => name !== 'x-request-id' && name !== 'date' && name !== 'connection'),
  ),
});

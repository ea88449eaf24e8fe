import type { Response } from 'supertest';
import { type Postern, postern, stored } from '../contract/postern.js';

const user = (name: string) => `arn:aws:iam::000000000000:user/${name}`;
const records = (action: string) => `arn:aws:execute-api:local:000000000000:authzen/record/${action}/*`;
const allow = (Sid: string, AWS: string | string[], action: string, Condition?: object) => ({
  Sid,
  Effect: 'Allow',
  Principal: AWS === '*' ? '*' : { AWS },
  Action: 'execute-api:Invoke',
  Resource: records(action),
  ...(Condition ? { Condition } : {}),
});

/** The fixture of the certification scenario, section 1, as one resource policy. */
export const fixture = {
  Version: '2012-10-17',
  Statement: [
    allow('Read', [user('alice'), user('bob')], 'read'),
    allow('AliceWritesLive', user('alice'), 'write', {
      StringNotEqualsIfExists: { 'authzen:resource/status': 'archived' },
    }),
    allow('AdminWritesArchive', '*', 'write', {
      StringEquals: { 'authzen:subject/role': 'admin', 'authzen:resource/status': 'archived' },
    }),
    allow('AliceSoftDelete', user('alice'), 'delete', { Bool: { 'authzen:action/soft': 'true' } }),
  ],
};

/** A Postern that has the fixture stored. */
export async function certified(settings: Readonly<Record<string, string>> = {}): Promise<Postern> {
  const served = await postern(settings);
  await stored(served, 'policies/resource/records', { document: fixture });
  await stored(served, 'endpoints/authzen', { vpcId: 'vpc-00000000', policy: null });
  await stored(served, 'apis/authzen', {
    accountId: '000000000000',
    region: 'local',
    authorizationType: 'AWS_IAM',
    policy: 'records',
  });
  return served;
}

export const evaluate = ({ post }: Postern, body: object): Promise<Response> => post('/access/v1/evaluation', body);
export const evaluateAll = ({ post }: Postern, body: object): Promise<Response> => post('/access/v1/evaluations', body);

export const alice = { type: 'user', id: 'alice' };
export const bob = { type: 'user', id: 'bob' };
export const admin = { ...bob, properties: { role: 'admin' } };
export const read = { name: 'read' };
export const write = { name: 'write' };
export const record1 = { type: 'record', id: 'record-1' };
export const record2 = { type: 'record', id: 'record-2' };
export const active = { ...record1, properties: { status: 'active' } };
export const archived = { ...record2, properties: { status: 'archived' } };

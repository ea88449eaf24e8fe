const ALICE = 'arn:aws:iam::123412341234:user/alice';
const POLICY = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: ALICE },
      Action: 'execute-api:Invoke',
      Resource: ['execute-api:/prod/GET/*', 'execute-api:/prod/POST/pets'],
      Condition: { IpAddress: { 'aws:VpcSourceIp': '127.0.0.0/8' } },
    },
    {
      Effect: 'Deny',
      Principal: '*',
      Action: 'execute-api:Invoke',
      Resource: ['execute-api:/prod/GET/admin', 'execute-api:/prod/GET/admin/*'],
    },
  ],
};

/** The records that the examples speak of: alice may read all but what is below `admin`, and make a pet, from here. */
export const records: readonly (readonly [path: string, body: object])[] = [
  ['policies/resource/pets', { document: POLICY }],
  ['endpoints/vpce-1a2b3c4d', { vpcId: 'vpc-1a2b3c4d', policy: null }],
  ['apis/a1b2c3d4e5', { accountId: '123412341234', region: 'us-east-1', authorizationType: 'AWS_IAM', policy: 'pets' }],
];

export const user = (name: string): string => `arn:aws:iam::123412341234:user/${name}`;

/** What clients could send to be taken for somebody else, or to be asked about as something else. */
export const forged = (principal: string): Readonly<Record<string, string>> => ({
  'X-Postern-Key': 'mine',
  'X-Postern-Api': 'zzz',
  'X-Postern-Stage': 'test',
  'X-Postern-Endpoint': 'vpce-zzz',
  'X-Postern-Principal': principal,
  'X-Postern-Source-Ip': '192.0.2.1',
  'X-Postern-Identity-Policies': 'allow-all',
  'X-Postern-Authorizer-Result': 'Allow',
  'X-Original-Method': 'GET',
  'X-Original-URI': '/prod/cats',
  'X-Original-URL': 'https://zzz.execute-api.us-east-1.amazonaws.com/prod/cats',
  'X-Forwarded-Method': 'GET',
  'X-Forwarded-Uri': '/prod/cats',
  'X-Forwarded-Host': 'zzz-vpce-zzz.execute-api.us-east-1.amazonaws.com',
  'X-Forwarded-For': '192.0.2.1',
  'X-Real-Ip': '192.0.2.1',
  'x-apigw-api-id': 'zzz',
});

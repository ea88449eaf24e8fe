import type { Issue } from '../policy/issue.js';

/** What the AWS CLI prints that holds policy documents, by a member that it has, and how to come by the documents. */
const OUTPUTS: readonly (readonly [member: string, command: string, instead: string])[] = [
  ['PolicyVersion', 'aws iam get-policy-version', 'add `--query PolicyVersion.Document` there'],
  ['PolicyDocument', 'aws iam get-role-policy', 'add `--query PolicyDocument` there'],
  ['VpcEndpoints', 'aws ec2 describe-vpc-endpoints', 'give it to `postern import aws`'],
  ['items', 'aws apigateway get-rest-apis', 'give it to `postern import aws`'],
  ['endpointConfiguration', 'aws apigateway get-rest-api', 'give what `get-rest-apis` prints to `postern import aws`'],
];

/**
 * The fault of giving what the AWS CLI prints around a document for the document: true as they are, the faults of
 * such a document (`PolicyVersion` is no element) would not tell what to do.
 * @returns undefined for whatever else it is
 */
export function awsOutput(value: unknown): Issue | undefined {
  if (typeof value !== 'object' || value === null || Object.hasOwn(value, 'Statement')) return undefined;
  const output = OUTPUTS.find(([member]) => Object.hasOwn(value, member));
  if (output === undefined) return undefined;
  const [, command, instead] = output;
  const detail = `this is what commands such as \`${command}\` print around policy documents: ${instead}`;
  return { pointer: '', code: 'aws-output', detail };
}

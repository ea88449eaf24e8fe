import type { Api } from './records.js';

/** A method of an API, as those name it who do not know its ARN. */
export interface MethodCall {
  readonly api: string;
  /** Where the caller has found the API; absent: wherever it is. */
  readonly region?: string;
  readonly stage: string;
  readonly verb: string;
  /** As received, with the slash that it begins with. */
  readonly path: string;
}

/** No account has this number, and so an ARN with it is of no stored API but those that Postern itself gives meaning. */
export const NO_ACCOUNT = '000000000000';

// Not our own Region: there other rules hold.
const NO_REGION = 'unknown';

/**
 * The ARN of a method. That of an API which is not stored names it in an account and a Region that nobody has, so that the decision is
 * the one for unknown APIs.
 */
export function methodArn(
  { api, region, stage, verb, path }: MethodCall,
  find: (id: string) => Pick<Api, 'partition' | 'body'> | undefined,
): string {
  const found = find(api);
  const { accountId, region: its } = found?.body ?? { accountId: NO_ACCOUNT, region: NO_REGION };
  return `arn:${found?.partition ?? 'aws'}:execute-api:${region ?? its}:${accountId}:${api}/${stage}/${verb}${path}`;
}

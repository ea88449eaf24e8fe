import { AUTHORIZATION_TYPES } from '../decision/decision.js';
import { CONFIGURED_METHODS, type Method, methodIssues } from '../decision/methods.js';
import { pointerTo, quoted } from '../policy/issue.js';
import { type AwsEntry, isIncomplete, isObject, type JsonObject } from './aws-entry.js';
import type { ApiBody } from './records.js';

export type ApiMethods = NonNullable<ApiBody['methods']>;

const MAX_PATH = 1600;

/** A method, and where it stands in the entry. */
interface Found {
  readonly method: Method;
  readonly resource: string;
  readonly place: string;
}

/**
 * The methods of one API: what `aws apigateway get-resources --embed methods` prints of it. They are sorted, for AWS
 * prints resources in any order, and the same methods are to be the same record.
 */
export function readAwsMethods(entry: AwsEntry): ApiMethods {
  const items = entry.get('items');
  if (!entry.ok) return [];
  if (!Array.isArray(items)) {
    entry.fail('', 'missing-member', '`items` is missing, the list that `aws apigateway get-resources` prints');
    return [];
  }
  if (isIncomplete(entry)) {
    entry.fail('', 'incomplete-output', 'there are more resources than these: let the CLI print all pages');
  }
  const found = items.flatMap((item, index) => readResource(entry, item, `/items/${index}`));
  for (const { pointer, code, detail } of methodIssues(
    found.map(({ method }) => method),
    '',
  )) {
    const [, index, member] = pointer.split('/');
    const { resource, place } = found[Number(index)]!;
    entry.fail(member === 'path' ? `${resource}/path` : place, code, detail);
  }
  return found
    .map(({ method: { httpMethod, path, authorizationType } }) => ({ httpMethod, path, authorizationType }))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

const keyOf = ({ path, httpMethod }: Omit<Method, 'stage'>): string => `${path} ${httpMethod}`;

function readResource(entry: AwsEntry, item: unknown, resource: string): Found[] {
  const { path, resourceMethods = {} }: JsonObject = isObject(item) ? item : {};
  if (typeof path !== 'string' || path.length > MAX_PATH) {
    entry.fail(resource, 'malformed', `must be a resource with a \`path\` of at most ${MAX_PATH} characters`);
    return [];
  }
  if (!isObject(resourceMethods)) {
    entry.fail(`${resource}/resourceMethods`, 'wrong-type', 'must be an object of methods');
    return [];
  }
  return Object.entries(resourceMethods).flatMap(([httpMethod, method]) => {
    const place = pointerTo(`${resource}/resourceMethods`, httpMethod);
    const { authorizationType }: JsonObject = isObject(method) ? method : {};
    if (!(CONFIGURED_METHODS as readonly string[]).includes(httpMethod)) {
      entry.fail(place, 'not-allowed-value', `${quoted(httpMethod)} is none of ${CONFIGURED_METHODS.join(', ')}`);
      return [];
    }
    if (authorizationType === undefined) {
      const detail = '`authorizationType` is missing: run `aws apigateway get-resources` with `--embed methods`';
      entry.fail(place, 'missing-member', detail);
      return [];
    }
    if (!(AUTHORIZATION_TYPES as readonly unknown[]).includes(authorizationType)) {
      const detail = `must be one of ${AUTHORIZATION_TYPES.join(', ')}`;
      entry.fail(`${place}/authorizationType`, 'not-allowed-value', detail);
      return [];
    }
    return [{ method: { stage: '*', httpMethod, path, authorizationType } as Method, resource, place }];
  });
}

import { type Issue, quoted } from '../policy/issue.js';
import type { AuthorizationType } from './decision.js';

/** The HTTP methods that API Gateway configures. */
export const CONFIGURED_METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'ANY'] as const;
export type ConfiguredMethod = (typeof CONFIGURED_METHODS)[number];

/** A method of an API and how it authorizes: what `aws apigateway get-resources --embed methods` tells of it. */
export interface Method {
  /** A stage's name, or `*` for all. */
  readonly stage: string;
  readonly httpMethod: ConfiguredMethod;
  /** `/pets/{petId}`, `/{proxy+}`, or `/` for the root. */
  readonly path: string;
  readonly authorizationType: AuthorizationType;
}

/** The methods of one API, ready to be looked up. */
export class MethodTable {
  readonly #stages = new Map<string, PathNode>();

  constructor(methods: readonly Method[]) {
    for (const { stage, httpMethod, path, authorizationType } of methods) {
      let node = childOf(this.#stages, stage);
      for (const segment of segmentsOf(path)) node = node.child(segment);
      node.verbs.set(httpMethod, authorizationType);
    }
  }

  /**
   * How the method that a call reaches authorizes; undefined when there is none. Amazon API Gateway Developer Guide,
   * "Set up a method": the most specific path decides, literal before `{parameter}` before `{proxy+}`; then the verb,
   * then ANY. A path without the verb does not fall back to a wider path.
   * @param path below the stage, without the leading slash, as received
   */
  find(stage: string, verb: string, path: string): AuthorizationType | undefined {
    const root = this.#stages.get(stage) ?? this.#stages.get('*');
    const segments = path === '' ? [] : path.split('/');
    if (root === undefined || segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
      return undefined;
    }
    const verbs = root.find(segments, 0)?.verbs;
    return verbs?.get(verb) ?? verbs?.get('ANY');
  }
}

const segmentsOf = (path: string): string[] => (path === '/' ? [] : path.slice(1).split('/'));
const PARAMETER = /^\{[^{}+]+\}$/;
const PROXY = /^\{[^{}+]+\+\}$/;

/** Templates as a tree of their segments; a template is the path from the root to a node with verbs. */
class PathNode {
  readonly verbs = new Map<string, AuthorizationType>();
  readonly #literals = new Map<string, PathNode>();
  #parameter: PathNode | null = null;
  #proxy: PathNode | null = null;

  child(segment: string): PathNode {
    if (PROXY.test(segment)) {
      this.#proxy ??= new PathNode();
      return this.#proxy;
    }
    if (PARAMETER.test(segment)) {
      this.#parameter ??= new PathNode();
      return this.#parameter;
    }
    return childOf(this.#literals, segment);
  }

  /** The most specific template for the segments from `at` on. Visits a node at most once: it stands at one depth. */
  find(segments: readonly string[], at: number): PathNode | undefined {
    if (at === segments.length) return this.verbs.size > 0 ? this : undefined;
    return (
      this.#literals.get(segments[at]!)?.find(segments, at + 1) ??
      this.#parameter?.find(segments, at + 1) ??
      this.#proxy ??
      undefined
    );
  }
}

function childOf(nodes: Map<string, PathNode>, key: string): PathNode {
  const node = nodes.get(key) ?? new PathNode();
  nodes.set(key, node);
  return node;
}

/** A template with its parameters' names left out: what two methods may not share. */
const shapeOf = (path: string): string =>
  segmentsOf(path)
    .map((segment) => (PROXY.test(segment) ? '{+}' : PARAMETER.test(segment) ? '{}' : segment))
    .join('/');

/** Faults of a list of methods that its JSON schema cannot tell. @param base pointer of the list */
export function methodIssues(methods: readonly Method[], base: string): Issue[] {
  const seen = new Map<string, number>();
  return methods.flatMap((method, index): Issue[] => {
    const pointer = `${base}/${index}`;
    const bad =
      method.path === '/'
        ? undefined
        : segmentsOf(method.path).find((segment, at, all) => !isSegment(segment, at, all.length));
    if (!method.path.startsWith('/') || bad !== undefined) {
      const detail = `${quoted(method.path)} is no path template: write \`/pets/{petId}\`, \`/{proxy+}\` or \`/\``;
      return [{ pointer: `${pointer}/path`, code: 'malformed-path', detail }];
    }
    const shape = `${method.stage} ${method.httpMethod} ${shapeOf(method.path)}`;
    const first = seen.get(shape);
    seen.set(shape, first ?? index);
    if (first === undefined) return [];
    const detail = `entry ${first} is for the same stage, verb and path: parameters' names make no difference`;
    return [{ pointer, code: 'duplicate-method', detail }];
  });
}

const isSegment = (segment: string, at: number, length: number): boolean =>
  PARAMETER.test(segment) ||
  (PROXY.test(segment) && at === length - 1) ||
  (/^[^{}]+$/.test(segment) && segment !== '.' && segment !== '..');

import { parseActionPattern } from './action.js';
import { charactersOf, foreignCharacters } from './characters.js';
import { parseOperator } from './condition.js';
import { conditionKey, isConditionKey } from './condition-keys.js';
import { each, type PolicyDocument, type PolicyKind } from './document.js';
import { firstErrors, MOST_ERRORS } from './first-errors.js';
import { type Issue, pointerTo, quoted, type Result } from './issue.js';
import { parsePrincipalValue } from './principal-set.js';
import { parseResourcePattern } from './resource-pattern.js';
import { MOST_SEARCHED, searchedInSets } from './searching.js';
import { parseBoolean, textOf } from './values.js';

type ParsedPolicy =
  | { readonly ok: true; readonly document: PolicyDocument }
  | { readonly ok: false; readonly errors: readonly Issue[] };

/**
 * Reads a value as a policy document, as AWS does when a policy is saved: IAM Access Analyzer, "policy check
 * reference". Every fault is reported, each with a pointer relative to the document.
 * @param value what JSON.parse gave
 * @param maxCharacters the quota for the document's JSON text
 */
export function parsePolicy(kind: PolicyKind, value: unknown, maxCharacters: number): ParsedPolicy {
  const text = JSON.stringify(value) ?? '';
  const characters = charactersOf(text, maxCharacters);
  if (characters > maxCharacters) {
    const detail = `the document has ${characters} characters, more than the ${maxCharacters} allowed for this kind`;
    return { ok: false, errors: [{ pointer: '', code: 'too-large', detail }] };
  }
  const parser = new Parser(kind, isRecord(value) && value.Version === '2012-10-17');
  parser.document(value);
  return parser.issues.length === 0
    ? { ok: true, document: value as PolicyDocument }
    : { ok: false, errors: firstErrors(parser.issues) };
}

type JsonObject = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const PRINCIPAL_TYPES: readonly string[] = ['AWS', 'Service', 'Federated', 'CanonicalUser'];
const STATEMENT_ELEMENTS: readonly string[] = [
  ...['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'],
];

class Parser {
  readonly issues: Issue[] = [];
  /** Characters that its patterns look for in sets. */
  #searched = 0;

  constructor(
    private readonly kind: PolicyKind,
    private readonly variables: boolean,
  ) {}

  document(value: unknown): void {
    if (!isRecord(value)) {
      return this.#report('', 'wrong-type', 'a policy document is a JSON object with a member `Statement`');
    }
    this.#members(value, '', ['Version', 'Id', 'Statement']);
    if (Object.hasOwn(value, 'Version') && value.Version !== '2012-10-17' && value.Version !== '2008-10-17') {
      this.#report(
        '/Version',
        'invalid-version',
        'write the string `2012-10-17` (or `2008-10-17`), or leave Version out',
      );
    }
    if (Object.hasOwn(value, 'Id')) this.#string(value.Id, '/Id');
    if (this.kind === 'identity') this.#characters(value);
    const { Statement } = value;
    if (Statement === undefined) {
      this.#report('', 'missing-statement', 'add `Statement`, a statement or a list of statements');
    } else if (Array.isArray(Statement) && Statement.length === 0) {
      this.#report('/Statement', 'empty-list', 'an empty list states nothing: add a statement');
    } else {
      for (const [statement, place] of each<unknown>(Statement as unknown))
        this.#statement(statement, `/Statement${place}`);
    }
  }

  #statement(value: unknown, pointer: string): void {
    if (!isRecord(value)) return this.#report(pointer, 'wrong-type', 'a statement is a JSON object');
    this.#members(value, pointer, STATEMENT_ELEMENTS);
    if (Object.hasOwn(value, 'Sid')) this.#string(value.Sid, `${pointer}/Sid`);
    if (!Object.hasOwn(value, 'Effect')) {
      this.#report(pointer, 'missing-effect', 'add `Effect`: `Allow` or `Deny`');
    } else if (value.Effect !== 'Allow' && value.Effect !== 'Deny') {
      this.#report(`${pointer}/Effect`, 'invalid-effect', 'write `Allow` or `Deny`, in exactly this case');
    }
    this.#principals(value, pointer);
    this.#pair(value, pointer, 'Action', (text) => parseActionPattern(text));
    const options = { shortForm: this.kind === 'resource', variables: this.variables };
    this.#pair(value, pointer, 'Resource', (text) => parseResourcePattern(text, options));
    if (Object.hasOwn(value, 'Condition')) this.#conditions(value.Condition, `${pointer}/Condition`);
  }

  #principals(statement: JsonObject, pointer: string): void {
    const present = ['Principal', 'NotPrincipal'].filter((element) => Object.hasOwn(statement, element));
    if (this.kind === 'identity') {
      for (const element of present) {
        const detail = 'an identity policy speaks of whom it is attached to: remove this element';
        this.#report(`${pointer}/${element}`, 'unsupported-principal', detail);
      }
      return;
    }
    if (present.length === 2) this.#report(pointer, 'both-of-pair', 'keep one of `Principal` and `NotPrincipal`');
    if (present.length === 0) {
      this.#report(pointer, 'missing-principal', 'add `Principal`: `"*"` for everyone, or `{"AWS": …}`');
    }
    if (present.includes('NotPrincipal') && statement.Effect === 'Allow') {
      const detail = '`NotPrincipal` goes only with Deny: name whom to allow in `Principal`';
      this.#report(`${pointer}/NotPrincipal`, 'not-principal-with-allow', detail);
    }
    for (const element of present) this.#principal(statement[element], `${pointer}/${element}`);
  }

  #principal(value: unknown, pointer: string): void {
    if (value === '*') return;
    if (typeof value === 'string') {
      return this.#report(
        pointer,
        'invalid-principal-format',
        `write \`"*"\` or \`{"AWS": ${JSON.stringify(value).slice(0, 90)}}\``,
      );
    }
    if (!isRecord(value)) {
      return this.#report(pointer, 'wrong-type', 'write `"*"` or an object such as `{"AWS": ["…"]}`');
    }
    const types = Object.keys(value);
    if (types.length === 0) this.#report(pointer, 'empty-principal', 'an empty principal matches nobody: name one');
    for (const type of types) {
      const at = pointerTo(pointer, type);
      if (PRINCIPAL_TYPES.includes(type)) this.#texts(value[type], at, (text) => parsePrincipalValue(type, text));
      else this.#report(at, 'invalid-principal-key', `${quoted(type)} is none of ${PRINCIPAL_TYPES.join(', ')}`);
    }
  }

  /** Exactly one of `X` and `NotX`. */
  #pair(statement: JsonObject, pointer: string, element: string, parse: (text: string) => Result<unknown>): void {
    const not = `Not${element}`;
    const [has, hasNot] = [Object.hasOwn(statement, element), Object.hasOwn(statement, not)];
    const pair = `\`${element}\` and \`${not}\``;
    if (!has && !hasNot) this.#report(pointer, `missing-${element.toLowerCase()}`, `add one of ${pair}`);
    if (has && hasNot) this.#report(pointer, 'both-of-pair', `keep one of ${pair}`);
    if (has) this.#texts(statement[element], `${pointer}/${element}`, parse);
    if (hasNot) this.#texts(statement[not], `${pointer}/${not}`, parse);
  }

  /** A string or a list of strings, each of which `parse` can read. */
  #texts(value: unknown, pointer: string, parse: (text: string) => Result<unknown>): void {
    this.#list(value, pointer, (element, at) => {
      if (typeof element !== 'string') return this.#report(at, 'wrong-type', 'write a string');
      const read = parse(element);
      if (!read.ok) this.#report(at, read.fault.code, read.fault.detail);
    });
  }

  #list(value: unknown, pointer: string, visit: (element: unknown, pointer: string) => void): void {
    if (Array.isArray(value) && value.length === 0) {
      return this.#report(pointer, 'empty-list', 'an empty list matches nothing: add a value or remove the element');
    }
    if (!Array.isArray(value)) return visit(value, pointer);
    for (const [at, element] of value.entries()) visit(element, `${pointer}/${at}`);
  }

  #conditions(block: unknown, pointer: string): void {
    if (!isRecord(block))
      return this.#report(pointer, 'wrong-type', 'write an object: operator, then key, then values');
    for (const [operator, keys] of Object.entries(block)) {
      const at = pointerTo(pointer, operator);
      if (parseOperator(operator) === undefined) {
        this.#report(
          at,
          'invalid-operator',
          `${quoted(operator)} is no condition operator; names are case-sensitive, as in \`StringEquals\``,
        );
      } else if (isRecord(keys)) {
        this.#keys(operator, keys, at);
      } else {
        this.#report(at, 'wrong-type', 'write an object of condition keys and values');
      }
    }
  }

  #keys(operator: string, keys: JsonObject, pointer: string): void {
    const seen = new Set<string>();
    const name = parseOperator(operator);
    for (const [key, values] of Object.entries(keys)) {
      const at = pointerTo(pointer, key);
      const lower = key.toLowerCase();
      if (seen.has(lower)) {
        this.#report(at, 'duplicate-key', `${quoted(key)} stands twice here: names of keys compare without case`);
      }
      seen.add(lower);
      if (this.variables && key.includes('${')) {
        this.#report(at, 'variable-in-element', `${quoted(key)} has a variable: only values may have one`);
      } else if (!isConditionKey(key)) {
        this.#report(
          at,
          'invalid-key',
          `${quoted(key)} is no condition key: write \`prefix:name\`, as in \`aws:SourceVpce\``,
        );
      } else if (conditionKey(lower)?.multivalued && name?.qualifier === null && name.operator !== null) {
        const detail = `${quoted(key)} holds a set: write \`ForAnyValue:${operator}\` or \`ForAllValues:${operator}\``;
        this.#report(at, 'missing-qualifier', detail);
      }
      this.#values(operator, lower, values, at);
    }
  }

  #values(operator: string, key: string, values: unknown, pointer: string): void {
    const name = parseOperator(operator)!;
    const compared = name.operator;
    this.#list(values, pointer, (value, at) => {
      if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
        return this.#report(at, 'wrong-type', 'write a string, a number, true or false');
      }
      if (compared === null) {
        if (parseBoolean(textOf(value)) === undefined)
          this.#report(at, 'type-mismatch', 'write `true` (the key is absent) or `false` (it is there)');
        return;
      }
      const read = compared.operand(textOf(value), this.variables);
      if (!read.ok) return this.#report(at, read.fault.code, read.fault.detail);
      this.#lookFor(searchedInSets(name, key, textOf(value), this.variables), at);
    });
  }

  /** Told once, where it becomes too much. */
  #lookFor(characters: number, pointer: string): void {
    const before = this.#searched;
    this.#searched += characters;
    if (before > MOST_SEARCHED || this.#searched <= MOST_SEARCHED) return;
    const detail =
      `up to here the patterns under ForAllValues and ForAnyValue look for more than ${MOST_SEARCHED} characters ` +
      'between their wildcards: write patterns with one `*`, at their end';
    this.#report(pointer, 'too-complex', detail);
  }

  #members(value: JsonObject, pointer: string, known: readonly string[]): void {
    for (const name of Object.keys(value)) {
      if (known.includes(name)) continue;
      const meant = known.find((element) => element.toLowerCase() === name.toLowerCase());
      const detail = `${quoted(name)} is no element here: write ${meant ? `\`${meant}\`` : `one of ${known.join(', ')}`}`;
      this.#report(pointerTo(pointer, name), 'unknown-element', detail);
    }
  }

  /** A label: nothing is matched by it. */
  #string(value: unknown, pointer: string): void {
    if (typeof value !== 'string') return this.#report(pointer, 'wrong-type', 'write a string');
    if (this.variables && value.includes('${')) {
      this.#report(
        pointer,
        'variable-in-element',
        `${quoted(value)} has a variable: only Resource and Condition may have one`,
      );
    }
  }

  /** IAM takes only some characters in identity policies. */
  #characters(document: JsonObject): void {
    for (const { pointer } of foreignCharacters(document, MOST_ERRORS + 1)) {
      this.#report(pointer, 'invalid-character', 'IAM takes only tab, line breaks and U+0020 to U+00FF in a policy');
    }
  }

  #report(pointer: string, code: string, detail: string): void {
    this.issues.push({ pointer, code, detail });
  }
}

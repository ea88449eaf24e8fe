/** An element of an XML document. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Without that of its children. */
  readonly text: string;
}

/** Reads a document of elements, attributes and text: what JUnit reports are made of. @throws Error where it is not well-formed */
export function parseXml(document: string): Element {
  const text = document.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  const open: { name: string; attributes: Record<string, string>; children: Element[]; text: string }[] = [
    { name: '', attributes: {}, children: [], text: '' },
  ];
  const TOKEN = /<(\/?)([a-z]+)((?:\s+[a-z]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  let end = 0;
  for (const [token, closes, name = '', attributes = '', empty, characters] of text.matchAll(TOKEN)) {
    end += token.length;
    if (characters !== undefined) {
      open.at(-1)!.text += unescaped(characters);
    } else if (closes) {
      const element = open.pop()!;
      if (element.name !== name) throw new Error(`</${name}> closes <${element.name}>`);
    } else {
      const element = { name, attributes: attributesOf(attributes), children: [], text: '' };
      open.at(-1)!.children.push(element);
      if (!empty) open.push(element);
    }
  }
  const [root] = open;
  if (end !== text.length) throw new Error(`not well-formed at ${JSON.stringify(text.slice(end, end + 40))}`);
  if (open.length !== 1 || root!.children.length !== 1 || root!.text.trim() !== '') throw new Error('not one element');
  return root!.children[0]!;
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([a-z]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, unescaped(value)]);
  const attributes = Object.fromEntries(pairs);
  if (Object.keys(attributes).length !== pairs.length) throw new Error(`an attribute stands twice: ${text}`);
  return attributes;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#10': '\n' };

function unescaped(text: string): string {
  // XML 1.0, production 2: what may stand in a document at all.
  const strange = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.exec(text);
  if (strange) throw new Error(`U+${strange[0].charCodeAt(0).toString(16)} is no character of XML`);
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    const character = whole.endsWith(';') ? ENTITIES[name] : undefined;
    if (character === undefined) throw new Error(`${whole} is no entity`);
    return character;
  });
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const docs = readdirSync(new URL('docs', root)).filter((name) => name.endsWith('.md'));
const examples = readdirSync(new URL('examples', root))
  .map((name) => `examples/${name}/README.md`)
  .filter((name) => existsSync(new URL(name, root)));
const pages = ['README.md', 'CHANGELOG.md', ...docs.map((name) => `docs/${name}`), ...examples];

it.each(pages)('%s links to what there is', (page) => {
  expect(linksOf(page).filter((link) => !leads(link, page))).toEqual([]);
});

it('the index has every page', () => {
  const linked = linksOf('docs/README.md');
  expect(docs.filter((name) => name !== 'README.md' && !linked.includes(name))).toEqual([]);
});

/** Within the repository, of text and pictures. */
function linksOf(page: string): string[] {
  const text = prose(page);
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g), ...text.matchAll(/<img src="([^"]+)"/g)];
  return links.map(([, link = '']) => link).filter((link) => !/^https?:/.test(link));
}

function leads(link: string, page: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : new URL(path, new URL(page, 'file:///')).pathname.slice(1);
  return existsSync(new URL(target, root)) && (anchor === undefined || anchorsOf(target).includes(anchor));
}

/** As GitHub makes them of headings. */
const anchorsOf = (page: string): string[] =>
  [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Without code, in which brackets and hashes mean something else. */
const prose = (page: string): string => readFileSync(new URL(page, root), 'utf8').replace(/^```.*?^```$/gms, '');

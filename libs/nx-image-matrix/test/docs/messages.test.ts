import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../support/installation.ts';
import { blocksOf, readPage } from './pages.ts';

/** Messages of the plugin quoted in pages: `...` is any text. */
const quoted = [
  ...[...readPage('docs/engines.md').matchAll(/^\|(?: [^|`]+ \|)? (`.+?`(?:, `.+?`)*) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`(.+?)`/g)].map(([, text]) => text!),
  ),
  ...blocksOf(readPage('docs/secrets.md'))
    .filter(({ language }) => language === '')
    .flatMap(({ text }) => text.trim().split('\n')),
  ...[...readPage('docs/troubleshooting.md').matchAll(/line(?: is|s? that begins with) `(.+?)`/g)].map(
    ([, text]) => text!,
  ),
];

describe('each message that a page quotes', () => {
  const texts = sources().flatMap(textsOf);

  it.each(quoted)('is in the code: %s', (message) => {
    expect(unknownWords(message, texts)).toEqual([]);
  });

  it('is found by its form', () => {
    expect(quoted.length).toBeGreaterThan(18);
  });
});

function sources(): string[] {
  return readdirSync(join(repository, 'libs'))
    .flatMap((library) =>
      readdirSync(join(repository, 'libs', library, 'src'), { recursive: true, encoding: 'utf8' }).map(
        (path) => `libs/${library}/src/${path}`,
      ),
    )
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map(readPage);
}

/** The parts of a source's template strings between `${}` that have more than one word. */
function textsOf(source: string): string[] {
  const templates = source.matchAll(/`((?:[^`\\$]|\\.|\$(?!\{)|\$\{[^`{}]*\})*)`/g);
  const strings = source.matchAll(/'((?:[^'\\\n]|\\.)*)'/g);
  return [...templates, ...strings]
    .flatMap(([, text]) => text!.replaceAll(/\\(.)/g, '$1').split(/\$\{[^{}]*\}/))
    .map((text) => text.trim())
    .filter((text) => /\S \S/.test(text));
}

/** Words of a message that are not in any text of the code, without names, paths and short words. */
function unknownWords(message: string, texts: string[]): string[] {
  const example = message.replaceAll('...', 'X');
  const known = Array.from({ length: example.length }, () => false);
  for (const text of texts) {
    const start = example.indexOf(text);
    if (start >= 0) known.fill(true, start, start + text.length);
  }
  return [...example.matchAll(/(?<![\w"/~.:-])(?!docker|warning|error)[a-zA-Z]{4,}(?![\w"/:-]|\.\w)/g)]
    .filter(({ index }) => !known[index])
    .map(([word]) => word);
}

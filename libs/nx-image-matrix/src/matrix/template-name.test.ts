import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { resolveOptions } from '../options/resolve-options.ts';
import { imageStates } from './image-states.ts';
import { readMatrices } from './read-matrices.ts';

const manifest = (types: string): string => `
release_types: ${types}
packages: { app: { perception: [debian], desktop: [debian] } }
releases: { debian: { 12: { templates_dir: templates, base_image: "debian:12", multistage_image: False } } }
`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'template-name-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function read(files: Record<string, string>): ReturnType<typeof readMatrices> {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return readMatrices(root, ['manifest.yml'], resolveOptions({}), {});
}

const shared = manifest('{ perception: { template: image }, desktop: { from: perception, template: image } }');
const text = 'FROM {{ from }}\nRUN echo {{ release_type }}\n';

it.each([
  ['a file', { 'templates/image.Dockerfile.liquid': text }],
  ['a folder', { 'templates/image/Dockerfile.liquid': text, 'templates/image/extra.txt': 'x' }],
])('several release types share a template that is %s', (_, files) => {
  const { matrices, diagnostics } = read({ 'manifest.yml': shared, ...files });
  expect(diagnostics).toEqual([]);
  const images = matrices.flatMap((matrix) => matrix.images);
  expect(
    images.map(({ image, rendered }) => [
      image.name,
      String(rendered.find(({ path }) => path === 'Dockerfile')?.content),
    ]),
  ).toEqual([
    ['app-debian12-perception', 'FROM debian:12\nRUN echo perception\n'],
    ['app-debian12-desktop', 'FROM app:perception\nRUN echo desktop\n'],
  ]);
  for (const { templates } of images) expect(templates).toEqual(Object.keys(files).sort());
});

it('a new extra file in the folder of a template counts for each type that has it', () => {
  const matrices = read({ 'manifest.yml': shared, 'templates/image/Dockerfile.liquid': text });
  const { states } = imageStates(root, matrices);
  for (const name of ['app-debian12-perception', 'app-debian12-desktop']) {
    expect(states.get(name)?.staleInputs).toContain('templates/image/**/*');
  }
});

it('a template that is missing is an error with its name and the type', () => {
  const { diagnostics } = read({ 'manifest.yml': shared, 'templates/images.Dockerfile.liquid': text });
  expect(diagnostics.map(({ code, message, hint }) => [code, message, hint])).toContainEqual([
    'missing-template',
    'no template for `image`: neither `templates/image.Dockerfile.liquid` nor `templates/image/Dockerfile.liquid` exists',
    'did you mean `images`?; `perception` names it as its `template`; `desktop` starts from `perception`',
  ]);
});

it('a template of nothing is the one of the release type', () => {
  const { diagnostics, matrices } = read({
    'manifest.yml': manifest('{ perception: { template: }, desktop: { template: perception } }'),
    'templates/perception.Dockerfile.liquid': text,
  });
  expect(diagnostics).toEqual([]);
  expect(matrices[0]?.images).toHaveLength(2);
});

it.each(['../image', 'a/b', '.', 'a b', '"{{ x }}"'])('the name %s is an error', (name) => {
  const { diagnostics } = read({ 'manifest.yml': manifest(`{ perception: { template: ${name} }, desktop: {} }`) });
  expect(diagnostics.map(({ code, line }) => [code, line])).toEqual([['bad-reference', 2]]);
});

it.each(['[a]', '{a: b}', 'true', '3'])('%s is not the name of a template', (name) => {
  const { diagnostics } = read({ 'manifest.yml': manifest(`{ perception: { template: ${name} }, desktop: {} }`) });
  expect(diagnostics.map(({ code, line }) => [code, line])).toEqual([['wrong-type', 2]]);
});

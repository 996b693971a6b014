import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { resolveOptions } from '../options/resolve-options.ts';
import { readMatrices } from './read-matrices.ts';

const manifest = `version: '1'
release_types:
  cpu: { tags: [cpu], args: { FLAVOUR: cpu } }
  cuda: { tags: [cuda], args: { FLAVOUR: cuda, CUDA_VER: "12.4" }, secrets: [{ id: licence, env: LICENCE }] }
packages:
  builder: { cpu: [debian], cuda: [debian] }
  tools: { runtime: [debian] }
releases:
  debian:
    12: { templates_dir: templates, base_image: "debian:bookworm-slim", multistage_image: False }
`;

/** One file with several ends, of which an image is built from one. */
const all = `ARG FLAVOUR
FROM {{ from }} AS common
FROM common AS cpu_final
COPY cpu.sh /
FROM tools:1-runtime AS cuda_tools
FROM common AS cuda_final
ARG CUDA_VER
COPY cuda.sh /
COPY --from=cuda_tools /bin/x /bin/x
COPY . /everything
RUN --mount=type=secret,id=licence,required true
FROM \${FLAVOUR}_final
`;

const files = {
  'manifest.yml': manifest,
  'templates/all.liquid': all,
  'templates/cpu.Dockerfile.liquid': "{%- render 'all' -%}",
  'templates/cuda.Dockerfile.liquid': "{%- render 'all' -%}",
  'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\n',
  'cpu.sh': '',
  'cuda.sh': '',
};

describe('stages that the last one is not built from', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'unreached-stages-'));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const read = (name: string) => {
    const { matrices, diagnostics } = readMatrices(root, ['manifest.yml'], resolveOptions({}), {});
    const image = matrices[0]?.images.find((candidate) => candidate.image.name === name);
    return { image: image!, diagnostics };
  };
  const dockerignore = (name: string): string =>
    read(name)
      .image.rendered.find(({ path }) => path === 'Dockerfile.dockerignore')!
      .content.toString();

  it('give an image no files, images and arguments', () => {
    const { image } = read('builder-debian12-cpu');
    expect(image.contextInputs).toEqual(['cpu.sh']);
    expect(image.sources.map(({ path }) => path)).toEqual(['cpu.sh']);
    expect(image.references.map(({ reference }) => reference)).toEqual(['debian:bookworm-slim']);
    expect(image.document.args).toEqual({ FLAVOUR: 'cpu' });
    expect(dockerignore('builder-debian12-cpu')).not.toContain('cuda.sh');
  });

  it('count for the image that is built from them', () => {
    const { image } = read('builder-debian12-cuda');
    expect(image.sources.map(({ path }) => path)).toEqual(['cuda.sh', '']);
    expect(image.references.map(({ reference }) => reference)).toEqual(['debian:bookworm-slim', 'tools:1-runtime']);
    expect(image.document.args).toEqual({ FLAVOUR: 'cuda', CUDA_VER: '12.4' });
  });

  it('are no reason to warn of what they copy and mount', () => {
    const { diagnostics } = read('builder-debian12-cpu');
    expect(diagnostics.map(({ code, file }) => `${code} ${file}`)).toEqual([
      'copies-everything docker/builder/debian12/cuda/Dockerfile',
    ]);
  });
});

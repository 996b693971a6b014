import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { staticLabels } from '../build-plan/static-labels.ts';
import { resolveOptions } from '../options/resolve-options.ts';
import { readMatrices } from './read-matrices.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'image-origin-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const manifest = `
packages: { app: { runtime: [debian] }, tool: { devel: [debian] } }
release_spec: { templates_dir: templates, args: { SUITE: trixie } }
releases: { debian: { 12: { base_image: "debian:bookworm" } } }
`;

/** The origin of an image, with templates for `runtime` and `devel`. */
function origins(runtime: string, devel = 'FROM {{ from }}\n', base = 'FROM {{ from }}\n'): Record<string, string[]> {
  const files = {
    'manifest.yml': manifest,
    'templates/base.Dockerfile.liquid': base,
    'templates/runtime.Dockerfile.liquid': runtime,
    'templates/devel.Dockerfile.liquid': devel,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const { matrices, diagnostics } = readMatrices(root, ['manifest.yml'], resolveOptions({}), {});
  const wrong = diagnostics.filter(({ code }) => code !== 'unused-argument');
  if (wrong.length > 0) throw new Error(wrong.map(({ message }) => message).join('\n'));
  const images = matrices.flatMap((matrix) => matrix.images);
  return Object.fromEntries(
    images.map(({ image: { name }, document }) => [
      name.replace('-debian12', ''),
      [document.from, document.baseImage, staticLabels(document)['org.opencontainers.image.base.name'] ?? ''],
    ]),
  );
}

const own = ['app:base', 'debian:bookworm', 'debian:bookworm'];

it.each([
  ['the parent of the manifest', 'FROM {{ from }}\n', own],
  ['the same in other words', 'FROM docker.io/library/app:base\n', own],
  ['a stage that starts from it', 'FROM {{ from }} AS one\nFROM one AS Two\nFROM tWO\n', own],
  ['beside an unrelated stage', 'FROM golang:1 AS build\nFROM {{ from }}\nCOPY --from=build /a /b\n', own],
  ['an external image', 'FROM alpine:3\n', ['alpine:3', 'alpine:3', 'alpine:3']],
  ['one behind stages', 'FROM alpine:3 AS os\nFROM {{ from }} AS x\nFROM os\n', ['alpine:3', 'alpine:3', 'alpine:3']],
  ['one by an argument', 'ARG SUITE\nFROM debian:${SUITE}-slim\n', Array(3).fill('debian:trixie-slim')],
  ['one by a default', 'ARG X=1\nFROM busybox:${X}\n', Array(3).fill('busybox:1')],
  ['nothing', 'FROM scratch\n', Array(3).fill('scratch')],
  ['an image of another package', 'FROM tool:devel\n', ['tool:devel', 'debian:bookworm', 'debian:bookworm']],
  ['one for each platform', 'FROM busybox:1-${TARGETARCH}\n', own],
])('an image starts from %s', (_, template, expected) => {
  expect(origins(template)['app-runtime']).toEqual(expected);
});

it('an image of another package has its own base image', () => {
  const found = origins('FROM tool:devel\n', 'FROM alpine:3\n');
  expect(found['app-runtime']).toEqual(['tool:devel', 'alpine:3', 'alpine:3']);
  expect(found['tool-devel']).toEqual(['alpine:3', 'alpine:3', 'alpine:3']);
});

it('a base template that spells out its image decides for what starts from it', () => {
  const found = origins('FROM {{ from }}\n', 'FROM {{ from }}\n', 'FROM ubuntu:24.04\n');
  expect(found['app-base']).toEqual(['ubuntu:24.04', 'ubuntu:24.04', 'ubuntu:24.04']);
  expect(found['app-runtime']).toEqual(['app:base', 'ubuntu:24.04', 'ubuntu:24.04']);
});

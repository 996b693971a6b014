import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import { staticLabels } from '../build-plan/static-labels.ts';
import { resolveOptions } from '../options/resolve-options.ts';
import type { ImageDocument } from '../types.ts';
import { readMatrices } from './read-matrices.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const [a, b] = [digest('a'), digest('b')];

const manifest = `
packages: { app: { runtime: [debian] }, worker: { runtime: [debian12] } }
release_spec: { templates_dir: templates, args: { TOOL: "busybox:1", SIZE: small } }
releases:
  debian:
    12: { base_image: "debian:bookworm-slim", add_to_tags: slim }
    13: { base_image: "debian:trixie-slim", add_to_tags: slim13 }
`;

const files = {
  'manifest.yml': manifest,
  'templates/base.Dockerfile.liquid': '# {{ base_image }}\nFROM {{ from }}\n',
  'templates/runtime.Dockerfile.liquid':
    'ARG TOOL\nARG SIZE\nARG EXTRA=alpine:3\nFROM $TOOL AS tool\nFROM {{ from }}\nARG EXTRA\n' +
    'COPY --from=tool /a /b\nCOPY --from=docker.io/library/golang:1 /a /b\nCOPY --from=$EXTRA /a /b\n',
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'base-lock-'));
  for (const [path, text] of Object.entries(files)) write(path, text);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

interface Rendered {
  dockerfile: string[];
  document: ImageDocument;
}

function render(): { images: Record<string, Rendered>; problems: string[]; diagnostics: Diagnostic[] } {
  const { matrices, diagnostics } = readMatrices(root, ['manifest.yml'], resolveOptions({}), {});
  const images = matrices.flatMap((matrix) =>
    matrix.images.map(({ image, rendered, document }): [string, Rendered] => {
      const dockerfile = String(rendered.find(({ path }) => path === 'Dockerfile')?.content);
      return [image.name, { dockerfile: dockerfile.trimEnd().split('\n'), document }];
    }),
  );
  return { images: Object.fromEntries(images), problems: diagnostics.map(lineOf), diagnostics };
}

function lineOf({ file, line, column, severity, code, message }: Diagnostic): string {
  return `${file}:${line}:${column} ${severity} ${code} ${message}`;
}

const everything = `debian:bookworm-slim: ${a}\ndebian:trixie-slim: ${b}\nbusybox:1: ${a}\ngolang:1: ${b}\nalpine:3: ${a}\n`;

it('pins each external reference where it is written, and none of ours', () => {
  write('images.lock', everything);
  const { images, problems } = render();
  expect(problems).toEqual([]);
  expect(images['app-debian12-base']!.dockerfile).toEqual(['# debian:bookworm-slim', `FROM debian:bookworm-slim@${a}`]);
  expect(images['app-debian13-base']!.dockerfile[1]).toBe(`FROM debian:trixie-slim@${b}`);
  const { dockerfile, document } = images['app-debian12-runtime']!;
  expect(dockerfile).toEqual([
    'ARG TOOL',
    'ARG SIZE',
    `ARG EXTRA=alpine:3@${a}`,
    'FROM $TOOL AS tool',
    'FROM app:base-slim',
    'ARG EXTRA',
    'COPY --from=tool /a /b',
    `COPY --from=docker.io/library/golang:1@${b} /a /b`,
    'COPY --from=$EXTRA /a /b',
  ]);
  expect(document.args).toEqual({ TOOL: `busybox:1@${a}`, SIZE: 'small' });
  expect(document).toMatchObject({ from: 'app:base-slim', baseImage: `debian:bookworm-slim@${a}` });
});

it('labels an image with the name of its base and with the digest', () => {
  write('images.lock', everything);
  expect(staticLabels(render().images['app-debian12-base']!.document)).toMatchObject({
    'org.opencontainers.image.base.name': 'debian:bookworm-slim',
    'org.opencontainers.image.base.digest': a,
  });
  rmSync(join(root, 'images.lock'));
  expect(Object.keys(staticLabels(render().images['app-debian12-base']!.document))).not.toContain(
    'org.opencontainers.image.base.digest',
  );
});

it.each([undefined, '', '# nothing yet\n'])('changes no byte with the lock %j', (text) => {
  const { images, problems } = render();
  if (text !== undefined) write('images.lock', text);
  const locked = render();
  expect(locked.images).toEqual(images);
  expect(problems).toEqual([]);
  expect(locked.problems).toHaveLength(text === undefined ? 0 : 5);
});

it('warns once of each reference that the lock does not have, with the images', () => {
  write('images.lock', everything.replace(/^(busybox|debian:book).*\n/gm, ''));
  expect(render().problems).toEqual([
    'docker/app/debian12/base/Dockerfile:2:1 warning unlocked-base `debian:bookworm-slim` of `app-debian12-base` and 1 more image is not in images.lock, so the image changes when the base does',
    'docker/app/debian12/runtime/Dockerfile:4:1 warning unlocked-base `busybox:1` of `app-debian12-runtime` and 2 more images is not in images.lock, so the image changes when the base does',
  ]);
});

it('warns of a reference that is another one on each platform', () => {
  write('images.lock', everything);
  write('templates/base.Dockerfile.liquid', 'FROM debian:bookworm-$TARGETARCH\n');
  expect(render().problems).toEqual([
    'docker/app/debian12/base/Dockerfile:1:1 warning unlocked-base `debian:bookworm-$TARGETARCH` of `app-debian12-base` and 2 more images is a different image for each TARGETARCH, which images.lock cannot pin',
  ]);
});

it('refuses a line that names an image of this workspace', () => {
  write('images.lock', `${everything}app:base-slim: ${a}\n`);
  expect(render().problems).toContain(
    'images.lock:6:1 error bad-lock `app:base-slim` is an image of this workspace, which has a new digest with every build',
  );
});

it('reports a lock that cannot be read at its own line', () => {
  write('images.lock', `${everything}ubuntu:24.04: latest\n`);
  expect(render().problems).toEqual([
    'images.lock:6:15 error bad-lock `latest` is not a digest (`sha256:` and 64 hexadecimal digits)',
  ]);
  rmSync(join(root, 'images.lock'));
  mkdirSync(join(root, 'images.lock'));
  expect(render().problems[0]).toContain('images.lock:1:1 error unreadable-file');
});

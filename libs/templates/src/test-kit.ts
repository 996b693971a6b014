import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Image, TemplateVariables } from '@nx-image-matrix/manifest';
import { TemplateEngine } from './engine.ts';
import type { RenderedTemplates, TemplateEngineOptions } from './engine.ts';

/** A file in the tree of a test: its content, an executable, or a symbolic link. */
export type TreeEntry = string | Buffer | { executable: string } | { link: string };

const made: string[] = [];

/** Writes files below a new temporary folder, and returns its path. */
export function makeTree(entries: Record<string, TreeEntry>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'templates-')));
  made.push(root);
  for (const [path, entry] of Object.entries(entries)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    if (typeof entry === 'string' || Buffer.isBuffer(entry)) writeFileSync(file, entry);
    else if ('link' in entry) symlinkSync(entry.link, file);
    else {
      writeFileSync(file, entry.executable);
      chmodSync(file, 0o755);
    }
  }
  return root;
}

export function removeTrees(): void {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
}

export interface ImageChanges extends Partial<Omit<Image, 'variables'>> {
  variables?: Partial<TemplateVariables>;
}

/** An image of the manifest's example, `model-server` for `debian10`. */
export function makeImage({ variables, ...changes }: ImageChanges = {}): Image {
  const distro = { name: 'debian', version: '10', id: 'debian10' };
  const image: Image = {
    name: 'model-server-debian10-runtime',
    dir: 'docker/model-server/debian10/runtime',
    package: 'model-server',
    releaseType: 'runtime',
    distro,
    axes: [],
    args: {},
    manifestArguments: { declared: new Map(), read: new Set(), readByTags: new Set() },
    childTypes: [],
    from: 'model-server:base-slim',
    baseImage: 'debian:buster-slim',
    tags: ['0.13.0-slim-runtime'],
    tagsUseVersion: true,
    floatingTags: [],
    reference: 'model-server:0.13.0-slim-runtime',
    platforms: [],
    tests: [],
    labels: {},
    repositories: [],
    push: true,
    secrets: [],
    ssh: [],
    template: changes.releaseType ?? 'runtime',
    templatesDir: 'templates/debian',
    nxTags: [],
    versioned: ['version', 'tags', 'args.RELEASE'],
    position: { file: 'images/manifest.yml', line: 12, column: 7 },
    variables: {
      package: 'model-server',
      release_type: 'runtime',
      version: '0.13.0',
      distro,
      header: '# generated\n',
      base_image: 'debian:buster-slim',
      add_to_tags: 'slim',
      multistage_image: true,
      from: 'model-server:base-slim',
      tags: ['0.13.0-slim-runtime'],
      name: 'model-server-debian10-runtime',
      dir: 'docker/model-server/debian10/runtime',
      envars: [
        { name: 'LANG', value: 'C.UTF-8' },
        { name: 'EMPTY', value: '' },
      ],
      args: { PYTHON_VERSION: '3.12', RELEASE: '0.13.0' },
      cuda: null,
      ...variables,
    },
  };
  return Object.assign(image, changes);
}

/** Reads the file without limits; those belong to the real reader. */
export const readFile = (path: string): Buffer => readFileSync(path);

/** Renders one image from a tree of files whose `images` folder contains the manifest. */
export function renderTree(
  entries: Record<string, TreeEntry>,
  image: ImageChanges = {},
  options: Partial<TemplateEngineOptions> = {},
): RenderedTemplates {
  const workspaceDir = makeTree(entries);
  const contextDir = join(workspaceDir, 'images');
  const engine = new TemplateEngine({
    readFile,
    contextDir,
    workspaceDir,
    templatesDirs: ['templates/debian'],
    ...options,
  });
  return engine.render(makeImage(image));
}

/** The rendered Dockerfile of a template without errors. */
export function renderText(template: string, image: ImageChanges = {}): string {
  const { files, diagnostics } = renderTree({ [TEMPLATE]: template }, image);
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const [dockerfile] = files;
  return String(dockerfile?.content);
}

/** The template of the default image, in the tree of a workspace. */
export const TEMPLATE = 'images/templates/debian/runtime.Dockerfile.liquid';

/** Each diagnostic on one line, with its hint. */
export function problemsOf({ diagnostics }: RenderedTemplates): string[] {
  return diagnostics.map(
    ({ file, line, column, code, message, hint }) =>
      `${file}:${line}:${column} ${code} ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
}

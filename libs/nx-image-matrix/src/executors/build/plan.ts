import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readDockerfile } from '@nx-image-matrix/dockerfile';
import { buildId, createContextReader, type ContextFile, type ContextReader } from '@nx-image-matrix/engine';
import { staticLabels } from '../../matrix/static-labels.ts';
import type { ImageDocument } from '../../types.ts';
import type { ImageFolder } from '../../workspace/image-folders.ts';

/** What an image is to be built from, read from its generated folder and the build context. */
export interface BuildPlan {
  folder: ImageFolder;
  document: ImageDocument;
  /** `sha256:...`; the same inputs give the same ID on every machine. */
  buildId: string;
  /** What went into the ID, by name and digest, so that a later run can say what changed. */
  ingredients: Record<string, string>;
  /** Static labels, without the build ID. */
  labels: Record<string, string>;
  /** Plans of the images that the Dockerfile names. */
  parents: BuildPlan[];
  context: ContextFile[];
}

/** Makes plans; each image and each context file of a run is read once. */
export class BuildPlanner {
  readonly #root: string;
  readonly #byReference: Map<string, ImageFolder>;
  readonly #plans = new Map<string, Promise<BuildPlan>>();
  readonly #context: ContextReader = createContextReader();

  constructor(workspaceRoot: string, folders: ReadonlyMap<string, ImageFolder>) {
    this.#root = workspaceRoot;
    this.#byReference = new Map([...folders.values()].map((folder) => [folder.reference, folder]));
  }

  /**
   * The plan of one image and of everything that it starts FROM.
   * @throws Error when a generated or a copied file is missing.
   */
  plan(folder: ImageFolder): Promise<BuildPlan> {
    let plan = this.#plans.get(folder.project);
    if (!plan) {
      plan = this.#makePlan(folder);
      this.#plans.set(folder.project, plan);
    }
    return plan;
  }

  async #makePlan(folder: ImageFolder): Promise<BuildPlan> {
    const root = join(this.#root, folder.root);
    const document = JSON.parse(readGenerated(root, folder, 'image.json')) as ImageDocument;
    const text = readGenerated(root, folder, 'Dockerfile');
    const { facts } = readDockerfile(text, document.args);
    if (!facts) throw new Error(`${folder.root}/Dockerfile has no FROM; run its docker-generate target.`);
    const parents = await Promise.all(
      ownReferences(
        facts.references.map(({ reference }) => reference),
        this.#byReference,
      ).map((parent) => this.plan(parent)),
    );
    const context = await this.#context.files(
      join(this.#root, folder.contextDir),
      readGenerated(root, folder, 'Dockerfile.dockerignore'),
    );
    const files = await readSidecars(root, folder, text);
    const labels = staticLabels(document);
    const parentIds = Object.fromEntries(parents.map((parent) => [parent.document.reference, parent.buildId]));
    const { args: buildArgs, platforms } = document;
    return {
      folder,
      document,
      buildId: buildId({ files, context, buildArgs, platforms, labels, parents: parentIds }),
      ingredients: ingredientsOf(files, context, document, labels, parents),
      labels,
      parents,
      context,
    };
  }
}

function ownReferences(references: string[], byReference: ReadonlyMap<string, ImageFolder>): ImageFolder[] {
  return [...new Set(references)].flatMap((reference) => byReference.get(reference) ?? []);
}

async function readSidecars(root: string, folder: ImageFolder, dockerfile: string) {
  const sidecars = folder.files.filter(
    (path) => !['Dockerfile', 'Dockerfile.dockerignore', 'image.json'].includes(path),
  );
  const files: { path: string; content: Buffer | string }[] = [{ path: 'Dockerfile', content: dockerfile }];
  for (const path of sidecars) files.push({ path, content: await readFile(join(root, path)) });
  return files;
}

function readGenerated(root: string, folder: ImageFolder, name: string): string {
  try {
    return readFileSync(join(root, name), 'utf8');
  } catch (error) {
    throw new Error(
      `${folder.root}/${name} cannot be read; the docker-generate target of ${folder.project} writes it.`,
      {
        cause: error,
      },
    );
  }
}

function ingredientsOf(
  files: { path: string; content: Buffer | string }[],
  context: ContextFile[],
  document: ImageDocument,
  labels: Record<string, string>,
  parents: BuildPlan[],
): Record<string, string> {
  return {
    ...Object.fromEntries(files.map(({ path, content }) => [path, digest(content)])),
    ...Object.fromEntries(context.map((file) => [file.path, digest(`${file.mode} ${file.link ?? ''} ${file.digest}`)])),
    ...Object.fromEntries(
      Object.entries(document.args).map(([key, value]) => [`build argument ${key}`, digest(value)]),
    ),
    ...Object.fromEntries(Object.entries(labels).map(([key, value]) => [`label ${key}`, digest(value)])),
    ...Object.fromEntries(parents.map((parent) => [`parent ${parent.folder.project}`, parent.buildId])),
    platforms: digest(document.platforms.join()),
  };
}

function digest(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

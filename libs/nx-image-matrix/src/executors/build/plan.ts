import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** What an image is made of, without its parents. */
type OwnPart = Pick<BuildPlan, 'document' | 'labels' | 'context' | 'ingredients'> & {
  dockerfile: string;
  files: { path: string; content: Buffer | string }[];
};

/** Milliseconds in which a file that another nx is just putting back, from its cache for example, is there again. */
export const patience = 1_000;

/** Makes plans; each image and each context file of a run is read once. */
export class BuildPlanner {
  readonly #root: string;
  /** Until when a file that cannot be read is looked for again. */
  readonly #deadline: number;
  readonly #byReference: Map<string, ImageFolder>;
  readonly #plans = new Map<string, Promise<BuildPlan>>();
  readonly #context: ContextReader = createContextReader();

  constructor(workspaceRoot: string, folders: ReadonlyMap<string, ImageFolder>, waits = 0) {
    this.#deadline = performance.now() + waits;
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
    for (;;) {
      try {
        return await this.#readPlan(folder);
      } catch (error) {
        if (performance.now() >= this.#deadline) throw error;
        await sleep(50);
      }
    }
  }

  async #readPlan(folder: ImageFolder): Promise<BuildPlan> {
    const { dockerfile, files, ingredients, ...own } = await readOwnPart(this.#root, folder, this.#context);
    const { document, labels, context } = own;
    const { facts } = readDockerfile(dockerfile, document.args);
    if (!facts) throw new Error(`${folder.root}/Dockerfile has no FROM; run its docker-generate target.`);
    const parents = await Promise.all(
      ownReferences(
        facts.references.map(({ reference }) => reference),
        this.#byReference,
      ).map((parent) => this.plan(parent)),
    );
    const parentIds = Object.fromEntries(parents.map((parent) => [parent.document.reference, parent.buildId]));
    const { args: buildArgs, platforms } = document;
    return {
      ...own,
      folder,
      buildId: buildId({ files, context, buildArgs, platforms, labels, parents: parentIds }),
      ingredients: {
        ...ingredients,
        ...Object.fromEntries(parents.map((parent) => [`parent ${parent.folder.project}`, parent.buildId])),
      },
      parents,
    };
  }
}

/** Names of what is no longer as it was planned: files of the image, or files that it copies. */
export async function changedSince(workspaceRoot: string, plan: BuildPlan): Promise<string[]> {
  const start = performance.now();
  for (;;) {
    const changed = differences(plan.ingredients, await ingredientsNow(workspaceRoot, plan.folder));
    if (changed.length === 0 || performance.now() - start > patience) return changed;
    await sleep(50);
  }
}

function differences(before: Record<string, string>, now: Record<string, string>): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].filter((name) => !name.startsWith('parent ') && before[name] !== now[name]);
}

/** Nothing while a file cannot be read. */
async function ingredientsNow(workspaceRoot: string, folder: ImageFolder): Promise<Record<string, string>> {
  try {
    return (await readOwnPart(workspaceRoot, folder, createContextReader())).ingredients;
  } catch {
    return {};
  }
}

async function readOwnPart(workspaceRoot: string, folder: ImageFolder, reader: ContextReader): Promise<OwnPart> {
  const root = join(workspaceRoot, folder.root);
  const document = readDocument(root, folder);
  const dockerfile = readGenerated(root, folder, 'Dockerfile');
  const context = await reader.files(
    join(workspaceRoot, folder.contextDir),
    readGenerated(root, folder, 'Dockerfile.dockerignore'),
  );
  const files = await readSidecars(root, folder, dockerfile);
  const labels = staticLabels(document);
  return { document, dockerfile, context, files, labels, ingredients: ingredientsOf(files, context, document, labels) };
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

function readDocument(root: string, folder: ImageFolder): ImageDocument {
  const text = readGenerated(root, folder, 'image.json');
  try {
    return JSON.parse(text) as ImageDocument;
  } catch (error) {
    throw new Error(
      `${folder.root}/image.json is damaged; the docker-generate target of ${folder.project} writes it anew.`,
      { cause: error },
    );
  }
}

function ingredientsOf(
  files: { path: string; content: Buffer | string }[],
  context: ContextFile[],
  document: ImageDocument,
  labels: Record<string, string>,
): Record<string, string> {
  return {
    ...Object.fromEntries(files.map(({ path, content }) => [path, digest(content)])),
    ...Object.fromEntries(context.map((file) => [file.path, digest(`${file.mode} ${file.link ?? ''} ${file.digest}`)])),
    ...Object.fromEntries(
      Object.entries(document.args).map(([key, value]) => [`build argument ${key}`, digest(value)]),
    ),
    ...Object.fromEntries(Object.entries(labels).map(([key, value]) => [`label ${key}`, digest(value)])),
    platforms: digest(document.platforms.join()),
  };
}

function digest(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

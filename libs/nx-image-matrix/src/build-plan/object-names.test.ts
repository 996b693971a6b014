import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cachedMatrices } from '../matrix/cache/cached-matrices.ts';
import { storedContents } from '../matrix/cache/contents.ts';
import { openStore } from '../matrix/cache/store.ts';
import { writeImage } from '../matrix/write-image.ts';
import { resolveOptions } from '../options/resolve-options.ts';
import type { ImageFolder } from '../workspace/image-folders.ts';
import { decide } from './decide.ts';
import { BuildPlanner, type BuildPlan } from './plan.ts';
import { readRecord, writeRecord, type BuildRecord } from './record.ts';

/** Each with another spelling of the same shape and sort order that is not a property of any object. */
const NAMES = [
  ['constructor', 'constructos'],
  ['toString', 'toStrinh'],
  ['__proto__', '__protp__'],
] as const;

/** A workspace with something called NAME; CHANGED is the value of another input that changes. */
const KINDS: Record<
  string,
  {
    manifest?: string;
    dockerfile?: string;
    edit?: (text: string) => string;
    reason: string;
  }
> = {
  'an argument': {
    manifest: manifest({ args: '{NAME: "{{ version }}-CHANGED"}' }),
    dockerfile: 'ARG NAME\n',
    reason: 'build argument NAME',
  },
  'the value of an argument': {
    manifest: manifest({ args: '{A: NAME}' }),
    dockerfile: 'ARG A\n',
    edit: (text) => text.replace('A: NAME', 'A: valueOf'),
    reason: 'build argument A',
  },
  'an argument that a template reads': {
    manifest: manifest({ args: '{NAME: CHANGED}' }),
    dockerfile: 'ENV A={{ args.NAME }} B={{ args["NAME"] }}\n',
    reason: 'Dockerfile',
  },
  'the argument of an axis': {
    manifest: manifest({ args: '{NAME: ["CHANGED"]}' }),
    dockerfile: 'ARG NAME\n',
    reason: 'build argument NAME',
  },
  'a value of an axis': {
    manifest: manifest({ args: '{A: [NAME, other], B: CHANGED}' }),
    dockerfile: 'ARG A\nARG B\n',
    reason: 'build argument B',
  },
  'a label': {
    manifest: manifest({ labels: '{NAME: CHANGED}' }),
    reason: 'label NAME',
  },
  'a component': {
    manifest:
      manifest({ cuda: '12.4.1', cuda_prefix_url: 'debian12' }) +
      'cuda_dependencies: {12.4.1: {NAME: 1-1}}\nrelease_types: {runtime: {cuda: true}}\n',
    dockerfile: '{% for c in cuda.components %}ENV C_{{ c[0] }}={{ c[1] }}\n{% endfor %}',
    edit: (text) => text.replace('1-1', '2-1'),
    reason: 'Dockerfile',
  },
  'a package': {
    manifest: manifest({ labels: '{a: CHANGED}' }).replace('app:', 'NAME:'),
    reason: 'label a',
  },
  'a distro': {
    manifest: manifest({ labels: '{a: CHANGED}' }).replaceAll('debian:\n', 'NAME:\n').replace('[debian]', '[NAME]'),
    reason: 'label a',
  },
  'a release type': {
    manifest:
      manifest({ labels: '{a: CHANGED}' }).replace('runtime:', 'NAME:') + 'release_types: {NAME: {from: base}}\n',
    reason: 'label a',
  },
  'a secret': {
    manifest: manifest({
      labels: '{a: CHANGED}',
      secrets: '[{id: NAME, env: NAME}]',
    }),
    dockerfile: 'RUN --mount=type=secret,id=NAME true\n',
    reason: 'label a',
  },
  'a variable of the environment': {
    manifest: manifest({ envars: '["NAME=CHANGED"]' }),
    dockerfile: '{% for e in envars %}ENV {{ e.name }}={{ e.value }}\n{% endfor %}',
    reason: 'Dockerfile',
  },
  'a copied folder': {
    dockerfile: 'COPY NAME /copied/\nENV A=CHANGED\n',
    reason: 'Dockerfile',
  },
  'a variable of a Dockerfile': {
    dockerfile: 'ENV NAME=assets/CHANGED.txt\nCOPY ${NAME} /\n',
    reason: 'Dockerfile',
  },
  'a stage': {
    dockerfile: 'FROM scratch AS NAME\nCOPY assets/CHANGED.txt /\nFROM NAME\n',
    reason: 'Dockerfile',
  },
  'an image of others': {
    dockerfile: 'COPY --from=NAME /CHANGED /\n',
    reason: 'Dockerfile',
  },
};

function manifest(release: Record<string, string> = {}): string {
  const keys = Object.entries(release).map(([key, value]) => `\n      ${key}: ${value}`);
  return `version: 1.0.0
packages:
  app:
    runtime: [debian]
releases:
  debian:
    12:
      templates_dir: templates
      base_image: debian:12
      add_to_tags: slim${keys.join('')}
`;
}

describe.each(Object.entries(KINDS))('%s that is called like a method of every object', (_, kind) => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'object-names-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** Everything derived from a workspace: facts, files, results of a cache, build IDs and their inputs. */
  async function made(name: string, value: string) {
    rmSync(root, { recursive: true, force: true });
    const edit = value === 'before' ? (text: string) => text : (kind.edit ?? ((text: string) => text));
    const spelled = (text: string) => text.replaceAll('NAME', name).replaceAll('CHANGED', value);
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), spelled(text));
    };
    write('manifest.yml', edit(kind.manifest ?? manifest()));
    const dockerfile = `FROM {{ from }}\n${kind.dockerfile ?? ''}`;
    for (const type of ['base', 'runtime', name]) write(`templates/${type}.Dockerfile.liquid`, dockerfile);
    write(`${name}/file.txt`, 'copied\n');
    for (const file of ['before', 'after']) write(`assets/${file}.txt`, 'an asset\n');

    const options = resolveOptions(undefined);
    const fresh = cachedMatrices(root, ['manifest.yml'], options, {});
    const cached = cachedMatrices(root, ['manifest.yml'], options, {});
    const contentsOf = storedContents(openStore(root, {}), 'manifest.yml');
    const images = fresh.matrices.flatMap((matrix) => matrix.images);
    const restored = cached.matrices.flatMap((matrix) => matrix.images);
    expect(restored.map(({ document }) => document)).toEqual(images.map(({ document }) => document));
    const texts: string[] = [];
    const folders = new Map<string, ImageFolder>();
    for (const { image, document, digest } of images) {
      const { rendered } = contentsOf(digest)!;
      texts.push(...rendered.map(({ path, content }) => `${image.name} ${path}\n${String(content)}`));
      writeImage(root, join(root, image.dir), rendered);
      folders.set(image.name, {
        project: image.name,
        root: image.dir,
        ...document,
        upToDate: true,
        nxTags: image.nxTags,
        parents: [],
        pushes: image.push,
        contextDir: '',
        digest,
      });
    }
    const planner = new BuildPlanner(root, folders, ['linux/amd64'], 0);
    const plans = await Promise.all([...folders.values()].map((folder) => planner.plan(folder)));
    return {
      plans,
      story: JSON.stringify({
        diagnostics: fresh.diagnostics,
        parents: [...fresh.parents],
        sources: sortedEntries(fresh.sources.kinds),
        followed: sortedEntries(fresh.sources.followed),
        images: images.map(({ image, contextInputs, document }) => [image, contextInputs, sortedEntries(document)]),
        texts,
        plans: plans.map(({ ingredients, labels, copied, context }) => [
          Object.keys(ingredients),
          labels,
          copied,
          context,
        ]),
      }),
    };
  }

  it.each(NAMES)('%s gives the same result as %s', async (name, innocent) => {
    const rename = (text: string) =>
      text.replaceAll(name, innocent).replaceAll(name.toLowerCase(), innocent.toLowerCase());
    const other = await made(innocent, 'before');
    const { story, plans } = await made(name, 'before');
    expect(rename(story)).toBe(other.story);
    const records = recorded(plans, root);
    const after = await made(name, 'after');
    const reasons = after.plans.map((plan, index) => reasonOf(plan, records[index]));
    // A name that is not allowed is rejected with the same message.
    const [said, wanted] =
      plans.length === 0 ? [story, '"severity":"error"'] : [reasons.join('\n'), kind.reason.replace('NAME', name)];
    expect(said).toContain(wanted);
  });
});

function sortedEntries(value: object): [string, unknown][] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Records of builds of plans, as read from disk. */
function recorded(plans: readonly BuildPlan[], root: string): (BuildRecord | undefined)[] {
  return plans.map(({ folder, document, buildId, ingredients }) => {
    const record = {
      reference: document.reference,
      tags: document.tags,
      imageId: 'sha256:1',
      buildId,
      ingredients,
    };
    const others = {
      size: null,
      platform: null,
      duration: 1,
      engine: 'docker',
      reason: '',
      builtAt: '',
      pushed: {},
    };
    writeRecord(root, folder, { ...record, ...others });
    return readRecord(root, folder);
  });
}

function reasonOf(plan: BuildPlan, record: BuildRecord | undefined): string | undefined {
  const decision = decide(plan, { record, changedParent: undefined, images: new Map() }, false);
  return decision.action === 'build' ? decision.reason : undefined;
}

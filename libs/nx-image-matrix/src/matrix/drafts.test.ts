import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { resolveOptions } from '../options/resolve-options.ts';
import { readMatrices } from './read-matrices.ts';

const manifest = (packageName: string, type: string) => `
release_types: { ${type}: {} }
packages: { ${packageName}: { ${type}: [debian] } }
release_spec: { args: { FLAVOUR: plain, UNUSED: "1" } }
releases: { debian: { 12: { templates_dir: templates, base_image: "debian:12", multistage_image: False } } }
`;

/** The manifest of the child comes first, and each manifest has one Dockerfile. */
function workspace(parent: string, child: string): string {
  const root = mkdtempSync(join(tmpdir(), 'drafts-'));
  const files = {
    'a/manifest.yml': manifest('child', 'one'),
    'a/templates/one.Dockerfile.liquid': child,
    'b/manifest.yml': manifest('parent', 'two'),
    'b/templates/two.Dockerfile.liquid': parent,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function childOf(parent: string, child: string, select?: (project: string) => boolean) {
  const root = workspace(parent, child);
  const manifests = ['a/manifest.yml', 'b/manifest.yml'];
  const { matrices, parents, diagnostics } = readMatrices(root, manifests, resolveOptions({}), {}, { select });
  const images = matrices.flatMap((matrix) => matrix.images);
  const { document, rendered, contextInputs } = images.find(({ image }) => image.package === 'child')!;
  const ignore = rendered.find(({ path }) => path === 'Dockerfile.dockerignore');
  return {
    args: document.args,
    parents: parents.get('child-debian12-one'),
    ignore: String(ignore?.content),
    contextInputs,
    problems: diagnostics
      .filter(({ code }) => code !== 'unused-argument')
      .map(({ code, file, line }) => `${code} ${file}:${line}`),
  };
}

const onbuild = 'FROM {{ from }}\nENV SRC=a/b\nONBUILD ARG FLAVOUR\nONBUILD COPY conf/$FLAVOUR.txt /conf/\n';

describe('an image that starts FROM one of another manifest', () => {
  it('copies, declares and depends on what the ONBUILD and the ENV of its parent say', () => {
    const found = childOf(onbuild, 'FROM parent:two\nCOPY ${SRC:-none}/x /\n');
    expect(found).toMatchObject({ args: { FLAVOUR: 'plain' }, parents: ['parent-debian12-two'], problems: [] });
    expect(found.contextInputs).toEqual(expect.arrayContaining(['a/b/x', 'conf/plain.txt']));
    expect(found.ignore).toContain('!conf/plain.txt\n');
    expect(found.ignore).toContain('!a/b/x\n');
  });

  it('is the same when it is rendered alone', () => {
    const child = 'FROM parent:two\nCOPY ${SRC:-none}/x /\n';
    const alone = childOf(onbuild, child, (project) => project.startsWith('child'));
    const { args, ignore, contextInputs } = childOf(onbuild, child);
    expect(alone).toMatchObject({ args, ignore, contextInputs });
  });

  it('has a warning if only an external image can have set a path that it copies', () => {
    const { problems, ignore } = childOf('FROM {{ from }}\n', 'FROM parent:two\nCOPY ${SRC:-none}/x /\n');
    expect(problems).toEqual(['unknown-variable a/docker/child/debian12/one/Dockerfile:2']);
    expect(ignore).toContain('!**/x\n');
  });
});

import { join } from 'node:path';
import { TemplateEngine } from './engine.ts';
import { makeImage, makeTree, problemsOf, readFile, removeTrees, renderTree, TEMPLATE } from './test-kit.ts';
import type { TreeEntry } from './test-kit.ts';

afterAll(removeTrees);

const AT_IMAGE = 'images/manifest.yml:12:7';
const FOLDER = 'images/templates/debian/runtime';

describe('the files of an image', () => {
  it('are one Dockerfile if its type has one template', () => {
    const { files, templates, diagnostics } = renderTree({ [TEMPLATE]: 'FROM {{ from }}\n' });
    expect(diagnostics).toEqual([]);
    expect(files).toEqual([{ path: 'Dockerfile', content: 'FROM model-server:base-slim\n', executable: false }]);
    expect(templates).toEqual(['templates/debian/runtime.Dockerfile.liquid']);
  });

  it('are the same from a checkout with Windows line ends', () => {
    const template = "FROM {{ from }}\n{% render 'part' %}\n{% if cuda -%}\nENV A=1\n{% endif %}\n";
    const part = 'RUN a \\\n  && b\n';
    const [unix, windows] = [template, template.replaceAll('\n', '\r\n')].map((text, index) =>
      renderTree({
        [TEMPLATE]: text,
        'images/templates/part.liquid': index === 0 ? part : part.replaceAll('\n', '\r\n'),
      }),
    );
    expect(unix!.diagnostics).toEqual([]);
    expect(windows).toEqual(unix);
  });

  it('are a folder of rendered and copied files, the Dockerfile first', () => {
    const bytes = Buffer.from([0, 0xff, 0x7b, 0x7b, 0x0a]);
    const { files, templates, diagnostics } = renderTree({
      [`${FOLDER}/Dockerfile.liquid`]: 'FROM {{ from }}',
      [`${FOLDER}/cuda.repo.liquid`]: 'name={{ package }}',
      [`${FOLDER}/bin/start.sh.liquid`]: { executable: '#!/bin/sh\nexec {{ package }} "${1}"\n' },
      [`${FOLDER}/bin/stop.sh`]: { executable: '{{ not liquid }}' },
      [`${FOLDER}/logo.png`]: bytes,
      [`${FOLDER}/.hidden`]: 'x',
    });
    expect(diagnostics).toEqual([]);
    expect(files).toEqual([
      { path: 'Dockerfile', content: 'FROM model-server:base-slim', executable: false },
      { path: '.hidden', content: Buffer.from('x'), executable: false },
      { path: 'bin/start.sh', content: '#!/bin/sh\nexec model-server "${1}"\n', executable: true },
      { path: 'bin/stop.sh', content: Buffer.from('{{ not liquid }}'), executable: true },
      { path: 'cuda.repo', content: 'name=model-server', executable: false },
      { path: 'logo.png', content: bytes, executable: false },
    ]);
    expect(templates).toEqual(
      ['.hidden', 'Dockerfile.liquid', 'bin/start.sh.liquid', 'bin/stop.sh', 'cuda.repo.liquid', 'logo.png'].map(
        (name) => `templates/debian/runtime/${name}`,
      ),
    );
  });

  it('come from the single template if the folder of that name has none', () => {
    const { files, diagnostics } = renderTree({
      [TEMPLATE]: 'FROM x\n{% render "runtime/packages" %}',
      [`${FOLDER}/packages.liquid`]: 'RUN y',
    });
    expect(diagnostics).toEqual([]);
    expect(files.map(({ path, content }) => [path, content])).toEqual([['Dockerfile', 'FROM x\nRUN y']]);
  });

  it.each([
    ['a line end at the end', 'FROM x\n', 'FROM x\n'],
    ['none at the end', 'FROM x', 'FROM x'],
    ['a syntax line', '# syntax=docker/dockerfile:1\nFROM x', '# syntax=docker/dockerfile:1\nFROM x'],
    ['shell syntax', 'RUN echo ${A:-b} $(c) {d,e} %{f} "g" <h>&amp;', 'RUN echo ${A:-b} $(c) {d,e} %{f} "g" <h>&amp;'],
    ['raw text', '{% raw %}{{ a }}{% b %}{% endraw %}', '{{ a }}{% b %}'],
    ['no byte order mark', '\uFEFFFROM x', 'FROM x'],
    ['no escaping of markup', '{{ "<a & \'b\'>" }}', "<a & 'b'>"],
  ])('have %s as the template has it', (_, template, expected) => {
    expect(renderTree({ [TEMPLATE]: template }).files[0]?.content).toBe(expected);
  });
});

describe('templates that are missing', () => {
  it.each([
    ['with a close name', { 'runtme.Dockerfile.liquid': '' }, 'did you mean `runtme`?'],
    ['in a folder with a close name', { 'runtimes/Dockerfile.liquid': '' }, 'did you mean `runtimes`?'],
    [
      'with other names',
      { 'base.Dockerfile.liquid': '', 'x/Dockerfile.liquid': '' },
      '`templates/debian` has templates for `base`, `x`',
    ],
    ['in a folder without a Dockerfile', { 'runtime/other.liquid': '' }, '`templates/debian` has no templates'],
  ])('are reported with a list of others: %s', (_, found, hint) => {
    const entries = Object.entries(found as Record<string, string>);
    const tree = Object.fromEntries(entries.map(([name, text]) => [`images/templates/debian/${name}`, text]));
    expect(problemsOf(renderTree(tree))).toEqual([
      `${AT_IMAGE} missing-template no template for \`runtime\`: neither \`templates/debian/runtime.Dockerfile.liquid\`` +
        ` nor \`templates/debian/runtime/Dockerfile.liquid\` exists (${hint})`,
    ]);
  });

  it.each<[string, releaseType: string, childTypes: string[], hint: string]>([
    ['a type that others start from', 'core', ['full', 'slim'], '`full`, `slim` start from `core`'],
    [
      'a base image',
      'base',
      ['devel'],
      '`devel` starts from `base`: `FROM {{ from }}` is template enough, or set `multistage_image: False` to start from `base_image` itself',
    ],
    [
      'a base image that nothing starts from',
      'base',
      [],
      'nothing starts from `base` here: set `multistage_image: False`, and there is no base image',
    ],
  ])('are reported with their purpose: %s', (_, releaseType, childTypes, hint) => {
    const tree = { 'images/templates/debian/devel.Dockerfile.liquid': '' };
    const { diagnostics } = renderTree(tree, { releaseType, childTypes });
    expect(diagnostics[0]).toMatchObject({
      code: 'missing-template',
      hint: `\`templates/debian\` has templates for \`devel\`; ${hint}`,
    });
  });

  it.each<[string, string[], dir: string, hint: string]>([
    ['a close name', ['templates/debain'], 'templates/debian', 'did you mean `templates/debain`?'],
    [
      'other names',
      ['templates/alpine', 'templates/x'],
      'templates/debian',
      'there are `templates/alpine`, `templates/x` in `templates`',
    ],
    ['one other name', ['templates/alpine'], 'templates/debian', 'there is `templates/alpine` in `templates`'],
    ['none', ['templates'], 'templates/debian', 'there are no folders in `templates`'],
    ['a slip above it', ['template/debian'], 'templates/debian', 'did you mean `template/debian`?'],
    ['other folders above it', ['docs', '.git', 'node_modules/x'], 'a/b/c', "there is `docs` in the manifest's folder"],
  ])('are reported at `templates_dir` if that folder is missing next to %s', (_, folders, dir, hint) => {
    const tree = Object.fromEntries(folders.map((folder) => [`images/${folder}/file`, '']));
    const at = { file: 'images/manifest.yml', line: 9, column: 22 };
    const { diagnostics } = renderTree(tree, { templatesDir: dir, templatesDirAt: at }, { templatesDirs: [dir] });
    expect(diagnostics).toEqual([
      {
        code: 'missing-template',
        severity: 'error',
        message: `\`templates_dir: ${dir}\` is not there: the manifest's folder has no such folder`,
        hint,
        ...at,
      },
    ]);
  });

  it('do not reveal the target of a link outside of the workspace', () => {
    const tree = { 'images/templates/x/file': '', 'images/out': { link: '/usr' } };
    const [problem] = renderTree(tree, { templatesDir: 'out/debian' }, { templatesDirs: ['out/debian'] }).diagnostics;
    expect(problem?.hint).toBe("there is `templates` in the manifest's folder");
  });

  it('are reported if `templates_dir` is a file', () => {
    expect(problemsOf(renderTree({ 'images/templates/debian': '' }))).toEqual([
      `${AT_IMAGE} missing-template \`templates_dir: templates/debian\` is not a folder`,
    ]);
  });

  it('are reported if the release names no folder', () => {
    const { diagnostics } = renderTree({ 'images/x': '' }, { templatesDir: '' });
    expect(diagnostics).toEqual([expect.objectContaining({ code: 'missing-template', line: 12 })]);
  });
});

describe('templates that contradict each other', () => {
  const cases: [string, Record<string, TreeEntry>, string][] = [
    [
      'a template and a folder',
      { [TEMPLATE]: '' },
      'both `templates/debian/runtime.Dockerfile.liquid` and `templates/debian/runtime/Dockerfile.liquid` exist',
    ],
    [
      'two Dockerfiles',
      { [`${FOLDER}/Dockerfile`]: '' },
      '`templates/debian/runtime/Dockerfile` would take the place of the generated `Dockerfile`',
    ],
    [
      'a dockerignore file',
      { [`${FOLDER}/Dockerfile.dockerignore`]: '' },
      '`templates/debian/runtime/Dockerfile.dockerignore` would take the place of the generated `Dockerfile.dockerignore`',
    ],
    [
      'a description',
      { [`${FOLDER}/image.json.liquid`]: '' },
      '`templates/debian/runtime/image.json.liquid` would take the place of the generated `image.json`',
    ],
    [
      'a file and its template',
      { [`${FOLDER}/a/b`]: '', [`${FOLDER}/a/b.liquid`]: '' },
      '`templates/debian/runtime/a/b` and `templates/debian/runtime/a/b.liquid` would both become `a/b`',
    ],
    [
      'a template of nothing',
      { [`${FOLDER}/a/.liquid`]: '' },
      '`templates/debian/runtime/a/.liquid` would be a file without a name',
    ],
    [
      'a link to nothing',
      { [`${FOLDER}/a`]: { link: 'nowhere' } },
      '`templates/debian/runtime/a` is a symbolic link that leads nowhere',
    ],
    [
      'a link in a circle',
      { [`${FOLDER}/a`]: { link: '.' } },
      '`templates/debian/runtime/a` is a symbolic link that leads nowhere',
    ],
  ];

  it.each(cases)('are reported: %s', (_, extra, message) => {
    const { diagnostics, files } = renderTree({ [`${FOLDER}/Dockerfile.liquid`]: 'FROM x', ...extra });
    expect(diagnostics).toEqual([
      expect.objectContaining({ code: 'template-error', message, file: 'images/manifest.yml', line: 12, column: 7 }),
    ]);
    expect(files).toEqual([]);
  });
});

describe('templates and symbolic links', () => {
  it('work inside the root', () => {
    const { files, templates, diagnostics } = renderTree({
      [`${FOLDER}/Dockerfile.liquid`]: { link: '../../shared/Dockerfile.liquid' },
      [`${FOLDER}/scripts`]: { link: '../../shared/scripts' },
      'images/templates/shared/Dockerfile.liquid': 'FROM x',
      'images/templates/shared/scripts/run.sh': 'run',
    });
    expect(diagnostics).toEqual([]);
    expect(files.map(({ path }) => path)).toEqual(['Dockerfile', 'scripts/run.sh']);
    expect(templates).toEqual([
      'templates/debian/runtime/Dockerfile.liquid',
      'templates/debian/runtime/scripts/run.sh',
      'templates/shared/Dockerfile.liquid',
      'templates/shared/scripts/run.sh',
    ]);
  });

  it.each([
    ['the template', { [TEMPLATE]: { link: '../../secret.liquid' } }],
    ['a file', { [`${FOLDER}/Dockerfile.liquid`]: 'FROM x', [`${FOLDER}/a`]: { link: '../../../secret.liquid' } }],
    ['a folder', { [`${FOLDER}/Dockerfile.liquid`]: 'FROM x', [`${FOLDER}/a`]: { link: '../../../secrets' } }],
    ['the folder', { 'images/templates/debian': { link: '../secrets' } }],
    ['the root', { 'images/templates': { link: '../outside' } }],
  ] as [string, Record<string, TreeEntry>][])('do not lead out of it: %s', (_, extra) => {
    const { diagnostics, files } = renderTree({
      'images/secret.liquid': 'FROM secret',
      'images/secrets/runtime.Dockerfile.liquid': 'FROM secret',
      'outside/debian/runtime.Dockerfile.liquid': 'FROM secret',
      ...extra,
    });
    expect(diagnostics).toEqual([expect.objectContaining({ code: 'template-outside-root', line: 12, column: 7 })]);
    expect(files).toEqual([]);
  });
});

describe('a templates folder', () => {
  it.each(['../outside', 'templates/../../outside', '/etc', '.', 'C:\\templates'])('may not be %s', (templatesDir) => {
    const { diagnostics } = renderTree(
      { 'outside/runtime.Dockerfile.liquid': 'FROM secret', 'images/runtime.Dockerfile.liquid': 'FROM x' },
      { templatesDir },
      { templatesDirs: [templatesDir] },
    );
    expect(diagnostics).toEqual([expect.objectContaining({ code: 'template-outside-root' })]);
  });

  it('may not be outside an explicit root', () => {
    const { diagnostics } = renderTree({ [TEMPLATE]: 'FROM x' }, {}, { templatesRoot: 'other' });
    expect(diagnostics).toEqual([expect.objectContaining({ code: 'template-outside-root' })]);
  });

  it.each(['templates/debian/', './templates/debian', 'templates//debian'])('may be written %s', (templatesDir) => {
    const { files } = renderTree({ [TEMPLATE]: 'FROM x' }, { templatesDir }, { templatesDirs: [templatesDir] });
    expect(files.map(({ content }) => content)).toEqual(['FROM x']);
  });
});

describe('one engine', () => {
  it('renders many images, each with its own values', () => {
    const workspaceDir = makeTree({
      [TEMPLATE]: 'FROM {{ package }}',
      'images/templates/debian/base.Dockerfile.liquid': 'FROM base',
    });
    const engine = new TemplateEngine({
      readFile,
      contextDir: join(workspaceDir, 'images'),
      templatesDirs: ['templates/debian'],
    });
    const texts = ['a', 'b'].map(
      (name) => engine.render(makeImage({ variables: { package: name } })).files[0]?.content,
    );
    expect([...texts, engine.render(makeImage({ releaseType: 'base' })).files[0]?.content]).toEqual([
      'FROM a',
      'FROM b',
      'FROM base',
    ]);
  });
});

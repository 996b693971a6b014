import { Checkout } from '../../test/support/checkout.ts';
import { explainedChanges, explainedLinks, explainedMatrix } from '../../test/support/explained-changes.ts';

describe('what explains a change', () => {
  let checkout: Checkout;
  beforeAll(() => {
    checkout = new Checkout(explainedMatrix, explainedLinks);
  });
  afterEach(() => checkout.reset());
  afterAll(() => checkout.dispose());

  it.each(explainedChanges)('$what', ({ make, causes }) => {
    make(checkout);
    expect(checkout.lines()).toEqual(causes);
  });
});

const manifest = (more = ''): string => `version: 1.0.0
packages: { app: { runtime: [debian] } }
release_spec: { templates_dir: templates, base_image: "debian:12", multistage_image: false }
${more}releases: { debian: { 12: } }
`;

/** A matrix of one image. */
const one = { 'manifest.yml': manifest(), 'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nRUN true\n' };

describe('what explains a change of one image', () => {
  let checkout: Checkout;
  const start = (files: Record<string, string> = {}): Checkout => (checkout = new Checkout({ ...one, ...files }));
  afterEach(() => checkout.dispose());

  it('is looked for since the branch left the base', () => {
    start();
    checkout.git('checkout', '--quiet', '-b', 'topic');
    checkout.edit('templates/runtime.Dockerfile.liquid', 'true', 'false');
    checkout.commit();
    checkout.git('checkout', '--quiet', 'main');
    checkout.edit('manifest.yml', 'debian:12', 'debian:13');
    checkout.commit();
    checkout.git('checkout', '--quiet', 'topic');
    expect(checkout.lines()).toEqual([
      'app-debian12-runtime  templates/runtime.Dockerfile.liquid:2  RUN line 2 of the Dockerfile',
    ]);
    expect(checkout.lines('HEAD')).toEqual([]);
  });

  it('is found in a workspace below the top of the repository', () => {
    checkout = new Checkout(Object.fromEntries(Object.entries(one).map(([path, text]) => [`sub/${path}`, text])));
    checkout.write({ 'sub/templates/new.liquid': 'RUN new\n', 'other/manifest.yml': 'packages: {}\n' });
    checkout.edit('sub/templates/runtime.Dockerfile.liquid', 'RUN', "{% render 'new' %}RUN");
    expect(checkout.lines('HEAD', ['manifest.yml'], 'sub')).toEqual([
      'app-debian12-runtime  templates/runtime.Dockerfile.liquid:2  RUN line 2 of the Dockerfile',
      'app-debian12-runtime  templates/new.liquid (added)  RUN line 2 of the Dockerfile',
    ]);
  });

  it('is each changed line that matters, and no other', () => {
    start({
      'templates/runtime.Dockerfile.liquid':
        'FROM {{ from }}\n# {{ distro.id }}\nRUN one\n{% if false %}RUN two{% endif %}\nRUN three\nUSER a\n',
    });
    checkout.edit('templates/runtime.Dockerfile.liquid', 'RUN one', 'RUN 1');
    checkout.edit('templates/runtime.Dockerfile.liquid', 'RUN two', 'RUN 2');
    checkout.edit('templates/runtime.Dockerfile.liquid', 'USER a', 'USER b');
    expect(checkout.lines()).toEqual([
      'app-debian12-runtime  templates/runtime.Dockerfile.liquid:3  RUN line 3 of the Dockerfile',
      'app-debian12-runtime  templates/runtime.Dockerfile.liquid:6  USER line 6 of the Dockerfile',
    ]);
  });

  it('is the line that sets the value, of several that look like it', () => {
    start({
      'manifest.yml': manifest('release_types:\n  runtime:\n    args:\n      A: 1\n      B: 1\n'),
      'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nARG B\n',
    });
    checkout.edit('manifest.yml', 'A: 1', 'A: 2');
    checkout.edit('manifest.yml', 'B: 1', 'B: 2');
    expect(checkout.lines()).toEqual(['app-debian12-runtime  build argument B 1 -> 2  manifest.yml:8']);
  });

  it('is a line of an included file or of a data file', () => {
    start({
      'manifest.yml': 'include: [parts/*.yml]\n' + manifest('vars: { from: vars.json }\n').replace('vars:', 'x-vars:'),
      'parts/types.yml': 'release_types:\n  runtime:\n    vars: { from: ../vars.json }\n',
      'vars.json': '{\n  "greeting": "hello"\n}\n',
      'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nRUN echo {{ vars.greeting }}\n',
    });
    checkout.edit('vars.json', 'hello', 'bye');
    expect(checkout.lines()).toEqual(['app-debian12-runtime  variable greeting hello -> bye  vars.json:2']);
  });

  it('is a plugin option', () => {
    const nxJson = (options: object): string =>
      JSON.stringify({ plugins: [{ plugin: 'nx-image-matrix', options }] }, null, 2);
    start({
      'nx.json': nxJson({ version: '1.0' }),
      'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\n# {{ version }}\n',
    });
    checkout.write({ 'nx.json': nxJson({ version: '2.0' }) });
    expect(checkout.lines()).toEqual(['app-debian12-runtime  option version 1.0 -> 2.0  nx.json:6']);
  });

  it('is a new manifest', () => {
    start();
    checkout.write({
      'b/manifest.yml': manifest().replace('app:', 'worker:'),
      'b/templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\n',
    });
    expect(checkout.lines('main', ['b/manifest.yml', 'manifest.yml'])).toEqual([
      'worker-debian12-runtime  package worker added  b/manifest.yml:2',
    ]);
  });

  it('is a manifest that was removed', () => {
    start({
      'b/manifest.yml': manifest().replace('app:', 'worker:'),
      'b/templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\n',
    });
    checkout.remove('b');
    expect(checkout.lines()).toEqual(['worker-debian12-runtime  package worker removed  b/manifest.yml:2 (removed)']);
  });

  it('is a base that cannot be read: a manifest', () => {
    start({ 'manifest.yml': manifest('nonsense: 1\n') });
    checkout.write({ 'manifest.yml': manifest() });
    expect(checkout.lines()).toEqual([
      'app-debian12-runtime  the former state cannot be read: unknown key `nonsense`  manifest.yml:4',
    ]);
  });

  it('is a base that cannot be read: a template', () => {
    start({ 'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nRUN {{ nonsense }}\n' });
    checkout.edit('templates/runtime.Dockerfile.liquid', '{{ nonsense }}', 'true');
    const [line] = checkout.lines();
    expect(line).toContain('app-debian12-runtime  the former state cannot be read: undefined variable: nonsense');
    expect(line).toContain('templates/runtime.Dockerfile.liquid:2');
  });

  it('is on one line, whatever a file is called', () => {
    start({ 'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nCOPY files /\n', 'files/a': '' });
    checkout.write({ 'files/new\nline\u001b[31m': '', 'files/"quoted" é': '' });
    expect(checkout.lines()).toEqual([
      'app-debian12-runtime  files/"quoted" é (added)',
      'app-debian12-runtime  files/new\ufffdline\ufffd[31m (added)',
    ]);
  });

  it('leaves nothing behind', () => {
    start();
    checkout.edit('templates/runtime.Dockerfile.liquid', 'true', 'false');
    const before = checkout.git('status', '--porcelain', '--ignored');
    checkout.explain();
    expect(checkout.git('status', '--porcelain', '--ignored')).toBe(before);
  });
});

import { diagnose, marked, minimal, summary } from '../test/minimal.ts';

const cuda = `
cuda_dependencies:
  11.3.1: &cuda11 {cudart: 11.3.109-1, cudnn8: 8.2.0.53-1}
  11.8.0: &cuda118 {cudart: 11.8.89-1, cudnn8: 8.9.6.50-1}
`;

// Each manifest has one mistake; `¦` marks where it must be reported.
const mistakes: Record<string, Record<string, string>> = {
  'yaml-syntax': {
    'a tab as indentation': `packages:\n¦\tapp: {}\nreleases: {}\n`,
    'a bracket that nothing closes': `releases: {}\npackages:\n  app:\n    runtime: [debian\n¦x: 1`,
    'a value that begins with @': `releases: {}\npackages: ¦@nope\n`,
    'a second document': `${minimal}\n¦---\na: 1\n`,
    'a control character': `${minimal}x-note: "a¦\u0000b"\n`,
  },
  'duplicate-key': {
    'a key that stands twice': `${minimal}      ¦add_to_tags: other\n`,
    'a number and its text': `${minimal}    ¦"12":\n      base_image: debian\n`,
  },
  'unknown-alias': {
    'an alias without anchor': `${minimal}x-a: ¦*nope\n`,
    'an alias before its anchor': `x-a: ¦*later\nx-b: &later 1\n${minimal}`,
    'an alias inside its own anchor': `${minimal}x-a: &self [¦*self]\n`,
  },
  'merge-not-a-map': {
    'a list of texts': `${minimal}      <<: [¦text]\n`,
    'a text': `${minimal}      <<: ¦text\n`,
    'an alias of a list': `x-list: &list [1]\n${minimal}      <<: ¦*list\n`,
    nothing: `${minimal}      ¦<<:\n`,
  },
  'unknown-key': {
    'a misspelt key of a release': `${minimal}      ¦templats: x\n`,
    'a misspelt section': `${minimal}¦release_specs: {header: a}\n`,
    'a misspelt key that is needed': minimal.replace('base_image', '¦base_imge'),
    'a key of a release type': `${minimal}release_types:\n  runtime: {¦parent: base}\n`,
  },
  'wrong-type': {
    'a number for a text': minimal.replace('templates/debian', '¦5'),
    'a list for a text': `${minimal}      header: ¦[a]\n`,
    'a text for a list': minimal.replace('[debian]', '¦debian'),
    'a text for a truth value': `${minimal}      multistage_image: ¦"yes"\n`,
    'a map for an environment variable': `${minimal}      envars:\n        - ¦LANG: C\n`,
    'braces without quotes': `${minimal}      args:\n        VERSION: ¦{{ version }}\n`,
    'a platform without an architecture': `${minimal}      platforms: [¦linux]\n`,
    'a list for everything': `¦- packages\n- releases\n`,
    'nothing where packages must be': `¦packages:\nreleases: {debian: {12: {base_image: a, templates_dir: b}}}\n`,
    'a label that is a list': `${minimal}      labels: {a: ¦[b]}\n`,
  },
  'missing-key': {
    'a release without a base image': minimal
      .replace('12:', '¦12:')
      .replace('base_image: debian:bookworm-slim', 'header: a'),
    'an empty templates folder': minimal.replace('12:', '¦12:').replace('templates/debian', '""'),
    'a repository without registry': `${minimal}repository:\n  ¦docker.io: {user: A}\n`,
    'a secret without id': `${minimal}      secrets:\n        - ¦env: A\n`,
    'no releases at all': `¦packages:\n  app: {runtime: []}\n`,
  },
  'unknown-distro': {
    'a misspelt distro': minimal.replace('[debian]', '[¦debain]'),
    'a version that there is not': minimal.replace('[debian]', '[debian, [¦debian13]]'),
  },
  'unknown-package': {
    'a repository of no package': `${minimal}repository: {r: {registry: {¦ap: docker.io/x/y}}}\n`,
    'settings of no package': `${minimal}package_spec: {¦ap: {labels: {a: b}}}\n`,
  },
  'unknown-release-type': {
    'a misspelt release type': minimal.replace('runtime', '¦runtme'),
    'a list of base images': minimal.replace('runtime', '¦base'),
    'a parent that there is not': `${minimal}release_types: {debug: {from: ¦runtme}}\n`,
  },
  'unknown-cuda-version': {
    'a version that there is not': `${cuda}${minimal}      cuda: ¦"12.0.0"\n`,
    'one of a list': `${cuda}${minimal}      cuda: ["11.3.1", [¦11.3]]\n`,
    'components of no version': `${cuda}${minimal}      ¦cuda:\n        <<: *cuda11\n        cudart: 11.3.110-1\n`,
    'a version where there are none': `${minimal}      cuda: ¦11.3.1\n`,
  },
  'bad-cuda-version': {
    'a version without minor': `${minimal}cuda_dependencies: {¦11: {cudart: 11.3.109-1}}\n`,
    'a version with a v': `${minimal}cuda_dependencies: {¦v11.3.1: {cudart: 11.3.109-1}}\n`,
  },
  'bad-component-version': {
    'a version that begins with a letter': `${minimal}cuda_dependencies: {11.3.1: {cudart: ¦latest}}\n`,
    'a version with a comparison': `${minimal}cuda_dependencies: {11.3.1: {cudart: ¦">=11"}}\n`,
  },
  'several-cudnn': {
    'two of them': `${minimal}cuda_dependencies: {11.3.1: {cudnn8: 8.2-1, ¦cudnn9: 9.1-1}}\n`,
  },
  'ambiguous-cuda': {
    'components of two versions': `x-c: &c {cudart: 1-1}\ncuda_dependencies: {11.3.1: *c, 11.3.2: *c}\n${minimal}      ¦cuda: *c\n`,
  },
  'cuda-not-available': {
    'a release without CUDA': minimal.replace('runtime: [debian]', 'cudnn: [¦debian]'),
    'a release that switched CUDA off': `${cuda}release_spec: {cuda: 11.3.1, cuda_prefix_url: u}\n${minimal.replace('runtime: [debian]', 'cudnn: [¦debian]')}      cuda:\n`,
    'a release without a repository of NVIDIA': `${cuda}${minimal.replace('runtime: [debian]', 'cudnn: [¦debian12]')}      cuda: 11.3.1\n      cuda_prefix_url: ""\n`,
  },
  'bad-envar': {
    'no equals sign': `${minimal}      envars: [¦LANG]\n`,
    'a name that no shell accepts': `${minimal}      envars: ["A=b", ¦1A=b]\n`,
  },
  'bad-arg': {
    'a name that no shell accepts': `${minimal}      args: {¦PYTHON-VERSION: 3}\n`,
    'an axis without values': `${minimal}      args: {PYTHON_VERSION: ¦[]}\n`,
    'an axis value that no tag can hold': `${minimal}      args: {PYTHON_VERSION: ["3.11", ¦"3 12"]}\n`,
    'a variable that there is not': `${minimal}      args: {A: ¦"{{ versoin }}"}\n`,
    'an argument made from another': `${minimal}      args: {A: b, C: ¦"{{ args.A }}"}\n`,
    'a filter that there is not': `${minimal}      args: {A: ¦"{{ version | nope }}"}\n`,
    'a label with broken Liquid': `${minimal}      labels: {a: ¦"{{ version"}\n`,
  },
  'bad-reference': {
    'a package in upper case': minimal.replace('app', '¦App'),
    'a repository in upper case': `${minimal}repository: {r: {registry: {app: ¦docker.io/Acme/app}}}\n`,
    'a repository with a scheme': `${minimal}repository: {r: {registry: {app: ¦"https://docker.io/acme/app"}}}\n`,
    'a repository with a tag': `${minimal}repository: {r: {registry: {app: ¦docker.io/acme/app:latest}}}\n`,
    'an empty repository': `${minimal}repository: {r: {registry: {app: ¦""}}}\n`,
    'a base image with a space': minimal.replace('debian:bookworm-slim', '¦debian bookworm'),
    'a distro with a slash': minimal.replace('releases:', 'releases:\n  ¦a/b: {1: }'),
    'a distro version with dots only': minimal.replace(
      '  debian:',
      '  debian:\n    ¦..: {templates_dir: a, base_image: b}',
    ),
    'a release type with a space': `${minimal}release_types: {¦a b: {}}\n`,
  },
  'bad-tag': {
    'an addition to tags with a space': minimal
      .replace('slim\n', '¦"a b"\n')
      .replace('bookworm-¦"a b"', 'bookworm-slim')
      .replace('add_to_tags: slim', 'add_to_tags: ¦"a b"'),
    'a tag that is none': `${minimal}release_types: {runtime: {tags: [¦"{{ version }}:x"]}}\n`,
    'a tag with a variable that there is not': `${minimal}release_types: {runtime: {tags: [a, ¦"{{ nope }}"]}}\n`,
    'tags that all render to nothing': `${minimal}release_types: {runtime: {tags: [¦"{% if cuda %}x{% endif %}"]}}\n`,
    'a date in the first tag': `${minimal}release_types: {runtime: {tags: [¦"nightly-{{ run.date }}"]}}\n`,
    'a filter on the commit': `${minimal}release_types: {runtime: {tags: [a, ¦"x-{{ run.sha | upcase }}"]}}\n`,
    'a filter on the branch': `${minimal}release_types: {runtime: {tags: [a, ¦"x-{{ run.branch | downcase }}"]}}\n`,
    'a condition on the branch': `${minimal}release_types: {runtime: {tags: [a, ¦"{% if run.branch == 'main' %}x{% endif %}"]}}\n`,
    'a branch in the first tag': `${minimal}release_types: {runtime: {tags: [¦"{{ run.branch }} a"]}}\n`,
    'a format of the date with spaces': `${minimal}release_types: {runtime: {tags: [a, ¦"{{ run.date | date: '%Y %m' }}"]}}\n`,
    'a format of the date that pads with spaces': `${minimal}release_types: {runtime: {tags: [a, ¦"x{{ run.date | date: '%e' }}"]}}\n`,
    'a format of the date with a quote': `${minimal}release_types: {runtime: {tags: [a, ¦'{{ run.date | date: "%Y" | append: "x" | prepend: "\\"" }}']}}\n`,
    'a format of the date that depends on the machine': `${minimal}release_types: {runtime: {tags: [a, ¦"{{ run.date | date: '%x' }}"]}}\n`,
    'a filter on a date with a format': `${minimal}release_types: {runtime: {tags: [a, ¦"{{ run.date | date: '%b' | downcase }}"]}}\n`,
    'two formats of the date': `${minimal}release_types: {runtime: {tags: [a, ¦"{{ run.date | date: '%Y' | date: '%m' }}"]}}\n`,
    'another filter of dates': `${minimal}release_types: {runtime: {tags: [a, ¦"{{ run.date | date_to_xmlschema }}"]}}\n`,
    'a date of the branch': `${minimal}release_types: {runtime: {tags: [a, ¦"{{ run.branch | date: '%Y' }}"]}}\n`,
    'a value of a run that there is not': `${minimal}release_types: {runtime: {tags: [a, ¦"{{ run.id }}"]}}\n`,
    'one of two words that is none': `${minimal}release_types: {runtime: {tags: [¦"a b:c"]}}\n`,
    'a condition on the commit': `${minimal}release_types: {runtime: {tags: [a, ¦"{% if run.sha %}x{% endif %}"]}}\n`,
    'the time of day': `${minimal}release_types: {runtime: {tags: [a, ¦"{{ 'now' | date: '%Y' }}"]}}\n`,
    'a floating tag that is none': `${minimal}release_types: {runtime: {floating_tags: [¦"a:b"]}}\n`,
    'a version that no tag can hold': `version: ¦1.0+local\n${minimal}`,
  },
  'duplicate-tag': {
    'two versions of a distro without an addition of their own': `${minimal}    13:\n      templates_dir: t\n      base_image: debian:trixie\n      add_to_tags: ¦slim\n`,
    'a version that inherits its addition':
      `release_spec: {add_to_tags: a}\n${minimal.replace('slim\n', 'a\n').replace('bookworm-a', 'bookworm-slim')}    ¦13:\n      templates_dir: t\n      base_image: debian:trixie\n`.replace(
        'add_to_tags: slim',
        'add_to_tags: a',
      ),
    'one tag for two CUDA versions': `${cuda}${minimal.replace('runtime', 'cudnn')}      cuda: [11.3.1, 11.8.0]\n      cuda_prefix_url: u\nrelease_types: {cudnn: {tags: [¦"{{ version }}-gpu"]}}\n`,
  },
  'duplicate-image': {
    'a distro and a version that add up to another': minimal
      .replace('[debian]', '[¦debian, debian1]')
      .replace('  debian:', '  debian1:\n    2: {templates_dir: t, base_image: a, add_to_tags: b}\n  debian:'),
  },
  'bad-staging': {
    'the repository of a package': `${minimal}staging: {repository: ¦r.io/x}\nrepository: {r: {registry: {app: r.io/x}}}\n`,
    'the repository of a release type': `${minimal}staging: {repository: ¦r.io/x}\nrepository: {r: {registry: {app: r.io/y, app/runtime: r.io/x}}}\n`,
    'another name of Docker Hub': `${minimal}staging: {repository: ¦acme/x}\nrepository: {r: {registry: {app: index.docker.io/acme/x}}}\n`,
    'another name of this machine': `${minimal}staging: {repository: ¦"127.0.0.1:5000/x"}\nrepository: {r: {registry: {app: "localhost:5000/x"}}}\n`,
    'the default port': `${minimal}staging: {repository: ¦"r.io:443/x"}\nrepository: {a: {registry: {app: r.io/y}}, b: {only_if: B, registry: {app: r.io/x}}}\n`,
  },
  'bad-scan': {
    'a day that does not exist': `${minimal}      scan: {ignore: [{id: CVE-1, until: ¦2027-02-30}]}\n`,
    'a moment': `${minimal}      scan: {ignore: [{id: CVE-1, until: ¦"2027-02-01T00:00:00Z"}]}\n`,
    'a finding that is accepted twice': `${minimal}      scan:\n        ignore:\n          - {id: CVE-1}\n          - {id: ¦CVE-1, until: 2027-01-01}\n`,
    'a day of a package': `${minimal}package_spec: {app: {scan: {ignore: [{id: CVE-1, until: ¦soon}]}}}\n`,
  },
  'bad-credential-name': {
    'a pasted password': `${minimal}repository: {r: {pwd: ¦"hunter2!", registry: {}}}\n`,
    'a pasted number': `${minimal}repository: {r: {user: ¦12345, registry: {}}}\n`,
    'a password pasted into staging': `${minimal}staging: {repository: r.io/s, user: U, pwd: ¦"hunter2!"}\n`,
    'a condition of staging': `${minimal}staging: {repository: r.io/s, only_if: ¦$STAGING}\n`,
    'a condition': `${minimal}repository: {r: {only_if: ¦$HUB, registry: {}}}\n`,
    'a secret that is no variable': `${minimal}      secrets: [{id: a, env: ¦"a b"}]\n`,
  },
  'secret-in-build': {
    'a token as argument': `${minimal}      args: {¦PIP_TOKEN: abc}\n`,
    'a password as environment variable': `${minimal}      envars: [¦DB_PASSWORD=abc]\n`,
    'a secret of one package': `${minimal}package_spec: {app: {args: {¦MY_SECRET_THING: abc}}}\n`,
  },
  'too-many-images': {
    'axes that multiply to millions':
      `${minimal}      args: {A: &a [${Array.from({ length: 100 }, (_, i) => i)}], B: *a, C: *a, D: *a}\n`.replace(
        '&a [0',
        '&a [¦0',
      ),
  },
  'image-cycle': {
    'two types that start from each other': `${minimal}release_types: {a: {from: ¦b}, b: {from: a}}\n`,
    'a type that starts from itself': `${minimal}release_types: {runtime: {from: ¦runtime}}\n`,
    'a base image that starts from its child': `${minimal}release_types: {base: {from: ¦runtime}}\n`,
  },
  'bad-parent': {
    'no CUDA from CUDA': `${minimal}release_types: {debug: {from: ¦cudnn}}\n`,
    'a base image with CUDA': `${minimal}release_types: {base: {cuda: ¦true}}\n`,
    'a parent with an axis that the child lacks': `${minimal}release_types: {base: {args: {A: [b]}}, runtime: {from: ¦base}}\n`,
  },
  'ambiguous-distro': {
    'an entry with two readings': minimal
      .replace('[debian]', '[¦debian12]')
      .replace('  debian:', '  debian1:\n    2: {templates_dir: t, base_image: a}\n  debian:'),
  },
};

describe('the hint for a tag of two base images', () => {
  const both = `packages: {ros: TYPES}
release_types: {core: {tags: ["{{ distro.id }}"]}, full: {from: core, tags: ["full-{{ distro.id }}"]}}
releases:
  a:
    1: {templates_dir: t, base_image: a}
    2: {templates_dir: t, base_image: a}
`;
  const multistage = (releases: string): string =>
    `nothing starts from \`base\` on ${releases}: set \`multistage_image: False\` there, and there is no base image`;

  it.each<[what: string, types: string, hint: string]>([
    ['that nothing starts from', '{core: [a]}', multistage('a 1 and a 2')],
    ['that what a type starts from does not start from', '{full: [a]}', multistage('a 1 and a 2')],
    ['of which one is there for nothing', '{core: [a1], runtime: [a2]}', multistage('a 1')],
    ['that something starts from', '{devel: [a1], runtime: [a2]}', 'give a1 and a2 different `add_to_tags`'],
  ])('%s', (_, types, hint) => {
    expect(diagnose(both.replace('TYPES', types))).toMatchObject([{ code: 'duplicate-tag', line: 6, hint }]);
  });

  it('leads to a manifest without mistakes', () => {
    const cured = both
      .replace('TYPES', '{full: [a]}')
      .replaceAll('base_image: a', 'base_image: a, multistage_image: False');
    expect(diagnose(cured)).toEqual([]);
  });
});

describe.each(Object.entries(mistakes))('%s', (code, cases) => {
  it.each(Object.entries(cases))('is reported for %s', (_, manifest) => {
    const { text, line, column } = marked(manifest);
    expect(summary(diagnose(text))).toEqual([`${code} ${line}:${column}`]);
  });
});

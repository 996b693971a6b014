import { MatrixLiquid } from '@nx-image-matrix/manifest/liquid';
import { translateJinja } from './translate.ts';

const variables = {
  package: 'model-server',
  header: '# generated\n',
  from: 'debian:12',
  base_image: 'debian:12',
  add_to_tags: 'slim',
  multistage_image: true,
  dir: 'docker/x',
  envars: [
    { name: 'LANG', value: 'C.UTF-8' },
    { name: 'LC_ALL', value: 'C' },
  ],
  args: { BENTOML_VERSION: '0.13.1', PYTHON_VERSION: '3.8' },
  cuda: {
    requires: 'cuda>=11.3',
    repository_url: 'https://base',
    ml_repository_url: 'https://ml',
    version: { major: '11', minor: '3', short: '11.3', full: '11.3.1' },
    cudnn: { version: '8.2.0.53-1', major: '8' },
    components: { cudart: '11.3.109-1', libcublas: '11.5.1.109-1' },
  },
};

/** Results of Jinja 3.1.6 with `trim_blocks`, `lstrip_blocks`, the extension `do`, and BentoML's variables. */
const recorded: [jinja: string, result: string][] = [
  [
    'FROM {{ metadata.base_image }}\n{% for key, value in metadata.envars.items() %}\nENV {{ key }}={{ value }}\n{% endfor %}\nRUN true\n',
    'FROM debian:12\nENV BENTOML_VERSION=0.13.1\nENV LANG=C.UTF-8\nENV LC_ALL=C\nENV PYTHON_VERSION=3.8\nRUN true',
  ],
  [
    '{% for key, value in metadata.envars.items() if key not in ["LANG", "BENTOML_VERSION"] %}\n{% if key in ["PYTHON_VERSION"] %}\nARG {{ key }}\n{% else %}\nENV {{ key }}={{ value }}\n{% endif %}\n{% endfor %}\n\nRUN true\n',
    'ENV LC_ALL=C\nARG PYTHON_VERSION\n\nRUN true',
  ],
  [
    '{% for key, value in metadata.envars.items() if key != "PYTHON_VERSION"%}\n    {% if key == "LANG" %}\n    first\n    {% endif %}\n  {{ key }} {{ value }}\n{% endfor %}',
    '  BENTOML_VERSION 0.13.1\n    first\n  LANG C.UTF-8\n  LC_ALL C\n',
  ],
  [
    'a\n\n{% if metadata.package == "model-server" %}\n\n  b\n{% else %}\nc\n{% endif %}\n\n\nd\n\n',
    'a\n\n\n  b\n\n\nd\n',
  ],
  ['  {% if metadata.cuda %}\nx{% endif %}\n  y {% if metadata.cuda %}z{% endif %}  \nw', 'x  y z  \nw'],
  ['  {%+ if metadata.cuda %}x{% endif +%}\ny\n', '  x\ny'],
  [
    'a\n\n{%- set v = metadata.cuda.version.major+"-"+metadata.cuda.version.minor -%}\n{% set w = v + "=" + metadata.cuda.components[\'cudart\'] %}\n\nRUN {{ v }} {{ w }}\n',
    'a\nRUN 11-3 11-3=11.3.109-1',
  ],
  [
    '{% set cuda = metadata.cuda %}\n{% set cudnn = cuda.cudnn %}\nA {{ cudnn.major_version }} {{ cudnn.version[0] }} {{ cuda.base_repo }}\n',
    'A 8 8 https://base',
  ],
  [
    "{% set options = ['--a'] %}\n{% if metadata.package == 'model-server' %}\n{% do options.append('--b') %}\n{% endif %}\nRUN x {{ options|join(' ') }}{{ options | join }}\n",
    'RUN x --a --b--a--b',
  ],
  ['{% set options = [] %}{% if options %}some{% else %}none{% endif %} {{ options | length }}', 'none 0'],
  [
    "{% set rest = metadata.package | replace('model-server', '') %}{% if rest %}full{% else %}empty{% endif %}",
    'empty',
  ],
  ['{# a comment #}\nA\n  {# another\n  {% if x %} #}\nB {# c #}\nC\n', 'A\nB C'],
  ['{% raw %}\n{{ x }} {% y %}\n{% endraw %}\nA\n', '\n{{ x }} {% y %}\nA'],
  [
    '{% for key, value in metadata.cuda.components.items() %}\n{{ key }}={{ value }}{% if not loop.last %},{% endif %}\n{% endfor %}\n',
    'cudart=11.3.109-1,libcublas=11.5.1.109-1',
  ],
  ["{{ \"a}}b\" }} {{ metadata.package|upper }} {{ 'x' if metadata.cuda else 'y' }}\n", 'a}}b MODEL-SERVER x'],
  [
    '{% if "cuda_requires" in metadata %}\nENV R "{{ metadata.cuda_requires }}"\n{% endif %}\n{% if "cuda_requires" in metadata.cuda %}\nno\n{% endif %}\nend',
    'ENV R "cuda>=11.3"\nend',
  ],
  ['A\r\n{% if metadata.cuda %}\r\nB\r\n{% endif %}\r\nC\r\n', 'A\nB\nC'],
  [
    'COPY {{ metadata.docker_build_path }}/cuda.repo /etc/\n{{ metadata.envars[\'LANG\'] }} {{ metadata.envars["PYTHON_VERSION"] }}\n',
    'COPY docker/x/cuda.repo /etc/\nC.UTF-8 3.8',
  ],
  [
    "{% if metadata.package in ['a', 'model-server'] and not metadata.package == 'b' %}\nyes\n{% elif metadata.cuda %}\nno\n{% endif %}\n",
    'yes\n',
  ],
  ['{% if metadata.multistage_image and metadata.add_to_tags %}{{ metadata.add_to_tags }}{% endif %}\n\n\n', 'slim\n'],
  ['x {{- metadata.package -}}  y\n {%- if metadata.cuda -%}\n z \n{%- endif %}\n', 'xmodel-serveryz'],
  [
    "{% set package = 'x' %}{% set flag = false %}{{ package }} {{ metadata.package }}{% if not flag %} no{% endif %}\n",
    'x model-server no',
  ],
];

describe('a translated template', () => {
  const liquid = new MatrixLiquid({ parseLimit: 100_000, memoryLimit: 1_000_000 });
  const knowledge = { first: ['BENTOML_VERSION'], last: ['PYTHON_VERSION'], strict: true };

  it.each(recorded)('renders as Jinja does: %j', (jinja, result) => {
    const { text } = translateJinja(jinja, knowledge);
    expect(liquid.parseAndRenderSync(text, { ...variables, image: variables })).toBe(result);
  });
});

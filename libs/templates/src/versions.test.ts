import { problemsOf, removeTrees, renderText, renderTree, TEMPLATE } from './test-kit.ts';

afterAll(removeTrees);

it('an argument and a distro compare with numbers', () => {
  const template = `FROM {{ from }}
{% if args.PYTHON_VERSION == 3.12 %}ENV OLD=1
{% endif %}{% case args.PYTHON_VERSION %}{% when 3.12 %}ENV CASE=old
{% else %}ENV CASE=other
{% endcase %}{% if args.PYTHON_VERSION < 3.9 %}ENV LESS=1
{% endif %}{% if distro.version == 10 %}ENV TEN=1
{% endif %}`;
  expect(renderText(template)).toBe('FROM model-server:base-slim\nENV OLD=1\nENV CASE=old\nENV TEN=1\n');
});

it('a comparison without a result is an error at its place', () => {
  const template = `FROM {{ from }}
{% if distro.name < 12 %}a{% endif %}
{% if args.PYTHON_VERSION > 3.12.1 %}a{% endif %}`;
  expect(problemsOf(renderTree({ [TEMPLATE]: template }))).toEqual([
    `${TEMPLATE}:2:1 template-error \`<\` cannot tell which of \`debian\` and 12 comes first: compare them with \`==\`, or only where the text is a version`,
    `${TEMPLATE}:3:29 template-error undefined variable: 3 (is it a version? One of three numbers is a text: \`'1.2.3'\`)`,
  ]);
});

import { excludedInputs } from './excluded-inputs.ts';

const others = ['manifest.yml', 'templates', 'docker/app/debian12/runtime'];
const inputs = new Set(['tools', 'tools/**/*', 'conf/*.conf', 'conf/*.conf/**/*', 'docker/**/*', '**/*']);

function excluded(dockerignore: string, from = inputs): string[] {
  return [...excludedInputs(dockerignore, from, others).values()].flat();
}

describe('excludedInputs', () => {
  it.each<[what: string, dockerignore: string, patterns: string[]]>([
    ['a rule for every folder', '**/*.md', ['tools/**/*.md', 'tools/**/*.md/**/*']],
    ['a rule for a path in a copied folder', '/tools/docs/', ['tools/docs', 'tools/docs/**/*']],
    ['a rule for a path elsewhere', 'docs\n*.log', []],
    ['a comment', '# **/*.md', []],
    ['a rule that a later one takes back', '**/*.md\n!tools/README.md', []],
    ['a rule behind one that lets in', '!tools/README.md\n**/*.log', ['tools/**/*.log', 'tools/**/*.log/**/*']],
    ['signs that Nx reads in another way', '**/[ab].md\n**/{a,b}\ntools/a**', []],
  ])('handles %s', (_, dockerignore, patterns) => {
    expect(excluded(dockerignore)).toEqual(patterns);
  });

  it('hides no generated file and no template', () => {
    expect(excluded('**/*', new Set(['docker/**/*', 'templates/debian/**/*', '**/*']))).toEqual([]);
  });
});

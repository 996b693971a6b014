import { clashes } from './clashes.ts';

const fill = (tag: string): string => {
  if (tag.includes('run.sha')) throw new Error('no git');
  return tag.replace('{{ run.branch }}', '1.0');
};
const image = (project: string, repository: string, ...tags: string[]) => ({
  project,
  repositories: [repository],
  tags,
});

describe('clashes', () => {
  it('are both images whose tags are the same in this run', () => {
    const found = clashes(
      [
        image('a', 'docker.io/acme/x', '1.0'),
        image('b', 'acme/x', '1.0-b', '{{ run.branch }}'),
        image('c', 'acme/y', '1.0', '{{ run.sha }}'),
      ],
      fill,
    );
    expect([...found.keys()]).toEqual(['a', 'b']);
    expect(found.get('b')).toMatchObject({
      code: 'duplicate-tag',
      message: '`docker.io/acme/x:1.0` would be pushed for a and b',
    });
  });

  it('are not two tags of one image', () => {
    expect(clashes([image('a', 'acme/x', '1.0', '{{ run.branch }}')], fill).size).toBe(0);
  });
});

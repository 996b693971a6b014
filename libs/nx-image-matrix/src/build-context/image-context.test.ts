import { readDockerfile } from '@nx-image-matrix/dockerfile';
import { describeImageContext, type ImageContext } from './image-context.ts';
import { readOwnDockerignore } from './write-dockerignore.ts';

/** `links/current` links to `links/one`; a path with a dot in its name is a file. */
function contextOf(instructions: string, dockerignore: string): ImageContext {
  return describeImageContext(readDockerfile(`FROM base\n${instructions}`).facts?.sources ?? [], {
    dir: '',
    outputDir: 'docker',
    packageDepths: [1],
    nxData: [],
    own: readOwnDockerignore(dockerignore),
    kindOf: (path) => (path.includes('.') ? 'file' : 'folder'),
    follow(path) {
      const end = path.replace('links/current', 'links/one');
      return end === path
        ? { included: [path], links: [], ends: [path] }
        : { included: ['links/current', end], links: ['links/current'], ends: [end] };
    },
  });
}

describe('the context of an image', () => {
  it.each<[what: string, dockerignore: string, instructions: string, inputs: string[], excluded: string[]]>([
    ['a file that is kept out', '**/*.txt', 'COPY lib/a.txt lib/a.sh /', ['lib/a.sh'], ['lib/a.txt']],
    ['a folder that is kept out', 'lib', 'COPY lib/src conf /', ['conf/**/*'], ['lib/src']],
    ['a folder of which something is let in', 'lib\n!lib/src/a.sh', 'COPY lib/src /', ['lib/src/**/*'], []],
    ['a folder of which something is kept out', '**/*.txt', 'COPY lib /', ['lib/**/*'], []],
    ['what a link leads to', '**/run.txt', 'COPY links/current/run.txt /', ['links/current'], ['links/one/run.txt']],
    ['a link', 'links/current', 'COPY links/current /', ['links/one/**/*'], ['links/current']],
    ['a wildcard for what is kept out', '**/*.txt', 'COPY lib/a?.txt /', [], ['lib/a?.txt']],
    [
      'a wildcard for what is let in again',
      'lib/*\n!lib/a.txt',
      'COPY lib/*.txt /',
      ['lib/*.txt', 'lib/*.txt/**/*'],
      [],
    ],
  ])('is an input with %s only if it may enter the build', (_, dockerignore, instructions, inputs, excluded) => {
    const context = contextOf(instructions, dockerignore);
    expect(context).toMatchObject({ inputs, excludedPaths: excluded });
  });

  it('still includes the excluded paths, before the rules that exclude them', () => {
    expect(contextOf('COPY lib/a.txt /', '**/*.txt').dockerignore).toBe('*\n!lib/a.txt\n!lib/a.txt/**\n**/*.txt\n');
  });
});

import { buildError } from './build-error.ts';

describe('buildError', () => {
  it('repeats the last error, with the output', () => {
    const lines = [
      '#5 ERROR: process "/bin/sh" did not complete',
      '------',
      'ERROR: failed to solve: exit code: 7',
      '  3 | x',
    ];
    expect(buildError('x:1', 1, lines)).toMatchObject({
      code: 'build-failed',
      message: 'x:1 was not built (exit code 1): failed to solve: exit code: 7',
      output: lines.join('\n'),
    });
  });

  it.each([
    ['ERROR: failed to resolve source metadata for docker.io/docker/dockerfile:1', '# syntax'],
    ['ERROR: failed to solve: x: failed to resolve source metadata for docker.io/library/x:1', 'base image'],
    ['write /x: no space left on device', 'builder prune'],
    ['ERROR: failed to compute cache key: "/tools/x": not found', 'Dockerfile.dockerignore'],
    ['Error: building at STEP "EOF": Unknown instruction: "EOF"', 'heredocs'],
    ['exec /bin/sh: exec format error', 'binfmt'],
  ])('has a hint for %j', (line, words) => {
    expect(buildError('x:1', 1, [line]).hint).toContain(words);
  });

  it.each([
    [
      'ERROR: failed to solve: x: failed to resolve source metadata for 127.0.0.1:5000/a/x:1.2-y: x: not found',
      'x:1 was not built: the engine does not get its base image 127.0.0.1:5000/a/x:1.2-y',
    ],
    [
      'ERROR: failed to solve: failed to resolve source metadata for docker.io/library/x@sha256:12ab: not found',
      'x:1 was not built: the engine does not get its base image docker.io/library/x@sha256:12ab',
    ],
    ['ERROR: failed to solve: write /x: no space left on device', 'x:1 was not built: a disk of the engine is full'],
  ])('describes %j', (line, message) => {
    expect(buildError('x:1', 1, [line])).toMatchObject({ code: 'build-failed', message, output: line });
  });

  it('ignores texts in the output of a failed RUN', () => {
    const lines = [
      'cat: /x: No such file or directory',
      'ERROR: failed to solve: process "/bin/sh -c cat /x" did not complete successfully: exit code: 1',
    ];
    expect(buildError('x:1', 1, lines).hint).toBeUndefined();
    expect(buildError('x:1', 1, ['no space left on device', ...lines]).hint).toContain('builder prune');
  });

  it.each([
    'ERROR: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF',
    'ERROR: Cannot connect to the Docker daemon at unix:///x/docker.sock. Is the docker daemon running?',
  ])('recognizes a daemon that stopped: %j', (line) => {
    expect(buildError('x:1', 1, ['#5 sleeping', line])).toMatchObject({
      code: 'daemon-failed',
      message: 'x:1 was not built: the docker daemon went away meanwhile',
      output: expect.stringContaining(line),
    });
  });
});

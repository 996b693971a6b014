import { warnOfWeak } from './warn-of-weak.ts';

describe('warnOfWeak', () => {
  it('names each secret that cannot be masked once, and not its value', () => {
    const lines: string[] = [];
    const secrets = [
      { from: 'the environment variable HUB_PASSWORD', value: 'docker' },
      { from: 'the environment variable PIP_TOKEN', value: 'Zq7-secret' },
      { from: 'the file ~/.netrc', value: 'machine a login b password test' },
    ];
    warnOfWeak(secrets, (line) => lines.push(line));
    warnOfWeak(secrets, (line) => lines.push(line));
    expect(lines).toEqual([
      expect.stringContaining(
        'warning  weak-secret  the environment variable HUB_PASSWORD holds a value that is a common',
      ),
      expect.stringContaining('the file ~/.netrc'),
    ]);
    expect(lines.join()).not.toMatch(/"docker"|: docker/);
  });
});

import { hide, masked } from './mask.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('masked', () => {
  const password = 'p@ss/w"ord+42';
  beforeAll(() => {
    const weak = ['short', 'abc', '', 'docker', 'Debian', 'admin', 'true', '5000', '3.12'];
    for (const value of [password, 's0rt!', 'hunter', 'first line\nsecond line\n', ...weak]) hide(value);
  });

  it.each<[string, string, string]>([
    ['in clear', `-u me -p ${password} x`, '-u me -p *** x'],
    ['twice', `${password}${password}`, '******'],
    ['in JSON', JSON.stringify({ password }), '{"password":"***"}'],
    ['in a URL', `https://me:${encodeURIComponent(password)}@r.example.com/`, 'https://me:***@r.example.com/'],
    ['in a URL with lower-case digits', 'p%40ss%2fw%22ord%2b42', '***'],
    ['each line of several', '#7 second line', '#7 ***'],
    ['a short one as a word', 'is s0rt!, or xs0rt!', 'is ***, or xs0rt!'],
    ['nothing that is a short word', 'is short', 'is short'],
    ['nothing that is a common word', 'docker runs on debian as admin: true', 'docker runs on debian as admin: true'],
    ['a word of letters only as a word', 'hunter, not bounty-hunters', '***, not bounty-hunters'],
    ['nothing of three characters', 'abc', 'abc'],
    ['nothing else', 'password p@ss w ord', 'password p@ss w ord'],
  ])('hides a value %s', (_, text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  it.each(['', 'm', 'me', 'me:', 'someone:'])('hides a value in base64 after %j', (before) => {
    for (const after of ['', '!', '\n', ' and more']) {
      const text = masked(`Authorization: Basic ${base64(`${before}${password}${after}`)}.`);
      expect(text).toContain('***');
      const rest = text.replace('Authorization: Basic ', '').replace(/\.$/, '').split('***');
      expect(rest.join('').length).toBeLessThanOrEqual(base64(before).length + base64(after).length + 4);
    }
  });

  it('hides the lines of base64 that a tool breaks', () => {
    const file = Array.from({ length: 20 }, (_, index) => `line ${index} of a private key`).join('\n');
    hide(file);
    for (const length of [76, 64]) {
      const lines = base64(file).match(new RegExp(`.{1,${length}}`, 'g'))!;
      expect(lines.map(masked)).toEqual(lines.map(() => '***'));
    }
  });

  it('takes linear time for a large secret, however similar the output is', () => {
    const lines = Array.from({ length: 1_500 }, (_, index) => `export FOO_BAR_BAZ_${index}=${index}-value`);
    for (const large of [lines.join('\n'), 'a'.repeat(60_000)]) {
      hide(large);
      expect(masked(large.slice(0, -1)).length).toBeLessThan(large.length / 2);
      expect(masked(`${'export FOO_BAR_BAZ_'.repeat(500)} ${'a'.repeat(255)}`)).toContain('export FOO_BAR_BAZ_');
    }
  });
});

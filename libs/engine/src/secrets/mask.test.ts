import { hide, masked } from './mask.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('masked', () => {
  const password = 'p@ss/w"ord+42';
  beforeAll(() => {
    for (const value of [password, 'short', 'abc', '', 'first line\nsecond line\n']) hide(value);
  });

  it.each<[string, string, string]>([
    ['in clear', `-u me -p ${password} x`, '-u me -p *** x'],
    ['twice', `${password}${password}`, '******'],
    ['in JSON', JSON.stringify({ password }), '{"password":"***"}'],
    ['in a URL', `https://me:${encodeURIComponent(password)}@r.example.com/`, 'https://me:***@r.example.com/'],
    ['in a URL with lower-case digits', 'p%40ss%2fw%22ord%2b42', '***'],
    ['each line of several', '#7 second line', '#7 ***'],
    ['a short one as a word', 'is short, or shorter', 'is ***, or shorter'],
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
});

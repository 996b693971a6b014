import { tokensOf } from './tokens.ts';
import { hasWeakValue } from './secret.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const tok = 'Zq7-secret.Value_9';

describe('tokensOf', () => {
  it.each<[what: string, text: string]>([
    ['a .netrc', `machine pypi.org\n  login me\n  password ${tok}\n`],
    ['a .netrc in one line', `machine pypi.org login me password ${tok} machine b login c password other-password`],
    ['a default entry of a .netrc', `default login me password "${tok}"`],
    ['an .npmrc', `always-auth=true\n//npm.example.org/:_authToken=${tok}\n`],
    ['an .npmrc with blanks', `//npm.acme.io/:_authToken = "${tok}"`],
    ['a password of an .npmrc', `//npm.acme.io/:username=me\n//npm.acme.io/:_password=${base64(tok)}\n`],
    ['an _auth of an .npmrc', `_auth=${base64(`me:${tok}`)}`],
    ['a .yarnrc.yml', `npmScopes:\n  acme:\n    npmAuthToken: "${tok}"\n`],
    ['a pip.conf', `[global]\r\nindex-url = https://me:${tok}@pypi.acme.io/simple\r\n`],
    ['a URL with escapes', `https://me:${encodeURIComponent('a/b@c:d%')}@h/x https://x:${tok}@h`],
    ['a .pypirc', `[pypi]\nusername = __token__\npassword = ${tok}\n`],
    ['an INI with a comment', `password=${tok} # of the robot`],
    ['a .env', `export API_KEY='${tok}'\nDEBUG=true\n`],
    ['a .env without quotes', `A=1\nDB_PASSWORD=${tok}\n`],
    ['YAML', `auths:\n  - host: x\n    password: ${tok}\n`],
    ['YAML in braces', `auths: {host: x, token: ${tok}, other: y}`],
    ['TOML', `[registry]\ntoken = "${tok}"\n`],
    ['JSON', JSON.stringify({ a: [{ client_secret: tok }] })],
    ['JSON over several lines', JSON.stringify({ a: { token: tok } }, null, 2)],
    ['JSON by the key above', JSON.stringify({ 'github-oauth': { 'github.com': tok } })],
    ['docker’s config.json', JSON.stringify({ auths: { 'ghcr.io': { auth: base64(`me:${tok}`) } } }, null, 2)],
    ['an identity token', JSON.stringify({ auths: { 'ghcr.io': { identitytoken: tok } } })],
    ['a key of a service account', JSON.stringify({ private_key: `-----BEGIN-----\n${tok}\n-----END-----\n` })],
    ['JSON in which something is wrong', `{"password": "${tok}",}`],
    ['settings.xml', `<server><username>me</username><password>${tok}</password></server>`],
    ['NuGet.Config', `<add key="ClearTextPassword" value="${tok}" />`],
    ['a header', `Authorization: Bearer ${tok}`],
    ['a Basic header', `Authorization: Basic ${base64(`me:${tok}`)}`],
    ['.git-credentials', `https://me:${tok}@github.com\n`],
    ['user and password', `me:${tok}`],
    ['a gem’s credentials', `---\n:rubygems_api_key: ${tok}\n`],
  ])('finds the credential in %s', (_, text) => {
    expect(tokensOf(text)).toContain(tok);
  });

  it.each<[what: string, text: string, token: string]>([
    ['in a URL, by itself', 'https://ghp_abcdefghij0123456789@github.com/acme', 'ghp_abcdefghij0123456789'],
    ['under any key', 'SENTRY=9f86d081884c7d659a2feaa0\n', '9f86d081884c7d659a2feaa0'],
    ['of a JSON Web Token', '{"x": "eyJhbGciOi.eyJzdWIiOi.abc-1"}', 'eyJhbGciOi.eyJzdWIiOi.abc-1'],
    ['as a URL decodes it', 'https://me:a%2Fb%40c@h/x', 'a/b@c'],
  ])('finds a token %s', (_, text, token) => {
    expect(tokensOf(text)).toContain(token);
  });

  it('finds no token in the common parts of such files', () => {
    const text =
      'machine pypi.org\nlogin builder\n[global]\nindex-url = https://pypi.org/simple\nalways-auth=true\ntimeout: 60\n' +
      'registry=https://npm.example.org/\nemail=me@example.com\nimage: python:3.12-slim\ntoken: null\npassword=\n' +
      'path=/usr/local/lib/python3.12/site-packages\n';
    expect(tokensOf(text)).toEqual([]);
  });

  it.each([
    ['one key after another', 'password=a '.repeat(20_000)],
    ['separators', '=:'.repeat(50_000)],
    ['quotes', 'token="'.repeat(30_000)],
    ['blanks', `password=${' '.repeat(200_000)}x #`],
    ['URLs', 'https://a:b'.repeat(20_000)],
    ['tags', '<password>'.repeat(20_000)],
    ['nested JSON', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['one letter', 'a'.repeat(200_000)],
  ])('takes linear time for %s', (_, text) => {
    expect(Array.isArray(tokensOf(text))).toBe(true);
  });
});

describe('hasWeakValue', () => {
  it.each(['admin', 'docker', 'true', 'Password', 'abcd', 'abcde', '12345', '123456', '', 'a b', '3.12', 'postgres\n'])(
    'says so of %j',
    (value) => expect(hasWeakValue({ from: 'x', value })).toBe(true),
  );

  it.each([
    ['machine a login b password docker'],
    ['{"password": "admin"}'],
    ['https://me:test@host/x'],
    ['[a]\nuser = b\npassword = abcd\n'],
  ])('is true for a password in %j', (value) => {
    expect(hasWeakValue({ from: 'x', value })).toBe(true);
  });

  it.each(['hunter2', 'a-b-c!', 'correct horse', '{"debug": true, "token": "Zq7-secret"}', 'a=1\ntoken: abc-def-1\n'])(
    'does not of %j',
    (value) => expect(hasWeakValue({ from: 'x', value })).toBe(false),
  );
});

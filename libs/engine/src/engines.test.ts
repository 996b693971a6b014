import { engineChoices, engines } from './engines.ts';

const login = { registry: 'r.example.com:5000', user: 'me', plainHttp: true, file: '/session/logins.json' };

describe('the list of engines', () => {
  it('lists each name and each program once', () => {
    expect(new Set(engines.map(({ name }) => name)).size).toBe(engines.length);
    expect(new Set(engines.map(({ program }) => program)).size).toBe(engines.length);
  });

  it('has the values of the plugin option', () => {
    expect(engineChoices).toEqual(['auto', ...engines.map(({ name }) => name)]);
  });
});

describe.each(engines)('$name', (engine) => {
  it('logs in to a registry without the password among the arguments', () => {
    const args = engine.login.command(login);
    expect(args).toEqual(expect.arrayContaining(['login', 'me', '--password-stdin', login.registry]));
  });

  it('is missing if its program is', async () => {
    await expect(engine.open({ PATH: '/nonexistent' })).rejects.toMatchObject({
      code: 'no-engine',
      message: `\`${engine.program}\` is not installed`,
    });
  });
});

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { dockerMirrors } from './mirrors.ts';

const mirror = (registry: string, plainHttp = false) => ({ registry, path: '', plainHttp });

describe('dockerMirrors', () => {
  let home: string;
  let environment: NodeJS.ProcessEnv;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'mirrors-'));
    environment = { HOME: home, PATH: `${home}/bin:${process.env['PATH']}` };
    docker('exit 1');
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }

  function docker(script: string): void {
    write('bin/docker', `#!/bin/sh\n${script}\n`);
    chmodSync(join(home, 'bin/docker'), 0o755);
  }

  it('are those that the daemon names', async () => {
    docker(`[ "$1" = info ] && echo '["https://mirror.gcr.io/","http://10.0.0.1:5000/"]'`);
    write('.docker/daemon.json', '{"registry-mirrors":["https://other.example"]}');
    expect(await dockerMirrors(environment)).toEqual([mirror('mirror.gcr.io'), mirror('10.0.0.1:5000', true)]);
  });

  it.each(['echo null', "echo '[]'"])('are none if the daemon has none: %s', async (script) => {
    docker(script);
    write('.docker/daemon.json', '{"registry-mirrors":["https://other.example"]}');
    expect(await dockerMirrors(environment)).toEqual([]);
  });

  it.each(['exit 1', 'true', 'echo "{}"', 'echo nonsense', 'sleep 60'])(
    'are those of daemon.json if the daemon does not name them: %s',
    async (script) => {
      docker(script);
      write('.config/docker/daemon.json', '{"registry-mirrors":["https://m.example"]}');
      const started = performance.now();
      expect(await dockerMirrors(environment)).toEqual([mirror('m.example')]);
      expect(performance.now() - started).toBeLessThan(15_000);
    },
  );

  it('are those of daemon.json without docker', async () => {
    environment = { HOME: home, PATH: '/nowhere' };
    write('.docker/daemon.json', '{"registry-mirrors":["https://m.example"]}');
    expect(await dockerMirrors(environment)).toEqual([mirror('m.example')]);
  });

  it.each([
    'nonsense',
    'null',
    '[]',
    '{"registry-mirrors":"https://m.example"}',
    '{"registry-mirrors":[1,null,"file:///etc/passwd","https://m.example/path","https://u:p@m.example"]}',
    `{"registry-mirrors":["https://m.example"],"x":"${'x'.repeat(1_000_000)}"}`,
  ])('ignores a configuration that is not one', async (text) => {
    write('.config/docker/daemon.json', text);
    expect(await dockerMirrors({ ...environment, PATH: '/nowhere' })).toEqual([]);
  });
});

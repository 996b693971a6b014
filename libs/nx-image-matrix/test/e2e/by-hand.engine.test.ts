import { spawnSync } from 'node:child_process';
import { docker, removeImages, uniquePrefix } from '../support/engine.ts';
import { Workspace } from '../support/workspace.ts';

const prefix = uniquePrefix();
const files = {
  'manifest.yml': `version: 1.0.0
release_spec:
  templates_dir: templates
  args: { PYTHON_VERSION: ["3.12"], GREETING: "Hello, 'you' & me" }
packages: { app: { runtime: [debian], devel: [debian] } }
package_spec: { app: { labels: { org.example.team: web } } }
release_types:
  devel:
    secrets: [{ id: token, src: token.txt }]
    platforms: [linux/amd64]
releases: { debian: { 12: { base_image: "debian:bookworm-slim" } } }
`,
  'token.txt': 'secret\n',
  'templates/base.Dockerfile.liquid': `FROM {{ from }}
ARG PYTHON_VERSION={{ args.PYTHON_VERSION }}
RUN echo "[$PYTHON_VERSION]" > /built
`,
  'templates/runtime.Dockerfile.liquid': `FROM {{ from }}
ARG GREETING
RUN echo "[$GREETING]" > /greeting
ENV GREETING=$GREETING
`,
  'templates/devel.Dockerfile.liquid': `FROM {{ from }}
RUN --mount=type=secret,id=token wc -c < /run/secrets/token > /length
`,
};

interface Document {
  reference: string;
  args: Record<string, string>;
  secrets?: { id: string; env?: string; src?: string }[];
  platforms: string[];
}

describe('a generated Dockerfile', () => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({ files, plugin: { prefix } });
    workspace.nxOk('run-many -t docker-build');
  });
  afterAll(() => {
    removeImages(prefix);
    workspace.dispose();
  });

  /** Layers and configuration of an image, without its labels. */
  function contentOf(reference: string): unknown {
    const [image] = JSON.parse(docker('image', 'inspect', reference)) as {
      RootFS: unknown;
      Architecture: string;
      Config: Record<string, unknown>;
    }[];
    return { ...image!.Config, Labels: undefined, RootFS: image!.RootFS, Architecture: image!.Architecture };
  }

  function buildByHand(folder: string, ...flags: string[]): unknown {
    const reference = `${prefix}by-hand`;
    const args = ['build', '-f', `${folder}/Dockerfile`, '-t', reference, ...flags, '.'];
    const { status, stderr } = spawnSync('docker', args, { cwd: workspace.root, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return contentOf(reference);
  }

  it('that has its arguments as defaults is the image of docker-build, without a flag', () => {
    const folder = 'docker/app/debian12/base-python3.12';
    const { reference } = workspace.readJson<Document>(`${folder}/image.json`);
    expect(buildByHand(folder)).toEqual(contentOf(reference));
  });

  it.each(['runtime', 'devel'])('of %s is it with the flags that image.json says', (type) => {
    const folder = `docker/app/debian12/${type}-python3.12`;
    const { reference, args, secrets = [], platforms } = workspace.readJson<Document>(`${folder}/image.json`);
    const flags = [
      ...Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
      ...secrets.flatMap(({ id, src }) => ['--secret', `id=${id},src=${src}`]),
      ...(platforms.length > 0 ? ['--platform', platforms.join(',')] : []),
    ];
    expect(flags.length).toBeGreaterThan(0);
    expect(buildByHand(folder, ...flags)).toEqual(contentOf(reference));
  });

  it('without them is another one', () => {
    const folder = 'docker/app/debian12/runtime-python3.12';
    const { reference } = workspace.readJson<Document>(`${folder}/image.json`);
    expect(buildByHand(folder)).not.toEqual(contentOf(reference));
  });
});

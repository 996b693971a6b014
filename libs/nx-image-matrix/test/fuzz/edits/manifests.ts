import { jobsManifest } from '../start.ts';
import { copyOfMapping, mapping, plainStyle, type Mapping } from '../yaml-text.ts';
import { itemsOf, mappingAt, type Desk, type Edit } from './edit.ts';

/** Below the folder of the first manifest, and below its output folder. */
const jobs = 'services/jobs/manifest.yml';
const below = 'docker/below/manifest.yml';

function belowManifest(): Mapping {
  return mapping({
    version: '0.2.0',
    packages: mapping({ below: mapping({ runtime: ['debian'] }) }),
    releases: mapping({
      debian: mapping({
        '11': mapping({
          templates_dir: 'templates',
          multistage_image: 'False',
          base_image: 'debian:bullseye-slim',
          add_to_tags: 'slim11',
        }),
      }),
    }),
  });
}

const addOrRemove: Edit = ({ sources, random }) => {
  const file = random.pick([jobs, below]);
  if (sources.manifests.delete(file)) return `${file} removed`;
  const document = file === jobs ? jobsManifest() : belowManifest();
  sources.manifests.set(file, { document, style: { ...plainStyle, comments: new Map() } });
  if (file === below) {
    sources.files.set('docker/below/templates/runtime.Dockerfile.liquid', {
      content: 'FROM {{ from }}\nCOPY data/ /data/\n',
      executable: false,
    });
    sources.files.set('docker/below/data/one.txt', { content: '1\n', executable: false });
  }
  return `${file} added`;
};

function someBelow({ sources, random }: Desk): { file: string; document: Mapping } | undefined {
  const [file] = random.shuffled([jobs, below].filter((one) => sources.manifests.has(one)));
  const found = file === undefined ? undefined : sources.manifests.get(file);
  return file === undefined || !found ? undefined : { file, document: found.document };
}

const addImage: Edit = (desk) => {
  const found = someBelow(desk);
  if (!found) return undefined;
  const { file, document } = found;
  const versions = mappingAt(document, 'releases', 'debian');
  if (!versions) return undefined;
  const [known] = [...versions.values()];
  if (!(known instanceof Map)) return undefined;
  const version = String(20 + desk.random.below(70));
  const release = copyOfMapping(known);
  release.set('add_to_tags', `slim${version}`);
  versions.set(version, release);
  return `${file}: images of debian ${version} added`;
};

const removeImage: Edit = (desk) => {
  const found = someBelow(desk);
  const versions = found && mappingAt(found.document, 'releases', 'debian');
  if (!found || !versions || versions.size < 2) return undefined;
  const version = desk.random.pick([...versions.keys()]);
  versions.delete(version);
  const types = [...mappingAt(found.document, 'packages')!.values()];
  for (const entries of types) {
    if (!(entries instanceof Map)) continue;
    for (const [type, value] of entries) {
      entries.set(
        type,
        itemsOf(value).filter((item) => item !== `debian${version}`),
      );
    }
  }
  return `${found.file}: images of debian ${version} removed`;
};

const editBelow: Edit = (desk) => {
  const found = someBelow(desk);
  if (!found) return undefined;
  const versions = mappingAt(found.document, 'releases', 'debian');
  if (!versions) return undefined;
  const version = desk.random.pick([...versions.keys()]);
  mappingAt(versions, version)?.set('base_image', `debian:${desk.random.word()}`);
  return `${found.file}: base of debian ${version}`;
};

const editFileBelow: Edit = ({ sources, random }) => {
  const path = 'docker/below/data/one.txt';
  if (!sources.manifests.has(below)) return undefined;
  sources.files.set(path, { content: random.word(), executable: false });
  return `${path}: content`;
};

/** Edits of manifests below the first one. */
export const manifestEdits: Edit[] = [
  addOrRemove,
  addOrRemove,
  addImage,
  addImage,
  removeImage,
  editBelow,
  editBelow,
  editFileBelow,
];

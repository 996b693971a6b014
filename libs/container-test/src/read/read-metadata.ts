import type { Entry } from '@nx-image-matrix/manifest/yaml';
import type { ExpectedValue, MetadataTest } from '../suite.ts';
import type { Fields } from './fields.ts';

export function readMetadata(fields: Fields): MetadataTest {
  const entrypoint = fields.entry('entrypoint') && fields.texts('entrypoint');
  const cmd = fields.entry('cmd') && fields.texts('cmd');
  const workdir = fields.text('workdir');
  const user = fields.text('user');
  const test = {
    // The name of the key in older versions of container-structure-test is `env`.
    environment: fields.maps('envVars', 'env').flatMap((each) => readValue(each) ?? []),
    unbound: fields.maps('unboundEnvVars', 'unboundEnv').flatMap((each) => readName(each) ?? []),
    labels: fields.maps('labels').flatMap((each) => readValue(each) ?? []),
    exposedPorts: fields.texts('exposedPorts'),
    unexposedPorts: fields.texts('unexposedPorts'),
    volumes: fields.texts('volumes'),
    unmountedVolumes: fields.texts('unmountedVolumes'),
    ...(entrypoint && { entrypoint }),
    ...(cmd && { cmd }),
    ...(workdir && { workdir }),
    ...(user && { user }),
  };
  fields.end();
  return test;
}

function readValue(fields: Fields): ExpectedValue | undefined {
  const key = fields.required('key');
  const isRegex = fields.flag('isRegex', false);
  const entry = fields.entry('value');
  const text = fields.text('value') ?? '';
  fields.end();
  const value = isRegex ? patternOf(fields, entry) : text;
  return key === '' || value === undefined ? undefined : { key, value };
}

function patternOf(fields: Fields, entry: Entry | undefined): ExpectedValue['value'] | undefined {
  return entry?.value.kind === 'scalar' ? fields.pattern(entry.value) : undefined;
}

function readName(fields: Fields): string | undefined {
  const key = fields.required('key');
  fields.text('value');
  fields.flag('isRegex', false);
  fields.end();
  return key || undefined;
}
